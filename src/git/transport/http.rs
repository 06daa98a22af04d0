//! Smart HTTP: one GET for the greeting, one POST a request. The token goes to the host it was meant
//! for and nowhere else.

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};

use super::super::error::{Obstacle, RemoteError};
use super::super::patience::Patience;
use super::super::protocol::LONGEST_WORDS;
use super::super::remote::{Credential, Provider};
use super::super::trust::{BadAuthorities, believing};
use super::super::usernames::usernames;
use super::redirect::{GREETING, follow};
use super::{Peer, Service, retry, words};
use crate::workspace::Secret;

/// Some forges answer Git only to clients that begin so.
const USER_AGENT: &str = concat!("git/2.0 (ebbtide ", env!("CARGO_PKG_VERSION"), ")");
const PROTOCOL: (&str, &str) = ("git-protocol", "version=2");
const MOST_REDIRECTS: usize = 5;

#[derive(Debug)]
pub(super) struct Http {
    client: Client,
    base: Url,
    login: Option<Login>,
    service: Service,
    /// Address that sent us elsewhere, where the credential did not go along.
    left: Option<Url>,
    /// True where the greeting was not given at the first address, or to the first name.
    detoured: bool,
    answer: Option<Response>,
}

/// A token and the usernames to try with it: the provider's usual one first, two at most.
#[derive(Clone, Debug)]
struct Login {
    usernames: Vec<String>,
    token: Secret,
}

