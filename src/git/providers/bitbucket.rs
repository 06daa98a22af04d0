//! Bitbucket Cloud (`repositories/{workspace}/{slug}`) and Data Center (`projects/{key}/repos/{slug}`), which
//! have little in common but their name.

use serde_json::Value;

use super::branch_restrictions;
use super::client::Answer;
use super::error::ApiError;
use super::facts::{Asking, CredentialFacts, Facts, RepositoryFacts, listed, not_offered, text};
use super::lists::{ListedRepository, Page};
use crate::problem::diagnosis::CredentialKind;

/// Says what a token of Bitbucket Cloud may do.
const SCOPES: &str = "x-oauth-scopes";

pub(super) async fn inspect(asking: &Asking<'_>) -> Facts {
    if is_data_center(asking) { data_center(asking).await } else { cloud(asking).await }
}

pub(super) fn is_data_center(asking: &Asking<'_>) -> bool {
    asking.request.api.contains("/rest/api/")
}

async fn cloud(asking: &Asking<'_>) -> Facts {
    let [workspace, slug] = asking.repository()[..] else {
        let error = not_offered("a repository on Bitbucket is written WORKSPACE/NAME");
        return Facts { credential: Err(error.clone()), repository: Err(error) };
    };
    match asking.get(&["repositories", workspace, slug], "").await {
        Ok(answer) => {
            // The account is told to those tokens only that may read it; the scopes come with every answer.
            let account = match asking.kind {
                CredentialKind::BitbucketAccess | CredentialKind::Anonymous => None,
                _ => asking.get(&["user"], "").await.ok().and_then(|answer| text(&answer.body, "/display_name")),
            };
            let scopes = listed(&answer, SCOPES);
            let writes = |scopes: &Vec<String>| {
                scopes.iter().any(|scope| scope.contains("repository:write") || scope.contains("write:repository"))
            };
            let repository = text(&answer.body, "/full_name").ok_or_else(|| asking.unexpected("full_name"));
            let is_protected = branch_restrictions::is_protected(asking, workspace, slug).await;
            let repository = repository.map(|name| RepositoryFacts {
                name,
                default_branch: text(&answer.body, "/mainbranch/name"),
                is_archived: false,
                can_write: scopes.as_ref().map(writes),
                is_protected,
            });
            Facts { credential: Ok(CredentialFacts { account, scopes, expires_at: None }), repository }
        }
        Err(error) => Facts { credential: Err(error.clone()), repository: Err(error) },
    }
}

async fn data_center(asking: &Asking<'_>) -> Facts {
    let parts = asking.repository();
    let [.., key, slug] = parts[..] else {
        let error = not_offered("a repository on Bitbucket Data Center is written KEY/NAME");
        return Facts { credential: Err(error.clone()), repository: Err(error) };
    };
    let repository = asking.get(&["projects", key, "repos", slug], "").await.and_then(|answer| {
        let slug = text(&answer.body, "/slug").ok_or_else(|| asking.unexpected("slug"))?;
        let key = text(&answer.body, "/project/key").unwrap_or_else(|| key.to_owned());
        let is_archived = answer.body["archived"] == true;
        Ok(RepositoryFacts {
            name: format!("{key}/{slug}"),
            default_branch: None,
            is_archived,
            can_write: None,
            is_protected: None,
        })
    });
    // Whom a token belongs to is told by no question that every token may ask.
    Facts { credential: Err(not_offered("Bitbucket Data Center does not tell what a token may do")), repository }
}

/// Most workspaces whose repositories are listed.
const MOST_WORKSPACES: usize = 50;

/// The first page of every list: Data Center has one list, the cloud one a workspace. Its list over all
/// workspaces is gone since April 2026 (changelog CHANGE-2770, CHANGE-3022).
pub(super) async fn first_pages(asking: &Asking<'_>) -> Result<Vec<Page>, ApiError> {
    if is_data_center(asking) {
        return Ok(vec![Page::first(&["repos"], "permission=REPO_READ&limit=100", 0)]);
    }
    let of = |workspace: &str| Page::first(&["repositories", workspace], "role=member&pagelen=100&sort=-updated_on", 1);
    // What was typed of an address names the workspace; tokens of a workspace or repository know no other.
    if let Some(workspace) = asking.repository().first().filter(|workspace| !workspace.is_empty()) {
        return Ok(vec![of(workspace)]);
    }
    if asking.kind == CredentialKind::BitbucketAccess {
        return Err(not_offered(
            "this token belongs to one repository or workspace: type the address as far as the workspace, \
             https://bitbucket.org/WORKSPACE",
        ));
    }
    let answer = asking.get(&["user", "workspaces"], "pagelen=100").await?;
    let items = answer.body["values"].as_array().ok_or_else(|| asking.unexpected("values"))?;
    let slug = |item: &Value| text(item, "/workspace/slug").or_else(|| text(item, "/slug"));
    let mut pages: Vec<Page> = items.iter().filter_map(slug).take(MOST_WORKSPACES).map(|slug| of(&slug)).collect();
    pages.reverse();
    Ok(pages)
}

/// The repositories of a page, and where the next one begins.
pub(super) fn read_page(
    asking: &Asking<'_>,
    answer: &Answer,
    number: u64,
) -> Result<(Vec<ListedRepository>, Option<u64>), ApiError> {
    let body = &answer.body;
    let items = body["values"].as_array().ok_or_else(|| asking.unexpected("values"))?;
    let next = if is_data_center(asking) {
        body["nextPageStart"].as_u64().filter(|_| body["isLastPage"] != true)
    } else {
        body["next"].is_string().then_some(number + 1)
    };
    Ok((items.iter().filter_map(with_https).collect(), next))
}

/// The address among `links.clone` that is no SSH.
fn with_https(item: &Value) -> Option<ListedRepository> {
    let links = item.pointer("/links/clone")?.as_array()?;
    let https = links.iter().find_map(|link| text(link, "/href").filter(|href| href.starts_with("http")))?;
    // Cloud writes the account's name into it.
    let address = match https.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_once('/')?;
            format!("{scheme}://{}/{path}", authority.rsplit('@').next().unwrap_or_default())
        }
        None => return None,
    };
    // Data Center's names are told apart by their project's key.
    let name = match (text(item, "/project/key"), text(item, "/slug"), text(item, "/full_name")) {
        (_, _, Some(name)) => name,
        (Some(key), Some(slug), None) => format!("{key}/{slug}"),
        _ => return None,
    };
    Some(ListedRepository { name, address, default_branch: text(item, "/mainbranch/name") })
}
