//! A folder for us alone, for as long as something of ours needs one. Holds no secret.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::Pid;

use super::super::error::RemoteError;

/// How the folders' names begin; our process's number follows.
const NAME: &str = "ebb-ssh-";
/// Folders of processes that are gone are removed when they are older.
const STALE: Duration = Duration::from_hours(1);

/// Removed with all that is in it when it is dropped.
#[derive(Debug)]
pub(super) struct PrivateFolder(PathBuf);

impl PrivateFolder {
    pub(super) fn make() -> Result<Self, RemoteError> {
        Self::make_in(&parent()).map_err(|error| RemoteError::Broken {
            raw: format!("no folder could be made in {}: {error}", parent().display()),
        })
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn make_in(parent: &Path) -> std::io::Result<Self> {
        sweep(parent);
        let names = (0..).map(|number: u32| parent.join(format!("{NAME}{}-{number}", std::process::id())));
        for path in names {
            match std::fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(std::io::ErrorKind::AlreadyExists.into())
    }
}

impl Drop for PrivateFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Where sockets of this user belong: in memory and for us alone where the system has such a folder.
fn parent() -> PathBuf {
    let own = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|folder| folder.is_dir());
    own.unwrap_or_else(std::env::temp_dir)
}

/// Removes what processes left that were killed.
fn sweep(parent: &Path) {
    let Ok(entries) = std::fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(NAME)?.split('-').next()?.parse().ok());
        let Some(owner) = owner.and_then(Pid::from_raw) else { continue };
        let age = entry.metadata().and_then(|metadata| metadata.modified()).ok().and_then(|time| time.elapsed().ok());
        let is_gone = rustix::process::test_kill_process(owner) == Err(rustix::io::Errno::SRCH);
        if is_gone && age.is_some_and(|age| age > STALE) {
            // A folder of somebody else stays: it is not ours to remove.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_for_us_alone_and_goes_with_its_owner() {
        use std::os::unix::fs::PermissionsExt as _;
        let parent = tempfile::tempdir().unwrap();
        let make = || PrivateFolder::make_in(parent.path()).unwrap();
        let (first, second) = (make(), make());
        assert_ne!(first.0, second.0);
        assert_eq!(std::fs::metadata(&first.0).unwrap().permissions().mode() & 0o777, 0o700);
        drop((first, second));
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 0);
    }

    #[test]
    fn only_old_folders_of_dead_processes_are_swept() {
        let parent = tempfile::tempdir().unwrap();
        let long_ago = std::time::SystemTime::now() - 3 * STALE;
        let mut gone = std::process::Command::new("true").spawn().unwrap();
        gone.wait().unwrap();
        for (name, is_old) in [
            (format!("{NAME}{}-0", gone.id()), true),
            (format!("{NAME}{}-1", gone.id()), false),
            (format!("{NAME}{}-7", std::process::id()), true),
            ("ebb-ssh-notes".to_owned(), true),
        ] {
            let folder = parent.path().join(name);
            std::fs::create_dir(&folder).unwrap();
            if is_old {
                std::fs::File::open(&folder).unwrap().set_modified(long_ago).unwrap();
            }
        }
        sweep(parent.path());
        assert!(!parent.path().join(format!("{NAME}{}-0", gone.id())).exists());
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 3);
    }
}
