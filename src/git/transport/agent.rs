//! A private `ssh-agent` that holds one key for one connection: a key that is a secret, or that is locked
//! with a passphrase. The key goes in by a pipe; neither it nor its passphrase ever stands on a disk or
//! among a program's arguments.
//!
//! The agent ends with us, however we end: it watches a process that reads from a pipe of ours.

use std::ffi::OsString;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::Child;

use super::super::error::{KeyFault, RemoteError};
use super::super::patience::Patience;
use super::detached::{detached, not_started, was_missing};
use super::private_folder::PrivateFolder;
use super::private_key::told_apart;
use super::words;
use crate::workspace::Secret;

/// What `ssh-add` asks for the passphrase. It answers the first question only: the second one is asked when
/// the first answer was wrong.
const ASK: &str = r#"#!/bin/sh
case "$1" in
  Enter*) [ -n "${EBB_PASSPHRASE+set}" ] && printf '%s\n' "$EBB_PASSPHRASE" && exit 0; echo "no passphrase" >&2 ;;
  *) echo "wrong passphrase" >&2 ;;
esac
exit 1
"#;
/// What the agent watches: says the agent's process, and ends when we do.
const HOLD: &str = "echo \"$SSH_AGENT_PID\"; exec cat";
/// Names in the agent's folder: its socket, the public half of the key, and what is asked for the passphrase.
const SOCKET: &str = "agent";
const PUBLIC_KEY: &str = "key.pub";
const ASKED: &str = "ask";

/// A running agent; it and its folder are gone once this is dropped.
#[derive(Debug)]
pub(super) struct Agent {
    folder: PrivateFolder,
    /// Dropped with its pipe, whose end ends it.
    _holder: Child,
    process: Option<Pid>,
}

impl Agent {
    /// Starts an agent that holds `key` for as long as the patience lasts, at most.
    pub(super) async fn holding(
        key: &Secret,
        passphrase: Option<&Secret>,
        patience: &Patience,
    ) -> Result<Self, RemoteError> {
        let key = told_apart(key).map_err(|(fault, why)| RemoteError::Key { fault, raw: why.to_owned() })?;
        let mut agent = patience.stall("starting ssh-agent", Self::start()).await??;
        patience.stall("unlocking the SSH key", agent.add(&key, passphrase, patience.limits.total)).await??;
        Ok(agent)
    }

    /// Arguments that make `ssh` use this agent and offer its key alone.
    pub(super) fn arguments(&self) -> Vec<OsString> {
        let socket = self.folder.path(SOCKET).display().to_string();
        let mut agent = OsString::from("IdentityAgent=");
        agent.push(quoted(&socket));
        vec![
            "-o".into(),
            agent,
            "-i".into(),
            self.folder.path(PUBLIC_KEY).into(),
            "-o".into(),
            "IdentitiesOnly=yes".into(),
        ]
    }

    async fn start() -> Result<Self, RemoteError> {
        let folder = PrivateFolder::make()?;
        write_program(&folder.path(ASKED))?;
        let mut command = detached("ssh-agent");
        command.arg("-a").arg(folder.path(SOCKET)).args(["sh", "-c", HOLD]);
        let mut holder = command.spawn().map_err(|error| not_started("ssh-agent", &error))?;
        let mut line = String::new();
        if let Some(stdout) = holder.stdout.take() {
            let _ = BufReader::new(stdout).read_line(&mut line).await;
        }
        let process = line.trim().parse().ok().and_then(Pid::from_raw);
        if process.is_some() {
            return Ok(Self { folder, _holder: holder, process });
        }
        let ended = holder.wait_with_output().await;
        let (status, said) = ended.map(|ended| (ended.status, words::bounded(&ended.stderr))).unwrap_or_default();
        Err(if was_missing(status, &said) {
            RemoteError::ProgramMissing { program: "ssh-agent".to_owned() }
        } else {
            RemoteError::Broken { raw: format!("ssh-agent did not start: {said}") }
        })
    }

    /// Hands the key over, and writes its public half for `ssh` to name it by.
    async fn add(&mut self, key: &Secret, passphrase: Option<&Secret>, lifetime: Duration) -> Result<(), RemoteError> {
        let mut command = detached("ssh-add");
        command
            .args(["-q", "-t", &lifetime.as_secs().max(1).to_string(), "-"])
            .env("SSH_AUTH_SOCK", self.folder.path(SOCKET))
            .env("SSH_ASKPASS", self.folder.path(ASKED))
            .env("SSH_ASKPASS_REQUIRE", "force");
        if let Some(passphrase) = passphrase {
            command.env("EBB_PASSPHRASE", passphrase.expose());
        }
        let (is_added, said) = said_to(command, key.expose().as_bytes()).await?;
        if !is_added {
            return Err(refused(&said));
        }
        let mut list = detached("ssh-add");
        list.arg("-L").env("SSH_AUTH_SOCK", self.folder.path(SOCKET));
        let (_, public) = said_to(list, b"").await?;
        let written = std::fs::write(self.folder.path(PUBLIC_KEY), public.lines().next().unwrap_or_default());
        written.map_err(|error| RemoteError::Broken { raw: format!("the public key could not be written: {error}") })
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        if let Some(process) = self.process {
            let _ = rustix::process::kill_process(process, Signal::KILL);
        }
    }
}

fn write_program(path: &Path) -> Result<(), RemoteError> {
    let opened = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o700).open(path);
    let written = opened.and_then(|mut file| file.write_all(ASK.as_bytes()));
    written.map_err(|error| RemoteError::Broken { raw: format!("{} could not be written: {error}", path.display()) })
}

/// Runs `ssh-add` with this on its standard input. Whether it went well, and what it said.
async fn said_to(mut command: tokio::process::Command, input: &[u8]) -> Result<(bool, String), RemoteError> {
    let mut child = command.spawn().map_err(|error| not_started("ssh-add", &error))?;
    if let Some(mut stdin) = child.stdin.take() {
        // One that has ended already says why below.
        let _ = stdin.write_all(input).await;
    }
    let broken = |error: std::io::Error| RemoteError::Broken { raw: format!("ssh-add broke off: {error}") };
    let ended = child.wait_with_output().await.map_err(broken)?;
    let said = words::bounded(&[ended.stdout, ended.stderr].concat());
    if was_missing(ended.status, &said) {
        return Err(RemoteError::ProgramMissing { program: "ssh-add".to_owned() });
    }
    Ok((ended.status.success(), said))
}

/// Why `ssh-add` did not take the key.
fn refused(said: &str) -> RemoteError {
    let (fault, raw) = if said.contains("wrong passphrase") {
        (KeyFault::WrongPassphrase, "incorrect passphrase supplied to decrypt private key".to_owned())
    } else if said.contains("no passphrase") {
        (KeyFault::Locked, "The key is locked with a passphrase and the connection has none".to_owned())
    } else {
        (KeyFault::Format, said.replace("\"(stdin)\"", "of the connection"))
    };
    RemoteError::Key { fault, raw }
}

/// A value of `ssh -o`, which splits at blanks and expands `%`.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('%', "%%"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ssh_add_says_is_told_apart() {
        for (said, code) in [
            ("wrong passphrase", "GIT-SSH-PASSPHRASE-WRONG"),
            ("no passphrase", "GIT-SSH-KEY-PASSPHRASE"),
            ("Error loading key \"(stdin)\": error in libcrypto", "GIT-SSH-KEY-FORMAT"),
        ] {
            let error = refused(said);
            assert_eq!(error.code().unwrap().as_str(), code);
            assert!(!error.raw().contains("stdin"), "{error}");
        }
    }
}
