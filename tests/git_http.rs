//! Fetching over HTTP from a real `git http-backend`, well and badly behaved.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::path::Path;
use std::time::Duration;

use ebbtide::git::{
    Credential, FetchLimits, FetchProgress, FetchRequest, Fetched, Obstacle, Remote, RemoteError, Repository,
    TreeError, branches, fetch,
};
use ebbtide::workspace::Secret;
use support::repositories::{SHOP, allow_filters, empty, force_push, noise, push, shop};
use support::{Answer, HttpGitServer};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

const LIMITS: FetchLimits = FetchLimits {
    connect: Duration::from_secs(20),
    stall: Duration::from_mins(1),
    total: Duration::from_mins(2),
    pack_bytes: 1 << 30,
};

/// A server with the shop, and a place for the cache.
struct Scene {
    folder: TempDir,
    server: HttpGitServer,
}

impl Scene {
    fn new(filters: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        shop(&folder.path().join("served"), filters);
        let server = HttpGitServer::start(&folder.path().join("served"));
        Self { folder, server }
    }

    fn repository(&self) -> std::path::PathBuf {
        self.folder.path().join("served/shop.git")
    }

    fn cache(&self) -> std::path::PathBuf {
        self.folder.path().join("caches/shop")
    }

    fn request(&self) -> FetchRequest {
        FetchRequest {
            remote: Remote::Http { url: self.server.url("shop") },
            credential: Credential::Anonymous,
            branch: "main".to_owned(),
            folder: "transform".to_owned(),
            cache: self.cache(),
            limits: LIMITS,
        }
    }

    async fn fetch(&self) -> Result<Fetched, RemoteError> {
        run(self.request()).await
    }

    /// The text of a file of the fetched commit.
    fn read(&self, fetched: &Fetched, path: &str) -> Result<String, TreeError> {
        let repository = Repository::of(&self.request().remote, &self.cache()).unwrap();
        let bytes = repository.reader(&fetched.commit.id).unwrap().read(path)?;
        Ok(String::from_utf8(bytes).unwrap())
    }
}

async fn run(request: FetchRequest) -> Result<Fetched, RemoteError> {
    run_until(request, CancellationToken::new()).await
}

/// On a task of its own, as the engine does.
async fn run_until(request: FetchRequest, cancel: CancellationToken) -> Result<Fetched, RemoteError> {
    let (progress, _) = watch::channel(FetchProgress::START);
    tokio::spawn(fetch(request, progress, cancel)).await.unwrap()
}

