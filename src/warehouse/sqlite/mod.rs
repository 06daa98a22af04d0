//! SQLite: a file is a database, and further files are its schemas. Reading never creates, changes or locks a file
//! for longer than a batch is made; the work is done off the async threads.

mod functions;
mod reading;
mod values;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::{OpenFlags, params};

use super::dialect::{self, Dialect};
use super::error::{Refusal, SourceError};
use super::source::{Answer, Bounds, Estimate, Relation, RelationKind, RelationName, Rows, Source, SourceStep, Steps};
use super::value::{Column, Value};
use crate::problem::{Area, clean_line};

/// A database's file and the files beside it.
#[derive(Clone, Debug, Default)]
pub struct SqliteConnection {
    pub path: PathBuf,
    /// Name of a schema and its file.
    pub attach: BTreeMap<String, PathBuf>,
}

/// A SQLite database.
#[derive(Clone, Debug)]
pub(super) struct SqliteSource {
    settings: SqliteConnection,
}

impl SqliteSource {
    pub(super) const fn new(settings: SqliteConnection) -> Self {
        Self { settings }
    }

    async fn read(&self, sql: String, bounds: &Bounds) -> Result<Vec<Vec<Value>>, SourceError> {
        let (batch, _) = self.query(&sql, bounds).await?.first(usize::MAX).await?;
        Ok(batch.rows().map(<[Value]>::to_vec).collect())
    }

    async fn tested(&self, steps: &Steps, bounds: &Bounds) -> Result<(), SourceError> {
        steps.skipped(SourceStep::Name, "a file of this machine");
        let path = self.settings.path.display().to_string();
        let opened = async { self.read("select 1".to_owned(), bounds).await.map(|_| ((), path)) };
        steps.step(SourceStep::Connection, opened).await?;
        for step in [SourceStep::Security, SourceStep::Authentication, SourceStep::Compute] {
            steps.skipped(step, "a file of this machine");
        }
        let version = async {
            let rows = self.read("select 'SQLite ' || sqlite_version()".to_owned(), bounds).await?;
            Ok(((), rows.first().and_then(|row| row.first()).map(Value::to_string).unwrap_or_default()))
        };
        steps.step(SourceStep::Database, version).await?;
        let schemas = async {
            let schemas = self.schemas(bounds).await?;
            Ok(((), format!("{} can be seen", schemas.join(", "))))
        };
        steps.step(SourceStep::Read, schemas).await
    }
}

/// Opens the file and attaches the others. Blocks.
///
/// # Errors
/// A file is missing, or is none of SQLite's.
fn open(settings: &SqliteConnection, writable: bool) -> Result<rusqlite::Connection, SourceError> {
    let access = if writable {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
    } else {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    };
    let unreadable = |path: &Path, error: &rusqlite::Error| {
        let words = format!("{}: {}", refused(error), path.display());
        SourceError::refused(Refusal {
            area: Some(Area::Source),
            raw: words.clone(),
            message: clean_line(&words),
            ..Refusal::default()
        })
    };
    let database = rusqlite::Connection::open_with_flags(&settings.path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|error| unreadable(&settings.path, &error))?;
    for (schema, path) in &settings.attach {
        let attach = format!("attach database ? as {}", dialect::SQLITE.quoted(schema));
        let attached = database.execute(&attach, params![path.display().to_string()]);
        attached.map_err(|error| unreadable(path, &error))?;
    }
    functions::register(&database).map_err(|error| refused(&error))?;
    Ok(database)
}

/// What SQLite said.
fn refused(error: &rusqlite::Error) -> SourceError {
    let words = match error {
        rusqlite::Error::SqliteFailure(_, Some(words)) => words.clone(),
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    };
    let position = match error {
        rusqlite::Error::SqlInputError { offset, .. } => usize::try_from(*offset).ok().map(|offset| offset + 1),
        _ => None,
    };
    SourceError::refused(Refusal {
        area: Some(Area::Source),
        code: None,
        message: clean_line(&words),
        raw: words,
        position,
    })
}

impl Source for SqliteSource {
    fn dialect(&self) -> &'static Dialect {
        &dialect::SQLITE
    }

    fn test<'a>(&'a self, steps: &'a Steps, bounds: &'a Bounds) -> Answer<'a, ()> {
        Box::pin(self.tested(steps, bounds))
    }

    fn schemas<'a>(&'a self, bounds: &'a Bounds) -> Answer<'a, Vec<String>> {
        Box::pin(async {
            let sql = "select name from pragma_database_list where name <> 'temp' order by 1";
            let rows = self.read(sql.to_owned(), bounds).await?;
            Ok(rows.iter().filter_map(|row| row.first()).map(Value::to_string).collect())
        })
    }

    fn relations<'a>(&'a self, schema: &'a str, bounds: &'a Bounds) -> Answer<'a, Vec<Relation>> {
        Box::pin(async move {
            let known = self.schemas(bounds).await?;
            if !known.iter().any(|name| name.eq_ignore_ascii_case(schema)) {
                return Ok(Vec::new());
            }
            let sql = format!(
                "select name, type from {}.sqlite_master where type in ('table', 'view') and name not like 'sqlite\\_%' \
                 escape '\\' order by 1",
                dialect::SQLITE.quoted(schema)
            );
            let rows = self.read(sql, bounds).await?;
            let relation = |row: &Vec<Value>| {
                let kind = if row.get(1)?.to_string() == "view" { RelationKind::View } else { RelationKind::Table };
                Some(Relation { name: row.first()?.to_string(), kind })
            };
            Ok(rows.iter().filter_map(relation).collect())
        })
    }

    fn columns<'a>(&'a self, relation: &'a RelationName, bounds: &'a Bounds) -> Answer<'a, Vec<Column>> {
        Box::pin(async move {
            let (name, schema) = (&relation.name, relation.schema.as_deref().unwrap_or("main"));
            let (name, schema) = (dialect::SQLITE.text(name), dialect::SQLITE.text(schema));
            let rows = self.read(format!("select name, type from pragma_table_info({name}, {schema})"), bounds).await?;
            let column = |row: &Vec<Value>| {
                let declared = row.get(1)?.to_string();
                Some(Column::new(row.first()?.to_string(), values::declared_kind(&declared), declared))
            };
            Ok(rows.iter().filter_map(column).collect())
        })
    }

    fn query<'a>(&'a self, sql: &'a str, bounds: &'a Bounds) -> Answer<'a, Rows> {
        Box::pin(async move {
            let sql = self.dialect().single(sql)?.to_owned();
            reading::query(self.settings.clone(), sql, bounds).await
        })
    }

    fn execute<'a>(&'a self, sql: &'a str, bounds: &'a Bounds) -> Answer<'a, Option<u64>> {
        Box::pin(async move {
            let sql = self.dialect().single(sql)?.to_owned();
            reading::execute(self.settings.clone(), sql, bounds).await
        })
    }

    fn estimate<'a>(&'a self, _sql: &'a str, _bounds: &'a Bounds) -> Answer<'a, Estimate> {
        Box::pin(async { Err(SourceError::NotOffered { what: "an estimate" }) })
    }
}

/// Where nothing stops it but the time.
#[cfg(test)]
fn bounds() -> Bounds {
    Bounds::new(std::time::Duration::from_mins(1), tokio_util::sync::CancellationToken::new())
}

#[cfg(test)]
mod tests;
