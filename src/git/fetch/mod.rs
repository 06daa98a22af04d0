//! A fetch as values: what is asked, what is told meanwhile, what comes back.

mod bring;
mod greeting;
mod run;

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use super::objects::Contents;
use super::remote::{Credential, Remote};
use super::trust::Trust;

pub(in crate::git) use run::blocking;
pub use run::{branches, fetch, may_push, tip};

/// Bounds on one fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FetchLimits {
    pub connect: Duration,
    /// Longest silence of the other side.
    pub stall: Duration,
    pub total: Duration,
    /// Largest pack accepted, in bytes.
    pub pack_bytes: u64,
}

/// What to fetch.
#[derive(Clone, Debug)]
pub struct FetchRequest {
    pub remote: Remote,
    pub credential: Credential,
    /// Branch without `refs/heads/`; empty asks for the remote's default branch.
    pub branch: String,
    /// Whether `branch` may also name a tag, which then wins, or be the id of a commit: the `revision` of
    /// a dbt package. A commit that is in the cache whole needs no server.
    pub any_revision: bool,
    /// Folder whose files are wanted (`""`: all). Servers that can filter send little else.
    pub folder: String,
    /// File that the caller is after. Where the commit has none at this path, the names of all files of the
    /// repository are fetched, so that it can be said where it is instead.
    pub expected: Option<String>,
    /// Where this repository's objects are kept; created when missing.
    pub cache: PathBuf,
    pub trust: Trust,
    pub limits: FetchLimits,
}

/// Steps of a fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchStage {
    Connect,
    Receive,
    Index,
}

/// Told while a fetch runs; the newest value is the only one that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FetchProgress {
    pub stage: FetchStage,
    pub bytes: u64,
    pub objects: u64,
    /// Known once the pack's header has been read.
    pub total_objects: Option<u64>,
}

impl FetchProgress {
    /// What holds before anything has happened.
    pub const START: Self = Self { stage: FetchStage::Connect, bytes: 0, objects: 0, total_objects: None };
}

/// A commit's facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    pub id: String,
    /// Object id of its root tree.
    pub tree: String,
    pub author: String,
    pub subject: String,
    pub at: Timestamp,
}

/// What a fetch brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    pub branch: String,
    pub commit: Commit,
    /// What the files below the folder come to.
    pub contents: Contents,
    /// True when the branch stood where the cache already was and nothing was downloaded. Always
    /// false for a repository on this machine, which has no cache.
    pub unmoved: bool,
    pub bytes_received: u64,
    pub requests: u32,
}

/// Branches of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Branches {
    /// Without `refs/heads/`, sorted.
    pub names: Vec<String>,
    /// The branch that the repository's HEAD points at.
    pub default: Option<String>,
}
