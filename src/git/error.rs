//! What can go wrong on the way to a repository, typed; and which code of the catalogue it is.
//!
//! `raw` always holds the other side's own words, bounded and with secrets scrubbed, written the way
//! `git` itself would have shown them, because people search for those.

use std::path::PathBuf;

use thiserror::Error;

use crate::problem::Code;

/// What kept us from talking to a host at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The name could not be resolved.
    Name,
    /// The certificate or the handshake was no good.
    Tls,
    /// A proxy on the way refused.
    Proxy,
    /// Refused, unroutable, reset.
    Connection,
}

/// The keys of a host that is not trusted, as far as they could be found out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostKeys {
    pub offered: Option<OfferedKey>,
    pub known: Option<KnownKey>,
    /// The host on the way whose key it is, as `ssh` names it; none where it is the repository's own host.
    pub jump: Option<String>,
}

/// The key that a host showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedKey {
    /// `ED25519`, `RSA`, `ECDSA`.
    pub kind: String,
    /// `SHA256:…`, as people compare it.
    pub fingerprint: String,
    /// The line of a `known_hosts` file that would trust it; none for a host that is known by another key.
    pub line: Option<String>,
}

/// The key that a host is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownKey {
    pub fingerprint: String,
    pub file: PathBuf,
    /// 1-based.
    pub line: usize,
}

/// Why a private key can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// It has a passphrase and we have none.
    Locked,
    WrongPassphrase,
    /// It is no key that OpenSSH reads.
    Format,
}

/// Why a repository could not be reached or read.
#[derive(Debug, Error)]
pub enum RemoteError {
    #[error("{url:?} is not an address of a Git repository")]
    Address { url: String },
    /// `url` is shown without what was in it.
    #[error("the address {url} carries a password or token, which belongs in a Git connection")]
    SecretInAddress { url: String },
    #[error("a token is sent over https only, and {url} is not")]
    Insecure { url: String },
    #[error("the server refused: {raw}")]
    Refused { status: Option<u16>, raw: String },
    #[error("branch {branch:?} does not exist")]
    BranchMissing { branch: String, branches: Vec<String>, default: Option<String> },
    #[error("the repository has no commits")]
    Empty,
    #[error("{path} is not a Git repository")]
    NotARepository { path: PathBuf, raw: String },
    #[error("{path} belongs to another user")]
    Ownership { path: PathBuf, raw: String },
    #[error("the host key of {host} is not the known one")]
    HostKey { host: String, raw: String, keys: Box<HostKeys> },
    #[error("the private key cannot be used: {raw}")]
    Key { fault: KeyFault, raw: String },
    #[error("the certificate authorities in {path} cannot be used: {raw}")]
    Authorities { path: PathBuf, raw: String },
    #[error("{host} could not be reached: {raw}")]
    Unreachable { host: String, obstacle: Obstacle, raw: String },
    #[error("{what} took longer than {seconds} s")]
    TimedOut { what: String, seconds: u64 },
    #[error("the transfer broke off: {raw}")]
    Broken { raw: String },
    #[error("the pack is larger than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("the pack unpacks to {bytes} bytes or more, which no repository of models needs")]
    Inflates { bytes: u64 },
    #[error("the {program} program is needed and was not found")]
    ProgramMissing { program: String },
    #[error("cancelled")]
    Cancelled,
    #[error("no space left for the cache: {raw}")]
    DiskFull { raw: String },
    #[error("the cache at {path} cannot be used: {raw}")]
    Cache { path: PathBuf, raw: String },
}

impl RemoteError {
    /// The code where the type says it all; `None` where the server's words decide, which the
    /// catalogue (area git) matches against [`RemoteError::raw`].
    pub fn code(&self) -> Option<Code> {
        let code = match self {
            Self::Address { .. } | Self::Insecure { .. } => "GIT-UNKNOWN-SCHEME",
            Self::BranchMissing { .. } => "GIT-BRANCH-MISSING",
            Self::Empty => "GIT-EMPTY-REPO",
            Self::NotARepository { .. } => "GIT-NOT-A-REPO",
            Self::Ownership { .. } => "GIT-OWNERSHIP",
            Self::HostKey { raw, .. } if raw.contains("IDENTIFICATION HAS CHANGED") => "GIT-SSH-HOSTKEY-CHANGED",
            Self::HostKey { .. } => "GIT-SSH-HOSTKEY-UNKNOWN",
            Self::Key { fault: KeyFault::Locked, .. } => "GIT-SSH-KEY-PASSPHRASE",
            Self::Key { fault: KeyFault::WrongPassphrase, .. } => "GIT-SSH-PASSPHRASE-WRONG",
            Self::Key { fault: KeyFault::Format, .. } => "GIT-SSH-KEY-FORMAT",
            Self::Authorities { .. } => "GIT-CA-FILE",
            Self::Unreachable { obstacle: Obstacle::Name, .. } => "GIT-DNS",
            Self::Unreachable { obstacle: Obstacle::Tls, .. } => "GIT-TLS",
            Self::Unreachable { obstacle: Obstacle::Proxy, .. } => "GIT-PROXY-AUTH",
            Self::Unreachable { obstacle: Obstacle::Connection, .. } => "GIT-NET",
            Self::TimedOut { .. } => "GIT-TIMEOUT",
            Self::TooLarge { .. } => "GIT-TOO-LARGE",
            Self::Inflates { .. } => "GIT-PACK-INFLATES",
            Self::Cache { .. } => "GIT-CACHE-DAMAGED",
            Self::Broken { .. } => "GIT-TRANSFER-CUT",
            Self::ProgramMissing { .. } => "GIT-BINARY-MISSING",
            Self::DiskFull { .. } => "GIT-DISK",
            Self::SecretInAddress { .. } => "GIT-SECRET-IN-ADDRESS",
            Self::Refused { .. } | Self::Cancelled => return None,
        };
        Some(Code::new(code))
    }

