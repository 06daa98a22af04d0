//! Repositories that a credential sees, to choose from: page by page, a hundred a page, the last changed
//! first where the provider sorts them.

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

/// One page, and where the list goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListedPage {
    pub repositories: Vec<ListedRepository>,
    /// None at the end of the list.
    pub next: Option<ListPlace>,
}

/// A place in a list of repositories: what is still to be asked, the next question last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPlace {
    pub(super) questions: Vec<Page>,
}

/// A page of one list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// Segments below the API's base.
    pub(super) path: Vec<String>,
    /// What selects and sorts, without the page.
    pub(super) query: &'static str,
    /// Number of the page, from 1; for Bitbucket Data Center that of its first item, from 0.
    pub(super) number: u64,
}

impl Page {
    pub(super) fn first(path: &[&str], query: &'static str, number: u64) -> Self {
        Self { path: path.iter().map(|segment| (*segment).to_owned()).collect(), query, number }
    }
}

/// Asks for a page: the first one, or the one at a place that an earlier page named.
pub(super) async fn repositories(
    client: &Client,
    request: &InspectRequest,
    place: Option<ListPlace>,
    cancel: &CancellationToken,
) -> Result<ListedPage, ApiError> {
    let asking = Asking::new(client, request, cancel)?;
    let mut questions = match place {
        Some(place) => place.questions,
        None => match request.provider {
            Provider::GitHub => vec![github::first_page(&asking)],
            Provider::GitLab => vec![gitlab::first_page()],
            Provider::Bitbucket => bitbucket::first_pages(&asking).await?,
            Provider::Other => return Err(not_offered("this Git server has no API that ebb knows")),
        },
    };
    let Some(page) = questions.pop() else { return Ok(ListedPage::default()) };
    let path: Vec<&str> = page.path.iter().map(String::as_str).collect();
    let (repositories, next) = match request.provider {
        Provider::GitHub => {
            let answer = asking.get(&path, &format!("{}&page={}", page.query, page.number)).await?;
            github::read_page(&asking, &answer, page.number)?
        }
        Provider::GitLab => {
            let answer = asking.get(&path, &format!("{}&page={}", page.query, page.number)).await;
            let answer = answer.map_err(gitlab::explained)?;
            gitlab::read_page(&asking, &answer)?
        }
        Provider::Bitbucket => {
            let word = if bitbucket::is_data_center(&asking) { "start" } else { "page" };
            let answer = asking.get(&path, &format!("{}&{word}={}", page.query, page.number)).await?;
            bitbucket::read_page(&asking, &answer, page.number)?
        }
        Provider::Other => return Err(not_offered("this Git server has no API that ebb knows")),
    };
    // A server that names the same page again would keep us for ever.
    questions.extend(next.filter(|next| *next > page.number).map(|number| Page { number, ..page.clone() }));
    Ok(ListedPage { repositories, next: (!questions.is_empty()).then_some(ListPlace { questions }) })
}
