//! Repositories that a credential sees, to choose from: the hundred that were changed last.

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::client::Client;
use super::error::ApiError;
use super::facts::{Asking, InspectRequest, not_offered, text};
use super::{bitbucket, github, gitlab};
use crate::git::remote::Provider;

/// A repository of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedRepository {
    /// `acme/shop`
    pub name: String,
    /// For Git over https.
    pub address: String,
    pub default_branch: Option<String>,
}

impl ListedRepository {
    /// What a list's item says at these places; nothing where name or address is missing.
    pub(super) fn of(item: &Value, name: &str, address: &str, branch: &str) -> Option<Self> {
        Some(Self { name: text(item, name)?, address: text(item, address)?, default_branch: text(item, branch) })
    }
}

/// Asks for the list.
pub(super) async fn repositories(
    client: &Client,
    request: &InspectRequest,
    cancel: &CancellationToken,
) -> Result<Vec<ListedRepository>, ApiError> {
    let asking = Asking::new(client, request, cancel)?;
    match request.provider {
        Provider::GitHub => github::repositories(&asking).await,
        Provider::GitLab => gitlab::repositories(&asking).await,
        Provider::Bitbucket => bitbucket::repositories(&asking).await,
        Provider::Other => Err(not_offered("this Git server has no API that ebb knows")),
    }
}
