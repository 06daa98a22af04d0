//! A query's rows as a stream of typed batches, and statements that give none. Memory holds one batch: the server
//! is not read faster than the rows are taken.

use std::pin::Pin;
use std::sync::Arc;

use futures_util::stream::Fuse;
use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};
use tokio_postgres::types::ToSql;
use tokio_postgres::{RowStream, Statement};

use super::super::dialect::POSTGRES;
use super::super::error::SourceError;
use super::super::source::{Bounds, Rows};
use super::super::value::{Batch, Column};
use super::decode::{Cell, Decoder, column};
use super::refusal;
use super::session::{Running, Sessions};

/// Most rows of a batch.
const ROWS: usize = 1_024;

/// Runs a query that reads. `sql` is one statement.
pub(super) async fn query(sessions: &Sessions, sql: &str, bounds: &Bounds) -> Result<Rows, SourceError> {
    let (mut running, used) = sessions.take(bounds).await?;
    let prepared = match prepare(&mut running, sql, bounds).await {
        // A session that was kept may have ended meanwhile, and nobody told us.
        Err(SourceError::Cut { .. }) if used => {
            running.close();
            running = sessions.fresh(bounds).await?;
            prepare(&mut running, sql, bounds).await
        }
        prepared => prepared,
    };
    let (statement, columns) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => {
            running.done();
            return Err(error);
        }
    };
    let decoders: Vec<Decoder> = statement.columns().iter().map(|column| Decoder::of(column.type_())).collect();
    let began = async {
        let none: [&(dyn ToSql + Sync); 0] = [];
        running.client()?.query_raw(&statement, none).await.map_err(|error| refusal::of_query(&error))
    };
    let rows = match bounds.keep(began).await {
        Ok(Ok(rows)) => rows,
        Ok(Err(error)) => {
            running.done();
            return Err(error);
        }
        Err(interrupted) => {
            running.stop().await;
            return Err(interrupted);
        }
    };
    let reading = Reading { rows: Box::pin(rows.fuse()), decoders, running, bounds: bounds.clone() };
    Ok(Rows::new(columns, stream::unfold(Some(reading), next)))
}

/// The statement, with what has no binary form that is known here cast to text by the server, and its columns.
async fn prepare(running: &mut Running, sql: &str, bounds: &Bounds) -> Result<(Statement, Arc<[Column]>), SourceError> {
    let statement = prepared(running, sql, bounds).await?;
    let columns: Arc<[Column]> = statement.columns().iter().map(column).collect();
    if statement.columns().iter().all(|column| Decoder::knows(column.type_())) {
        return Ok((statement, columns));
    }
    let names: Vec<String> = (1..=columns.len()).map(|number| format!("c{number}")).collect();
    let cells = statement.columns().iter().zip(&names).map(|(column, name)| {
        if Decoder::knows(column.type_()) { name.clone() } else { format!("{name}::text as {name}") }
    });
    let cells: Vec<String> = cells.collect();
    let alias = POSTGRES.quoted("ebb_query");
    let cast = format!("select {} from (\n{sql}\n) as {alias} ({})", cells.join(", "), names.join(", "));
    Ok((prepared(running, &cast, bounds).await?, columns))
}

async fn prepared(running: &mut Running, sql: &str, bounds: &Bounds) -> Result<Statement, SourceError> {
    let outcome = {
        let prepare = async { running.client()?.prepare(sql).await.map_err(|error| refusal::of_query(&error)) };
        bounds.keep(prepare).await
    };
    match outcome {
        Ok(outcome) => outcome,
        Err(interrupted) => {
            running.stop().await;
            Err(interrupted)
        }
    }
}

/// A query in the middle of its rows.
struct Reading {
    /// Fused: it is asked once more after its end.
    rows: Pin<Box<Fuse<RowStream>>>,
    decoders: Vec<Decoder>,
    running: Running,
    bounds: Bounds,
}

/// The next batch, and what goes on after it: nothing after the last row and after an error.
async fn next(reading: Option<Reading>) -> Option<(Result<Batch, SourceError>, Option<Reading>)> {
    let mut reading = reading?;
    let first = match reading.bounds.keep(reading.rows.try_next()).await {
        Err(interrupted) => {
            reading.running.stop().await;
            return Some((Err(interrupted), None));
        }
        Ok(Err(error)) => {
            reading.running.done();
            return Some((Err(refusal::of_query(&error)), None));
        }
        Ok(Ok(None)) => {
            reading.running.done();
            return None;
        }
        Ok(Ok(Some(first))) => first,
    };
    let mut batch = Batch::new(reading.decoders.len(), ROWS);
    let mut row = Some(first);
    // What has arrived already goes with it; nothing is waited for.
    while let Some(current) = row.take() {
        for (index, decoder) in reading.decoders.iter().enumerate() {
            let value = current.try_get::<_, Cell<'_>>(index).ok().and_then(|cell| decoder.value(cell.0));
            match value {
                Some(value) => batch.push(value),
                None => return Some((Err(unreadable(current.columns().get(index))), None)),
            }
        }
        if batch.len() < ROWS {
            row = match reading.rows.next().now_or_never() {
                Some(Some(Ok(next))) => Some(next),
                Some(Some(Err(error))) => {
                    reading.running.done();
                    return Some((Err(refusal::of_query(&error)), None));
                }
                // The end shows itself again at the next call.
                Some(None) | None => None,
            };
        }
    }
    Some((Ok(batch), Some(reading)))
}

fn unreadable(column: Option<&tokio_postgres::Column>) -> SourceError {
    let (name, kind) = column.map_or(("?", "?"), |column| (column.name(), column.type_().name()));
    SourceError::Answer { raw: format!("a value of the column {name:?} is no {kind}") }
}

/// Runs one statement that may change something.
pub(super) async fn execute(sessions: &Sessions, sql: &str, bounds: &Bounds) -> Result<Option<u64>, SourceError> {
    let mut running = sessions.fresh(bounds).await?;
    let outcome = {
        let run = async {
            let client = running.client()?;
            if !sessions.road().is_redshift() {
                let writable = client.batch_execute("set default_transaction_read_only = off").await;
                writable.map_err(|error| refusal::of_query(&error))?;
            }
            client.execute(sql, &[]).await.map_err(|error| refusal::of_query(&error))
        };
        bounds.keep(run).await
    };
    match outcome {
        Ok(outcome) => {
            running.close();
            outcome.map(Some)
        }
        Err(interrupted) => {
            running.stop().await;
            Err(interrupted)
        }
    }
}
