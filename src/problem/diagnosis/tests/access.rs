//! Every host, kind of credential and operation, and what must and must not be advised.

use crate::problem::diagnosis::{CredentialKind, Diagnosis, Operation, Provider, Refusal, access_not_granted};
use crate::problem::{Action, Grade};

const NOT_GRANTED: &str = "remote: Write access to repository not granted.\nfatal: unable to access \
    'https://github.com/acme/shop.git/': The requested URL returned error: 403";

const KINDS: [CredentialKind; 13] = [
    CredentialKind::Anonymous,
    CredentialKind::SshKey,
    CredentialKind::GitHubClassic,
    CredentialKind::GitHubFineGrained,
    CredentialKind::GitHubApp,
    CredentialKind::GitHubOAuth,
    CredentialKind::GitLabAccess,
    CredentialKind::GitLabDeploy,
    CredentialKind::GitLabJob,
    CredentialKind::BitbucketApi,
    CredentialKind::BitbucketAccess,
    CredentialKind::BitbucketAppPassword,
    CredentialKind::Unrecognised,
];

fn host(provider: Provider) -> &'static str {
    match provider {
        Provider::GitHub => "github.com",
        Provider::GitLab => "gitlab.com",
        Provider::Bitbucket => "bitbucket.org",
        Provider::Other => "git.acme.example",
    }
}

fn refused(provider: Provider, credential: CredentialKind, operation: Operation) -> Diagnosis {
    access_not_granted(&Refusal {
        provider,
        host: host(provider),
        repository: "/acme/shop.git",
        connection: Some("acme"),
        credential,
        operation,
        raw: NOT_GRANTED,
    })
}

fn words(diagnosis: &Diagnosis) -> String {
    let mut words = diagnosis.cause.clone();
    for fix in &diagnosis.fixes {
        words.push('\n');
        words.push_str(&fix.title);
        if let Action::Copy { text } = &fix.action {
            words.push('\n');
            words.push_str(text);
        }
    }
    for evidence in &diagnosis.evidence {
        words.push('\n');
        words.push_str(&evidence.lines.join("\n"));
    }
    words
}

#[test]
fn every_host_and_credential_gets_its_own_advice() {
    use CredentialKind as Kind;
    use Operation::{Push, Read};
    use Provider::{Bitbucket, GitHub, GitLab, Other};
    let cases: &[(Provider, Kind, Operation, &[&str])] = &[
        (
            GitHub,
            Kind::GitHubFineGrained,
            Read,
            &[
                "Contents: Read-only",
                "acme/shop is not among the repositories",
                "waits for its approval",
                "https://github.com/settings/personal-access-tokens",
                "https://github.com/organizations/acme/settings/personal-access-token-requests",
                "?name=ebbtide&target_name=acme&contents=read",
                "a sync needs nothing else",
            ],
        ),
        (
            GitHub,
            Kind::GitHubFineGrained,
            Push,
            &["Contents: Read and write", "contents=write", "pushing needs nothing else"],
        ),
        (
            GitHub,
            Kind::GitHubClassic,
            Read,
            &["Contents: Read-only", "more than is needed", "Configure SSO", "settings/tokens"],
        ),
        (GitHub, Kind::GitHubOAuth, Read, &["approve the application", "oauth_application_policy"]),
        (
            GitHub,
            Kind::GitHubApp,
            Read,
            &["installation", "organizations/acme/settings/installations", "Contents: Read-only"],
        ),
        (GitHub, Kind::SshKey, Read, &["without write access", "https://github.com/acme/shop/settings/keys"]),
        (GitHub, Kind::SshKey, Push, &["may only read", "with write access"]),
        (GitHub, Kind::Anonymous, Read, &["names no Git connection", "contents=read"]),
        (GitHub, Kind::Unrecognised, Read, &["Contents: Read-only"]),
        (GitHub, Kind::GitLabAccess, Read, &["is on GitHub", "a GitLab access token", "git.acme"]),
        (
            GitLab,
            Kind::GitLabAccess,
            Read,
            &[
                "read_repository",
                "Reporter",
                "https://gitlab.com/acme/shop/-/settings/access_tokens",
                "scopes=read_repository",
            ],
        ),
        (GitLab, Kind::GitLabAccess, Push, &["write_repository", "Developer", "scopes=write_repository"]),
        (GitLab, Kind::GitLabDeploy, Read, &["gitlab+deploy-token-12", "/-/settings/repository"]),
        (GitLab, Kind::GitLabDeploy, Push, &["never push", "write_repository"]),
        (GitLab, Kind::GitLabJob, Read, &["job token allowlist", "ci_cd"]),
        (GitLab, Kind::Unrecognised, Read, &["read_repository"]),
        (GitLab, Kind::SshKey, Read, &["/-/settings/repository"]),
        (Bitbucket, Kind::BitbucketApi, Read, &["read:repository:bitbucket", "id.atlassian.com"]),
        (Bitbucket, Kind::BitbucketApi, Push, &["write:repository:bitbucket", "Repositories: Write"]),
        (
            Bitbucket,
            Kind::BitbucketAccess,
            Read,
            &["Repositories: Read", "https://bitbucket.org/acme/shop/admin/access-tokens"],
        ),
        (Bitbucket, Kind::BitbucketAppPassword, Read, &["stopped working", "read:repository:bitbucket"]),
        (Bitbucket, Kind::GitHubClassic, Read, &["is on Bitbucket", "a classic GitHub token"]),
        (Bitbucket, Kind::SshKey, Read, &["admin/access-keys"]),
        (Other, Kind::Unrecognised, Read, &["Ask the server's owner", "read acme/shop"]),
        (Other, Kind::SshKey, Read, &["Have the server's owner give the key access"]),
        (Other, Kind::GitHubFineGrained, Read, &["https://git.acme.example/settings/personal-access-tokens/new"]),
    ];
    for (provider, kind, operation, expected) in cases {
        let said = words(&refused(*provider, *kind, *operation));
        for part in *expected {
            assert!(said.contains(part), "{provider:?} {kind:?} {operation:?}: {part} is missing in\n{said}");
        }
    }
}

