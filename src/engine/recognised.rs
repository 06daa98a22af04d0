//! What an address says by itself, while it is still being typed: nothing is reached and no file looked at.

use crate::git::{Address, Provider, Remote};

/// What is known of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognised {
    pub provider: Provider,
    /// None for a path of this machine, and as long as there is none.
    pub host: Option<String>,
    /// Scheme, host and port of its pages: those of an http address, the usual ones for SSH.
    pub origin: Option<String>,
    /// The repository's path on its host, as far as it is typed: `acme`, `acme/shop`.
    pub path: String,
    /// Written for SSH.
    pub is_ssh: bool,
    /// A path of this machine.
    pub is_local: bool,
    pub branch: Option<String>,
    /// Path inside of the repository that a pasted page shows.
    pub folder: Option<String>,
}

/// What this text says as an address.
pub fn recognised(address: &str) -> Recognised {
    let address = address.trim();
    let nothing = Recognised {
        provider: Provider::Other,
        host: None,
        origin: None,
        path: String::new(),
        is_ssh: false,
        is_local: address.starts_with(['/', '.', '~']),
        branch: None,
        folder: None,
    };
    if nothing.is_local {
        return nothing;
    }
    let Ok(read) = Address::as_written(address) else { return host_alone(address).unwrap_or(nothing) };
    Recognised {
        provider: read.remote.provider(),
        host: read.remote.host().map(str::to_owned),
        origin: origin(&read.remote),
        path: read.remote.path_on_host().to_owned(),
        is_ssh: matches!(read.remote, Remote::Ssh { .. }),
        is_local: false,
        branch: read.branch,
        folder: read.path,
    }
}

/// `https://git.acme.example`, of which no repository is typed yet.
fn host_alone(address: &str) -> Option<Recognised> {
    let host = address.trim_end_matches('/');
    let with_something = Address::as_written(&format!("{host}/x")).ok().filter(|_| host.contains("://"))?;
    let host = with_something.remote.host()?.to_owned();
    let (provider, path) = (with_something.remote.provider(), String::new());
    let (is_ssh, is_local) = (matches!(with_something.remote, Remote::Ssh { .. }), false);
    let origin = origin(&with_something.remote);
    Some(Recognised { provider, host: Some(host), origin, path, is_ssh, is_local, branch: None, folder: None })
}

fn origin(remote: &Remote) -> Option<String> {
    match remote {
        Remote::Http { url } => Some(url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")),
        Remote::Ssh { host, .. } => Some(format!("https://{host}")),
        Remote::Local { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_an_address_is_recognised() {
        for (address, provider, host, path, is_ssh) in [
            ("https://github.com/acme/shop", Provider::GitHub, Some("github.com"), "acme/shop", false),
            ("git@gitlab.com:acme/data/shop.git", Provider::GitLab, Some("gitlab.com"), "acme/data/shop", true),
            ("ssh://git@bb.acme.example:7999/d/shop", Provider::Other, Some("bb.acme.example"), "d/shop", true),
            ("github.com/acme", Provider::GitHub, Some("github.com"), "acme", false),
            ("https://bitbucket.org/acme/", Provider::Bitbucket, Some("bitbucket.org"), "acme", false),
            ("https://gitlab.acme.example", Provider::GitLab, Some("gitlab.acme.example"), "", false),
            ("https://github.com", Provider::GitHub, Some("github.com"), "", false),
            ("", Provider::Other, None, "", false),
            ("sho", Provider::Other, None, "", false),
            ("https://", Provider::Other, None, "", false),
        ] {
            let found = recognised(address);
            let (got_host, got_path) = (found.host.as_deref(), found.path.as_str());
            assert_eq!((found.provider, got_host, got_path, found.is_ssh), (provider, host, path, is_ssh), "{address}");
        }
    }

    #[test]
    fn the_pages_of_a_server_keep_its_port() {
        for (address, origin) in [
            ("https://ghe.acme.example:8443/acme/shop", "https://ghe.acme.example:8443"),
            ("https://ghe.acme.example:8443/", "https://ghe.acme.example:8443"),
            ("ssh://git@bb.acme.example:7999/d/shop", "https://bb.acme.example"),
            ("github.com/acme", "https://github.com"),
        ] {
            assert_eq!(recognised(address).origin.as_deref(), Some(origin), "{address}");
        }
    }

    #[test]
    fn a_page_tells_branch_and_folder_and_a_path_is_local() {
        let page = recognised("https://github.com/acme/mono/tree/dev/transform");
        assert_eq!((page.branch.as_deref(), page.folder.as_deref()), (Some("dev"), Some("transform")));
        for path in ["/srv/shop.git", "./shop", "~/shop"] {
            assert!(recognised(path).is_local, "{path}");
        }
    }
}
