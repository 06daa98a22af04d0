//! Pushing a commit made of changed files, to `git http-backend` and through OpenSSH's `sshd`; and every
//! way in which a server says no.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::path::{Path, PathBuf};
use std::time::Duration;

use ebbtide::git::{
    Address, Credential, FetchLimits, FetchProgress, FetchRequest, FileChange, PushRequest, Pushed, Remote,
    RemoteError, Trust, fetch, push,
};
use ebbtide::problem::{Area, Catalogue};
use ebbtide::workspace::Secret;
use support::repositories::{SHOP, allow_pushes, empty, hook, shop};
use support::{Answer, HttpGitServer, SshGitServer, TlsFront, git};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

const LIMITS: FetchLimits = FetchLimits {
    connect: Duration::from_secs(90),
    stall: Duration::from_mins(1),
    total: Duration::from_mins(2),
    pack_bytes: 1 << 30,
};

/// A repository that takes pushes, and a way to it.
struct Scene {
    folder: TempDir,
    http: Option<HttpGitServer>,
    ssh: Option<SshGitServer>,
}

impl Scene {
    fn http() -> Self {
        let folder = tempfile::tempdir().unwrap();
        allow_pushes(&shop(&folder.path().join("served"), true));
        let http = HttpGitServer::start(&folder.path().join("served"));
        Self { folder, http: Some(http), ssh: None }
    }

    /// `None` where this machine has no `sshd`; the test says so.
    fn ssh(test: &str) -> Option<Self> {
        let ssh = SshGitServer::start(test, true)?;
        let folder = tempfile::tempdir().unwrap();
        shop(&folder.path().join("served"), true);
        ssh.be_known(&folder.path().join("caches"));
        Some(Self { folder, http: None, ssh: Some(ssh) })
    }

    /// Over HTTP, and over SSH where this machine can.
    fn both(test: &str) -> Vec<Self> {
        [Some(Self::http()), Self::ssh(test)].into_iter().flatten().collect()
    }

    fn repository(&self) -> PathBuf {
        self.folder.path().join("served/shop.git")
    }

    fn remote(&self) -> Remote {
        let url = match (&self.http, &self.ssh) {
            (Some(http), _) => http.url("shop"),
            (_, Some(ssh)) => ssh.url(&self.repository()),
            _ => panic!("no server"),
        };
        Address::parse(&url, self.folder.path()).unwrap().remote
    }

    fn credential(&self) -> Credential {
        match &self.ssh {
            Some(ssh) => Credential::SshKey { path: ssh.key() },
            None => Credential::Anonymous,
        }
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("caches/shop.git")
    }

    /// Fetches, and gives the tip to build on.
    async fn tip(&self, branch: &str) -> String {
        let request = FetchRequest {
            remote: self.remote(),
            credential: self.credential(),
            branch: branch.to_owned(),
            any_revision: false,
            folder: "transform".to_owned(),
            expected: None,
            cache: self.cache(),
            trust: Trust { known_hosts: Some(self.folder.path().join("caches/known_hosts")), authorities: None },
            limits: LIMITS,
        };
        let (progress, _) = watch::channel(FetchProgress::START);
        tokio::spawn(fetch(request, progress, CancellationToken::new())).await.unwrap().unwrap().commit.id
    }

    fn request(&self, base: Option<String>, text: &str) -> PushRequest {
        PushRequest {
            remote: self.remote(),
            credential: self.credential(),
            branch: "main".to_owned(),
            base,
            changes: vec![write("transform/ebb.toml", text)],
            message: "Change the settings".to_owned(),
            author: "Ada".to_owned(),
            email: "ada@acme.example".to_owned(),
            at: "2026-01-06T09:00:00Z".parse().unwrap(),
            cache: self.cache(),
            trust: Trust { known_hosts: Some(self.folder.path().join("caches/known_hosts")), authorities: None },
            limits: LIMITS,
        }
    }

    /// What the served repository's branch holds at a path.
    fn served(&self, branch: &str, path: &str) -> String {
        git(&self.repository(), &["show", &format!("{branch}:{path}")])
    }
}

fn write(path: &str, text: &str) -> FileChange {
    FileChange::Write { path: path.to_owned(), bytes: text.as_bytes().to_vec(), executable: false }
}

async fn run(request: PushRequest) -> Result<Pushed, RemoteError> {
    tokio::spawn(push(request, CancellationToken::new())).await.unwrap()
}

