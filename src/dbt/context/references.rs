//! `ref`, `source` and `metric`: recorded while parsing, resolved while compiling.

use std::rc::Rc;
use std::sync::Arc;

use super::relation::{ephemeral_relation, node_relation};
use super::runtime_config::runtime_config;
use super::{Context, Phase, Record, Shared};
use crate::dbt::node::{Node, NodeKind};
use crate::dbt::problems::codes;
use crate::dbt::python;
use crate::dbt::resolve::{Manifest, RefArgs, Target};
use crate::jinja::{Args, Error, Interpreter, Object, Value};

/// What compiling needs beyond [`Shared`].
#[derive(Clone, Debug)]
pub(crate) struct CompileFacts {
    pub(crate) manifest: Arc<Manifest>,
    /// The value of `graph`, made once a thread.
    pub(crate) graph: Rc<std::cell::OnceCell<Value>>,
}

struct Resolving {
    shared: Arc<Shared>,
    record: Rc<Record>,
    node: Option<Arc<Node>>,
    facts: Option<Rc<CompileFacts>>,
}

impl Resolving {
    fn of(context: &Context) -> Self {
        let facts = if let Phase::Compile(facts) = &context.phase { Some(Rc::clone(facts)) } else { None };
        Self {
            shared: Arc::clone(&context.shared),
            record: Rc::clone(&context.record),
            node: context.node.clone(),
            facts,
        }
    }

    fn own_relation(&self) -> Value {
        self.node.as_deref().map_or(Value::None, |node| node_relation(&self.shared, node))
    }
}

/// `ref`.
pub(super) fn reference(context: &Context) -> Value {
    Value::object(Reference(Resolving::of(context)))
}

struct Reference(Resolving);

impl Object for Reference {
    fn type_name(&self) -> &'static str {
        "RefResolver"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, interpreter: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
        let resolving = &self.0;
        charge(interpreter, &args)?;
        let args = ref_args(args, &resolving.record)?;
        let Some(facts) = &resolving.facts else {
            resolving.record.refs.borrow_mut().push(args);
            return Ok(resolving.own_relation());
        };
        resolving.resolve_ref(facts, &args)
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        (name == "config").then(|| runtime_config(&self.0.shared))
    }
}

/// What a reference takes: a relation, and while parsing a record of it until the node is linked.
const STEPS: u64 = 30;

fn charge(interpreter: &mut Interpreter<'_>, args: &Args) -> Result<(), Error> {
    interpreter.charge(STEPS)?;
    interpreter.charge_args(args)
}

fn ref_args(mut args: Args, record: &Record) -> Result<RefArgs, Error> {
    let version = args.take_keyword("version").filter(Value::truthy).or_else(|| args.take_keyword("v"));
    let (package, name) = match args.positional.as_slice() {
        [name] => (None, name.clone()),
        [package, name] => (Some(package.clone()), name.clone()),
        given => {
            let sentence = format!("ref() takes at most two arguments ({} given)", given.len());
            return Err(record.raise(codes::COMPILE, sentence));
        }
    };
    let text = |what: &str, value: &Value| {
        value.as_str().map(str::to_owned).ok_or_else(|| {
            let sentence =
                format!("The {what} argument to ref() must be a string, got <class '{}'>", value.type_name());
            record.raise(codes::COMPILE, sentence)
        })
    };
    let package = package.filter(|package| !package.is_none()).map(|package| text("package", &package)).transpose()?;
    let version = version.filter(Value::truthy).and_then(|version| version.to_json().ok());
    Ok((package, text("name", &name)?, version))
}

impl Resolving {
    fn resolve_ref(&self, facts: &CompileFacts, args: &RefArgs) -> Result<Value, Error> {
        let Some(node) = self.node.as_deref() else { return Ok(Value::None) };
        let id = match facts.manifest.resolver.resolve_ref(args, &node.package_name) {
            Target::Found(id) => id,
            Target::Disabled => {
                return Err(self.record.raise(codes::REF_DISABLED, missing_ref(node, args, "is disabled")));
            }
            Target::Missing => {
                return Err(self.record.raise(codes::REF_MISSING, missing_ref(node, args, "was not found")));
            }
            Target::Ambiguous(ids) => {
                return Err(self.record.raise(codes::AMBIGUOUS_REF, ambiguous_ref(&args.1, &ids)));
            }
        };
        let known = node.kind == NodeKind::Operation || node.depends_on_nodes.contains(&id);
        if !known {
            return Err(self.record.raise(codes::INFER_DEPS, unknown_dependency(node, args)));
        }
        let Some(target) = facts.manifest.nodes.get(&id) else { return Ok(Value::None) };
        if target.kind == NodeKind::Model && target.materialized == "ephemeral" {
            self.record.ephemeral.borrow_mut().insert(id);
            return Ok(ephemeral_relation(self.shared.target.adapter, &target.name));
        }
        Ok(node_relation(&self.shared, target))
    }
}