fn files(path: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(path).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_folder_is_fetched_where_the_server_can_filter() {
    let scene = Scene::new(true);
    let fetched = scene.fetch().await.unwrap();
    assert!(!fetched.unmoved);
    assert_eq!((fetched.branch.as_str(), fetched.commit.subject.as_str()), ("main", "Start"));
    assert_eq!(scene.read(&fetched, "transform/models/orders.sql").unwrap(), "select 1 as id\n");
    assert!(matches!(scene.read(&fetched, "web/index.html"), Err(TreeError::NotFetched { .. })));
    let reader = Repository::of(&scene.request().remote, &scene.cache()).unwrap().reader(&fetched.commit.id).unwrap();
    assert_eq!(reader.find("dbt_project.yml").unwrap().paths, ["transform/dbt_project.yml"]);
    assert_eq!(reader.list("transform").unwrap().files.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_fetched_where_the_server_cannot_filter() {
    let scene = Scene::new(false);
    let fetched = scene.fetch().await.unwrap();
    assert_eq!(scene.read(&fetched, "web/index.html").unwrap(), "<html>not for dbt</html>\n");
    assert_eq!(fetched.requests, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_version_zero_is_understood() {
    let scene = Scene::new(true);
    scene.server.answer(Answer::ServeVersionZero);
    let fetched = scene.fetch().await.unwrap();
    assert_eq!(scene.read(&fetched, "transform/models/orders.sql").unwrap(), "select 1 as id\n");
    assert!(scene.fetch().await.unwrap().unmoved);
    push(&scene.repository(), "main", &[("transform/models/orders.sql", b"select 3\n")]);
    let second = scene.fetch().await.unwrap();
    assert_eq!(scene.read(&second, "transform/models/orders.sql").unwrap(), "select 3\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unmoved_branch_downloads_nothing() {
    let scene = Scene::new(true);
    let first = scene.fetch().await.unwrap();
    scene.server.seen();
    let second = scene.fetch().await.unwrap();
    assert!(second.unmoved);
    assert_eq!(second.commit, first.commit);
    let seen = scene.server.seen();
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert!(seen.iter().map(|seen| seen.bytes_out).sum::<usize>() < 600, "{seen:?}");
}

/// Big files that do not shrink, so that a second download of them would show.
fn big_files() -> Vec<(String, Vec<u8>)> {
    let noise = noise(100_000);
    let pieces = noise.chunks(5000).enumerate();
    pieces.map(|(number, bytes)| (format!("transform/models/m{number}.sql"), bytes.to_vec())).collect()
}

async fn second_fetch_brings_only_what_changed(filters: bool, folder: &str) {
    let scene = Scene::new(filters);
    let big = big_files();
    let mut all: Vec<(&str, &[u8])> = big.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
    push(&scene.repository(), "main", &all);
    let request = FetchRequest { folder: folder.to_owned(), ..scene.request() };
    assert!(run(request.clone()).await.unwrap().bytes_received > 100_000);
    all[3].1 = b"select 4\n";
    push(&scene.repository(), "main", &all);
    let second = run(request).await.unwrap();
    assert!(second.bytes_received < 10_000, "{second:?}");
    assert_eq!(scene.read(&second, "transform/models/m3.sql").unwrap(), "select 4\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_fetch_with_filters_brings_only_what_changed() {
    second_fetch_brings_only_what_changed(true, "transform").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_fetch_without_filters_brings_only_what_changed() {
    second_fetch_brings_only_what_changed(false, "transform").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_fetch_of_everything_brings_only_what_changed() {
    second_fetch_brings_only_what_changed(true, "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_folder_of_the_same_commit_is_fetched_alone() {
    let scene = Scene::new(true);
    scene.fetch().await.unwrap();
    let other = run(FetchRequest { folder: "web".to_owned(), ..scene.request() }).await.unwrap();
    assert!(!other.unmoved);
    assert_eq!(scene.read(&other, "web/index.html").unwrap(), "<html>not for dbt</html>\n");
    assert!(matches!(scene.read(&other, "README.md"), Err(TreeError::NotFetched { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forced_push_is_followed() {
    let scene = Scene::new(true);
    scene.fetch().await.unwrap();
    let id = force_push(&scene.repository(), "main", &[("transform/models/orders.sql", b"select 9\n")]);
    let fetched = scene.fetch().await.unwrap();
    assert_eq!(fetched.commit.id, id);
    assert_eq!(scene.read(&fetched, "transform/models/orders.sql").unwrap(), "select 9\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cache_made_with_filters_serves_without_them() {
    let scene = Scene::new(true);
    scene.fetch().await.unwrap();
    allow_filters(&scene.repository(), false);
    push(&scene.repository(), "main", &[("transform/a.sql", b"select 5\n"), ("web/index.html", SHOP[4].1)]);
    let fetched = run(FetchRequest { folder: String::new(), ..scene.request() }).await.unwrap();
    assert_eq!(scene.read(&fetched, "transform/a.sql").unwrap(), "select 5\n");
    assert_eq!(scene.read(&fetched, "web/index.html").unwrap(), "<html>not for dbt</html>\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn links_to_files_outside_of_the_folder_bring_those_files() {
    let scene = Scene::new(true);
    let work = scene.folder.path().join("work");
    support::git(scene.folder.path(), &["clone", "-q", scene.repository().to_str().unwrap(), "work"]);
    std::os::unix::fs::symlink("../web/index.html", work.join("transform/page.sql")).unwrap();
    support::git(&work, &["add", "-A"]);
    support::git(&work, &["commit", "-qm", "Link"]);
    support::git(&work, &["push", "-q", "origin", "HEAD:main"]);
    let fetched = scene.fetch().await.unwrap();
    assert_eq!(scene.read(&fetched, "transform/page.sql").unwrap(), "<html>not for dbt</html>\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_default_branch_is_taken_where_none_is_named() {
    let scene = Scene::new(true);
    push(&scene.repository(), "dev", SHOP);
    let fetched = run(FetchRequest { branch: String::new(), ..scene.request() }).await.unwrap();
    assert_eq!(fetched.branch, "main");
}

#[tokio::test(flavor = "multi_thread")]
async fn branches_with_slashes_are_fetched_beside_those_without() {
    let scene = Scene::new(true);
    let repository = git2::Repository::open(scene.repository()).unwrap();
    push(&scene.repository(), "release", SHOP);
    let named = |branch: &str| FetchRequest { branch: branch.to_owned(), ..scene.request() };
    run(named("release")).await.unwrap();
    repository.find_reference("refs/heads/release").unwrap().delete().unwrap();
    push(&scene.repository(), "release/1", &[("transform/a.sql", b"select 1")]);
    assert_eq!(run(named("release/1")).await.unwrap().branch, "release/1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_branch_comes_with_those_that_exist() {
    let scene = Scene::new(true);
    push(&scene.repository(), "dev", SHOP);
    for branch in ["master", "mai", "ma in", "main\nwant"] {
        let error = run(FetchRequest { branch: branch.to_owned(), ..scene.request() }).await.unwrap_err();
        assert_eq!(error.code().unwrap().as_str(), "GIT-BRANCH-MISSING");
        let RemoteError::BranchMissing { branches, default, .. } = error else { panic!("{error}") };
        assert_eq!((branches, default.as_deref()), (vec!["dev".to_owned(), "main".to_owned()], Some("main")));
    }
    let all = branches(scene.request(), CancellationToken::new()).await.unwrap();
    assert_eq!(all.names, ["dev", "main"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_repository_is_told() {
    let scene = Scene::new(true);
    empty(&scene.folder.path().join("served"), "nothing");
    for (branch, version) in [("main", Answer::Serve), ("", Answer::Serve), ("main", Answer::ServeVersionZero)] {
        scene.server.answer(version);
        let remote = Remote::Http { url: scene.server.url("nothing") };
        let error = run(FetchRequest { remote, branch: branch.to_owned(), ..scene.request() }).await.unwrap_err();
        assert!(matches!(error, RemoteError::Empty), "{error:?}");
    }
}

fn token(token: &str) -> Credential {
    Credential::Token { username: None, token: Secret::new(token) }
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

/// A pack big enough to be cut in its middle.
fn with_big_pack(filters: bool) -> Scene {
    let scene = Scene::new(filters);
    let big = big_files();
    let all: Vec<(&str, &[u8])> = big.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
    push(&scene.repository(), "main", &all);
    scene
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_that_is_cut_off_is_told_and_leaves_the_cache_whole() {
    let scene = with_big_pack(false);
    scene.server.answer(Answer::CutAfter(40_000));
    let error = scene.fetch().await.unwrap_err();
    assert_eq!(error.code().unwrap().as_str(), "GIT-TRANSFER-CUT", "{error:?}");
    scene.server.answer(Answer::Serve);
    let fetched = scene.fetch().await.unwrap();
    assert_eq!(fetched.commit.subject, "Change");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_pack_is_refused_and_leaves_the_cache_whole() {
    let scene = with_big_pack(false);
    for before_end in [10, 30, 2000, 60_000] {
        scene.server.answer(Answer::Corrupt(before_end));
        let error = scene.fetch().await.unwrap_err();
        assert!(matches!(error, RemoteError::Broken { .. }), "{before_end}: {error:?}");
        assert_eq!(files(&scene.cache().join("objects/pack")), Vec::<String>::new());
    }
    scene.server.answer(Answer::Serve);
    assert!(!scene.fetch().await.unwrap().unmoved);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_over_the_limit_is_refused() {
    let scene = with_big_pack(false);
    let limits = FetchLimits { pack_bytes: 50_000, ..LIMITS };
    let error = run(FetchRequest { limits, ..scene.request() }).await.unwrap_err();
    assert!(matches!(error, RemoteError::TooLarge { limit: 50_000 }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_server_ends_in_a_time_out() {
    let scene = with_big_pack(false);
    let limits = FetchLimits { stall: Duration::from_millis(200), ..LIMITS };
    for answer in [Answer::Hang, Answer::HangAfter(0), Answer::HangAfter(40_000)] {
        scene.server.answer(answer.clone());
        let error = run(FetchRequest { limits, ..scene.request() }).await.unwrap_err();
        assert!(matches!(error, RemoteError::TimedOut { .. }), "{answer:?}: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fetch_may_not_take_longer_than_the_whole() {
    let scene = with_big_pack(false);
    scene.server.answer(Answer::HangAfter(40_000));
    let limits = FetchLimits { total: Duration::from_millis(300), ..LIMITS };
    let error = run(FetchRequest { limits, ..scene.request() }).await.unwrap_err();
    assert!(matches!(error, RemoteError::TimedOut { .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_ends_every_stage() {
    let scene = with_big_pack(false);
    for answer in [Answer::Hang, Answer::HangAfter(0), Answer::HangAfter(40_000)] {
        scene.server.answer(answer.clone());
        scene.server.seen();
        let cancel = CancellationToken::new();
        let running = tokio::spawn(run_until(scene.request(), cancel.clone()));
        while scene.server.seen().is_empty() {
            tokio::task::yield_now().await;
        }
        cancel.cancel();
        let error = running.await.unwrap().unwrap_err();
        assert!(matches!(error, RemoteError::Cancelled), "{answer:?}: {error:?}");
    }
    // Nothing of it is in the way of the next fetch, not even its lock.
    scene.server.answer(Answer::Serve);
    assert!(!scene.fetch().await.unwrap().unmoved);
}

#[tokio::test(flavor = "multi_thread")]
async fn leftovers_of_a_killed_fetch_are_removed() {
    let scene = Scene::new(true);
    let first = scene.fetch().await.unwrap();
    let incoming = scene.cache().join("incoming");
    std::fs::write(incoming.join("pack-rubbish.pack"), "half a pack").unwrap();
    std::fs::create_dir(scene.cache().with_extension("making")).unwrap();
    let pack = scene.cache().join("objects/pack");
    std::fs::write(pack.join("pack-0000000000000000000000000000000000000000.pack"), "no index").unwrap();
    push(&scene.repository(), "main", &[("transform/a.sql", b"select 6\n")]);
    let second = scene.fetch().await.unwrap();
    assert_eq!(scene.read(&second, "transform/a.sql").unwrap(), "select 6\n");
    assert_eq!(scene.read(&first, "transform/models/orders.sql").unwrap(), "select 1 as id\n");
    assert!(files(&incoming).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_cache_is_moved_aside_and_made_anew() {
    let scene = Scene::new(true);
    let damages: [fn(&Path); 4] = [
        |cache| std::fs::write(cache.join("config"), "rubbish [").unwrap(),
        |cache| std::fs::write(cache.join("damaged"), "an object could not be read").unwrap(),
        |cache| {
            for name in files(&cache.join("objects/pack")) {
                let path = cache.join("objects/pack").join(name);
                std::fs::remove_file(&path).unwrap();
                std::fs::write(path, "rubbish").unwrap();
            }
        },
        |cache| {
            std::fs::remove_dir_all(cache).unwrap();
            std::fs::write(cache, "a file in the place of a folder").unwrap();
        },
    ];
    for damage in damages {
        scene.fetch().await.unwrap();
        damage(&scene.cache());
        let fetched = scene.fetch().await.unwrap();
        assert!(!fetched.unmoved);
        assert_eq!(scene.read(&fetched, "transform/models/orders.sql").unwrap(), "select 1 as id\n");
        assert!(scene.cache().with_file_name("shop.damaged").exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_fetches_at_once_take_turns() {
    let scene = Scene::new(true);
    let (one, other) = tokio::join!(scene.fetch(), scene.fetch());
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(one.commit, other.commit);
    assert!(one.unmoved != other.unmoved);
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
async fn progress_is_told() {
    let scene = with_big_pack(true);
    let (progress, watched) = watch::channel(FetchProgress::START);
    let fetched = fetch(scene.request(), progress, CancellationToken::new()).await.unwrap();
    let last = *watched.borrow();
    assert_eq!(last.total_objects, Some(last.objects), "{last:?}");
    assert!(last.bytes > 100_000 && last.bytes <= fetched.bytes_received, "{last:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_on_this_machine_is_read_in_place() {
    let scene = Scene::new(true);
    let work = scene.folder.path().join("work");
    support::git(scene.folder.path(), &["clone", "-q", scene.repository().to_str().unwrap(), "work"]);
    for path in [scene.repository(), work] {
        let remote = Remote::Local { path };
        let request = FetchRequest { remote: remote.clone(), branch: String::new(), ..scene.request() };
        let fetched = run(request.clone()).await.unwrap();
        assert_eq!((fetched.branch.as_str(), fetched.requests), ("main", 0));
        let reader = Repository::of(&remote, &scene.cache()).unwrap().reader(&fetched.commit.id).unwrap();
        assert_eq!(reader.read("transform/models/orders.sql").unwrap(), b"select 1 as id\n");
        assert_eq!(branches(request, CancellationToken::new()).await.unwrap().names, ["main"]);
        assert!(!scene.cache().exists());
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

#[tokio::test(flavor = "multi_thread")]
async fn after_many_fetches_the_cache_is_still_tidy() {
    let scene = Scene::new(true);
    let first = scene.fetch().await.unwrap();
    let mut newest = first.clone();
    for number in 0..30 {
        let text = format!("select {number}\n");
        push(&scene.repository(), "main", &[("transform/models/orders.sql", text.as_bytes()), SHOP[1]]);
        newest = scene.fetch().await.unwrap();
        assert_eq!(scene.read(&newest, "transform/models/orders.sql").unwrap(), text);
    }
    let packs = files(&scene.cache().join("objects/pack"));
    assert!(packs.len() <= 2 * 26, "{packs:?}");
    assert_eq!(scene.read(&first, "transform/models/orders.sql").unwrap(), "select 1 as id\n");
    assert!(newest.bytes_received < 3_000, "{newest:?}");
}
