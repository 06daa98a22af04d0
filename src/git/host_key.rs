//! The key of an SSH host, looked at before a person decides whether to trust it. Trusts nobody and writes nothing.

use std::path::PathBuf;

use tokio_util::sync::CancellationToken;

use super::address::Address;
use super::error::{OfferedKey, RemoteError};
use super::fetch::FetchLimits;
use super::patience::Patience;
use super::remote::{Credential, Remote};
use super::transport::{Connection, Peer, Published, Service, published};
use super::trust::Trust;

/// Whose key to look at.
#[derive(Clone, Debug)]
pub struct HostKeyRequest {
    pub remote: Remote,
    /// A place beside which the keys that providers publish are kept.
    pub cache: PathBuf,
    pub trust: Trust,
    pub limits: FetchLimits,
}

/// The key that a host shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostKey {
    pub key: OfferedKey,
    /// Whether a connection would believe it already.
    pub is_trusted: bool,
    pub published: Published,
}

/// An SSH host as a person types it: `git.example`, `git@git.example:2222`, or a repository's address there.
///
/// # Errors
/// This is no host that is reached by SSH.
pub fn ssh_host(text: &str) -> Result<Remote, RemoteError> {
    let text = text.trim();
    let is_address = text.contains('/') || text.rsplit_once(':').is_some_and(|(_, end)| end.parse::<u16>().is_err());
    let literal = text.ends_with(']');
    let url = if is_address && !literal { text.to_owned() } else { format!("ssh://{text}/host") };
    match Address::as_written(&url)?.remote {
        remote @ Remote::Ssh { .. } => Ok(remote),
        Remote::Http { .. } | Remote::Local { .. } => Err(RemoteError::Address { url: text.to_owned() }),
    }
}

/// Goes to the host and gives the key that it shows. It is shown none of ours.
///
/// # Errors
/// It is known by another key; a jump host on the way is not known; it is not reached.
pub async fn host_key(request: HostKeyRequest, cancel: CancellationToken) -> Result<HostKey, RemoteError> {
    let HostKeyRequest { remote, cache, trust, limits } = &request;
    let (credential, service) = (&Credential::Anonymous, Service::UploadPack);
    let peer = Peer { remote, credential, limits, trust, cache, service };
    let (key, is_trusted) = Connection::new(peer, Patience::new(*limits, cancel))?.meet().await?;
    let published = published(key.line.as_deref().unwrap_or_default());
    Ok(HostKey { key, is_trusted, published })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_as_people_type_them() {
        for (text, user, host, port) in [
            ("git.example", "", "git.example", None),
            ("git.example:2222", "", "git.example", Some(2222)),
            ("git@git.example", "git", "git.example", None),
            ("git@git.example:2222", "git", "git.example", Some(2222)),
            ("git@git.example:acme/shop.git", "git", "git.example", None),
            ("ssh://git@git.example:2222/acme/shop.git", "git", "git.example", Some(2222)),
            ("[::1]:2222", "", "::1", Some(2222)),
            ("[::1]", "", "::1", None),
        ] {
            let Remote::Ssh { user: its_user, host: its_host, port: its_port, .. } = ssh_host(text).unwrap() else {
                panic!("{text}")
            };
            assert_eq!((its_user.as_str(), its_host.as_str(), its_port), (user, host, port), "{text}");
        }
        for text in ["", "https://git.example/acme/shop", "-oProxyCommand=x", "a b", "/srv/git"] {
            assert!(ssh_host(text).is_err(), "{text}");
        }
    }
}
