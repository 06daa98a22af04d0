//! The schema, as numbered SQL files that are applied in their order. A file that has been released
//! never changes; a new schema is a new file.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::error::StoreError;

/// Says "this SQLite file is an Ebbtide store" in the file's header: "Ebbt".
pub(super) const APPLICATION_ID: i64 = 0x4562_6274;

/// Number `i` of these brings a store of version `i` to version `i + 1`.
pub(super) const MIGRATIONS: &[&str] =
    &[include_str!("migrations/0001_history.sql"), include_str!("migrations/0002_macros.sql")];

/// The version that this program writes.
pub(super) const NEWEST: i64 = MIGRATIONS.len() as i64;

/// Brings the store to the newest version, each step in one transaction. Two processes may do this
/// at once: the second waits for the first and finds nothing left to do.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let sqlite = |error: rusqlite::Error| StoreError::from_sqlite(path, &error);
    loop {
        let version = version(connection, path)?;
        let Some(script) = usize::try_from(version).ok().and_then(|version| MIGRATIONS.get(version)) else {
            return Ok(());
        };
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sqlite)?;
        // Another process may have been faster since we looked.
        if user_version(&transaction).map_err(sqlite)? == version {
            transaction.execute_batch(script).map_err(sqlite)?;
            transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(sqlite)?;
            transaction.pragma_update(None, "user_version", version + 1).map_err(sqlite)?;
            transaction.commit().map_err(sqlite)?;
        }
    }
}

/// The version of the store's schema; 0 for a new file. A file of another program or of a later
/// version is an error and stays as it is.
pub(super) fn version(connection: &Connection, path: &Path) -> Result<i64, StoreError> {
    let sqlite = |error: rusqlite::Error| StoreError::from_sqlite(path, &error);
    // One snapshot: another process may be creating the store between two of these reads.
    let snapshot = connection.unchecked_transaction().map_err(sqlite)?;
    let version = user_version(connection).map_err(sqlite)?;
    let owner: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(sqlite)?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(sqlite)?;
    snapshot.finish().map_err(sqlite)?;
    if owner != APPLICATION_ID && (tables > 0 || version != 0) {
        let raw = "it is a database of another program".to_owned();
        return Err(StoreError::Unreadable { path: path.to_path_buf(), raw });
    }
    if !(0..=NEWEST).contains(&version) {
        return Err(StoreError::Newer { path: path.to_path_buf(), found: version, known: NEWEST });
    }
    Ok(version)
}

fn user_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}
