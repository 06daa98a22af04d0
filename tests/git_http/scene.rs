//! A server with the shop, a place for the cache, and a fetch between them.

use std::path::Path;
use std::time::Duration;

use ebbtide::git::{
    Credential, FetchLimits, FetchProgress, FetchRequest, Fetched, Remote, RemoteError, Repository, TreeError, Trust,
    fetch,
};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::support::HttpGitServer;
use crate::support::repositories::{noise, push, shop};

pub(crate) const LIMITS: FetchLimits = FetchLimits {
    connect: Duration::from_secs(90),
    stall: Duration::from_mins(1),
    total: Duration::from_mins(2),
    pack_bytes: 1 << 30,
};

/// A server with the shop, and a place for the cache.
pub(crate) struct Scene {
    pub(crate) folder: TempDir,
    pub(crate) server: HttpGitServer,
}

impl Scene {
    pub(crate) fn new(filters: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        shop(&folder.path().join("served"), filters);
        let server = HttpGitServer::start(&folder.path().join("served"));
        Self { folder, server }
    }

    pub(crate) fn repository(&self) -> std::path::PathBuf {
        self.folder.path().join("served/shop.git")
    }

    pub(crate) fn cache(&self) -> std::path::PathBuf {
        self.folder.path().join("caches/shop")
    }

    pub(crate) fn request(&self) -> FetchRequest {
        FetchRequest {
            remote: Remote::Http { url: self.server.url("shop") },
            credential: Credential::Anonymous,
            any_revision: false,
            branch: "main".to_owned(),
            folder: "transform".to_owned(),
            expected: None,
            cache: self.cache(),
            trust: Trust::default(),
            limits: LIMITS,
        }
    }

    pub(crate) async fn fetch(&self) -> Result<Fetched, RemoteError> {
        run(self.request()).await
    }

    /// The text of a file of the fetched commit.
    pub(crate) fn read(&self, fetched: &Fetched, path: &str) -> Result<String, TreeError> {
        let repository = Repository::of(&self.request().remote, &self.cache()).unwrap();
        let bytes = repository.reader(&fetched.commit.id).unwrap().read(path)?;
        Ok(String::from_utf8(bytes).unwrap())
    }
}

pub(crate) async fn run(request: FetchRequest) -> Result<Fetched, RemoteError> {
    run_until(request, CancellationToken::new()).await
}

/// On a task of its own, as the engine does.
pub(crate) async fn run_until(request: FetchRequest, cancel: CancellationToken) -> Result<Fetched, RemoteError> {
    let (progress, _) = watch::channel(FetchProgress::START);
    tokio::spawn(fetch(request, progress, cancel)).await.unwrap()
}

/// Big files that do not shrink, so that a second download of them would show.
pub(crate) fn big_files() -> Vec<(String, Vec<u8>)> {
    let noise = noise(100_000);
    let pieces = noise.chunks(5000).enumerate();
    pieces.map(|(number, bytes)| (format!("transform/models/m{number}.sql"), bytes.to_vec())).collect()
}

/// A pack big enough to be cut in its middle.
pub(crate) fn with_big_pack(filters: bool) -> Scene {
    let scene = Scene::new(filters);
    let big = big_files();
    let all: Vec<(&str, &[u8])> = big.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
    push(&scene.repository(), "main", &all);
    scene
}

/// Names of the files in a folder.
pub(crate) fn files(path: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(path).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}