impl Http {
    pub(super) fn new(url: &str, peer: Peer<'_>, patience: &Patience) -> Result<Self, RemoteError> {
        let Peer { credential, service, trust, .. } = peer;
        let base = Url::parse(url.trim_end_matches('/')).map_err(|_| RemoteError::Address { url: url.to_owned() })?;
        let login = match credential {
            Credential::Token { provider, token } => {
                if base.scheme() != "https" && !is_this_machine(&base) {
                    return Err(RemoteError::Insecure { url: base.to_string() });
                }
                let host = base.host_str().unwrap_or_default();
                let usernames = usernames(provider.unwrap_or_else(|| Provider::of_host(host)), host, token);
                Some(Login { usernames, token: token.clone() })
            }
            Credential::Login { user, password } => {
                if base.scheme() != "https" && !is_this_machine(&base) {
                    return Err(RemoteError::Insecure { url: base.to_string() });
                }
                Some(Login { usernames: vec![user.clone()], token: password.clone() })
            }
            // Keys are for SSH; an https address is read without them.
            Credential::Anonymous
            | Credential::SshKey { .. }
            | Credential::SshPrivateKey { .. }
            | Credential::SshAgent => None,
        };
        let client = Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(patience.limits.connect)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false);
        let client = believing(client, trust.authorities.as_deref())
            .map_err(|BadAuthorities { path, raw }| RemoteError::Authorities { path, raw })?
            .build()
            .map_err(|error| unreachable(&base, &error))?;
        Ok(Self { client, base, login, service, left: None, detoured: false, answer: None })
    }

    /// The greeting, through redirects and the second username where there is one.
    pub(super) async fn greet(&mut self, patience: &Patience, requests: &mut u32) -> Result<(), RemoteError> {
        let mut redirects = 0;
        loop {
            *requests += 1;
            let url = format!("{}{GREETING}?service={}", self.address(), self.service.program());
            let response = self.answer_to(self.client.get(url), patience).await?;
            let tried_again = response.status() == StatusCode::UNAUTHORIZED && self.next_username();
            if response.status().is_redirection() && redirects < MOST_REDIRECTS {
                redirects += 1;
                self.move_on(&response)?;
            } else if !tried_again {
                self.answer = Some(self.accepted(response, "advertisement", patience).await?);
                return Ok(());
            }
        }
    }

    /// Whether the server takes a question of us without a greeting before it.
    pub(super) fn is_direct(&self) -> bool {
        !self.detoured
    }

    pub(super) async fn send(&mut self, body: Vec<u8>, patience: &Patience) -> Result<(), RemoteError> {
        self.answer = None;
        let program = self.service.program();
        let request = self
            .client
            .post(format!("{}/{program}", self.address()))
            .header(CONTENT_TYPE, format!("application/x-{program}-request"))
            .header(ACCEPT, format!("application/x-{program}-result"))
            .body(body);
        let response = self.answer_to(request, patience).await?;
        self.answer = Some(self.accepted(response, "result", patience).await?);
        Ok(())
    }

    /// The next bytes of the answer; `None` at its end.
    pub(super) async fn chunk(&mut self) -> Result<Option<Vec<u8>>, RemoteError> {
        let Some(answer) = &mut self.answer else { return Ok(None) };
        match answer.chunk().await {
            Ok(bytes) => Ok(bytes.map(|bytes| bytes.to_vec())),
            Err(error) => Err(RemoteError::Broken { raw: words::chain(&error.without_url()) }),
        }
    }

    /// The answer to a request, which is made again where the server is busy. A push is not: it may have
    /// been taken.
    async fn answer_to(&self, mut request: RequestBuilder, patience: &Patience) -> Result<Response, RemoteError> {
        let mut asked = 1;
        loop {
            let again = request.try_clone().filter(|_| self.service == Service::UploadPack);
            let response = self.first_answer_to(request, patience).await?;
            let after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
            let pause = retry::pause(response.status().as_u16(), after, asked);
            let Some((again, pause)) = again.zip(pause) else { return Ok(response) };
            patience.total("waiting for a busy server", tokio::time::sleep(pause)).await?;
            (request, asked) = (again, asked + 1);
        }
    }

    async fn first_answer_to(&self, request: RequestBuilder, patience: &Patience) -> Result<Response, RemoteError> {
        let mut request = request.header(PROTOCOL.0, PROTOCOL.1);
        if let Some(Login { usernames, token }) = &self.login {
            request = request.basic_auth(usernames.first().map_or("", String::as_str), Some(token.expose()));
        }
        let host = self.base.host_str().unwrap_or_default();
        match patience.stall(&format!("waiting for {host}"), request.send()).await? {
            Ok(response) => Ok(response),
            Err(error) if error.is_timeout() => Err(RemoteError::TimedOut {
                what: format!("connecting to {host}"),
                seconds: patience.limits.connect.as_secs(),
            }),
            Err(error) => Err(unreachable(&self.base, &error)),
        }
    }

    fn move_on(&mut self, response: &Response) -> Result<(), RemoteError> {
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let Some(moved) = follow(&self.base, location) else {
            let page = location.split(['?', '#']).next().unwrap_or_default();
            let raw = format!("unable to update url base from redirection: {} leads to {page}", self.base);
            return Err(RemoteError::Refused { status: Some(response.status().as_u16()), raw });
        };
        self.detoured = true;
        let before = std::mem::replace(&mut self.base, moved.base);
        if moved.elsewhere && self.login.take().is_some() {
            self.left = Some(before);
        }
        Ok(())
    }

    /// Makes the next username the one to use; false where there is none.
    fn next_username(&mut self) -> bool {
        match &mut self.login {
            Some(login) if login.usernames.len() > 1 => {
                login.usernames.remove(0);
                self.detoured = true;
                true
            }
            _ => false,
        }
    }

    async fn accepted(&self, response: Response, kind: &str, patience: &Patience) -> Result<Response, RemoteError> {
        let status = response.status();
        if status != StatusCode::OK {
            return Err(self.refused(response, patience).await?);
        }
        let wanted = format!("application/x-{}-{kind}", self.service.program());
        let got = response.headers().get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
        if got != wanted.as_bytes() {
            let raw = format!(
                "fatal: {} is no Git repository: invalid content-type: '{}'",
                self.address(),
                words::bounded(got)
            );
            return Err(RemoteError::Refused { status: Some(status.as_u16()), raw });
        }
        Ok(response)
    }

    /// The refusal with the server's own words, and below them the line that `git` would end with.
    async fn refused(&self, mut response: Response, patience: &Patience) -> Result<RemoteError, RemoteError> {
        let status = response.status();
        let kind = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut said = Vec::new();
        if kind.is_empty() || kind.starts_with("text/plain") {
            while said.len() < LONGEST_WORDS {
                match patience.stall("waiting for the server", response.chunk()).await? {
                    Ok(Some(bytes)) => said.extend_from_slice(&bytes),
                    Ok(None) | Err(_) => break,
                }
            }
        }
        let said = words::remote_lines(&self.without_secrets(&words::bounded(&said)));
        let url = self.address();
        let redirected = self.left.as_ref().map_or_else(String::new, |left| {
            format!("redirected from {left} to {url}: the credential was not sent along\n")
        });
        let last = match (status.as_u16(), &self.login) {
            (401, None) => format!("fatal: could not read Username for '{url}': the connection has no token"),
            (401, Some(_)) => format!("fatal: Authentication failed for '{url}'"),
            (407, _) => format!("fatal: unable to access '{url}': Received HTTP code 407 from proxy"),
            (404, _) => format!("fatal: repository '{url}' not found"),
            (code, _) => format!("fatal: unable to access '{url}': The requested URL returned error: {code}"),
        };
        Ok(RemoteError::Refused { status: Some(status.as_u16()), raw: format!("{said}{redirected}{last}") })
    }

    /// Takes out the token, plain and as it stands in the request's header.
    fn without_secrets(&self, text: &str) -> String {
        let Some(Login { usernames, token }) = &self.login else { return text.to_owned() };
        let name = usernames.first().map_or("", String::as_str);
        let request = self.client.get(self.base.clone()).basic_auth(name, Some(token.expose())).build();
        let header = request.ok().and_then(|request| request.headers().get(AUTHORIZATION).cloned());
        let header = header.as_ref().and_then(|value| value.to_str().ok()).unwrap_or_default();
        words::without(text, &[token.expose(), header.trim_start_matches("Basic ")])
    }

    pub(super) fn address(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }
}

