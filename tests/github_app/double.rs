//! A small GitHub: one App, one installation, some repositories. It keeps the rules that GitHub keeps about
//! who may have a token, in GitHub's words, and notes every exchange.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, Response, header};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::keys::decoded;
use crate::support::{Background, Port};

pub(crate) const APP: u64 = 4711;
pub(crate) const INSTALLATION: u64 = 99;
pub(crate) const NOW: &str = "2026-11-23T12:00:00Z";

pub(crate) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// What holds at GitHub just now.
#[derive(Clone, Debug)]
pub(crate) struct Situation {
    pub(crate) now: Timestamp,
    /// What the `Date` header says.
    pub(crate) date: Timestamp,
    pub(crate) suspended: bool,
    /// Besides the one that has the repositories.
    pub(crate) more_installations: usize,
    /// `acme/shop`.
    pub(crate) repositories: BTreeSet<String>,
    /// Permissions of the installation: `(name, level)`.
    pub(crate) permissions: Vec<(String, String)>,
    /// Answers to come before any other: status and body.
    pub(crate) trouble: Vec<(u16, Value)>,
    public_key: Vec<u8>,
    given: u64,
}

/// A request and what was answered.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) asked: Value,
    pub(crate) status: u16,
    pub(crate) answered: Value,
}

#[derive(Debug)]
struct Shared {
    situation: Mutex<Situation>,
    exchanges: Mutex<Vec<Exchange>>,
}

/// Runs until it is dropped.
#[derive(Debug)]
pub(crate) struct GitHubDouble {
    shared: Arc<Shared>,
    server: Background,
}

impl GitHubDouble {
    pub(crate) fn start(public_key: Vec<u8>) -> Self {
        let permissions = [("contents", "read"), ("metadata", "read"), ("checks", "write")];
        let situation = Situation {
            now: now(),
            date: now(),
            suspended: false,
            more_installations: 0,
            repositories: ["acme/shop".to_owned(), "acme/support".to_owned()].into(),
            permissions: permissions.map(|(name, level)| (name.to_owned(), level.to_owned())).to_vec(),
            trouble: Vec::new(),
            public_key,
            given: 0,
        };
        let shared = Arc::new(Shared { situation: Mutex::new(situation), exchanges: Mutex::default() });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        Self { shared, server: Port::take().serve(router) }
    }

    pub(crate) fn api(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// Changes what holds from now on.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Situation)) {
        change(&mut self.shared.situation.lock().unwrap());
    }

    /// The exchanges since the last call.
    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        std::mem::take(&mut self.shared.exchanges.lock().unwrap())
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let asked: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let authorization = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = authorization.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let (status, answered, date) = {
        let mut situation = shared.situation.lock().unwrap();
        let (status, answered) = situation.answer(&parts.method, parts.uri.path(), token, &asked);
        (status, answered, situation.date)
    };
    let (method, path) = (parts.method.to_string(), parts.uri.path().to_owned());
    shared.exchanges.lock().unwrap().push(Exchange { method, path, asked, status, answered: answered.clone() });
    let date = date.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let builder = Response::builder().status(status).header(header::CONTENT_TYPE, "application/json; charset=utf-8");
    builder.header(header::DATE, date).body(Body::from(answered.to_string())).unwrap()
}

fn refused(status: u16, message: &str) -> (u16, Value) {
    (
        status,
        json!({ "message": message, "documentation_url": "https://docs.github.com/rest", "status": status.to_string() }),
    )
}

impl Situation {
    fn answer(&mut self, method: &Method, path: &str, token: &str, asked: &Value) -> (u16, Value) {
        if !self.trouble.is_empty() {
            return self.trouble.remove(0);
        }
        if let Err(refusal) = self.is_the_app(token) {
            return refusal;
        }
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        match (method.as_str(), parts.as_slice()) {
            ("GET", ["repos", owner, name, "installation"]) => {
                if self.repositories.contains(&format!("{owner}/{name}")) {
                    (200, self.installation())
                } else {
                    refused(404, "Not Found")
                }
            }
            ("GET", ["app", "installations"]) => {
                let others = (0..self.more_installations).map(|_| self.installation());
                (200, json!(std::iter::once(self.installation()).chain(others).collect::<Vec<Value>>()))
            }
            ("POST", ["app", "installations", id, "access_tokens"]) => self.token(id, asked),
            _ => refused(404, "Not Found"),
        }
    }