    /// The other side's own words; empty where nobody else spoke.
    pub fn raw(&self) -> &str {
        match self {
            Self::Refused { raw, .. }
            | Self::NotARepository { raw, .. }
            | Self::Ownership { raw, .. }
            | Self::HostKey { raw, .. }
            | Self::Key { raw, .. }
            | Self::Authorities { raw, .. }
            | Self::Unreachable { raw, .. }
            | Self::Broken { raw }
            | Self::DiskFull { raw }
            | Self::Cache { raw, .. } => raw,
            Self::Address { .. }
            | Self::SecretInAddress { .. }
            | Self::Insecure { .. }
            | Self::BranchMissing { .. }
            | Self::Empty
            | Self::TimedOut { .. }
            | Self::TooLarge { .. }
            | Self::Inflates { .. }
            | Self::ProgramMissing { .. }
            | Self::Cancelled => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Catalogue;

    fn text(words: &str) -> String {
        words.to_owned()
    }

    fn host_key(raw: &str) -> RemoteError {
        RemoteError::HostKey { host: text("git.example"), raw: text(raw), keys: Box::default() }
    }

    fn unreachable(obstacle: Obstacle) -> RemoteError {
        RemoteError::Unreachable { host: text("git.example"), obstacle, raw: text("words") }
    }

    #[test]
    fn what_the_type_says_has_a_code_of_the_catalogue() {
        let (path, raw) = (PathBuf::from("/srv/shop"), text("words"));
        let catalogue = Catalogue::builtin();
        for (error, expected) in [
            (RemoteError::Address { url: text("htps://x") }, "GIT-UNKNOWN-SCHEME"),
            (RemoteError::Insecure { url: text("http://x") }, "GIT-UNKNOWN-SCHEME"),
            (RemoteError::Empty, "GIT-EMPTY-REPO"),
            (RemoteError::NotARepository { path: path.clone(), raw: raw.clone() }, "GIT-NOT-A-REPO"),
            (RemoteError::Ownership { path: path.clone(), raw: raw.clone() }, "GIT-OWNERSHIP"),
            (host_key("WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!"), "GIT-SSH-HOSTKEY-CHANGED"),
            (host_key("No ED25519 host key is known for git.example"), "GIT-SSH-HOSTKEY-UNKNOWN"),
            (RemoteError::Key { fault: KeyFault::Locked, raw: raw.clone() }, "GIT-SSH-KEY-PASSPHRASE"),
            (RemoteError::Key { fault: KeyFault::WrongPassphrase, raw: raw.clone() }, "GIT-SSH-PASSPHRASE-WRONG"),
            (RemoteError::Key { fault: KeyFault::Format, raw: raw.clone() }, "GIT-SSH-KEY-FORMAT"),
            (RemoteError::Authorities { path: path.clone(), raw: raw.clone() }, "GIT-CA-FILE"),
            (unreachable(Obstacle::Name), "GIT-DNS"),
            (unreachable(Obstacle::Tls), "GIT-TLS"),
            (unreachable(Obstacle::Proxy), "GIT-PROXY-AUTH"),
            (unreachable(Obstacle::Connection), "GIT-NET"),
            (RemoteError::TimedOut { what: text("it"), seconds: 3 }, "GIT-TIMEOUT"),
            (RemoteError::Broken { raw: raw.clone() }, "GIT-TRANSFER-CUT"),
            (RemoteError::TooLarge { limit: 5 }, "GIT-TOO-LARGE"),
            (RemoteError::Inflates { bytes: 5 }, "GIT-PACK-INFLATES"),
            (RemoteError::ProgramMissing { program: text("ssh") }, "GIT-BINARY-MISSING"),
            (RemoteError::DiskFull { raw: raw.clone() }, "GIT-DISK"),
            (RemoteError::Cache { path, raw }, "GIT-CACHE-DAMAGED"),
        ] {
            let code = error.code().unwrap();
            assert_eq!(code.as_str(), expected, "{error:?}");
            assert!(catalogue.entry(&code).is_some(), "{code} is not in the catalogue");
        }
    }

    #[test]
    fn where_the_server_speaks_its_words_decide() {
        let raw = "remote: Repository not found.";
        let error = RemoteError::Refused { status: Some(404), raw: text(raw) };
        assert_eq!((error.code(), error.raw()), (None, raw));
        assert_eq!(RemoteError::Cancelled.code(), None);
    }
}
