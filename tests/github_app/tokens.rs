//! Tokens that are given, kept, renewed and narrowed.

use ebbtide::git::{ApiError, AppRequest, GitHubApp, HttpProviders, InstallationToken};
use ebbtide::workspace::Secret;
use jiff::SignedDuration;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::description::{complaints, description};
use crate::double::{APP, GitHubDouble, INSTALLATION, now};
use crate::keys::AppKey;

/// A GitHub and an App's key that it knows.
pub(crate) struct Scene {
    pub(crate) key: AppKey,
    pub(crate) double: GitHubDouble,
    pub(crate) providers: HttpProviders,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let key = AppKey::new();
        let double = GitHubDouble::start(key.public());
        Self { key, double, providers: HttpProviders::default() }
    }

    pub(crate) fn request(&self) -> AppRequest {
        let private_key = Secret::new(self.key.pem());
        let app = GitHubApp { api: self.double.api(), id: APP, installation: None, private_key };
        AppRequest { app, repository: "acme/shop".to_owned(), write: false, authorities: None }
    }

    pub(crate) async fn token(&self) -> Result<InstallationToken, ApiError> {
        self.token_for(&self.request(), SignedDuration::ZERO).await
    }

    /// Asks this long after the scene's beginning.
    pub(crate) async fn token_for(
        &self,
        request: &AppRequest,
        later: SignedDuration,
    ) -> Result<InstallationToken, ApiError> {
        self.providers.installation_token(request, now() + later, &CancellationToken::new()).await
    }

    fn paths(&self) -> Vec<String> {
        self.double.exchanges().into_iter().map(|exchange| exchange.path).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_a_list_needs_no_repository_and_reads_none() {
    let scene = Scene::new();
    let request = AppRequest { repository: String::new(), ..scene.request() };
    let given = scene.token_for(&request, SignedDuration::ZERO).await.unwrap();
    assert_eq!(given.permissions, [("metadata".to_owned(), "read".to_owned())]);
    let exchanges = scene.double.exchanges();
    assert_eq!(exchanges[0].path, "/app/installations");
    if let Some(description) = description("a_token_for_a_list_needs_no_repository_and_reads_none") {
        let found: Vec<String> = exchanges.iter().flat_map(|one| complaints(&description, one)).collect();
        assert!(found.is_empty(), "{found:#?}");
    }
    scene.double.change(|situation| situation.more_installations = 1);
    scene.providers.forget(APP, "");
    let error = scene.token_for(&request, SignedDuration::ZERO).await.unwrap_err();
    assert!(matches!(&error, ApiError::NotOffered { reason } if reason.contains("2 installations")), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_installation_is_looked_up_and_its_token_narrowed() {
    let scene = Scene::new();
    let given = scene.token().await.unwrap();
    assert_eq!((given.token.expose(), given.installation), ("ghs_double1", INSTALLATION));
    assert_eq!(given.expires_at, now() + SignedDuration::from_hours(1));
    let exchanges = scene.double.exchanges();
    let paths: Vec<&str> = exchanges.iter().map(|exchange| exchange.path.as_str()).collect();
    assert_eq!(paths, ["/repos/acme/shop/installation", "/app/installations/99/access_tokens"]);
    let narrowed = json!({ "repositories": ["shop"], "permissions": { "contents": "read", "metadata": "read" } });
    assert_eq!(exchanges[1].asked, narrowed);
    assert!(!format!("{given:?}").contains("ghs_double1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_exchange_is_as_github_describes_it() {
    let Some(description) = description("every_exchange_is_as_github_describes_it") else { return };
    let scene = Scene::new();
    scene.token().await.unwrap();
    let odd = AppRequest { repository: "acme/none".to_owned(), ..scene.request() };
    scene.token_for(&odd, SignedDuration::ZERO).await.unwrap_err();
    scene.double.change(|situation| situation.suspended = true);
    scene.token_for(&AppRequest { write: true, ..scene.request() }, SignedDuration::ZERO).await.unwrap_err();
    let exchanges = scene.double.exchanges();
    assert_eq!(exchanges.iter().map(|exchange| exchange.status).collect::<Vec<_>>(), [200, 201, 404, 200, 403]);
    for exchange in exchanges {
        assert_eq!(complaints(&description, &exchange), Vec::<String>::new(), "{exchange:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_that_is_given_is_not_looked_up() {
    let scene = Scene::new();
    let mut request = scene.request();
    request.app.installation = Some(INSTALLATION);
    scene.token_for(&request, SignedDuration::ZERO).await.unwrap();
    assert_eq!(scene.paths(), ["/app/installations/99/access_tokens"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_kept_until_five_minutes_before_its_end() {
    let scene = Scene::new();
    for (minutes, expected) in [(0, "ghs_double1"), (30, "ghs_double1"), (54, "ghs_double1"), (56, "ghs_double2")] {
        let later = SignedDuration::from_mins(minutes);
        scene.double.change(|situation| situation.now = now() + later);
        let given = scene.token_for(&scene.request(), later).await.unwrap();
        assert_eq!(given.token.expose(), expected, "after {minutes} min");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn repositories_and_permissions_have_tokens_of_their_own() {
    let scene = Scene::new();
    scene.double.change(|situation| situation.permissions[0].1 = "write".to_owned());
    let support = AppRequest { repository: "acme/support".to_owned(), ..scene.request() };
    let writing = AppRequest { write: true, ..scene.request() };
    let mut given = Vec::new();
    for request in [&scene.request(), &support, &writing, &support, &writing] {
        given.push(scene.token_for(request, SignedDuration::ZERO).await.unwrap().token.expose().to_owned());
    }
    assert_eq!(given, ["ghs_double1", "ghs_double2", "ghs_double3", "ghs_double2", "ghs_double3"]);
    let contents: Vec<_> = scene
        .double
        .exchanges()
        .into_iter()
        .map(|exchange| exchange.asked["permissions"]["contents"].clone())
        .collect();
    assert_eq!(contents.iter().filter(|contents| **contents == json!("write")).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_not_taken_is_asked_for_anew() {
    let scene = Scene::new();
    scene.token().await.unwrap();
    scene.providers.forget(APP, "Acme/Shop");
    assert_eq!(scene.token().await.unwrap().token.expose(), "ghs_double2");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_read_in_every_form_that_they_come_in() {
    let scene = Scene::new();
    for pem in [
        scene.key.pem(),
        scene.key.pkcs8_pem(),
        scene.key.pem().replace('\n', "\\n"),
        scene.key.pem().replace('\n', "\r\n"),
    ] {
        let mut request = scene.request();
        request.app.private_key = Secret::new(pem);
        scene.providers.forget(APP, "acme/shop");
        scene.token_for(&request, SignedDuration::ZERO).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_in_trouble_is_asked_again() {
    let scene = Scene::new();
    scene.double.change(|situation| situation.trouble = vec![(502, json!({ "message": "Server Error" })); 2]);
    scene.token().await.unwrap();
    assert_eq!(scene.paths().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enterprise_server_has_its_api_below_a_path() {
    let scene = Scene::new();
    let mut request = scene.request();
    request.app.api = format!("{}/api/v3/", scene.double.api());
    let error = scene.token_for(&request, SignedDuration::ZERO).await.unwrap_err();
    assert!(matches!(error, ApiError::NotInstalled { .. }), "{error:?}");
    assert_eq!(scene.paths(), ["/api/v3/repos/acme/shop/installation"]);
}
