//! The cache on disk, damaged, shared and after many fetches; and repositories that need none.

use std::path::Path;

use ebbtide::git::{FetchRequest, Remote, Repository, branches};
use tokio_util::sync::CancellationToken;

use crate::scene::{Scene, files, run};
use crate::support::repositories::{SHOP, push};

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
async fn a_repository_on_this_machine_is_read_in_place() {
    let scene = Scene::new(true);
    let work = scene.folder.path().join("work");
    crate::support::git(scene.folder.path(), &["clone", "-q", scene.repository().to_str().unwrap(), "work"]);
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
async fn after_many_fetches_the_cache_is_still_tidy() {
    let scene = Scene::new(true);
    let first = scene.fetch().await.unwrap();
    let mut newest = first.clone();
    for number in 0..12 {
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
