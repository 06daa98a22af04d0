//! What GitHub's kinds of tokens lack when they are refused, and where to give it.

use super::super::super::fix::Fix;
use super::super::credential::CredentialKind;
use super::{Advice, Operation, Refusal, nothing_else, owner, page, permission};

pub(super) fn fine_grained(refusal: &Refusal<'_>) -> Advice {
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
pub(super) fn new_fine_grained_token(refusal: &Refusal<'_>) -> Fix {
    let repository = refusal.repository;
    let contents = if refusal.operation == Operation::Read { "read" } else { "write" };
    let filled = format!("?name=ebbtide&target_name={}&contents={contents}", owner(repository));
    let filled = if refusal.host == "github.com" { filled.as_str() } else { "" };
    Fix::copy(
        format!("Or make a new fine-grained token with {} on {repository} alone", permission(refusal)),
        page(refusal, &format!("settings/personal-access-tokens/new{filled}")),
    )
}

pub(super) fn classic(refusal: &Refusal<'_>) -> Advice {
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

pub(super) fn app(refusal: &Refusal<'_>) -> Advice {
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
