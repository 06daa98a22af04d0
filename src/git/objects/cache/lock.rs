//! One writer a cache, among threads and among processes. The lock is a file beside the cache, so that
//! the cache itself can be moved away under it; the system lets it go when its holder dies.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::super::error::RemoteError;
use super::super::super::patience::Patience;
use super::failed;

/// How often a taken lock is tried again.
const AGAIN: Duration = Duration::from_millis(50);

/// Held while a cache is written.
#[derive(Debug)]
pub(in crate::git) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of the cache at `cache`, waiting while somebody else fetches into it.
    pub(in crate::git) async fn take(cache: &Path, patience: &Patience) -> Result<Self, RemoteError> {
        let path = path(cache);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| failed(cache, &error))?;
        }
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(|error| failed(cache, &error))?;
        let taken = async {
            loop {
                match file.try_lock() {
                    Ok(()) => return Ok(()),
                    Err(TryLockError::WouldBlock) => tokio::time::sleep(AGAIN).await,
                    Err(TryLockError::Error(error)) => return Err(failed(cache, &error)),
                }
            }
        };
        patience.total("waiting for another fetch of the same repository", taken).await??;
        Ok(Self { _file: file })
    }
}

fn path(cache: &Path) -> PathBuf {
    let mut name = cache.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    cache.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::git::FetchLimits;

    fn patience(total: Duration) -> Patience {
        let long = Duration::from_mins(1);
        Patience::new(FetchLimits { connect: long, stall: long, total, pack_bytes: 0 }, CancellationToken::new())
    }

    #[tokio::test]
    async fn a_second_writer_waits_for_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let cache = folder.path().join("shop");
        let patience = patience(Duration::from_mins(1));
        let first = Lock::take(&cache, &patience).await.unwrap();
        let second = tokio::spawn({
            let (cache, patience) = (cache.clone(), patience.clone());
            async move { Lock::take(&cache, &patience).await }
        });
        tokio::task::yield_now().await;
        assert!(!second.is_finished());
        drop(first);
        second.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn waiting_for_a_lock_can_be_cancelled() {
        let folder = tempfile::tempdir().unwrap();
        let patience = patience(Duration::from_mins(1));
        let _first = Lock::take(&folder.path().join("shop"), &patience).await.unwrap();
        patience.cancel.cancel();
        let second = Lock::take(&folder.path().join("shop"), &patience).await;
        assert!(matches!(second, Err(RemoteError::Cancelled)));
    }

    #[tokio::test]
    async fn waiting_for_a_lock_ends() {
        let folder = tempfile::tempdir().unwrap();
        let _first = Lock::take(&folder.path().join("shop"), &patience(Duration::from_mins(1))).await.unwrap();
        let second = Lock::take(&folder.path().join("shop"), &patience(Duration::from_millis(1))).await;
        assert!(matches!(second, Err(RemoteError::TimedOut { .. })));
    }

    #[tokio::test]
    async fn a_place_that_cannot_be_written_is_told() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), "").unwrap();
        let taken = Lock::take(&folder.path().join("file/shop"), &patience(Duration::from_mins(1))).await;
        assert!(matches!(taken, Err(RemoteError::Cache { .. })));
    }
}
