//! Where a repository is, how to prove who we are, and what can go wrong on the way.

use std::path::PathBuf;

use thiserror::Error;

use crate::workspace::Secret;

/// Who hosts the repository; decides usernames, pages to point at, and the wording of advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Provider {
    GitHub,
    GitLab,
    Bitbucket,
    Other,
}

/// A repository's address, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remote {
    /// `https://…` or `http://…`, without user or password.
    Http {
        url: String,
    },
    Ssh {
        user: String,
        host: String,
        port: Option<u16>,
        path: String,
    },
    /// A repository on this machine.
    Local {
        path: PathBuf,
    },
}

/// How to prove who we are. Not `Debug`-printable beyond its kind.
#[derive(Clone, Debug)]
pub enum Credential {
    Anonymous,
    Token {
        username: Option<String>,
        token: Secret,
    },
    SshKey {
        path: PathBuf,
    },
    /// Whatever the user's `ssh` offers by itself: agent, default keys, ssh_config.
    SshAgent,
}

/// Why a repository could not be reached or read. `raw` holds the other side's own words, with
/// secrets scrubbed.
#[derive(Debug, Error)]
pub enum RemoteError {
    #[error("{url:?} is not an address of a Git repository")]
    Address { url: String },
    #[error("the server refused: {raw}")]
    Refused { status: Option<u16>, raw: String },
    #[error("branch {branch:?} does not exist")]
    BranchMissing { branch: String, branches: Vec<String>, default: Option<String> },
    #[error("the repository has no commits")]
    Empty,
    #[error("the host key of {host} is not the known one")]
    HostKey { host: String, raw: String },
    #[error("{host} could not be reached: {raw}")]
    Unreachable { host: String, raw: String },
    #[error("{what} took longer than {seconds} s")]
    TimedOut { what: String, seconds: u64 },
    #[error("the transfer broke off: {raw}")]
    Broken { raw: String },
    #[error("the pack is larger than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("the {program} program is needed and was not found")]
    ProgramMissing { program: String },
    #[error("cancelled")]
    Cancelled,
    #[error("no space left for the cache: {raw}")]
    DiskFull { raw: String },
    #[error("the cache at {path} cannot be used: {raw}")]
    Cache { path: PathBuf, raw: String },
}
