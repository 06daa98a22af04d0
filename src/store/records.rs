//! What the store keeps, as plain records: syncs, models as of a sync, problems. No SQL here.
//!
//! These are also what the faces show, so every field says its unit.

use std::sync::Arc;

use indexmap::IndexMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::problem::Problem;

use super::described::{ColumnRecord, TestRecord};

/// Number of a model sync, unique in a store and growing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SyncId(pub i64);

/// Number of a recorded problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProblemId(pub i64);

/// Why a job was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The project has never been synced.
    Initial,
    /// A person asked.
    Manual,
    /// A fix was applied and is being tried.
    Fix,
    Schedule,
    Push,
    /// A file was changed in a folder that is opened without set-up.
    Edit,
}

/// Steps of a model sync, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Reach the repository and ask where the branch stands.
    Connect,
    /// Bring the commit's objects.
    Fetch,
    /// Read and render the dbt project.
    Parse,
    /// Compile every model's SQL.
    Compile,
    /// Write the result to the store.
    Record,
}

impl Stage {
    pub const ALL: [Self; 5] = [Self::Connect, Self::Fetch, Self::Parse, Self::Compile, Self::Record];
}

/// How a stage went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageRecord {
    pub stage: Stage,
    pub elapsed_ms: u64,
    /// What it found, in a few words: "8f31c2d on main", "1.2 MB in 3 requests", "212 models".
    pub detail: String,
}

/// Where a sync stands or how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncState {
    Running,
    /// Done; every model loaded.
    Succeeded,
    /// Done; some models have problems, the others are recorded.
    Partial,
    Failed,
    Cancelled,
    /// The process that ran it went away before its end.
    Interrupted,
}

/// The commit that a sync read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitRecord {
    /// 40 (or 64) hex digits.
    pub id: String,
    pub author: String,
    /// First line of the message.
    pub subject: String,
    pub at: Timestamp,
}

/// What a sync counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncCounts {
    pub models: u64,
    pub seeds: u64,
    pub snapshots: u64,
    pub sources: u64,
    pub tests: u64,
    /// Models added, changed and removed since the sync before.
    pub added: u64,
    pub changed: u64,
    pub removed: u64,
    /// Models with a problem of their own.
    pub broken: u64,
    /// Bytes received over the wire.
    pub bytes: u64,
}

/// One model sync.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncRecord {
    pub id: SyncId,
    pub project: String,
    pub cause: Cause,
    pub state: SyncState,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub branch: String,
    pub commit: Option<CommitRecord>,
    pub stages: Vec<StageRecord>,
    pub counts: SyncCounts,
    /// One line: why it failed, or what changed.
    pub summary: String,
    /// True when branch and settings were as at the last good sync, so nothing was loaded again.
    pub unchanged: bool,
}

/// What kind of dbt resource a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Model,
    Seed,
    Snapshot,
    Source,
    Exposure,
    Analysis,
    Test,
}

impl Kind {
    /// Its word: `model`, `analysis`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Seed => "seed",
            Self::Snapshot => "snapshot",
            Self::Source => "source",
            Self::Exposure => "exposure",
            Self::Analysis => "analysis",
            Self::Test => "test",
        }
    }

    /// Whether it stands in lists of models. Tests stand with what they test.
    pub fn is_listed(self) -> bool {
        self != Self::Test
    }
}

/// A node of the dbt project as of one sync. Its hash covers all fields, so equal hashes are equal
/// records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelRecord {
    /// dbt's `unique_id`, e.g. `model.shop.dim_customers`.
    pub unique_id: String,
    pub kind: Kind,
    pub name: String,
    pub package: String,
    /// Path from the repository's root.
    pub path: String,
    /// Folders below the model path, then the name: what the tree shows.
    pub folders: Vec<String>,
    pub materialized: String,
    pub enabled: bool,
    /// Rendered relation, e.g. `"db"."analytics"."dim_customers"`; none for ephemeral models.
    pub relation: Option<String>,
    pub description: String,
    pub tags: Vec<String>,
    /// The final configuration, keys sorted.
    pub config: IndexMap<String, serde_json::Value>,
    pub columns: Vec<ColumnRecord>,
    /// Tests on the model as a whole.
    pub tests: Vec<TestRecord>,
    /// Constraints on the model as a whole, in words: `primary key (id)`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<String>,
    /// What else is said of it, by dbt's keys: `group`, `access`, `meta`; an exposure's `owner` and `url`,
    /// a source's `loader` and `freshness`. Nothing that is empty.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub details: IndexMap<String, serde_json::Value>,
    pub raw_code: String,
    /// The compiled SQL, or nothing where it could not be compiled (`problem` says why).
    pub compiled_code: Option<String>,
    /// `unique_id`s of direct parents and children.
    pub parents: Vec<String>,
    pub children: Vec<String>,
    /// `unique_id`s of the macros it calls.
    pub macros: Vec<String>,
    /// Code and one line of this model's own first problem.
    pub problem: Option<(String, String)>,
}

/// How a model differs from the sync before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Added,
    Changed,
    Removed,
}

/// What the model browser needs of each model, small: ten thousand of them are listed at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelSummary {
    pub project: Arc<str>,
    pub unique_id: Arc<str>,
    pub kind: Kind,
    pub name: Arc<str>,
    /// Path from the repository's root.
    pub path: Arc<str>,
    /// Folders joined by `/`, without the name.
    pub folder: Arc<str>,
    pub materialized: Arc<str>,
    pub tags: Arc<[Arc<str>]>,
    pub enabled: bool,
    pub broken: bool,
    /// Set when the last sync that changed anything added or changed it.
    pub change: Option<Change>,
}

/// A model's older text, for the Changes tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelVersion {
    pub sync: SyncId,
    pub at: Timestamp,
    pub commit: Option<CommitRecord>,
    pub record: Arc<ModelRecord>,
}

/// Whether a recorded problem still hurts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ProblemState {
    Open,
    /// Gone: by a fix ("ebb fix", a key) or because a later sync no longer met it.
    Mended {
        at: Timestamp,
        how: String,
    },
}

/// A problem in the store, with its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemRecord {
    pub id: ProblemId,
    pub problem: Problem,
    pub state: ProblemState,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    /// How often it was met in a row of syncs.
    pub occurrences: u64,
    /// The sync that met it last.
    pub sync: Option<SyncId>,
}
