//! Objects on this machine: somebody's own repository or our cache of a remote one, and the files of
//! a commit read straight out of them. Nothing is checked out and no network is touched.

mod cache;
mod compose;
mod handles;
mod listing;
mod resolve;
#[cfg(test)]
mod tests;
mod tree;

use std::path::Path;
use std::sync::Arc;

use git2::{ErrorClass, ErrorCode, Oid};
use jiff::Timestamp;

use super::error::RemoteError;
use super::fetch::{Branches, Commit};
use super::remote::Remote;
pub(super) use cache::{Cache, Extent, Lock, Missing, Receiver, Wanted};
pub(super) use compose::{Composed, Draft, compose};
use handles::Handles;

pub use listing::{Contents, LeftOut, Listing, Paths, TreeFile};
pub use tree::{Found, TreeError, TreeReader};

/// Longest subject line and author kept, in characters.
const LONGEST_LINE: usize = 200;

/// A repository on this machine. Cheap to clone; every thread reads through a handle of its own.
#[derive(Clone, Debug)]
pub struct Repository {
    handles: Arc<Handles>,
}

impl Repository {
    /// Opens a repository, bare or with a working folder, at exactly this path.
    pub fn open(path: &Path) -> Result<Self, RemoteError> {
        Self::open_as(path, None)
    }

    /// The repository that holds a remote's objects: the path itself, or the cache that a fetch
    /// filled.
    pub fn of(remote: &Remote, cache: &Path) -> Result<Self, RemoteError> {
        match remote {
            Remote::Local { path } => Self::open(path),
            Remote::Http { .. } | Remote::Ssh { .. } => Self::open_as(cache, Some(cache.join(handles::DAMAGED))),
        }
    }

    fn open_as(path: &Path, damage_note: Option<std::path::PathBuf>) -> Result<Self, RemoteError> {
        let handles = Handles::open(path, damage_note).map_err(|error| cannot_open(path, &error))?;
        Ok(Self { handles: Arc::new(handles) })
    }

    /// A branch's name and tip; an empty name asks for the branch that HEAD points at.
    pub fn tip(&self, branch: &str) -> Result<(String, Commit), RemoteError> {
        let (found, known) = self.with(|repository| {
            let name = if branch.is_empty() { default_branch(repository) } else { Some(branch.to_owned()) };
            let found = name.and_then(|name| {
                let reference = repository.find_reference(&format!("refs/heads/{name}")).ok()?;
                Some((name, commit_facts(&reference.peel_to_commit().ok()?)))
            });
            Ok((found, local_branches(repository)?))
        })?;
        found.ok_or_else(|| missing_branch(branch, known))
    }

    /// A commit by its id, a tag, or a branch, in this order; an empty name asks for the branch that HEAD
    /// points at.
    pub fn revision(&self, name: &str) -> Result<(String, Commit), RemoteError> {
        if name.is_empty() {
            return self.tip(name);
        }
        let (found, mut known, tags) = self.with(|repository| {
            let by_id = || repository.find_commit(Oid::from_str(name).ok().filter(|_| name.len() == 40)?).ok();
            let by_name =
                |kind: &str| repository.find_reference(&format!("refs/{kind}/{name}")).ok()?.peel_to_commit().ok();
            let commit = by_id().or_else(|| by_name("tags")).or_else(|| by_name("heads"));
            let tags = repository.tag_names(None)?.iter().flatten().flatten().map(str::to_owned).collect::<Vec<_>>();
            Ok((commit.map(|commit| commit_facts(&commit)), local_branches(repository)?, tags))
        })?;
        known.names.extend(tags);
        found.map(|commit| (name.to_owned(), commit)).ok_or_else(|| missing_branch(name, known))
    }

    /// Every branch, sorted by name, and the one that HEAD points at.
    pub fn branches(&self) -> Result<Branches, RemoteError> {
        self.with(local_branches)
    }

    /// The files of a commit, by its id.
    pub fn reader(&self, commit: &str) -> Result<TreeReader, RemoteError> {
        let root = self.with(|repository| Ok(repository.find_commit(Oid::from_str(commit)?)?.tree_id()))?;
        Ok(TreeReader::new(Arc::clone(&self.handles), root))
    }

    /// What a commit's files below `folder` come to.
    pub fn contents(&self, commit: &str, folder: &str) -> Result<Contents, RemoteError> {
        let contents = self.handles.with(|repository| -> Result<Contents, TreeError> {
            let root = repository.find_commit(Oid::from_str(commit)?)?.tree_id();
            listing::contents(repository, root, folder)
        });
        let contents = contents.map_err(|error| self.unusable(&error))?;
        contents.map_err(|error| RemoteError::Cache { path: self.handles.path.clone(), raw: error.to_string() })
    }

    fn with<T>(&self, work: impl FnOnce(&git2::Repository) -> Result<T, git2::Error>) -> Result<T, RemoteError> {
        self.handles.with(work).flatten().map_err(|error| self.unusable(&error))
    }

    fn unusable(&self, error: &git2::Error) -> RemoteError {
        RemoteError::Cache { path: self.handles.path.clone(), raw: error.message().to_owned() }
    }
}

/// Why a branch could not be found where only `known` are.
pub(in crate::git) fn missing_branch(branch: &str, known: Branches) -> RemoteError {
    if known.names.is_empty() {
        return RemoteError::Empty;
    }
    RemoteError::BranchMissing { branch: branch.to_owned(), branches: known.names, default: known.default }
}

fn default_branch(repository: &git2::Repository) -> Option<String> {
    let head = repository.find_reference("HEAD").ok()?;
    let target = head.symbolic_target().ok()??;
    target.strip_prefix("refs/heads/").map(str::to_owned)
}

fn local_branches(repository: &git2::Repository) -> Result<Branches, git2::Error> {
    let mut names = Vec::new();
    for reference in repository.references_glob("refs/heads/*")? {
        if let Ok(name) = reference?.name()
            && let Some(name) = name.strip_prefix("refs/heads/")
        {
            names.push(name.to_owned());
        }
    }
    names.sort();
    let default = default_branch(repository).filter(|name| names.binary_search(name).is_ok());
    Ok(Branches { names, default })
}

/// What is told of a commit. Its words come from strangers: bounded, made UTF-8.
pub(super) fn commit_facts(commit: &git2::Commit<'_>) -> Commit {
    let line = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().chars().take(LONGEST_LINE).collect::<String>();
    Commit {
        id: commit.id().to_string(),
        tree: commit.tree_id().to_string(),
        author: line(commit.author().name_bytes()),
        subject: line(commit.summary_bytes().unwrap_or_default()),
        at: Timestamp::from_second(commit.time().seconds()).unwrap_or(Timestamp::UNIX_EPOCH),
    }
}

fn cannot_open(path: &Path, error: &git2::Error) -> RemoteError {
    let (path, raw) = (path.to_owned(), error.message().to_owned());
    match (error.code(), error.class()) {
        (ErrorCode::Owner, _) => RemoteError::Ownership { path, raw },
        (ErrorCode::NotFound, _) | (_, ErrorClass::Os) => RemoteError::NotARepository { path, raw },
        _ => RemoteError::Cache { path, raw },
    }
}
