//! The demo workspace: two real bare Git repositories and an `ebb.toml` that points at them, made
//! from `assets/demo/`. One project is right; the other has the most common mistake.

mod history;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::git::author::{self, NewCommit};
use crate::problem::{Code, Problem, Subject};
use crate::workspace::{FILE_NAME, make_private_folder};

use history::{DemoCommit, SHOP, SUPPORT};

/// The demo's configuration.
const SETTINGS: &str = include_str!("../../../assets/demo/ebb.toml");

/// Why there is no demo workspace.
#[derive(Debug, Error)]
pub enum DemoError {
    #[error("{path} has files in it that are not a demo workspace; choose another folder with --dir")]
    Occupied { path: PathBuf },
    #[error("{path} could not be written: {source}")]
    Write { path: PathBuf, source: io::Error },
    #[error("the repository {path} could not be made: {raw}")]
    Repository { path: PathBuf, raw: String },
}

impl From<DemoError> for Problem {
    fn from(error: DemoError) -> Self {
        Problem::new(Code::new("DEMO-FOLDER"), Subject::Workspace, error.to_string())
    }
}

/// Writes the demo workspace into `folder` and gives the path of its `ebb.toml`. One that is there
/// already is used as it is, whatever a person has made of it; `afresh` puts the configuration and the
/// repositories back to their beginning.
pub fn write(folder: &Path, afresh: bool) -> Result<PathBuf, DemoError> {
    let file = folder.join(FILE_NAME);
    let repositories = [("shop.git", SHOP), ("support.git", SUPPORT)];
    let there = file.is_file() && repositories.iter().all(|(name, _)| folder.join(name).join("HEAD").is_file());
    if there && !afresh {
        return Ok(file);
    }
    if !ours_or_empty(folder) {
        return Err(DemoError::Occupied { path: folder.to_path_buf() });
    }
    let write = |path: &Path, source: io::Error| DemoError::Write { path: path.to_path_buf(), source };
    make_private_folder(folder).map_err(|source| write(folder, source))?;
    for (name, commits) in repositories {
        let path = folder.join(name);
        if path.exists() {
            fs::remove_dir_all(&path).map_err(|source| write(&path, source))?;
        }
        repository(&path, commits)?;
    }
    // Last, so that a demo that was cut off is not taken for a whole one.
    fs::write(&file, SETTINGS).map_err(|source| write(&file, source))?;
    Ok(file)
}

/// Only what the demo itself writes may be in the folder: nobody's files are ever overwritten.
fn ours_or_empty(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return true };
    let names: Vec<String> = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    let ours = names.iter().all(|name| ["shop.git", "support.git", FILE_NAME].contains(&name.as_str()));
    let settings = fs::read_to_string(folder.join(FILE_NAME));
    ours && settings.map_or(true, |text| text.contains("[projects.support]") && text.contains("shop.git"))
}

/// A bare repository with these commits on `main`; each commit holds all files of those before it.
fn repository(path: &Path, commits: &[DemoCommit]) -> Result<(), DemoError> {
    let failed = |raw: String| DemoError::Repository { path: path.to_path_buf(), raw };
    let mut files: BTreeMap<&str, &[u8]> = BTreeMap::new();
    let mut states = Vec::with_capacity(commits.len());
    for commit in commits {
        files.extend(commit.files.iter().map(|(path, text)| (*path, text.as_bytes())));
        states.push(files.iter().map(|(path, bytes)| (*path, *bytes)).collect::<Vec<_>>());
    }
    let mut new = Vec::with_capacity(commits.len());
    for (commit, files) in commits.iter().zip(&states) {
        let at = commit.at.parse().map_err(|error: jiff::Error| failed(error.to_string()))?;
        new.push(NewCommit { message: commit.message, author: commit.author, email: commit.email, at, files });
    }
    author::create(path, "main", &new).map_err(|error| failed(error.message().to_owned()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demo_is_written_once_and_kept_as_people_changed_it() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("demo");
        let file = write(&folder, false).unwrap();
        let changed = fs::read_to_string(&file).unwrap().replace("main/transform", "transform");
        fs::write(&file, &changed).unwrap();
        assert_eq!(fs::read_to_string(write(&folder, false).unwrap()).unwrap(), changed);
        assert_eq!(fs::read_to_string(write(&folder, true).unwrap()).unwrap(), SETTINGS);
    }

    #[test]
    fn somebody_s_files_are_never_touched() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("thesis.txt"), "years of work").unwrap();
        assert!(matches!(write(place.path(), true), Err(DemoError::Occupied { .. })));
        fs::remove_file(place.path().join("thesis.txt")).unwrap();
        fs::write(place.path().join(FILE_NAME), "name = \"mine\"").unwrap();
        assert!(matches!(write(place.path(), true), Err(DemoError::Occupied { .. })));
    }

    #[test]
    fn a_demo_that_was_cut_off_is_written_again() {
        let place = tempfile::tempdir().unwrap();
        let file = write(place.path(), false).unwrap();
        fs::remove_file(&file).unwrap();
        fs::remove_dir_all(place.path().join("support.git")).unwrap();
        assert!(write(place.path(), false).unwrap().is_file());
        assert!(place.path().join("support.git/HEAD").is_file());
    }

    #[test]
    fn a_folder_that_cannot_be_written_says_so() {
        let error = write(Path::new("/proc/nowhere"), false).unwrap_err();
        assert!(Problem::from(error).summary.contains("/proc/nowhere"));
    }
}
