//! The files of a repository as the engine sees them: a list of paths and their bytes. Where they
//! come from (a Git object store, a folder, a test) is the caller's business.

use std::collections::BTreeMap;

use thiserror::Error;

use super::problems::codes;
use crate::problem::Code;

/// One regular file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEntry {
    /// Path from the tree's root, with `/`, never starting with one, never with `..`.
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    /// Where the tree can tell without reading: a value that is another whenever the bytes are.
    pub stamp: Option<u128>,
}

/// Why a file's bytes are not to be had.
#[derive(Debug, Error)]
pub enum ReadError {
    #[error("{path} is not in the tree")]
    NotFound { path: String },
    #[error("{path} could not be read: {reason}")]
    Unreadable { path: String, reason: String },
    /// A reason that has a code of its own.
    #[error("{reason}")]
    Known { code: Code, reason: String },
}

impl ReadError {
    /// The code of the problem that this is, where nothing more is known of the file.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::Known { code, .. } => code.clone(),
            Self::NotFound { .. } | Self::Unreadable { .. } => codes::FILE_UNREADABLE,
        }
    }
}

/// A tree of files. Implementations leave out directories, submodules, and symbolic links that lead
/// outside the tree; links inside it are followed.
pub trait FileTree: Sync {
    /// Every regular file below `folder` (`""` is the root), sorted by path.
    fn list(&self, folder: &str) -> Result<Vec<FileEntry>, ReadError>;

    /// A file's bytes.
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError>;
}

/// A tree in memory, for tests, benches and fuzzing.
#[derive(Clone, Debug, Default)]
pub struct MemoryTree {
    files: BTreeMap<String, Vec<u8>>,
}

impl MemoryTree {
    /// A tree of `(path, text)`.
    pub fn new<P: Into<String>, B: Into<Vec<u8>>>(files: impl IntoIterator<Item = (P, B)>) -> Self {
        Self { files: files.into_iter().map(|(path, bytes)| (path.into(), bytes.into())).collect() }
    }
}

impl FileTree for MemoryTree {
    fn list(&self, folder: &str) -> Result<Vec<FileEntry>, ReadError> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let inside = self.files.iter().filter(|(path, _)| path.starts_with(&prefix));
        Ok(inside
            .map(|(path, bytes)| FileEntry { path: path.clone(), size: bytes.len() as u64, stamp: None })
            .collect())
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let bytes = self.files.get(path);
        bytes.cloned().ok_or_else(|| ReadError::NotFound { path: path.to_owned() })
    }
}
