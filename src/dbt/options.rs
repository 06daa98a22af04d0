//! What the engine is told: where the project is, for which warehouse, with which variables; and
//! what it tells while it works.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use indexmap::IndexMap;
use jiff::Timestamp;

use crate::problem::Problem;

use super::node::Project;

/// The warehouse whose quoting and built-in macros hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Adapter {
    Postgres,
    Redshift,
    Snowflake,
    BigQuery,
    Databricks,
    DuckDb,
    Sqlite,
    Trino,
}

/// Which environment variables `env_var` may see.
#[derive(Clone, Debug)]
pub enum EnvAccess {
    /// Only these: for a synced repository, whose authors may not read this machine's environment.
    Only(BTreeMap<String, String>),
    /// These (a copy of the process's environment, made by the caller): for a local folder.
    Process(BTreeMap<String, String>),
}

/// How to load a project.
#[derive(Clone, Debug)]
pub struct LoadOptions<'a> {
    /// Path of `dbt_project.yml` from the tree's root, e.g. `transform/dbt_project.yml`.
    pub project_path: String,
    /// `target.database`, `target.schema` and `target.name`.
    pub database: String,
    pub schema: String,
    pub target_name: String,
    pub adapter: Adapter,
    /// What else templates see in `target`: a profile's connection ([`super::Profile::target`]). Empty
    /// without a profile.
    pub connection: IndexMap<String, serde_json::Value>,
    /// As `--vars` gives them; they win over the project's own.
    pub vars: IndexMap<String, serde_json::Value>,
    pub env: EnvAccess,
    /// The dbt version to be, for `dbt_version` and `require-dbt-version`: `1.7.20`.
    pub dbt_version: String,
    pub run_started_at: Timestamp,
    pub invocation_id: String,
    /// Becomes true when the load is no longer wanted; checked between files.
    pub cancelled: &'a AtomicBool,
}

/// What the engine is doing, for a progress line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadStage {
    Parse,
    Compile,
}

/// Files or models done so far, of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoadProgress {
    pub stage: LoadStage,
    pub done: u64,
    pub total: u64,
}

/// Told after each file or model; called by several threads.
pub type Progress<'a> = &'a (dyn Fn(LoadProgress) + Sync);

/// The result of a load. `project` is missing only when there is no readable `dbt_project.yml`, or
/// when the load was cancelled.
#[derive(Debug, Default)]
pub struct Loaded {
    pub project: Option<Project>,
    /// Subjects name the project by `dbt_project.yml`'s name; the caller puts its own name in.
    pub problems: Vec<Problem>,
}
