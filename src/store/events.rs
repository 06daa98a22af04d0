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
    /// Whether this `Store` recorded it.
    pub own: bool,
    /// The event as JSON.
    pub body: String,
}

impl Store {
    /// Records events, in one transaction. Gives the number of the last of them.
    pub fn append_events(&self, events: &[String]) -> Result<i64, StoreError> {
        if events.is_empty() {
            return self.last_event();
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
            Ok(last)
        })
    }

    /// Up to `limit` events after number `seq`, oldest first.
    pub fn events_after(&self, seq: i64, limit: u32) -> Result<Vec<StoredEvent>, StoreError> {
        let own = self.process().as_str();
        self.read(|connection| {
            connection
                .prepare_cached("SELECT seq, process, body FROM events WHERE seq > ?1 ORDER BY seq LIMIT ?2")?
                .query_map(params![seq, limit], |row| {
                    let process = row.get_ref(1)?.as_str()?;
                    Ok(StoredEvent { seq: row.get(0)?, own: process == own, body: row.get(2)? })
                })?
                .collect()
        })
    }

    /// Number of the newest event; 0 when there is none: where a new follower begins.
    pub fn last_event(&self) -> Result<i64, StoreError> {
        self.read(|connection| connection.query_row("SELECT ifnull(max(seq), 0) FROM events", [], |row| row.get(0)))
    }
}