/// The code that a person is shown.
fn code(error: &RemoteError) -> String {
    let catalogue = Catalogue::builtin();
    let code = error.code().or_else(|| Some(catalogue.match_text(Area::Git, error.raw())?.code.clone()));
    code.map_or_else(|| format!("none for {error:?}"), |code| code.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_of_changed_files_arrives() {
    for scene in Scene::both("a_commit_of_changed_files_arrives") {
        let base = scene.tip("main").await;
        let mut request = scene.request(Some(base.clone()), "[git]\n");
        request.changes.push(FileChange::Remove { path: "transform/models/orders.sql".to_owned() });
        let pushed = run(request).await.unwrap();
        assert!(!pushed.unchanged);
        assert_eq!(scene.served("main", "transform/ebb.toml"), "[git]");
        assert_eq!(git(&scene.repository(), &["rev-parse", "main"]), pushed.commit.id);
        assert_eq!(git(&scene.repository(), &["rev-parse", "main~1"]), base);
        let files = git(&scene.repository(), &["ls-tree", "-r", "--name-only", "main"]);
        assert!(!files.contains("orders.sql") && files.contains("web/index.html"), "{files}");
        git(&scene.repository(), &["fsck", "--strict"]);
        // The next one builds on it without asking where the branch stands.
        let second = run(scene.request(Some(pushed.commit.id.clone()), "[git.acme]\n")).await.unwrap();
        assert_eq!(scene.tip("main").await, second.commit.id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_key_that_is_a_secret_pushes() {
    let Some(scene) = Scene::ssh("a_locked_key_that_is_a_secret_pushes") else { return };
    let base = scene.tip("main").await;
    let path = scene.ssh.as_ref().unwrap().key();
    let mut lock = std::process::Command::new("ssh-keygen");
    assert!(lock.args(["-q", "-p", "-P", "", "-N", "hunter2", "-f"]).arg(&path).status().unwrap().success());
    let key = Secret::new(std::fs::read_to_string(path).unwrap());
    let with =
        |passphrase: &str| Credential::SshPrivateKey { key: key.clone(), passphrase: Some(Secret::new(passphrase)) };
    let request = scene.request(Some(base), "[git]\n");
    let error = run(PushRequest { credential: with("hunter3"), ..request.clone() }).await.unwrap_err();
    assert_eq!(code(&error), "GIT-SSH-PASSPHRASE-WRONG", "{error:?}");
    let pushed = run(PushRequest { credential: with("hunter2"), ..request }).await.unwrap();
    assert_eq!(git(&scene.repository(), &["rev-parse", "main"]), pushed.commit.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_key_pushes_from_a_file_and_as_a_secret() {
    let Some(scene) = Scene::ssh("every_kind_of_key_pushes_from_a_file_and_as_a_secret") else { return };
    let mut base = scene.tip("main").await;
    let kinds: [&[&str]; 4] =
        [&["rsa", "-b", "2048"], &["rsa", "-b", "2048", "-m", "PEM"], &["ecdsa", "-b", "256"], &["ecdsa", "-b", "521"]];
    for kind in kinds {
        let path = scene.ssh.as_ref().unwrap().another_key(kind);
        let key = Secret::new(std::fs::read_to_string(&path).unwrap());
        let ways = [Credential::SshKey { path }, Credential::SshPrivateKey { key, passphrase: None }];
        for (way, credential) in ways.into_iter().enumerate() {
            let text = format!("# {kind:?} {way}\n");
            let pushed = run(PushRequest { credential, ..scene.request(Some(base), &text) }).await.unwrap();
            assert_eq!(scene.served("main", "transform/ebb.toml"), text.trim());
            base = pushed.commit.id;
        }
    }
    let path = scene.ssh.as_ref().unwrap().other_key();
    let request = PushRequest { credential: Credential::SshKey { path }, ..scene.request(Some(base), "[x]\n") };
    assert_eq!(code(&run(request).await.unwrap_err()), "GIT-SSH-PUBKEY");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_pushes_over_tls_and_to_a_certificate_that_is_trusted_alone() {
    let scene = Scene::http();
    let base = scene.tip("main").await;
    let server = scene.http.as_ref().unwrap();
    server.require("x-token-auth", "hunter2");
    server.seen();
    let front = TlsFront::of(server.port());
    let token = Credential::Token { provider: None, token: Secret::new("hunter2") };
    let remote = Remote::Http { url: front.url("shop") };
    let request = PushRequest { remote, credential: token, ..scene.request(Some(base.clone()), "[git]\n") };
    let error = run(request.clone()).await.unwrap_err();
    assert_eq!(code(&error), "GIT-TLS", "{error:?}");
    assert!(server.seen().is_empty(), "not even a greeting");
    let trust = Trust { known_hosts: None, authorities: Some(TlsFront::certificate()) };
    let pushed = run(PushRequest { trust, ..request }).await.unwrap();
    assert_eq!(git(&scene.repository(), &["rev-parse", "main"]), pushed.commit.id);
    assert_eq!(git(&scene.repository(), &["rev-parse", "main~1"]), base);
    assert!(server.seen().iter().all(|seen| seen.authorization.is_some()), "every request showed the token");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_to_change_pushes_nothing() {
    let scene = Scene::http();
    let base = scene.tip("main").await;
    let first = run(scene.request(Some(base), "[git]\n")).await.unwrap();
    let again = run(scene.request(Some(first.commit.id.clone()), "[git]\n")).await.unwrap();
    assert!(again.unchanged && again.requests == 0);
    assert_eq!(again.commit, first.commit);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_branch_is_made_and_an_empty_repository_filled() {
    for scene in Scene::both("a_new_branch_is_made_and_an_empty_repository_filled") {
        let base = scene.tip("main").await;
        let branch = "ebb/settings".to_owned();
        run(PushRequest { branch, ..scene.request(Some(base.clone()), "[git]\n") }).await.unwrap();
        assert_eq!(scene.served("ebb/settings", "transform/ebb.toml"), "[git]");
        assert_eq!(git(&scene.repository(), &["rev-parse", "main"]), base);
    }
    let scene = Scene::http();
    allow_pushes(&empty(&scene.folder.path().join("served"), "new"));
    let remote = Remote::Http { url: scene.http.as_ref().unwrap().url("new") };
    run(PushRequest { remote, ..scene.request(None, "[git]\n") }).await.unwrap();
    let new = scene.folder.path().join("served/new.git");
    assert_eq!(git(&new, &["show", "main:transform/ebb.toml"]), "[git]");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_that_moved_on_is_left_as_it_is() {
    for scene in Scene::both("a_branch_that_moved_on_is_left_as_it_is") {
        let base = scene.tip("main").await;
        let theirs = support::repositories::push(&scene.repository(), "main", SHOP);
        for base in [Some(base), None] {
            let error = run(scene.request(base, "[git]\n")).await.unwrap_err();
            assert_eq!(code(&error), "GIT-PUSH-REJECTED");
            assert!(error.raw().contains("! [rejected] main -> main (fetch first)"), "{error}");
        }
        assert_eq!(git(&scene.repository(), &["rev-parse", "main"]), theirs);
        let error =
            run(PushRequest { branch: "a..b".to_owned(), ..scene.request(Some(theirs), "x") }).await.unwrap_err();
        assert!(error.raw().contains("not a valid branch name"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_protected_branch_refuses_in_the_servers_words() {
    for scene in Scene::both("a_protected_branch_refuses_in_the_servers_words") {
        let base = scene.tip("main").await;
        for (said, expected) in [
            ("error: GH006: Protected branch update failed for refs/heads/main.", "GIT-GH-PROTECTED"),
            ("error: GH013: Repository rule violations found for refs/heads/main.", "GIT-GH-RULESET"),
            ("GitLab: You are not allowed to push code to protected branches on this project.", "GIT-GL-PROTECTED"),
        ] {
            hook(&scene.repository(), "update", &format!("echo '{said}' >&2; exit 1"));
            let error = run(scene.request(Some(base.clone()), "[git]\n")).await.unwrap_err();
            assert_eq!(code(&error), expected);
            assert!(error.raw().starts_with(&format!("remote: {said}\n")), "{error}");
            assert!(error.raw().contains("! [remote rejected] main -> main (hook declined)"), "{error}");
        }
        assert_eq!(git(&scene.repository(), &["rev-parse", "main"]), base);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_may_only_read_is_told() {
    let Some(scene) = Scene::ssh("a_key_that_may_only_read_is_told") else { return };
    for (said, expected) in [
        ("remote: ERROR: This deploy key does not have write access to this project.", "GIT-GL-DEPLOY-KEY-RO"),
        ("ERROR: The key you are authenticating with has been marked as read only.", "GIT-SSH-KEY-READ-ONLY"),
        ("ERROR: Permission to acme/shop.git denied to deploy key", "GIT-GH-PERM-DENIED"),
    ] {
        scene.ssh.as_ref().unwrap().only_read(said);
        let base = scene.tip("main").await;
        let error = run(scene.request(Some(base), "[git]\n")).await.unwrap_err();
        assert_eq!(code(&error), expected);
        assert!(error.raw().contains(said), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_pushes_and_one_that_may_only_read_is_told() {
    let scene = Scene::http();
    let server = scene.http.as_ref().unwrap();
    let base = scene.tip("main").await;
    server.require("x-token-auth", "hunter2");
    let token = Credential::Token { provider: None, token: Secret::new("hunter2") };
    let request = PushRequest { credential: token, ..scene.request(Some(base), "[git]\n") };
    for (status, said, expected) in [
        (403, "Write access to repository not granted.", "GIT-GH-NOT-GRANTED"),
        (403, "Permission to acme/shop.git denied to jane.", "GIT-GH-PERM-DENIED"),
        (403, "This repository was archived so it is read-only.", "GIT-GH-ARCHIVED"),
        (403, "", "GIT-HTTP-403"),
        (401, "", "GIT-AUTH-FAILED"),
    ] {
        server.answer(Answer::Refuse(status, "text/plain", said));
        let error = run(request.clone()).await.unwrap_err();
        assert_eq!(code(&error), expected, "{error}");
        assert!(!format!("{error:?}").contains("hunter2"));
    }
    server.answer(Answer::Serve);
    run(request).await.unwrap();
    assert_eq!(scene.served("main", "transform/ebb.toml"), "[git]");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_takes_no_pushes_is_told() {
    let scene = Scene::http();
    let base = scene.tip("main").await;
    git(&scene.repository(), &["config", "http.receivepack", "false"]);
    let error = run(scene.request(Some(base), "[git]\n")).await.unwrap_err();
    assert_eq!(code(&error), "GIT-HTTP-403");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_server_ends_in_a_time_out_or_a_cancel() {
    let scene = Scene::http();
    let base = scene.tip("main").await;
    for answer in [Answer::Hang, Answer::HangAfter(0)] {
        scene.http.as_ref().unwrap().answer(answer);
        let limits = FetchLimits { stall: Duration::from_millis(200), ..LIMITS };
        let request = PushRequest { limits, ..scene.request(Some(base.clone()), "[git]\n") };
        let ended = run(request).await;
        assert!(matches!(ended, Err(RemoteError::TimedOut { .. })), "{ended:?}");
        scene.http.as_ref().unwrap().seen();
        let cancel = CancellationToken::new();
        let running = tokio::spawn(push(scene.request(Some(base.clone()), "[git.x]\n"), cancel.clone()));
        while scene.http.as_ref().unwrap().seen().is_empty() {
            tokio::task::yield_now().await;
        }
        cancel.cancel();
        assert!(matches!(running.await.unwrap(), Err(RemoteError::Cancelled)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_on_this_machine_takes_a_commit() {
    let scene = Scene::http();
    let base = git(&scene.repository(), &["rev-parse", "main"]);
    let to = |path: &Path, base: &str| PushRequest {
        remote: Remote::Local { path: path.to_owned() },
        ..scene.request(Some(base.to_owned()), "[git]\n")
    };
    let pushed = run(to(&scene.repository(), &base)).await.unwrap();
    assert_eq!(git(&scene.repository(), &["rev-parse", "main"]), pushed.commit.id);
    let error = run(PushRequest { changes: vec![write("b.toml", "")], ..to(&scene.repository(), &base) }).await;
    assert_eq!(code(&error.unwrap_err()), "GIT-PUSH-REJECTED");
    // Somebody works there: the branch is not moved under their hands.
    git(scene.folder.path(), &["clone", "-q", "served/shop.git", "work"]);
    let error = run(PushRequest {
        changes: vec![write("b.toml", "")],
        ..to(&scene.folder.path().join("work"), &pushed.commit.id)
    });
    assert!(error.await.unwrap_err().raw().contains("branch is currently checked out"));
}