fn unreachable(base: &Url, error: &reqwest::Error) -> RemoteError {
    let host = base.host_str().unwrap_or_default().to_owned();
    let cause = std::error::Error::source(error);
    let (obstacle, raw) = match cause {
        Some(cause) => (words::obstacle(cause), words::chain(cause)),
        None => (Obstacle::Connection, "the request could not be made".to_owned()),
    };
    RemoteError::Unreachable { host, obstacle, raw }
}

fn is_this_machine(base: &Url) -> bool {
    matches!(base.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::super::remote::Remote;
    use super::super::super::trust::Trust;
    use super::*;

    #[test]
    fn a_token_is_not_sent_in_the_clear() {
        let limits = crate::git::FetchLimits {
            connect: std::time::Duration::from_secs(1),
            stall: std::time::Duration::from_secs(1),
            total: std::time::Duration::from_secs(1),
            pack_bytes: 0,
        };
        let patience = Patience::new(limits, tokio_util::sync::CancellationToken::new());
        let token = Credential::Token { provider: None, token: Secret::new("hunter2") };
        for (url, refused) in
            [("http://git.example/a", true), ("http://127.0.0.1:1/a", false), ("http://127.0.0.1.example/a", true)]
        {
            let (remote, trust, cache) = (Remote::Http { url: url.to_owned() }, Trust::default(), Path::new("/cache"));
            let peer = Peer {
                remote: &remote,
                credential: &token,
                limits: &limits,
                trust: &trust,
                cache,
                service: Service::UploadPack,
            };
            let result = Http::new(url, peer, &patience);
            assert_eq!(matches!(result, Err(RemoteError::Insecure { .. })), refused, "{url}");
            assert!(!format!("{result:?}").contains("hunter2"));
        }
    }
}
