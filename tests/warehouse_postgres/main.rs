//! Postgres through the trait of all warehouses, against a real server: types, reading, what goes wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../support/mod.rs"]
mod support;

mod entry;
mod preview;
mod reading;
mod types;

use std::sync::Arc;
use std::time::Duration;

use ebbtide::warehouse::{Bounds, Connection, Source, SourceError, Value, open};
use support::PostgresServer;
use tokio_util::sync::CancellationToken;

/// Enough for anything that ends by itself.
fn bounds() -> Bounds {
    Bounds::new(Duration::from_mins(1), CancellationToken::new())
}

fn source(server: &PostgresServer) -> Arc<dyn Source> {
    open(Connection::Postgres(server.connection())).unwrap()
}

/// The rows of a query, each cell as people read it.
async fn read(source: &dyn Source, sql: &str) -> Result<Vec<Vec<Value>>, SourceError> {
    let bounds = bounds();
    let (batch, _) = source.query(sql, &bounds).await?.first(usize::MAX).await?;
    Ok(batch.rows().map(<[Value]>::to_vec).collect())
}

/// The code of our problem that an error leads to, through the catalogue where only the words tell.
fn code(error: &SourceError) -> String {
    let catalogue = ebbtide::problem::Catalogue::builtin();
    let found = error.code().or_else(|| {
        let area = error.area()?;
        catalogue.match_text(area, error.raw()).map(|entry| entry.code.clone()).or_else(|| area.unknown())
    });
    found.map(|code| code.to_string()).unwrap_or_default()
}
