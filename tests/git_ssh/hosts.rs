//! Host keys: who is trusted, and what is told of who is not.

use crate::scene::{Scene, run};

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
