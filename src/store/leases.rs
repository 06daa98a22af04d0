//! Leases: at most one process works on a key (a project) at a time. A lock on a file each; let go
//! by dropping it and by any death.

use std::collections::HashSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::Store;
use super::connection::create_private_folder;
use super::error::StoreError;

/// The right to work on a key, until it is dropped.
#[derive(Debug)]
pub struct Lease {
    held: Held,
}

#[derive(Debug)]
enum Held {
    /// Closing the file lets go of the lock.
    File {
        _lock: File,
    },
    Memory {
        keys: Arc<Mutex<HashSet<String>>>,
        key: String,
    },
}

/// Gives out leases.
#[derive(Debug)]
pub(super) enum LeaseDesk {
    Folder(PathBuf),
    Memory(Arc<Mutex<HashSet<String>>>),
}

impl LeaseDesk {
    pub(super) fn in_memory() -> Self {
        Self::Memory(Arc::default())
    }

    pub(super) fn in_folder(folder: &Path) -> Result<Self, StoreError> {
        create_private_folder(folder).map_err(|error| StoreError::from_io(folder, &error))?;
        Ok(Self::Folder(folder.to_path_buf()))
    }
}

impl Store {
    /// Takes the lease of `key`, or `None` when somebody holds it. Never waits.
    pub fn lease(&self, key: &str) -> Result<Option<Lease>, StoreError> {
        let held = match &self.leases {
            LeaseDesk::Memory(keys) => {
                let free = keys.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned());
                free.then(|| Held::Memory { keys: Arc::clone(keys), key: key.to_owned() })
            }
            LeaseDesk::Folder(folder) => lock(&lease_file(folder, key))?.map(|lock| Held::File { _lock: lock }),
        };
        Ok(held.map(|held| Lease { held }))
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Held::Memory { keys, key } = &self.held {
            keys.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
        }
    }
}

fn lock(path: &Path) -> Result<Option<File>, StoreError> {
    let io = |error: std::io::Error| StoreError::from_io(path, &error);
    // The file is never removed: a lock on a removed file would exclude nobody.
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(io(error)),
    }
}

/// A key may hold any character; its file has the readable ones and a hash of all.
fn lease_file(folder: &Path, key: &str) -> PathBuf {
    let readable: String = key.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect();
    let hash = Sha256::digest(key.as_bytes()).iter().take(8).fold(0_u64, |hash, byte| hash << 8 | u64::from(*byte));
    folder.join(format!("{readable}-{hash:016x}.lock"))
}
