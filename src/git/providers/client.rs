//! Questions to a provider's REST API: JSON, bounded in time and size, tried again where the failure may
//! pass. A credential goes to the host it is meant for and nowhere else.

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, Response, Url};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::super::error::Obstacle;
use super::super::transport::words;
use super::super::trust::{BadAuthorities, believing};
use super::error::ApiError;
use crate::workspace::Secret;

const USER_AGENT: &str = concat!("ebbtide/", env!("CARGO_PKG_VERSION"));
const CONNECT: Duration = Duration::from_secs(15);
/// How long one question may take.
const WHOLE: Duration = Duration::from_secs(30);
/// Largest answer read, in bytes: a page of a hundred repositories has some 600,000.
const LARGEST: usize = 4 << 20;
/// Longest message of a server that is kept, in characters.
const LONGEST_WORDS: usize = 600;
const MOST_REDIRECTS: usize = 3;
/// How often a question is asked before its failure is believed.
const ATTEMPTS: u32 = 3;
const FIRST_WAIT: Duration = Duration::from_millis(300);
/// Longest wait that a server may ask for; with more it is told of at once.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Who asks.
#[derive(Clone, Debug)]
pub(super) enum Authorization {
    Nobody,
    Bearer(Secret),
    Basic { user: String, password: Secret },
}

/// One question.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) authorization: Authorization,
    pub(super) body: Option<Value>,
    pub(super) cancel: CancellationToken,
    /// Certificates of authorities (PEM), besides those that the system trusts.
    pub(super) authorities: Option<PathBuf>,
}

/// An answer with a status of success.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
}

impl Answer {
    /// A header as text; empty where it is missing.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// A refusal, whole: what it says decides what is done.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    /// The status and the server's own words.
    pub(super) raw: String,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Miss {
    Refused(Refusal),
    Failed(ApiError),
}

/// The HTTP client of all questions.
#[derive(Debug, Default)]
pub(super) struct Client {
    /// One for each file of authorities, made at the first use: reading the machine's certificates takes a while.
    http: Mutex<HashMap<Option<PathBuf>, Made>>,
}

/// A client, and what its file of authorities was like when it was read.
#[derive(Debug)]
struct Made {
    client: reqwest::Client,
    read: Option<Stamp>,
}

/// Tells one version of a file from the next: its place on the disk, its length, when it was changed.
type Stamp = (u64, u64, SystemTime);

fn stamp(file: &Path) -> Option<Stamp> {
    let metadata = std::fs::metadata(file).ok()?;
    Some((metadata.ino(), metadata.len(), metadata.modified().ok()?))
}

impl Client {
    /// Asks, and asks again where that may help.
    pub(super) async fn ask(&self, question: &Question) -> Result<Answer, Miss> {
        let url = &question.url;
        if !matches!(question.authorization, Authorization::Nobody) && url.scheme() != "https" && !is_here(url) {
            return Err(Miss::Failed(ApiError::Insecure { url: shown(url) }));
        }
        let client = self.client(url, question.authorities.as_deref())?;
        let mut wait = FIRST_WAIT;
        for _ in 1..ATTEMPTS {
            match once(&client, question).await {
                Err(Miss::Refused(refusal)) if passes(&refusal) => wait = retry_after(&refusal.headers).unwrap_or(wait),
                Err(Miss::Failed(ApiError::Unreachable { obstacle: Obstacle::Connection, .. })) => {}
                done => return done,
            }
            if wait > LONGEST_WAIT {
                break;
            }
            tokio::select! {
                () = question.cancel.cancelled() => return Err(Miss::Failed(ApiError::Cancelled)),
                () = tokio::time::sleep(wait) => wait *= 3,
            }
        }
        once(&client, question).await
    }

