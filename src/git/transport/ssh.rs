//! The user's `ssh` as a child process: ssh_config, agent, jump hosts and hardware keys just work. It
//! has no terminal to ask anything on, trusts no unknown host, and dies with us.

use std::ffi::OsString;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout};
use tokio::task::JoinHandle;

use super::super::error::{HostKeys, OfferedKey, RemoteError};
use super::super::fetch::FetchLimits;
use super::super::patience::Patience;
use super::super::protocol::LONGEST_WORDS;
use super::super::remote::Credential;
use super::agent::Agent;
use super::detached::{detached, not_started, was_missing};
use super::host_keys::Way;
use super::jump::JumpSettings;
use super::{Peer, host_keys, known_hosts, ssh_words};
use crate::workspace::Secret;

/// How long we wait for the last words of a process that has ended. Another process may have
/// inherited its standard error.
const LAST_WORDS: Duration = Duration::from_millis(300);
/// Bytes taken from the pipe at once.
const PIECE: usize = 64 * 1024;

/// Where to and with what; the process is started by [`Ssh::greet`].
#[derive(Debug)]
pub(super) struct Ssh {
    host: String,
    arguments: Vec<OsString>,
    /// The value of `GlobalKnownHostsFile`.
    trusted: String,
    /// Where `ssh` jumps over other hosts.
    jump: Option<JumpSettings>,
    running: Option<Running>,
    /// The key that was named.
    key: Option<PathBuf>,
    /// A key that is handed to `ssh` by an agent of ours, and its passphrase.
    secret_key: Option<(Secret, Option<Secret>)>,
    /// True once the server has said anything: what fails after that is no refusal.
    heard: bool,
}

/// Parts of an SSH address.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target<'a> {
    pub(super) user: &'a str,
    pub(super) host: &'a str,
    pub(super) port: Option<u16>,
    pub(super) path: &'a str,
    /// What runs on the other side.
    pub(super) program: &'a str,
}

#[derive(Debug)]
struct Running {
    child: Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
    said: JoinHandle<Vec<u8>>,
    /// Lives as long as its user.
    _agent: Option<Agent>,
}

impl Ssh {
    pub(super) fn new(target: Target<'_>, peer: Peer<'_>) -> Result<Self, RemoteError> {
        let Peer { credential, limits, cache, trust, .. } = peer;
        let trusted = known_hosts::files(cache, trust.known_hosts.as_deref())
            .map_err(|error| RemoteError::Cache { path: cache.to_owned(), raw: error.to_string() })?;
        let arguments = arguments(target, credential, limits, &trusted);
        let (key, secret_key) = match credential {
            Credential::SshKey { path } => (Some(path.clone()), None),
            Credential::SshPrivateKey { key, passphrase } => (None, Some((key.clone(), passphrase.clone()))),
            _ => (None, None),
        };
        let host = target.host.to_owned();
        Ok(Self { host, arguments, trusted, jump: None, running: None, key, secret_key, heard: false })
    }

