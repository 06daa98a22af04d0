//! Relations as values: `this`, what `ref` and `source` give, and `api.Relation`.

use std::sync::Arc;

use super::{Context, Shared};
use crate::dbt::node::{Node, NodeKind, Quoting};
use crate::dbt::options::Adapter;
use crate::dbt::relation::{QuotePolicy, RelationName, quote, quote_character};
use crate::jinja::{Args, Error, Interpreter, Object, Value};

/// A relation of an adapter.
#[derive(Clone, Debug)]
pub(super) struct RelationObject {
    adapter: Adapter,
    name: RelationName,
    /// `table`, `view`, `cte`; mostly not known.
    kind: Option<String>,
    /// A file that stands in SQL instead of the name.
    external: Option<String>,
}

/// The relation that a node lives in.
pub(crate) fn node_relation(shared: &Shared, node: &Node) -> Value {
    let adapter = shared.target.adapter;
    let quoting = match node.kind {
        NodeKind::Source => node.quoting,
        _ => shared.root().map(|root| root.quoting).unwrap_or_default(),
    };
    let policy = QuotePolicy::of(adapter).with(quoting);
    let name = RelationName::new(adapter, node.database.as_deref(), Some(&node.schema), Some(&node.alias), policy);
    Value::object(RelationObject { adapter, name, kind: None, external: node.external_location.clone() })
}

/// What an ephemeral model is called where it is used.
pub(super) fn ephemeral_relation(adapter: Adapter, name: &str) -> Value {
    let policy = QuotePolicy { database: false, schema: false, identifier: false };
    let name = RelationName::new(adapter, None, None, Some(&format!("__dbt__cte__{name}")), policy);
    Value::object(RelationObject { adapter, name, kind: Some("cte".to_owned()), external: None })
}

/// `this`.
pub(super) fn this(context: &Context) -> Value {
    match context.node.as_deref() {
        Some(node) if node.kind != NodeKind::Operation => node_relation(&context.shared, node),
        _ => Value::None,
    }
}

/// `api.Relation`.
pub(super) fn relation_class(context: &Context) -> Value {
    Value::object(RelationClass { shared: Arc::clone(&context.shared) })
}

struct RelationClass {
    shared: Arc<Shared>,
}

impl Object for RelationClass {
    fn type_name(&self) -> &'static str {
        "RelationProxy"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        let kinds = ["Table", "View", "CTE", "MaterializedView", "External"];
        kinds.contains(&name).then(|| name.to_lowercase().into())
    }

    fn call_method(&self, interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        if let Err(error) = interpreter.charge_args(args) {
            return Some(Err(error));
        }
        (name == "create").then(|| self.create(args.clone()))
    }
}

impl RelationClass {
    fn create(&self, mut args: Args) -> Result<Value, Error> {
        let adapter = self.shared.target.adapter;
        let overrides = args.take_keyword("quote_policy").and_then(|value| value.to_json().ok());
        let quoting = Quoting::from_value(overrides.as_ref())
            .over(self.shared.root().map(|root| root.quoting).unwrap_or_default());
        args.take_keyword("include_policy");
        let [database, schema, identifier, kind] =
            args.bind("create", ["database", "schema", "identifier", "type"], 0)?;
        let text = |value: Option<Value>| {
            value.filter(|value| !value.is_none() && !value.is_undefined()).map(|value| value.to_str())
        };
        let (database, schema, identifier) = (text(database), text(schema), text(identifier));
        let policy = QuotePolicy::of(adapter).with(quoting);
        let name = RelationName::new(adapter, database.as_deref(), schema.as_deref(), identifier.as_deref(), policy);
        Ok(Value::object(RelationObject { adapter, name, kind: text(kind), external: None }))
    }
}

/// What dbt calls an adapter in the names of its classes.
fn class_prefix(adapter: Adapter) -> &'static str {
    match adapter {
        Adapter::Postgres => "Postgres",
        Adapter::Redshift => "Redshift",
        Adapter::Snowflake => "Snowflake",
        Adapter::BigQuery => "BigQuery",
        Adapter::Databricks => "Databricks",
        Adapter::DuckDb => "DuckDB",
        Adapter::Sqlite => "SQLite",
        Adapter::Trino => "Trino",
    }
}

impl RelationObject {
    fn with(&self, name: RelationName) -> Value {
        Value::object(Self { name, ..self.clone() })
    }