    /// Whether the JSON Web Token is the App's, by GitHub's rules.
    fn is_the_app(&self, token: &str) -> Result<(), (u16, Value)> {
        let undecodable = || refused(401, "A JSON web token could not be decoded");
        let (said, signature) = token.rsplit_once('.').ok_or_else(undecodable)?;
        let (head, claims) = said.split_once('.').ok_or_else(undecodable)?;
        let json = |text: &str| serde_json::from_slice::<Value>(&decoded(text)?).ok();
        let (head, claims) = json(head).zip(json(claims)).ok_or_else(undecodable)?;
        let signature = decoded(signature).ok_or_else(undecodable)?;
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.public_key);
        if head["alg"] != "RS256" || key.verify(said.as_bytes(), &signature).is_err() {
            return Err(undecodable());
        }
        let issuer =
            claims["iss"].as_str().map(str::to_owned).or_else(|| claims["iss"].as_u64().map(|id| id.to_string()));
        if issuer != Some(APP.to_string()) {
            return Err(refused(404, "Integration not found"));
        }
        if claims.get("aud").is_some_and(|audience| audience != "https://api.github.com") {
            return Err(undecodable());
        }
        let now = self.now.as_second();
        let number = |name: &str| claims[name].as_i64().unwrap_or(i64::MIN);
        if number("iat") > now {
            let words =
                "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
            return Err(refused(401, words));
        }
        if number("exp") > now + 600 {
            return Err(refused(401, "'Expiration time' claim ('exp') is too far in the future"));
        }
        if number("exp") <= now {
            let words = "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
            return Err(refused(401, words));
        }
        Ok(())
    }

    fn token(&mut self, id: &str, asked: &Value) -> (u16, Value) {
        if id != INSTALLATION.to_string() {
            return refused(404, "Not Found");
        }
        if self.suspended {
            return refused(403, "This installation has been suspended");
        }
        let names = asked["repositories"].as_array().cloned().unwrap_or_default();
        let included = |name: &Value| {
            self.repositories.iter().any(|known| Some(known.rsplit('/').next().unwrap()) == name.as_str())
        };
        if !names.iter().all(included) {
            return refused(
                422,
                "There is at least one repository that does not exist or is not accessible to the parent installation.",
            );
        }
        let wanted = asked["permissions"].as_object().cloned().unwrap_or_default();
        let rank = |level: &str| ["read", "write", "admin"].iter().position(|known| *known == level);
        let granted = |(name, level): (&String, &Value)| {
            let has = self.permissions.iter().find(|(known, _)| known == name).and_then(|(_, level)| rank(level));
            has.is_some_and(|has| rank(level.as_str().unwrap_or_default()).is_some_and(|wants| wants <= has))
        };
        if !wanted.iter().all(granted) {
            return refused(422, "The permissions requested are not granted to this installation.");
        }
        self.given += 1;
        let ends = self.now + SignedDuration::from_hours(1);
        let answer = json!({
            "token": format!("ghs_double{}", self.given),
            "expires_at": ends.to_string(),
            "permissions": wanted,
            "repository_selection": "selected",
        });
        (201, answer)
    }

    fn installation(&self) -> Value {
        let api = "https://api.github.com";
        let permissions: serde_json::Map<String, Value> =
            self.permissions.iter().map(|(name, level)| (name.clone(), json!(level))).collect();
        json!({
            "id": INSTALLATION,
            "account": null,
            "repository_selection": "selected",
            "access_tokens_url": format!("{api}/app/installations/{INSTALLATION}/access_tokens"),
            "repositories_url": format!("{api}/installation/repositories"),
            "html_url": format!("https://github.com/organizations/acme/settings/installations/{INSTALLATION}"),
            "app_id": APP,
            "app_slug": "ebbtide-acme",
            "target_id": 1,
            "target_type": "Organization",
            "permissions": permissions,
            "events": [],
            "created_at": "2026-01-05T09:00:00Z",
            "updated_at": "2026-01-05T09:00:00Z",
            "single_file_name": null,
            "suspended_at": null,
            "suspended_by": null,
        })
    }
}
