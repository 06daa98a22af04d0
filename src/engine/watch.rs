//! Watches the folder of a project that is opened without set-up, so that an edit is seen a moment
//! after it is saved. Costs nothing while nobody writes: the system tells, nothing is polled.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use notify::event::ModifyKind;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use walkdir::WalkDir;

use super::folder::Folder;

/// Editors write a file in several steps, and people save several files at once.
const QUIET: Duration = Duration::from_millis(150);

/// Most folders watched; the system has a limit that others share.
const MOST_FOLDERS: usize = 4096;

/// What the files are called that make up a dbt project. Others that are written in its folder, such as
/// a log that grows, would begin load after load.
const READ: [&str; 6] = ["csv", "md", "py", "sql", "yaml", "yml"];

/// Whether the project may be another one after `event`.
fn may_change(event: &notify::Event) -> bool {
    let of_project = |path: &PathBuf| match path.extension() {
        Some(extension) => READ.iter().any(|read| extension.eq_ignore_ascii_case(read)) || path.is_dir(),
        // A folder, or a file such as `.dbtignore`.
        None => true,
    };
    match event.kind {
        EventKind::Access(_) => false,
        // What is gone can't be asked whether it was a folder.
        EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)) => true,
        _ => event.paths.is_empty() || event.paths.iter().any(of_project),
    }
}

/// Watches until it is dropped.
#[derive(Debug)]
pub(super) struct FolderWatch {
    watcher: Mutex<RecommendedWatcher>,
    root: PathBuf,
    changed: tokio::sync::Mutex<mpsc::Receiver<()>>,
}

impl FolderWatch {
    /// Starts to watch everything below `root` that may be part of a dbt project.
    pub(super) fn start(root: &Path) -> notify::Result<Self> {
        // One waiting signal is as good as many.
        let (signal, changed) = mpsc::channel(1);
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.is_ok_and(|event| may_change(&event)) {
                // Full means that a change is already known.
                let _full = signal.try_send(());
            }
        })?;
        let watch = Self { watcher: Mutex::new(watcher), root: root.to_path_buf(), changed: changed.into() };
        watch.look_at_folders();
        Ok(watch)
    }

    /// Waits until something was changed and a short quiet has followed.
    pub(super) async fn changed(&self) {
        let mut changed = self.changed.lock().await;
        if changed.recv().await.is_none() {
            return std::future::pending().await;
        }
        while tokio::time::timeout(QUIET, changed.recv()).await.is_ok_and(|signal| signal.is_some()) {}
        drop(changed);
        // A folder that was just made is watched from now on.
        self.look_at_folders();
    }

    /// Watching a folder that is watched already changes nothing.
    fn look_at_folders(&self) {
        let folders =
            WalkDir::new(&self.root).into_iter().filter_entry(|entry| entry.depth() == 0 || Folder::wanted(entry));
        let folders = folders.flatten().filter(|entry| entry.file_type().is_dir()).take(MOST_FOLDERS);
        let mut watcher = self.watcher.lock().unwrap_or_else(PoisonError::into_inner);
        for folder in folders {
            // One that cannot be watched is seen at the next sync by hand.
            let _watched = watcher.watch(folder.path(), RecursiveMode::NonRecursive);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    async fn seen(watch: &FolderWatch) -> bool {
        tokio::time::timeout(Duration::from_mins(1), watch.changed()).await.is_ok()
    }

    async fn not_seen(watch: &FolderWatch) -> bool {
        tokio::time::timeout(Duration::from_millis(400), watch.changed()).await.is_err()
    }

    #[tokio::test]
    async fn a_saved_file_is_seen_also_in_a_new_folder() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir_all(place.path().join("models")).unwrap();
        let watch = FolderWatch::start(place.path()).unwrap();
        fs::write(place.path().join("models/a.sql"), "select 1").unwrap();
        assert!(seen(&watch).await);
        fs::create_dir_all(place.path().join("models/new")).unwrap();
        assert!(seen(&watch).await);
        fs::write(place.path().join("models/new/b.sql"), "select 1").unwrap();
        assert!(seen(&watch).await);
    }

    #[tokio::test]
    async fn what_dbt_builds_is_nobody_s_edit() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir_all(place.path().join("target/run")).unwrap();
        let watch = FolderWatch::start(place.path()).unwrap();
        fs::write(place.path().join("target/run/a.sql"), "select 1").unwrap();
        assert!(not_seen(&watch).await);
    }

    #[tokio::test]
    async fn a_log_that_grows_in_the_folder_is_nobody_s_edit() {
        let place = tempfile::tempdir().unwrap();
        let watch = FolderWatch::start(place.path()).unwrap();
        fs::write(place.path().join("dbt.log"), "one line\n").unwrap();
        assert!(not_seen(&watch).await);
        fs::write(place.path().join(".dbtignore"), "drafts/\n").unwrap();
        assert!(seen(&watch).await, "a file without an ending may be one of dbt's");
        fs::create_dir(place.path().join("release.2")).unwrap();
        assert!(seen(&watch).await, "a folder may have a dot in its name");
        fs::rename(place.path().join("dbt.log"), place.path().join("model.sql")).unwrap();
        assert!(seen(&watch).await, "editors write beside a file and rename");
    }

    #[tokio::test]
    async fn reading_is_no_change() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("a.sql"), "select 1").unwrap();
        let watch = FolderWatch::start(place.path()).unwrap();
        fs::read(place.path().join("a.sql")).unwrap();
        assert!(not_seen(&watch).await);
    }
}
