//! Generic tests: from an entry in YAML to a node with a text of its own.

use std::rc::Rc;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::draft::{Draft, Origin};
use super::properties::{TestDefinition, YamlFile};
use super::test_arguments::{KWARGS, define_kwargs};
use super::test_names::{id_hash, synthesize};
use crate::dbt::config::Config;
use crate::dbt::context::{Context, Failure, Look, Phase, Shared, Worker, as_yaml_value};
use crate::dbt::node::{Node, NodeKind, Test};
use crate::dbt::problems::codes;
use crate::dbt::python;
use crate::jinja::UndefinedPolicy;

/// What a test is about.
#[derive(Clone, Debug)]
pub(crate) enum TestTarget {
    /// A model (perhaps of a version), seed or snapshot by name.
    Node {
        name: String,
        version: Option<Value>,
        unique_id: Option<String>,
    },
    Source {
        source: String,
        table: String,
    },
}

/// One test to be built.
#[derive(Clone, Debug)]
pub(crate) struct TestJob {
    pub(crate) target: TestTarget,
    pub(crate) file: Arc<YamlFile>,
    pub(crate) definition: TestDefinition,
    /// Quoted if the column asks for it.
    pub(crate) column_name: Option<String>,
    pub(crate) tags: Vec<String>,
}

/// Keys of a test's entry that are configuration, not arguments.
const CONFIG_KEYS: &[&str] = &[
    "severity",
    "tags",
    "enabled",
    "where",
    "limit",
    "warn_if",
    "error_if",
    "fail_calc",
    "store_failures",
    "store_failures_as",
    "meta",
    "database",
    "schema",
    "alias",
];

/// The configuration that dbt takes over without rendering, for the two tests that need none.
const STATIC_KEYS: &[&str] = &[
    "alias",
    "severity",
    "enabled",
    "where",
    "limit",
    "warn_if",
    "error_if",
    "fail_calc",
    "store_failures",
    "store_failures_as",
    "meta",
    "database",
    "schema",
];

struct Builder<'w, 'i> {
    worker: &'w mut Worker<'i>,
    shared: &'w Arc<Shared>,
    job: &'w TestJob,
}

/// A test's parts before it is a node.
struct Parts {
    namespace: Option<String>,
    test: String,
    kwargs: Map<String, Value>,
    config: Config,
    short_name: String,
    name: String,
}

/// Builds a test; fails with dbt's words when its entry is no test.
pub(crate) fn parse_test(worker: &mut Worker<'_>, shared: &Arc<Shared>, job: &TestJob) -> Result<Draft, Failure> {
    let mut builder = Builder { worker, shared, job };
    let parts = builder.parts()?;
    Ok(builder.draft(parts))
}

impl Builder<'_, '_> {
    fn refuse(&self, sentence: &str) -> Failure {
        let message = format!("Invalid test config given in {}:\n\t{sentence}", self.job.file.original);
        Failure { code: codes::PROPERTIES_INVALID, message, line: 0, column: 0, stack: Vec::new() }
    }

    /// The test's name and its arguments.
    fn definition(&self) -> Result<(String, Map<String, Value>), Failure> {
        let (name, args) = match &self.job.definition.value {
            Value::String(name) => (name.clone(), Map::new()),
            Value::Object(map) if map.contains_key("test_name") => {
                let mut args = map.clone();
                let name = args.shift_remove("test_name").map(|name| python::text(&name)).unwrap_or_default();
                (name, args)
            }
            Value::Object(map) => {
                let mut entries = map.iter();
                match (entries.next(), entries.next()) {
                    (Some((name, Value::Object(args))), None) => (name.clone(), args.clone()),
                    (Some((name, Value::Null)), None) => {
                        return Err(self.refuse(&format!(
                            "test arguments must be a dict, got <class 'NoneType'> (value None) for {name}"
                        )));
                    }
                    (Some((_, value)), None) => {
                        return Err(self.refuse(&format!("test arguments must be a dict, got {}", python::repr(value))));
                    }
                    _ => {
                        let listed: Vec<String> = map
                            .iter()
                            .map(|(key, value)| format!("({}, {})", python::text_repr(key), python::repr(value)))
                            .collect();
                        let sentence = format!(
                            "test definition dictionary must have exactly one key, got [{}] instead ({} keys)",
                            listed.join(", "),
                            map.len()
                        );
                        return Err(self.refuse(&sentence));
                    }
                }
            }
            other => {
                return Err(self.refuse(&format!(
                    "test must be dict or str, got {} (value {})",
                    type_name(other),
                    python::repr(other)
                )));
            }
        };
        Ok((name, args))
    }

