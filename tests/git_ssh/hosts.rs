//! Host keys: who is trusted, and what is told of who is not.

use ebbtide::git::{HostKeys, KnownKey, RemoteError, trust_host};

use crate::scene::{Scene, code, run};

/// What is told of the keys of a host that is refused.
async fn refused(scene: &Scene, expected: &str) -> HostKeys {
    let error = run(scene.request()).await.unwrap_err();
    assert_eq!(code(&error), expected, "{error:?}");
    let RemoteError::HostKey { keys, .. } = error else { panic!("{error:?}") };
    *keys
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_host_is_told_by_its_key_and_trusted_once_a_person_does() {
    let test = "an_unknown_host_is_told_by_its_key_and_trusted_once_a_person_does";
    let Some(scene) = Scene::new(test, true) else { return };
    let written = std::fs::read_to_string(scene.known_hosts()).unwrap();
    std::fs::remove_file(scene.known_hosts()).unwrap();
    for _ in 0..2 {
        let keys = refused(&scene, "GIT-SSH-HOSTKEY-UNKNOWN").await;
        let offered = keys.offered.unwrap();
        assert_eq!((offered.kind.as_str(), &offered.fingerprint), ("ED25519", &scene.server.fingerprint("host_key")));
        assert!(written.starts_with(&offered.line.unwrap()) && keys.known.is_none());
        assert!(!scene.known_hosts().exists(), "nobody is trusted by having been met");
    }
    let keys = refused(&scene, "GIT-SSH-HOSTKEY-UNKNOWN").await;
    trust_host(&scene.known_hosts(), &keys.offered.unwrap().line.unwrap()).unwrap();
    run(scene.request()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_with_another_key_is_told_by_both() {
    let Some(scene) = Scene::new("a_host_with_another_key_is_told_by_both", true) else { return };
    scene.server.be_known_wrongly(&scene.caches());
    let keys = refused(&scene, "GIT-SSH-HOSTKEY-CHANGED").await;
    let offered = keys.offered.unwrap();
    assert_eq!((offered.fingerprint, offered.line), (scene.server.fingerprint("host_key"), None));
    let fingerprint = scene.server.fingerprint("other_key");
    assert_eq!(keys.known, Some(KnownKey { fingerprint, file: scene.known_hosts(), line: 1 }));
}
