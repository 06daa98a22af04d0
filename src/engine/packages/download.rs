//! Files by HTTP: the hub's answers and packages' archives. Tried again where the failure may pass,
//! bounded in size and time; a secret in an address is sent to its host and shown nowhere.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use crate::engine::world::Answer;

/// How we name ourselves.
const USER_AGENT: &str = concat!("ebbtide/", env!("CARGO_PKG_VERSION"));
const CONNECT: Duration = Duration::from_secs(15);
/// Longest silence of the other side.
const SILENCE: Duration = Duration::from_secs(30);
const WHOLE: Duration = Duration::from_mins(5);
const MOST_REDIRECTS: usize = 5;
/// How often a request is made before its failure is believed.
const ATTEMPTS: u32 = 4;
/// About how long to wait before the second attempt; each wait after it is three times as long.
const FIRST_WAIT: Duration = Duration::from_millis(300);
/// Longest wait that a server may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// A file to get.
#[derive(Clone, Debug)]
pub struct DownloadRequest {
    pub url: String,
    /// Largest answer accepted, in bytes.
    pub most_bytes: u64,
    /// Refuse an address that is not https.
    pub only_https: bool,
}

/// Why a file could not be had. Addresses are without user, password and query.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DownloadError {
    #[error("{url} is no address of a file")]
    Address { url: String },
    #[error("{url} is not https, which is the only way that a synced repository's packages are fetched")]
    Insecure { url: String },
    #[error("{url} could not be reached: {raw}")]
    Unreachable { url: String, raw: String },
    #[error("{url} answered {status}")]
    Status { url: String, status: u16 },
    #[error("{url} is larger than {limit} bytes")]
    TooLarge { url: String, limit: u64 },
    #[error("cancelled")]
    Cancelled,
}

/// Files by their address.
pub trait Downloads: Send + Sync {
    /// The whole file. Ends soon after `cancel`.
    fn get(&self, request: DownloadRequest, cancel: CancellationToken) -> Answer<'_, Result<Vec<u8>, DownloadError>>;
}

/// The real ones, over HTTP.
#[derive(Debug, Default)]
pub struct HttpDownloads {
    /// Made at the first use: reading the machine's certificates takes a while.
    client: OnceLock<Client>,
}

/// What one attempt came to, when not to a file.
enum Miss {
    /// It will be so the next time as well.
    Final(DownloadError),
    /// It may pass; the server may have said how long that takes.
    Passing(DownloadError, Option<Duration>),
}

impl Downloads for HttpDownloads {
    fn get(&self, request: DownloadRequest, cancel: CancellationToken) -> Answer<'_, Result<Vec<u8>, DownloadError>> {
        Box::pin(async move {
            tokio::select! {
                biased;
                () = cancel.cancelled() => Err(DownloadError::Cancelled),
                done = self.with_patience(&request) => done,
            }
        })
    }
}

impl HttpDownloads {
    async fn with_patience(&self, request: &DownloadRequest) -> Result<Vec<u8>, DownloadError> {
        let shown = without_secrets(&request.url);
        let Ok(url) = Url::parse(&request.url) else { return Err(DownloadError::Address { url: shown }) };
        match url.scheme() {
            "https" => {}
            "http" if !request.only_https => {}
            "http" => return Err(DownloadError::Insecure { url: shown }),
            _ => return Err(DownloadError::Address { url: shown }),
        }
        let client = self.client(&shown)?;
        let mut wait = FIRST_WAIT;
        for attempt in 1.. {
            let (error, asked) = match once(&client, url.clone(), &shown, request.most_bytes).await {
                Ok(bytes) => return Ok(bytes),
                Err(Miss::Final(error)) => return Err(error),
                Err(Miss::Passing(error, asked)) => (error, asked),
            };
            if attempt >= ATTEMPTS {
                return Err(error);
            }
            tokio::time::sleep(asked.unwrap_or_else(|| jittered(wait)).min(LONGEST_WAIT)).await;
            wait *= 3;
        }
        Err(DownloadError::Address { url: shown })
    }

