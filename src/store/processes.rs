//! Which processes use the store and live. Each holds the lock of a file of its own for as long as
//! it lives; the kernel lets go of it on any death. No timer, no heartbeat.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::connection::create_private_folder;
use super::error::StoreError;

/// Name of one opening of the store by one process, unique for ever: pid, start time, number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ProcessName(String);

impl ProcessName {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProcessName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Says who we are and tells the living from the dead.
#[derive(Debug)]
pub(super) struct ProcessDesk {
    own: ProcessName,
    /// Folder of the lock files and our own, locked; none for a store in memory, which nobody shares.
    files: Option<(PathBuf, File)>,
}

impl ProcessDesk {
    pub(super) fn in_memory() -> Self {
        Self { own: ProcessName("memory".to_owned()), files: None }
    }

    /// Takes a name and its lock. The file gets its name only once it is locked, so that nobody
    /// ever sees the file of a living process without its lock.
    pub(super) fn in_folder(folder: &Path) -> Result<Self, StoreError> {
        create_private_folder(folder).map_err(|error| StoreError::from_io(folder, &error))?;
        let io = |error: std::io::Error| StoreError::from_io(folder, &error);
        let start = format!("{}-{}", std::process::id(), Timestamp::now().as_microsecond());
        for number in 0_u32.. {
            let name = format!("{start}-{number}");
            let draft = folder.join(format!("{name}.new"));
            let file = match OpenOptions::new().write(true).create_new(true).open(&draft) {
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => continue,
                opened => opened.map_err(io)?,
            };
            file.lock().map_err(io)?;
            let path = lock_file(folder, &name);
            if path.exists() {
                std::fs::remove_file(&draft).map_err(io)?;
                continue;
            }
            std::fs::rename(&draft, &path).map_err(io)?;
            return Ok(Self { own: ProcessName(name), files: Some((folder.to_path_buf(), file)) });
        }
        Err(StoreError::Busy { path: folder.to_path_buf(), raw: "no free name".to_owned() })
    }

    pub(super) fn own(&self) -> &ProcessName {
        &self.own
    }

    /// Whether the process of this name still lives.
    pub(super) fn lives(&self, name: &str) -> bool {
        if name == self.own.as_str() {
            return true;
        }
        let Some((folder, _)) = &self.files else { return false };
        // Names come out of the database: one that is no name of ours leads nowhere.
        if !name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            return false;
        }
        let Ok(file) = File::open(lock_file(folder, name)) else { return false };
        // A shared lock: two that look at once don't take each other for the owner.
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
    }

    /// Takes away the lock files of processes that are gone.
    pub(super) fn tidy(&self) {
        let Some((folder, _)) = &self.files else { return };
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let name = path.file_stem().and_then(|stem| stem.to_str());
            if path.extension().is_some_and(|end| end == "lock") && name.is_some_and(|name| !self.lives(name)) {
                // Someone else may have been faster.
                let _ = std::fs::remove_file(&path);
            }
        }
    }
}

impl Drop for ProcessDesk {
    fn drop(&mut self) {
        if let Some((folder, _)) = &self.files {
            // Left behind, it is a file without a lock: the next start takes it away.
            let _ = std::fs::remove_file(lock_file(folder, self.own.as_str()));
        }
    }
}

fn lock_file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.lock"))
}
