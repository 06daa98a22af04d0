//! Our own copy of a remote repository's objects: a bare repository whose refs `refs/ebb/BRANCH` say
//! which commits are here whole. Written only under the cache's lock; a kill at any byte leaves the
//! refs, and everything that they reach, as they were.

mod inflation;
mod lock;
mod missing;
mod receive;
#[cfg(test)]
mod tests;
mod tidy;

use std::io;
use std::path::{Path, PathBuf};

use git2::{Oid, Repository};

use super::super::error::RemoteError;
use super::super::fetch::Commit;
use super::commit_facts;
use super::compose::{Composed, Draft, compose};
use super::handles::DAMAGED;
use super::listing::{Contents, contents, is_there};
use super::tree::TreeError;
pub(in crate::git) use lock::Lock;
pub(in crate::git) use missing::{Missing, Wanted};
use missing::{has_names, missing};
pub(in crate::git) use receive::Receiver;

/// Where the refs of a cache stand.
const REFS: &str = "refs/ebb/";
/// Commits told to a server.
const MOST_HAVES: usize = 32;
/// Folder inside of a cache for packs that are not whole yet.
const INCOMING: &str = "incoming";

/// A cache, opened for writing. The caller holds its lock.
#[derive(Debug)]
pub(in crate::git) struct Cache {
    path: PathBuf,
}

impl Cache {
    /// Opens the cache, or makes a new one. One that is damaged is moved aside first and never used;
    /// leftovers of a fetch that was killed are removed.
    pub(in crate::git) fn open(path: &Path) -> Result<Self, RemoteError> {
        let cache = Self { path: path.to_owned() };
        if path.exists() && (path.join(DAMAGED).exists() || cache.check().is_err()) {
            cache.move_aside()?;
        }
        if !path.exists() {
            cache.create()?;
        }
        let incoming = path.join(INCOMING);
        if incoming.exists() {
            std::fs::remove_dir_all(&incoming).map_err(|error| failed(path, &error))?;
        }
        std::fs::create_dir(&incoming).map_err(|error| failed(path, &error))?;
        Ok(cache)
    }

    /// Made under another name and renamed, so that a half-made cache is never met.
    fn create(&self) -> Result<(), RemoteError> {
        let making = beside(&self.path, "making");
        if making.exists() {
            std::fs::remove_dir_all(&making).map_err(|error| failed(&self.path, &error))?;
        }
        let mut options = git2::RepositoryInitOptions::new();
        options.bare(true).external_template(false).mkpath(true).initial_head("none");
        let made = Repository::init_opts(&making, &options).and_then(|repository| tidy::prepare(&repository));
        made.map_err(|error| unusable(&self.path, &error))?;
        std::fs::rename(&making, &self.path).map_err(|error| failed(&self.path, &error))
    }

    /// Every ref must lead to a commit whose trees can be read.
    fn check(&self) -> Result<(), git2::Error> {
        let repository = self.repository()?;
        for tip in tips(&repository)? {
            repository.find_commit(tip)?.tree()?;
        }
        Ok(())
    }

    /// Keeps the damaged cache under another name, in place of the one before it.
    pub(in crate::git) fn move_aside(&self) -> Result<(), RemoteError> {
        let aside = beside(&self.path, "damaged");
        if aside.exists() {
            std::fs::remove_dir_all(&aside).map_err(|error| failed(&self.path, &error))?;
        }
        std::fs::rename(&self.path, &aside).map_err(|error| failed(&self.path, &error))
    }

    /// What is missing of `commit` so that the wanted files can be read.
    pub(in crate::git) fn missing(&self, commit: &str, wanted: Wanted<'_>) -> Result<Missing, RemoteError> {
        let look = || missing(&self.repository()?, Oid::from_str(commit)?, wanted);
        match look() {
            // Too large to look at, and for the same reason too large to read: the reader tells.
            Err(TreeError::TooMany { .. }) => Ok(Missing::Nothing),
            found => found.map_err(|error| self.damaged(&error)),
        }
    }

    /// Commits that the server may take us to have, a bounded number of those that were kept.
    pub(in crate::git) fn haves(&self, extent: Extent) -> Result<Vec<String>, RemoteError> {
        let haves = || -> Result<Vec<String>, git2::Error> {
            let repository = self.repository()?;
            let mut tips = tips(&repository)?;
            tips.retain(|tip| match extent {
                Extent::Whatever => true,
                Extent::Names => {
                    let root = repository.find_commit(*tip).map(|commit| commit.tree_id());
                    root.and_then(|root| has_names(&repository, root)).unwrap_or(false)
                }
                Extent::Everything => holds(&repository, *tip, ""),
            });
            tips.truncate(MOST_HAVES);
            Ok(tips.iter().map(Oid::to_string).collect())
        };
        haves().map_err(|error| unusable(&self.path, &error))
    }