    /// Starts `ssh`; the server's first words come from [`Ssh::chunk`].
    pub(super) async fn greet(&mut self, patience: &Patience) -> Result<(), RemoteError> {
        let agent = match &self.secret_key {
            Some((key, passphrase)) => Some(Agent::holding(key, passphrase.as_ref(), patience).await?),
            None => None,
        };
        self.jump = JumpSettings::of(&self.arguments, &self.trusted, patience).await?;
        let mut command = detached("ssh");
        command
            .args(self.jump.iter().flat_map(JumpSettings::arguments))
            .args(agent.iter().flat_map(Agent::arguments))
            .args(&self.arguments)
            .env("GIT_PROTOCOL", "version=2")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("SSH_ASKPASS_REQUIRE", "never")
            .env_remove("SSH_ASKPASS");
        let mut child = command.spawn().map_err(|error| not_started("ssh", &error))?;
        let (Some(stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(RemoteError::Broken { raw: "ssh was started without its pipes".to_owned() });
        };
        let said = tokio::spawn(last_words(stderr));
        self.running = Some(Running { child, stdin, stdout, said, _agent: agent });
        Ok(())
    }

    pub(super) async fn send(&mut self, bytes: &[u8]) -> Result<(), RemoteError> {
        let Some(running) = &mut self.running else { return Err(self.early_end()) };
        let sent = match running.stdin.write_all(bytes).await {
            Ok(()) => running.stdin.flush().await,
            failed => failed,
        };
        if sent.is_err() { Err(self.verdict().await.unwrap_or_else(|| self.early_end())) } else { Ok(()) }
    }

    /// The next bytes of the server; `None` at an end that `ssh` had nothing to say about.
    pub(super) async fn chunk(&mut self) -> Result<Option<Vec<u8>>, RemoteError> {
        let Some(running) = &mut self.running else { return Ok(None) };
        let mut bytes = vec![0; PIECE];
        match running.stdout.read(&mut bytes).await {
            Ok(0) | Err(_) => self.verdict().await.map_or(Ok(None), Err),
            Ok(length) => {
                self.heard = true;
                bytes.truncate(length);
                Ok(Some(bytes))
            }
        }
    }

    /// Why the process ended, in its own words.
    async fn verdict(&mut self) -> Option<RemoteError> {
        let mut running = self.running.take()?;
        let status = running.child.wait().await.ok()?;
        let said = match tokio::time::timeout(LAST_WORDS, &mut running.said).await {
            Ok(Ok(said)) => super::words::bounded(&said),
            _ => String::new(),
        };
        if status.success() && said.is_empty() {
            return None;
        }
        if was_missing(status, &said) {
            return Some(RemoteError::ProgramMissing { program: "ssh".to_owned() });
        }
        let locked = self.key.as_deref().filter(|key| said.contains("Permission denied") && is_locked(key));
        let said = match locked {
            // In batch mode `ssh` passes over such a key without a word.
            Some(key) => format!("The key {} is locked with a passphrase and nobody is asked\n{said}", key.display()),
            None => said,
        };
        match ssh_words::verdict(&self.host, &said, status, self.heard) {
            RemoteError::HostKey { host, raw, .. } => {
                let keys = Box::new(host_keys::both(&raw, self.way()).await);
                Some(RemoteError::HostKey { host, raw, keys })
            }
            error => Some(error),
        }
    }

    fn way(&self) -> Way<'_> {
        let arguments = self.arguments.split_last().map_or(&[][..], |(_, way)| way);
        Way { arguments, jump: self.jump.as_ref() }
    }

    /// Goes to the host without a key of ours. Gives the key that it shows, and whether it is trusted already; a host
    /// that is known by another key, or lies behind one that is not known, is an error.
    pub(super) async fn meet(&mut self, patience: &Patience) -> Result<(OfferedKey, bool), RemoteError> {
        self.jump = JumpSettings::of(&self.arguments, &self.trusted, patience).await?;
        let mut command = detached("ssh");
        command.args(self.jump.iter().flat_map(JumpSettings::arguments));
        command.args(["-o", "PreferredAuthentications=none", "-o", "PubkeyAuthentication=no"]);
        command.args(self.way().arguments).arg("exit").env("SSH_ASKPASS_REQUIRE", "never");
        let met = patience.stall("connecting", command.output()).await?.map_err(|error| not_started("ssh", &error))?;
        let said = super::words::bounded(&met.stderr);
        let silent = || RemoteError::Broken { raw: format!("{} showed no key: {said}", self.host) };
        // Whoever refuses us has shown a key that is trusted.
        if met.status.success() || said.contains("Permission denied (") {
            let shown = patience.stall("connecting", host_keys::shown(self.way())).await?;
            return Ok((shown.ok_or_else(silent)?, true));
        }
        match ssh_words::verdict(&self.host, &said, met.status, false) {
            RemoteError::HostKey { host, raw, .. } => {
                let keys = patience.stall("connecting", host_keys::both(&raw, self.way())).await?;
                match keys {
                    HostKeys { offered: Some(offered @ OfferedKey { line: Some(_), .. }), jump: None, .. } => {
                        Ok((offered, false))
                    }
                    keys => Err(RemoteError::HostKey { host, raw, keys: Box::new(keys) }),
                }
            }
            error => Err(error),
        }
    }

    fn early_end(&self) -> RemoteError {
        RemoteError::Broken { raw: format!("ssh to {} has ended", self.host) }
    }
}

impl Drop for Running {
    /// The whole group goes: `ssh` may have started a proxy of its own.
    fn drop(&mut self) {
        self.said.abort();
        let id = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
        if let Some(id) = id {
            let _ = rustix::process::kill_process_group(id, rustix::process::Signal::KILL);
        }
    }
}

