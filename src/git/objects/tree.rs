//! Reading a commit's files from several threads: list, read, find.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use git2::{ErrorCode, Odb, Oid};
use thiserror::Error;

use super::handles::Handles;
use super::listing::{Listing, is_file_name, joined, list};
use super::resolve::{DEEPEST, Effort, Kind, Lost, Place, resolve};

/// Entries of a tree looked at by one call.
pub(super) const MOST_ENTRIES: usize = 200_000;
/// Largest file read into memory, in bytes.
const LARGEST_FILE: u64 = 64 * 1024 * 1024;
/// How a file begins that stands for one kept by Git LFS; such stand-ins are short.
const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";
const LONGEST_POINTER: usize = 1024;

/// Why a file or a folder could not be read.
#[derive(Debug, Error)]
pub enum TreeError {
    #[error("{path} is not in the tree")]
    NotFound { path: String },
    #[error("{path} leads outside the tree")]
    Outside { path: String },
    #[error("{path} is in a submodule, which is a repository of its own")]
    Submodule { path: String },
    #[error("{path} is kept by Git LFS; the repository holds a pointer to it")]
    LfsPointer { path: String },
    #[error("{path} lies outside of the fetched folder")]
    NotFetched { path: String },
    #[error("{path} has {size} bytes, more than the {limit} that are read")]
    TooLarge { path: String, size: u64, limit: u64 },
    #[error("the tree has more than {limit} entries")]
    TooMany { limit: usize },
    #[error("an object of the repository could not be read: {reason}")]
    Damaged { reason: String },
}

impl From<git2::Error> for TreeError {
    fn from(error: git2::Error) -> Self {
        Self::Damaged { reason: error.message().to_owned() }
    }
}

/// Files of one name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Paths from the root, sorted, shortest depth first.
    pub paths: Vec<String>,
    /// True when the tree was too large to look at whole, or not all of its folders were fetched.
    pub incomplete: bool,
}

/// The files of one commit. `Send + Sync`; every thread reads through a handle of its own.
#[derive(Clone, Debug)]
pub struct TreeReader {
    handles: Arc<Handles>,
    root: Oid,
    /// Objects of the files that were listed: finding a file by its path reads every folder on the way
    /// whole, which for a large folder takes longer than reading the file.
    listed: Arc<RwLock<HashMap<String, Oid>>>,
}

impl TreeReader {
    pub(super) fn new(handles: Arc<Handles>, root: Oid) -> Self {
        Self { handles, root, listed: Arc::default() }
    }

    /// Every regular file below `folder` (`""`: all), sorted by path. A folder that is not there has
    /// none. Symbolic links inside the tree are followed.
    pub fn list(&self, folder: &str) -> Result<Listing, TreeError> {
        let (listing, ids) = self.checked(|repository| list(repository, self.root, folder, MOST_ENTRIES))?;
        let mut listed = self.listed.write().unwrap_or_else(PoisonError::into_inner);
        if listed.len() > MOST_ENTRIES {
            listed.clear();
        }
        listed.extend(listing.files.iter().map(|file| file.path.clone()).zip(ids));
        Ok(listing)
    }

    /// A file's bytes.
    pub fn read(&self, path: &str) -> Result<Vec<u8>, TreeError> {
        self.checked(|repository| {
            let id = self.object(repository, path)?;
            let objects = repository.odb()?;
            let size = match objects.read_header(id) {
                Ok((size, _)) => size as u64,
                Err(error) if error.code() == ErrorCode::NotFound => {
                    return Err(TreeError::NotFetched { path: path.to_owned() });
                }
                Err(error) => return Err(error.into()),
            };
            if size > LARGEST_FILE {
                return Err(TreeError::TooLarge { path: path.to_owned(), size, limit: LARGEST_FILE });
            }
            let bytes = objects.read(id)?.data().to_vec();
            if bytes.len() <= LONGEST_POINTER && bytes.starts_with(LFS_POINTER) {
                return Err(TreeError::LfsPointer { path: path.to_owned() });
            }
            Ok(bytes)
        })
    }

    fn object(&self, repository: &git2::Repository, path: &str) -> Result<Oid, TreeError> {
        let listed = self.listed.read().unwrap_or_else(PoisonError::into_inner).get(path).copied();
        if let Some(id) = listed {
            return Ok(id);
        }
        match resolve(repository, self.root, &[], path, &mut Effort::default()) {
            Ok(Place::File { id, .. }) => Ok(id),
            Ok(Place::Folder { .. }) => Err(TreeError::NotFound { path: path.to_owned() }),
            Err(lost) => Err(told(lost, path)),
        }
    }

    /// Every file with this name, anywhere in the tree; links are not followed.
    pub fn find(&self, name: &str) -> Result<Found, TreeError> {
        self.checked(|repository| {
            let (objects, effort) = (repository.odb()?, Effort::default());
            let mut search = Search { repository, objects, effort, name, left: MOST_ENTRIES, found: Found::default() };
            search.folder(self.root, "", 0)?;
            let mut found = search.found;
            found.paths.sort_by_key(|path| (path.matches('/').count(), path.clone()));
            Ok(found)
        })
    }

    /// Does `work`, and leaves word for the next fetch where an object of our cache is damaged.
    fn checked<T>(&self, work: impl FnOnce(&git2::Repository) -> Result<T, TreeError>) -> Result<T, TreeError> {
        let result = self.handles.with(work).map_err(TreeError::from).flatten();
        if let Err(TreeError::Damaged { reason }) = &result {
            self.handles.note_damage(reason);
        }
        result
    }
}

fn told(lost: Lost, path: &str) -> TreeError {
    let path = path.to_owned();
    match lost {
        Lost::Missing => TreeError::NotFound { path },
        Lost::Outside => TreeError::Outside { path },
        Lost::Submodule => TreeError::Submodule { path },
        Lost::TooMuch => TreeError::TooMany { limit: MOST_ENTRIES },
        Lost::Absent(_) => TreeError::NotFetched { path },
        Lost::Failed(error) => error.into(),
    }
}

/// One search under way.
struct Search<'a> {
    repository: &'a git2::Repository,
    objects: Odb<'a>,
    effort: Effort,
    name: &'a str,
    /// Entries that may still be looked at.
    left: usize,
    found: Found,
}

impl Search<'_> {
    fn folder(&mut self, id: Oid, path: &str, depth: usize) -> Result<(), TreeError> {
        if !self.effort.is_present(&self.objects, id)? {
            self.found.incomplete = true;
            return Ok(());
        }
        let tree = self.repository.find_tree(id)?;
        for entry in &tree {
            if self.left == 0 || depth > DEEPEST {
                self.found.incomplete = true;
                return Ok(());
            }
            self.left -= 1;
            let Some(name) = entry.name().ok().filter(|name| is_file_name(name)) else { continue };
            match Kind::of(&entry) {
                Some(Kind::File { .. }) if name == self.name => self.found.paths.push(joined(path, name)),
                Some(Kind::Folder) => self.folder(entry.id(), &joined(path, name), depth + 1)?,
                _ => {}
            }
        }
        Ok(())
    }
}
