//! The event log: what a process did, for the others that look. Kept short; the history proper is in
//! syncs, models and problems.

use rusqlite::params;

use super::Store;
use super::error::StoreError;

/// Events kept; older ones go as new ones come.
const EVENTS_KEPT: i64 = 10_000;

/// An event as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// Growing; never used twice.
    pub seq: i64,
    /// Name of the process that recorded it.
    pub process: String,
    /// The event as JSON.
    pub body: String,
}

/// Which events are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Only those with a larger number.
    pub after: i64,
    /// Only those whose JSON names this project.
    pub project: Option<String>,
    /// The newest of them, at most this many; without it all.
    pub limit: Option<u32>,
}

impl Store {
    /// Records events, each a JSON value, in one transaction.
    pub fn append_events(&self, events: &[String]) -> Result<(), StoreError> {
        if events.is_empty() {
            return Ok(());
        }
        let process = self.process().as_str();
        self.write(|transaction| {
            for event in events {
                transaction
                    .prepare_cached("INSERT INTO events (process, body) VALUES (?1, ?2)")?
                    .execute([process, event.as_str()])?;
            }
            let last = transaction.last_insert_rowid();
            transaction.prepare_cached("DELETE FROM events WHERE seq <= ?1")?.execute([last - EVENTS_KEPT])?;
            Ok(())
        })
    }

    /// Events, oldest first.
    pub fn events(&self, filter: &EventFilter) -> Result<Vec<StoredEvent>, StoreError> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT seq, process, body FROM (
                         SELECT seq, process, body FROM events
                         WHERE seq > ?1 AND (?2 IS NULL OR body ->> '$.project' = ?2)
                         ORDER BY seq DESC LIMIT ifnull(?3, -1))
                     ORDER BY seq",
                )?
                .query_map(params![filter.after, filter.project, filter.limit], |row| {
                    Ok(StoredEvent { seq: row.get(0)?, process: row.get(1)?, body: row.get(2)? })
                })?
                .collect()
        })
    }

    /// Number of the newest event; 0 when there is none: where a new follower begins.
    pub fn last_event(&self) -> Result<i64, StoreError> {
        self.read(|connection| connection.query_row("SELECT ifnull(max(seq), 0) FROM events", [], |row| row.get(0)))
    }
}
