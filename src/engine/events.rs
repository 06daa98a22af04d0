//! What can be asked of the engine and what it tells: the closed sets that every face matches on.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::problem::Problem;
use crate::store::{Cause, ProblemId, Stage, StageRecord, SyncCounts, SyncId, SyncState};

/// Number of a job, unique in this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(pub u64);

/// Work to do. A request for a project that is already syncing joins the running job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    SyncProject {
        project: String,
        cause: Cause,
    },
    /// Apply the fix with this index of a recorded problem, then try again.
    ApplyFix {
        problem: ProblemId,
        fix: usize,
    },
}

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Succeeded,
    /// Done, with problems in some models.
    Partial,
    Failed,
    Cancelled,
}

impl Outcome {
    pub fn of(state: SyncState) -> Option<Self> {
        match state {
            SyncState::Running => None,
            SyncState::Succeeded => Some(Self::Succeeded),
            SyncState::Partial => Some(Self::Partial),
            SyncState::Failed => Some(Self::Failed),
            SyncState::Cancelled | SyncState::Interrupted => Some(Self::Cancelled),
        }
    }
}

/// What a progress figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Objects,
    Files,
    Models,
}

/// How far a running stage is. Only the newest matters: it travels as a latest value, not as an
/// event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub stage: Stage,
    pub done: u64,
    /// Not known: show a count, never a bar.
    pub total: Option<u64>,
    pub unit: Unit,
    /// Bytes received in this stage.
    pub bytes: u64,
    /// Milliseconds since the stage began.
    pub elapsed_ms: u64,
}

/// Something happened. Serialised as one JSON object a line by `--json` and kept by the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub at: Timestamp,
    #[serde(flatten)]
    pub kind: EventKind,
}

/// The kinds of events, past tense.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EventKind {
    SyncStarted {
        job: JobId,
        project: String,
        sync: SyncId,
        cause: Cause,
    },
    StageStarted {
        job: JobId,
        project: String,
        stage: Stage,
    },
    StageFinished {
        job: JobId,
        project: String,
        #[serde(flatten)]
        record: StageRecord,
    },
    /// A person asked for the end; the job stops as soon as it can.
    CancelRequested {
        job: JobId,
        project: String,
    },
    SyncFinished {
        job: JobId,
        project: String,
        sync: SyncId,
        outcome: Outcome,
        counts: SyncCounts,
        summary: String,
        unchanged: bool,
    },
    /// The sync could not begin, because the store would not take it down.
    SyncRefused {
        job: JobId,
        project: String,
        problem: Problem,
    },
    /// The sync was cancelled before it had begun, while it waited for its turn: there is no record of it.
    SyncWithdrawn {
        job: JobId,
        project: String,
    },
    /// A fix was carried out (or, with `error`, could not be). With `sync`, that job tries again.
    FixApplied {
        job: JobId,
        /// The one that the problem is about, if it is about one.
        project: Option<String>,
        problem: ProblemId,
        title: String,
        sync: Option<JobId>,
        error: Option<String>,
    },
    /// `ebb.toml` was read again.
    WorkspaceChanged,
    /// Another process wrote to the store: syncs, models or problems may be newer than what is shown.
    StoreChanged,
}

impl EventKind {
    /// The job that it tells of.
    pub(super) fn job(&self) -> Option<JobId> {
        match self {
            Self::SyncStarted { job, .. }
            | Self::StageStarted { job, .. }
            | Self::StageFinished { job, .. }
            | Self::CancelRequested { job, .. }
            | Self::SyncFinished { job, .. }
            | Self::SyncRefused { job, .. }
            | Self::SyncWithdrawn { job, .. }
            | Self::FixApplied { job, .. } => Some(*job),
            Self::WorkspaceChanged | Self::StoreChanged => None,
        }
    }

    /// The sync whose beginning it tells of.
    pub(super) fn began(&self) -> Option<SyncId> {
        match self {
            Self::SyncStarted { sync, .. } => Some(*sync),
            _ => None,
        }
    }

    /// Whether it tells of a job's work, which every process may want to know of.
    pub(super) fn is_of_a_job(&self) -> bool {
        self.job().is_some()
    }
}
