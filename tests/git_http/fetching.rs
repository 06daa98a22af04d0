//! What is fetched, how much of it, and what not.

use ebbtide::git::{FetchRequest, Remote, RemoteError, Repository, TreeError, branches, tip};
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
    let found = reader.find("dbt_project.yml").unwrap();
    assert_eq!((found.paths, found.incomplete), (vec!["transform/dbt_project.yml".to_owned()], true));
    assert_eq!(reader.list("transform").unwrap().files.len(), 3);
    assert_eq!(reader.list("").unwrap().left_out.not_fetched.first, ["web"]);
    // Greeting, branch, commit, root, folder.
    assert_eq!(fetched.requests, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_names_come_where_the_expected_file_is_not_in_the_folder() {
    let scene = Scene::new(true);
    for (folder, expected) in [("wrong", "wrong/dbt_project.yml"), ("web", "web/dbt_project.yml")] {
        let request = || FetchRequest {
            folder: folder.to_owned(),
            expected: Some(expected.to_owned()),
            cache: scene.cache().join(folder),
            ..scene.request()
        };
        let fetched = run(request()).await.unwrap();
        let repository = Repository::of(&scene.request().remote, &request().cache).unwrap();
        let found = repository.reader(&fetched.commit.id).unwrap().find("dbt_project.yml").unwrap();
        assert_eq!((found.paths, found.incomplete), (vec!["transform/dbt_project.yml".to_owned()], false));
        assert!(run(request()).await.unwrap().unmoved);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_beside_the_folder_brings_no_file_and_reads_the_same() {
    let scene = Scene::new(true);
    let first = scene.fetch().await.unwrap();
    let mut files = SHOP.to_vec();
    files[4].1 = b"<html>changed</html>";
    push(&scene.repository(), "main", &files);
    let second = scene.fetch().await.unwrap();
    assert!(!second.unmoved && second.commit.id != first.commit.id && second.commit.tree != first.commit.tree);
    assert_eq!(second.contents, first.contents);
    // Greeting, branch, commit, root.
    assert!(second.requests == 4 && second.bytes_received < 2000, "{second:?}");
    files[2].1 = b"select 7 as id\n";
    push(&scene.repository(), "main", &files);
    assert_ne!(scene.fetch().await.unwrap().contents, first.contents);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_deep_in_the_repository_is_walked_to() {
    let scene = Scene::new(true);
    let deep = (0..30).map(|part| format!("d{part}")).collect::<Vec<_>>().join("/");
    let (file, inner) = (format!("{deep}/dbt_project.yml"), format!("{deep}/models/a/b/c/d/e/m.sql"));
    push(&scene.repository(), "main", &[(&file, b"name: deep\n"), (&inner, b"select 1\n"), ("d0/other", b"x")]);
    let request = FetchRequest { folder: deep.clone(), ..scene.request() };
    let fetched = run(request.clone()).await.unwrap();
    assert_eq!(scene.read(&fetched, &inner).unwrap(), "select 1\n");
    assert!(fetched.requests < 20, "{fetched:?}");
    push(&scene.repository(), "main", &[(&file, b"name: deep\n"), (&inner, b"select 2\n"), ("d0/other", b"x")]);
    let second = run(request).await.unwrap();
    assert_eq!(scene.read(&second, &inner).unwrap(), "select 2\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_a_filter_is_asked_in_another_way() {
    for (refused, left) in [("tree", false), ("blob:none", true)] {
        let scene = Scene::new(true);
        let repository = git2::Repository::open(scene.repository()).unwrap();
        let mut settings = repository.config().unwrap();
        settings.set_bool(&format!("uploadpackfilter.{refused}.allow"), false).unwrap();
        if refused == "blob:none" {
            settings.set_bool("uploadpackfilter.tree.allow", false).unwrap();
        }
        let fetched = scene.fetch().await.unwrap();
        assert_eq!(scene.read(&fetched, "transform/models/orders.sql").unwrap(), "select 1 as id\n");
        assert_eq!(scene.read(&fetched, "web/index.html").is_ok(), left, "{refused}");
        push(&scene.repository(), "main", &[("transform/models/orders.sql", b"select 3\n")]);
        let second = scene.fetch().await.unwrap();
        assert_eq!(scene.read(&second, "transform/models/orders.sql").unwrap(), "select 3\n");
    }
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
    assert_eq!(seen.len(), 1, "{seen:?}");
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

/// Requests that came since the last look: `GET` for a greeting, `POST` for a question.
fn asked(scene: &Scene) -> Vec<String> {
    scene.server.seen().into_iter().map(|seen| seen.method).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_known_is_asked_without_a_greeting() {
    let scene = Scene::new(true);
    assert_eq!(scene.fetch().await.unwrap().requests, 5);
    asked(&scene);
    let second = scene.fetch().await.unwrap();
    assert!(second.unmoved && second.requests == 1 && second.bytes_received < 500, "{second:?}");
    assert_eq!(asked(&scene), ["POST"]);
    let (_, id) = tip(scene.request(), CancellationToken::new()).await.unwrap();
    assert_eq!((id, asked(&scene)), (second.commit.id, vec!["POST".to_owned()]));
    // What the server can do with packs is heard anew.
    push(&scene.repository(), "main", &[("transform/models/orders.sql", b"select 7\n")]);
    let third = scene.fetch().await.unwrap();
    assert_eq!(scene.read(&third, "transform/models/orders.sql").unwrap(), "select 7\n");
    assert_eq!(asked(&scene)[..2], ["POST", "GET"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_greeting_that_does_not_fit_any_more_is_asked_for_again() {
    let scene = Scene::new(true);
    scene.fetch().await.unwrap();
    for rubbish in ["version 2\nobject-format=sha256\n", "version 9\n", "", "version 2\nobject-format=none\n"] {
        std::fs::write(scene.cache().join("greeting"), rubbish).unwrap();
        assert!(scene.fetch().await.unwrap().unmoved, "{rubbish}");
        assert!(scene.fetch().await.unwrap().requests == 1, "{rubbish}");
    }
    asked(&scene);
    scene.server.answer(Answer::ServeVersionZero);
    for _ in 0..2 {
        assert!(scene.fetch().await.unwrap().unmoved);
        tip(scene.request(), CancellationToken::new()).await.unwrap();
    }
    // One question in vain; an old server is greeted from then on.
    assert_eq!(asked(&scene), ["POST", "GET", "GET", "GET", "GET"]);
    scene.server.answer(Answer::Serve);
    scene.fetch().await.unwrap();
    asked(&scene);
    scene.server.rename("shop", "shop2");
    std::fs::rename(scene.repository(), scene.repository().with_file_name("shop2.git")).unwrap();
    for _ in 0..2 {
        assert!(scene.fetch().await.unwrap().unmoved);
    }
    // Whoever is sent elsewhere asks there first the next time as well.
    assert_eq!(asked(&scene), ["POST", "GET", "GET", "POST", "GET", "GET", "POST"]);
}
