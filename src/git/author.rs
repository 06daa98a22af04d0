//! Writing repositories: commits made from values, with ids that are the same on every machine. For
//! the demo and for tests; nothing of a person's own repository is ever written.

use std::path::Path;

use git2::{FileMode, Oid, Repository, RepositoryInitOptions, Signature, Time};
use jiff::Timestamp;

/// A commit to write: its files replace everything that the branch held before.
#[derive(Clone, Debug)]
pub struct NewCommit<'a> {
    pub message: &'a str,
    pub author: &'a str,
    pub email: &'a str,
    pub at: Timestamp,
    /// `(path, bytes)`, with `/` between folders.
    pub files: &'a [(&'a str, &'a [u8])],
}

/// Makes a bare repository at `path` with `commits` on `branch`, oldest first, and HEAD on that
/// branch. Gives the tip's id; with no commits the repository is empty and the id too.
pub fn create(path: &Path, branch: &str, commits: &[NewCommit<'_>]) -> Result<String, git2::Error> {
    let mut options = RepositoryInitOptions::new();
    options.bare(true).no_reinit(true).mkpath(true).external_template(false).initial_head(branch);
    let repository = Repository::init_opts(path, &options)?;
    let mut tip = String::new();
    for commit in commits {
        tip = commit_on(&repository, branch, commit)?;
    }
    Ok(tip)
}

/// Adds a commit to a branch of an existing repository and gives its id. The branch is made where it
/// is not there.
pub fn commit_to_branch(path: &Path, branch: &str, commit: &NewCommit<'_>) -> Result<String, git2::Error> {
    commit_on(&Repository::open(path)?, branch, commit)
}

fn commit_on(repository: &Repository, branch: &str, commit: &NewCommit<'_>) -> Result<String, git2::Error> {
    let reference = format!("refs/heads/{branch}");
    let parent = match repository.find_reference(&reference) {
        Ok(reference) => Some(reference.peel_to_commit()?),
        Err(error) if error.code() == git2::ErrorCode::NotFound => None,
        Err(error) => return Err(error),
    };
    let tree = repository.find_tree(write_tree(repository, commit.files)?)?;
    let signature = Signature::new(commit.author, commit.email, &Time::new(commit.at.as_second(), 0))?;
    let parents: Vec<_> = parent.iter().collect();
    let id = repository.commit(Some(&reference), &signature, &signature, commit.message, &tree, &parents)?;
    Ok(id.to_string())
}

fn write_tree(repository: &Repository, files: &[(&str, &[u8])]) -> Result<Oid, git2::Error> {
    let empty = repository.find_tree(repository.treebuilder(None)?.write()?)?;
    let mut update = git2::build::TreeUpdateBuilder::new();
    for (path, bytes) in files {
        update.upsert(*path, repository.blob(bytes)?, FileMode::Blob);
    }
    update.create_updated(repository, &empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first<'a>(files: &'a [(&'a str, &'a [u8])]) -> NewCommit<'a> {
        let at = "2026-01-05T09:00:00Z".parse().unwrap();
        NewCommit { message: "Start", author: "Ada", email: "ada@acme.example", at, files }
    }

    const FILES: &[(&str, &[u8])] = &[("dbt_project.yml", b"name: shop\n"), ("models/a.sql", b"select 1\n")];

    #[test]
    fn ids_are_the_same_every_time() {
        let folder = tempfile::tempdir().unwrap();
        let one = create(&folder.path().join("one.git"), "main", &[first(FILES)]).unwrap();
        let other = create(&folder.path().join("other.git"), "main", &[first(FILES)]).unwrap();
        assert_eq!(one, other);
        assert_eq!(one.len(), 40);
    }

    #[test]
    fn a_commit_is_added_on_top() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop.git");
        let base = create(&path, "main", &[first(FILES)]).unwrap();
        let tip = commit_to_branch(&path, "main", &first(&FILES[..1])).unwrap();
        let repository = Repository::open(&path).unwrap();
        let commit = repository.head().unwrap().peel_to_commit().unwrap();
        assert_eq!(commit.id().to_string(), tip);
        assert_eq!(commit.parent_id(0).unwrap().to_string(), base);
        assert_eq!(commit.tree().unwrap().len(), 1);
    }

    #[test]
    fn an_existing_repository_is_not_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop.git");
        create(&path, "main", &[]).unwrap();
        assert!(create(&path, "main", &[]).is_err());
    }

    #[test]
    fn a_path_that_leads_elsewhere_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(create(&folder.path().join("x.git"), "main", &[first(&[("../out", b"")])]).is_err());
    }
}
