//! The files that a kept load was made from, and what has become of them since.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::bytes::keep_struct;
use crate::dbt::context::Uses;
use crate::dbt::tree::{FileEntry, FileTree, ReadError};

/// A file of the load, and what its nodes looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct KeptFile {
    pub(crate) path: String,
    pub(crate) size: u64,
    /// The tree's word for "the same bytes", where it has one.
    pub(crate) stamp: Option<u128>,
    /// Half of the SHA-256 of its bytes, where they were read.
    pub(crate) hash: Option<u128>,
    pub(crate) uses: Uses,
}

keep_struct!(KeptFile { path, size, stamp, hash, uses });

/// Endings of the files that a project may be made of. Others are not looked at.
const ENDINGS: [&str; 7] = [".sql", ".yml", ".yaml", ".md", ".csv", ".py", ".dbtignore"];

/// Whether a file may belong to a project or to its packages.
pub(crate) fn may_matter(file: &FileEntry) -> bool {
    ENDINGS.iter().any(|ending| ends_with(&file.path, ending))
}

fn ends_with(path: &str, ending: &str) -> bool {
    path.len()
        .checked_sub(ending.len())
        .and_then(|at| path.get(at..))
        .is_some_and(|end| end.eq_ignore_ascii_case(ending))
}

/// Paths whose bytes differ, that are new, or that are gone. A file without a stamp, or with another, is read.
pub(crate) fn changed_files<'f>(
    tree: &dyn FileTree,
    kept: &[KeptFile],
    now: impl Iterator<Item = &'f FileEntry>,
) -> Vec<String> {
    let mut changed = Vec::new();
    let (mut kept, mut now) = (kept.iter().peekable(), now.peekable());
    loop {
        match (kept.peek(), now.peek()) {
            (Some(old), Some(new)) if old.path == new.path => {
                if !is_same(tree, old, new) {
                    changed.push(new.path.clone());
                }
                kept.next();
                now.next();
            }
            (Some(old), new) if new.is_none_or(|new| old.path < new.path) => {
                changed.push(old.path.clone());
                kept.next();
            }
            (_, Some(new)) => {
                changed.push(new.path.clone());
                now.next();
            }
            _ => return changed,
        }
    }
}

fn is_same(tree: &dyn FileTree, old: &KeptFile, new: &FileEntry) -> bool {
    if old.size != new.size {
        return false;
    }
    // What was never read does not matter.
    if old.stamp == new.stamp && (old.stamp.is_some() || old.hash.is_none()) {
        return true;
    }
    old.hash.is_some() && tree.read(&new.path).ok().map(|bytes| content_hash(&bytes)) == old.hash
}

/// Half of the SHA-256 of some bytes.
pub(super) fn content_hash(bytes: &[u8]) -> u128 {
    let hash = Sha256::digest(bytes);
    hash.first_chunk().map_or(0, |half| u128::from_le_bytes(*half))
}

/// A tree that is listed once and remembers what it gave.
pub(crate) struct Hashing<'t> {
    tree: &'t dyn FileTree,
    /// A folder, and what is in it.
    listed: Option<(&'t str, &'t [FileEntry])>,
    hashes: Mutex<HashMap<String, u128>>,
}

impl<'t> Hashing<'t> {
    pub(crate) fn new(tree: &'t dyn FileTree, listed: Option<(&'t str, &'t [FileEntry])>) -> Self {
        Self { tree, listed, hashes: Mutex::default() }
    }

    /// The hashes of what was read, by path.
    pub(crate) fn finish(self) -> HashMap<String, u128> {
        self.hashes.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FileTree for Hashing<'_> {
    fn list(&self, folder: &str) -> Result<Vec<FileEntry>, ReadError> {
        match self.listed {
            Some((listed, files)) if listed == folder => Ok(files.to_vec()),
            _ => self.tree.list(folder),
        }
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let bytes = self.tree.read(path)?;
        let hash = content_hash(&bytes);
        self.hashes.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), hash);
        Ok(bytes)
    }
}