    /// Whether some kept commit has its files below `folder` here: a newer commit will share most of them.
    pub(in crate::git) fn knows(&self, folder: &str) -> Result<bool, RemoteError> {
        let knows = || -> Result<bool, git2::Error> {
            let repository = self.repository()?;
            Ok(tips(&repository)?.into_iter().any(|tip| holds(&repository, tip, folder)))
        };
        knows().map_err(|error| unusable(&self.path, &error))
    }

    /// What the files below `folder` come to.
    pub(in crate::git) fn contents(&self, commit: &str, folder: &str) -> Result<Contents, RemoteError> {
        let contents = || -> Result<Contents, TreeError> {
            let repository = self.repository()?;
            let root = repository.find_commit(Oid::from_str(commit)?)?.tree_id();
            contents(&repository, root, folder)
        };
        contents().map_err(|error| self.damaged(&error))
    }

    /// Says that `commit` is here whole: the last step of a fetch.
    pub(in crate::git) fn keep(&self, branch: &str, commit: &str) -> Result<Commit, RemoteError> {
        let keep = || {
            let repository = self.repository()?;
            let commit = repository.find_commit(Oid::from_str(commit)?)?;
            repository.reference(&reference(branch), commit.id(), true, "fetch")?;
            Ok(commit_facts(&commit))
        };
        keep().map_err(|error| unusable(&self.path, &error))
    }

    /// Makes one pack of many where there are too many. Best effort: a cache works untidied as well.
    pub(in crate::git) fn tidy(&self) -> Result<(), RemoteError> {
        self.repository().and_then(|repository| tidy::tidy(&repository)).map_err(|error| unusable(&self.path, &error))
    }

    /// Makes a commit out of a draft; no ref leads to it yet.
    pub(in crate::git) fn compose(&self, draft: &Draft<'_>) -> Result<Composed, RemoteError> {
        let repository = self.repository().map_err(|error| unusable(&self.path, &error))?;
        compose(&repository, draft)
    }

    fn damaged(&self, error: &TreeError) -> RemoteError {
        RemoteError::Cache { path: self.path.clone(), raw: error.to_string() }
    }

    fn repository(&self) -> Result<Repository, git2::Error> {
        Repository::open_bare(&self.path)
    }
}

/// How much of a kept commit must be here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::git) enum Extent {
    /// The commit at least.
    Whatever,
    /// All its trees.
    Names,
    /// All its trees and files.
    Everything,
}

/// Whether the files of `commit` below `folder` are here, and there are any.
fn holds(repository: &Repository, commit: Oid, folder: &str) -> bool {
    let wanted = Wanted { folder, expected: None };
    matches!(missing(repository, commit, wanted), Ok(Missing::Nothing))
        && repository.find_commit(commit).is_ok_and(|commit| is_there(repository, commit.tree_id(), folder))
}

/// A branch's ref in a cache. Without folders, so that a branch `a` that was deleted is not in the
/// way of a branch `a/b`.
fn reference(branch: &str) -> String {
    format!("{REFS}{}", branch.replace('%', "%25").replace('/', "%2F"))
}

/// The tips of all branches that were fetched, each once.
fn tips(repository: &Repository) -> Result<Vec<Oid>, git2::Error> {
    let mut tips = Vec::new();
    for reference in repository.references_glob(&format!("{REFS}*"))? {
        if let Some(id) = reference?.target()
            && !tips.contains(&id)
        {
            tips.push(id);
        }
    }
    Ok(tips)
}

fn beside(path: &Path, what: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{what}"));
    path.with_file_name(name)
}

/// A failure of the file system.
fn failed(path: &Path, error: &io::Error) -> RemoteError {
    if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
        return RemoteError::DiskFull { raw: error.to_string() };
    }
    RemoteError::Cache { path: path.to_owned(), raw: error.to_string() }
}

/// A failure of the object store.
fn unusable(path: &Path, error: &git2::Error) -> RemoteError {
    let raw = error.message().to_owned();
    if raw.contains("No space left") || raw.contains("quota exceeded") {
        return RemoteError::DiskFull { raw };
    }
    RemoteError::Cache { path: path.to_owned(), raw }
}