    fn parts(&mut self) -> Result<Parts, Failure> {
        let (written, mut args) = self.definition()?;
        if let Some(column) = &self.job.column_name {
            args.insert("column_name".to_owned(), Value::from(column.as_str()));
        }
        if args.contains_key("model") {
            return Err(self.refuse("Test arguments include \"model\", which is a reserved argument"));
        }
        args.insert("model".to_owned(), Value::from(self.model_text()));
        let (namespace, test) = match written.split_once('.') {
            Some((namespace, test)) => (Some(namespace.to_owned()), test.to_owned()),
            None => (None, written),
        };
        let mut config = self.config(&mut args)?;
        let custom = args.shift_remove("name").map(|name| python::text(&name));
        let (short_name, name) = match custom {
            Some(name) => (name.clone(), name),
            None => self.names(namespace.as_deref(), &test, &args),
        };
        if short_name != name && !config.contains_key("alias") {
            config.insert("alias".to_owned(), Value::from(short_name.as_str()));
        }
        Ok(Parts { namespace, test, kwargs: args, config, short_name, name })
    }

    /// `{{ get_where_subquery(ref('orders')) }}`.
    fn model_text(&self) -> String {
        let target = match &self.job.target {
            TestTarget::Node { name, version: Some(version), .. } => {
                format!("ref('{name}', version='{}')", python::text(version))
            }
            TestTarget::Node { name, .. } => format!("ref('{name}')"),
            TestTarget::Source { source, table } => format!("source('{source}', '{table}')"),
        };
        format!("{{{{ get_where_subquery({target}) }}}}")
    }

    /// Takes the configuration out of the arguments, its texts rendered.
    fn config(&mut self, args: &mut Map<String, Value>) -> Result<Config, Failure> {
        let mut nested = match args.shift_remove("config") {
            Some(Value::Object(nested)) => nested,
            _ => Map::new(),
        };
        let context = Context::of_package(self.shared, Phase::Yaml, &self.job.file.package, &self.worker.uses);
        let mut config = Config::new();
        for key in CONFIG_KEYS {
            let mut value = args.shift_remove(*key);
            let given = value.as_ref().is_some_and(python::is_true);
            if given && nested.contains_key(*key) {
                return Err(self.refuse("Test cannot have the same key at the top-level and in config"));
            }
            if !given {
                value = nested.shift_remove(*key).or(value);
            }
            if let Some(Value::String(text)) = &value {
                self.worker.begin(UndefinedPolicy::Parse);
                let rendered = as_yaml_value(&mut self.worker.interpreter, &context, text)?;
                value = rendered.to_json().ok();
            }
            if let Some(value) = value.filter(|value| !value.is_null()) {
                config.insert((*key).to_owned(), value);
            }
        }
        Ok(config)
    }

    fn names(&self, namespace: Option<&str>, test: &str, args: &Map<String, Value>) -> (String, String) {
        let (test, target) = match &self.job.target {
            TestTarget::Node { name, version: Some(version), .. } => {
                (test.to_owned(), format!("{name}_v{}", python::text(version)))
            }
            TestTarget::Node { name, .. } => (test.to_owned(), name.clone()),
            TestTarget::Source { source, table } => (format!("source_{test}"), format!("{source}_{table}")),
        };
        let test = namespace.map_or_else(|| test.clone(), |namespace| format!("{namespace}_{test}"));
        synthesize(&test, &target, args)
    }

