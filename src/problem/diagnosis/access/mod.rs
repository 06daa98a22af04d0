//! "Write access to repository not granted", and its likes: which permission is missing for this
//! host and kind of credential, and where to give it. Never more than the operation needs: reading
//! needs only reading.

mod bitbucket;
mod github;
mod gitlab;

use super::super::fix::Fix;
use super::super::value::Evidence;
use super::Diagnosis;
use super::credential::{CredentialKind, Provider};

/// What was being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Read,
    Push,
}

/// A refused access.
#[derive(Clone, Copy, Debug)]
pub struct Refusal<'a> {
    pub provider: Provider,
    /// `github.com`, or a company's own server.
    pub host: &'a str,
    /// Path of the repository on the host, e.g. `acme/shop`, with or without `.git`.
    pub repository: &'a str,
    /// Name of the Git connection, where the project has one.
    pub connection: Option<&'a str>,
    pub credential: CredentialKind,
    pub operation: Operation,
    /// The server's own words.
    pub raw: &'a str,
}

/// Says what is missing and where to give it.
pub fn access_not_granted(refusal: &Refusal<'_>) -> Diagnosis {
    let refusal =
        &Refusal { repository: repository_path(refusal.repository), host: web_host(refusal.host), ..*refusal };
    let (cause, fixes) = match (refusal.provider, refusal.credential) {
        (_, CredentialKind::Anonymous) => anonymous(refusal),
        (provider, kind) if kind.provider().is_some_and(|of| provider != Provider::Other && of != provider) => {
            of_another_host(refusal)
        }
        (_, CredentialKind::SshKey) => ssh_key(refusal),
        (_, CredentialKind::GitHubFineGrained) | (Provider::GitHub, CredentialKind::Unrecognised) => {
            github::fine_grained(refusal)
        }
        (_, CredentialKind::GitHubClassic | CredentialKind::GitHubOAuth) => github::classic(refusal),
        (_, CredentialKind::GitHubApp) => github::app(refusal),
        (_, CredentialKind::GitLabAccess) | (Provider::GitLab, CredentialKind::Unrecognised) => gitlab::token(refusal),
        (_, CredentialKind::GitLabDeploy) => gitlab::deploy_token(refusal),
        (_, CredentialKind::GitLabJob) => gitlab::job(refusal),
        (_, CredentialKind::BitbucketAccess) => bitbucket::access_token(refusal),
        (_, CredentialKind::BitbucketApi | CredentialKind::BitbucketAppPassword)
        | (Provider::Bitbucket, CredentialKind::Unrecognised) => bitbucket::api_token(refusal),
        (Provider::Other, CredentialKind::Unrecognised) => other_host(refusal),
    };
    Diagnosis { cause: format!("{}{cause}", misleading_word(refusal)), evidence: vec![evidence(refusal)], fixes }
}

fn evidence(refusal: &Refusal<'_>) -> Evidence {
    let doing = match refusal.operation {
        Operation::Read => "read, as every model sync does; writing is not asked for",
        Operation::Push => "push",
    };
    Evidence::new(
        "What was tried, and what it needs",
        vec![
            format!("Operation: {doing}"),
            format!("Credential: {}", refusal.credential.words()),
            format!("Permission: {} on {}", permission(refusal), refusal.repository),
        ],
    )
}

