//! GitHub Apps: which installation serves a repository, and a token of it, no wider than needed and kept
//! until shortly before it ends.
//!
//! As GitHub documents it under apps/creating-github-apps/authenticating-with-a-github-app.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::client::{Answer, Authorization, Client, Miss, Question, host};
use super::error::ApiError;
use super::facts::not_offered;
use super::jwt;
use crate::workspace::Secret;

/// How long before its end a token is not used any more: a transfer that has begun shall finish.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);
/// Differences of clocks that the statement allows for by itself, in seconds.
const CLOCKS_DIFFER: i64 = 30;

/// What a person configured of an App.
#[derive(Clone, Debug)]
pub struct GitHubApp {
    /// Base of the REST API: `https://api.github.com`, `https://HOST/api/v3`.
    pub api: String,
    pub id: u64,
    /// Looked up by the repository where it is not given.
    pub installation: Option<u64>,
    pub private_key: Secret,
}

/// A token for one repository.
#[derive(Clone, Debug)]
pub struct AppRequest {
    pub app: GitHubApp,
    /// `owner/name`; empty for a token that lists what its installation has and reads none of it.
    pub repository: String,
    /// Whether it must be able to push.
    pub write: bool,
    /// Certificates of authorities (PEM), besides those that the system trusts.
    pub authorities: Option<PathBuf>,
}

/// A token of an installation.
#[derive(Clone, Debug)]
pub struct InstallationToken {
    pub token: Secret,
    pub expires_at: Timestamp,
    pub installation: u64,
    /// `contents` -> `read`.
    pub permissions: Vec<(String, String)>,
}

/// What tells one token from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    api: String,
    app: u64,
    installation: Option<u64>,
    repository: String,
    write: bool,
}

/// Tokens in memory, and nowhere else.
#[derive(Debug, Default)]
pub(super) struct InstallationTokens {
    kept: Mutex<HashMap<Key, InstallationToken>>,
}

impl InstallationTokens {
    /// A token that holds for five minutes at least: a kept one, or a new one.
    pub(super) async fn token(
        &self,
        client: &Client,
        request: &AppRequest,
        now: Timestamp,
        cancel: &CancellationToken,
    ) -> Result<InstallationToken, ApiError> {
        let key = key(request);
        if let Some(kept) =
            self.kept().get(&key).filter(|kept| now.saturating_add(MARGIN).is_ok_and(|then| then < kept.expires_at))
        {
            return Ok(kept.clone());
        }
        let asking = Asking { client, request, cancel };
        let token = asking.new_token(now).await?;
        let mut kept = self.kept();
        kept.retain(|_, token| token.expires_at > now);
        kept.insert(key, token.clone());
        Ok(token)
    }

    /// Throws tokens away that the server did not take.
    pub(super) fn forget(&self, app: u64, repository: &str) {
        self.kept().retain(|key, _| key.app != app || !key.repository.eq_ignore_ascii_case(repository));
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<Key, InstallationToken>> {
        // Each change is one insert or remove: what a panic leaves is whole.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(request: &AppRequest) -> Key {
    let AppRequest { app, repository, write, .. } = request;
    let (api, repository) = (app.api.clone(), repository.to_lowercase());
    Key { api, app: app.id, installation: app.installation, repository, write: *write }
}

/// One asking for a token.
struct Asking<'a> {
    client: &'a Client,
    request: &'a AppRequest,
    cancel: &'a CancellationToken,
}

#[derive(Deserialize)]
struct Installation {
    id: u64,
}

#[derive(Deserialize)]
struct Given {
    token: String,
    expires_at: Timestamp,
    #[serde(default)]
    permissions: std::collections::BTreeMap<String, String>,
}

impl Asking<'_> {
    async fn new_token(&self, now: Timestamp) -> Result<InstallationToken, ApiError> {
        let installation = match self.request.app.installation {
            Some(installation) => installation,
            None => self.installation(now).await?,
        };
        let contents = if self.request.write { "write" } else { "read" };
        let name = self.request.repository.rsplit('/').next().unwrap_or_default();
        let narrowed = if name.is_empty() {
            json!({ "permissions": { "metadata": "read" } })
        } else {
            json!({ "repositories": [name], "permissions": { "contents": contents, "metadata": "read" } })
        };
        let path = format!("app/installations/{installation}/access_tokens");
        let answer = self.ask(Method::POST, &path, Some(narrowed), now).await;
        let answer = answer.map_err(|miss| self.token_refused(miss, contents))?;
        let given: Given = self.read(answer)?;
        Ok(InstallationToken {
            token: Secret::new(given.token),
            expires_at: given.expires_at,
            installation,
            permissions: given.permissions.into_iter().collect(),
        })
    }

    async fn installation(&self, now: Timestamp) -> Result<u64, ApiError> {
        if self.request.repository.is_empty() {
            return self.only_installation(now).await;
        }
        let path = format!("repos/{}/installation", self.request.repository);
        let answer = self.ask(Method::GET, &path, None, now).await.map_err(|miss| match miss {
            Miss::Refused(refusal) if refusal.status == 404 => {
                ApiError::NotInstalled { repository: self.request.repository.clone(), raw: refusal.raw }
            }
            miss => self.failed(miss),
        })?;
        Ok(self.read::<Installation>(answer)?.id)
    }

