//! How a person says that a repository is to be reached: kinds of credentials, with secrets that are
//! somewhere or were typed just now. Values only.

use std::path::PathBuf;

use crate::workspace::{AppSettings, Auth, PrivateKeySettings, Secret, SecretRef};

/// How a new project's repository is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum NewAccess {
    /// By the SSH agent where the address is one for SSH, else without a credential.
    #[default]
    Suggested,
    /// Through a Git connection that is there already.
    Existing(String),
    SshAgent,
    SshKey(PathBuf),
    /// A private key that is a secret, or has a passphrase.
    SshPrivateKey {
        private_key: SecretRef,
        passphrase: Option<GivenSecret>,
    },
    Token {
        secret: GivenSecret,
        /// The name that goes with it, where the provider's usual one is not right.
        username: Option<String>,
    },
    GithubApp {
        app_id: u64,
        /// Found by the repository where it is not given.
        installation_id: Option<u64>,
        private_key: GivenSecret,
    },
}

/// A secret that a person gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GivenSecret {
    /// Where it is.
    At(SecretRef),
    /// Typed, and not kept anywhere yet.
    Typed(Secret),
}

/// Where a draft says that a typed secret is. No keyring is asked for it.
pub(super) fn typed_place() -> SecretRef {
    SecretRef::Keyring("typed-and-not-kept-yet".to_owned())
}

impl GivenSecret {
    fn at(&self, typed: &SecretRef) -> SecretRef {
        match self {
            Self::At(place) => place.clone(),
            Self::Typed(_) => typed.clone(),
        }
    }
}

impl NewAccess {
    /// As settings, with a typed secret at `typed`; none where a connection is there already.
    pub(super) fn auth(&self, typed: &SecretRef) -> Option<Auth> {
        Some(match self {
            Self::Suggested | Self::SshAgent => Auth::SshAgent,
            Self::SshKey(path) => Auth::SshKey(path.clone()),
            Self::SshPrivateKey { private_key, passphrase } => Auth::SshPrivateKey(PrivateKeySettings {
                key: private_key.clone(),
                passphrase: passphrase.as_ref().map(|secret| secret.at(typed)),
            }),
            Self::Token { secret, .. } => Auth::Token(secret.at(typed)),
            Self::GithubApp { app_id, installation_id, private_key } => Auth::GithubApp(AppSettings {
                app_id: *app_id,
                installation_id: *installation_id,
                private_key: private_key.at(typed),
            }),
            Self::Existing(_) => return None,
        })
    }

    pub(super) fn username(&self) -> Option<String> {
        match self {
            Self::Token { username, .. } => username.clone(),
            Self::Suggested
            | Self::Existing(_)
            | Self::SshAgent
            | Self::SshKey(_)
            | Self::SshPrivateKey { .. }
            | Self::GithubApp { .. } => None,
        }
    }

    /// A secret of it that is not kept anywhere yet.
    pub(super) fn typed(&self) -> Option<&Secret> {
        match self {
            Self::Token { secret: GivenSecret::Typed(secret), .. }
            | Self::SshPrivateKey { passphrase: Some(GivenSecret::Typed(secret)), .. }
            | Self::GithubApp { private_key: GivenSecret::Typed(secret), .. } => Some(secret),
            _ => None,
        }
    }
}
