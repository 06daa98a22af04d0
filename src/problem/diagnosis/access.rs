//! "Write access to repository not granted", and its likes: which permission is missing for this
//! host and kind of credential, and where to give it. Never more than the operation needs: reading
//! needs only reading.

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
    let refusal = &Refusal { repository: repository_path(refusal.repository), ..*refusal };
    let (cause, fixes) = match (refusal.provider, refusal.credential) {
        (_, CredentialKind::Anonymous) => anonymous(refusal),
        (provider, kind) if kind.provider().is_some_and(|of| provider != Provider::Other && of != provider) => {
            of_another_host(refusal)
        }
        (_, CredentialKind::SshKey) => ssh_key(refusal),
        (_, CredentialKind::GitHubFineGrained) | (Provider::GitHub, CredentialKind::Unrecognised) => {
            fine_grained(refusal)
        }
        (_, CredentialKind::GitHubClassic | CredentialKind::GitHubOAuth) => classic(refusal),
        (_, CredentialKind::GitHubApp) => app(refusal),
        (_, CredentialKind::GitLabAccess) | (Provider::GitLab, CredentialKind::Unrecognised) => gitlab_token(refusal),
        (_, CredentialKind::GitLabDeploy) => gitlab_deploy_token(refusal),
        (_, CredentialKind::GitLabJob) => gitlab_job(refusal),
        (_, CredentialKind::BitbucketAccess) => bitbucket_access(refusal),
        (_, CredentialKind::BitbucketApi | CredentialKind::BitbucketAppPassword)
        | (Provider::Bitbucket, CredentialKind::Unrecognised) => bitbucket_api(refusal),
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

type Advice = (String, Vec<Fix>);

fn fine_grained(refusal: &Refusal<'_>) -> Advice {
    let (repository, owner) = (refusal.repository, owner(refusal.repository));
    let cause = format!(
        "A fine-grained token needs one permission here, {}, and must have been given this very repository. One of \
         three is missing: {repository} is not among the repositories that the token was given; the permission \
         Contents is not set; or {owner} is an organisation, and the token is not its own or waits for its approval.",
        permission(refusal)
    );
    let tokens = page(refusal, "settings/personal-access-tokens");
    let fixes = vec![
        Fix::copy(format!("Open the token's page and add {repository} under “Repository access”"), tokens),
        Fix::read(format!(
            "On the same page, set the repository permission {}; {}",
            permission(refusal),
            nothing_else(refusal)
        )),
        Fix::copy(
            format!(
                "If {owner} is an organisation: check that it is the token's resource owner, and have one of its owners approve the token here"
            ),
            page(refusal, &format!("organizations/{owner}/settings/personal-access-token-requests")),
        ),
        new_fine_grained_token(refusal),
    ];
    (cause, fixes)
}

/// Only github.com fills the form from the address.
fn new_fine_grained_token(refusal: &Refusal<'_>) -> Fix {
    let repository = refusal.repository;
    let contents = if refusal.operation == Operation::Read { "read" } else { "write" };
    let filled = format!("?name=ebbtide&target_name={}&contents={contents}", owner(repository));
    let filled = if refusal.host == "github.com" { filled.as_str() } else { "" };
    Fix::copy(
        format!("Or make a new fine-grained token with {} on {repository} alone", permission(refusal)),
        page(refusal, &format!("settings/personal-access-tokens/new{filled}")),
    )
}

fn classic(refusal: &Refusal<'_>) -> Advice {
    let (repository, owner) = (refusal.repository, owner(refusal.repository));
    let cause = format!(
        "The account behind the token may not see {repository}, or the token may not act for it: it lacks the scope for \
         private repositories, or {owner} is an organisation that wants single sign-on or an approval for it. That scope \
         also allows writing to every repository of the account, which is more than is needed: a fine-grained token with \
         {} on this one repository is the better cure.",
        permission(refusal)
    );
    let mut fixes = vec![new_fine_grained_token(refusal)];
    fixes.push(Fix::read(format!("Check that the account behind the token may open {repository} in a browser")));
    fixes.push(if refusal.credential == CredentialKind::GitHubOAuth {
        Fix::copy(
            format!("If {owner} is an organisation: have one of its owners approve the application"),
            page(refusal, &format!("organizations/{owner}/settings/oauth_application_policy")),
        )
    } else {
        Fix::copy(
            format!("If {owner} is an organisation with single sign-on: press “Configure SSO” beside the token"),
            page(refusal, "settings/tokens"),
        )
    });
    (cause, fixes)
}

fn app(refusal: &Refusal<'_>) -> Advice {
    let (repository, owner) = (refusal.repository, owner(refusal.repository));
    let cause = format!(
        "A token of a GitHub App reaches only the repositories that its installation was given, with the permissions that \
         the owner accepted. Either {repository} is not among them, or the App lacks {}, or a newly asked permission was \
         not accepted yet. A token of GitHub Actions reaches the workflow's own repository alone.",
        permission(refusal)
    );
    let fixes = vec![
        Fix::copy(
            format!("Open the App's installation and add {repository} under “Repository access”"),
            page(refusal, &format!("organizations/{owner}/settings/installations")),
        ),
        Fix::read(format!(
            "Check that the App asks for {}, and that an owner of {owner} accepted it; {}",
            permission(refusal),
            nothing_else(refusal)
        )),
        Fix::copy(
            format!("If {owner} is a person and not an organisation, the installation is here"),
            page(refusal, "settings/installations"),
        ),
    ];
    (cause, fixes)
}

fn gitlab_token(refusal: &Refusal<'_>) -> Advice {
    let repository = refusal.repository;
    let (scope, role) = match refusal.operation {
        Operation::Read => ("read_repository", "Reporter"),
        Operation::Push => ("write_repository", "Developer"),
    };
    let cause = format!(
        "The token lacks the scope {scope}, has expired, or its owner has less than the {role} role in {repository}. The \
         token of a project or group reaches only what is inside it."
    );
    let fixes = vec![
        Fix::copy(
            format!(
                "Make a project access token with the scope {scope} and the role {role}; it reaches this project alone"
            ),
            page(refusal, &format!("{repository}/-/settings/access_tokens")),
        ),
        Fix::copy(
            format!("Or make a personal token with the scope {scope}; {}", nothing_else(refusal)),
            page(refusal, &format!("-/user_settings/personal_access_tokens?name=ebbtide&scopes={scope}")),
        ),
        Fix::copy(
            format!("Check that the token's owner is a member with the {role} role or higher"),
            page(refusal, &format!("{repository}/-/project_members")),
        ),
    ];
    (cause, fixes)
}

fn gitlab_deploy_token(refusal: &Refusal<'_>) -> Advice {
    if refusal.operation == Operation::Push {
        let (_, fixes) = gitlab_token(refusal);
        return ("A deploy token can read a repository and never push to it.".to_owned(), fixes);
    }
    let repository = refusal.repository;
    let cause = format!(
        "The deploy token lacks the scope read_repository, has expired, or belongs to another project or group than \
         {repository}. It also goes only with a username of its own, such as gitlab+deploy-token-12."
    );
    let fixes = vec![
        Fix::copy(
            "Check the token's scopes and last day under “Deploy tokens”",
            page(refusal, &format!("{repository}/-/settings/repository")),
        ),
        Fix::copy(
            "Or make a project access token with the scope read_repository and the role Reporter; it needs no username of its own",
            page(refusal, &format!("{repository}/-/settings/access_tokens")),
        ),
    ];
    (cause, fixes)
}

fn gitlab_job(refusal: &Refusal<'_>) -> Advice {
    let repository = refusal.repository;
    let cause = format!(
        "The token of a CI job lives as long as the job and reaches other projects only where they allow it. {repository} \
         does not list the job's project, or the job is over."
    );
    let mut fixes = vec![Fix::copy(
        "Add the job's project to the job token allowlist",
        page(refusal, &format!("{repository}/-/settings/ci_cd#js-token-access")),
    )];
    let (_, more) = gitlab_token(refusal);
    fixes.extend(more.into_iter().take(1));
    (cause, fixes)
}

fn bitbucket_api(refusal: &Refusal<'_>) -> Advice {
    let cause = match refusal.credential {
        CredentialKind::BitbucketAppPassword => {
            "App passwords stopped working in June 2026; an API token or an access token takes their place.".to_owned()
        }
        _ => format!(
            "The token lacks the scope {}, has expired, or its owner has no access to {}.",
            permission(refusal),
            refusal.repository
        ),
    };
    let access = if refusal.operation == Operation::Read { "Repositories: Read" } else { "Repositories: Write" };
    let fixes = vec![
        Fix::copy(
            format!(
                "Make an access token of this repository with {access}; it belongs to no person and reaches nothing else"
            ),
            page(refusal, &format!("{}/admin/access-tokens", refusal.repository)),
        ),
        Fix::copy(
            format!("Or make an API token with the scope {}; {}", permission(refusal), nothing_else(refusal)),
            "https://id.atlassian.com/manage-profile/security/api-tokens",
        ),
        Fix::read(format!("Check that the token's owner may open {} in a browser", refusal.repository)),
    ];
    (cause, fixes)
}

fn bitbucket_access(refusal: &Refusal<'_>) -> Advice {
    let cause = format!(
        "The access token lacks {}, has expired, or belongs to another repository, project or workspace than {}.",
        permission(refusal),
        refusal.repository
    );
    let fixes = vec![Fix::copy(
        format!("Make an access token of this repository with {}; {}", permission(refusal), nothing_else(refusal)),
        page(refusal, &format!("{}/admin/access-tokens", refusal.repository)),
    )];
    (cause, fixes)
}

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
        Provider::GitHub => (String::new(), vec![new_fine_grained_token(refusal)]),
        Provider::GitLab => gitlab_token(refusal),
        Provider::Bitbucket => bitbucket_api(refusal),
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

fn repository_path(repository: &str) -> &str {
    let path = repository.trim_matches('/');
    path.strip_suffix(".git").unwrap_or(path)
}

fn owner(repository: &str) -> &str {
    repository.split('/').next().unwrap_or(repository)
}
