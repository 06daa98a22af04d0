//! A folder of this machine as a tree of files: a dbt project as it lies there, uncommitted edits
//! included. Nothing outside of the folder is ever read.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};
use walkdir::{DirEntry, WalkDir};

use crate::dbt::{FileEntry, FileTree, ReadError};
use crate::workspace::{Location, Project, Workspace};

/// Folders that hold no part of a dbt project and may be huge.
const SKIPPED: [&str; 5] = [".git", "target", "node_modules", ".venv", "venv"];

/// Deepest folder looked into.
const DEEPEST: usize = 40;

/// How old a file's last change has to be to count as settled: two ticks of the coarsest clock.
const SETTLED: Duration = Duration::from_secs(2);

/// Most files listed.
const MOST_FILES: usize = 200_000;

/// A folder opened without set-up gets the one project that it holds, named like the folder; any other
/// workspace stays as it is.
pub(super) fn as_workspace(mut workspace: Workspace) -> Workspace {
    if let Location::Folder(folder) = &workspace.location {
        let name = folder.file_name().map_or_else(|| "project".to_owned(), |name| name.to_string_lossy().into_owned());
        let project = Project { repository: folder.display().to_string(), ..Project::default() };
        workspace.settings.projects.entry(name).or_insert(project);
    }
    workspace
}

/// A folder, read at the time of the call; opened for one load.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    /// Canonical, so that links that lead outside are recognised.
    root: PathBuf,
    /// Where the folders of files that were read really are, each looked up once: to look up the whole path of
    /// every file took longer than to read the files. All of them are inside.
    folders: Arc<Mutex<HashMap<PathBuf, PathBuf>>>,
}

impl Folder {
    /// The folder at `path`, which must exist.
    pub(super) fn open(path: &Path) -> Result<Self, ReadError> {
        match fs::canonicalize(path) {
            Ok(root) => Ok(Self { root, folders: Arc::default() }),
            Err(error) => {
                let path = path.display().to_string();
                Err(ReadError::Unreadable { path, reason: error.to_string() })
            }
        }
    }

    /// False for a folder that is passed over.
    pub(super) fn wanted(entry: &DirEntry) -> bool {
        !entry.file_type().is_dir() || entry.file_name().to_str().is_some_and(|name| !SKIPPED.contains(&name))
    }

    /// A regular file inside of the folder, links followed; none for anything else.
    fn resolve(&self, path: &Path) -> Option<(PathBuf, u64)> {
        let real = self.real_folder(path.parent()?)?.join(path.file_name()?);
        let facts = fs::symlink_metadata(&real).ok()?;
        if facts.is_file() {
            return Some((real, facts.len()));
        }
        let real = self.inside(path)?;
        let facts = fs::metadata(&real).ok().filter(fs::Metadata::is_file)?;
        Some((real, facts.len()))
    }

    /// Where a folder really is, if that is inside of this one.
    fn real_folder(&self, folder: &Path) -> Option<PathBuf> {
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = folders.get(folder) {
            return Some(known.clone());
        }
        let real = self.inside(folder)?;
        folders.insert(folder.to_path_buf(), real.clone());
        Some(real)
    }

    /// Where a path really leads, if that is inside of this folder.
    fn inside(&self, path: &Path) -> Option<PathBuf> {
        fs::canonicalize(path).ok().filter(|real| real.starts_with(&self.root))
    }

    fn entry(&self, entry: &DirEntry) -> Option<FileEntry> {
        let path = entry.path().strip_prefix(&self.root).ok()?.to_str()?.to_owned();
        if entry.file_type().is_file() {
            let facts = entry.metadata().ok()?;
            return Some(FileEntry { path, size: facts.len(), stamp: stamp(&facts) });
        }
        // Behind a link anything may change unseen.
        let (_, size) = self.resolve(entry.path())?;
        Some(FileEntry { path, size, stamp: None })
    }
}

/// A file's identity, for as long as nobody touches it. A file that was changed just now has none: another change
/// could follow within the same tick of the file system's clock.
fn stamp(facts: &fs::Metadata) -> Option<u128> {
    let age = SystemTime::now().duration_since(facts.modified().ok()?).ok()?;
    if age < SETTLED {
        return None;
    }
    let mut hash = Sha256::new();
    for part in [facts.mtime(), facts.mtime_nsec(), facts.ctime(), facts.ctime_nsec()] {
        hash.update(part.to_le_bytes());
    }
    for part in [facts.ino(), facts.dev(), facts.len()] {
        hash.update(part.to_le_bytes());
    }
    hash.finalize().first_chunk().map(|half| u128::from_le_bytes(*half))
}

