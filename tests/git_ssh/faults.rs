//! Servers that break off, send rubbish or go silent over SSH; limits, time-outs and cancelling.

use std::path::PathBuf;
use std::time::Duration;

use ebbtide::git::{FetchLimits, FetchRequest, RemoteError};
use tokio_util::sync::CancellationToken;

use crate::scene::{LIMITS, Scene, code, run, run_until};
use crate::support::repositories::{noise, push};

/// A pack big enough to be cut in its middle; the connection's whole answer has some 101,000 bytes.
fn with_big_pack(test: &str) -> Option<Scene> {
    let scene = Scene::new(test, true)?;
    let repository = scene.folder.path().join("shop.git");
    push(&repository, "main", &[("transform/models/big.sql", &noise(100_000))]);
    Some(scene)
}

/// What the server does with its answer: a script that has the connection's input at 3.
fn answer_through(scene: &Scene, filter: &str) {
    scene.server.run_instead(&format!("exec 3<&0\nsh -c \"$SSH_ORIGINAL_COMMAND\" <&3 | {{ {filter}; }}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_that_is_cut_off_or_damaged_is_told_and_leaves_the_cache_whole() {
    let test = "a_pack_that_is_cut_off_or_damaged_is_told_and_leaves_the_cache_whole";
    let Some(scene) = with_big_pack(test) else { return };
    for filter in [
        "dd bs=1 count=60000 status=none; kill -9 $$",
        "dd bs=1 count=60000 status=none; dd bs=1 count=4 of=/dev/null status=none; printf XXXX; cat",
    ] {
        answer_through(&scene, filter);
        let error = run(scene.request()).await.unwrap_err();
        assert_eq!(code(&error), "GIT-TRANSFER-CUT", "{filter}: {error:?}");
    }
    answer_through(&scene, "cat");
    let fetched = run(scene.request()).await.unwrap();
    assert_eq!(fetched.commit.subject, "Change");
    scene.no_process_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_over_the_limit_is_refused() {
    let Some(scene) = with_big_pack("a_pack_over_the_limit_is_refused") else { return };
    let limits = FetchLimits { pack_bytes: 50_000, ..LIMITS };
    let error = run(FetchRequest { limits, ..scene.request() }).await.unwrap_err();
    assert!(matches!(error, RemoteError::TooLarge { limit: 50_000 }), "{error:?}");
    scene.no_process_is_left().await;
}

/// Has the server fall silent at each stage in turn; gives a file that is there once it has.
fn silences(scene: &Scene) -> [(&'static str, String, PathBuf); 3] {
    let silent = |name: &str| scene.folder.path().join(name);
    let fall = |name: &str| format!("touch '{}'; cat", silent(name).display());
    [
        ("the greeting", format!("{} >/dev/null", fall("greeting")), silent("greeting")),
        // The greeting comes, and what is asked then is not read by Git.
        (
            "the branches",
            format!("sh -c \"$SSH_ORIGINAL_COMMAND\" </dev/null; {} >/dev/null", fall("branches")),
            silent("branches"),
        ),
        (
            "the pack",
            format!(
                "exec 3<&0\nsh -c \"$SSH_ORIGINAL_COMMAND\" <&3 | \
                 {{ dd bs=1 count=60000 status=none; {} <&3 >/dev/null; }}",
                fall("pack")
            ),
            silent("pack"),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silence_at_any_stage_ends_in_a_time_out() {
    let Some(scene) = with_big_pack("a_silence_at_any_stage_ends_in_a_time_out") else { return };
    for (stage, script, _) in silences(&scene) {
        scene.server.run_instead(&script);
        let limits = FetchLimits { stall: Duration::from_secs(2), ..LIMITS };
        let error = run(FetchRequest { limits, ..scene.request() }).await.unwrap_err();
        assert_eq!(code(&error), "GIT-TIMEOUT", "{stage}: {error:?}");
    }
    scene.no_process_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_ends_a_silence_at_any_stage() {
    let Some(scene) = with_big_pack("a_cancel_ends_a_silence_at_any_stage") else { return };
    for (stage, script, silent) in silences(&scene) {
        scene.server.run_instead(&script);
        let cancel = CancellationToken::new();
        let running = tokio::spawn(run_until(scene.request(), cancel.clone()));
        while !silent.exists() && !running.is_finished() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(!running.is_finished(), "{stage}: it ended before the silence");
        cancel.cancel();
        assert!(matches!(running.await.unwrap(), Err(RemoteError::Cancelled)), "{stage}");
    }
    scene.no_process_is_left().await;
}
