//! A package hub and repositories out of `hub.json`, as `serve.py` gives them to dbt; the hub misbehaves on
//! request.

use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use ebbtide::dbt::packages::sha1_hex;
use ebbtide::git::author::{NewCommit, commit_to_branch, create};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Map, Value, json};

use crate::background::{Background, Port};

const PACKAGES: &str = include_str!("hub.json");

/// What the hub does with the next requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    Serve,
    /// Fails so many times, then serves.
    FailFirst(usize),
    /// Says that it is out of order.
    Down,
    /// Answers with a page to sign in.
    SignInPage,
    /// Archives hold other bytes than the hub knows.
    OtherArchives,
    /// Archives that are none.
    BrokenArchives,
    /// Archives with a path that leads out, rightly summed.
    EvilArchives,
}

#[derive(Debug)]
struct Shared {
    base: String,
    manner: Mutex<Manner>,
    seen: Mutex<Vec<String>>,
}

/// A hub on a port of this machine, until it is dropped.
#[derive(Debug)]
pub(crate) struct Hub {
    shared: Arc<Shared>,
    _server: Background,
}

impl Hub {
    pub(crate) fn start() -> Self {
        let port = Port::take();
        let base = format!("http://{}/", port.address());
        let shared = Arc::new(Shared { base, manner: Mutex::new(Manner::Serve), seen: Mutex::default() });
        let server = port.serve(Router::new().fallback(answer).with_state(Arc::clone(&shared)));
        Self { shared, _server: server }
    }

    /// The address, with a slash at its end.
    pub(crate) fn address(&self) -> &str {
        &self.shared.base
    }

    pub(crate) fn be(&self, manner: Manner) {
        *self.shared.manner.lock().unwrap() = manner;
    }

    /// Paths asked for since the last call.
    pub(crate) fn seen(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.seen.lock().unwrap())
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let path = request.uri().path().to_owned();
    shared.seen.lock().unwrap().push(path.clone());
    let manner = {
        let mut manner = shared.manner.lock().unwrap();
        let now = *manner;
        if let Manner::FailFirst(times) = now {
            *manner = if times == 0 { Manner::Serve } else { Manner::FailFirst(times - 1) };
        }
        now
    };
    let (status, body) = match manner {
        Manner::Down => (503, b"out of order".to_vec()),
        Manner::FailFirst(times) if times > 0 => (502, b"a moment".to_vec()),
        Manner::SignInPage => (200, b"<html>please sign in</html>".to_vec()),
        _ => match served(&shared.base, &path, manner) {
            Some(body) => (200, body),
            None => (404, Vec::new()),
        },
    };
    Response::builder().status(status).body(Body::from(body)).unwrap()
}

fn packages() -> Map<String, Value> {
    serde_json::from_str(PACKAGES).unwrap()
}

fn served(base: &str, path: &str, manner: Manner) -> Option<Vec<u8>> {
    if path == "/api/v1/index.json" {
        let names: Vec<String> = packages().keys().cloned().collect();
        return Some(serde_json::to_vec(&names).unwrap());
    }
    if let Some(name) = path.strip_prefix("/api/v1/").and_then(|rest| rest.strip_suffix(".json")) {
        return Some(serde_json::to_vec(&described(base, name, manner)?).unwrap());
    }
    let (package, version) = path.strip_prefix("/tarballs/")?.strip_suffix(".tgz")?.rsplit_once('/')?;
    packages().get(package)?.get(version)?;
    Some(match manner {
        Manner::OtherArchives => archive(package, "tampered", false),
        Manner::BrokenArchives => b"<html>not found, but politely</html>".to_vec(),
        _ => archive(package, version, manner == Manner::EvilArchives),
    })
}

