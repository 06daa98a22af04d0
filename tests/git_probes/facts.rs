//! What each provider tells of a credential and a repository, asked the way it wants to be asked.

use ebbtide::git::{ApiError, Credential, Facts, HttpProviders, InspectRequest};
use ebbtide::problem::Provider;
use ebbtide::workspace::Secret;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::forge::Forge;

pub(crate) fn request(forge: &Forge, provider: Provider, below: &str, token: &str, repository: &str) -> InspectRequest {
    InspectRequest {
        provider,
        api: forge.api(below),
        credential: Credential::Token { provider: Some(provider), token: Secret::new(token) },
        username: None,
        repository: repository.to_owned(),
        branch: String::new(),
        authorities: None,
    }
}

async fn inspected(request: &InspectRequest) -> Facts {
    HttpProviders::default().inspect(request, &CancellationToken::new()).await
}

fn scopes(facts: &Facts) -> Vec<String> {
    facts.credential.as_ref().unwrap().scopes.clone().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn github_tells_scopes_and_end_in_headers() {
    let forge = Forge::start();
    let headers =
        [("x-oauth-scopes", "repo, read:org"), ("github-authentication-token-expiration", "2026-12-01 12:00:00 UTC")];
    forge.answers("/user", 200, &headers, json!({ "login": "jane" }));
    let shop = json!({ "full_name": "acme/shop", "archived": true, "default_branch": "trunk", "permissions": { "push": false } });
    forge.answers("/repos/acme/shop", 200, &[], shop);
    let facts = inspected(&request(&forge, Provider::GitHub, "", "ghp_x", "acme/shop")).await;
    let credential = facts.credential.as_ref().unwrap();
    assert_eq!(
        (credential.account.as_deref(), scopes(&facts)),
        (Some("jane"), vec!["repo".to_owned(), "read:org".to_owned()])
    );
    assert_eq!(credential.expires_at, Some("2026-12-01T12:00:00Z".parse().unwrap()));
    let repository = facts.repository.unwrap();
    assert!(repository.is_archived && repository.can_write == Some(false));
    assert_eq!(repository.default_branch.as_deref(), Some("trunk"));
    assert!(forge.seen().iter().all(|(_, authorization)| authorization == "Bearer ghp_x"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_is_not_asked_who_it_is() {
    let forge = Forge::start();
    let error = inspected(&request(&forge, Provider::GitHub, "", "ghs_x", "acme/shop")).await.repository.unwrap_err();
    assert_eq!(error.raw(), "404 Not Found");
    assert_eq!(forge.seen().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn single_sign_on_leads_to_its_page() {
    let forge = Forge::start();
    let page = "required; url=https://github.com/orgs/acme/sso?authorization_request=A1";
    let body = json!({ "message": "Resource protected by organization SAML enforcement." });
    forge.answers("/repos/acme/shop", 403, &[("x-github-sso", page)], body);
    let error = inspected(&request(&forge, Provider::GitHub, "", "ghp_x", "acme/shop")).await.repository.unwrap_err();
    assert!(error.raw().ends_with("https://github.com/orgs/acme/sso?authorization_request=A1"), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn gitlab_tells_of_the_token_itself() {
    let forge = Forge::start();
    let token = json!({ "name": "ebb", "scopes": ["read_repository", "read_api"], "expires_at": "2026-12-01" });
    forge.answers("/api/v4/personal_access_tokens/self", 200, &[], token);
    let project = json!({
        "path_with_namespace": "acme/data/shop", "default_branch": "main", "archived": false,
        "permissions": { "project_access": null, "group_access": { "access_level": 30 } },
    });
    forge.answers("/api/v4/projects/acme%2Fdata%2Fshop", 200, &[], project);
    let facts = inspected(&request(&forge, Provider::GitLab, "/api/v4", "glpat-x", "acme/data/shop")).await;
    assert_eq!(scopes(&facts), ["read_repository", "read_api"]);
    assert_eq!(facts.repository.unwrap().can_write, Some(true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gitlab_token_for_git_alone_is_no_failure() {
    let forge = Forge::start();
    let refused = json!({ "error": "insufficient_scope", "error_description": "The request requires higher privileges", "scope": "api read_api" });
    forge.answers("/api/v4/projects/acme%2Fshop", 403, &[], refused);
    let facts = inspected(&request(&forge, Provider::GitLab, "/api/v4", "glpat-x", "acme/shop")).await;
    assert!(facts.repository.is_err());
    forge.seen();
    let facts = inspected(&request(&forge, Provider::GitLab, "/api/v4", "gldt-x", "acme/shop")).await;
    assert!(matches!(facts.credential, Err(ApiError::NotOffered { .. })));
    assert!(forge.seen().is_empty(), "a deploy token is for Git alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn bitbucket_cloud_wants_an_address_beside_an_api_token() {
    let forge = Forge::start();
    let headers = [("x-oauth-scopes", "read:repository:bitbucket")];
    let shop = json!({ "full_name": "acme/shop", "mainbranch": { "name": "main" } });
    forge.answers("/2.0/repositories/acme/shop", 200, &headers, shop);
    let bare = request(&forge, Provider::Bitbucket, "/2.0", "ATATTx", "acme/shop");
    assert!(matches!(inspected(&bare).await.credential, Err(ApiError::NotOffered { .. })));
    assert!(forge.seen().is_empty());
    let named = InspectRequest { username: Some("jane@acme.example".to_owned()), ..bare };
    assert_eq!(scopes(&inspected(&named).await), ["read:repository:bitbucket"]);
    assert!(forge.seen()[0].1.starts_with("Basic "));
    let access = request(&forge, Provider::Bitbucket, "/2.0", "ATCTTx", "acme/shop");
    assert_eq!(inspected(&access).await.repository.unwrap().can_write, Some(false));
    assert_eq!(forge.seen(), [("/2.0/repositories/acme/shop".to_owned(), "Bearer ATCTTx".to_owned())]);
}

/// What Bitbucket Cloud tells of the branch `main`, with these restrictions.
async fn protection(restrictions: &[serde_json::Value], model: Option<serde_json::Value>) -> Option<bool> {
    let forge = Forge::start();
    forge.answers("/2.0/repositories/acme/shop", 200, &[], json!({ "full_name": "acme/shop" }));
    let path = "/2.0/repositories/acme/shop/branch-restrictions?kind=push&pagelen=100&page=";
    for (index, restriction) in restrictions.iter().enumerate() {
        let next = (index + 1 < restrictions.len()).then(|| format!("{path}{}", index + 2));
        forge.answers(&format!("{path}{}", index + 1), 200, &[], json!({ "values": [restriction], "next": next }));
    }
    if let Some(model) = model {
        forge.answers("/2.0/repositories/acme/shop/branching-model", 200, &[], model);
    }
    let asked = request(&forge, Provider::Bitbucket, "/2.0", "ATCTTx", "acme/shop");
    let facts = inspected(&InspectRequest { branch: "main".to_owned(), ..asked }).await;
    facts.repository.unwrap().is_protected
}

#[tokio::test(flavor = "multi_thread")]
async fn bitbucket_cloud_tells_who_may_push_in_branch_restrictions() {
    let glob = |kind: &str, pattern: &str| json!({ "kind": kind, "branch_match_kind": "glob", "pattern": pattern, "users": [] });
    assert_eq!(protection(&[glob("push", "release/*"), glob("push", "ma*")], None).await, Some(true), "on page two");
    assert_eq!(protection(&[glob("push", "release/*")], None).await, Some(false));
    assert_eq!(protection(&[glob("delete", "main")], None).await, Some(false), "pushing is not deleting");
    assert_eq!(protection(&[], None).await, None, "who may not ask is not told");
    let production = json!({ "kind": "push", "branch_match_kind": "branching_model", "branch_type": "production" });
    let model = |name: &str| Some(json!({ "production": { "branch": { "name": name } } }));
    let production = [production];
    assert_eq!(protection(&production, model("main")).await, Some(true));
    assert_eq!(protection(&production, model("live")).await, Some(false));
    assert_eq!(protection(&production, None).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn bitbucket_data_center_has_keys_and_slugs() {
    let forge = Forge::start();
    let shop = json!({ "slug": "shop", "project": { "key": "DATA" }, "archived": true });
    forge.answers("/rest/api/1.0/projects/DATA/repos/shop", 200, &[], shop);
    let facts = inspected(&request(&forge, Provider::Bitbucket, "/rest/api/1.0", "BBDC-x", "scm/DATA/shop")).await;
    let repository = facts.repository.unwrap();
    assert_eq!((repository.name.as_str(), repository.is_archived), ("DATA/shop", true));
}
