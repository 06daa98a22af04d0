//! HTTP addresses: clone URLs as they are, and pages of the big providers taken apart into
//! repository, branch and path.

use super::super::error::RemoteError;
use super::super::remote::{Provider, Remote};
use super::{Address, bare_url, unknown};

/// Words after the repository on a page that shows a file or a folder of a branch.
const SHOWN: [&str; 6] = ["tree", "blob", "raw", "edit", "blame", "commits"];

pub(super) fn http(text: &str) -> Result<Address, RemoteError> {
    if let Some(address) = data_center(text)? {
        return Ok(address);
    }
    let mut url = bare_url(text)?;
    let provider = Provider::of_host(url.host_str().unwrap_or_default());
    let path = url.path().trim_matches('/').to_owned();
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    if segments.is_empty() {
        return Err(unknown(text));
    }
    let (repository, shown) = split(provider, &segments);
    url.set_path(&repository.join("/"));
    let mut shown = shown.iter().map(|segment| decoded(segment));
    let branch = shown.next();
    let path: Vec<String> = shown.collect();
    Ok(Address {
        remote: Remote::Http { url: url.to_string() },
        branch,
        path: (!path.is_empty()).then(|| path.join("/")),
    })
}

/// A page of Bitbucket Data Center, `/projects/KEY/repos/NAME/browse/PATH?at=BRANCH`, whose clone address
/// looks nothing like it.
fn data_center(text: &str) -> Result<Option<Address>, RemoteError> {
    let mut url = bare_url(text)?;
    let path = url.path().to_owned();
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    // A server may live below a path of its own.
    let place = segments.windows(4).position(|four| matches!(four, ["projects" | "users", _, "repos", _]));
    let Some((before, found)) = place.and_then(|place| segments.split_at_checked(place)) else { return Ok(None) };
    let [kind, owner, _, name, shown @ ..] = found else { return Ok(None) };
    let owner = if *kind == "users" { format!("~{owner}") } else { (*owner).to_owned() };
    url.set_path(&[before, &["scm", &owner, &format!("{name}.git")]].concat().join("/"));
    let shown = shown.strip_prefix(&["browse"]).unwrap_or_default();
    let path: Vec<String> = shown.iter().map(|segment| decoded(segment)).collect();
    let at = reqwest::Url::parse(text).ok().and_then(|page| {
        let at = page.query_pairs().find(|(key, _)| key == "at")?.1.into_owned();
        Some(at.strip_prefix("refs/heads/").unwrap_or(&at).to_owned())
    });
    let branch = at.filter(|at| !at.is_empty());
    let path = (!path.is_empty()).then(|| path.join("/"));
    Ok(Some(Address { remote: Remote::Http { url: url.to_string() }, branch, path }))
}

/// The segments that name the repository, and those of branch and path where the page shows them.
fn split<'a, 'b>(provider: Provider, segments: &'a [&'b str]) -> (&'a [&'b str], &'a [&'b str]) {
    let at = |index: usize| segments.get(index).copied().unwrap_or_default();
    let from = |index: usize| segments.get(index..).unwrap_or_default();
    let until = |index: usize| segments.get(..index).unwrap_or(segments);
    if let Some(dash) = segments.iter().position(|segment| *segment == "-") {
        let shown = if SHOWN.contains(&at(dash + 1)) { from(dash + 2) } else { &[] };
        return (until(dash), shown);
    }
    match provider {
        Provider::GitHub if SHOWN.contains(&at(2)) => (until(2), from(3)),
        // Any other page of a repository: its pull requests, its settings.
        Provider::GitHub => (until(2), &[]),
        Provider::Bitbucket if at(2) == "src" => (until(2), from(3)),
        Provider::Bitbucket if ["branch", "commits", "pull-requests"].contains(&at(2)) => (until(2), &[]),
        Provider::Other if at(2) == "src" && at(3) == "branch" => (until(2), from(4)),
        _ if SHOWN.contains(&at(2)) && segments.len() > 3 => (until(2), from(3)),
        _ => (segments, &[]),
    }
}

/// `%2F` and the like made into what they stand for. What is no valid escape, or would not be UTF-8,
/// stays as it is.
pub(super) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escape = match (first, tail) {
            (b'%', [high, low, after @ ..]) => hex(*high).zip(hex(*low)).map(|(high, low)| (high * 16 + low, after)),
            _ => None,
        };
        let (byte, after) = escape.unwrap_or((*first, tail));
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}
