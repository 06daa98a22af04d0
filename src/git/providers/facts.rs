//! What a provider's API tells of a credential and of a repository: whose it is, what it may do, until when;
//! whether the repository is seen, archived, writable. Each provider's own words are in a file of its own.

use std::path::PathBuf;

use jiff::Timestamp;
use reqwest::{Method, Url};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::app::joined;
use super::client::{Answer, Authorization, Client, Miss, Question, host};
use super::error::ApiError;
use super::{bitbucket, github, gitlab};
use crate::git::remote::{Credential, Provider};
use crate::problem::diagnosis::CredentialKind;

/// Whom to ask, as whom, about which repository.
#[derive(Clone, Debug)]
pub struct InspectRequest {
    pub provider: Provider,
    /// Base of the REST API.
    pub api: String,
    pub credential: Credential,
    /// The account's name where a person gave one: Bitbucket's API wants it beside an API token.
    pub username: Option<String>,
    /// `acme/shop`; empty where only the credential is asked about.
    pub repository: String,
    /// The branch that shall be pushed to; empty where none is.
    pub branch: String,
    /// Certificates of authorities (PEM), besides those that the system trusts.
    pub authorities: Option<PathBuf>,
}

/// What is known of a credential.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CredentialFacts {
    /// The account behind it.
    pub account: Option<String>,
    /// None where the provider does not tell.
    pub scopes: Option<Vec<String>>,
    pub expires_at: Option<Timestamp>,
}

/// What is known of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RepositoryFacts {
    /// As the provider writes it now; another one than was asked for after a rename.
    pub name: String,
    pub default_branch: Option<String>,
    pub is_archived: bool,
    /// Whether this credential may push. None where the provider does not tell.
    pub can_write: Option<bool>,
    /// Whether the branch that was asked about is a protected one. None where nothing was asked, or told.
    pub is_protected: Option<bool>,
}

/// Both, each with its own reason where it is not known.
#[derive(Clone, Debug)]
pub struct Facts {
    pub credential: Result<CredentialFacts, ApiError>,
    pub repository: Result<RepositoryFacts, ApiError>,
}

/// Asks about credential and repository.
pub(super) async fn inspect(client: &Client, request: &InspectRequest, cancel: &CancellationToken) -> Facts {
    let asking = match Asking::new(client, request, cancel) {
        Ok(asking) => asking,
        Err(error) => return Facts { credential: Err(error.clone()), repository: Err(error) },
    };
    match request.provider {
        Provider::GitHub => github::inspect(&asking).await,
        Provider::GitLab => gitlab::inspect(&asking).await,
        Provider::Bitbucket => bitbucket::inspect(&asking).await,
        Provider::Other => {
            let error = not_offered("this Git server has no API that ebb knows");
            Facts { credential: Err(error.clone()), repository: Err(error) }
        }
    }
}

/// Questions to one API as one account.
pub(super) struct Asking<'a> {
    client: &'a Client,
    authorization: Authorization,
    cancel: &'a CancellationToken,
    pub(super) request: &'a InspectRequest,
    pub(super) kind: CredentialKind,
}

impl<'a> Asking<'a> {
    pub(super) fn new(
        client: &'a Client,
        request: &'a InspectRequest,
        cancel: &'a CancellationToken,
    ) -> Result<Self, ApiError> {
        let (kind, authorization) = match &request.credential {
            Credential::Anonymous => (CredentialKind::Anonymous, Authorization::Nobody),
            Credential::Token { token, .. } | Credential::Login { password: token, .. } => {
                let kind = CredentialKind::of_token(token.expose());
                let email = request.username.as_deref().filter(|name| name.contains('@'));
                let authorization = match (kind, email) {
                    (CredentialKind::BitbucketApi, Some(email)) => {
                        Authorization::Basic { user: email.to_owned(), password: token.clone() }
                    }
                    (CredentialKind::BitbucketApi, None) => {
                        return Err(not_offered(
                            "Bitbucket's API takes an API token only with its account's e-mail address: set username to it",
                        ));
                    }
                    _ => Authorization::Bearer(token.clone()),
                };
                (kind, authorization)
            }
            _ => return Err(not_offered("an SSH key is not known to the provider's API")),
        };
        Ok(Self { client, authorization, cancel, request, kind })
    }

