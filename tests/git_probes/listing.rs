//! Lists to choose from: by each provider's API, and by `ebb git repositories`, `branches` and `projects`.

use ebbtide::git::{ApiError, HttpProviders, InspectRequest};
use ebbtide::problem::Provider;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::adding::{Place, told};
use crate::facts::request;
use crate::forge::Forge;
use crate::support::repositories::{SHOP, push};

/// All pages, by name and address.
async fn listed(request: &InspectRequest) -> Result<Vec<(String, String)>, ApiError> {
    let (providers, mut place, mut found) = (HttpProviders::default(), None, Vec::new());
    loop {
        let page = providers.repositories(request, place, &CancellationToken::new()).await?;
        found.extend(page.repositories.into_iter().map(|one| (one.name, one.address)));
        place = page.next;
        if place.is_none() {
            return Ok(found);
        }
    }
}

fn pair(name: &str, address: &str) -> (String, String) {
    (name.to_owned(), address.to_owned())
}

fn on_github(name: &str) -> Value {
    json!({ "full_name": name, "clone_url": format!("https://github.com/{name}.git"), "default_branch": "main" })
}

#[tokio::test(flavor = "multi_thread")]
async fn github_is_asked_page_by_page() {
    let forge = Forge::start();
    let next = [("link", "<https://api.github.com/user/repos?page=2>; rel=\"next\", <x>; rel=\"last\"")];
    forge.answers("/user/repos?per_page=100&sort=pushed&page=1", 200, &next, json!([on_github("acme/a"), {}]));
    forge.answers("/user/repos?per_page=100&sort=pushed&page=2", 200, &[], json!([on_github("acme/b")]));
    let found = listed(&request(&forge, Provider::GitHub, "", "ghp_x", "")).await.unwrap();
    assert_eq!(
        found,
        [pair("acme/a", "https://github.com/acme/a.git"), pair("acme/b", "https://github.com/acme/b.git")]
    );
    // An App's token sees what its installation has.
    let body = json!({ "total_count": 1, "repositories": [on_github("acme/shop")] });
    forge.answers("/installation/repositories?per_page=100&page=1", 200, &[], body);
    let found = listed(&request(&forge, Provider::GitHub, "", "ghs_x", "")).await.unwrap();
    assert_eq!(found, [pair("acme/shop", "https://github.com/acme/shop.git")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn gitlab_names_its_next_page_in_a_header() {
    let forge = Forge::start();
    let query = "/api/v4/projects?membership=true&archived=false&simple=true&per_page=100&order_by=last_activity_at";
    let project = |name: &str| json!([{ "path_with_namespace": name, "http_url_to_repo": format!("https://gitlab.com/{name}.git"), "default_branch": null }]);
    forge.answers(&format!("{query}&page=1"), 200, &[("x-next-page", "2")], project("acme/data/a"));
    forge.answers(&format!("{query}&page=2"), 200, &[("x-next-page", "")], project("acme/b"));
    let found = listed(&request(&forge, Provider::GitLab, "/api/v4", "glpat-x", "")).await.unwrap();
    assert_eq!(found.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["acme/data/a", "acme/b"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gitlab_token_for_git_alone_is_told_what_it_lacks() {
    let forge = Forge::start();
    let query = "/api/v4/projects?membership=true&archived=false&simple=true&per_page=100&order_by=last_activity_at";
    let refusal = json!({ "error": "insufficient_scope", "error_description": "The request requires higher privileges than provided by the access token." });
    forge.answers(&format!("{query}&page=1"), 403, &[], refusal);
    let error = listed(&request(&forge, Provider::GitLab, "/api/v4", "glpat-x", "")).await.unwrap_err();
    assert!(matches!(&error, ApiError::NotOffered { reason } if reason.contains("read_api")), "{error:?}");
}

fn on_bitbucket(name: &str) -> Value {
    let links = json!([{ "name": "https", "href": format!("https://jane@bitbucket.org/{name}.git") }, { "name": "ssh", "href": "git@bitbucket.org:x.git" }]);
    json!({ "full_name": name, "links": { "clone": links }, "mainbranch": { "name": "main" } })
}

#[tokio::test(flavor = "multi_thread")]
async fn bitbucket_is_asked_workspace_by_workspace() {
    let forge = Forge::start();
    // The list over all workspaces answers 410 since April 2026.
    let gone = json!({ "type": "error", "error": { "message": "CHANGE-2770 - Functionality has been deprecated" } });
    forge.answers("/2.0/repositories?role=member&pagelen=100&sort=-updated_on&page=1", 410, &[], gone);
    let workspaces = json!({ "values": [{ "workspace": { "slug": "acme" } }, { "workspace": { "slug": "other" } }] });
    forge.answers("/2.0/user/workspaces?pagelen=100", 200, &[], workspaces);
    let query = "role=member&pagelen=100&sort=-updated_on";
    let first = json!({ "values": [on_bitbucket("acme/a")], "next": "https://api.bitbucket.org/2.0/…?page=2" });
    forge.answers(&format!("/2.0/repositories/acme?{query}&page=1"), 200, &[], first);
    forge.answers(
        &format!("/2.0/repositories/acme?{query}&page=2"),
        200,
        &[],
        json!({ "values": [on_bitbucket("acme/b")] }),
    );
    forge.answers(
        &format!("/2.0/repositories/other?{query}&page=1"),
        200,
        &[],
        json!({ "values": [on_bitbucket("other/c")] }),
    );
    let account = InspectRequest {
        username: Some("jane@acme.example".to_owned()),
        ..request(&forge, Provider::Bitbucket, "/2.0", "ATATTx", "")
    };
    let found = listed(&account).await.unwrap();
    assert_eq!(found.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["acme/a", "acme/b", "other/c"]);
    assert_eq!(found[0].1, "https://bitbucket.org/acme/a.git", "without the account's name");
    // A token of a workspace may not ask for workspaces: the address says which one.
    let bare = request(&forge, Provider::Bitbucket, "/2.0", "ATCTTx", "");
    assert!(matches!(listed(&bare).await, Err(ApiError::NotOffered { reason }) if reason.contains("WORKSPACE")));
    let of_workspace = request(&forge, Provider::Bitbucket, "/2.0", "ATCTTx", "other");
    assert_eq!(listed(&of_workspace).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn bitbucket_data_center_counts_items() {
    let forge = Forge::start();
    let shop = |slug: &str| {
        let links = json!([{ "name": "http", "href": format!("https://bb.acme.example/scm/data/{slug}.git") }]);
        json!({ "slug": slug, "project": { "key": "DATA" }, "links": { "clone": links } })
    };
    let query = "/rest/api/1.0/repos?permission=REPO_READ&limit=100";
    let first = json!({ "values": [shop("a")], "isLastPage": false, "nextPageStart": 100 });
    forge.answers(&format!("{query}&start=0"), 200, &[], first);
    forge.answers(
        &format!("{query}&start=100"),
        200,
        &[],
        json!({ "values": [shop("b")], "isLastPage": true, "nextPageStart": null }),
    );
    let found = listed(&request(&forge, Provider::Bitbucket, "/rest/api/1.0", "BBDC-x", "")).await.unwrap();
    assert_eq!(found[1], pair("DATA/b", "https://bb.acme.example/scm/data/b.git"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_leads_back_to_itself_ends() {
    let forge = Forge::start();
    let body = json!({ "values": [], "isLastPage": false, "nextPageStart": 0 });
    forge.answers("/rest/api/1.0/repos?permission=REPO_READ&limit=100&start=0", 200, &[], body);
    let found = listed(&request(&forge, Provider::Bitbucket, "/rest/api/1.0", "BBDC-x", "")).await.unwrap();
    assert!(found.is_empty() && forge.seen().len() == 1);
}

#[test]
fn repositories_of_a_connection_are_listed() {
    let (place, forge) = (Place::new(), Forge::start());
    forge.answers("/user/repos?per_page=100&sort=pushed&page=1", 200, &[], json!([on_github("acme/shop")]));
    let settings = format!(
        "[git.acme]\nprovider = \"github\"\napi = \"{}\"\nauth = {{ token = {{ file = \"{}\" }} }}\n",
        forge.api(""),
        place.secret("token", "ghp_x").display()
    );
    place.write(&settings);
    let output = place.git(&["repositories", "acme"], "");
    assert!(output.status.success(), "{}", told(&output));
    assert!(told(&output).contains("acme/shop") && told(&output).contains("https://github.com/acme/shop.git"));
    assert_eq!(forge.seen()[0].1, "Bearer ghp_x");
    let output = place.git(&["repositories", "acme", "--json"], "");
    assert!(told(&output).contains(r#""default_branch":"main""#), "{}", told(&output));
}

#[test]
fn what_came_before_a_page_that_fails_is_kept() {
    let (place, forge) = (Place::new(), Forge::start());
    let next = [("link", "<https://api.github.com/user/repos?page=2>; rel=\"next\"")];
    forge.answers("/user/repos?per_page=100&sort=pushed&page=1", 200, &next, json!([on_github("acme/shop")]));
    let refusal = json!({ "message": "You have exceeded a secondary rate limit." });
    forge.answers("/user/repos?per_page=100&sort=pushed&page=2", 403, &[], refusal);
    let token = place.secret("token", "ghp_x").display().to_string();
    place.write(&format!(
        "[git.acme]\nprovider = \"github\"\napi = \"{}\"\nauth = {{ token = {{ file = \"{token}\" }} }}\n",
        forge.api("")
    ));
    for (arguments, said) in
        [(&["repositories", "acme"][..], "the rest did not come"), (&["repositories", "acme", "--json"], "\"problem\"")]
    {
        let output = place.git(arguments, "");
        assert_eq!(output.status.code(), Some(1), "{}", told(&output));
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(printed.contains("acme/shop"), "{}", told(&output));
        assert!(told(&output).contains(said) && told(&output).contains("rate limit"), "{output:?}");
    }
}

#[test]
fn what_has_no_list_says_why() {
    let place = Place::new();
    for (arguments, why) in [
        (&["repositories", "https://github.com", "--ssh-agent"][..], "an SSH key opens no list"),
        (&["repositories", "https://github.com"], "without a credential"),
        (&["repositories", "--token-env", "PATH"], "which provider"),
        (&["repositories", "https://git.acme.example", "--token-env", "PATH"], "no API that ebb knows"),
    ] {
        let output = place.git(arguments, "");
        assert_eq!(output.status.code(), Some(1), "{}", told(&output));
        let text = told(&output).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(why) && text.contains("GIT-LIST-NOT-OFFERED"), "{text}");
    }
}

#[test]
fn branches_and_projects_of_a_repository_are_listed() {
    let place = Place::new();
    let more: Vec<(&str, &[u8])> =
        SHOP.iter().copied().chain([("other/dbt_project.yml", &b"name: other\n"[..])]).collect();
    push(&place.repository(), "next", &more);
    let url = place.url();
    let branches = place.git(&["branches", &url], "");
    assert!(branches.status.success(), "{}", told(&branches));
    let text = told(&branches);
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    assert_eq!(lines, ["main  the default one", "next"]);
    let projects = place.git(&["projects", &url, "--branch", "next", "--json"], "");
    let text = told(&projects);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [r#"{"project_path":"other/dbt_project.yml"}"#, r#"{"project_path":"transform/dbt_project.yml"}"#]
    );
}