    fn draft(&mut self, parts: Parts) -> Draft {
        let file = &self.job.file;
        let macro_name = parts
            .namespace
            .as_ref()
            .map_or_else(|| format!("test_{}", parts.test), |namespace| format!("{namespace}.test_{}", parts.test));
        let hash = id_hash(&parts.name, parts.namespace.as_deref(), &parts.test, &parts.kwargs);
        // The folders of the YAML file, without the first.
        let folders: Vec<&str> = file.original.split('/').collect();
        let folders = folders.get(1..folders.len().saturating_sub(1)).unwrap_or_default();
        let fqn = std::iter::once(file.package.as_str())
            .chain(folders.iter().copied())
            .chain([parts.name.as_str()])
            .map(str::to_owned);
        let attached_node = match &self.job.target {
            TestTarget::Node { unique_id, .. } => unique_id.clone(),
            TestTarget::Source { .. } => None,
        };
        let generic = parts
            .namespace
            .as_ref()
            .map_or_else(|| parts.test.clone(), |namespace| format!("{namespace}.{}", parts.test));
        let mut tags: Vec<String> = self.job.tags.clone();
        tags.extend(tag_list(parts.config.get("tags")));
        tags.sort_unstable();
        tags.dedup();
        let node = Node {
            unique_id: format!("test.{}.{}.{hash}", file.package, parts.name),
            package_name: file.package.clone(),
            original_file_path: file.original.clone(),
            path: format!("{}.sql", parts.short_name),
            fqn: fqn.collect(),
            alias: parts.name.clone(),
            raw_code: format!("{{{{ {macro_name}(**{KWARGS}) }}}}{}", config_text(&parts.config)),
            database: Some(self.shared.target.database.clone()),
            schema: self.shared.target.schema.clone(),
            tags,
            test: Some(Test {
                generic: Some(generic),
                attached_node,
                column_name: self.job.column_name.clone(),
                kwargs: parts.kwargs.clone().into_iter().collect(),
            }),
            name: parts.name,
            ..Node::new(NodeKind::Test)
        };
        let mut draft = Draft::new(node, Origin::Yaml { file: Arc::clone(file), at: self.job.definition.at });
        self.learn(&mut draft, &parts.test, &parts.config);
        draft
    }

    /// Finds what the test refers to: known at once for dbt's own two simplest, rendered for the others.
    fn learn(&mut self, draft: &mut Draft, test: &str, config: &Config) {
        self.worker.uses.add(Look::Name(&format!("test_{test}")));
        let found = self.shared.macros.find_test(&self.job.file.package, test);
        let macro_id = found.map(|index| self.shared.macros.get(index).unique_id.clone());
        draft.node.depends_on_macros.extend(macro_id.clone());
        if matches!(macro_id.as_deref(), Some("macro.dbt.test_not_null" | "macro.dbt.test_unique")) {
            for key in STATIC_KEYS {
                if let Some(value) = config.get(*key) {
                    let value = match value {
                        Value::String(text) if *key == "severity" => Value::from(text.to_uppercase()),
                        other => other.clone(),
                    };
                    draft.calls.insert((*key).to_owned(), value);
                }
            }
            match &self.job.target {
                TestTarget::Node { name, version, .. } => draft.node.refs.push((None, name.clone(), version.clone())),
                TestTarget::Source { source, table } => draft.node.sources.push((source.clone(), table.clone())),
            }
            return;
        }
        let wrapper = self.shared.macros.find(self.shared.root_name(), "get_where_subquery");
        let reach = self.worker.reach(self.shared, [found, wrapper]);
        let uses = Rc::clone(&self.worker.uses);
        for index in reach.iter() {
            uses.add(Look::Name(&self.shared.macros.get(*index).name));
        }
        draft.calls = draft.observe(self.shared, &uses, |context, node| {
            context.limit_macros(reach);
            self.worker.begin(UndefinedPolicy::Parse);
            let rendered = define_kwargs(self.worker, context, node).and_then(|()| {
                let result = self
                    .worker
                    .template(node)
                    .and_then(|template| self.worker.interpreter.run(&template, &context.scope()));
                result.map_err(|error| context.explain(&error))
            });
            rendered.err().into_iter().collect()
        });
    }
}

/// `{{ config(severity="warn",enabled=False) }}`, as dbt writes it.
fn config_text(config: &Config) -> String {
    if config.is_empty() {
        return String::new();
    }
    let entries = config.iter().map(|(key, value)| match value {
        Value::String(text) => format!("{key}=\"{}\"", text.replace('"', "\\\"")),
        other => format!("{key}={}", python::text(other)),
    });
    format!("{{{{ config({}) }}}}", entries.collect::<Vec<_>>().join(","))
}

fn tag_list(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(tag)) => vec![tag.clone()],
        Some(Value::Array(tags)) => tags.iter().map(python::text).collect(),
        _ => Vec::new(),
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "<class 'NoneType'>",
        Value::Bool(_) => "<class 'bool'>",
        Value::Number(number) if number.is_f64() => "<class 'float'>",
        Value::Number(_) => "<class 'int'>",
        Value::String(_) => "<class 'str'>",
        Value::Array(_) => "<class 'list'>",
        Value::Object(_) => "<class 'dict'>",
    }
}
