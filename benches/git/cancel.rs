//! How long a fetch goes on after it was cancelled, wherever it stands.

use std::path::Path;
use std::time::{Duration, Instant};

use ebbtide::git::{Credential, FetchProgress, FetchRequest, FetchStage, Remote, RemoteError, Trust, fetch};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::LIMITS;
use crate::support::{Answer, HttpGitServer};

/// The stages, and how long after the cancel each was left.
pub fn every_stage(repository: &Path, runtime: &Runtime) -> Vec<(&'static str, Duration)> {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}/x.git", silent.local_addr().unwrap());
    let server = HttpGitServer::start(repository.parent().unwrap());
    let url = server.url("monorepo");
    let mut took = vec![("connected, no answer", cancelled(runtime, &nobody, |_| true))];
    for (stage, answer) in [
        ("waiting for the greeting", Answer::Hang),
        ("waiting for the branch", Answer::HangInRefs(0)),
        ("waiting for a pack", Answer::HangAfter(0)),
    ] {
        server.answer(answer);
        took.push((stage, cancelled(runtime, &url, |_| true)));
    }
    server.answer(Answer::HangAfter(30_000_000));
    took.push(("in the middle of a pack of 60 MB", cancelled(runtime, &url, |now| now.bytes > 1_000_000)));
    server.answer(Answer::Serve);
    took.push(("indexing it", cancelled(runtime, &url, |now| now.stage == FetchStage::Index)));
    took
}

/// Fetches everything, cancels once `reached`, and waits for the end.
fn cancelled(runtime: &Runtime, url: &str, reached: impl Fn(FetchProgress) -> bool) -> Duration {
    let place = tempfile::tempdir().unwrap();
    let request = FetchRequest {
        remote: Remote::Http { url: url.to_owned() },
        credential: Credential::Anonymous,
        branch: "main".to_owned(),
        any_revision: false,
        folder: String::new(),
        expected: None,
        cache: place.path().join("repository.git"),
        trust: Trust::default(),
        limits: LIMITS,
    };
    let (progress, mut watched) = watch::channel(FetchProgress::START);
    let cancel = CancellationToken::new();
    runtime.block_on(async {
        let running = tokio::spawn(fetch(request, progress, cancel.clone()));
        tokio::time::sleep(Duration::from_millis(300)).await;
        while !reached(*watched.borrow_and_update()) && watched.changed().await.is_ok() {}
        let at = Instant::now();
        cancel.cancel();
        let ended = running.await.unwrap();
        let took = at.elapsed();
        assert!(matches!(ended, Err(RemoteError::Cancelled)), "{ended:?}");
        took
    })
}
