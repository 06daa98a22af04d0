//! A repository's tree that remembers whether more of it was read than one folder: what a project was
//! read from, and so what its next sync must compare.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::dbt::{FileEntry, FileTree, ReadError};

/// A tree, watched.
pub(super) struct Reach {
    tree: Arc<dyn FileTree + Send + Sync>,
    folder: String,
    beyond: AtomicBool,
}

impl Reach {
    /// `folder` is the one that may be read without notice; `""` is all of it.
    pub(super) fn new(tree: Arc<dyn FileTree + Send + Sync>, folder: &str) -> Self {
        Self { tree, folder: folder.trim_matches('/').to_owned(), beyond: AtomicBool::new(false) }
    }

    /// Whether anything outside of the folder was listed or read.
    pub(super) fn is_beyond(&self) -> bool {
        self.beyond.load(Ordering::Relaxed)
    }

    fn note(&self, path: &str) {
        let below = path.trim_start_matches("./").strip_prefix(self.folder.as_str());
        let is_inside = self.folder.is_empty() || below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if !is_inside || path.split('/').any(|part| part == "..") {
            self.beyond.store(true, Ordering::Relaxed);
        }
    }
}

impl FileTree for Reach {
    fn list(&self, folder: &str) -> Result<Vec<FileEntry>, ReadError> {
        self.note(folder);
        self.tree.list(folder)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.note(path);
        self.tree.read(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dbt::MemoryTree;

    fn beyond(folder: &str, read: &str) -> bool {
        let reach = Reach::new(Arc::new(MemoryTree::new([("a/b/x.sql", "select 1")])), folder);
        let _answer = (reach.read(read), reach.list(read));
        reach.is_beyond()
    }

    #[test]
    fn what_is_in_the_folder_is_not_beyond_it() {
        for (folder, read) in [("a/b", "a/b/x.sql"), ("a/b/", "a/b"), ("", "anything"), ("a", "./a/b/x.sql")] {
            assert!(!beyond(folder, read), "{folder} {read}");
        }
    }

    #[test]
    fn what_is_beside_it_is() {
        for (folder, read) in [("a/b", "a/bc/x.sql"), ("a/b", "a"), ("a/b", ""), ("a/b", "a/b/../c"), ("a", "b")] {
            assert!(beyond(folder, read), "{folder} {read}");
        }
    }
}
