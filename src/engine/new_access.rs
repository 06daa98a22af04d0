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
        private_key: GivenSecret,
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

/// Where the secrets are that were typed, in the order of [`NewAccess::typed`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TypedPlaces {
    /// Nowhere yet: a draft says so, and no keyring is asked.
    Nowhere,
    Kept(Vec<SecretRef>),
}

impl TypedPlaces {
    pub(super) fn place(&self, index: usize) -> SecretRef {
        let kept = match self {
            Self::Nowhere => None,
            Self::Kept(places) => places.get(index).cloned(),
        };
        kept.unwrap_or_else(|| SecretRef::Keyring(format!("typed-and-not-kept-yet-{index}")))
    }
}

impl GivenSecret {
    fn at(&self, typed: SecretRef) -> SecretRef {
        match self {
            Self::At(place) => place.clone(),
            Self::Typed(_) => typed,
        }
    }

    fn typed(&self) -> Option<&Secret> {
        match self {
            Self::At(_) => None,
            Self::Typed(secret) => Some(secret),
        }
    }
}

impl NewAccess {
    /// As settings, with typed secrets at `typed`; none where a connection is there already.
    pub(super) fn auth(&self, typed: &TypedPlaces) -> Option<Auth> {
        Some(match self {
            Self::Suggested | Self::SshAgent => Auth::SshAgent,
            Self::SshKey(path) => Auth::SshKey(path.clone()),
            Self::SshPrivateKey { private_key, passphrase } => Auth::SshPrivateKey(PrivateKeySettings {
                key: private_key.at(typed.place(0)),
                passphrase: passphrase
                    .as_ref()
                    .map(|secret| secret.at(typed.place(usize::from(private_key.typed().is_some())))),
            }),
            Self::Token { secret, .. } => Auth::Token(secret.at(typed.place(0))),
            Self::GithubApp { app_id, installation_id, private_key } => Auth::GithubApp(AppSettings {
                app_id: *app_id,
                installation_id: *installation_id,
                private_key: private_key.at(typed.place(0)),
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

    /// Secrets of it that are not kept anywhere yet.
    pub(super) fn typed(&self) -> Vec<&Secret> {
        let given = match self {
            Self::Token { secret, .. } => [Some(secret), None],
            Self::SshPrivateKey { private_key, passphrase } => [Some(private_key), passphrase.as_ref()],
            Self::GithubApp { private_key, .. } => [Some(private_key), None],
            Self::Suggested | Self::Existing(_) | Self::SshAgent | Self::SshKey(_) => [None, None],
        };
        given.into_iter().flatten().filter_map(GivenSecret::typed).collect()
    }

    /// The same, with where a draft says that they are.
    pub(super) fn typed_nowhere(&self) -> Vec<(SecretRef, Secret)> {
        let place = |(index, secret): (usize, &Secret)| (TypedPlaces::Nowhere.place(index), secret.clone());
        self.typed().into_iter().enumerate().map(place).collect()
    }
}
