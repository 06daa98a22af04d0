//! What people paste, made into an address: clone URLs, scp-like addresses, paths, and pages copied
//! from a browser (which carry the branch and the folder as well). Nothing is reached from here.

mod page;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use reqwest::Url;

use super::error::RemoteError;
use super::remote::Remote;

/// Longest address accepted, in bytes.
const LONGEST: usize = 4096;

/// Hosts that are recognised without `https://` in front.
const KNOWN_HOSTS: [&str; 3] = ["github.com", "gitlab.com", "bitbucket.org"];

/// How tokens of the big providers begin; one in the place of a username is a secret all the same.
const TOKEN_PREFIXES: [&str; 10] =
    ["ghp_", "gho_", "ghu_", "ghs_", "github_pat_", "glpat-", "gldt-", "glcbt-", "ATATT", "ATCTT"];

/// A repository and what else the pasted text said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub remote: Remote,
    /// Branch that a pasted page showed. A branch with `/` in its name comes out short, and its rest stands
    /// in `path`, until [`Address::among`] has seen the branches.
    pub branch: Option<String>,
    /// Path inside the repository that a pasted page showed.
    pub path: Option<String>,
}

impl Address {
    /// Reads an address. Relative paths are taken from `base`. A password or token in it is refused
    /// and is not part of the error.
    pub fn parse(text: &str, base: &Path) -> Result<Self, RemoteError> {
        let text = acceptable(text)?;
        let local = local_path(text, base);
        let is_there = !text.contains("://") && (text.starts_with(['/', '.', '~']) || local.exists());
        match read(text).filter(|_| !is_there) {
            Some(address) => address,
            None => Ok(Self::plain(Remote::Local { path: local })),
        }
    }

    /// Reads an address of another machine: no file is looked at, and a path is none.
    pub fn as_written(text: &str) -> Result<Self, RemoteError> {
        let text = acceptable(text)?;
        read(text).unwrap_or_else(|| Err(unknown(text)))
    }

    /// Branch and path told apart by the branches that there are: the longest of them that the page's words
    /// begin with. Nothing changes where none does.
    #[must_use]
    pub fn among(self, branches: &[String]) -> Self {
        let Some(short) = &self.branch else { return self };
        let words = match &self.path {
            Some(path) => format!("{short}/{path}"),
            None => short.clone(),
        };
        let rest = |branch: &String| {
            let rest = words.strip_prefix(branch.as_str())?;
            (rest.is_empty() || rest.starts_with('/')).then(|| rest.trim_start_matches('/').to_owned())
        };
        let found = branches.iter().filter_map(|branch| Some((branch, rest(branch)?)));
        match found.max_by_key(|(branch, _)| branch.len()) {
            Some((branch, rest)) => {
                let path = (!rest.is_empty()).then_some(rest);
                Self { branch: Some(branch.clone()), path, remote: self.remote }
            }
            None => self,
        }
    }

    fn plain(remote: Remote) -> Self {
        Self { remote, branch: None, path: None }
    }
}

fn acceptable(text: &str) -> Result<&str, RemoteError> {
    let text = text.trim();
    let is_odd = text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control);
    if is_odd { Err(unknown(text)) } else { Ok(text) }
}

/// A URL, `user@host:path`, or `github.com/owner/name`; none where the text can only be a path.
fn read(text: &str) -> Option<Result<Address, RemoteError>> {
    if let Some((scheme, rest)) = text.split_once("://") {
        return Some(match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" => page::http(text),
            "ssh" | "git+ssh" | "ssh+git" => ssh_url(text, rest),
            "file" => file_url(text, rest),
            _ => Err(unknown(text)),
        });
    }
    let first = text.split('/').next().unwrap_or_default();
    if KNOWN_HOSTS.iter().any(|host| first.eq_ignore_ascii_case(host)) {
        return Some(page::http(&format!("https://{text}")));
    }
    scp_like(text)
}

