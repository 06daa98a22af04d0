//! Changes to `ebb.toml` made in place: comments and order stay, the file is replaced whole or not
//! at all, and never when somebody else changed it meanwhile or when the result would not load.

mod additions;
mod diff;
mod document;
mod replace;

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::problem::{Action, Code, Fix, Grade, Problem, Subject};

pub use additions::{connection, project, source};

use super::environment::Environment;
use super::find::Location;
use super::load::{Version, Workspace, read_bytes};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Set a key; tables on the way are made. The value is TOML, e.g. `"main"` with its quotes.
    Set { key: String, value: String },
    /// Take a key, or a whole table, away. One that is not there is no mistake.
    Remove { key: String },
}

/// An edit, done or previewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    pub before: String,
    pub after: String,
    /// A unified diff without file names: `@@ …`, then lines that begin with a blank, `-` or `+`.
    pub diff: Vec<String>,
    /// Of `after`.
    pub version: Version,
}

/// Why an edit was not made. The file is as it was.
#[derive(Debug, Error)]
pub enum EditError {
    #[error("{path} was changed by somebody else since it was read")]
    ChangedUnderneath { path: PathBuf },
    #[error("{key:?} is not a key: {reason}")]
    Key { key: String, reason: String },
    /// The value itself is not repeated: it may be a secret that was meant for somewhere else.
    #[error("what {key} shall be set to is not TOML: {reason}")]
    Value { key: String, reason: String },
    #[error("with this change {path} would not load")]
    WouldNotLoad { path: PathBuf, problems: Vec<Problem> },
    #[error("{path} exists already")]
    Exists { path: PathBuf },
    #[error("{path} cannot be read: {raw}")]
    Unreadable { path: PathBuf, raw: String },
    #[error("{path} cannot be written: {raw}")]
    Unwritable { path: PathBuf, raw: String },
}

impl EditError {
    /// The problem to show. An edit that would make a file that does not load has that file's
    /// problems as evidence.
    pub fn to_problem(&self) -> Problem {
        let (code, raw, title) = match self {
            Self::ChangedUnderneath { .. } => ("CONFIG-CHANGED-UNDERNEATH", "", "Look at the file, then try again"),
            Self::Exists { .. } => {
                ("CONFIG-UNREADABLE", "", "Open the workspace that is there, or choose another folder")
            }
            Self::Unreadable { raw, .. } => ("CONFIG-UNREADABLE", raw.as_str(), "Make it a file that you can read"),
            Self::Unwritable { raw, .. } => {
                ("CONFIG-UNREADABLE", raw.as_str(), "Make the file and its folder writable")
            }
            Self::Key { reason, .. } | Self::Value { reason, .. } => {
                ("CONFIG-TYPE", reason.as_str(), "Change the file by hand")
            }
            Self::WouldNotLoad { .. } => ("CONFIG-TYPE", "", "Change the file by hand"),
        };
        let mut problem = Problem::new(Code::new(code), Subject::Workspace, self.to_string())
            .with_raw(raw)
            .with_fix(Fix::new(title, Grade::Show, Action::Read));
        if let Self::WouldNotLoad { problems, .. } = self {
            let lines = problems.iter().map(|problem| format!("{}: {}", problem.code, problem.summary)).collect();
            problem = problem.with_evidence("It would say", lines);
        }
        problem
    }
}

/// What the changes would do, without writing.
pub fn preview(
    path: &Path,
    expected: &Version,
    changes: &[Change],
    environment: &Environment,
) -> Result<Edited, EditError> {
    let before = read(path, expected)?;
    let after = document::changed(path, &before, changes)?;
    must_load(path, &after, environment)?;
    Ok(edited(before, after))
}

/// Makes the changes: all of them or none.
pub fn apply(
    path: &Path,
    expected: &Version,
    changes: &[Change],
    environment: &Environment,
) -> Result<Edited, EditError> {
    let edited = preview(path, expected, changes, environment)?;
    replace::replace(path, expected, &edited.after)?;
    Ok(edited)
}

/// What a new file with `changes` made to an empty one would be, without writing it.
pub fn preview_new(path: &Path, changes: &[Change], environment: &Environment) -> Result<Edited, EditError> {
    let after = document::changed(path, "", changes)?;
    must_load(path, &after, environment)?;
    Ok(edited(String::new(), after))
}

/// A new file with `changes` made to an empty one; its folder must be there. Never replaces a file.
pub fn create(path: &Path, changes: &[Change], environment: &Environment) -> Result<Edited, EditError> {
    let edited = preview_new(path, changes, environment)?;
    replace::create(path, &edited.after)?;
    Ok(edited)
}

/// A dotted key of these parts, quoted where TOML wants it: `["projects", "a.b"]` is `projects."a.b"`.
pub fn key(parts: &[&str]) -> String {
    let parts: Vec<String> = parts.iter().map(|part| toml_edit::Key::new(*part).display_repr().into_owned()).collect();
    parts.join(".")
}

/// A text as TOML, quoted and escaped: the value of a [`Change::Set`].
pub fn text(value: &str) -> String {
    toml_edit::Value::from(value).to_string()
}

/// Sets one key; see [`apply`].
pub fn set(
    path: &Path,
    expected: &Version,
    key: &str,
    value: &str,
    environment: &Environment,
) -> Result<Edited, EditError> {
    apply(path, expected, &[Change::Set { key: key.to_owned(), value: value.to_owned() }], environment)
}

/// Takes one key away; see [`apply`].
pub fn remove(path: &Path, expected: &Version, key: &str, environment: &Environment) -> Result<Edited, EditError> {
    apply(path, expected, &[Change::Remove { key: key.to_owned() }], environment)
}

fn read(path: &Path, expected: &Version) -> Result<String, EditError> {
    let unreadable = |raw: String| EditError::Unreadable { path: path.to_path_buf(), raw };
    let bytes = read_bytes(path).map_err(|error| unreadable(error.to_string()))?;
    if Version::of(&bytes) != *expected {
        return Err(EditError::ChangedUnderneath { path: path.to_path_buf() });
    }
    String::from_utf8(bytes).map_err(|error| unreadable(error.to_string()))
}

fn must_load(path: &Path, text: &str, environment: &Environment) -> Result<(), EditError> {
    let location = Location::File(path.to_path_buf());
    match Workspace::from_text(location, text.to_owned(), environment, &[]) {
        Ok(_) => Ok(()),
        Err(problems) => Err(EditError::WouldNotLoad { path: path.to_path_buf(), problems }),
    }
}

fn edited(before: String, after: String) -> Edited {
    let version = Version::of(after.as_bytes());
    Edited { diff: diff::unified(&before, &after), before, after, version }
}

#[cfg(test)]
mod tests;
