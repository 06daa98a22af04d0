//! A commit made of changed files, and the pack that brings it to a server that has what it builds on.

use git2::{FileMode, Oid, Repository, Signature, Time};
use jiff::Timestamp;

use super::super::error::RemoteError;
use super::super::fetch::Commit;
use super::super::push::FileChange;
use super::commit_facts;

/// A commit to be made.
#[derive(Clone, Copy, Debug)]
pub(in crate::git) struct Draft<'a> {
    /// The commit to build on, with the trees on the way to every changed file; `None` begins a history.
    pub(in crate::git) base: Option<&'a str>,
    pub(in crate::git) changes: &'a [FileChange],
    pub(in crate::git) message: &'a str,
    pub(in crate::git) author: &'a str,
    pub(in crate::git) email: &'a str,
    pub(in crate::git) at: Timestamp,
}

/// A commit that was made.
#[derive(Clone, Debug)]
pub(in crate::git) struct Composed {
    pub(in crate::git) commit: Commit,
    /// Every object that the base does not have; `None` where nothing differs from the base, which is
    /// `commit` then.
    pub(in crate::git) pack: Option<Vec<u8>>,
}

/// Makes the commit. No ref leads to it.
pub(in crate::git) fn compose(repository: &Repository, draft: &Draft<'_>) -> Result<Composed, RemoteError> {
    write(repository, draft).map_err(|error| {
        let raw = error.message().to_owned();
        RemoteError::Cache { path: repository.path().to_owned(), raw }
    })
}

fn write(repository: &Repository, draft: &Draft<'_>) -> Result<Composed, git2::Error> {
    let base = draft.base.map(|id| repository.find_commit(Oid::from_str(id)?)).transpose()?;
    let before = match &base {
        Some(base) => base.tree()?,
        None => repository.find_tree(repository.treebuilder(None)?.write()?)?,
    };
    let tree = repository.find_tree(changed(repository, &before, draft.changes)?)?;
    if let Some(base) = base.as_ref().filter(|_| tree.id() == before.id()) {
        return Ok(Composed { commit: commit_facts(base), pack: None });
    }
    let signature = Signature::new(draft.author, draft.email, &Time::new(draft.at.as_second(), 0))?;
    let parents: Vec<_> = base.iter().collect();
    let id = repository.commit(None, &signature, &signature, draft.message, &tree, &parents)?;
    let mut pack = repository.packbuilder()?;
    pack.insert_object(id, None)?;
    let old = base.is_some().then_some(before);
    new_objects(repository, old.as_ref(), &tree, &mut |id| pack.insert_object(id, None))?;
    let mut bytes = git2::Buf::new();
    pack.write_buf(&mut bytes)?;
    Ok(Composed { commit: commit_facts(&repository.find_commit(id)?), pack: Some(bytes.to_vec()) })
}

fn changed(repository: &Repository, before: &git2::Tree<'_>, changes: &[FileChange]) -> Result<Oid, git2::Error> {
    let mut update = git2::build::TreeUpdateBuilder::new();
    for change in changes {
        match change {
            FileChange::Write { path, bytes, executable } => {
                let mode = if *executable { FileMode::BlobExecutable } else { FileMode::Blob };
                update.upsert(path.as_str(), repository.blob(bytes)?, mode);
            }
            FileChange::Remove { path } => _ = update.remove(path.as_str()),
        }
    }
    update.create_updated(repository, before)
}

