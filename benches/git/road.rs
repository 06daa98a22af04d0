//! The two ways to the same repositories: HTTP and SSH, with every byte counted.

use std::path::{Path, PathBuf};

use ebbtide::git::{Address, Credential, Remote, Trust};

use crate::support::{HttpGitServer, SshGitServer};
use crate::wire::Wire;

/// A server and the wire to it.
pub enum Road {
    Http {
        server: HttpGitServer,
        wire: Wire,
    },
    Ssh {
        server: SshGitServer,
        wire: Wire,
        /// Folder of the repositories, and of the file with the server's key.
        served: PathBuf,
    },
}

impl Road {
    pub fn http(served: &Path) -> Self {
        let server = HttpGitServer::start(served);
        let wire = Wire::to(server.port());
        Self::Http { server, wire }
    }

    /// `None` where this machine has no `sshd`.
    pub fn ssh(served: &Path) -> Option<Self> {
        let server = SshGitServer::start("the rows over SSH", true)?;
        let wire = Wire::to(server.port());
        server.be_known(served);
        let file = served.join("known_hosts");
        let known = std::fs::read_to_string(&file).unwrap();
        std::fs::write(file, known.replace(&server.port().to_string(), &wire.address.port().to_string())).unwrap();
        Some(Self::Ssh { server, wire, served: served.to_owned() })
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::Http { .. } => "HTTP",
            Self::Ssh { .. } => "SSH",
        }
    }

    pub fn url(&self, name: &str) -> String {
        match self {
            Self::Http { wire, .. } => format!("http://{}/{name}", wire.address),
            Self::Ssh { server, wire, served } => {
                let url = server.url(&served.join(name));
                url.replace(&format!(":{}/", server.port()), &format!(":{}/", wire.address.port()))
            }
        }
    }

    pub fn remote(&self, name: &str) -> Remote {
        Address::parse(&self.url(name), Path::new("/")).unwrap().remote
    }

    pub fn credential(&self) -> Credential {
        match self {
            Self::Http { .. } => Credential::Anonymous,
            Self::Ssh { server, .. } => Credential::SshKey { path: server.key() },
        }
    }

    pub fn trust(&self) -> Trust {
        match self {
            Self::Http { .. } => Trust::default(),
            Self::Ssh { served, .. } => Trust { known_hosts: Some(served.join("known_hosts")), authorities: None },
        }
    }

    /// Options with which `git` itself goes this way.
    pub fn options(&self) -> Vec<String> {
        match self {
            Self::Http { .. } => Vec::new(),
            Self::Ssh { server, served, .. } => {
                let (key, known) = (server.key(), served.join("known_hosts"));
                let ssh =
                    format!("ssh -i {} -o IdentitiesOnly=yes -o UserKnownHostsFile={}", key.display(), known.display());
                vec!["-c".to_owned(), format!("core.sshCommand={ssh}")]
            }
        }
    }

    /// Bytes and requests, or connections over SSH, since the last call.
    pub fn taken(&self) -> (u64, usize) {
        match self {
            Self::Http { server, wire } => (wire.taken().0, server.seen().len()),
            Self::Ssh { wire, .. } => wire.taken(),
        }
    }
}
