//! What can be typed after `ebb git`. The texts are the help.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};

#[derive(Clone, Debug, Subcommand)]
pub(super) enum GitCommand {
    /// Go every step on the way to a connection's repositories, and say exactly what is missing
    Test(GitTest),
    /// Look at the key of an SSH host, and trust it once you have compared its fingerprint
    Trust(GitTrust),
    /// Add a repository with a dbt project to ebb.toml: look at it, test it, write it
    Add(Box<GitAdd>),
    /// List the repositories that a credential sees
    Repositories(Box<GitRepositories>),
    /// List the branches of a repository
    Branches(Box<GitLook>),
    /// List the dbt projects in a repository, without fetching their files
    Projects(Box<GitLook>),
}

#[derive(Args, Clone, Debug)]
pub(super) struct GitTest {
    /// Name of a Git connection [default: all]
    #[arg(value_name = "NAME")]
    pub(super) name: Option<String>,
    /// Ask also whether the server would take a push; nothing is pushed
    #[arg(long)]
    pub(super) write: bool,
}

#[derive(Args, Clone, Debug)]
pub(super) struct GitTrust {
    /// A host, git.example or git.example:2222, or the address of a repository on it
    #[arg(value_name = "HOST")]
    pub(super) host: String,
    /// Trust it without a question when this is its fingerprint
    #[arg(long, value_name = "SHA256:…")]
    pub(super) fingerprint: Option<String>,
}

#[derive(Args, Clone, Debug)]
pub(super) struct GitAdd {
    /// A clone address, or a page of the repository copied from a browser
    #[arg(value_name = "ADDRESS")]
    pub(super) address: String,
    /// The branch [default: what the page shows, else the repository's default branch]
    #[arg(long, value_name = "BRANCH")]
    pub(super) branch: Option<String>,
    /// Path of dbt_project.yml [default: what the page shows, else the only one there is]
    #[arg(long, value_name = "PATH")]
    pub(super) project_path: Option<String>,
    #[command(flatten)]
    pub(super) access: AccessArguments,
    /// What its new Git connection is called [default: as the project]
    #[arg(long, value_name = "NAME", conflicts_with = "connection")]
    pub(super) connection_name: Option<String>,
    /// Write it even where the test finds something missing
    #[arg(long)]
    pub(super) untested: bool,
}

#[derive(Args, Clone, Debug)]
pub(super) struct GitRepositories {
    /// Name of a Git connection, or an address as far as it is known: https://bitbucket.org/acme
    #[arg(value_name = "CONNECTION|ADDRESS")]
    pub(super) of: Option<String>,
    #[command(flatten)]
    pub(super) access: AccessArguments,
}

#[derive(Args, Clone, Debug)]
pub(super) struct GitLook {
    /// A clone address, or a page of the repository copied from a browser
    #[arg(value_name = "ADDRESS")]
    pub(super) address: String,
    /// The branch that is looked at [default: what the page shows, else the default branch]
    #[arg(long, value_name = "BRANCH")]
    pub(super) branch: Option<String>,
    #[command(flatten)]
    pub(super) access: AccessArguments,
}

/// How a repository is reached.
#[derive(Args, Clone, Debug)]
#[command(group(ArgGroup::new("access").multiple(false)))]
pub(super) struct AccessArguments {
    /// Who hosts it [default: as the host's name says]
    #[arg(long, value_name = "PROVIDER", value_enum)]
    pub(super) provider: Option<ProviderArgument>,
    /// Through a Git connection that is there already
    #[arg(long, value_name = "NAME", group = "access")]
    pub(super) connection: Option<String>,
    /// With a private key for SSH
    #[arg(long, value_name = "FILE", group = "access")]
    pub(super) ssh_key: Option<PathBuf>,
    /// The key's passphrase is in an environment variable
    #[arg(long, value_name = "VARIABLE", requires = "ssh_key", conflicts_with = "passphrase_stdin")]
    pub(super) passphrase_env: Option<String>,
    /// The key's passphrase is on standard input, typed without echo on a terminal, and kept like a token
    #[arg(long, requires = "ssh_key")]
    pub(super) passphrase_stdin: bool,
    /// With whatever your ssh uses by itself
    #[arg(long, group = "access")]
    pub(super) ssh_agent: bool,
    /// With a token in an environment variable
    #[arg(long, value_name = "VARIABLE", group = "access")]
    pub(super) token_env: Option<String>,
    /// With a token in a file that only you can read
    #[arg(long, value_name = "FILE", group = "access")]
    pub(super) token_file: Option<PathBuf>,
    /// With a token that a command prints
    #[arg(long, value_name = "COMMAND", group = "access")]
    pub(super) token_command: Option<String>,
    /// With a token in the system's keyring
    #[arg(long, value_name = "NAME", group = "access")]
    pub(super) token_keyring: Option<String>,
    /// With a token on standard input, typed without echo on a terminal; it is put into the keyring, or into a file that only you can read
    #[arg(long, group = "access")]
    pub(super) token_stdin: bool,
    /// As a GitHub App of this number
    #[arg(long, value_name = "APP_ID", group = "access", requires = "app_key")]
    pub(super) app: Option<u64>,
    /// The App's private key
    #[arg(long, value_name = "FILE", requires = "app")]
    pub(super) app_key: Option<PathBuf>,
    /// The App's installation [default: found by the repository]
    #[arg(long, value_name = "ID", requires = "app")]
    pub(super) installation: Option<u64>,
    /// The name that goes with the token [default: the provider's usual one]
    #[arg(long, value_name = "NAME")]
    pub(super) username: Option<String>,
}

/// Who hosts a repository.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ProviderArgument {
    Github,
    Gitlab,
    Bitbucket,
    /// Any other Git server
    Git,
}
