//! OpenSSH's `sshd` on a port of its own, with keys of its own, for whoever runs the tests.

use std::fs::Permissions;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::program;

/// A server that lets in whoever holds [`SshGitServer::key`], until it is dropped.
#[derive(Debug)]
pub struct SshGitServer {
    folder: TempDir,
    sshd: Child,
    port: u16,
    user: String,
}

impl SshGitServer {
    /// Starts one; `None`, with a loud word, where a program that it needs is missing. A server that
    /// does not pass on `GIT_PROTOCOL` is what most self-hosted ones are.
    pub fn start(test: &str, passes_protocol: bool) -> Option<Self> {
        let sshd = program("sshd", test)?;
        for needed in ["ssh", "ssh-keygen", "git"] {
            program(needed, test)?;
        }
        let folder = tempfile::tempdir().unwrap();
        for name in ["host_key", "user_key", "other_key"] {
            make_key(&folder.path().join(name));
        }
        std::fs::copy(folder.path().join("user_key.pub"), folder.path().join("authorized_keys")).unwrap();
        if Path::new("/run").exists() {
            // Wanted by an sshd that root starts; anybody else's does without.
            let _ = std::fs::create_dir_all("/run/sshd");
        }
        let user = Command::new("id").arg("-un").output().unwrap().stdout;
        let user = String::from_utf8(user).unwrap().trim().to_owned();
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let config = folder.path().join("sshd_config");
            std::fs::write(&config, settings(folder.path(), port, passes_protocol)).unwrap();
            let log = std::fs::File::create(folder.path().join("log")).unwrap();
            let mut sshd = Command::new(&sshd)
                .args(["-D", "-e", "-f"])
                .arg(&config)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(log)
                .spawn()
                .unwrap();
            if answers(port, &mut sshd) {
                return Some(Self { folder, sshd, port, user });
            }
        }
        let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
        eprintln!("SKIPPED {test}: sshd does not start: {log}");
        None
    }

    /// The address of the repository at `path`.
    pub fn url(&self, path: &Path) -> String {
        format!("ssh://{}@127.0.0.1:{}{}", self.user, self.port, path.display())
    }

    /// Where it listens, as `ssh` takes it for a jump host.
    pub fn jump(&self) -> String {
        format!("{}@127.0.0.1:{}", self.user, self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The private key that the server lets in.
    pub fn key(&self) -> PathBuf {
        self.folder.path().join("user_key")
    }

    /// A private key that the server does not know.
    pub fn other_key(&self) -> PathBuf {
        self.folder.path().join("other_key")
    }

    /// A new private key of this kind, as `ssh-keygen -t` takes it, that the server lets in.
    pub fn another_key(&self, kind: &[&str]) -> PathBuf {
        let path = self.folder.path().join(kind.concat());
        let mut make = Command::new("ssh-keygen");
        make.args(["-q", "-N", "", "-C", "test", "-t"]).args(kind).arg("-f").arg(&path);
        assert!(make.status().unwrap().success());
        self.let_in(&path.with_extension("pub"));
        path
    }

    /// From now on whoever holds the key with this public half gets in as well.
    pub fn let_in(&self, public: &Path) {
        let authorized = self.folder.path().join("authorized_keys");
        let before = std::fs::read_to_string(&authorized).unwrap();
        std::fs::write(authorized, before + &std::fs::read_to_string(public).unwrap()).unwrap();
    }

    /// From now on the key may read and not push; whoever pushes is told `said`.
    pub fn only_read(&self, said: &str) {
        self.run_instead(&format!(
            "case \"$SSH_ORIGINAL_COMMAND\" in git-receive-pack*) echo '{said}' >&2; exit 1;; esac\n\
             exec sh -c \"$SSH_ORIGINAL_COMMAND\""
        ));
    }

    /// From now on whoever comes with the key runs this script.
    pub fn run_instead(&self, text: &str) {
        let script = self.folder.path().join("script");
        std::fs::write(&script, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&script, Permissions::from_mode(0o755)).unwrap();
        let key = std::fs::read_to_string(self.folder.path().join("user_key.pub")).unwrap();
        let line = format!("command=\"{}\" {key}", script.display());
        std::fs::write(self.folder.path().join("authorized_keys"), line).unwrap();
    }

    /// Makes the server's key an accepted one, in the file `known_hosts` of this folder.
    pub fn be_known(&self, folder: &Path) {
        self.be_known_by(folder, "host_key");
    }

    /// Makes a key known that the server does not have.
    pub fn be_known_wrongly(&self, folder: &Path) {
        self.be_known_by(folder, "other_key");
    }

    /// The fingerprint of one of the server's keys: `host_key`, `other_key`.
    pub fn fingerprint(&self, key: &str) -> String {
        let path = self.folder.path().join(key).with_extension("pub");
        let printed = Command::new("ssh-keygen").arg("-lf").arg(path).output().unwrap().stdout;
        String::from_utf8(printed).unwrap().split(' ').nth(1).unwrap().to_owned()
    }

    fn be_known_by(&self, folder: &Path, key: &str) {
        let key = std::fs::read_to_string(self.folder.path().join(key).with_extension("pub")).unwrap();
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join("known_hosts"), format!("[127.0.0.1]:{} {key}", self.port)).unwrap();
    }
}

