//! Servers that break off, go silent or send rubbish; limits, time-outs and cancelling.

use std::time::Duration;

use ebbtide::git::{FetchLimits, FetchProgress, FetchRequest, RemoteError, fetch};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::scene::{LIMITS, files, run, run_until, with_big_pack};
use crate::support::Answer;

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
    for answer in
        [Answer::Hang, Answer::HangInRefs(0), Answer::HangInRefs(20), Answer::HangAfter(0), Answer::HangAfter(40_000)]
    {
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
    for answer in
        [Answer::Hang, Answer::HangInRefs(0), Answer::HangInRefs(20), Answer::HangAfter(0), Answer::HangAfter(40_000)]
    {
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
async fn progress_is_told() {
    let scene = with_big_pack(true);
    let (progress, watched) = watch::channel(FetchProgress::START);
    let fetched = fetch(scene.request(), progress, CancellationToken::new()).await.unwrap();
    let last = *watched.borrow();
    assert_eq!(last.total_objects, Some(last.objects), "{last:?}");
    assert!(last.bytes > 100_000 && last.bytes <= fetched.bytes_received, "{last:?}");
}
