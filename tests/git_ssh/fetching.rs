//! Fetching over SSH, in both versions of the protocol, from servers that are there or not.

use std::time::Duration;

use ebbtide::git::{FetchLimits, FetchRequest, Obstacle, Remote, RemoteError, TreeError, branches};
use tokio_util::sync::CancellationToken;

use crate::scene::{LIMITS, Scene, run, run_until};
use crate::support::repositories::{SHOP, empty, push};

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