    fn client(&self, shown: &str) -> Result<Client, DownloadError> {
        if let Some(client) = self.client.get() {
            return Ok(client.clone());
        }
        let made = Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .timeout(WHOLE)
            .referer(false)
            // An archive is wanted as it lies on the server.
            .no_gzip()
            .redirect(Policy::custom(|attempt| {
                let downgraded =
                    attempt.previous().iter().any(|url| url.scheme() == "https") && attempt.url().scheme() != "https";
                if downgraded || attempt.previous().len() > MOST_REDIRECTS { attempt.stop() } else { attempt.follow() }
            }))
            .build();
        let made = made.map_err(|error| DownloadError::Unreachable { url: shown.to_owned(), raw: words(error) })?;
        Ok(self.client.get_or_init(|| made).clone())
    }
}

async fn once(client: &Client, url: Url, shown: &str, limit: u64) -> Result<Vec<u8>, Miss> {
    let unreachable = |error: reqwest::Error| {
        Miss::Passing(DownloadError::Unreachable { url: shown.to_owned(), raw: words(error) }, None)
    };
    let mut response = client.get(url).send().await.map_err(unreachable)?;
    let status = response.status();
    if !status.is_success() {
        let error = DownloadError::Status { url: shown.to_owned(), status: status.as_u16() };
        let passes = status.is_server_error() || matches!(status.as_u16(), 408 | 425 | 429);
        return Err(if passes { Miss::Passing(error, retry_after(&response)) } else { Miss::Final(error) });
    }
    let too_large = || Miss::Final(DownloadError::TooLarge { url: shown.to_owned(), limit });
    let expected = response.content_length().unwrap_or(0);
    if expected > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if (bytes.len() + chunk.len()) as u64 > limit {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Seconds that the server asks to wait.
fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get("retry-after")?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Between half and one and a half times as long, so that many who failed together do not come back
/// together.
fn jittered(wait: Duration) -> Duration {
    let random = RandomState::new().build_hasher().finish() % 1000;
    wait.mul_f64(0.5 + random as f64 / 1000.0)
}

/// An error and what caused it, without the address.
fn words(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        let said = inner.to_string();
        if !words.contains(&said) {
            words = format!("{words}: {said}");
        }
        cause = inner.source();
    }
    words
}

/// An address as it may be shown: without user, password, query and fragment.
pub(super) fn without_secrets(url: &str) -> String {
    let page = url.split(['?', '#']).next().unwrap_or_default();
    match page.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
            let host = authority.rsplit('@').next().unwrap_or_default();
            format!("{scheme}://{host}{path}")
        }
        None => page.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_secrets() {
        let cases = [
            ("https://user:pass@x.example/a?token=1#f", "https://x.example/a"),
            ("https://x.example/a@b/c", "https://x.example/a@b/c"),
            ("https://hunter22@x.example", "https://x.example"),
            ("not an address", "not an address"),
        ];
        for (url, shown) in cases {
            assert_eq!(without_secrets(url), shown);
        }
    }

    #[test]
    fn a_wait_is_spread() {
        let waits: Vec<Duration> = (0..50).map(|_| jittered(Duration::from_millis(100))).collect();
        assert!(waits.iter().all(|wait| (50..150).contains(&wait.as_millis())), "{waits:?}");
        assert!(waits.iter().any(|wait| *wait != waits[0]), "{waits:?}");
    }

    fn get(url: &str, only_https: bool) -> DownloadError {
        let request = DownloadRequest { url: url.to_owned(), most_bytes: 1, only_https };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(HttpDownloads::default().get(request, CancellationToken::new())).unwrap_err()
    }

    #[test]
    fn only_files_of_the_web_are_fetched() {
        assert!(matches!(get("file:///etc/hostname", false), DownloadError::Address { .. }));
        assert!(matches!(get("nonsense", false), DownloadError::Address { .. }));
        let error = get("http://user:secret@x.example/t.tgz", true);
        assert_eq!(error, DownloadError::Insecure { url: "http://x.example/t.tgz".to_owned() });
    }

    #[test]
    fn a_cancel_ends_it_before_anything_is_asked() {
        let cancel = CancellationToken::new();
        cancel.cancel();
        let request = DownloadRequest { url: "https://x.example/".to_owned(), most_bytes: 1, only_https: true };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let error = runtime.block_on(HttpDownloads::default().get(request, cancel)).unwrap_err();
        assert_eq!(error, DownloadError::Cancelled);
    }
}
