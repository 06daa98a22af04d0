//! The use case "trust a host": its key is looked at, a person decides, and only then it is written into the file of
//! accepted keys, which is ours.

use tokio_util::sync::CancellationToken;

use crate::git::{HostKeyRequest, Trust, ssh_host, trust_host};
use crate::problem::{Code, Problem, Subject};

use super::connect::not_an_address;
use super::diagnosis;
use super::handle::Engine;
use super::target::limits;

pub use crate::git::Published;

/// A host and the key that it showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetHost {
    pub key: TrustedKey,
    /// `ED25519`, `RSA`, `ECDSA`.
    pub kind: String,
    /// `SHA256:…`, as people compare it.
    pub fingerprint: String,
    /// What providers publish of it.
    pub published: Published,
    /// Whether connections believe it already.
    pub is_trusted: bool,
}

/// A key that a person accepted, or may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedKey {
    /// As it is shown.
    pub host: String,
    /// The line of a `known_hosts` file.
    pub line: String,
}

impl Engine {
    /// Goes to an SSH host, given as a person types it, and gives the key that it shows. Nothing is written, and the
    /// host is shown no key of ours.
    pub async fn meet_host(&self, host: &str, cancel: CancellationToken) -> Result<MetHost, Problem> {
        let world = &self.core.world;
        let remote = ssh_host(host).map_err(|error| self.described(not_an_address(&error)))?;
        let trust = Trust { known_hosts: Some(world.paths.known_hosts()), authorities: None };
        let limits = limits(&self.core.workspace().settings.sync);
        let cache = world.paths.cache_dir.join("git").join("host");
        let asked = world.repositories.host_key(HostKeyRequest { remote, cache, trust, limits }, cancel).await;
        let met = asked.map_err(|error| diagnosis::host(&self.core, &error))?;
        let line = met.key.line.unwrap_or_default();
        // As `ssh` names it: an alias of the user's stands for its host.
        let host = line.split(' ').next().unwrap_or(host).to_owned();
        Ok(MetHost {
            key: TrustedKey { host, line },
            kind: met.key.kind,
            fingerprint: met.key.fingerprint,
            published: met.published,
            is_trusted: met.is_trusted,
        })
    }

    /// Writes a key that a person accepted into the file of such keys.
    pub async fn trust_host(&self, key: TrustedKey) -> Result<(), Problem> {
        let file = self.core.world.paths.known_hosts();
        let TrustedKey { host, line } = key;
        let written = self.core.blocking(move || trust_host(&file, &line)).await?;
        written.map_err(|error| {
            let summary = format!("The key of {host} could not be written down: {error}");
            Problem::new(Code::new("CONFIG-UNREADABLE"), Subject::Workspace, summary)
        })
    }
}
