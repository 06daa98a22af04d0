//! Fetching over SSH from a real `sshd`, through the user's own `ssh`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::Duration;

use ebbtide::git::{
    Address, Credential, FetchLimits, FetchProgress, FetchRequest, Fetched, Obstacle, Remote, RemoteError, Repository,
    TreeError, branches, fetch,
};
use ebbtide::problem::{Area, Catalogue};
use support::SshGitServer;
use support::repositories::{SHOP, empty, push, shop};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

const LIMITS: FetchLimits = FetchLimits {
    connect: Duration::from_secs(90),
    stall: Duration::from_mins(1),
    total: Duration::from_mins(2),
    pack_bytes: 1 << 30,
};

struct Scene {
    folder: TempDir,
    server: SshGitServer,
}

impl Scene {
    /// `None` where this machine has no `sshd`; the test says so and ends.
    fn new(test: &str, passes_protocol: bool) -> Option<Self> {
        let server = SshGitServer::start(test, passes_protocol)?;
        let folder = tempfile::tempdir().unwrap();
        shop(folder.path(), true);
        let scene = Self { folder, server };
        scene.server.be_known(&scene.caches());
        Some(scene)
    }

    fn caches(&self) -> PathBuf {
        self.folder.path().join("caches")
    }

    fn remote(&self, name: &str) -> Remote {
        let url = self.server.url(&self.folder.path().join(name));
        Address::parse(&url, self.folder.path()).unwrap().remote
    }

    fn request(&self) -> FetchRequest {
        FetchRequest {
            remote: self.remote("shop.git"),
            credential: Credential::SshKey { path: self.server.key() },
            any_revision: false,
            branch: "main".to_owned(),
            folder: "transform".to_owned(),
            expected: None,
            cache: self.caches().join("shop"),
            limits: LIMITS,
        }
    }

    fn read(&self, fetched: &Fetched, path: &str) -> Result<String, TreeError> {
        let request = self.request();
        let repository = Repository::of(&request.remote, &request.cache).unwrap();
        let bytes = repository.reader(&fetched.commit.id).unwrap().read(path)?;
        Ok(String::from_utf8(bytes).unwrap())
    }

    /// Waits until no process of this scene runs any more.
    async fn no_process_is_left(&self) {
        for _ in 0..2000 {
            if self.processes() == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} processes are left", self.processes());
    }

    /// Processes of this scene that still run, by a path that stands in their arguments.
    fn processes(&self) -> usize {
        let Ok(entries) = std::fs::read_dir("/proc") else { return 0 };
        let ours = self.caches().display().to_string();
        let lines = entries.flatten().filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
        lines.filter(|line| String::from_utf8_lossy(line).contains(&ours)).count()
    }
}

/// The code that a person is shown.
fn code(error: &RemoteError) -> String {
    let catalogue = Catalogue::builtin();
    let code = error.code().or_else(|| Some(catalogue.match_text(Area::Git, error.raw())?.code.clone()));
    code.map_or_else(|| "GIT-UNKNOWN".to_owned(), |code| code.to_string())
}

async fn run(request: FetchRequest) -> Result<Fetched, RemoteError> {
    run_until(request, CancellationToken::new()).await
}

