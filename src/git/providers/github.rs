//! GitHub and GitHub Enterprise Server: `user`, `repos/{owner}/{repo}`, and lists of repositories.

use serde_json::Value;

use super::client::Answer;
use super::error::ApiError;
use super::facts::{Asking, CredentialFacts, Facts, RepositoryFacts, listed, text, time};
use super::lists::{ListedRepository, Page};
use crate::problem::diagnosis::CredentialKind;

/// Says until when a personal token holds.
const EXPIRY: &str = "github-authentication-token-expiration";
/// Says what a classic token may do.
const SCOPES: &str = "x-oauth-scopes";

pub(super) async fn inspect(asking: &Asking<'_>) -> Facts {
    let credential = match asking.kind {
        // An installation is no user.
        CredentialKind::GitHubApp | CredentialKind::Anonymous => Ok(CredentialFacts::default()),
        _ => asking.get(&["user"], "").await.map(|answer| credential(&answer)),
    };
    let repository = match asking.repository().as_slice() {
        [owner, name] => {
            let answer = asking.get(&["repos", owner, name], "").await;
            let mut found = answer.and_then(|answer| repository(asking, &answer.body));
            if let Ok(facts) = &mut found {
                facts.is_protected =
                    asking.is_protected(&["repos", owner, name, "branches", &asking.request.branch]).await;
            }
            found
        }
        _ => Err(super::facts::not_offered("a repository on GitHub is written OWNER/NAME")),
    };
    Facts { credential, repository }
}

fn credential(answer: &Answer) -> CredentialFacts {
    CredentialFacts {
        account: text(&answer.body, "/login"),
        scopes: listed(answer, SCOPES),
        expires_at: time(answer.header(EXPIRY)),
    }
}

fn repository(asking: &Asking<'_>, body: &Value) -> Result<RepositoryFacts, ApiError> {
    Ok(RepositoryFacts {
        name: text(body, "/full_name").ok_or_else(|| asking.unexpected("full_name"))?,
        default_branch: text(body, "/default_branch"),
        is_archived: body["archived"] == true,
        can_write: body.pointer("/permissions/push").and_then(Value::as_bool),
        is_protected: None,
    })
}

pub(super) fn first_page(asking: &Asking<'_>) -> Page {
    match asking.kind {
        CredentialKind::GitHubApp => Page::first(&["installation", "repositories"], "per_page=100", 1),
        _ => Page::first(&["user", "repos"], "per_page=100&sort=pushed", 1),
    }
}

/// The repositories of a page, and the number of the next one.
pub(super) fn read_page(
    asking: &Asking<'_>,
    answer: &Answer,
    number: u64,
) -> Result<(Vec<ListedRepository>, Option<u64>), ApiError> {
    let items = answer.body.get("repositories").unwrap_or(&answer.body);
    let items = items.as_array().ok_or_else(|| asking.unexpected("the list of repositories"))?;
    let listed = |item| ListedRepository::of(item, "/full_name", "/clone_url", "/default_branch");
    let goes_on = answer.header("link").contains("rel=\"next\"");
    Ok((items.iter().filter_map(listed).collect(), goes_on.then_some(number + 1)))
}
