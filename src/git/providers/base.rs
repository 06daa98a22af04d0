//! Where the REST API of a repository's provider usually is. Reaches nothing.

use super::super::remote::{Provider, Remote};

/// The base of the API, without a `/` at its end. None where the provider has no API that we know, or
/// the repository lies on this machine.
pub fn usual_api(provider: Provider, remote: &Remote) -> Option<String> {
    let host = remote.host()?.to_ascii_lowercase();
    let own = own_origin(remote, &host);
    Some(match (provider, host.as_str()) {
        (Provider::GitHub, "github.com" | "ssh.github.com") => "https://api.github.com".to_owned(),
        // GitHub Enterprise Cloud with data residency.
        (Provider::GitHub, host) if host.ends_with(".ghe.com") => format!("https://api.{host}"),
        (Provider::GitHub, _) => format!("{own}/api/v3"),
        (Provider::GitLab, "gitlab.com" | "altssh.gitlab.com") => "https://gitlab.com/api/v4".to_owned(),
        (Provider::GitLab, _) => format!("{own}/api/v4"),
        (Provider::Bitbucket, "bitbucket.org" | "altssh.bitbucket.org") => "https://api.bitbucket.org/2.0".to_owned(),
        (Provider::Bitbucket, _) => format!("{own}/rest/api/1.0"),
        (Provider::Other, _) => return None,
    })
}

/// Scheme, host and port of a self-managed server: those of an https address, the usual ones for SSH.
fn own_origin(remote: &Remote, host: &str) -> String {
    let Remote::Http { url } = remote else { return format!("https://{host}") };
    let origin: Vec<&str> = url.splitn(4, '/').take(3).collect();
    origin.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::Address;

    #[test]
    fn an_api_is_where_its_provider_has_it() {
        for (provider, address, api) in [
            (Provider::GitHub, "https://github.com/acme/shop", Some("https://api.github.com")),
            (Provider::GitHub, "ssh://git@ssh.github.com:443/acme/shop", Some("https://api.github.com")),
            (Provider::GitHub, "git@ghe.acme.example:acme/shop", Some("https://ghe.acme.example/api/v3")),
            (Provider::GitHub, "https://ghe.acme.example:8443/acme/shop", Some("https://ghe.acme.example:8443/api/v3")),
            (Provider::GitHub, "https://acme.ghe.com/acme/shop", Some("https://api.acme.ghe.com")),
            (Provider::GitLab, "https://gitlab.com/acme/data/shop", Some("https://gitlab.com/api/v4")),
            (Provider::GitLab, "git@git.acme.example:acme/shop", Some("https://git.acme.example/api/v4")),
            (Provider::Bitbucket, "git@bitbucket.org:acme/shop", Some("https://api.bitbucket.org/2.0")),
            (
                Provider::Bitbucket,
                "ssh://git@bb.acme.example:7999/data/shop",
                Some("https://bb.acme.example/rest/api/1.0"),
            ),
            (Provider::Other, "https://git.acme.example/shop", None),
            (Provider::GitHub, "/srv/shop.git", None),
        ] {
            let remote = Address::parse(address, std::path::Path::new("/")).unwrap().remote;
            assert_eq!(usual_api(provider, &remote).as_deref(), api, "{address}");
        }
    }
}