fn local_path(text: &str, base: &Path) -> PathBuf {
    if let Some(rest) = text.strip_prefix("~/")
        && let Some(directories) = directories::BaseDirs::new()
    {
        return directories.home_dir().join(rest);
    }
    let joined = base.join(text);
    joined.components().filter(|part| !matches!(part, std::path::Component::CurDir)).collect()
}

/// `user@host:path`; a colon after the first slash belongs to a path.
fn scp_like(text: &str) -> Option<Result<Address, RemoteError>> {
    let (authority, path) = match text.split_once("]:") {
        Some((literal, path)) if literal.contains('[') => (literal.replace('[', ""), path),
        _ => {
            let (authority, path) = text.split_once(':')?;
            (authority.to_owned(), path)
        }
    };
    if authority.contains('/') || authority.is_empty() {
        return None;
    }
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", &authority));
    Some(ssh(text, user, host, None, path))
}

fn ssh_url(text: &str, rest: &str) -> Result<Address, RemoteError> {
    let (authority, path) = rest.split_once('/').ok_or_else(|| unknown(text))?;
    let (user, host_port) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (host, port) = match host_port.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((literal, rest)) => (literal, rest.strip_prefix(':')),
        None => host_port.split_once(':').map_or((host_port, None), |(host, port)| (host, Some(port))),
    };
    let port = match port.filter(|port| !port.is_empty()) {
        Some(port) => Some(port.parse::<u16>().map_err(|_| unknown(text))?),
        None => None,
    };
    // As git does: `/~user/…` is a path from that user's home, everything else is absolute.
    let path = if path.starts_with('~') { page::decoded(path) } else { format!("/{}", page::decoded(path)) };
    ssh(text, user, host, port, &path)
}

/// The one gate to an SSH remote: nothing that `ssh` or the far shell could take for an option
/// passes.
fn ssh(text: &str, user: &str, host: &str, port: Option<u16>, path: &str) -> Result<Address, RemoteError> {
    if user.contains(':') || is_token(user) {
        return Err(RemoteError::SecretInAddress { url: without_user(text) });
    }
    let strange = |part: &str| part.starts_with('-') || part.contains(char::is_whitespace);
    let no_repository = path.trim_matches('/').is_empty() || path.starts_with('-') || path.contains(char::is_control);
    if host.is_empty() || strange(host) || strange(user) || no_repository {
        return Err(unknown(text));
    }
    let (user, host, path) = (user.to_owned(), host.to_owned(), path.to_owned());
    Ok(Address::plain(Remote::Ssh { user, host, port, path }))
}

fn file_url(text: &str, rest: &str) -> Result<Address, RemoteError> {
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    if !path.starts_with('/') {
        return Err(unknown(text));
    }
    Ok(Address::plain(Remote::Local { path: page::decoded(path).into() }))
}

fn is_token(user: &str) -> bool {
    user.len() >= 32 || TOKEN_PREFIXES.iter().any(|prefix| user.starts_with(prefix))
}

fn unknown(text: &str) -> RemoteError {
    RemoteError::Address { url: without_user(text).chars().take(200).collect() }
}

/// The text without what stands before the last `@` of its authority, which may be a secret.
fn without_user(text: &str) -> String {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), text),
    };
    let authority_end = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(authority_end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}{host}{path}")
}

/// The URL of an HTTP address without user, query and fragment; `Err` where it carries a secret.
fn bare_url(text: &str) -> Result<Url, RemoteError> {
    let mut url = Url::parse(text).map_err(|_| unknown(text))?;
    if url.password().is_some() || is_token(url.username()) {
        return Err(RemoteError::SecretInAddress { url: without_user(text) });
    }
    url.set_query(None);
    url.set_fragment(None);
    if url.set_username("").is_err() || url.host_str().is_none_or(str::is_empty) {
        return Err(unknown(text));
    }
    Ok(url)
}