/// `source`.
pub(super) fn source(context: &Context) -> Value {
    let resolving = Resolving::of(context);
    Value::function("source", move |interpreter, args| {
        charge(interpreter, &args)?;
        let [source, table] = args.positional.as_slice() else {
            let sentence = format!("source() takes exactly two arguments ({} given)", args.positional.len());
            return Err(resolving.record.raise(codes::COMPILE, sentence));
        };
        let text = |what: &str, value: &Value| {
            value.as_str().map(str::to_owned).ok_or_else(|| {
                let sentence =
                    format!("The {what} argument to source() must be a string, got <class '{}'>", value.type_name());
                resolving.record.raise(codes::COMPILE, sentence)
            })
        };
        let (source, table) = (text("source name (first)", source)?, text("table name (second)", table)?);
        let Some(facts) = &resolving.facts else {
            resolving.record.sources.borrow_mut().push((source, table));
            return Ok(resolving.own_relation());
        };
        let Some(node) = resolving.node.as_deref() else { return Ok(Value::None) };
        match facts.manifest.resolver.resolve_source(&source, &table, &node.package_name) {
            Target::Found(id) => {
                Ok(facts.manifest.nodes.get(&id).map_or(Value::None, |found| node_relation(&resolving.shared, found)))
            }
            Target::Disabled => Err(resolving
                .record
                .raise(codes::SOURCE_DISABLED, missing_source(node, &source, &table, "is disabled"))),
            Target::Missing | Target::Ambiguous(_) => Err(resolving
                .record
                .raise(codes::SOURCE_MISSING, missing_source(node, &source, &table, "was not found"))),
        }
    })
}

/// `metric`: recorded, and answered by its name.
pub(super) fn metric(context: &Context) -> Value {
    let record = Rc::clone(&context.record);
    Value::function("metric", move |interpreter, args| {
        charge(interpreter, &args)?;
        record.metrics.borrow_mut().push(args.positional.iter().map(Value::to_str).collect());
        Ok(args.positional.last().cloned().unwrap_or_default())
    })
}

/// `Model 'model.p.b' (models/b.sql)`.
pub(crate) fn subject(node: &Node) -> String {
    let kind = match node.kind {
        NodeKind::Model => "Model",
        NodeKind::Seed => "Seed",
        NodeKind::Snapshot => "Snapshot",
        NodeKind::Source => "Source",
        NodeKind::Test => "Test",
        NodeKind::Analysis => "Analysis",
        NodeKind::Exposure => "Exposure",
        NodeKind::Metric => "Metric",
        NodeKind::SemanticModel => "Semantic Model",
        NodeKind::SavedQuery => "Saved Query",
        NodeKind::Operation => "Operation",
    };
    format!("{kind} '{}' ({})", node.unique_id, node.original_file_path)
}

/// dbt's sentence for a `ref` that leads nowhere.
pub(crate) fn missing_ref(node: &Node, (package, name, version): &RefArgs, fate: &str) -> String {
    let version =
        version.as_ref().map_or_else(String::new, |version| format!(" with version '{}'", python::text(version)));
    let package = package.as_ref().map_or_else(String::new, |package| format!(" in package '{package}'"));
    format!("{} depends on a node named '{name}'{version}{package} which {fate}", subject(node))
}

/// dbt's sentence for a `source` that leads nowhere.
pub(crate) fn missing_source(node: &Node, source: &str, table: &str, fate: &str) -> String {
    format!("{} depends on a source named '{source}.{table}' which {fate}", subject(node))
}

/// dbt's sentence for a `ref` that means two things.
pub(crate) fn ambiguous_ref(name: &str, ids: &[String]) -> String {
    let quoted: Vec<String> = ids.iter().map(|id| format!("'{id}'")).collect();
    format!(
        "When referencing '{name}', dbt found nodes in multiple packages: {}\nTo fix this, use two-argument 'ref', with the package name first: e.g. ref('package_name', '{name}')",
        quoted.join(", ")
    )
}

fn unknown_dependency(node: &Node, (package, name, version): &RefArgs) -> String {
    let mut parts: Vec<String> = package.iter().chain([name]).map(|part| format!("'{part}'")).collect();
    parts.extend(version.iter().map(|version| format!("v={}", python::text(version))));
    format!(
        "dbt was unable to infer all dependencies for the model \"{}\".\nThis typically happens when ref() is placed within a conditional block.\n\nTo fix this, add the following hint to the top of the model \"{}\":\n\n-- depends_on: {{{{ ref({}) }}}}",
        node.name,
        node.name,
        parts.join(", ")
    )
}
