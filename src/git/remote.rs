//! Where a repository is and how to prove who we are, as values. Nothing is reached from here.

use std::path::PathBuf;

pub use crate::problem::Provider;
use crate::workspace::Secret;

/// A repository's address, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remote {
    /// `https://…` or `http://…`, without user or password.
    Http { url: String },
    /// `user` is empty where the address names none: the user's `ssh` decides then.
    Ssh { user: String, host: String, port: Option<u16>, path: String },
    /// A repository on this machine.
    Local { path: PathBuf },
}

impl Remote {
    /// The address in the form that people know; holds no secret.
    pub fn display(&self) -> String {
        match self {
            Self::Http { url } => url.clone(),
            Self::Ssh { user, host, port, path } => {
                let at = if user.is_empty() { "" } else { "@" };
                let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
                match port {
                    Some(port) => format!("ssh://{user}{at}{host}:{port}/{}", path.trim_start_matches('/')),
                    None => format!("{user}{at}{host}:{path}"),
                }
            }
            Self::Local { path } => path.display().to_string(),
        }
    }

    /// The host's name without its port; `None` for a repository on this machine.
    pub fn host(&self) -> Option<&str> {
        match self {
            Self::Http { url } => {
                let authority = url.split_once("://")?.1.split(['/', '?', '#']).next()?;
                match authority.strip_prefix('[') {
                    Some(literal) => literal.split(']').next(),
                    None => authority.split(':').next(),
                }
            }
            Self::Ssh { host, .. } => Some(host),
            Self::Local { .. } => None,
        }
    }

    /// Path of the repository on its host, as providers name it: `acme/shop`. Empty for a repository on
    /// this machine.
    pub fn path_on_host(&self) -> &str {
        let path = match self {
            Self::Http { url } => url.splitn(4, '/').nth(3).unwrap_or_default(),
            Self::Ssh { path, .. } => path.as_str(),
            Self::Local { .. } => "",
        };
        let path = path.trim_matches('/');
        path.strip_suffix(".git").unwrap_or(path)
    }

    /// The same repository over https, the only way that a token goes.
    #[must_use]
    pub fn over_https(self, provider: Provider) -> Self {
        let Self::Ssh { host, path, .. } = &self else { return self };
        let path = path.trim_start_matches('/');
        let url = match (provider, host.as_str()) {
            (_, "ssh.github.com") => format!("https://github.com/{path}"),
            (_, "altssh.gitlab.com") => format!("https://gitlab.com/{path}"),
            (_, "altssh.bitbucket.org" | "bitbucket.org") => format!("https://bitbucket.org/{path}"),
            // Bitbucket Data Center has its repositories below a word of its own.
            (Provider::Bitbucket, host) => format!("https://{host}/scm/{path}"),
            (_, host) => format!("https://{host}/{path}"),
        };
        Self::Http { url }
    }

    /// The same repository over SSH, where its provider is known to have it at the same path. Others stay
    /// as they are.
    #[must_use]
    pub fn over_ssh(self, provider: Provider) -> Self {
        let Self::Http { url } = &self else { return self };
        let authority = url.split('/').nth(2).unwrap_or_default();
        let is_known = match provider {
            Provider::GitHub | Provider::GitLab => !authority.contains(':'),
            Provider::Bitbucket => authority == "bitbucket.org",
            Provider::Other => false,
        };
        if !is_known {
            return self;
        }
        let path = url.splitn(4, '/').nth(3).unwrap_or_default().trim_matches('/').to_owned();
        Self::Ssh { user: "git".to_owned(), host: authority.to_owned(), port: None, path }
    }

    /// The provider by the look of the host.
    pub fn provider(&self) -> Provider {
        self.host().map_or(Provider::Other, Provider::of_host)
    }
}

