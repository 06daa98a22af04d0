//! An API that answers what a test says, to those who show the right token, and notes who asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use serde_json::{Value, json};

use crate::support::{Background, Port};

/// Status, headers, body.
type Answer = (u16, Vec<(&'static str, String)>, Value);

#[derive(Debug, Default)]
struct Shared {
    answers: Mutex<BTreeMap<String, Answer>>,
    /// `(path, authorization)`.
    seen: Mutex<Vec<(String, String)>>,
}

/// Runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Forge {
    shared: Arc<Shared>,
    server: Background,
}

impl Forge {
    pub(crate) fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        Self { shared, server: Port::take().serve(router) }
    }

    pub(crate) fn api(&self, below: &str) -> String {
        format!("http://{}{below}", self.server.address)
    }

    /// From now on a path, with its query where it has one, has this answer. All others have 404.
    pub(crate) fn answers(&self, path: &str, status: u16, headers: &[(&'static str, &str)], body: Value) {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.shared.answers.lock().unwrap().insert(path.to_owned(), (status, headers, body));
    }

    /// Paths and authorizations since the last call.
    pub(crate) fn seen(&self) -> Vec<(String, String)> {
        std::mem::take(&mut self.shared.seen.lock().unwrap())
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let path = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let authorization = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    shared.seen.lock().unwrap().push((path.clone(), authorization.unwrap_or_default().to_owned()));
    let known = shared.answers.lock().unwrap().get(&path).cloned();
    let (status, headers, body) = known.unwrap_or((404, Vec::new(), json!({ "message": "Not Found" })));
    let mut builder = Response::builder().status(status).header("content-type", "application/json");
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    builder.body(Body::from(body.to_string())).unwrap()
}
