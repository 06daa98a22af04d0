//! The store: what happened, kept in SQLite. Syncs, models as of each sync, problems, events.
//!
//! Safe with several processes at once; never deletes or replaces a file it cannot read. Every call
//! blocks: asynchronous callers use a blocking task.

mod columns;
mod connection;
mod described;
mod error;
mod events;
mod finish;
mod intervals;
mod leases;
mod macros;
mod migrations;
mod models;
mod problems;
mod processes;
mod records;
mod retention;
mod syncs;
mod watch;

pub use connection::Store;
pub use described::{ColumnRecord, TestRecord, plain, tests_in_words};
pub use error::StoreError;
pub use events::{EventFilter, StoredEvent};
pub use finish::{Examined, SyncFinish};
pub use leases::Lease;
pub use macros::{ArgumentRecord, MacroRecord};
pub use models::SyncChanges;
pub use problems::ProblemFilter;
pub use records::{
    Cause, Change, CommitRecord, Kind, ModelRecord, ModelSummary, ModelVersion, ProblemId, ProblemRecord, ProblemState,
    Stage, StageRecord, SyncCounts, SyncId, SyncRecord, SyncState,
};
pub use syncs::{LastLoad, RunningSync, SyncFilter};
pub use watch::Watch;

#[cfg(test)]
mod tests;
