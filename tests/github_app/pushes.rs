//! Pushing with an App's token, which is asked for with the right to write and shown to Git as GitHub wants it.

use std::time::Duration;

use ebbtide::git::{
    AppRequest, Credential, FetchLimits, FetchProgress, FetchRequest, FileChange, Provider, PushRequest, Pushed,
    Remote, RemoteError, Trust, fetch, push,
};
use jiff::SignedDuration;
use serde_json::json;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::support::{HttpGitServer, git, repositories};
use crate::tokens::Scene;

const LIMITS: FetchLimits = FetchLimits {
    connect: Duration::from_secs(90),
    stall: Duration::from_mins(1),
    total: Duration::from_mins(2),
    pack_bytes: 1 << 30,
};

#[tokio::test(flavor = "multi_thread")]
async fn an_apps_token_that_may_write_pushes() {
    let scene = Scene::new();
    let folder = tempfile::tempdir().unwrap();
    let repository = repositories::shop(&folder.path().join("served/acme"), true);
    repositories::allow_pushes(&repository);
    let server = HttpGitServer::start(&folder.path().join("served"));
    scene.double.change(|situation| {
        situation.permissions = [("contents", "write"), ("metadata", "read")]
            .map(|(name, level)| (name.to_owned(), level.to_owned()))
            .to_vec();
    });
    let request = AppRequest { write: true, ..scene.request() };
    let given = scene.token_for(&request, SignedDuration::ZERO).await.unwrap();
    let asked = &scene.double.exchanges()[1].asked;
    assert_eq!(asked["permissions"], json!({ "contents": "write", "metadata": "read" }));
    server.require("x-access-token", given.token.expose());
    let remote = Remote::Http { url: server.url("acme/shop") };
    let credential = Credential::Token { provider: Some(Provider::GitHub), token: given.token };
    let fetched = FetchRequest {
        remote: remote.clone(),
        credential: credential.clone(),
        branch: "main".to_owned(),
        any_revision: false,
        folder: "transform".to_owned(),
        expected: None,
        cache: folder.path().join("cache/shop.git"),
        trust: Trust::default(),
        limits: LIMITS,
    };
    let cache = fetched.cache.clone();
    let (progress, _) = watch::channel(FetchProgress::START);
    let base = fetch(fetched, progress, CancellationToken::new()).await.unwrap().commit.id;
    let change =
        FileChange::Write { path: "transform/ebb.toml".to_owned(), bytes: b"[git]\n".to_vec(), executable: false };
    let wanted = PushRequest {
        remote,
        credential,
        branch: "main".to_owned(),
        base: Some(base.clone()),
        changes: vec![change],
        message: "Change the settings".to_owned(),
        author: "Ada".to_owned(),
        email: "ada@acme.example".to_owned(),
        at: "2026-01-06T09:00:00Z".parse().unwrap(),
        cache,
        trust: Trust::default(),
        limits: LIMITS,
    };
    let run =
        async |wanted: PushRequest| -> Result<Pushed, RemoteError> { push(wanted, CancellationToken::new()).await };
    server.require("x-access-token", "another");
    let refused = run(wanted.clone()).await.unwrap_err();
    assert!(matches!(refused, RemoteError::Refused { status: Some(401), .. }), "{refused:?}");
    assert_eq!(git(&repository, &["rev-parse", "main"]), base);
    server.require("x-access-token", "ghs_double1");
    let pushed = run(wanted).await.unwrap();
    assert_eq!(git(&repository, &["rev-parse", "main"]), pushed.commit.id);
    assert_eq!(git(&repository, &["show", "main:transform/ebb.toml"]), "[git]");
}