    /// Where no repository says which one is meant.
    async fn only_installation(&self, now: Timestamp) -> Result<u64, ApiError> {
        let answer = self.ask(Method::GET, "app/installations", None, now).await.map_err(|miss| self.failed(miss))?;
        match self.read::<Vec<Installation>>(answer)?.as_slice() {
            [only] => Ok(only.id),
            [] => Err(not_offered("the GitHub App is installed nowhere yet")),
            several => Err(not_offered(&format!(
                "the GitHub App has {} installations: give the installation id, or type the repository's address",
                several.len()
            ))),
        }
    }

    /// Which of its parts GitHub did not like. It answers 422 both for a repository that the installation
    /// does not have and for a permission that it was not given.
    fn token_refused(&self, miss: Miss, contents: &str) -> ApiError {
        match miss {
            Miss::Refused(refusal) if refusal.status == 422 && refusal.raw.contains("permission") => {
                ApiError::PermissionMissing { permission: format!("Contents: {contents}"), raw: refusal.raw }
            }
            Miss::Refused(refusal) if refusal.status == 422 => {
                ApiError::NotIncluded { repository: self.request.repository.clone(), raw: refusal.raw }
            }
            Miss::Refused(refusal) if refusal.status == 404 => {
                ApiError::NotInstalled { repository: self.request.repository.clone(), raw: refusal.raw }
            }
            miss => self.failed(miss),
        }
    }

    /// Asks as the App. Where this machine's clock is wrong, the server's own is used, once.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<serde_json::Value>,
        now: Timestamp,
    ) -> Result<Answer, Miss> {
        let app = &self.request.app;
        let url = joined(&app.api, path).map_err(Miss::Failed)?;
        let signed = |now| jwt::signed(app.id, &app.private_key, now).map_err(Miss::Failed);
        let authorization = Authorization::Bearer(signed(now)?);
        let mut question = Question {
            method,
            url,
            authorization,
            body,
            cancel: self.cancel.clone(),
            authorities: self.request.authorities.clone(),
        };
        match self.client.ask(&question).await {
            Err(Miss::Refused(refusal)) if refusal.status == 401 => match theirs(&refusal.headers, now) {
                Some(theirs) => {
                    question.authorization = Authorization::Bearer(signed(theirs)?);
                    self.client.ask(&question).await
                }
                None => Err(Miss::Refused(refusal)),
            },
            done => done,
        }
    }

    fn read<T: serde::de::DeserializeOwned>(&self, answer: Answer) -> Result<T, ApiError> {
        serde_json::from_value(answer.body).map_err(|error| ApiError::Unexpected {
            host: self.host(),
            // The error names a field, never a value of it that could be a token.
            raw: format!("the answer is not as GitHub describes it (line {})", error.line()),
        })
    }

    fn failed(&self, miss: Miss) -> ApiError {
        match miss {
            Miss::Refused(refusal) => ApiError::Refused { host: self.host(), status: refusal.status, raw: refusal.raw },
            Miss::Failed(error) => error,
        }
    }

    fn host(&self) -> String {
        Url::parse(&self.request.app.api).map(|url| host(&url)).unwrap_or_default()
    }
}

/// The server's time, where it differs from ours by more than is allowed for.
fn theirs(headers: &reqwest::header::HeaderMap, now: Timestamp) -> Option<Timestamp> {
    let date = headers.get("date")?.to_str().ok()?;
    let theirs = jiff::fmt::rfc2822::parse(date).ok()?.timestamp();
    ((theirs.as_second() - now.as_second()).abs() > CLOCKS_DIFFER).then_some(theirs)
}

/// An address below the API's base.
pub(super) fn joined(api: &str, path: &str) -> Result<Url, ApiError> {
    let wrong = || ApiError::Address { url: api.to_owned() };
    let url = Url::parse(&format!("{}/{path}", api.trim_end_matches('/'))).map_err(|_| wrong())?;
    let is_usual = matches!(url.scheme(), "https" | "http") && url.host_str().is_some_and(|host| !host.is_empty());
    if is_usual && url.username().is_empty() && url.password().is_none() { Ok(url) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_put_together() {
        assert_eq!(joined("https://api.github.com", "app").unwrap().as_str(), "https://api.github.com/app");
        assert_eq!(joined("https://ghe.acme.example/api/v3/", "app").unwrap().path(), "/api/v3/app");
        for odd in ["api.github.com", "ftp://x", "https://user:secret@x", ""] {
            assert!(matches!(joined(odd, "app"), Err(ApiError::Address { .. })), "{odd}");
        }
    }

    #[test]
    fn the_servers_clock_is_taken_where_ours_is_wrong() {
        let mut headers = reqwest::header::HeaderMap::new();
        headers.insert("date", "Mon, 23 Nov 2026 18:00:00 GMT".parse().unwrap());
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(theirs(&headers, at("2026-11-23T18:00:20Z")), None);
        assert_eq!(theirs(&headers, at("2026-11-23T19:00:00Z")), Some(at("2026-11-23T18:00:00Z")));
        headers.insert("date", "yesterday".parse().unwrap());
        assert_eq!(theirs(&headers, at("2026-11-23T19:00:00Z")), None);
    }
}
