//! The providers' REST APIs: what Git itself does not tell. Tokens of GitHub Apps; what a credential is,
//! what it may do and until when; what a repository allows; lists to choose from.
//!
//! Nothing here changes anything on the other side, and no secret is in any answer but a token's own.

mod app;
mod base;
mod bitbucket;
mod branch_restrictions;
mod client;
mod error;
mod facts;
mod github;
mod gitlab;
mod jwt;
mod lists;

use std::path::PathBuf;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

pub use app::{AppRequest, GitHubApp, InstallationToken};
pub use base::usual_api;
pub use error::ApiError;
pub use facts::{CredentialFacts, Facts, InspectRequest, RepositoryFacts};
pub use lists::{ListPlace, ListedPage, ListedRepository};

use app::InstallationTokens;
use client::Client;

/// The APIs over HTTP, with the installation tokens that they gave.
#[derive(Debug, Default)]
pub struct HttpProviders {
    client: Client,
    tokens: InstallationTokens,
}

impl HttpProviders {
    /// A token of a GitHub App for one repository: a kept one, or a new one where that has less than five
    /// minutes left.
    pub async fn installation_token(
        &self,
        request: &AppRequest,
        now: Timestamp,
        cancel: &CancellationToken,
    ) -> Result<InstallationToken, ApiError> {
        self.tokens.token(&self.client, request, now, cancel).await
    }

    /// Throws away the kept tokens of an App for a repository, which the server did not take.
    pub fn forget(&self, app: u64, repository: &str) {
        self.tokens.forget(app, repository);
    }

    /// What the API tells of a credential and a repository.
    pub async fn inspect(&self, request: &InspectRequest, cancel: &CancellationToken) -> Facts {
        facts::inspect(&self.client, request, cancel).await
    }

    /// A page of the repositories that a credential sees: the first one, or the one at `place`.
    pub async fn repositories(
        &self,
        request: &InspectRequest,
        place: Option<ListPlace>,
        cancel: &CancellationToken,
    ) -> Result<ListedPage, ApiError> {
        lists::repositories(&self.client, request, place, cancel).await
    }

    /// Speaks TLS with the host of `url`, showing it nothing; whatever it answers is well.
    pub async fn secured(
        &self,
        url: &str,
        authorities: Option<PathBuf>,
        cancel: &CancellationToken,
    ) -> Result<(), ApiError> {
        self.client.secured(url, authorities, cancel).await
    }
}