    /// A question to the host alone, of which only the handshake matters.
    pub(super) async fn secured(
        &self,
        url: &str,
        authorities: Option<PathBuf>,
        cancel: &CancellationToken,
    ) -> Result<(), ApiError> {
        let mut url = Url::parse(url).map_err(|_| ApiError::Address { url: url.to_owned() })?;
        url.set_path("/");
        let (authorization, body, cancel) = (Authorization::Nobody, None, cancel.clone());
        let client = self.client(&url, authorities.as_deref()).map_err(|miss| match miss {
            Miss::Failed(error) => error,
            Miss::Refused(_) => ApiError::Address { url: shown(&url) },
        })?;
        let question = Question { method: Method::HEAD, url, authorization, body, cancel, authorities };
        match once(&client, &question).await {
            Err(Miss::Failed(ApiError::Unexpected { .. }) | Miss::Refused(_)) | Ok(_) => Ok(()),
            Err(Miss::Failed(error)) => Err(error),
        }
    }

    fn client(&self, url: &Url, authorities: Option<&Path>) -> Result<reqwest::Client, Miss> {
        let authorities = authorities.map(Path::to_path_buf);
        // Each change is one insert: what a panic leaves is whole.
        let mut clients = self.http.lock().unwrap_or_else(PoisonError::into_inner);
        // A file that is changed is read again, without a restart.
        let read = authorities.as_deref().and_then(stamp);
        if let Some(made) = clients.get(&authorities).filter(|made| made.read == read) {
            return Ok(made.client.clone());
        }
        let made = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .referer(false)
            // A renamed repository answers with its new address, on the same host.
            .redirect(Policy::custom(|attempt| {
                let from = attempt.previous().last().map(Url::origin);
                let stays = from.is_some_and(|from| from == attempt.url().origin());
                if stays && attempt.previous().len() <= MOST_REDIRECTS { attempt.follow() } else { attempt.stop() }
            }));
        let made = believing(made, authorities.as_deref())
            .map_err(|BadAuthorities { path, raw }| Miss::Failed(ApiError::Authorities { path, raw }))?;
        let made = made.build().map_err(|error| Miss::Failed(unreachable(url, &error)))?;
        clients.insert(authorities, Made { client: made.clone(), read });
        Ok(made)
    }
}

async fn once(client: &reqwest::Client, question: &Question) -> Result<Answer, Miss> {
    tokio::select! {
        biased;
        () = question.cancel.cancelled() => Err(Miss::Failed(ApiError::Cancelled)),
        done = exchange(client, question) => done,
    }
}

async fn exchange(client: &reqwest::Client, question: &Question) -> Result<Answer, Miss> {
    let failed = |error: reqwest::Error| Miss::Failed(unreachable(&question.url, &error));
    let mut response = request(client, question).send().await.map_err(failed)?;
    let bytes = body(&mut response).await.map_err(failed)?;
    let (status, headers) = (response.status(), response.headers().clone());
    if !status.is_success() {
        let raw = format!("{} {}", status.as_u16(), without(&said(&bytes), &question.authorization));
        return Err(Miss::Refused(Refusal { status: status.as_u16(), headers, raw: raw.trim().to_owned() }));
    }
    let empty = bytes.is_empty().then_some(Value::Null);
    let parsed = empty.map_or_else(|| serde_json::from_slice(&bytes), Ok);
    let body = parsed.map_err(|_| {
        let raw = format!("no JSON, but {} bytes at {}", bytes.len(), shown(&question.url));
        Miss::Failed(ApiError::Unexpected { host: host(&question.url), raw })
    })?;
    Ok(Answer { headers, body })
}

fn request(client: &reqwest::Client, question: &Question) -> RequestBuilder {
    let mut request = client.request(question.method.clone(), question.url.clone()).header(ACCEPT, "application/json");
    match &question.authorization {
        Authorization::Nobody => {}
        Authorization::Bearer(token) => {
            if let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {}", token.expose())) {
                value.set_sensitive(true);
                request = request.header(AUTHORIZATION, value);
            }
        }
        Authorization::Basic { user, password } => request = request.basic_auth(user, Some(password.expose())),
    }
    match &question.body {
        Some(body) => request.header("content-type", "application/json").body(body.to_string()),
        None => request,
    }
}

