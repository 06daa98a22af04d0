//! Open handles of one repository, one for every thread that reads at the same time. libgit2's may
//! be moved between threads but not shared.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// File in a cache that says that an object of it could not be read: the next fetch starts anew.
pub(in crate::git) const DAMAGED: &str = "damaged";

pub(super) struct Handles {
    pub(super) path: PathBuf,
    idle: Mutex<Vec<git2::Repository>>,
    /// Written when an object turns out to be damaged; `None` for repositories that are not ours.
    damage_note: Option<PathBuf>,
}

impl Handles {
    pub(super) fn open(path: &Path, damage_note: Option<PathBuf>) -> Result<Self, git2::Error> {
        let first = git2::Repository::open(path)?;
        Ok(Self { path: path.to_owned(), idle: Mutex::new(vec![first]), damage_note })
    }

    /// Does `work` with a handle that nobody else uses meanwhile, opening one where all are taken.
    pub(super) fn with<T>(&self, work: impl FnOnce(&git2::Repository) -> T) -> Result<T, git2::Error> {
        let taken = self.idle().pop();
        let handle = match taken {
            Some(handle) => handle,
            None => git2::Repository::open(&self.path)?,
        };
        let result = work(&handle);
        self.idle().push(handle);
        Ok(result)
    }

    /// Leaves word that the objects are damaged. Best effort: the reader's own error is told anyway.
    pub(super) fn note_damage(&self, what: &str) {
        if let Some(note) = &self.damage_note {
            let _ = std::fs::write(note, what);
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<git2::Repository>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Handles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handles").field("path", &self.path).finish_non_exhaustive()
    }
}