    /// GETs a path below the API's base; `query` is appended as it is.
    pub(super) async fn get(&self, path: &[&str], query: &str) -> Result<Answer, ApiError> {
        let mut url = joined(&self.request.api, "")?;
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url.set_query((!query.is_empty()).then_some(query));
        let (authorization, cancel) = (self.authorization.clone(), self.cancel.clone());
        let authorities = self.request.authorities.clone();
        let question = Question { method: Method::GET, url, authorization, body: None, cancel, authorities };
        self.client.ask(&question).await.map_err(|miss| match miss {
            Miss::Failed(error) => error,
            Miss::Refused(refusal) => {
                let sso = refusal.headers.get("x-github-sso").and_then(|value| value.to_str().ok()).unwrap_or_default();
                let page = sso.split_once("url=").map(|(_, page)| format!(" {page}")).unwrap_or_default();
                ApiError::Refused { host: self.host(), status: refusal.status, raw: format!("{}{page}", refusal.raw) }
            }
        })
    }

    /// Whether the branch that shall be pushed to is a protected one, by the answer at a path.
    pub(super) async fn is_protected(&self, path: &[&str]) -> Option<bool> {
        if self.request.branch.is_empty() {
            return None;
        }
        self.get(path, "").await.ok()?.body["protected"].as_bool()
    }

    /// The parts of the repository's path.
    pub(super) fn repository(&self) -> Vec<&str> {
        self.request.repository.split('/').collect()
    }

    pub(super) fn unexpected(&self, what: &str) -> ApiError {
        ApiError::Unexpected { host: self.host(), raw: format!("{what} is missing in the answer") }
    }

    fn host(&self) -> String {
        Url::parse(&self.request.api).map(|url| host(&url)).unwrap_or_default()
    }
}

pub(super) fn not_offered(reason: &str) -> ApiError {
    ApiError::NotOffered { reason: reason.to_owned() }
}

/// A text at a JSON pointer.
pub(super) fn text(body: &Value, pointer: &str) -> Option<String> {
    body.pointer(pointer).and_then(Value::as_str).map(str::to_owned)
}

/// A list in a header: `repo, read:org`. None where the header is missing.
pub(super) fn listed(answer: &Answer, header: &str) -> Option<Vec<String>> {
    answer.headers.get(header)?;
    let items = answer.header(header).split([',', ' ']).map(str::trim).filter(|item| !item.is_empty());
    Some(items.map(str::to_owned).collect())
}

/// `2026-12-01`, `2026-12-01 12:00:00 UTC`, `2026-12-01 12:00:00 -0500` or an RFC 3339 time. A day alone ends
/// when it begins, as GitLab has it.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let midnight = || format!("{text}T00:00:00Z").parse().ok();
    let zoned =
        || jiff::fmt::strtime::parse("%Y-%m-%d %H:%M:%S %z", text.replace("UTC", "+0000")).ok()?.to_timestamp().ok();
    text.parse().ok().or_else(midnight).or_else(zoned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_read_in_every_form() {
        for (written, meant) in [
            ("2026-12-01", "2026-12-01T00:00:00Z"),
            ("2026-12-01 12:00:00 UTC", "2026-12-01T12:00:00Z"),
            ("2026-12-01 12:00:00 -0500", "2026-12-01T17:00:00Z"),
            ("2026-12-01T12:00:00Z", "2026-12-01T12:00:00Z"),
        ] {
            assert_eq!(time(written), Some(meant.parse().unwrap()), "{written}");
        }
        assert_eq!(time("never"), None);
    }
}
