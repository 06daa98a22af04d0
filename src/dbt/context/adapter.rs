//! `adapter`: dispatch and quoting are real; what would ask the warehouse answers as dbt's parser does
//! while parsing, and is an error of that node while compiling.

use std::sync::Arc;

use super::failure::needs_warehouse;
use super::macros::MacroHandle;
use super::runtime_config::runtime_config;
use super::{Context, Look, Shared, column, relation};
use crate::dbt::problems::codes;
use crate::dbt::relation::{QuotePolicy, adapter_type, quote};
use crate::jinja::{Args, Dict, Error, Interpreter, Object, Value};

/// `adapter`.
pub(super) fn adapter(context: &Context) -> Value {
    Value::object(Adapter { context: context.me.clone(), shared: Arc::clone(&context.shared) })
}

struct Adapter {
    context: std::rc::Weak<Context>,
    shared: Arc<Shared>,
}

impl Adapter {
    fn dispatch(&self, args: Args) -> Result<Value, Error> {
        let Some(context) = self.context.upgrade() else { return Ok(Value::None) };
        let [name, namespace, packages] = args.bind("dispatch", ["macro_name", "macro_namespace", "packages"], 1)?;
        if packages.is_some_and(|packages| !packages.is_none()) {
            return Err(context.record.raise(
                codes::COMPILE,
                "The \"packages\" argument of adapter.dispatch() has been deprecated. Use the \"macro_namespace\" argument instead.",
            ));
        }
        let name = name.map(|name| name.to_str()).unwrap_or_default();
        let namespace = namespace.filter(|namespace| !namespace.is_none()).map(|namespace| namespace.to_str());
        for candidate in self.shared.macros.dispatch_names(&name) {
            context.uses.add(Look::Name(&candidate));
        }
        let found = self.shared.macros.dispatch(&context.package, &name, namespace.as_deref());
        match found {
            Ok(index) => Ok(MacroHandle::value(&context, index)),
            Err(error) => Err(context.record.raise(codes::MACRO_UNDEFINED, error.to_string())),
        }
    }

    /// Quotes a part of a name if the project's `quoting` says so.
    fn quote_as_configured(&self, args: &Args) -> Value {
        let text = |index: usize| args.positional.get(index).map(Value::to_str).unwrap_or_default();
        let policy = QuotePolicy::of(self.shared.target.adapter)
            .with(self.shared.root().map(|root| root.quoting).unwrap_or_default());
        let quoted = match text(1).as_str() {
            "database" => policy.database,
            "schema" => policy.schema,
            _ => policy.identifier,
        };
        if quoted { self.quote(&text(0)) } else { text(0).into() }
    }

    fn quote(&self, name: &str) -> Value {
        quote(self.shared.target.adapter, name).into()
    }

    /// What needs no warehouse, or has an answer without one.
    fn offline(&self, name: &str, args: &Args) -> Option<Value> {
        let first = || args.positional.first().map(Value::to_str).unwrap_or_default();
        Some(match name {
            "type" => adapter_type(self.shared.target.adapter).into(),
            "quote" => self.quote(&first()),
            "quote_as_configured" => self.quote_as_configured(args),
            "quote_seed_column" => {
                let plain = args.positional.get(1).is_some_and(|flag| matches!(flag, Value::Bool(false)));
                if plain { first().into() } else { self.quote(&first()) }
            }
            "get_relation" | "commit" | "load_dataframe" | "cache_added" | "cache_dropped" | "cache_renamed" => {
                Value::None
            }
            "list_relations" | "list_schemas" | "list_relations_without_caching" => Value::list(Vec::new()),
            "check_schema_exists" | "already_exists" | "is_replaceable" | "is_motherduck" => Value::Bool(false),
            "external_root" => ".".into(),
            _ => return None,
        })
    }
}

/// Questions that have an answer without a warehouse, which may be wrong.
const ASKING: [&str; 6] = [
    "get_relation",
    "list_relations",
    "list_schemas",
    "list_relations_without_caching",
    "check_schema_exists",
    "already_exists",
];

/// What dbt's parser gives where a run would ask the warehouse.
fn parse_answer(name: &str) -> Value {
    let empty_table = || {
        let parts = ["columns", "rows", "column_names", "column_types"];
        Value::dict(parts.into_iter().map(|part| (part, Value::list(Vec::new()))).collect::<Dict>())
    };
    match name {
        "execute" => Value::tuple(vec![Value::str(""), empty_table()]),
        "add_query" => Value::tuple(vec![Value::None, Value::None]),
        "get_columns_in_relation"
        | "get_missing_columns"
        | "get_column_schema_from_query"
        | "get_columns_in_select_sql" => Value::list(Vec::new()),
        "convert_type" => Value::str(""),
        _ => Value::None,
    }
}

impl Object for Adapter {
    fn type_name(&self) -> &'static str {
        "DatabaseWrapper"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        let context = self.context.upgrade()?;
        match name {
            "Relation" => Some(relation::relation_class(&context)),
            "Column" => Some(column::column_class(&context)),
            "config" => Some(runtime_config(&self.shared)),
            _ => None,
        }
    }

    fn call_method(&self, interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        if let Err(error) = interpreter.charge_args(args) {
            return Some(Err(error));
        }
        if name == "dispatch" {
            return Some(self.dispatch(args.clone()));
        }
        let context = self.context.upgrade()?;
        if let Some(answer) = self.offline(name, args) {
            if context.phase.executes() && ASKING.contains(&name) {
                context.record.ask(name);
            }
            return Some(Ok(answer));
        }
        if !context.phase.executes() {
            return Some(Ok(parse_answer(name)));
        }
        Some(Err(context.record.raise(codes::NEEDS_WAREHOUSE, needs_warehouse(name))))
    }
}
