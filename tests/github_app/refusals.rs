//! What GitHub refuses, and what becomes of it.

use ebbtide::git::{ApiError, AppRequest};
use ebbtide::workspace::Secret;
use jiff::SignedDuration;
use serde_json::json;

use crate::double::{APP, INSTALLATION, now};
use crate::keys::AppKey;
use crate::tokens::Scene;

/// The double itself: without its refusals the other tests would prove nothing.
#[tokio::test(flavor = "multi_thread")]
async fn the_double_refuses_what_github_refuses() {
    let scene = Scene::new();
    let at = now().as_second();
    let good = json!({ "iat": at - 60, "exp": at + 540, "iss": APP.to_string() });
    let with = |name: &str, value: serde_json::Value| {
        let mut claims = good.clone();
        claims[name] = value;
        scene.key.signed(&claims)
    };
    let cut = scene.key.signed(&good);
    for (token, status, words) in [
        (scene.key.signed(&good), 201, ""),
        (AppKey::new().signed(&good), 401, "could not be decoded"),
        (cut[..cut.len() - 4].to_owned(), 401, "could not be decoded"),
        ("ghs_double1".to_owned(), 401, "could not be decoded"),
        (String::new(), 401, "could not be decoded"),
        (with("exp", json!(at - 1)), 401, "('exp') must be"),
        (with("exp", json!(at + 601)), 401, "too far in the future"),
        (with("iat", json!(at + 30)), 401, "('iat')"),
        (with("iss", json!("1")), 404, "Integration not found"),
        (with("aud", json!("https://ghe.acme.example")), 401, "could not be decoded"),
    ] {
        let url = format!("{}/app/installations/{INSTALLATION}/access_tokens", scene.double.api());
        let answer = reqwest::Client::new().post(url).bearer_auth(&token).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{words}");
        assert!(answer.text().await.unwrap().contains(words), "{words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_apps_key_is_refused_in_githubs_words() {
    let scene = Scene::new();
    let mut request = scene.request();
    request.app.private_key = Secret::new(AppKey::new().pem());
    let error = scene.token_for(&request, SignedDuration::ZERO).await.unwrap_err();
    let ApiError::Refused { status: 401, raw, .. } = &error else { panic!("{error:?}") };
    assert_eq!(raw, "401 A JSON web token could not be decoded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_is_mended_by_the_servers() {
    for hours in [-3, 3] {
        let scene = Scene::new();
        scene.token_for(&scene.request(), SignedDuration::from_hours(hours)).await.unwrap();
        assert_eq!(scene.double.exchanges().iter().filter(|exchange| exchange.status == 401).count(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_that_cannot_be_mended_is_told_of() {
    let scene = Scene::new();
    let later = SignedDuration::from_hours(1);
    scene.double.change(|situation| situation.date = now() + later);
    let error = scene.token_for(&scene.request(), later).await.unwrap_err();
    assert!(error.raw().contains("'Expiration time' claim") || error.raw().contains("'Issued at' claim"), "{error:?}");
    assert_eq!(scene.double.exchanges().len(), 1, "the same time again would be refused again");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_is_told_apart() {
    let scene = Scene::new();
    scene.double.change(|situation| situation.suspended = true);
    assert_eq!(scene.token().await.unwrap_err().raw(), "403 This installation has been suspended");
    scene.double.change(|situation| situation.suspended = false);
    let elsewhere = AppRequest { repository: "acme/none".to_owned(), ..scene.request() };
    let error = scene.token_for(&elsewhere, SignedDuration::ZERO).await.unwrap_err();
    assert!(matches!(error, ApiError::NotInstalled { .. }), "{error:?}");
    let mut given = elsewhere.clone();
    given.app.installation = Some(INSTALLATION);
    let error = scene.token_for(&given, SignedDuration::ZERO).await.unwrap_err();
    assert!(matches!(error, ApiError::NotIncluded { .. }), "{error:?}");
    given.app.installation = Some(INSTALLATION + 1);
    let error = scene.token_for(&given, SignedDuration::ZERO).await.unwrap_err();
    assert!(matches!(error, ApiError::NotInstalled { .. }), "{error:?}");
    let error =
        scene.token_for(&AppRequest { write: true, ..scene.request() }, SignedDuration::ZERO).await.unwrap_err();
    assert!(
        matches!(&error, ApiError::PermissionMissing { permission, .. } if permission == "Contents: write"),
        "{error:?}"
    );
    let mut other = scene.request();
    other.app.id = 1;
    let error = scene.token_for(&other, SignedDuration::ZERO).await.unwrap_err();
    assert!(error.raw().contains("Not Found") || error.raw().contains("Integration not found"), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_not_kept() {
    let scene = Scene::new();
    scene.double.change(|situation| situation.suspended = true);
    scene.token().await.unwrap_err();
    scene.double.change(|situation| situation.suspended = false);
    scene.token().await.unwrap();
}
