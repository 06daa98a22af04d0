//! Repositories that hold what nobody can read, and servers that play false.

use ebbtide::git::{FetchRequest, RemoteError};

use crate::scene::{Scene, files, run};
use crate::support::repositories::{SHOP, boasting_pack, force_push, odd_shop};
use crate::support::{Answer, git};

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_that_would_fill_the_memory_is_refused() {
    let scene = Scene::new(true);
    scene.server.answer(Answer::Pack(boasting_pack(100_000)));
    let error = scene.fetch().await.unwrap_err();
    assert!(matches!(error, RemoteError::Inflates { bytes } if bytes == 100_000 << 20), "{error:?}");
    assert_eq!(error.code().unwrap().as_str(), "GIT-PACK-INFLATES");
    assert_eq!(files(&scene.cache().join("objects/pack")), Vec::<String>::new());
    scene.server.answer(Answer::Serve);
    scene.fetch().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_that_moves_while_it_is_fetched_is_followed() {
    for filters in [true, false] {
        let scene = Scene::new(filters);
        let repository = scene.repository();
        scene.server.after_refs(move || {
            force_push(&repository, "main", &[("transform/models/orders.sql", b"select 9\n"), SHOP[1]]);
            git(&repository, &["reflog", "expire", "--expire=now", "--all"]);
            git(&repository, &["prune", "--expire=now"]);
        });
        let fetched = scene.fetch().await.unwrap();
        assert_eq!(scene.read(&fetched, "transform/models/orders.sql").unwrap(), "select 9\n");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_named_and_the_rest_is_read() {
    let scene = Scene::new(true);
    odd_shop(scene.folder.path(), &scene.repository());
    let fetched = scene.fetch().await.unwrap();
    let left_out = &fetched.contents.left_out;
    assert_eq!(left_out.submodules.first, ["transform/dbt_packages/shared"]);
    assert_eq!(left_out.links.first, ["transform/models/secret.sql"]);
    assert_eq!(left_out.names.count, 1);
    assert_eq!(scene.read(&fetched, "transform/models/orders.sql").unwrap(), "select 1 as id\n");
    assert!(scene.read(&fetched, "transform/models/secret.sql").is_err());
    assert!(scene.read(&fetched, "transform/models/large.sql").unwrap_err().to_string().contains("Git LFS"));
    assert!(run(FetchRequest { folder: String::new(), ..scene.request() }).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_after_any_number_of_bytes_ends_in_a_time_out() {
    let scene = crate::scene::with_big_pack(true);
    let stall = std::time::Duration::from_millis(200);
    let limits = ebbtide::git::FetchLimits { stall, ..crate::scene::LIMITS };
    for bytes in [0, 3, 40, 90, 300, 5_000, 80_000] {
        scene.server.answer(Answer::HangAfter(bytes));
        let error = run(FetchRequest { limits, ..scene.request() }).await.unwrap_err();
        assert_eq!(error.code().unwrap().as_str(), "GIT-TIMEOUT", "{bytes}: {error:?}");
    }
    scene.server.answer(Answer::Serve);
    scene.fetch().await.unwrap();
}
