//! A folder as a tree of files, as the benches and the example read it.

use std::fs;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use ebbtide::dbt::{FileEntry, FileTree, KeptBytes, ReadError};

/// Folders within folders that are looked into.
const DEEPEST: usize = 12;

pub struct Folder(pub PathBuf);

impl Folder {
    fn walk(&self, folder: &Path, depth: usize, files: &mut Vec<FileEntry>) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for path in entries.flatten().map(|entry| entry.path()) {
            let (Ok(metadata), Ok(relative)) = (fs::metadata(&path), path.strip_prefix(&self.0)) else { continue };
            if metadata.is_dir() && depth < DEEPEST {
                self.walk(&path, depth + 1, files);
            } else if metadata.is_file() {
                files.push(FileEntry {
                    path: relative.to_string_lossy().into_owned(),
                    size: metadata.len(),
                    stamp: Some(u128::from(metadata.ino()) << 64 | u128::from(metadata.mtime_nsec() as u64)),
                });
            }
        }
    }
}

impl FileTree for Folder {
    fn list(&self, folder: &str) -> Result<Vec<FileEntry>, ReadError> {
        let mut files = Vec::new();
        self.walk(&self.0.join(folder), 0, &mut files);
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let unreadable =
            |error: std::io::Error| ReadError::Unreadable { path: path.to_owned(), reason: error.to_string() };
        fs::read(self.0.join(path)).map_err(unreadable)
    }
}

/// What a load left, as the program itself reads it.
#[derive(Debug)]
pub struct Left(fs::File, u64);

impl Left {
    pub fn open(path: &Path) -> Option<Self> {
        let file = fs::File::open(path).ok()?;
        let length = file.metadata().ok()?.len();
        Some(Self(file, length))
    }
}

impl KeptBytes for Left {
    fn length(&self) -> u64 {
        self.1
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> std::io::Result<()> {
        self.0.read_exact_at(into, at)
    }
}
