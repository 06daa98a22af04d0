//! HTTPS with a certificate that nobody has signed: refused before anything is sent, and accepted where
//! the machine's owner says so.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use ebbtide::git::{
    Credential, FetchLimits, FetchProgress, FetchRequest, Fetched, Obstacle, Remote, RemoteError, Trust, fetch,
};
use ebbtide::workspace::Secret;
use support::repositories::shop;
use support::{HttpGitServer, TlsFront};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

fn request(url: String, cache: &Path, stall: Duration) -> FetchRequest {
    let long = Duration::from_mins(2);
    FetchRequest {
        remote: Remote::Http { url },
        credential: Credential::Token { provider: None, token: Secret::new("hunter2") },
        branch: "main".to_owned(),
        any_revision: false,
        folder: "transform".to_owned(),
        expected: None,
        cache: cache.join("caches/shop.git"),
        trust: Trust::default(),
        limits: FetchLimits { connect: stall, stall, total: long, pack_bytes: 1 << 30 },
    }
}

async fn run(request: FetchRequest) -> Result<Fetched, RemoteError> {
    let (progress, _) = watch::channel(FetchProgress::START);
    tokio::spawn(fetch(request, progress, CancellationToken::new())).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_nobody_signed_is_refused_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    shop(&folder.path().join("served"), true);
    let server = HttpGitServer::start(&folder.path().join("served"));
    let front = TlsFront::of(server.port());
    let error = run(request(front.url("shop"), folder.path(), Duration::from_mins(1))).await.unwrap_err();
    let RemoteError::Unreachable { obstacle: Obstacle::Tls, raw, .. } = &error else { panic!("{error:?}") };
    assert!(raw.contains("certificate"), "{raw}");
    assert_eq!(error.code().unwrap().as_str(), "GIT-TLS");
    assert!(server.seen().is_empty(), "not even a greeting");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_silent_in_the_handshake_ends_in_a_time_out_or_a_cancel() {
    let folder = tempfile::tempdir().unwrap();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://127.0.0.1:{}/shop.git", silent.local_addr().unwrap().port());
    let error = run(request(url.clone(), folder.path(), Duration::from_millis(300))).await.unwrap_err();
    assert!(matches!(error, RemoteError::TimedOut { .. }), "{error:?}");
    assert_eq!(error.code().unwrap().as_str(), "GIT-TIMEOUT");
    let cancel = CancellationToken::new();
    let (progress, _) = watch::channel(FetchProgress::START);
    let running = tokio::spawn(fetch(request(url, folder.path(), Duration::from_mins(1)), progress, cancel.clone()));
    silent.accept().unwrap();
    cancel.cancel();
    assert!(matches!(running.await.unwrap(), Err(RemoteError::Cancelled)));
}

/// What the program prints of a sync over TLS, with a file of certificates to trust or without.
fn synced(home: &Path, url: &str, trusted: Option<&Path>) -> (bool, String) {
    let settings = format!(
        "[git.ours]\nprovider = \"git\"\nauth = {{ token = {{ env = \"GIT_TOKEN\" }} }}\n[projects.shop]\ngit = \"ours\"\n\
         repository = \"{url}\"\nbranch = \"main\"\nproject_path = \"transform/dbt_project.yml\"\n"
    );
    std::fs::write(home.join("ebb.toml"), settings).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_ebb"));
    command.current_dir(home).env_clear().arg("sync").env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", home);
    command
        .env("EBB_STATE_DIR", home.join("state"))
        .env("EBB_CACHE_DIR", home.join("cache"))
        .env("GIT_TOKEN", "hunter2");
    if let Some(trusted) = trusted {
        command.env("SSL_CERT_FILE", trusted);
    }
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), told)
}

#[test]
fn a_certificate_that_the_machine_trusts_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    shop(&folder.path().join("served"), true);
    let server = HttpGitServer::start(&folder.path().join("served"));
    server.require("x-token-auth", "hunter2");
    let front = TlsFront::of(server.port());
    let (_, told) = synced(folder.path(), &front.url("shop"), None);
    assert!(told.contains("GIT-TLS"), "{told}");
    let (done, told) = synced(folder.path(), &front.url("shop"), Some(&TlsFront::certificate()));
    assert!(done, "{told}");
    assert!(server.seen().iter().any(|seen| seen.authorization.is_some()));
}
