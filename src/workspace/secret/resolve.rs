//! From a reference to the value, as late as possible: right before it is sent.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;

use super::command::{self, Ended};
use super::{Secret, SecretRef};
use crate::problem::{Action, Code, Fix, Grade, Problem, Subject};
use crate::workspace::environment::Environment;

/// How long a command may take to print a secret.
pub(super) const TIME_OUT: Duration = Duration::from_secs(10);
/// Longest secret, in bytes; a private key has some 3,000.
const LONGEST: u64 = 64 * 1024;

/// Why there is no secret. None of these holds a part of one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SecretError {
    #[error("the environment variable {name} is not set")]
    VariableMissing { name: String },
    #[error("the secret's file {path} cannot be read: {raw}")]
    File { path: PathBuf, raw: String },
    /// `mode` holds the permission bits.
    #[error("others may read the secret's file {path} (mode {mode:o})")]
    FileOpenToOthers { path: PathBuf, mode: u32 },
    #[error("the command {command:?} gave no secret: {raw}")]
    Command { command: String, raw: String },
    #[error("the command {command:?} took longer than {seconds} s")]
    CommandTimedOut { command: String, seconds: u64 },
    #[error("the system's keyring cannot be asked: neither `secret-tool` nor `security` is installed")]
    KeyringMissing,
    #[error("the keyring has no entry {name:?}: {raw}")]
    KeyringEntry { name: String, raw: String },
    #[error("the secret in {place} is empty")]
    Empty { place: String },
    #[error("the secret in {place} has more than one line")]
    ManyLines { place: String },
}

impl SecretError {
    /// The problem to show; `subject` is what needed the secret.
    pub fn to_problem(&self, subject: Subject) -> Problem {
        let code = match self {
            Self::FileOpenToOthers { .. } => "SECRET-FILE-OPEN",
            Self::Command { .. } | Self::CommandTimedOut { .. } => "SECRET-COMMAND",
            Self::KeyringMissing | Self::KeyringEntry { .. } => "SECRET-KEYRING",
            Self::VariableMissing { .. } | Self::File { .. } | Self::Empty { .. } | Self::ManyLines { .. } => {
                "SECRET-MISSING"
            }
        };
        Problem::new(Code::new(code), subject, self.to_string()).with_fix(Fix::new(
            self.fix(),
            Grade::Show,
            Action::Read,
        ))
    }

    /// What mends it, as an imperative.
    pub fn fix(&self) -> String {
        match self {
            Self::VariableMissing { name } => format!("Set {name} in the environment that starts ebb"),
            Self::File { path, .. } => format!("Make {} a file that you can read", path.display()),
            Self::FileOpenToOthers { path, .. } => {
                format!("Run: chmod 600 {}", command::quoted(&path.to_string_lossy()))
            }
            Self::Command { command, .. } => format!("Run it in a terminal to see why: {command}"),
            Self::CommandTimedOut { command, .. } => {
                format!("Unlock it beforehand, it may not ask anything here: {command}")
            }
            Self::KeyringMissing => {
                "Install libsecret-tools (Linux), or use { env = … }, { file = … } or { command = … }".to_owned()
            }
            Self::KeyringEntry { name, .. } => {
                format!("Store it: secret-tool store --label={0} service ebb account {0}", command::quoted(name))
            }
            Self::Empty { place } => format!("Put the secret into {place}"),
            Self::ManyLines { place } => format!("Leave only the secret in {place}, on one line"),
        }
    }
}

impl SecretRef {
    /// Fetches the value. Blocks for as long as the command takes, 10 seconds at most. Paths start
    /// at `base`, the folder of `ebb.toml`, which is also where the command runs.
    pub fn resolve(&self, base: &Path, environment: &Environment) -> Result<Secret, SecretError> {
        self.resolve_within(base, environment, TIME_OUT)
    }

    pub(super) fn resolve_within(
        &self,
        base: &Path,
        environment: &Environment,
        time_out: Duration,
    ) -> Result<Secret, SecretError> {
        match self {
            Self::Env(name) => match environment.variable(name) {
                Some(value) => one_line(value, &format!("the environment variable {name}")),
                None => Err(SecretError::VariableMissing { name: name.clone() }),
            },
            Self::File(path) => from_file(&environment.resolve_path(path, base)),
            Self::Command(line) => from_command(line, base, environment, time_out),
            Self::Keyring(name) => from_keyring(name, base, environment, time_out),
        }
    }

