//! GitLab and self-managed GitLab: `personal_access_tokens/self`, which also answers for tokens of projects
//! and groups, and `projects/…`.

use serde_json::Value;

use super::client::Answer;
use super::error::ApiError;
use super::facts::{Asking, CredentialFacts, Facts, RepositoryFacts, not_offered, text, time};
use super::lists::{ListedRepository, Page};
use crate::problem::diagnosis::CredentialKind;

/// The least role that may push: Developer.
const DEVELOPER: u64 = 30;

pub(super) async fn inspect(asking: &Asking<'_>) -> Facts {
    let credential = match asking.kind {
        CredentialKind::GitLabDeploy | CredentialKind::GitLabJob => {
            let error = not_offered("GitLab's API tells nothing of deploy tokens and of CI jobs' tokens");
            return Facts { credential: Err(error.clone()), repository: Err(error) };
        }
        CredentialKind::Anonymous => Ok(CredentialFacts::default()),
        _ => asking.get(&["personal_access_tokens", "self"], "").await.map(|answer| credential(&answer.body)),
    };
    // The whole path is one segment, its slashes escaped.
    let answer = asking.get(&["projects", &asking.request.repository], "").await;
    let mut repository = match answer {
        // A token for Git alone may not ask the API; that it works with Git is found out by Git.
        Err(error) if lacks_scope(&error) => {
            Err(not_offered("the token may not ask GitLab's API about the project, which needs read_api"))
        }
        answer => answer.and_then(|answer| repository(asking, &answer.body)),
    };
    if let Ok(facts) = &mut repository {
        let path = ["projects", &asking.request.repository, "repository", "branches", &asking.request.branch];
        facts.is_protected = asking.is_protected(&path).await;
    }
    Facts { credential, repository }
}

fn lacks_scope(error: &ApiError) -> bool {
    let ApiError::Refused { status: 403, raw, .. } = error else { return false };
    raw.contains("scope") || raw.contains("higher privileges than provided by the access token")
}

fn credential(body: &Value) -> CredentialFacts {
    let scopes = body["scopes"].as_array();
    CredentialFacts {
        account: text(body, "/name"),
        scopes: scopes.map(|scopes| scopes.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
        expires_at: text(body, "/expires_at").as_deref().and_then(time),
    }
}

fn repository(asking: &Asking<'_>, body: &Value) -> Result<RepositoryFacts, ApiError> {
    let level = |place: &str| body.pointer(&format!("/permissions/{place}/access_level")).and_then(Value::as_u64);
    let highest = level("project_access").max(level("group_access"));
    Ok(RepositoryFacts {
        name: text(body, "/path_with_namespace").ok_or_else(|| asking.unexpected("path_with_namespace"))?,
        default_branch: text(body, "/default_branch"),
        is_archived: body["archived"] == true,
        can_write: highest.map(|level| level >= DEVELOPER),
        is_protected: None,
    })
}

pub(super) fn first_page() -> Page {
    Page::first(&["projects"], "membership=true&archived=false&simple=true&per_page=100&order_by=last_activity_at", 1)
}

/// The projects of a page, and the number of the next one, which GitLab names in a header.
pub(super) fn read_page(
    asking: &Asking<'_>,
    answer: &Answer,
) -> Result<(Vec<ListedRepository>, Option<u64>), ApiError> {
    let items = answer.body.as_array().ok_or_else(|| asking.unexpected("the list of projects"))?;
    let listed = |item| ListedRepository::of(item, "/path_with_namespace", "/http_url_to_repo", "/default_branch");
    Ok((items.iter().filter_map(listed).collect(), answer.header("x-next-page").parse().ok()))
}

/// A token for Git alone may not ask for a list.
pub(super) fn explained(error: ApiError) -> ApiError {
    if !lacks_scope(&error) {
        return error;
    }
    not_offered("the token may not ask GitLab's API for a list, which needs the scope read_api: type the address")
}
