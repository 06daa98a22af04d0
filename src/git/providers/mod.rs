//! The providers' REST APIs: what Git itself does not tell. Tokens of GitHub Apps; what a credential is,
//! what it may do and until when; what a repository allows; lists to choose from.
//!
//! Nothing here changes anything on the other side, and no secret is in any answer but a token's own.

mod app;
mod base;
mod client;
mod error;
mod jwt;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

pub use app::{AppRequest, GitHubApp, InstallationToken};
pub use base::usual_api;
pub use error::ApiError;

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
}
