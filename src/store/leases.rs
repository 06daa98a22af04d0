//! Leases: at most one process works on a key (a project) at a time. A lock on a file each; let go
//! by dropping it and by any death.

use std::collections::HashSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Store;
use super::connection::create_private_folder;
use super::error::StoreError;

/// The right to work on a key, until it is dropped.
#[derive(Debug)]
pub struct Lease {
    key: String,
    held: Held,
}

#[derive(Debug)]
enum Held {
    File(File),
    Memory(Arc<Mutex<HashSet<String>>>),
}

/// Who holds a lease.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseHolder {
    pub pid: u32,
    /// Name of the machine; empty where it is not known.
    pub host: String,
    /// Name of the process, whose lock file tells whether it lives.
    process: String,
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
                free.then(|| Held::Memory(Arc::clone(keys)))
            }
            LeaseDesk::Folder(folder) => self.lock_lease(&lease_file(folder, key))?.map(Held::File),
        };
        Ok(held.map(|held| Lease { key: key.to_owned(), held }))
    }

    fn lock_lease(&self, path: &Path) -> Result<Option<File>, StoreError> {
        let io = |error: std::io::Error| StoreError::from_io(path, &error);
        // The file is never removed: a lock on a removed file would exclude nobody.
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        let holder =
            LeaseHolder { pid: std::process::id(), host: host_name(), process: self.process().as_str().to_owned() };
        let text = serde_json::to_string(&holder).map_err(|error| io(error.into()))?;
        file.set_len(0).and_then(|()| file.write_all(text.as_bytes())).map_err(io)?;
        Ok(Some(file))
    }

    /// Who holds the lease of `key` now. Only for telling a person: it may change at any moment.
    pub fn holder(&self, key: &str) -> Option<LeaseHolder> {
        match &self.leases {
            LeaseDesk::Memory(keys) => {
                let held = keys.lock().unwrap_or_else(PoisonError::into_inner).contains(key);
                let process = self.process().as_str().to_owned();
                held.then(|| LeaseHolder { pid: std::process::id(), host: host_name(), process })
            }
            LeaseDesk::Folder(folder) => {
                // Looked up without touching the lock, so that looking never keeps anybody from it.
                let mut text = String::new();
                File::open(lease_file(folder, key)).ok()?.take(4096).read_to_string(&mut text).ok()?;
                let holder: LeaseHolder = serde_json::from_str(&text).ok()?;
                self.processes.lives(&holder.process).then_some(holder)
            }
        }
    }
}

impl Lease {
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        match &self.held {
            // Emptied first: from then on nobody is named as its holder. Closing lets go of the lock.
            Held::File(file) => {
                let _ = file.set_len(0);
            }
            Held::Memory(keys) => {
                keys.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
            }
        }
    }
}

/// A key may hold any character; its file has the readable ones and a hash of all.
fn lease_file(folder: &Path, key: &str) -> PathBuf {
    let readable: String = key.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect();
    let hash = Sha256::digest(key.as_bytes()).iter().take(8).fold(0_u64, |hash, byte| hash << 8 | u64::from(*byte));
    folder.join(format!("{readable}-{hash:016x}.lock"))
}

fn host_name() -> String {
    let kernel = std::fs::read_to_string("/proc/sys/kernel/hostname").map(|name| name.trim().to_owned());
    kernel.or_else(|_| std::env::var("HOSTNAME")).unwrap_or_default()
}
