//! What the form says of the field that has the keys: what it is and where to get it, by provider.

use super::SetUp;
use super::fields::{Field, Kind, Place, Which};
use crate::problem::Provider;
use crate::problem::diagnosis::CredentialKind;

/// A sentence or two.
pub(super) fn help(form: &SetUp, field: Field) -> String {
    let host = form.host();
    let provider = form.provider();
    match field {
        Field::Address => {
            let read = form.read();
            match (read.branch, read.folder) {
                (Some(branch), Some(folder)) => format!("The page shows the branch {branch} and the folder {folder}."),
                (Some(branch), None) => format!("The page shows the branch {branch}."),
                _ => "Paste a clone address or any page of the repository, or list those that a token sees.".to_owned(),
            }
        }
        Field::Connection => "A Git connection that is there already, or a new one for this repository.".to_owned(),
        Field::Provider => "Who hosts it decides the names that go with tokens, and what the test can ask.".to_owned(),
        Field::Kind => kind(form.kind(), provider, &host),
        Field::Place(Which::Token) if form.place(Which::Token) == Place::Typed => {
            "It goes to the system's keyring where there is one, else to a file that only you can read; never to ebb.toml."
                .to_owned()
        }
        Field::Place(Which::Passphrase) => "For a key that is locked with one.".to_owned(),
        Field::Place(_) => "ebb.toml holds this reference, never the secret itself.".to_owned(),
        Field::Secret(which, place) => secret(form, which, place),
        Field::Username => username(provider).to_owned(),
        Field::AppId => format!(
            "\"App ID\" on the App's page, below https://{host}/settings/apps or the organisation's settings. \
             It needs the permissions Contents: read and Metadata: read."
        ),
        Field::Installation => {
            "The number at the end of the address of the App's installation page. Needed to list repositories where \
             the App has several."
                .to_owned()
        }
        Field::ConnectionName => {
            "What the new Git connection is called in ebb.toml; other projects can use it by this name. Empty: as the \
             project."
                .to_owned()
        }
        Field::Branch => "Empty: what a pasted page shows, else the default branch.".to_owned(),
        Field::Path => "From the repository's root. Empty: looked for, and you choose where there are several.".to_owned(),
    }
}

fn kind(kind: Kind, provider: Provider, host: &str) -> String {
    match kind {
        Kind::Suggested => "Public repositories need nothing; an SSH address takes what your ssh uses.".to_owned(),
        Kind::SshAgent => "Whatever your ssh uses by itself: agent, ssh_config, jump hosts, hardware keys.".to_owned(),
        Kind::SshKey => match provider {
            Provider::GitHub => {
                "Its public half is a deploy key: the repository's Settings, Deploy keys; read is enough."
            }
            Provider::GitLab => "Its public half is a deploy key: the project's Settings, Repository, Deploy keys.",
            Provider::Bitbucket => "Its public half is an access key: Repository settings, Access keys.",
            Provider::Other => "Its public half must be known to the server.",
        }
        .to_owned(),
        Kind::Token => token(provider, host),
        Kind::GithubApp => {
            "Short-lived tokens for one repository each; the only kind that CI checks work with.".to_owned()
        }
    }
}

/// Which token, where it is made, and what it must be allowed.
fn token(provider: Provider, host: &str) -> String {
    match provider {
        Provider::GitHub => format!(
            "Make one at https://{host}/settings/personal-access-tokens/new: fine-grained, this repository, \
             Contents: read. A classic one needs the scope repo."
        ),
        Provider::GitLab => format!(
            "Make one at https://{host}/-/user_settings/personal_access_tokens, or for the project alone: scope \
             read_repository; read_api as well lets ebb list repositories."
        ),
        Provider::Bitbucket if host == "bitbucket.org" => {
            "Make one at https://id.atlassian.com/manage-profile/security/api-tokens: an API token with the scope \
             read:repository:bitbucket. An access token of the repository does as well."
                .to_owned()
        }
        Provider::Bitbucket => "Make one under Manage account, HTTP access tokens: repository read.".to_owned(),
        Provider::Other => "A token or password that the server takes over https.".to_owned(),
    }
}

fn secret(form: &SetUp, which: Which, place: Place) -> String {
    match (which, place) {
        (Which::Token, Place::Typed) => typed_token(form),
        (Which::AppKey, Place::File) => {
            "The .pem that \"Generate a private key\" on the App's page downloaded.".to_owned()
        }
        (Which::Key, Place::File) => {
            "The private half, without .pub; readable by you alone. Or paste the key itself, with all its lines."
                .to_owned()
        }
        (_, Place::Command) => {
            "Run without a shell whenever the secret is needed; its standard output is the secret.".to_owned()
        }
        (_, Place::Variable) => "The variable's name. It must be set wherever ebb runs.".to_owned(),
        (_, Place::Keyring) => "secret-tool store --label=ebb service ebb account NAME puts one there.".to_owned(),
        (_, Place::File) => "The file holds the secret alone, and only you can read it.".to_owned(),
        (_, Place::Typed) => "Kept in the system's keyring, else in a file that only you can read.".to_owned(),
        (_, Place::Nowhere) => String::new(),
    }
}

/// What the token is by its form, once there is one.
fn typed_token(form: &SetUp) -> String {
    let typed = form.typed(Field::Secret(Which::Token, Place::Typed));
    let kind = CredentialKind::of_token(typed);
    let provider = form.provider();
    if typed.is_empty() || kind == CredentialKind::Unrecognised {
        return token(provider, &form.host());
    }
    match kind.provider() {
        Some(other) if other != provider && provider != Provider::Other => {
            format!("This is {}, but the repository is on {}.", kind.words(), provider.name())
        }
        _ if kind == CredentialKind::BitbucketAppPassword => {
            "App passwords have stopped working on 9 June 2026: make an API token instead.".to_owned()
        }
        _ => format!("This is {}.", kind.words()),
    }
}

fn username(provider: Provider) -> &'static str {
    match provider {
        Provider::GitHub => "Not needed: GitHub takes a token with any name.",
        Provider::GitLab => "Only for deploy tokens, each of which has a name of its own.",
        Provider::Bitbucket => "The e-mail address of the Atlassian account, so that ebb may ask Bitbucket's API.",
        Provider::Other => "The account's name, where the server checks it.",
    }
}
