//! Wakes somebody when another process may have changed the store. The kernel tells us; while
//! nothing happens, nothing runs.

use std::ffi::OsStr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Weak};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::Store;
use super::error::StoreError;

/// Writes come in bursts; one wake-up answers all that fall into this time.
const BURST: Duration = Duration::from_millis(30);

/// Calls back until it is dropped.
#[derive(Debug)]
pub struct Watch {
    /// Dropping it closes the channel, which ends the thread that calls back. None: nobody else can
    /// reach a store in memory.
    _watcher: Option<RecommendedWatcher>,
}

/// What the kernel's messages since the last look may mean.
#[derive(Debug)]
struct Hints {
    /// A process came to an end; the syncs that it ran are over, though nobody wrote that down yet.
    process_ended: AtomicBool,
    /// Room for one: a second wake-up would say nothing new.
    wake: SyncSender<()>,
}

/// What one message of the kernel may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hint {
    /// Something was written: by others, or by us.
    Written,
    ProcessEnded,
}

impl Store {
    /// Calls `changed` (on a thread of its own) soon after another process wrote to the store or
    /// came to an end. Never for our own writes.
    pub fn watch(self: &Arc<Self>, changed: impl Fn() + Send + 'static) -> Result<Watch, StoreError> {
        if self.is_in_memory() {
            return Ok(Watch { _watcher: None });
        }
        let folder = self.path().parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let failed = |error: notify::Error| StoreError::Unreadable {
            path: folder.to_path_buf(),
            raw: format!("it cannot be watched: {error}"),
        };
        let seen = self.data_version()?;
        let (wake, woken) = sync_channel(1);
        let hints = Arc::new(Hints { process_ended: AtomicBool::new(false), wake });
        let log = self.path().file_name().map(|name| {
            let mut log = name.to_owned();
            log.push("-wal");
            log
        });
        let told = Arc::downgrade(&hints);
        let tell = move |event: notify::Result<Event>| forward(event, log.as_deref(), &hints);
        let mut watcher = notify::recommended_watcher(tell).map_err(failed)?;
        watcher.watch(folder, RecursiveMode::NonRecursive).map_err(failed)?;
        watcher.watch(&folder.join("processes"), RecursiveMode::NonRecursive).map_err(failed)?;
        let store = Arc::downgrade(self);
        std::thread::Builder::new()
            .name("store-watch".to_owned())
            .spawn(move || call_back(&store, &told, &woken, seen, &changed))
            .map_err(|error| StoreError::from_io(folder, &error))?;
        Ok(Watch { _watcher: Some(watcher) })
    }
}

fn forward(event: notify::Result<Event>, log: Option<&OsStr>, hints: &Hints) {
    // When the kernel lost messages we look ourselves.
    match event.map_or(Some(Hint::ProcessEnded), |event| hint_of(&event, log)) {
        None => return,
        Some(Hint::Written) => {}
        Some(Hint::ProcessEnded) => hints.process_ended.store(true, Ordering::Release),
    }
    // A full channel already holds a wake-up.
    let _ = hints.wake.try_send(());
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

fn call_back(store: &Weak<Store>, hints: &Weak<Hints>, woken: &Receiver<()>, mut seen: i64, changed: &dyn Fn()) {
    while woken.recv().is_ok() {
        std::thread::sleep(BURST);
        let (Some(store), Some(hints)) = (store.upgrade(), hints.upgrade()) else { return };
        // Emptied before looking: what comes later wakes us again.
        while woken.try_recv().is_ok() {}
        let ended = hints.process_ended.swap(false, Ordering::AcqRel);
        drop(hints);
        let now = store.data_version().unwrap_or(seen);
        drop(store);
        if ended || now != seen {
            seen = now;
            changed();
        }
    }
}

#[cfg(test)]
mod tests;
