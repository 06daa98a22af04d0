//! dbt's own names, by phase; each member's behaviour is in the file of its subject.

use std::rc::Rc;

use super::{
    Context, Look, Phase, adapter, column, config, datetime, exceptions, graph, modules, node_json, references,
    relation, text, variables,
};
use crate::jinja::{Dict, Value};

/// What a name means that is no macro.
pub(super) fn member(context: &Context, name: &str) -> Option<Value> {
    if let Some(value) = everywhere(context, name) {
        return Some(value);
    }
    match &context.phase {
        Phase::Project | Phase::Packages | Phase::Profiles | Phase::Yaml => None,
        Phase::Parse | Phase::Names | Phase::Compile(_) => in_nodes(context, name),
    }
}

/// The base context: in YAML files too.
fn everywhere(context: &Context, name: &str) -> Option<Value> {
    let target = &context.shared.target;
    if let Some(function) = text::function(context, name) {
        return Some(function);
    }
    Some(match name {
        "var" => variables::var(context),
        "env_var" => variables::env_var(context),
        "target" if !matches!(context.phase, Phase::Profiles) => Value::from_json(&target.to_json()),
        "modules" => modules::modules(context),
        "run_started_at" => {
            context.uses.add(Look::Now);
            datetime::from_timestamp(target.run_started_at)
        }
        "invocation_id" => {
            context.uses.add(Look::Now);
            target.invocation_id.as_str().into()
        }
        "dbt_version" => target.dbt_version.as_str().into(),
        "flags" => flags(),
        "project_name" if !matches!(context.phase, Phase::Project | Phase::Packages | Phase::Profiles) => {
            context.shared.root_name().into()
        }
        "dbt_metadata_envs" => Value::dict(Dict::default()),
        _ => return None,
    })
}

fn in_nodes(context: &Context, name: &str) -> Option<Value> {
    let target = &context.shared.target;
    Some(match name {
        "ref" => references::reference(context),
        "source" => references::source(context),
        "metric" => references::metric(context),
        "builtins" => {
            let pairs = [
                ("ref", references::reference(context)),
                ("source", references::source(context)),
                ("config", config::config(context)),
            ];
            Value::dict(pairs.into_iter().collect())
        }
        "config" => config::config(context),
        "this" => relation::this(context),
        "model" => Value::from_json(&node_json(context.node.as_deref()?)),
        "adapter" => adapter::adapter(context),
        "api" => {
            let pairs = [("Relation", relation::relation_class(context)), ("Column", column::column_class(context))];
            Value::dict(pairs.into_iter().collect())
        }
        "column" => column::column_class(context),
        "exceptions" => exceptions::exceptions(context),
        "execute" => context.phase.executes().into(),
        "graph" => graph::graph(context),
        "context" => Value::object(WholeContext { context: context.me.clone() }),
        "database" => target.database.as_str().into(),
        "schema" => context.node.as_ref().map_or(Value::None, |node| node.schema.as_str().into()),
        "thread_id" => "Thread-1".into(),
        "sql" | "compiled_code" => Value::None,
        "selected_resources" | "pre_hooks" | "post_hooks" | "schemas" | "database_schemas" | "results" => {
            Value::list(Vec::new())
        }
        "invocation_args_dict" | "env" => Value::dict(Dict::default()),
        _ => return None,
    })
}

/// The flags of a run that nobody has asked for anything special.
fn flags() -> Value {
    let off =
        ["FULL_REFRESH", "STORE_FAILURES", "FAIL_FAST", "WARN_ERROR", "DEBUG", "QUIET", "NO_PRINT", "INTROSPECT_OFF"];
    let mut flags: Dict = off.iter().map(|name| (*name, Value::Bool(false))).collect();
    let more = [
        ("WHICH", Value::from("compile")),
        ("INTROSPECT", Value::Bool(true)),
        ("PRINT", Value::Bool(true)),
        ("PARTIAL_PARSE", Value::Bool(true)),
        ("USE_COLORS", Value::Bool(false)),
        ("VERSION_CHECK", Value::Bool(true)),
        ("SEND_ANONYMOUS_USAGE_STATS", Value::Bool(false)),
    ];
    for (name, value) in more {
        flags.insert(name, value);
    }
    Value::dict(flags)
}

/// `context`: every name as a mapping.
struct WholeContext {
    context: std::rc::Weak<Context>,
}

impl WholeContext {
    fn find(&self, name: &str) -> Option<Value> {
        crate::jinja::Scope::lookup(Rc::as_ref(&self.context.upgrade()?), name)
    }

    /// Names for this template alone: packages keep here what one of their macros leaves for another.
    fn update(&self, args: &crate::jinja::Args) -> Option<Value> {
        let context = self.context.upgrade()?;
        let given = args.positional.first().and_then(Value::as_dict);
        let named = |(name, value): (&Value, &Value)| Some((name.as_str()?.to_owned(), value.clone()));
        let mut pairs: Vec<(String, Value)> = Vec::new();
        if let Some(given) = given {
            pairs.extend(given.borrow().iter().filter_map(named));
        }
        pairs.extend(args.keyword.iter().map(|(name, value)| (name.as_ref().to_owned(), value.clone())));
        for (name, value) in pairs {
            context.define(&name, value);
        }
        Some(Value::None)
    }
}

impl crate::jinja::Object for WholeContext {
    fn type_name(&self) -> &'static str {
        "dict"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        self.find(name)
    }

    fn get_item(&self, key: &Value) -> Option<Value> {
        self.find(key.as_str()?)
    }

    fn contains(&self, item: &Value) -> Option<bool> {
        Some(item.as_str().is_some_and(|name| self.find(name).is_some()))
    }

    fn call_method(
        &self,
        _interpreter: &mut crate::jinja::Interpreter<'_>,
        name: &str,
        args: &crate::jinja::Args,
    ) -> Option<Result<Value, crate::jinja::Error>> {
        match name {
            "get" => {
                let key = args.positional.first().and_then(Value::as_str);
                let default = args.positional.get(1).cloned().unwrap_or_default();
                Some(Ok(key.and_then(|key| self.find(key)).unwrap_or(default)))
            }
            "update" => self.update(args).map(Ok),
            _ => None,
        }
    }

    fn is_mapping(&self) -> bool {
        true
    }
}