impl FileTree for Folder {
    fn list(&self, folder: &str) -> Result<Vec<FileEntry>, ReadError> {
        let start = self.root.join(folder);
        if self.inside(&start).is_none() {
            return Ok(Vec::new());
        }
        let walk = WalkDir::new(start).max_depth(DEEPEST).sort_by_file_name();
        let entries = walk.into_iter().filter_entry(|entry| entry.depth() == 0 || Self::wanted(entry)).flatten();
        let mut files: Vec<FileEntry> = entries
            .filter(|entry| !entry.file_type().is_dir())
            .take(MOST_FILES)
            .filter_map(|entry| self.entry(&entry))
            .collect();
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(files)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let Some((real, _)) = self.resolve(&self.root.join(path)) else {
            return Err(ReadError::NotFound { path: path.to_owned() });
        };
        fs::read(real).map_err(|error| ReadError::Unreadable { path: path.to_owned(), reason: error.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn folder() -> (tempfile::TempDir, Folder) {
        let place = tempfile::tempdir().unwrap();
        for (path, text) in [
            ("dbt_project.yml", "name: a"),
            ("models/a.sql", "select 1"),
            ("target/run/a.sql", "x"),
            (".git/HEAD", "y"),
        ] {
            let path = place.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let folder = Folder::open(place.path()).unwrap();
        (place, folder)
    }

    fn paths(folder: &Folder, below: &str) -> Vec<String> {
        folder.list(below).unwrap().into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn lists_the_project_and_not_what_was_built_from_it() {
        let (_place, folder) = folder();
        assert_eq!(paths(&folder, ""), ["dbt_project.yml", "models/a.sql"]);
        assert_eq!(paths(&folder, "models"), ["models/a.sql"]);
    }

    #[test]
    fn reads_what_is_there_and_says_what_is_not() {
        let (_place, folder) = folder();
        assert_eq!(folder.read("models/a.sql").unwrap(), b"select 1");
        assert!(matches!(folder.read("models/b.sql"), Err(ReadError::NotFound { .. })));
        assert!(matches!(folder.read("models"), Err(ReadError::NotFound { .. })));
    }

    #[test]
    fn nothing_outside_is_read() {
        let (place, folder) = folder();
        let outside = tempfile::NamedTempFile::new().unwrap();
        symlink(outside.path(), place.path().join("models/out.sql")).unwrap();
        symlink("a.sql", place.path().join("models/in.sql")).unwrap();
        assert_eq!(paths(&folder, "models"), ["models/a.sql", "models/in.sql"]);
        assert!(folder.read("models/out.sql").is_err());
        assert!(folder.read("../../../../etc/hostname").is_err());
        assert!(folder.read("/etc/hostname").is_err());
        assert_eq!(folder.read("models/in.sql").unwrap(), b"select 1");
    }

    #[test]
    fn a_linked_folder_is_followed_inside_and_never_outside() {
        let (place, folder) = folder();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("a.sql"), "secret").unwrap();
        symlink("models", place.path().join("inside")).unwrap();
        symlink(outside.path(), place.path().join("outside")).unwrap();
        // Twice: the second time the folder is known.
        for _ in 0..2 {
            assert_eq!(folder.read("inside/a.sql").unwrap(), b"select 1");
            for path in ["outside/a.sql", "models/..", "models/../../etc/hostname", "", "."] {
                assert!(matches!(folder.read(path), Err(ReadError::NotFound { .. })), "{path}");
            }
        }
    }

    #[test]
    fn not_even_the_names_of_files_outside_are_listed() {
        let (place, folder) = folder();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret.sql"), "x").unwrap();
        symlink(outside.path(), place.path().join("linked")).unwrap();
        let beside = format!("../{}", outside.path().file_name().unwrap().to_str().unwrap());
        for path in ["linked", &beside, outside.path().to_str().unwrap(), "..", "models/../.."] {
            assert!(paths(&folder, path).is_empty(), "{path}");
        }
        assert_eq!(paths(&folder, ""), ["dbt_project.yml", "models/a.sql"]);
        assert_eq!(paths(&folder, "models/../models").len(), 1);
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error_and_a_missing_subfolder_is_empty() {
        let (_place, folder) = folder();
        assert!(paths(&folder, "nowhere").is_empty());
        assert!(Folder::open(Path::new("/nowhere/at/all")).is_err());
    }
}