    /// Sets the flags of a policy by keyword.
    fn policy(mut policy: QuotePolicy, args: &Args) -> QuotePolicy {
        for (key, value) in &args.keyword {
            match key.as_ref() {
                "database" => policy.database = value.truthy(),
                "schema" => policy.schema = value.truthy(),
                "identifier" => policy.identifier = value.truthy(),
                _ => {}
            }
        }
        policy
    }

    fn incorporate(&self, args: &Args) -> Value {
        let mut changed = self.clone();
        for (key, value) in &args.keyword {
            match key.as_ref() {
                "path" => {
                    let path = value.to_json().unwrap_or_default();
                    changed.set_path(&path);
                }
                "type" => changed.kind = (!value.is_none()).then(|| value.to_str()),
                _ => {}
            }
        }
        Value::object(changed)
    }

    fn set_path(&mut self, path: &serde_json::Value) {
        let text = |key: &str| path.get(key).map(|value| value.as_str().map(str::to_owned));
        if let Some(database) = text("database") {
            self.name.database = database;
        }
        if let Some(schema) = text("schema") {
            self.name.schema = schema;
        }
        if let Some(identifier) = text("identifier") {
            self.name.identifier = identifier;
        }
    }

    fn information_schema(&self, view: Option<&str>) -> Value {
        let mut name = self.name.clone();
        name.schema = Some("INFORMATION_SCHEMA".to_owned());
        name.identifier = view.map(str::to_owned);
        name.quote = QuotePolicy { schema: false, identifier: false, ..name.quote };
        self.with(name)
    }
}

impl Object for RelationObject {
    fn type_name(&self) -> &'static str {
        "Relation"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        let part = |part: &Option<String>| Value::from(part.as_deref());
        Some(match name {
            "database" | "project" => part(&self.name.database),
            "schema" | "dataset" => part(&self.name.schema),
            "identifier" | "name" | "table" => part(&self.name.identifier),
            "type" => part(&self.kind),
            "metadata" => Value::dict(
                [("type", Value::from(format!("{}Relation", class_prefix(self.adapter))))].into_iter().collect(),
            ),
            "quote_character" => quote_character(self.adapter).to_string().into(),
            "is_table" => (self.kind.as_deref() == Some("table")).into(),
            "is_view" => (self.kind.as_deref() == Some("view")).into(),
            "is_cte" => (self.kind.as_deref() == Some("cte")).into(),
            "is_materialized_view" => (self.kind.as_deref() == Some("materialized_view")).into(),
            _ => return None,
        })
    }

    fn call_method(&self, interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        if let Err(error) = interpreter.charge_args(args) {
            return Some(Err(error));
        }
        let first = args.positional.first();
        Some(Ok(match name {
            "include" => {
                self.with(RelationName { include: Self::policy(self.name.include, args), ..self.name.clone() })
            }
            "quote" => self.with(RelationName { quote: Self::policy(self.name.quote, args), ..self.name.clone() }),
            "without_identifier" => {
                let include = QuotePolicy { identifier: false, ..self.name.include };
                self.with(RelationName { include, ..self.name.clone() })
            }
            "incorporate" => self.incorporate(args),
            "replace_path" => {
                let pairs =
                    args.keyword.iter().map(|(key, value)| (key.to_string(), value.to_json().unwrap_or_default()));
                let mut changed = self.clone();
                changed.set_path(&serde_json::Value::Object(pairs.collect()));
                Value::object(changed)
            }
            "render" => self.to_str().into(),
            "quoted" => quote(self.adapter, &first.map(Value::to_str).unwrap_or_default()).into(),
            "information_schema" => self.information_schema(first.and_then(Value::as_str)),
            "get" => {
                let found = first.and_then(Value::as_str).and_then(|key| self.get_attr(key));
                found.unwrap_or_else(|| args.positional.get(1).cloned().unwrap_or_default())
            }
            _ => return None,
        }))
    }

    fn get_item(&self, key: &Value) -> Option<Value> {
        self.get_attr(key.as_str()?)
    }

    fn is_mapping(&self) -> bool {
        true
    }

    fn truthy(&self) -> bool {
        true
    }

    fn equals(&self, other: &Value) -> bool {
        other.downcast::<Self>().is_some_and(|other| other.name == self.name)
    }

    fn to_str(&self) -> String {
        self.external.clone().unwrap_or_else(|| self.name.render(self.adapter))
    }

    fn repr(&self) -> String {
        format!("<Relation {}>", self.to_str())
    }
}
