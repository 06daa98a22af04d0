//! Warehouses: the trait that all of them are read through, values that keep their types, and a driver for each.
//!
//! Knows nothing of dbt, of models and of `ebb.toml`: a connection's settings come in as values, with their
//! secrets resolved. A new driver is a file or folder here, a line in [`Connection`], and its dialect.

mod connection;
mod decimal;
mod dialect;
mod error;
mod moment;
mod postgres;
mod source;
mod sqlite;
mod statement;
mod trust;
mod value;

pub use connection::{Connection, open};
pub use decimal::{Decimal, NotDecimal};
pub use dialect::{BIGQUERY, DATABRICKS, DUCKDB, Dialect, POSTGRES, REDSHIFT, SNOWFLAKE, SQLITE};
pub use error::{Refusal, SourceError};
pub use moment::{Date, Interval, Moment, TimeOfDay};
pub use postgres::{PostgresConnection, TlsMode};
pub use source::{
    Answer, Bounds, Estimate, Relation, RelationKind, RelationName, Rows, Source, SourceStep, StepEvent, StepOutcome,
    Steps,
};
pub use sqlite::SqliteConnection;
pub use value::{Batch, Column, Kind, Value};