async fn body(response: &mut Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let room = LARGEST.saturating_sub(bytes.len());
        bytes.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        if bytes.len() >= LARGEST {
            break;
        }
    }
    Ok(bytes)
}

/// What a refusal says: the message of its JSON, else its first words.
fn said(bytes: &[u8]) -> String {
    let json: Option<Value> = serde_json::from_slice(bytes).ok();
    let word = |value: &Value| value.as_str().map(str::to_owned);
    let message = json.as_ref().and_then(|json| {
        let places = ["/message", "/error/message", "/error_description", "/errors/0/message", "/error"];
        places.iter().find_map(|place| json.pointer(place).and_then(word))
    });
    let details = json.as_ref().and_then(|json| json.pointer("/errors/0/message")).and_then(word);
    let mut text = message.unwrap_or_else(|| match &json {
        Some(json) => json.to_string(),
        None => String::from_utf8_lossy(bytes).trim_start().lines().next().unwrap_or_default().to_owned(),
    });
    if let Some(details) = details.filter(|details| !text.contains(details)) {
        text = format!("{text} {details}");
    }
    text.chars().filter(|character| !character.is_control()).take(LONGEST_WORDS).collect()
}

fn without(text: &str, authorization: &Authorization) -> String {
    match authorization {
        Authorization::Bearer(secret) | Authorization::Basic { password: secret, .. } => {
            words::without(text, &[secret.expose()])
        }
        Authorization::Nobody => text.to_owned(),
    }
}

fn passes(refusal: &Refusal) -> bool {
    matches!(refusal.status, 408 | 425 | 429 | 500 | 502..=504)
}

/// How long the server asks us to wait.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get("retry-after")?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn is_here(url: &Url) -> bool {
    matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

pub(super) fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

fn shown(url: &Url) -> String {
    format!("{}://{}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}

fn unreachable(url: &Url, error: &reqwest::Error) -> ApiError {
    if error.is_timeout() {
        return ApiError::TimedOut { host: host(url), seconds: WHOLE.as_secs() };
    }
    let cause = std::error::Error::source(error);
    let (obstacle, raw) = match cause {
        Some(cause) => (words::obstacle(cause), words::chain(cause)),
        None => (Obstacle::Connection, "the request could not be made".to_owned()),
    };
    ApiError::Unreachable { host: host(url), obstacle, raw }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_speaks_by_its_message() {
        for (body, expected) in [
            (r#"{"message":"Bad credentials","documentation_url":"x"}"#, "Bad credentials"),
            (r#"{"error":{"message":"Token is invalid"}}"#, "Token is invalid"),
            (r#"{"error":"invalid_token","error_description":"Token was revoked."}"#, "Token was revoked."),
            (r#"{"errors":[{"message":"You are not permitted"}]}"#, "You are not permitted"),
            (r#"{"message":"Validation Failed","errors":[{"message":"more"}]}"#, "Validation Failed more"),
            ("<html>\nlong", "<html>"),
            ("a\u{7}b", "ab"),
            ("", ""),
        ] {
            assert_eq!(said(body.as_bytes()), expected, "{body}");
        }
        assert_eq!(said("x".repeat(5000).as_bytes()).len(), LONGEST_WORDS);
    }

    #[test]
    fn a_secret_is_not_sent_in_the_clear_nor_shown() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let question = Question {
            method: Method::GET,
            url: Url::parse("http://git.example/api").unwrap(),
            authorization: Authorization::Bearer(Secret::new("hunter22")),
            body: None,
            cancel: CancellationToken::new(),
            authorities: None,
        };
        assert!(!format!("{question:?}").contains("hunter22"));
        let miss = runtime.block_on(Client::default().ask(&question)).unwrap_err();
        assert!(matches!(miss, Miss::Failed(ApiError::Insecure { .. })), "{miss:?}");
    }
}