/// The least permission that the operation needs, in the words of the host.
fn permission(refusal: &Refusal<'_>) -> &'static str {
    let read = refusal.operation == Operation::Read;
    match (refusal.provider, refusal.credential) {
        (_, CredentialKind::SshKey) if read => "the public key on the repository, without write access",
        (_, CredentialKind::SshKey) => "the public key on the repository, with write access",
        (Provider::GitHub, _) if read => "Contents: Read-only",
        (Provider::GitHub, _) => "Contents: Read and write",
        (Provider::GitLab, _) if read => "read_repository, and the Reporter role",
        (Provider::GitLab, _) => "write_repository, and the Developer role",
        (Provider::Bitbucket, CredentialKind::BitbucketAccess) if read => "Repositories: Read",
        (Provider::Bitbucket, CredentialKind::BitbucketAccess) => "Repositories: Write",
        (Provider::Bitbucket, _) if read => "read:repository:bitbucket",
        (Provider::Bitbucket, _) => "write:repository:bitbucket",
        (Provider::Other, _) if read => "reading the repository",
        (Provider::Other, _) => "writing to the repository",
    }
}

/// The sentence that hosted users stumble over.
fn misleading_word(refusal: &Refusal<'_>) -> &'static str {
    let says_write = refusal.raw.to_lowercase().contains("write access to repository not granted");
    if says_write && refusal.operation == Operation::Read {
        "The word “write” misleads: GitHub answers reading, too, with this sentence. "
    } else {
        ""
    }
}

/// A cause, and what mends it.
type Advice = (String, Vec<Fix>);

fn ssh_key(refusal: &Refusal<'_>) -> Advice {
    let (repository, push) = (refusal.repository, refusal.operation == Operation::Push);
    let cause = if push {
        format!("The key is known to {} but may only read {repository}.", refusal.provider.name())
    } else {
        format!(
            "The key is not registered with {repository}: a deploy key belongs to exactly one repository, and a key of an \
             account reaches what the account may see."
        )
    };
    let settings = match refusal.provider {
        Provider::GitHub => format!("{repository}/settings/keys"),
        Provider::GitLab => format!("{repository}/-/settings/repository"),
        Provider::Bitbucket => format!("{repository}/admin/access-keys"),
        Provider::Other => {
            return (cause, vec![Fix::read(format!("Have the server's owner give the key access to {repository}"))]);
        }
    };
    let how = if push { "with write access" } else { "without write access, which a sync does not need" };
    (
        cause,
        vec![Fix::copy(
            format!("Add the key's public half (the .pub file) to {repository} {how}"),
            page(refusal, &settings),
        )],
    )
}

fn anonymous(refusal: &Refusal<'_>) -> Advice {
    let host = refusal.provider.name();
    let cause = format!(
        "The project names no Git connection, so {} was asked for without a credential, and {host} shows it to members only.",
        refusal.repository
    );
    let mut fixes = vec![Fix::copy(
        "Add a Git connection with a token and name it in the project's `git`",
        "[git.acme]\nprovider = \"github\"\nauth = { token = { env = \"GIT_TOKEN\" } }",
    )];
    let (_, token) = match refusal.provider {
        Provider::GitHub => (String::new(), vec![github::new_fine_grained_token(refusal)]),
        Provider::GitLab => gitlab::token(refusal),
        Provider::Bitbucket => bitbucket::api_token(refusal),
        Provider::Other => other_host(refusal),
    };
    fixes.extend(token.into_iter().take(1));
    (cause, fixes)
}

fn of_another_host(refusal: &Refusal<'_>) -> Advice {
    let right = refusal.provider.name();
    let cause = format!(
        "The repository is on {right} ({}), and the credential is {}. Each host knows only its own tokens.",
        refusal.host,
        refusal.credential.words()
    );
    let point = match refusal.connection {
        Some(name) => format!("Point auth of git.{name} to a token of {right} with {}", permission(refusal)),
        None => format!("Give the project a Git connection with a token of {right} with {}", permission(refusal)),
    };
    (cause, vec![Fix::read(point), Fix::read("Or name the Git connection of the right host in the project's `git`")])
}

fn other_host(refusal: &Refusal<'_>) -> Advice {
    let what = if refusal.operation == Operation::Read { "read" } else { "write to" };
    let cause = format!("The server knows the credential and does not let it {what} {}.", refusal.repository);
    (
        cause,
        vec![Fix::read(format!(
            "Ask the server's owner to let the credential's account {what} {}",
            refusal.repository
        ))],
    )
}

fn nothing_else(refusal: &Refusal<'_>) -> &'static str {
    match refusal.operation {
        Operation::Read => "a sync needs nothing else",
        Operation::Push => "pushing needs nothing else",
    }
}

fn page(refusal: &Refusal<'_>, path: &str) -> String {
    format!("https://{}/{path}", refusal.host)
}

/// The host whose pages a person opens, where SSH over port 443 has one of its own.
fn web_host(host: &str) -> &str {
    match host {
        "ssh.github.com" => "github.com",
        "altssh.gitlab.com" => "gitlab.com",
        "altssh.bitbucket.org" => "bitbucket.org",
        host => host,
    }
}

fn repository_path(repository: &str) -> &str {
    let path = repository.trim_matches('/');
    path.strip_suffix(".git").unwrap_or(path)
}

fn owner(repository: &str) -> &str {
    repository.split('/').next().unwrap_or(repository)
}
