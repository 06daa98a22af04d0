//! What can go wrong with the store, each with the file and the way out. Nothing here ever deletes
//! or replaces a file.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use thiserror::Error;

use crate::problem::{Action, Code, Fix, Grade, Problem, Subject};

/// Why the store could not be opened, read or written.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The file is no database, or its content contradicts itself.
    #[error("the store {} is damaged: {raw}", path.display())]
    Damaged { path: PathBuf, raw: String },
    /// A later version of the program wrote it.
    #[error("the store {} is of version {found}, this program knows up to {known}", path.display())]
    Newer { path: PathBuf, found: i64, known: i64 },
    /// Another process kept it locked for longer than we wait.
    #[error("the store {} is in use by another process: {raw}", path.display())]
    Busy { path: PathBuf, raw: String },
    /// The disk is full or fails.
    #[error("the store {} could not be written: {raw}", path.display())]
    Disk { path: PathBuf, raw: String },
    /// It may not be read or written by us, or something else stands in its place.
    #[error("the store {} cannot be used: {raw}", path.display())]
    Unreadable { path: PathBuf, raw: String },
}

impl StoreError {
    pub(super) fn from_sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        let (path, raw) = (path.to_path_buf(), error.to_string());
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed) => {
                Self::Busy { path, raw }
            }
            Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure | ErrorCode::OutOfMemory | ErrorCode::TooBig) => {
                Self::Disk { path, raw }
            }
            Some(
                ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::ReadOnly
                | ErrorCode::AuthorizationForStatementDenied,
            ) => Self::Unreadable { path, raw },
            // What is left is a file that is no database, or content that its schema does not allow.
            _ => Self::Damaged { path, raw },
        }
    }

    pub(super) fn from_io(path: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        let (path, raw) = (path.to_path_buf(), error.to_string());
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Self::Disk { path, raw },
            ErrorKind::WouldBlock | ErrorKind::TimedOut => Self::Busy { path, raw },
            _ => Self::Unreadable { path, raw },
        }
    }

    /// The file that the error is about.
    pub fn path(&self) -> &Path {
        match self {
            Self::Damaged { path, .. }
            | Self::Newer { path, .. }
            | Self::Busy { path, .. }
            | Self::Disk { path, .. }
            | Self::Unreadable { path, .. } => path,
        }
    }

    /// The problem that a person sees, with the ways out that this error has.
    pub fn to_problem(&self) -> Problem {
        let file = self.path().display().to_string();
        let (code, cause, fix) = match self {
            Self::Damaged { .. } => (
                "STORE-DAMAGED",
                "The file was cut off or overwritten, or it belongs to another program. It holds history only: the \
                 configuration and the repositories are not in it.",
                Fix::new(
                    "Move the file away; the next start begins a new history and the next syncs fill it",
                    Grade::Show,
                    Action::Copy { text: format!("mv {0} {0}.damaged", shell_word(&file)) },
                ),
            ),
            Self::Newer { .. } => (
                "STORE-NEWER",
                "A later version of ebb has written this history. It is left as it is.",
                Fix::new("Upgrade ebb, or give this one a state directory of its own", Grade::Show, Action::Read),
            ),
            Self::Busy { .. } => (
                "STORE-BUSY",
                "Another process held the file's lock for longer than we waited; it may hang or be stopped.",
                Fix::new(
                    "Look which processes have the file open",
                    Grade::Show,
                    Action::Copy { text: format!("fuser -v {}", shell_word(&file)) },
                ),
            ),
            Self::Disk { .. } => (
                "STORE-DISK",
                "The disk is full, over its quota, or fails. What was recorded before is whole.",
                Fix::new(
                    "Look how much space is left, make room and try again",
                    Grade::Show,
                    Action::Copy { text: format!("df -h {}", shell_word(&folder_of(self.path()))) },
                ),
            ),
            Self::Unreadable { .. } => (
                "STORE-UNREADABLE",
                "The file or its directory belongs to another user, is read-only, or something else stands there.",
                Fix::new(
                    "Look at the owner and the permissions",
                    Grade::Show,
                    Action::Copy {
                        text: format!("ls -ld {} {}", shell_word(&folder_of(self.path())), shell_word(&file)),
                    },
                ),
            ),
        };
        let raw = match self {
            Self::Newer { .. } => String::new(),
            Self::Damaged { raw, .. }
            | Self::Busy { raw, .. }
            | Self::Disk { raw, .. }
            | Self::Unreadable { raw, .. } => raw.clone(),
        };
        Problem::new(Code::new(code), Subject::Store, self.to_string())
            .with_raw(raw)
            .with_cause(cause)
            .with_evidence("File", vec![file])
            .with_fix(fix)
    }
}

impl From<&StoreError> for Problem {
    fn from(error: &StoreError) -> Self {
        error.to_problem()
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        error.to_problem()
    }
}

fn folder_of(path: &Path) -> String {
    path.parent().unwrap_or(path).display().to_string()
}

/// A path as one word of a POSIX shell, for a command to copy.
fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}