fn described(base: &str, package: &str, manner: Manner) -> Option<Value> {
    let versions = packages().get(package)?.as_object()?.clone();
    let (namespace, name) = package.split_once('/')?;
    let mut answer = json!({"name": name, "namespace": namespace, "versions": {}});
    for (version, facts) in versions {
        if version == "redirect" {
            answer.as_object_mut()?.extend(facts.as_object()?.clone());
            continue;
        }
        let sum = sha1_hex(&archive(package, &version, manner == Manner::EvilArchives));
        let tarball = format!("{base}tarballs/{package}/{version}.tgz");
        let sum = if manner == Manner::BrokenArchives { Value::Null } else { Value::from(sum) };
        let mut entry =
            json!({"name": name, "version": version, "packages": [], "downloads": {"tarball": tarball, "sha1": sum}});
        entry.as_object_mut()?.extend(facts.as_object()?.clone());
        answer["versions"][version] = entry;
    }
    Some(answer)
}

/// A `.tar.gz` as a forge makes it: everything in one folder.
fn archive(package: &str, version: &str, evil: bool) -> Vec<u8> {
    let name = package.rsplit('/').next().unwrap();
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let mut add = |path: &str, text: &str| {
        let mut header = tar::Header::new_gnu();
        let path = format!("{name}-{version}/{path}");
        // As raw bytes: the builder would refuse a path that leads out.
        header.as_gnu_mut().unwrap().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append(&header, text.as_bytes()).unwrap();
    };
    add("dbt_project.yml", &format!("name: {name}\nversion: '1.0'\n"));
    add("macros/m.sql", &format!("{{% macro from_{name}() %}}'{version}'{{% endmacro %}}\n"));
    if evil {
        add("../../../evil.txt", "evil");
    }
    builder.into_inner().unwrap().finish().unwrap()
}

fn commit<'a>(message: &'a str, files: &'a [(&'a str, &'a [u8])]) -> NewCommit<'a> {
    let at = "2026-01-05T09:00:00Z".parse().unwrap();
    NewCommit { message, author: "Ada", email: "ada@acme.example", at, files }
}

/// `tools`, `many` and `asking`; gives id and name of their commits.
pub(crate) fn repositories(root: &Path) -> Vec<(String, &'static str)> {
    const PROJECT: (&str, &[u8]) = ("dbt_project.yml", b"name: tools\nversion: '1.0'\n");
    let tools = root.join("tools.git");
    let one = create(&tools, "main", &[commit("tools one", &[PROJECT, ("macros/m.sql", b"one")])]).unwrap();
    let two = commit_to_branch(&tools, "main", &commit("tools two", &[PROJECT, ("macros/m.sql", b"two")])).unwrap();
    let repository = git2::Repository::open(&tools).unwrap();
    let object = |id: &str| repository.find_object(git2::Oid::from_str(id).unwrap(), None).unwrap();
    let ada = git2::Signature::new("Ada", "ada@acme.example", &git2::Time::new(1_767_603_600, 0)).unwrap();
    repository.tag_lightweight("v1.0.0", &object(&one), false).unwrap();
    repository.tag("v2.0.0", &object(&two), &ada, "second", false).unwrap();
    repository.tag_lightweight("both", &object(&one), false).unwrap();
    repository.reference("refs/heads/both", git2::Oid::from_str(&two).unwrap(), false, "").unwrap();
    repository.reference("refs/heads/release/one", git2::Oid::from_str(&two).unwrap(), false, "").unwrap();
    let three = commit("tools three", &[PROJECT, ("macros/m.sql", b"three")]);
    let three = commit_to_branch(&tools, "release/one", &three).unwrap();
    let inner: &[(&str, &[u8])] = &[("packages/inner/dbt_project.yml", b"name: inner\nversion: '1.0'\n")];
    let many = create(&root.join("many.git"), "main", &[commit("many one", inner)]).unwrap();
    let asks: &[(&str, &[u8])] = &[
        ("dbt_project.yml", b"name: asking\nversion: '1.0'\n"),
        ("packages.yml", b"packages:\n  - package: acme/utils\n    version: 1.0.0\n"),
    ];
    let asking = create(&root.join("asking.git"), "main", &[commit("asking one", asks)]).unwrap();
    vec![(one, "tools one"), (two, "tools two"), (three, "tools three"), (many, "many one"), (asking, "asking one")]
}
