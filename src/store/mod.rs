//! The store: what happened, kept in SQLite. Syncs, models as of each sync, problems, events.
//!
//! Safe with several processes at once; never deletes or replaces a file it cannot read.

mod records;

pub use records::{
    Cause, Change, ColumnRecord, CommitRecord, Kind, ModelRecord, ModelSummary, ModelVersion, ProblemId, ProblemRecord,
    ProblemState, Stage, StageRecord, SyncCounts, SyncId, SyncRecord, SyncState,
};
