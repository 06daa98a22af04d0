//! What a relation is called in SQL: its parts, which of them an adapter shows, and its quotes.

use super::node::Quoting;
use super::options::Adapter;

/// Which parts are quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct QuotePolicy {
    pub(crate) database: bool,
    pub(crate) schema: bool,
    pub(crate) identifier: bool,
}

impl QuotePolicy {
    /// What an adapter quotes when nobody says otherwise.
    pub(crate) fn of(adapter: Adapter) -> Self {
        let all = !matches!(adapter, Adapter::Snowflake);
        Self { database: all, schema: all, identifier: all }
    }

    #[must_use]
    pub(crate) fn with(self, overrides: Quoting) -> Self {
        Self {
            database: overrides.database.unwrap_or(self.database),
            schema: overrides.schema.unwrap_or(self.schema),
            identifier: overrides.identifier.unwrap_or(self.identifier),
        }
    }
}

/// A relation's name in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RelationName {
    pub(crate) database: Option<String>,
    pub(crate) schema: Option<String>,
    pub(crate) identifier: Option<String>,
    pub(crate) quote: QuotePolicy,
    pub(crate) include: QuotePolicy,
}

impl RelationName {
    pub(crate) fn new(
        adapter: Adapter,
        database: Option<&str>,
        schema: Option<&str>,
        identifier: Option<&str>,
        quote: QuotePolicy,
    ) -> Self {
        let owned = |part: Option<&str>| part.filter(|part| !part.is_empty()).map(str::to_owned);
        let include = QuotePolicy { database: adapter != Adapter::Sqlite, schema: true, identifier: true };
        Self { database: owned(database), schema: owned(schema), identifier: owned(identifier), quote, include }
    }

    /// `"db"."schema"."table"`.
    pub(crate) fn render(&self, adapter: Adapter) -> String {
        let parts = [
            (self.include.database, self.quote.database, &self.database),
            (self.include.schema, self.quote.schema, &self.schema),
            (self.include.identifier, self.quote.identifier, &self.identifier),
        ];
        let shown = parts.into_iter().filter(|(shown, ..)| *shown).filter_map(|(_, quoted, part)| {
            let part = part.as_deref()?;
            Some(if quoted { quote(adapter, part) } else { part.to_owned() })
        });
        shown.collect::<Vec<_>>().join(".")
    }
}

/// A name in the adapter's quotes.
pub(crate) fn quote(adapter: Adapter, name: &str) -> String {
    let mark = quote_character(adapter);
    format!("{mark}{name}{mark}")
}

pub(crate) fn quote_character(adapter: Adapter) -> char {
    match adapter {
        Adapter::BigQuery | Adapter::Databricks => '`',
        Adapter::Postgres
        | Adapter::Redshift
        | Adapter::Snowflake
        | Adapter::DuckDb
        | Adapter::Sqlite
        | Adapter::Trino => '"',
    }
}

/// dbt's name of an adapter, as `target.type` has it.
pub(crate) fn adapter_type(adapter: Adapter) -> &'static str {
    match adapter {
        Adapter::Postgres => "postgres",
        Adapter::Redshift => "redshift",
        Adapter::Snowflake => "snowflake",
        Adapter::BigQuery => "bigquery",
        Adapter::Databricks => "databricks",
        Adapter::DuckDb => "duckdb",
        Adapter::Sqlite => "sqlite",
        Adapter::Trino => "trino",
    }
}

/// The prefixes under which `adapter.dispatch` looks for an implementation, nearest first.
pub(crate) fn dispatch_prefixes(adapter: Adapter) -> &'static [&'static str] {
    match adapter {
        Adapter::Postgres => &["postgres", "default"],
        Adapter::Redshift => &["redshift", "postgres", "default"],
        Adapter::Snowflake => &["snowflake", "default"],
        Adapter::BigQuery => &["bigquery", "default"],
        Adapter::Databricks => &["databricks", "spark", "default"],
        Adapter::DuckDb => &["duckdb", "default"],
        Adapter::Sqlite => &["sqlite", "default"],
        Adapter::Trino => &["trino", "default"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(adapter: Adapter, quoting: Quoting) -> String {
        RelationName::new(adapter, Some("db"), Some("sch"), Some("tbl"), QuotePolicy::of(adapter).with(quoting))
            .render(adapter)
    }

    #[test]
    fn each_adapter_has_its_quotes() {
        let table = [
            (Adapter::Postgres, r#""db"."sch"."tbl""#),
            (Adapter::Redshift, r#""db"."sch"."tbl""#),
            (Adapter::DuckDb, r#""db"."sch"."tbl""#),
            (Adapter::Snowflake, "db.sch.tbl"),
            (Adapter::BigQuery, "`db`.`sch`.`tbl`"),
            (Adapter::Databricks, "`db`.`sch`.`tbl`"),
            (Adapter::Sqlite, r#""sch"."tbl""#),
            (Adapter::Trino, r#""db"."sch"."tbl""#),
        ];
        for (adapter, expected) in table {
            assert_eq!(name(adapter, Quoting::default()), expected, "{adapter:?}");
        }
    }

    #[test]
    fn a_project_may_quote_otherwise() {
        let quoting = Quoting { database: Some(false), schema: None, identifier: Some(true) };
        assert_eq!(name(Adapter::Postgres, quoting), r#"db."sch"."tbl""#);
        assert_eq!(name(Adapter::Snowflake, quoting), r#"db.sch."tbl""#);
    }

    #[test]
    fn missing_parts_are_left_out() {
        let policy = QuotePolicy::of(Adapter::Postgres);
        let name = RelationName::new(Adapter::Postgres, None, Some(""), Some("tbl"), policy);
        assert_eq!(name.render(Adapter::Postgres), r#""tbl""#);
    }
}