impl Drop for SshGitServer {
    fn drop(&mut self) {
        let _ = self.sshd.kill();
        let _ = self.sshd.wait();
    }
}

/// OpenSSH's agent, as a user has one, until it is dropped.
#[derive(Debug)]
pub struct SshAgent {
    folder: TempDir,
    agent: Child,
}

impl SshAgent {
    /// One that holds these keys; `None`, with a loud word, where a program that it needs is missing.
    pub fn holding(test: &str, keys: &[PathBuf]) -> Option<Self> {
        let program = program("ssh-agent", test)?;
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("agent");
        let mut agent = Command::new(program);
        agent.arg("-D").arg("-a").arg(&socket).stdin(Stdio::null()).stdout(Stdio::null());
        let agent = Self { agent: agent.spawn().unwrap(), folder };
        let end = Instant::now() + Duration::from_secs(20);
        while !socket.exists() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(20));
        }
        for key in keys {
            let mut add = Command::new("ssh-add");
            assert!(add.arg("-q").arg(key).env("SSH_AUTH_SOCK", &socket).status().unwrap().success());
        }
        Some(agent)
    }

    /// What `SSH_AUTH_SOCK` says.
    pub fn socket(&self) -> String {
        self.folder.path().join("agent").display().to_string()
    }
}

impl Drop for SshAgent {
    fn drop(&mut self) {
        let _ = self.agent.kill();
        let _ = self.agent.wait();
    }
}

/// A pair of keys without a passphrase.
fn make_key(path: &Path) {
    let made =
        Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f"]).arg(path).status();
    assert!(made.unwrap().success());
    std::fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
}

fn settings(folder: &Path, port: u16, passes_protocol: bool) -> String {
    let folder = folder.display();
    let accepted = if passes_protocol { "AcceptEnv GIT_PROTOCOL\n" } else { "" };
    format!(
        "ListenAddress 127.0.0.1\nPort {port}\nHostKey {folder}/host_key\nPidFile none\nUsePAM no\n\
         AuthorizedKeysFile {folder}/authorized_keys\nStrictModes no\nPermitRootLogin yes\nMaxStartups 100\n\
         PasswordAuthentication no\nKbdInteractiveAuthentication no\n{accepted}"
    )
}

/// True once the port answers; false where the process has ended instead.
fn answers(port: u16, sshd: &mut Child) -> bool {
    let end = Instant::now() + Duration::from_secs(20);
    while Instant::now() < end && sshd.try_wait().unwrap().is_none() {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = sshd.kill();
    let _ = sshd.wait();
    false
}
