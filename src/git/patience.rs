//! How long we wait for the other side: cancel first, then silence, then the whole.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::error::RemoteError;
use super::fetch::FetchLimits;

/// Bounds that every wait of one fetch goes through.
#[derive(Clone, Debug)]
pub(super) struct Patience {
    pub(super) limits: FetchLimits,
    pub(super) cancel: CancellationToken,
    ends: Option<Instant>,
}

impl Patience {
    /// Starts the clock of `limits.total`.
    pub(super) fn new(limits: FetchLimits, cancel: CancellationToken) -> Self {
        Self { limits, cancel, ends: Instant::now().checked_add(limits.total) }
    }

    /// Waits for `work`, but no longer than the silence that is allowed, and not after a cancel.
    pub(super) async fn stall<T>(&self, what: &str, work: impl Future<Output = T>) -> Result<T, RemoteError> {
        self.at_most(self.limits.stall, what, work).await
    }

    /// Waits for our own work, which only a cancel or the whole's end cut short.
    pub(super) async fn total<T>(&self, what: &str, work: impl Future<Output = T>) -> Result<T, RemoteError> {
        self.at_most(self.limits.total, what, work).await
    }

    async fn at_most<T>(&self, longest: Duration, what: &str, work: impl Future<Output = T>) -> Result<T, RemoteError> {
        let left = self.ends.map_or(longest, |ends| ends.saturating_duration_since(Instant::now()));
        let (wait, limit) = if left < longest { (left, self.limits.total) } else { (longest, longest) };
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(RemoteError::Cancelled),
            done = work => Ok(done),
            () = tokio::time::sleep(wait) => {
                Err(RemoteError::TimedOut { what: what.to_owned(), seconds: limit.as_secs() })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patience(stall: u64, total: u64) -> Patience {
        let limits = FetchLimits {
            connect: Duration::from_millis(stall),
            stall: Duration::from_millis(stall),
            total: Duration::from_millis(total),
            pack_bytes: 0,
        };
        Patience::new(limits, CancellationToken::new())
    }

    #[tokio::test]
    async fn what_is_done_in_time_comes_through() {
        assert_eq!(patience(5000, 5000).stall("it", async { 1 }).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn silence_ends_the_wait() {
        let error = patience(5, 60_000).stall("the answer", std::future::pending::<()>()).await.unwrap_err();
        assert!(matches!(error, RemoteError::TimedOut { what, seconds: 0 } if what == "the answer"));
    }

    #[tokio::test]
    async fn the_whole_ends_before_the_silence_does() {
        let error = patience(60_000, 5).stall("the answer", std::future::pending::<()>()).await.unwrap_err();
        assert!(matches!(error, RemoteError::TimedOut { seconds: 0, .. }));
    }

    #[tokio::test]
    async fn a_cancel_wins_over_work_that_is_done() {
        let patience = patience(5000, 5000);
        patience.cancel.cancel();
        assert!(matches!(patience.stall("it", async { 1 }).await, Err(RemoteError::Cancelled)));
    }
}
