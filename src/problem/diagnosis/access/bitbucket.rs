//! What Bitbucket's kinds of tokens lack when they are refused, and where to give it.

use super::super::super::fix::Fix;
use super::super::credential::CredentialKind;
use super::{Advice, Operation, Refusal, nothing_else, page, permission};

pub(super) fn api_token(refusal: &Refusal<'_>) -> Advice {
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

pub(super) fn access_token(refusal: &Refusal<'_>) -> Advice {
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