/// How to prove who we are. Not `Debug`-printable beyond its kind.
#[derive(Clone, Debug)]
pub enum Credential {
    Anonymous,
    /// Sent over HTTPS only, with the provider's usual name for a user. Without a provider the host's
    /// name tells it.
    Token {
        provider: Option<Provider>,
        token: Secret,
    },
    /// A user and a password or token, as an address of a dbt package may carry them.
    Login {
        user: String,
        password: Secret,
    },
    SshKey {
        path: PathBuf,
    },
    /// The text of a private key, and what unlocks it.
    SshPrivateKey {
        key: Secret,
        passphrase: Option<Secret>,
    },
    /// Whatever the user's `ssh` offers by itself: agent, default keys, ssh_config.
    SshAgent,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn http(url: &str) -> Remote {
        Remote::Http { url: url.to_owned() }
    }

    fn ssh(user: &str, port: Option<u16>, path: &str) -> Remote {
        Remote::Ssh { user: user.to_owned(), host: "git.acme.example".to_owned(), port, path: path.to_owned() }
    }

    #[test]
    fn a_host_is_found_in_every_form() {
        assert_eq!(http("https://github.com/a/b.git").host(), Some("github.com"));
        assert_eq!(http("http://127.0.0.1:8080/b").host(), Some("127.0.0.1"));
        assert_eq!(http("http://[::1]:8080/b").host(), Some("::1"));
        assert_eq!(ssh("git", None, "a/b").host(), Some("git.acme.example"));
        assert_eq!(Remote::Local { path: "/srv/git".into() }.host(), None);
    }

    #[test]
    fn addresses_are_shown_the_way_people_write_them() {
        assert_eq!(ssh("git", None, "a/b.git").display(), "git@git.acme.example:a/b.git");
        assert_eq!(ssh("", None, "a/b.git").display(), "git.acme.example:a/b.git");
        assert_eq!(ssh("git", Some(2222), "/a/b.git").display(), "ssh://git@git.acme.example:2222/a/b.git");
    }

    #[test]
    fn a_token_goes_over_https_and_a_key_over_ssh() {
        let parsed = |address: &str| crate::git::Address::parse(address, std::path::Path::new("/")).unwrap().remote;
        for (provider, written, over_https, over_ssh) in [
            (Provider::GitHub, "git@github.com:acme/shop.git", "https://github.com/acme/shop.git", ""),
            (Provider::GitHub, "https://github.com/acme/shop", "", "git@github.com:acme/shop"),
            (Provider::GitHub, "ssh://git@ssh.github.com:443/acme/shop", "https://github.com/acme/shop", ""),
            (Provider::GitLab, "https://git.acme.example/a/b/c.git", "", "git@git.acme.example:a/b/c.git"),
            (Provider::GitLab, "https://git.acme.example:8443/a/b", "", ""),
            (
                Provider::Bitbucket,
                "ssh://git@bb.acme.example:7999/data/shop.git",
                "https://bb.acme.example/scm/data/shop.git",
                "",
            ),
            (Provider::Bitbucket, "https://bb.acme.example/scm/data/shop.git", "", ""),
            (Provider::Other, "https://git.acme.example/shop", "", ""),
            (Provider::Other, "/srv/shop.git", "", ""),
        ] {
            let or = |text: &str| if text.is_empty() { parsed(written).display() } else { text.to_owned() };
            assert_eq!(parsed(written).over_https(provider).display(), or(over_https), "{written}");
            assert_eq!(parsed(written).over_ssh(provider).display(), or(over_ssh), "{written}");
        }
    }

    #[test]
    fn a_repository_has_a_path_on_its_host() {
        assert_eq!(http("https://github.com/acme/shop.git").path_on_host(), "acme/shop");
        assert_eq!(ssh("git", None, "/acme/data/shop.git").path_on_host(), "acme/data/shop");
        assert_eq!(Remote::Local { path: "/srv/git".into() }.path_on_host(), "");
    }

    #[test]
    fn a_token_is_not_printed() {
        let credential = Credential::Token { provider: None, token: Secret::new("ghp_very_secret") };
        assert!(!format!("{credential:?}").contains("ghp_"));
    }
}
