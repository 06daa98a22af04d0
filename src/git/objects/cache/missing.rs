//! What of a commit is not in the object store: the one question that decides what to download.

use git2::{Odb, OdbLookupFlags, Oid, Repository};

use super::super::listing::{absent, may_have_file};
use super::super::resolve::DEEPEST;
use super::super::tree::TreeError;

/// Entries of a commit's trees looked at; a tree with more is refused by whoever reads it.
const MOST_ENTRIES: usize = 2_000_000;

/// What to ask for next. Each answer may show that more is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::git) enum Missing {
    /// Everything that is wanted can be read.
    Nothing,
    /// The commit.
    Commit,
    /// These trees, on the way to the folder or in it.
    Trees(Vec<String>),
    /// The folder itself, of which nothing is known.
    Folder(String),
    /// Only these files.
    Blobs(Vec<String>),
    /// The names of everything, of which some are missing.
    Names,
}

/// What a caller wants to read of a commit.
#[derive(Clone, Copy, Debug)]
pub(in crate::git) struct Wanted<'a> {
    /// The files below it, and those that links in it lead to.
    pub(in crate::git) folder: &'a str,
    /// Where this file is not in the commit, the names of everything are wanted.
    pub(in crate::git) expected: Option<&'a str>,
}

/// Looks for what the wanted files need.
pub(super) fn missing(repository: &Repository, commit: Oid, wanted: Wanted<'_>) -> Result<Missing, TreeError> {
    let objects = repository.odb()?;
    if !objects.exists(commit) {
        return Ok(Missing::Commit);
    }
    let root = repository.find_commit(commit)?.tree_id();
    let absent = absent(repository, root, wanted.folder)?;
    let ids = |ids: &[Oid]| ids.iter().map(Oid::to_string).collect();
    if let Some(folder) = absent.folder {
        return Ok(Missing::Folder(folder.to_string()));
    }
    if !absent.trees.is_empty() {
        return Ok(Missing::Trees(ids(&absent.trees)));
    }
    if let Some(file) = wanted.expected
        && !may_have_file(repository, root, file)?
        && !has_names(repository, root)?
    {
        return Ok(Missing::Names);
    }
    Ok(if absent.blobs.is_empty() { Missing::Nothing } else { Missing::Blobs(ids(&absent.blobs)) })
}

/// Whether every tree below `root` is here.
pub(super) fn has_names(repository: &Repository, root: Oid) -> Result<bool, git2::Error> {
    Look { repository, objects: repository.odb()?, left: MOST_ENTRIES }.has_trees(root, 0)
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