    /// Where it comes from, in words for a person: `$TOKEN`, `~/.token`, `the output of op read …`.
    pub fn describe(&self) -> String {
        match self {
            Self::Env(name) => format!("${name}"),
            Self::File(path) => path.display().to_string(),
            Self::Command(line) => format!("the output of {line}"),
            Self::Keyring(name) => format!("keyring entry {name}"),
        }
    }
}

fn from_file(path: &Path) -> Result<Secret, SecretError> {
    let failed = |raw: String| SecretError::File { path: path.to_path_buf(), raw };
    let metadata = fs::metadata(path).map_err(|error| failed(error.to_string()))?;
    if !metadata.is_file() {
        return Err(failed("it is not a regular file".to_owned()));
    }
    if metadata.len() > LONGEST {
        return Err(failed(format!("it has more than {LONGEST} bytes")));
    }
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(SecretError::FileOpenToOthers { path: path.to_path_buf(), mode });
    }
    let text = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    one_line(&text, &path.display().to_string())
}

fn from_command(
    line: &str,
    folder: &Path,
    environment: &Environment,
    time_out: Duration,
) -> Result<Secret, SecretError> {
    let failed = |raw: String| SecretError::Command { command: line.to_owned(), raw };
    match command::run("/bin/sh", &["-c", line], folder, environment, time_out, LONGEST) {
        Ok(Ended::Well { stdout }) => {
            let text = String::from_utf8(stdout).map_err(|_| failed("its output is not UTF-8 text".to_owned()))?;
            one_line(&text, &format!("the output of {line}"))
        }
        Ok(Ended::Badly { stderr }) => Err(failed(without_control(&stderr))),
        Ok(Ended::TimedOut) => {
            Err(SecretError::CommandTimedOut { command: line.to_owned(), seconds: time_out.as_secs() })
        }
        Err(error) => Err(failed(error.to_string())),
    }
}

fn from_keyring(
    name: &str,
    folder: &Path,
    environment: &Environment,
    time_out: Duration,
) -> Result<Secret, SecretError> {
    let (program, arguments) = if command::installed("secret-tool", environment) {
        ("secret-tool", vec!["lookup", "service", "ebb", "account", name])
    } else if command::installed("security", environment) {
        ("security", vec!["find-generic-password", "-s", "ebb", "-a", name, "-w"])
    } else {
        return Err(SecretError::KeyringMissing);
    };
    let failed = |raw: String| SecretError::KeyringEntry { name: name.to_owned(), raw };
    match command::run(program, &arguments, folder, environment, time_out, LONGEST) {
        Ok(Ended::Well { stdout }) => {
            let text = String::from_utf8(stdout).map_err(|_| failed("it is not UTF-8 text".to_owned()))?;
            one_line(&text, &format!("keyring entry {name}"))
        }
        Ok(Ended::Badly { stderr }) => Err(failed(without_control(&stderr))),
        Ok(Ended::TimedOut) => {
            Err(SecretError::CommandTimedOut { command: program.to_owned(), seconds: time_out.as_secs() })
        }
        Err(error) => Err(failed(error.to_string())),
    }
}

/// The last line break is not part of a secret. More lines are a private key's, or a mistake that
/// would break a header: only the former is let through.
fn one_line(text: &str, place: &str) -> Result<Secret, SecretError> {
    let value = text.strip_suffix('\n').unwrap_or(text);
    let value = value.strip_suffix('\r').unwrap_or(value);
    if value.trim().is_empty() {
        return Err(SecretError::Empty { place: place.to_owned() });
    }
    // Keys have lines of their own: PEM, and the JSON of service accounts.
    let has_lines = value.starts_with("-----BEGIN ") || value.trim_start().starts_with('{');
    if value.contains('\0') || (value.contains(['\n', '\r']) && !has_lines) {
        return Err(SecretError::ManyLines { place: place.to_owned() });
    }
    Ok(Secret::new(value))
}

/// A program's words, fit for a message: line breaks become blanks, the rest of the control
/// characters go.
fn without_control(words: &str) -> String {
    let flat: String = words.chars().map(|c| if c == '\n' || c == '\t' { ' ' } else { c }).collect();
    flat.chars().filter(|character| !character.is_control()).take(600).collect()
}
