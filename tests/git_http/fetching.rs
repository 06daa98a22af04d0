//! What is fetched, how much of it, and what not.

use ebbtide::git::{FetchRequest, Remote, RemoteError, Repository, TreeError, branches};
use tokio_util::sync::CancellationToken;

use crate::scene::{Scene, big_files, run};
use crate::support::Answer;
use crate::support::repositories::{SHOP, allow_filters, empty, force_push, push};

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
    crate::support::git(scene.folder.path(), &["clone", "-q", scene.repository().to_str().unwrap(), "work"]);
    std::os::unix::fs::symlink("../web/index.html", work.join("transform/page.sql")).unwrap();
    crate::support::git(&work, &["add", "-A"]);
    crate::support::git(&work, &["commit", "-qm", "Link"]);
    crate::support::git(&work, &["push", "-q", "origin", "HEAD:main"]);
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

/// The repository with a tag of each kind on its first commit and a second commit on `main`; gives both ids.
fn with_tags(scene: &Scene) -> (String, String) {
    let repository = git2::Repository::open(scene.repository()).unwrap();
    let first = repository.refname_to_id("refs/heads/main").unwrap();
    let object = repository.find_object(first, None).unwrap();
    let ada = git2::Signature::new("Ada", "ada@acme.example", &git2::Time::new(1_767_603_600, 0)).unwrap();
    repository.tag_lightweight("v1", &object, false).unwrap();
    repository.tag("v1.1", &object, &ada, "annotated", false).unwrap();
    repository.tag_lightweight("main", &object, false).unwrap();
    (first.to_string(), push(&scene.repository(), "main", &[("transform/a.sql", b"select 2\n")]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revision_is_a_tag_before_a_branch_or_a_commit() {
    let scene = Scene::new(true);
    let (first, second) = with_tags(&scene);
    push(&scene.repository(), "dev", SHOP);
    let revision = |name: &str| FetchRequest { branch: name.to_owned(), any_revision: true, ..scene.request() };
    for (name, id) in [("v1", &first), ("v1.1", &first), ("main", &first), (second.as_str(), &second)] {
        let fetched = run(revision(name)).await.unwrap();
        assert_eq!((&fetched.branch, &fetched.commit.id), (&name.to_owned(), id));
    }
    assert_eq!(run(revision("dev")).await.unwrap().branch, "dev");
    assert_eq!(
        run(scene.request()).await.unwrap().commit.id,
        second,
        "a branch stays a branch where that is asked for"
    );
    let RemoteError::BranchMissing { branches, .. } = run(revision("v2")).await.unwrap_err() else {
        panic!("it is there")
    };
    assert_eq!(branches, ["dev", "main", "main", "v1", "v1.1"], "branches, then tags");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_is_here_needs_no_server() {
    let scene = Scene::new(true);
    let (first, _) = with_tags(&scene);
    let request = FetchRequest { branch: first.clone(), any_revision: true, ..scene.request() };
    run(request.clone()).await.unwrap();
    scene.server.seen();
    let again = run(request).await.unwrap();
    assert!(again.unmoved && again.commit.id == first);
    assert!(scene.server.seen().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_of_this_machine_has_revisions_too() {
    let scene = Scene::new(true);
    let (first, second) = with_tags(&scene);
    let remote = Remote::Local { path: scene.repository() };
    let revision = |name: &str| FetchRequest {
        remote: remote.clone(),
        branch: name.to_owned(),
        any_revision: true,
        ..scene.request()
    };
    for (name, id) in [("v1.1", &first), ("main", &first), (second.as_str(), &second), ("", &second)] {
        assert_eq!(&run(revision(name)).await.unwrap().commit.id, id, "{name}");
    }
    assert!(matches!(run(revision("v2")).await, Err(RemoteError::BranchMissing { .. })));
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
