//! The fields of the form: which there are, what each may be set to, and when it counts.

use crate::problem::Provider;
use crate::workspace::ProviderName;

/// A field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Address,
    /// A connection that is there, or a new one.
    Connection,
    Provider,
    Kind,
    /// Where a secret is.
    Place(Which),
    /// The secret, or its name at that place. What was typed for one place is not taken for another.
    Secret(Which, Place),
    Username,
    AppId,
    Installation,
    /// What a new connection is called.
    ConnectionName,
    Branch,
    Path,
}

/// A secret of some kind of credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Which {
    Token,
    Key,
    Passphrase,
    AppKey,
}

/// Where a secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// There is none.
    Nowhere,
    /// Typed or pasted into the form.
    Typed,
    File,
    Variable,
    Command,
    Keyring,
}

impl Which {
    /// Where it may be, the usual place first.
    pub(super) const fn places(self) -> &'static [Place] {
        match self {
            Self::Token => &[Place::Typed, Place::Variable, Place::File, Place::Command, Place::Keyring],
            Self::Key | Self::AppKey => &[Place::File, Place::Typed, Place::Variable, Place::Command, Place::Keyring],
            Self::Passphrase => {
                &[Place::Nowhere, Place::Typed, Place::Variable, Place::File, Place::Command, Place::Keyring]
            }
        }
    }

    /// Keys have many lines: they are pasted and not typed.
    pub(super) const fn is_key(self) -> bool {
        matches!(self, Self::Key | Self::AppKey)
    }

    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Token => "Token is",
            Self::Key => "Private key is",
            Self::Passphrase => "Passphrase is",
            Self::AppKey => "App's key is",
        }
    }
}

impl Place {
    /// In words, after "Token is".
    pub(super) const fn words(self, which: Which) -> &'static str {
        match self {
            Self::Typed if which.is_key() => "pasted here",
            Self::Nowhere => "not needed",
            Self::Typed => "typed here",
            Self::File => "in a file",
            Self::Variable => "in an environment variable",
            Self::Command => "printed by a command",
            Self::Keyring => "in the system's keyring",
        }
    }

    /// What is typed for a secret at this place.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Nowhere | Self::Typed => "Secret",
            Self::File => "Its file",
            Self::Variable => "Its variable",
            Self::Command => "Its command",
            Self::Keyring => "Its entry",
        }
    }
}

/// Kinds of credentials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    Suggested,
    SshAgent,
    SshKey,
    Token,
    GithubApp,
}

impl Kind {
    /// Those that this provider takes. A connection that is changed always has one.
    pub(super) fn of(provider: Provider, is_change: bool) -> Vec<Self> {
        let all = [Self::Suggested, Self::SshAgent, Self::SshKey, Self::Token, Self::GithubApp];
        let is_offered = |kind: &Self| match kind {
            Self::Suggested => !is_change,
            // An Enterprise Server may have any name.
            Self::GithubApp => matches!(provider, Provider::GitHub | Provider::Other),
            Self::SshAgent | Self::SshKey | Self::Token => true,
        };
        all.into_iter().filter(is_offered).collect()
    }

    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Suggested => "nothing, or the SSH agent for an SSH address",
            Self::SshAgent => "SSH agent",
            Self::SshKey => "SSH key",
            Self::Token => "token",
            Self::GithubApp => "GitHub App",
        }
    }

    /// The fields that belong to it.
    pub(super) fn fields(self, at: impl Fn(Which) -> Place) -> Vec<Field> {
        let secret = |which: Which| match at(which) {
            Place::Nowhere => vec![Field::Place(which)],
            place => vec![Field::Place(which), Field::Secret(which, place)],
        };
        match self {
            Self::Suggested | Self::SshAgent => Vec::new(),
            Self::SshKey => [secret(Which::Key), secret(Which::Passphrase)].concat(),
            Self::Token => [secret(Which::Token), vec![Field::Username]].concat(),
            Self::GithubApp => [vec![Field::AppId, Field::Installation], secret(Which::AppKey)].concat(),
        }
    }
}

impl Field {
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Address => "Repository",
            Self::Connection => "Connection",
            Self::Provider => "Provider",
            Self::Kind => "Sign in by",
            Self::Place(which) => which.label(),
            Self::Secret(Which::Token, Place::Typed) => "Token",
            Self::Secret(Which::Passphrase, Place::Typed) => "Passphrase",
            Self::Secret(Which::Key | Which::AppKey, Place::Typed) => "Private key",
            Self::Secret(_, place) => place.label(),
            Self::Username => "Username",
            Self::AppId => "App ID",
            Self::Installation => "Installation ID",
            Self::ConnectionName => "Connection name",
            Self::Branch => "Branch",
            Self::Path => "dbt_project.yml",
        }
    }

    /// Chosen with the arrow keys; all others are typed.
    pub(super) const fn is_choice(self) -> bool {
        matches!(self, Self::Connection | Self::Provider | Self::Kind | Self::Place(_))
    }

    /// The key that is pasted here, with all its lines; nothing is typed.
    pub(super) const fn pasted_key(self) -> Option<Which> {
        match self {
            Self::Secret(which, Place::Typed) if which.is_key() => Some(which),
            _ => None,
        }
    }

    /// Never shown.
    pub(super) const fn is_secret(self) -> bool {
        matches!(self, Self::Secret(_, Place::Typed))
    }

    /// What it says while nothing is typed.
    pub(super) const fn placeholder(self) -> &'static str {
        match self {
            Self::Address => "git@github.com:acme/shop.git, https://…, or a page's address",
            Self::Secret(_, Place::Variable) => "GITHUB_TOKEN",
            Self::Secret(Which::Key, Place::File) => "~/.ssh/id_ed25519",
            Self::Secret(Which::AppKey, Place::File) => "~/ebb-app.private-key.pem",
            Self::Secret(_, Place::File) => "~/.config/ebb/token",
            Self::Secret(_, Place::Command) => "op read op://vault/github/token",
            Self::Secret(_, Place::Keyring) => "its account, with the service \"ebb\"",
            Self::Secret(Which::Key | Which::AppKey, Place::Typed) => "paste it with all its lines: it is not shown",
            Self::Secret(_, Place::Typed) => "paste it: it is not shown",
            Self::ConnectionName => "as the project",
            Self::Username => "the provider's usual one",
            Self::AppId => "4711",
            Self::Installation => "looked up by the repository",
            Self::Branch => "the repository's default branch",
            Self::Path => "the only one there is, else you choose",
            Self::Connection | Self::Provider | Self::Kind | Self::Place(_) | Self::Secret(_, Place::Nowhere) => "",
        }
    }
}

/// The providers to choose from; none is "as the address says".
pub(super) const PROVIDERS: [Option<ProviderName>; 5] = [
    None,
    Some(ProviderName::Github),
    Some(ProviderName::Gitlab),
    Some(ProviderName::Bitbucket),
    Some(ProviderName::Git),
];

pub(super) const fn provider(name: ProviderName) -> Provider {
    match name {
        ProviderName::Github => Provider::GitHub,
        ProviderName::Gitlab => Provider::GitLab,
        ProviderName::Bitbucket => Provider::Bitbucket,
        ProviderName::Git => Provider::Other,
    }
}

/// The name of a provider for a list.
pub(super) const fn title(provider: Provider) -> &'static str {
    match provider {
        Provider::Other => "another Git server",
        known => known.name(),
    }
}
