//! What of a commit is not in the object store: the one question that decides what to download.

use git2::{Odb, OdbLookupFlags, Oid, Repository};

use super::super::listing::absent_files;
use super::super::resolve::DEEPEST;
use super::super::tree::TreeError;

/// Entries of a commit's trees looked at; a tree with more is refused by whoever reads it.
const MOST_ENTRIES: usize = 2_000_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::git) enum Missing {
    /// Everything that is wanted can be read.
    Nothing,
    /// The commit or some of its trees.
    Trees,
    /// Only these files.
    Blobs(Vec<String>),
}

/// Looks for every tree of `commit`, and for every file below `folder` or that a link there leads to.
pub(super) fn missing(repository: &Repository, commit: Oid, folder: &str) -> Result<Missing, TreeError> {
    let objects = repository.odb()?;
    if !objects.exists(commit) {
        return Ok(Missing::Trees);
    }
    let root = repository.find_commit(commit)?.tree_id();
    let mut look = Look { repository, objects, left: MOST_ENTRIES };
    if !look.has_trees(root, 0)? {
        return Ok(Missing::Trees);
    }
    let absent = absent_files(repository, root, folder)?;
    Ok(match absent.as_slice() {
        [] => Missing::Nothing,
        absent => Missing::Blobs(absent.iter().map(Oid::to_string).collect()),
    })
}

struct Look<'a> {
    repository: &'a Repository,
    objects: Odb<'a>,
    left: usize,
}

impl Look<'_> {
    fn has_trees(&mut self, id: Oid, depth: usize) -> Result<bool, git2::Error> {
        if !self.objects.exists_ext(id, OdbLookupFlags::NO_REFRESH) {
            return Ok(false);
        }
        for entry in &self.repository.find_tree(id)? {
            self.left = self.left.saturating_sub(1);
            if self.left == 0 || depth > DEEPEST {
                return Ok(true);
            }
            let is_tree = entry.kind() == Some(git2::ObjectType::Tree);
            if is_tree && !self.has_trees(entry.id(), depth + 1)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
