//! Real Git servers for tests: `git http-backend` behind a small HTTP server, and OpenSSH's `sshd` on
//! a port of its own. They misbehave on request.

#![allow(dead_code, unreachable_pub, unused_imports, reason = "every test file uses a part of this")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

pub mod background;
pub mod http;
pub mod postgres;
pub mod proxy;
pub mod repositories;
pub mod ssh;
pub mod tls;

pub use background::{Background, Port};
pub use http::{Answer, HttpGitServer};
pub use postgres::PostgresServer;
pub use proxy::ConnectProxy;
pub use ssh::{SshAgent, SshGitServer};
pub use tls::TlsFront;

use std::process::Command;

/// The program's path, or a loud word that the test is skipped.
pub fn program(name: &str, test: &str) -> Option<std::path::PathBuf> {
    let places = std::env::var_os("PATH").unwrap_or_default();
    let more = ["/usr/sbin", "/usr/local/sbin", "/sbin"].map(std::path::PathBuf::from);
    let found = std::env::split_paths(&places).chain(more).map(|folder| folder.join(name)).find(|path| path.is_file());
    if found.is_none() {
        eprintln!("SKIPPED {test}: the program {name} is not installed");
    }
    found
}

/// Runs `git` and gives what it printed; panics where it fails.
pub fn git(folder: &std::path::Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=Ada", "-c", "user.email=ada@acme.example", "-c", "init.defaultBranch=main"])
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .expect("git runs");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
