//! Bitbucket Cloud (`repositories/{workspace}/{slug}`) and Data Center (`projects/{key}/repos/{slug}`), which
//! have little in common but their name.

use serde_json::Value;

use super::error::ApiError;
use super::facts::{Asking, CredentialFacts, Facts, RepositoryFacts, listed, not_offered, text};
use super::lists::ListedRepository;
use crate::problem::diagnosis::CredentialKind;

/// Says what a token of Bitbucket Cloud may do.
const SCOPES: &str = "x-oauth-scopes";

pub(super) async fn inspect(asking: &Asking<'_>) -> Facts {
    if is_data_center(asking) { data_center(asking).await } else { cloud(asking).await }
}

fn is_data_center(asking: &Asking<'_>) -> bool {
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
            let repository = repository.map(|name| RepositoryFacts {
                name,
                default_branch: text(&answer.body, "/mainbranch/name"),
                is_archived: false,
                can_write: scopes.as_ref().map(writes),
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
        Ok(RepositoryFacts { name: format!("{key}/{slug}"), default_branch: None, is_archived, can_write: None })
    });
    // Whom a token belongs to is told by no question that every token may ask.
    Facts { credential: Err(not_offered("Bitbucket Data Center does not tell what a token may do")), repository }
}

pub(super) async fn repositories(asking: &Asking<'_>) -> Result<Vec<ListedRepository>, ApiError> {
    let path = if is_data_center(asking) { "repos" } else { "repositories" };
    let query = if is_data_center(asking) { "limit=100" } else { "role=member&pagelen=100&sort=-updated_on" };
    let answer = asking.get(&[path], query).await?;
    let items = answer.body["values"].as_array().ok_or_else(|| asking.unexpected("values"))?;
    let name = if is_data_center(asking) { "/slug" } else { "/full_name" };
    Ok(items.iter().filter_map(|item| with_https(item, name)).collect())
}

/// The address among `links.clone` that is no SSH.
fn with_https(item: &Value, name: &str) -> Option<ListedRepository> {
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
    Some(ListedRepository { name: text(item, name)?, address, default_branch: text(item, "/mainbranch/name") })
}
