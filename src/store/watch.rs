//! Hints that another process may have changed the store, and tells whether it has. The kernel tells
//! us; while nothing happens, nothing runs.

use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::Store;
use super::error::StoreError;

/// Hints at changes until it is dropped.
#[derive(Debug)]
pub struct Watch {
    /// None: nobody else can reach a store in memory.
    _watcher: Option<RecommendedWatcher>,
    /// A process came to an end; the syncs that it ran are over, though nobody wrote that down yet.
    process_ended: Arc<AtomicBool>,
    /// The version of the store's data at the last look.
    seen: AtomicI64,
}

/// What one message of the kernel may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hint {
    /// Something was written: by others, or by us.
    Written,
    ProcessEnded,
}

impl Store {
    /// Calls `hint` (on the watcher's own thread, so it must not wait) when somebody may have written
    /// to the store, or a process came to an end. [`Watch::BURST`] later [`Watch::look`] knows whether
    /// it was another process.
    pub fn watch(&self, hint: impl Fn() + Send + 'static) -> Result<Watch, StoreError> {
        let process_ended = Arc::new(AtomicBool::new(false));
        let seen = AtomicI64::new(self.data_version()?);
        if self.is_in_memory() {
            return Ok(Watch { _watcher: None, process_ended, seen });
        }
        let folder = self.path().parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let failed = |error: notify::Error| StoreError::Unreadable {
            path: folder.to_path_buf(),
            raw: format!("it cannot be watched: {error}"),
        };
        let log = self.path().file_name().map(|name| {
            let mut log = name.to_owned();
            log.push("-wal");
            log
        });
        let ended = Arc::clone(&process_ended);
        let told = move |event: notify::Result<Event>| {
            // When the kernel lost messages we look ourselves.
            let may_mean = event.map_or(Some(Hint::ProcessEnded), |event| hint_of(&event, log.as_deref()));
            if may_mean == Some(Hint::ProcessEnded) {
                ended.store(true, Ordering::Release);
            }
            if may_mean.is_some() {
                hint();
            }
        };
        let mut watcher = notify::recommended_watcher(told).map_err(failed)?;
        watcher.watch(folder, RecursiveMode::NonRecursive).map_err(failed)?;
        watcher.watch(&folder.join("processes"), RecursiveMode::NonRecursive).map_err(failed)?;
        Ok(Watch { _watcher: Some(watcher), process_ended, seen })
    }
}

impl Watch {
    /// Writes come in bursts, and the kernel tells of one before it is whole: a look this long after
    /// a hint sees it and answers all that fell into this time.
    pub const BURST: Duration = Duration::from_millis(30);

    /// Whether another process wrote to the store or came to an end since this was asked last. Never
    /// for our own writes. Blocks for a moment.
    pub fn look(&self, store: &Store) -> bool {
        let ended = self.process_ended.swap(false, Ordering::AcqRel);
        let seen = self.seen.load(Ordering::Acquire);
        let now = store.data_version().unwrap_or(seen);
        self.seen.store(now, Ordering::Release);
        ended || now != seen
    }
}

/// A process's lock file is open for writing for as long as it lives, so the kernel tells when it is
/// closed, by whatever death.
fn hint_of(event: &Event, log: Option<&OsStr>) -> Option<Hint> {
    if event.need_rescan() {
        return Some(Hint::ProcessEnded);
    }
    let is_lock = event.paths.iter().any(|path| path.extension() == Some(OsStr::new("lock")));
    let is_log = event.paths.iter().any(|path| path.file_name() == log);
    match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) | EventKind::Remove(_) if is_lock => {
            Some(Hint::ProcessEnded)
        }
        EventKind::Modify(_) | EventKind::Create(_) if is_log => Some(Hint::Written),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