async fn run_until(request: FetchRequest, cancel: CancellationToken) -> Result<Fetched, RemoteError> {
    let (progress, _) = watch::channel(FetchProgress::START);
    tokio::spawn(fetch(request, progress, cancel)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_fetched_with_a_key_over_one_connection() {
    let Some(scene) = Scene::new("a_folder_is_fetched_with_a_key_over_one_connection", true) else { return };
    let fetched = run(scene.request()).await.unwrap();
    assert_eq!(scene.read(&fetched, "transform/models/orders.sql").unwrap(), "select 1 as id\n");
    assert!(matches!(scene.read(&fetched, "web/index.html"), Err(TreeError::NotFetched { .. })));
    // Greeting, branch, commit, root, folder with its files.
    assert_eq!(fetched.requests, 5);
    assert!(run(scene.request()).await.unwrap().unmoved);
    push(&scene.folder.path().join("shop.git"), "main", &[("transform/models/orders.sql", b"select 3\n")]);
    let second = run(scene.request()).await.unwrap();
    assert_eq!(scene.read(&second, "transform/models/orders.sql").unwrap(), "select 3\n");
    scene.no_process_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ignores_the_wish_for_version_two_is_understood() {
    let test = "a_server_that_ignores_the_wish_for_version_two_is_understood";
    let Some(scene) = Scene::new(test, false) else { return };
    let fetched = run(scene.request()).await.unwrap();
    assert_eq!(scene.read(&fetched, "web/index.html").unwrap(), "<html>not for dbt</html>\n");
    assert!(run(scene.request()).await.unwrap().unmoved);
    push(&scene.folder.path().join("shop.git"), "main", &[("transform/models/orders.sql", b"select 3\n")]);
    let second = run(scene.request()).await.unwrap();
    assert_eq!(scene.read(&second, "transform/models/orders.sql").unwrap(), "select 3\n");
    push(&scene.folder.path().join("shop.git"), "dev", SHOP);
    let all = branches(scene.request(), CancellationToken::new()).await.unwrap();
    assert_eq!((all.names, all.default.as_deref()), (vec!["dev".to_owned(), "main".to_owned()], Some("main")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_branch_and_an_empty_repository_are_told_in_both_versions() {
    for passes_protocol in [true, false] {
        let test = "a_missing_branch_and_an_empty_repository_are_told_in_both_versions";
        let Some(scene) = Scene::new(test, passes_protocol) else { return };
        let error = run(FetchRequest { branch: "master".to_owned(), ..scene.request() }).await.unwrap_err();
        assert!(matches!(&error, RemoteError::BranchMissing { branches, .. } if branches == &["main"]), "{error:?}");
        empty(scene.folder.path(), "nothing");
        let error = run(FetchRequest { remote: scene.remote("nothing.git"), ..scene.request() }).await.unwrap_err();
        assert!(matches!(error, RemoteError::Empty), "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_that_is_not_there_is_told_in_the_servers_words() {
    let test = "a_repository_that_is_not_there_is_told_in_the_servers_words";
    let Some(scene) = Scene::new(test, true) else { return };
    let error = run(FetchRequest { remote: scene.remote("it's not.git"), ..scene.request() }).await.unwrap_err();
    assert!(matches!(error, RemoteError::Refused { .. }), "{error:?}");
    assert!(error.raw().contains("does not appear to be a git repository"), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_not_known_is_refused_in_the_servers_words() {
    let Some(scene) = Scene::new("a_key_that_is_not_known_is_refused_in_the_servers_words", true) else { return };
    for path in [scene.server.other_key(), scene.folder.path().join("missing")] {
        let error = run(FetchRequest { credential: Credential::SshKey { path }, ..scene.request() }).await.unwrap_err();
        assert!(matches!(error, RemoteError::Refused { .. }), "{error:?}");
        assert!(error.raw().contains("Permission denied (publickey"), "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_with_a_passphrase_asks_nobody() {
    let Some(scene) = Scene::new("a_key_with_a_passphrase_asks_nobody", true) else { return };
    let mut lock = std::process::Command::new("ssh-keygen");
    lock.args(["-q", "-p", "-P", "", "-N", "hunter2", "-f"]).arg(scene.server.key());
    assert!(lock.status().unwrap().success());
    let error = run(scene.request()).await.unwrap_err();
    assert_eq!(code(&error), "GIT-SSH-KEY-PASSPHRASE", "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_key_that_does_not_open_has_a_code_of_its_own() {
    let Some(scene) = Scene::new("every_key_that_does_not_open_has_a_code_of_its_own", true) else { return };
    let open = scene.folder.path().join("open_key");
    std::fs::copy(scene.server.key(), &open).unwrap();
    std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o644)).unwrap();
    let rubbish = scene.folder.path().join("rubbish_key");
    std::fs::write(&rubbish, "-----BEGIN OPENSSH PRIVATE KEY-----\nrubbish\n").unwrap();
    std::fs::set_permissions(&rubbish, std::fs::Permissions::from_mode(0o600)).unwrap();
    for (path, expected) in [
        (scene.server.other_key(), "GIT-SSH-PUBKEY"),
        (scene.folder.path().join("missing"), "GIT-SSH-KEY-MISSING"),
        (open, "GIT-SSH-KEY-PERMS"),
        (rubbish, "GIT-SSH-KEY-FORMAT"),
    ] {
        let credential = Credential::SshKey { path: path.clone() };
        let error = run(FetchRequest { credential, ..scene.request() }).await.unwrap_err();
        assert_eq!(code(&error), expected, "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_host_is_not_trusted() {
    let Some(scene) = Scene::new("an_unknown_host_is_not_trusted", true) else { return };
    std::fs::remove_file(scene.caches().join("known_hosts")).unwrap();
    for _ in 0..2 {
        let error = run(scene.request()).await.unwrap_err();
        assert_eq!(error.code().unwrap().as_str(), "GIT-SSH-HOSTKEY-UNKNOWN", "{error:?}");
        assert!(error.raw().contains("host key is known for"), "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_with_another_key_is_not_trusted() {
    let Some(scene) = Scene::new("a_host_with_another_key_is_not_trusted", true) else { return };
    scene.server.be_known_wrongly(&scene.caches());
    let error = run(scene.request()).await.unwrap_err();
    assert_eq!(error.code().unwrap().as_str(), "GIT-SSH-HOSTKEY-CHANGED", "{error:?}");
    assert!(error.raw().contains("SHA256:"), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_there_is_told() {
    let Some(scene) = Scene::new("nobody_there_is_told", true) else { return };
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for (host, port, obstacle) in
        [("127.0.0.1", Some(free), Obstacle::Connection), ("no-such-host.invalid", None, Obstacle::Name)]
    {
        let remote = Remote::Ssh { user: "git".to_owned(), host: host.to_owned(), port, path: "/shop".to_owned() };
        let error = run(FetchRequest { remote, ..scene.request() }).await.unwrap_err();
        let RemoteError::Unreachable { obstacle: got, .. } = &error else { panic!("{error:?}") };
        assert_eq!(*got, obstacle);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_host_ends_in_a_time_out_or_a_cancel_and_leaves_no_process() {
    let test = "a_silent_host_ends_in_a_time_out_or_a_cancel_and_leaves_no_process";
    let Some(scene) = Scene::new(test, true) else { return };
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = Some(silent.local_addr().unwrap().port());
    let remote = Remote::Ssh { user: "git".to_owned(), host: "127.0.0.1".to_owned(), port, path: "/shop".to_owned() };
    let limits = FetchLimits { stall: Duration::from_millis(300), ..LIMITS };
    let error = run(FetchRequest { remote: remote.clone(), limits, ..scene.request() }).await.unwrap_err();
    assert!(matches!(error, RemoteError::TimedOut { .. }), "{error:?}");
    let cancel = CancellationToken::new();
    let running = tokio::spawn(run_until(FetchRequest { remote, ..scene.request() }, cancel.clone()));
    silent.accept().unwrap();
    cancel.cancel();
    assert!(matches!(running.await.unwrap(), Err(RemoteError::Cancelled)));
    scene.no_process_is_left().await;
}
