//! Which warehouse, and with which settings: from a connection's values to the source that reads through it.

use std::sync::Arc;

use super::error::SourceError;
use super::postgres::{PostgresConnection, PostgresSource};
use super::source::Source;
use super::sqlite::{SqliteConnection, SqliteSource};

/// What is needed to reach one warehouse. Secrets in it can't be printed.
#[derive(Clone, Debug)]
pub enum Connection {
    Postgres(PostgresConnection),
    Redshift(PostgresConnection),
    Sqlite(SqliteConnection),
}

/// The source behind a connection. Reaches nothing yet.
///
/// # Errors
/// A setting can't be used, or a library that is opened at run time is missing.
pub fn open(connection: Connection) -> Result<Arc<dyn Source>, SourceError> {
    Ok(match connection {
        Connection::Postgres(settings) => Arc::new(PostgresSource::new(settings, false)?),
        Connection::Sqlite(settings) => Arc::new(SqliteSource::new(settings)),
        Connection::Redshift(settings) => Arc::new(PostgresSource::new(settings, true)?),
    })
}