/// Whether a private key can't be used without its passphrase.
fn is_locked(key: &Path) -> bool {
    /// How a key in OpenSSH's own form begins, up to the name of its cipher; and that name where there is none.
    const OWN_FORM: &str = "b3BlbnNzaC1rZXktdjEAAAAA";
    const NO_CIPHER: &str = "BG5vbmU";
    let mut start = String::new();
    let read = std::fs::File::open(key).and_then(|file| std::io::Read::take(file, 1024).read_to_string(&mut start));
    let ciphered = start.split_once(OWN_FORM).is_some_and(|(_, cipher)| !cipher.starts_with(NO_CIPHER));
    read.is_ok() && (ciphered || start.contains("ENCRYPTED"))
}

/// Reads all of standard error and keeps the end of it, where the reason stands.
async fn last_words(mut stderr: ChildStderr) -> Vec<u8> {
    let mut said = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(length @ 1..) = stderr.read(&mut piece).await {
        said.extend_from_slice(piece.get(..length).unwrap_or_default());
        if said.len() > LONGEST_WORDS {
            said.drain(..said.len() - LONGEST_WORDS);
        }
    }
    said
}

fn arguments(target: Target<'_>, credential: &Credential, limits: &FetchLimits, trusted: &str) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = vec!["-T".into()];
    let connect = limits.connect.as_secs().max(1);
    for option in [
        "BatchMode=yes".to_owned(),
        "StrictHostKeyChecking=yes".to_owned(),
        format!("GlobalKnownHostsFile={trusted}"),
        "UpdateHostKeys=no".to_owned(),
        "SendEnv=GIT_PROTOCOL".to_owned(),
        format!("ConnectTimeout={connect}"),
        "ServerAliveInterval=15".to_owned(),
        // The user's configuration may be quieter than the reasons we look for.
        "LogLevel=INFO".to_owned(),
        // Nothing else of the user's configuration for this host is wanted on this connection.
        "RemoteCommand=none".to_owned(),
        "PermitLocalCommand=no".to_owned(),
        "ClearAllForwardings=yes".to_owned(),
        "ForwardAgent=no".to_owned(),
        "ControlMaster=no".to_owned(),
    ] {
        arguments.extend(["-o".into(), option.into()]);
    }
    if let Credential::SshKey { path } = credential {
        // `ssh` expands `%` in names of keys.
        let path = path.to_string_lossy().replace('%', "%%");
        arguments.extend(["-i".into(), path.into(), "-o".into(), "IdentitiesOnly=yes".into()]);
    }
    if let Some(port) = target.port {
        arguments.extend(["-p".into(), port.to_string().into()]);
    }
    let at = if target.user.is_empty() { "" } else { "@" };
    arguments.push("--".into());
    arguments.push(format!("{}{at}{}", target.user, target.host).into());
    arguments.push(format!("{} {}", target.program, for_shell(target.path)).into());
    arguments
}

/// One word for the far shell, the way `git` quotes it.
fn for_shell(path: &str) -> String {
    format!("'{}'", path.replace('\'', "'\\''").replace('!', "'\\!'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(target: Target<'_>, credential: &Credential) -> String {
        let second = Duration::from_secs(7);
        let limits = FetchLimits { connect: second, stall: second, total: second, pack_bytes: 0 };
        let arguments = arguments(target, credential, &limits, "\"/k\"");
        arguments.iter().map(|argument| argument.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    const SHOP: Target<'_> =
        Target { user: "git", host: "git.example", port: None, path: "acme/shop.git", program: "git-upload-pack" };

    #[test]
    fn nothing_is_asked_and_no_host_is_trusted_at_sight() {
        let told = told(SHOP, &Credential::SshAgent);
        for option in ["BatchMode=yes", "StrictHostKeyChecking=yes", "GlobalKnownHostsFile=\"/k\"", "ConnectTimeout=7"]
        {
            assert!(told.contains(option), "{option} is not in {told}");
        }
        assert!(told.ends_with("-- git@git.example git-upload-pack 'acme/shop.git'"), "{told}");
        assert!(!told.contains("-i "), "{told}");
    }

    #[test]
    fn a_key_is_the_only_one_offered() {
        let told = told(Target { port: Some(2222), ..SHOP }, &Credential::SshKey { path: "/keys/100%".into() });
        assert!(told.contains("-i /keys/100%% -o IdentitiesOnly=yes -p 2222 -- git@"), "{told}");
    }

    #[test]
    fn without_a_user_ssh_decides() {
        assert!(told(Target { user: "", ..SHOP }, &Credential::Anonymous).contains("-- git.example git-upload-pack"));
    }

    #[test]
    fn paths_are_one_word_for_the_far_shell() {
        assert_eq!(for_shell("a b"), "'a b'");
        assert_eq!(for_shell("it's!; rm -rf ~"), "'it'\\''s'\\!'; rm -rf ~'");
    }
}
