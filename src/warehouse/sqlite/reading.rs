//! A query on a thread of its own, its batches through a channel that holds few of them, and what interrupts it.

use std::sync::Arc;

use futures_util::stream;
use rusqlite::{Connection, InterruptHandle, Row, Statement};
use tokio::sync::{mpsc, oneshot};

use super::super::error::SourceError;
use super::super::source::{Bounds, Rows};
use super::super::value::{Batch, Column, Kind};
use super::{SqliteConnection, open, refused, values};

/// Most rows of a batch.
const ROWS: usize = 1_024;
/// Batches that wait to be taken.
const WAITING: usize = 2;

/// Stops what runs when it is dropped; without effect where nothing runs any more.
struct Interrupting(InterruptHandle);

impl Drop for Interrupting {
    fn drop(&mut self) {
        self.0.interrupt();
    }
}

type Batches = mpsc::Receiver<Result<Batch, SourceError>>;

/// Runs a query that reads. `sql` is one statement.
pub(super) async fn query(settings: SqliteConnection, sql: String, bounds: &Bounds) -> Result<Rows, SourceError> {
    let (opened, handle) = oneshot::channel();
    let (described, columns) = oneshot::channel();
    let (sender, batches) = mpsc::channel(WAITING);
    tokio::task::spawn_blocking(move || {
        let database = match open(&settings, false) {
            Ok(database) => database,
            Err(error) => return drop(opened.send(Err(error))),
        };
        // Who asked may have gone meanwhile.
        if opened.send(Ok(Interrupting(database.get_interrupt_handle()))).is_ok() {
            read(&database, &sql, described, &sender);
        }
    });
    let interrupting = bounds.keep(handle).await?.map_err(|_| ended())??;
    let columns = bounds.keep(columns).await?.map_err(|_| ended())??;
    let reading = Reading { batches, _interrupting: interrupting, bounds: bounds.clone() };
    Ok(Rows::new(columns, stream::unfold(Some(reading), next)))
}

struct Reading {
    batches: Batches,
    _interrupting: Interrupting,
    bounds: Bounds,
}

async fn next(reading: Option<Reading>) -> Option<(Result<Batch, SourceError>, Option<Reading>)> {
    let mut reading = reading?;
    match reading.bounds.keep(reading.batches.recv()).await {
        Ok(Some(Ok(batch))) => Some((Ok(batch), Some(reading))),
        Ok(Some(Err(error))) | Err(error) => Some((Err(error), None)),
        Ok(None) => None,
    }
}

fn ended() -> SourceError {
    SourceError::Cut { raw: "the thread that read the database has ended".to_owned() }
}

type Described = oneshot::Sender<Result<Arc<[Column]>, SourceError>>;

/// Reads to the end, or until nobody takes the rows any more. Blocks.
fn read(database: &Connection, sql: &str, described: Described, sender: &mpsc::Sender<Result<Batch, SourceError>>) {
    let mut statement = match database.prepare(sql) {
        Ok(statement) => statement,
        Err(error) => return drop(described.send(Err(refused(&error)))),
    };
    let mut columns = declared(&statement);
    let mut rows = match statement.query([]) {
        Ok(rows) => rows,
        Err(error) => return drop(described.send(Err(refused(&error)))),
    };
    let mut described = Some(described);
    let mut batch = Batch::new(columns.len(), ROWS);
    loop {
        let row = match rows.next() {
            Ok(row) => row,
            Err(error) => {
                // What was read before it is good.
                let error = refused(&error);
                match described.take() {
                    Some(described) => drop(described.send(Err(error))),
                    None => {
                        let _ = (batch.is_empty() || sender.blocking_send(Ok(batch)).is_ok())
                            && sender.blocking_send(Err(error)).is_ok();
                    }
                }
                return;
            }
        };
        if let Some(described) = described.take() {
            // A column without a declared type is told by its first value.
            if let Some(row) = row {
                by_first_row(&mut columns, row);
            }
            if described.send(Ok(columns.clone().into())).is_err() {
                return;
            }
        }
        let Some(row) = row else { break };
        for (index, column) in columns.iter().enumerate() {
            match row.get_ref(index) {
                Ok(cell) => batch.push(values::value(cell, column.kind)),
                Err(error) => return drop(sender.blocking_send(Err(refused(&error)))),
            }
        }
        if batch.len() == ROWS {
            let full = std::mem::replace(&mut batch, Batch::new(columns.len(), ROWS));
            if sender.blocking_send(Ok(full)).is_err() {
                return;
            }
        }
    }
    if !batch.is_empty() {
        let _gone = sender.blocking_send(Ok(batch));
    }
}

fn declared(statement: &Statement<'_>) -> Vec<Column> {
    let columns = statement.columns().map(|column| {
        let declared = column.decl_type().unwrap_or_default();
        Column::new(column.name(), values::declared_kind(declared), declared.to_ascii_lowercase())
    });
    columns.collect()
}

fn by_first_row(columns: &mut [Column], row: &Row<'_>) {
    for (index, column) in columns.iter_mut().enumerate().filter(|(_, column)| column.kind == Kind::Other) {
        let Ok(cell) = row.get_ref(index) else { continue };
        column.kind = values::stored_kind(cell);
        if column.type_name.is_empty() && column.kind != Kind::Other {
            column.kind.word().clone_into(&mut column.type_name);
        }
    }
}

/// Runs one statement that may change something.
pub(super) async fn execute(
    settings: SqliteConnection,
    sql: String,
    bounds: &Bounds,
) -> Result<Option<u64>, SourceError> {
    let (opened, handle) = oneshot::channel();
    let running = tokio::task::spawn_blocking(move || {
        let database = match open(&settings, true) {
            Ok(database) => database,
            Err(error) => {
                drop(opened.send(Err(error)));
                return Ok(None);
            }
        };
        if opened.send(Ok(Interrupting(database.get_interrupt_handle()))).is_err() {
            return Ok(None);
        }
        let mut statement = database.prepare(&sql).map_err(|error| refused(&error))?;
        if statement.column_count() > 0 {
            let mut rows = statement.query([]).map_err(|error| refused(&error))?;
            while rows.next().map_err(|error| refused(&error))?.is_some() {}
            return Ok(None);
        }
        let changed = statement.execute([]).map_err(|error| refused(&error))?;
        Ok(u64::try_from(changed).ok())
    });
    let _interrupting = bounds.keep(handle).await?.map_err(|_| ended())??;
    bounds.keep(running).await?.map_err(|_| ended())?
}