/// Hands every tree and file of `new` to `take` that stands at its place in `old` in no form or another.
/// Folders that are equal are not looked into: they need not be here.
fn new_objects(
    repository: &Repository,
    old: Option<&git2::Tree<'_>>,
    new: &git2::Tree<'_>,
    take: &mut dyn FnMut(Oid) -> Result<(), git2::Error>,
) -> Result<(), git2::Error> {
    take(new.id())?;
    for entry in new {
        let before = old.and_then(|old| old.iter().find(|known| known.name_bytes() == entry.name_bytes()));
        if before.as_ref().is_some_and(|before| before.id() == entry.id()) {
            continue;
        }
        match entry.kind() {
            Some(git2::ObjectType::Tree) => {
                let before = before.and_then(|before| repository.find_tree(before.id()).ok());
                new_objects(repository, before.as_ref(), &repository.find_tree(entry.id())?, take)?;
            }
            Some(git2::ObjectType::Blob) => take(entry.id())?,
            // A submodule's commit is of another repository.
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::super::author::{NewCommit, create};
    use super::*;

    fn write(path: &str, text: &str) -> FileChange {
        FileChange::Write { path: path.to_owned(), bytes: text.as_bytes().to_vec(), executable: false }
    }

    fn draft<'a>(base: Option<&'a str>, changes: &'a [FileChange]) -> Draft<'a> {
        let at = Timestamp::from_second(1_767_600_000).unwrap();
        Draft { base, changes, message: "Change", author: "Ada", email: "ada@acme.example", at }
    }

    fn with_base() -> (tempfile::TempDir, Repository, String) {
        let folder = tempfile::tempdir().unwrap();
        let at = Timestamp::from_second(1_767_500_000).unwrap();
        let files: &[(&str, &[u8])] = &[("a/b/x.toml", b"x"), ("a/y.toml", b"y"), ("web/index.html", b"<html>")];
        let new = NewCommit { message: "Start", author: "Ada", email: "ada@acme.example", at, files };
        let id = create(folder.path(), "main", &[new]).unwrap();
        let repository = Repository::open(folder.path()).unwrap();
        (folder, repository, id)
    }

    /// Paths of a commit's files.
    fn paths(repository: &Repository, id: &str) -> Vec<String> {
        let mut paths = Vec::new();
        let tree = repository.find_commit(Oid::from_str(id).unwrap()).unwrap().tree().unwrap();
        tree.walk(git2::TreeWalkMode::PreOrder, |folder, entry| {
            if entry.kind() == Some(git2::ObjectType::Blob) {
                paths.push(format!("{}{}", folder, entry.name().unwrap()));
            }
            git2::TreeWalkResult::Ok
        })
        .unwrap();
        paths
    }

    #[test]
    fn only_what_is_new_is_packed() {
        let (_folder, repository, base) = with_base();
        let changes =
            [write("a/b/x.toml", "changed"), write("new/z.toml", "z"), FileChange::Remove { path: "a/y.toml".into() }];
        let composed = compose(&repository, &draft(Some(&base), &changes)).unwrap();
        assert_eq!(paths(&repository, &composed.commit.id), ["a/b/x.toml", "new/z.toml", "web/index.html"]);
        // Commit, root, a, a/b, x, new, z.
        assert_eq!(composed.pack.unwrap()[8..12], 7u32.to_be_bytes());
    }

    #[test]
    fn nothing_changed_is_no_commit() {
        let (_folder, repository, base) = with_base();
        for changes in [&[][..], &[write("a/y.toml", "y")]] {
            let composed = compose(&repository, &draft(Some(&base), changes)).unwrap();
            assert!(composed.pack.is_none() && composed.commit.id == base);
        }
    }

    #[test]
    fn a_history_begins_with_what_is_written() {
        let (_folder, repository, _) = with_base();
        let composed = compose(&repository, &draft(None, &[write("ebb.toml", "")])).unwrap();
        assert_eq!(paths(&repository, &composed.commit.id), ["ebb.toml"]);
        assert!(composed.pack.unwrap().starts_with(b"PACK"));
    }

    #[test]
    fn the_rest_of_the_tree_need_not_be_here() {
        let (folder, repository, base) = with_base();
        let web = Oid::hash_object(git2::ObjectType::Blob, b"<html>").unwrap().to_string();
        std::fs::remove_file(folder.path().join("objects").join(&web[..2]).join(&web[2..])).unwrap();
        assert!(compose(&repository, &draft(Some(&base), &[write("a/n.toml", "n")])).unwrap().pack.is_some());
    }

    #[test]
    fn paths_that_lead_elsewhere_are_refused() {
        let (_folder, repository, base) = with_base();
        for path in ["../out", "a/../../out", ".git/config", "a//b", ""] {
            assert!(compose(&repository, &draft(Some(&base), &[write(path, "x")])).is_err(), "{path}");
        }
    }
}
