//! Servers that say no, or send elsewhere, or are not there; and what becomes of the token.

use ebbtide::git::{Credential, FetchRequest, Obstacle, Remote, RemoteError};
use ebbtide::workspace::Secret;

use ebbtide::problem::{Area, Catalogue};

use crate::scene::{Scene, run};
use crate::support::{Answer, HttpGitServer};

/// The code that a person is shown.
fn code(error: &RemoteError) -> String {
    let catalogue = Catalogue::builtin();
    let code = error.code().or_else(|| Some(catalogue.match_text(Area::Git, error.raw())?.code.clone()));
    code.map_or_else(|| format!("none for {error:?}"), |code| code.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_has_a_code_of_its_own() {
    let scene = Scene::new(true);
    for (status, said, expected) in [
        (
            401,
            "Invalid username or token. Password authentication is not supported for Git operations.",
            "GIT-GH-TOKEN-INVALID",
        ),
        (401, "", "GIT-AUTH-FAILED"),
        (403, "Write access to repository not granted.", "GIT-GH-NOT-GRANTED"),
        (
            403,
            "The `acme' organization has enabled or enforced SAML SSO. To access this repository, you must use the HTTPS remote with a personal access token.",
            "GIT-GH-SAML",
        ),
        (
            403,
            "Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.",
            "GIT-GH-IP-ALLOW-LIST",
        ),
        (403, "", "GIT-HTTP-403"),
        (404, "Repository not found.", "GIT-GH-NOT-FOUND"),
        (404, "", "GIT-NOT-FOUND"),
        (410, "CHANGE-3222 - Functionality has been deprecated", "GIT-BB-APP-PASSWORD-GONE"),
        (429, "", "GIT-RATE-LIMIT"),
        (502, "", "GIT-SERVER-5XX"),
    ] {
        scene.server.answer(Answer::Refuse(status, "text/plain", said));
        let error = run(FetchRequest { credential: token("hunter2"), ..scene.request() }).await.unwrap_err();
        assert_eq!(code(&error), expected, "{status} {said}: {error}");
        assert!(said.is_empty() || error.raw().contains(said), "the server's own words: {error}");
    }
    scene.server.answer(Answer::RedirectTo("/users/sign_in".to_owned()));
    assert_eq!(code(&scene.fetch().await.unwrap_err()), "GIT-REDIRECTED");
}

fn token(token: &str) -> Credential {
    Credential::Token { provider: None, token: Secret::new(token) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_gets_in() {
    let scene = Scene::new(true);
    scene.server.require("x-token-auth", "hunter2");
    let fetched = run(FetchRequest { credential: token("hunter2"), ..scene.request() }).await.unwrap();
    assert_eq!(scene.read(&fetched, "transform/models/orders.sql").unwrap(), "select 1 as id\n");
    assert!(scene.server.seen().iter().all(|seen| seen.authorization.is_some()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_with_a_password_gets_in() {
    let scene = Scene::new(true);
    scene.server.require("ada", "hunter2");
    let login = Credential::Login { user: "ada".to_owned(), password: Secret::new("hunter2") };
    run(FetchRequest { credential: login, ..scene.request() }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_tried_once_and_never_shown() {
    let scene = Scene::new(true);
    scene.server.require("x-token-auth", "hunter2");
    let error = run(FetchRequest { credential: token("hunter3"), ..scene.request() }).await.unwrap_err();
    let RemoteError::Refused { status: Some(401), raw } = &error else { panic!("{error:?}") };
    assert!(raw.starts_with("remote: HTTP Basic: Access denied."), "{raw}");
    assert!(raw.contains("fatal: Authentication failed for 'http://127.0.0.1"), "{raw}");
    assert!(!format!("{error:?} {error}").contains("hunter3"));
    assert_eq!(scene.server.seen().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_token_is_told_apart_from_a_wrong_one() {
    let scene = Scene::new(true);
    scene.server.require("x-token-auth", "hunter2");
    let error = scene.fetch().await.unwrap_err();
    assert!(error.raw().contains("could not read Username for 'http://127.0.0.1"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_the_server_repeats_is_taken_out() {
    let scene = Scene::new(true);
    scene.server.answer(Answer::Refuse(403, "text/plain", "token hunter2 (eC10b2tlbi1hdXRoOmh1bnRlcjI=) may not"));
    let error = run(FetchRequest { credential: token("hunter2"), ..scene.request() }).await.unwrap_err();
    assert!(error.raw().starts_with("remote: token … (…) may not\n"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_keep_the_servers_words() {
    let scene = Scene::new(true);
    for (status, said, expected) in [
        (403, "Write access to repository not granted.", "remote: Write access to repository not granted.\nfatal: "),
        (404, "Repository not found.", "remote: Repository not found.\nfatal: repository '"),
        (410, "CHANGE-3222 - Functionality has been deprecated", "remote: CHANGE-3222 - Func"),
        (429, "", "fatal: unable to access '"),
        (502, "", "fatal: unable to access '"),
    ] {
        scene.server.answer(Answer::Refuse(status, "text/plain; charset=utf-8", said));
        let error = scene.fetch().await.unwrap_err();
        let RemoteError::Refused { status: Some(got), raw } = &error else { panic!("{error:?}") };
        assert_eq!(*got, status);
        assert!(raw.starts_with(expected), "{raw}");
        assert!(status == 404 || raw.contains(&format!("returned error: {status}")), "{raw}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_page_is_no_repository() {
    let scene = Scene::new(true);
    scene.server.answer(Answer::Refuse(200, "text/html; charset=utf-8", "<html>Sign in</html>"));
    let error = scene.fetch().await.unwrap_err();
    assert!(error.raw().contains("invalid content-type: 'text/html"), "{error}");
    scene.server.answer(Answer::Refuse(500, "text/html", "<html>long page</html>"));
    assert!(!scene.fetch().await.unwrap_err().raw().contains("long page"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_no_protocol_is_refused() {
    let scene = Scene::new(true);
    let kind = "application/x-git-upload-pack-advertisement";
    for said in ["", "hello", "0000", "ffff", "0009abc\n", "0008ERR x", "000eversion 2\n"] {
        scene.server.answer(Answer::Refuse(200, kind, said));
        let error = scene.fetch().await.unwrap_err();
        let expected = matches!(error, RemoteError::Broken { .. } | RemoteError::Refused { .. } | RemoteError::Empty);
        assert!(expected, "{said:?}: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_to_another_place_leaves_the_token_behind() {
    let scene = Scene::new(true);
    scene.server.require("x-token-auth", "hunter2");
    let other = HttpGitServer::start(&scene.folder.path().join("served"));
    other.answer(Answer::Redirect(scene.server.url("shop")));
    let remote = Remote::Http { url: other.url("shop") };
    // Another port is another place: the token stays behind, and the server there asks for one.
    let error = run(FetchRequest { remote, credential: token("hunter2"), ..scene.request() }).await.unwrap_err();
    assert!(matches!(error, RemoteError::Refused { status: Some(401), .. }), "{error:?}");
    assert_eq!(code(&error), "GIT-REDIRECTED", "{error}");
    assert!(error.raw().contains(&format!("redirected from {}", other.url("shop"))), "{error}");
    assert!(other.seen().iter().all(|seen| seen.authorization.is_some()));
    assert!(scene.server.seen().iter().all(|seen| seen.authorization.is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_to_another_public_place_works() {
    let scene = Scene::new(true);
    let other = HttpGitServer::start(&scene.folder.path().join("served"));
    other.answer(Answer::Redirect(scene.server.url("shop")));
    let remote = Remote::Http { url: other.url("old") };
    let fetched = run(FetchRequest { remote, ..scene.request() }).await.unwrap();
    assert_eq!(scene.read(&fetched, "transform/models/orders.sql").unwrap(), "select 1 as id\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_to_pages_and_in_circles_end() {
    let scene = Scene::new(true);
    scene.server.answer(Answer::RedirectTo("/users/sign_in?token=hunter2".to_owned()));
    let error = scene.fetch().await.unwrap_err();
    assert!(error.raw().contains("/users/sign_in") && !error.raw().contains("hunter2"), "{error}");
    scene.server.answer(Answer::Redirect(scene.server.url("shop")));
    let error = scene.fetch().await.unwrap_err();
    assert!(matches!(error, RemoteError::Refused { status: Some(301), .. }), "{error:?}");
    assert!(scene.server.seen().len() <= 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_host_is_told_by_kind() {
    let scene = Scene::new(true);
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for (url, obstacle, code) in [
        (format!("http://127.0.0.1:{free}/shop.git"), Obstacle::Connection, "GIT-NET"),
        ("http://no-such-host.invalid/shop.git".to_owned(), Obstacle::Name, "GIT-DNS"),
        (format!("https://127.0.0.1:{}/shop.git", scene.server.port()), Obstacle::Tls, "GIT-TLS"),
    ] {
        let remote = Remote::Http { url: url.clone() };
        let error = run(FetchRequest { remote, ..scene.request() }).await.unwrap_err();
        assert_eq!(error.code().unwrap().as_str(), code, "{error:?}");
        let RemoteError::Unreachable { obstacle: got, .. } = error else { panic!("{url}: {error:?}") };
        assert_eq!(got, obstacle);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_renamed_on_the_same_host_is_followed_with_the_token() {
    let scene = Scene::new(true);
    scene.server.require("x-token-auth", "hunter2");
    scene.server.rename("old", "shop");
    let remote = Remote::Http { url: scene.server.url("old") };
    let fetched = run(FetchRequest { remote, credential: token("hunter2"), ..scene.request() }).await.unwrap();
    assert_eq!(scene.read(&fetched, "transform/models/orders.sql").unwrap(), "select 1 as id\n");
    let seen = scene.server.seen();
    assert!(seen.iter().all(|seen| seen.authorization.is_some()), "{seen:?}");
    assert_eq!(seen.iter().filter(|seen| seen.path.starts_with("/old.git")).count(), 1, "{seen:?}");
}