#[test]
fn reading_is_never_answered_with_a_right_to_write() {
    for provider in [Provider::GitHub, Provider::GitLab, Provider::Bitbucket, Provider::Other] {
        for kind in KINDS {
            let diagnosis = refused(provider, kind, Operation::Read);
            let said = words(&diagnosis);
            let too_much = [
                "Read and write",
                "contents=write",
                "write_repository",
                "write:repository",
                "Repositories: Write",
                "with write access",
                "Developer",
                "scopes=api",
                "repo scope",
            ];
            for part in too_much {
                assert!(!said.contains(part), "{provider:?} {kind:?} advises {part}:\n{said}");
            }
            assert!(!diagnosis.fixes.is_empty() && !diagnosis.cause.is_empty(), "{provider:?} {kind:?}");
            assert!(diagnosis.fixes.iter().all(|fix| fix.grade == Grade::Show), "{provider:?} {kind:?}");
            assert!(said.contains("writing is not asked for"));
        }
    }
}

#[test]
fn the_misleading_word_is_explained_where_it_was_said_and_nothing_was_pushed() {
    let read = refused(Provider::GitHub, CredentialKind::GitHubFineGrained, Operation::Read);
    assert!(read.cause.starts_with("The word “write” misleads"), "{}", read.cause);
    let push = refused(Provider::GitHub, CredentialKind::GitHubFineGrained, Operation::Push);
    assert!(!push.cause.contains("misleads"), "{}", push.cause);
}

#[test]
fn a_server_of_a_company_gets_its_own_pages() {
    let diagnosis = access_not_granted(&Refusal {
        provider: Provider::GitHub,
        host: "git.acme.example",
        repository: "acme/shop",
        connection: None,
        credential: CredentialKind::GitHubFineGrained,
        operation: Operation::Read,
        raw: NOT_GRANTED,
    });
    let said = words(&diagnosis);
    assert!(
        !said.contains("github.com/") && said.contains("https://git.acme.example/settings/personal-access-tokens"),
        "{said}"
    );
    assert!(!said.contains("target_name"), "only github.com fills the form: {said}");
}

#[test]
fn pages_are_on_the_host_that_people_open() {
    let diagnosis = access_not_granted(&Refusal {
        provider: Provider::GitHub,
        host: "ssh.github.com",
        repository: "acme/shop.git",
        connection: None,
        credential: CredentialKind::SshKey,
        operation: Operation::Read,
        raw: "ERROR: Permission to acme/shop.git denied to jane.",
    });
    assert!(words(&diagnosis).contains("https://github.com/acme/shop/settings/keys"), "{diagnosis:?}");
}
