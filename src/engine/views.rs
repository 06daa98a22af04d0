//! Answers to the faces' questions, ready to show. Plain data.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use crate::store::{Cause, MacroRecord, ModelRecord, ModelVersion, ProblemRecord, SyncId, SyncRecord};

use super::events::{JobId, Progress};

/// A Git connection as the Connections pane shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConnectionView {
    pub name: String,
    /// "GitHub", "GitLab", "Bitbucket", "Git".
    pub provider: String,
    /// How it authenticates, in words and without the secret: "SSH key ~/.ssh/ebb", "token from $GH".
    pub auth: String,
    /// Names of the projects that use it.
    pub projects: Vec<String>,
}

/// A job that runs now, in this process or (without a `job`) in another one on the same workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LiveJob {
    pub job: Option<JobId>,
    pub sync: SyncId,
    pub project: String,
    pub cause: Cause,
    pub started_at: Timestamp,
    pub cancelling: bool,
    pub progress: Option<Progress>,
}

/// A project with its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProjectView {
    pub name: String,
    /// Name of its Git connection; none for a local folder or an anonymous repository.
    pub connection: Option<String>,
    pub repository: String,
    pub branch: String,
    pub project_path: String,
    pub schema: String,
    pub adapter: String,
    /// True for a dbt project opened from a folder of this machine, uncommitted edits included.
    pub folder: bool,
    pub last_sync: Option<SyncRecord>,
    /// The newest sync that recorded models.
    pub last_good: Option<SyncRecord>,
    pub models: u64,
    pub open_problems: u64,
}

/// All that the first frame needs besides the model list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Overview {
    /// Shown in the title: the workspace's name, its folder's name where it has none.
    pub workspace: String,
    /// Path of `ebb.toml`; none when there is no configuration.
    pub file: Option<String>,
    pub connections: Vec<ConnectionView>,
    pub projects: Vec<ProjectView>,
    pub live: Vec<LiveJob>,
    pub open_problems: u64,
}

/// One model, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ModelView {
    pub project: String,
    pub record: Arc<ModelRecord>,
    /// Newest first; the first is the current one. More than one only when it has changed.
    pub versions: Vec<ModelVersion>,
    pub problems: Vec<ProblemRecord>,
    /// The macros that it uses.
    pub macros: Vec<MacroSummary>,
    /// The sync that the current record comes from.
    pub as_of: Option<SyncRecord>,
}

/// What a list of macros says of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MacroSummary {
    pub unique_id: String,
    pub name: String,
    pub package: String,
    /// Path from the package's root.
    pub path: String,
    /// Its parameters as they are written: `model, quote=true`.
    pub parameters: String,
}

/// A macro, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MacroView {
    pub project: String,
    pub record: Arc<MacroRecord>,
    /// `unique_id`s of the nodes that use it themselves, sorted.
    pub used_by: Vec<String>,
    /// `unique_id`s of the macros that call it, sorted.
    pub called_by: Vec<String>,
}

/// What a selection means.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Selection {
    /// The project of each node and its `unique_id`; in each project sorted.
    pub ids: Vec<(String, String)>,
    /// What dbt would warn of: criteria that no node meets.
    pub remarks: Vec<String>,
    /// Why it makes no sense, in dbt's words.
    pub refused: Option<String>,
}

/// One sync, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SyncView {
    pub record: SyncRecord,
    pub problems: Vec<ProblemRecord>,
    /// `unique_id`s added, changed and removed by it.
    pub added: Vec<String>,
    pub changed: Vec<String>,
    pub removed: Vec<String>,
}

/// What a fix would do, before it does it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FixPreview {
    /// A unified diff of `ebb.toml`, or the words that would be copied.
    pub lines: Vec<String>,
}
