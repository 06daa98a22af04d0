//! HTTPS with a certificate that nobody has signed: refused before anything is sent, and accepted where
//! the machine's owner says so.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use ebbtide::git::{
    Credential, FetchLimits, FetchProgress, FetchRequest, Fetched, HttpProviders, Obstacle, Remote, RemoteError, Trust,
    fetch,
};
use ebbtide::workspace::Secret;
use support::repositories::shop;
use support::{ConnectProxy, HttpGitServer, TlsFront};
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

/// A workspace with the shop behind `url` and a token; `connection` are more lines of its Git connection.
fn workspace(home: &Path, url: &str, connection: &str) {
    let settings = format!(
        "[git.ours]\nprovider = \"git\"\nauth = {{ token = {{ env = \"GIT_TOKEN\" }} }}\n{connection}\n[projects.shop]\n\
         git = \"ours\"\nrepository = \"{url}\"\nbranch = \"main\"\nproject_path = \"transform/dbt_project.yml\"\n"
    );
    std::fs::write(home.join("ebb.toml"), settings).unwrap();
}

/// What the program prints.
fn ebb(home: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ebb"));
    command.current_dir(home).env_clear().args(arguments).env("PATH", std::env::var_os("PATH").unwrap());
    command.env("HOME", home).env("GIT_TOKEN", "hunter2").envs(variables.iter().copied());
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), told)
}

/// The shop behind TLS, for whoever has the token.
fn served(folder: &Path) -> (HttpGitServer, TlsFront) {
    shop(&folder.join("served"), true);
    let server = HttpGitServer::start(&folder.join("served"));
    server.require("x-token-auth", "hunter2");
    let front = TlsFront::of(server.port());
    (server, front)
}

#[test]
fn a_certificate_that_the_machine_trusts_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let (server, front) = served(folder.path());
    workspace(folder.path(), &front.url("shop"), "");
    let (_, told) = ebb(folder.path(), &["sync"], &[]);
    assert!(told.contains("GIT-TLS"), "{told}");
    let trusted = TlsFront::certificate();
    let (done, told) = ebb(folder.path(), &["sync"], &[("SSL_CERT_FILE", trusted.to_str().unwrap())]);
    assert!(done, "{told}");
    assert!(server.seen().iter().any(|seen| seen.authorization.is_some()));
}

#[test]
fn a_connection_may_have_authorities_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let (_server, front) = served(folder.path());
    std::fs::copy(TlsFront::certificate(), folder.path().join("acme.pem")).unwrap();
    workspace(folder.path(), &front.url("shop"), "ca_file = \"acme.pem\"");
    let (done, told) = ebb(folder.path(), &["sync"], &[]);
    assert!(done, "{told}");
    let (done, told) = ebb(folder.path(), &["git", "test", "ours"], &[]);
    assert!(done && told.contains("the certificate is trusted"), "{told}");
    for (file, text) in [("missing.pem", None), ("empty.pem", Some("no certificate\n"))] {
        if let Some(text) = text {
            std::fs::write(folder.path().join(file), text).unwrap();
        }
        workspace(folder.path(), &front.url("shop"), &format!("ca_file = \"{file}\""));
        for arguments in [&["sync"][..], &["git", "test", "ours"]] {
            let (done, told) = ebb(folder.path(), arguments, &[]);
            assert!(!done && told.contains("GIT-CA-FILE"), "{told}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_authorities_that_is_changed_is_read_again_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    shop(&folder.path().join("served"), true);
    let server = HttpGitServer::start(&folder.path().join("served"));
    let front = TlsFront::of(server.port());
    let (file, providers) = (folder.path().join("acme.pem"), HttpProviders::default());
    let cancel = CancellationToken::new();
    let url = front.url("shop");
    for (certificate, is_trusted) in [
        (TlsFront::another_certificate(), false),
        (TlsFront::certificate(), true),
        (TlsFront::another_certificate(), false),
    ] {
        std::fs::remove_file(&file).ok();
        std::fs::copy(certificate, &file).unwrap();
        let told = providers.secured(&url, Some(file.clone()), &cancel).await;
        assert_eq!(told.is_ok(), is_trusted, "{told:?}");
        let request = request(url.clone(), folder.path(), Duration::from_mins(1));
        let trust = Trust { known_hosts: None, authorities: Some(file.clone()) };
        let fetched = run(FetchRequest { trust, credential: Credential::Anonymous, ..request }).await;
        assert_eq!(fetched.is_ok(), is_trusted, "{fetched:?}");
    }
}

#[test]
fn a_certificate_that_nobody_signed_fails_the_test_of_the_connection_at_its_step() {
    let folder = tempfile::tempdir().unwrap();
    let (server, front) = served(folder.path());
    workspace(folder.path(), &front.url("shop"), "");
    let (done, told) = ebb(folder.path(), &["git", "test", "ours", "--json"], &[]);
    assert!(!done && told.contains("GIT-TLS"), "{told}");
    let mut probes = told.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let last = probes.rfind(|probe| probe["event"] == "step_ended").unwrap();
    assert_eq!((last["step"].as_str(), last["outcome"].as_str()), (Some("security"), Some("failed")), "{told}");
    assert!(server.seen().is_empty(), "nothing was shown");
}

#[test]
fn a_proxy_is_gone_through_with_its_password_and_not_where_no_proxy_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (_server, front) = served(folder.path());
    let certificate = TlsFront::certificate();
    workspace(folder.path(), &front.url("shop"), &format!("ca_file = \"{}\"", certificate.display()));
    let proxy = ConnectProxy::start(Some("YWRhOm9wZW4gc2VzYW1l"));
    let with = |login: &str| format!("http://{login}127.0.0.1:{}", proxy.port());
    let (done, told) = ebb(folder.path(), &["sync"], &[("HTTPS_PROXY", &with("ada:open%20sesame@"))]);
    assert!(done, "{told}");
    let targets = proxy.targets();
    let host = front.url("shop").replace("https://", "").replace("/shop.git", "");
    assert!(!targets.is_empty() && targets.iter().all(|target| *target == host), "{targets:?}");
    let (done, told) = ebb(folder.path(), &["sync"], &[("HTTPS_PROXY", &with("ada:wrong@"))]);
    assert!(!done && told.contains("GIT-PROXY-AUTH") && !told.contains("ada:wrong"), "{told}");
    workspace(folder.path(), &front.url("shop").replace("https:", "http:"), "");
    let (done, told) = ebb(folder.path(), &["sync"], &[("HTTP_PROXY", &with(""))]);
    assert!(!done && told.contains("GIT-PROXY-AUTH"), "{told}");
    workspace(folder.path(), &front.url("shop"), &format!("ca_file = \"{}\"", certificate.display()));
    for exempt in ["127.0.0.1", "10.0.0.0/8, 127.0.0.0/8"] {
        let direct = [("HTTPS_PROXY", &*with("ada:open%20sesame@")), ("NO_PROXY", exempt)];
        let (done, told) = ebb(folder.path(), &["git", "test", "ours"], &direct);
        assert!(done && told.contains("the certificate is trusted") && told.contains("127.0.0.1 is"), "{told}");
        assert!(proxy.targets().is_empty(), "nobody came through the proxy");
    }
}
