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
    fn a_token_is_not_printed() {
        let credential = Credential::Token { provider: None, token: Secret::new("ghp_very_secret") };
        assert!(!format!("{credential:?}").contains("ghp_"));
    }
}
