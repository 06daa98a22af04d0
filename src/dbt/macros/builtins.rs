//! dbt's own macros, as we wrote them: those of every adapter, and those that an adapter overrides.

use super::{DBT, Macros, read_macros};
use crate::dbt::options::Adapter;

macro_rules! files {
    ($($package:literal / $name:literal),* $(,)?) => {
        &[$(($package, concat!($name, ".sql"), include_str!(concat!("../../../assets/dbt/macros/", $package, "/", $name, ".sql")))),*]
    };
}

/// Package, path below the package, text.
const FILES: &[(&str, &str, &str)] = files![
    "dbt" / "names",
    "dbt" / "statements",
    "dbt" / "tests",
    "dbt" / "models",
    "dbt" / "dates",
    "dbt" / "types",
    "dbt" / "text",
    "dbt" / "values",
    "dbt" / "schema",
    "dbt" / "relations",
    "dbt" / "columns",
    "dbt_postgres" / "overrides",
    "dbt_redshift" / "overrides",
    "dbt_snowflake" / "overrides",
    "dbt_bigquery" / "overrides",
    "dbt_spark" / "overrides",
    "dbt_databricks" / "overrides",
    "dbt_duckdb" / "overrides",
    "dbt_sqlite" / "overrides",
    "dbt_trino" / "overrides",
];

/// The packages that an adapter brings, the nearest first.
fn packages(adapter: Adapter) -> &'static [&'static str] {
    match adapter {
        Adapter::Postgres => &["dbt_postgres", DBT],
        Adapter::Redshift => &["dbt_redshift", "dbt_postgres", DBT],
        Adapter::Snowflake => &["dbt_snowflake", DBT],
        Adapter::BigQuery => &["dbt_bigquery", DBT],
        Adapter::Databricks => &["dbt_databricks", "dbt_spark", DBT],
        Adapter::DuckDb => &["dbt_duckdb", DBT],
        Adapter::Sqlite => &["dbt_sqlite", DBT],
        Adapter::Trino => &["dbt_trino", DBT],
    }
}

/// Adds dbt's own macros for the adapter.
pub(crate) fn add_builtins(macros: &mut Macros) {
    for package in packages(macros.adapter) {
        for (_, name, text) in FILES.iter().filter(|(owner, ..)| owner == package) {
            let path = format!("macros/{package}/{name}");
            // A test reads every one of these files.
            for added in read_macros(package, &path, text).unwrap_or_default() {
                macros.add_internal(added);
            }
        }
    }
}

#[cfg(test)]
pub(super) fn files() -> &'static [(&'static str, &'static str, &'static str)] {
    FILES
}
