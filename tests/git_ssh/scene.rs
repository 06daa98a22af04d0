//! A real `sshd` with the shop, a place for the cache, and a fetch between them.

use std::path::PathBuf;
use std::time::Duration;

use ebbtide::git::{
    Address, Credential, FetchLimits, FetchProgress, FetchRequest, Fetched, Remote, RemoteError, Repository, TreeError,
    Trust, fetch,
};
use ebbtide::problem::{Area, Catalogue};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::support::SshGitServer;
use crate::support::repositories::shop;

pub(crate) const LIMITS: FetchLimits = FetchLimits {
    connect: Duration::from_secs(90),
    stall: Duration::from_mins(1),
    total: Duration::from_mins(2),
    pack_bytes: 1 << 30,
};

pub(crate) struct Scene {
    pub(crate) folder: TempDir,
    pub(crate) server: SshGitServer,
}

impl Scene {
    /// `None` where this machine has no `sshd`; the test says so and ends.
    pub(crate) fn new(test: &str, passes_protocol: bool) -> Option<Self> {
        let server = SshGitServer::start(test, passes_protocol)?;
        let folder = tempfile::tempdir().unwrap();
        shop(folder.path(), true);
        let scene = Self { folder, server };
        scene.server.be_known(&scene.caches());
        Some(scene)
    }

    pub(crate) fn caches(&self) -> PathBuf {
        self.folder.path().join("caches")
    }

    /// Host keys that were accepted.
    pub(crate) fn known_hosts(&self) -> PathBuf {
        self.caches().join("known_hosts")
    }

    pub(crate) fn remote(&self, name: &str) -> Remote {
        let url = self.server.url(&self.folder.path().join(name));
        Address::parse(&url, self.folder.path()).unwrap().remote
    }

    pub(crate) fn request(&self) -> FetchRequest {
        FetchRequest {
            remote: self.remote("shop.git"),
            credential: Credential::SshKey { path: self.server.key() },
            any_revision: false,
            branch: "main".to_owned(),
            folder: "transform".to_owned(),
            expected: None,
            cache: self.caches().join("shop"),
            trust: Trust { known_hosts: Some(self.known_hosts()), authorities: None },
            limits: LIMITS,
        }
    }

    pub(crate) fn read(&self, fetched: &Fetched, path: &str) -> Result<String, TreeError> {
        let request = self.request();
        let repository = Repository::of(&request.remote, &request.cache).unwrap();
        let bytes = repository.reader(&fetched.commit.id).unwrap().read(path)?;
        Ok(String::from_utf8(bytes).unwrap())
    }

    /// Waits until no process of this scene runs any more.
    pub(crate) async fn no_process_is_left(&self) {
        for _ in 0..2000 {
            if self.processes() == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} processes are left", self.processes());
    }

    /// Processes of this scene that still run, by a path that stands in their arguments.
    pub(crate) fn processes(&self) -> usize {
        let Ok(entries) = std::fs::read_dir("/proc") else { return 0 };
        let ours = self.caches().display().to_string();
        let lines = entries.flatten().filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
        lines.filter(|line| String::from_utf8_lossy(line).contains(&ours)).count()
    }
}

/// The code that a person is shown.
pub(crate) fn code(error: &RemoteError) -> String {
    let catalogue = Catalogue::builtin();
    let code = error.code().or_else(|| Some(catalogue.match_text(Area::Git, error.raw())?.code.clone()));
    code.map_or_else(|| "GIT-UNKNOWN".to_owned(), |code| code.to_string())
}

pub(crate) async fn run(request: FetchRequest) -> Result<Fetched, RemoteError> {
    run_until(request, CancellationToken::new()).await
}

pub(crate) async fn run_until(request: FetchRequest, cancel: CancellationToken) -> Result<Fetched, RemoteError> {
    let (progress, _) = watch::channel(FetchProgress::START);
    tokio::spawn(fetch(request, progress, cancel)).await.unwrap()
}
