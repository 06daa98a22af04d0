//! Programs of the user that we start: without our terminal, and gone when we go.

use std::path::PathBuf;
use std::process::Stdio;

use tokio::process::Command;

use super::super::error::RemoteError;

/// The program in a session of its own, without our terminal, with pipes for what it reads and says. Where
/// there is no `setsid`, it has a process group of its own at least.
pub(super) fn detached(program: &str) -> Command {
    let mut command = if let Some(setsid) = setsid() {
        let mut command = Command::new(setsid);
        command.arg(program);
        command
    } else {
        let mut command = Command::new(program);
        command.process_group(0);
        command
    };
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// Why a program did not start.
pub(super) fn not_started(program: &str, error: &std::io::Error) -> RemoteError {
    match error.kind() {
        std::io::ErrorKind::NotFound => RemoteError::ProgramMissing { program: program.to_owned() },
        _ => RemoteError::Broken { raw: format!("{program} could not be started: {error}") },
    }
}

/// `setsid` ends with 127 where there is no such program to become.
pub(super) fn was_missing(status: std::process::ExitStatus, said: &str) -> bool {
    status.code() == Some(127) && said.contains("setsid:")
}

/// The program that gives a process a session of its own.
fn setsid() -> Option<PathBuf> {
    let places = std::env::var_os("PATH")?;
    std::env::split_paths(&places).map(|folder| folder.join("setsid")).find(|path| path.is_file())
}
