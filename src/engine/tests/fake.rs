//! A world in memory: repositories that answer what a test says, a clock that ticks by itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use crate::dbt::{FileTree, MemoryTree};
use crate::engine::world::{Answer, Clock, OnProgress, Repositories, World};
use crate::engine::{DownloadError, DownloadRequest, Downloads, Engine, Event, EventKind};
use crate::git::{
    Branches, Commit, Contents, FetchProgress, FetchRequest, FetchStage, Fetched, HostKey, HostKeyRequest,
    HttpProviders, LeftOut, Remote, RemoteError,
};
use crate::problem::Catalogue;
use crate::store::Store;
use crate::workspace::{Environment, Location, Paths, Workspace};

/// What the next fetch of any repository does.
#[derive(Clone, Debug)]
pub(super) enum Behaviour {
    /// The branch's tip has these files.
    Tip {
        id: &'static str,
        files: Vec<(&'static str, &'static str)>,
    },
    /// The server says this.
    Refuses {
        raw: &'static str,
    },
    BranchMissing,
    /// Nothing ever comes; ends only when it is cancelled.
    Hangs,
    Panics,
}

#[derive(Debug)]
pub(super) struct FakeRepositories {
    pub(super) behaviour: Mutex<Behaviour>,
    pub(super) fetches: AtomicI64,
    /// How often it was asked where a branch stands.
    pub(super) looks: AtomicI64,
}

impl FakeRepositories {
    fn now(&self) -> Behaviour {
        self.behaviour.lock().unwrap().clone()
    }
}

impl Repositories for FakeRepositories {
    fn fetch(
        &self,
        request: FetchRequest,
        progress: OnProgress,
        cancel: CancellationToken,
    ) -> Answer<'_, Result<Fetched, RemoteError>> {
        self.fetches.fetch_add(1, Ordering::Relaxed);
        let behaviour = self.now();
        Box::pin(async move {
            progress(FetchProgress { stage: FetchStage::Connect, bytes: 0, objects: 0, total_objects: None });
            match behaviour {
                Behaviour::Tip { id, files } => {
                    progress(FetchProgress {
                        stage: FetchStage::Receive,
                        bytes: 10,
                        objects: 1,
                        total_objects: Some(2),
                    });
                    let commit = Commit {
                        id: id.to_owned(),
                        tree: id.to_owned(),
                        author: "Ada".to_owned(),
                        subject: "A commit".to_owned(),
                        at: Timestamp::UNIX_EPOCH,
                    };
                    let branch = if request.branch.is_empty() { "main".to_owned() } else { request.branch };
                    let contents = Contents { id: format!("{files:?}"), left_out: LeftOut::default() };
                    Ok(Fetched { branch, commit, contents, unmoved: false, bytes_received: 10, requests: 2 })
                }
                Behaviour::Refuses { raw } => Err(RemoteError::Refused { status: Some(403), raw: raw.to_owned() }),
                Behaviour::BranchMissing => Err(RemoteError::BranchMissing {
                    branch: request.branch,
                    branches: vec!["main".to_owned(), "develop".to_owned()],
                    default: Some("main".to_owned()),
                }),
                Behaviour::Hangs => {
                    cancel.cancelled().await;
                    Err(RemoteError::Cancelled)
                }
                Behaviour::Panics => panic!("a planted mistake"),
            }
        })
    }

    fn branches(&self, request: FetchRequest, _: CancellationToken) -> Answer<'_, Result<Branches, RemoteError>> {
        let behaviour = self.now();
        Box::pin(async move {
            if let Behaviour::Refuses { raw } = behaviour {
                return Err(RemoteError::Refused { status: Some(403), raw: raw.to_owned() });
            }
            let default = if request.branch.is_empty() { "main".to_owned() } else { request.branch };
            Ok(Branches { names: vec!["develop".to_owned(), "main".to_owned()], default: Some(default) })
        })
    }

    fn tip(&self, request: FetchRequest, _: CancellationToken) -> Answer<'_, Result<(String, String), RemoteError>> {
        self.looks.fetch_add(1, Ordering::Relaxed);
        let behaviour = self.now();
        Box::pin(async move {
            match behaviour {
                Behaviour::Tip { id, .. } => Ok((request.branch, id.to_owned())),
                _ => Err(RemoteError::Refused { status: Some(403), raw: "no".to_owned() }),
            }
        })
    }

    fn host_key(&self, request: HostKeyRequest, _: CancellationToken) -> Answer<'_, Result<HostKey, RemoteError>> {
        Box::pin(async move { Err(RemoteError::Address { url: request.remote.display() }) })
    }

    fn may_push(&self, _: FetchRequest, _: CancellationToken) -> Answer<'_, Result<(), RemoteError>> {
        let behaviour = self.now();
        Box::pin(async move {
            match behaviour {
                Behaviour::Refuses { raw } => Err(RemoteError::Refused { status: Some(403), raw: raw.to_owned() }),
                _ => Ok(()),
            }
        })
    }

    fn tree(&self, _: &Remote, _: &Path, _: &str) -> Result<Arc<dyn FileTree + Send + Sync>, RemoteError> {
        match self.now() {
            Behaviour::Tip { files, .. } => Ok(Arc::new(MemoryTree::new(files))),
            other => panic!("no tree while the repository {other:?}"),
        }
    }
}

/// A machine without a way out.
#[derive(Debug)]
struct NoDownloads;

impl Downloads for NoDownloads {
    fn get(&self, request: DownloadRequest, _: CancellationToken) -> Answer<'_, Result<Vec<u8>, DownloadError>> {
        let raw = "no way out".to_owned();
        Box::pin(async move { Err(DownloadError::Unreachable { url: request.url, raw }) })
    }
}

/// A second later at every look.
#[derive(Debug, Default)]
struct TickingClock(AtomicI64);

impl Clock for TickingClock {
    fn now(&self) -> Timestamp {
        let seconds = self.0.fetch_add(1, Ordering::Relaxed);
        Timestamp::from_second(1_790_000_000 + seconds).unwrap()
    }
}

/// An engine over a workspace of one project, `shop`, with everything that a test may look at.
pub(super) struct Stage {
    pub(super) engine: Engine,
    pub(super) repositories: Arc<FakeRepositories>,
    pub(super) store: Arc<Store>,
    pub(super) file: PathBuf,
    events: broadcast::Receiver<Event>,
    _place: tempfile::TempDir,
}

pub(super) const SETTINGS: &str = r#"
# kept
[projects.shop]
repository = "https://git.example.com/acme/shop.git"
branch = "main"
project_path = "dbt_project.yml"
"#;

pub(super) const GOOD: &[(&str, &str)] = &[
    ("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\n"),
    ("models/a.sql", "select 1 as id"),
    ("models/b.sql", "select * from {{ ref('a') }}"),
];

pub(super) fn tip(id: &'static str, files: &[(&'static str, &'static str)]) -> Behaviour {
    Behaviour::Tip { id, files: files.to_vec() }
}

impl Stage {
    pub(super) fn new(settings: &str, behaviour: Behaviour) -> Self {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("ebb.toml");
        std::fs::write(&file, settings).unwrap();
        let variables: BTreeMap<String, String> = BTreeMap::new();
        let environment = Environment::new(variables, place.path(), place.path());
        let paths = Paths::of(&environment);
        let location = Location::File(file.clone());
        let workspace = Workspace::load(location.clone(), &environment, &[]).unwrap();
        let store = Arc::new(Store::open(&paths.state_of(&location).join("ebb.db")).unwrap());
        let repositories = Arc::new(FakeRepositories {
            behaviour: Mutex::new(behaviour),
            fetches: AtomicI64::new(0),
            looks: AtomicI64::new(0),
        });
        let world = World {
            repositories: Arc::clone(&repositories) as Arc<dyn Repositories>,
            providers: Arc::new(HttpProviders::default()),
            downloads: Arc::new(NoDownloads),
            warehouses: Arc::new(crate::engine::Drivers),
            clock: Arc::new(TickingClock::default()),
            store: Arc::clone(&store),
            catalogue: Arc::new(Catalogue::builtin()),
            environment,
            paths,
        };
        let engine = Engine::start(world, workspace, Vec::new());
        let events = engine.subscribe().events;
        Self { engine, repositories, store, file, events, _place: place }
    }

    pub(super) fn now_behaves(&self, behaviour: Behaviour) {
        *self.repositories.behaviour.lock().unwrap() = behaviour;
    }

    /// Everything told until an event that `last` holds for, that one included.
    pub(super) async fn until(&mut self, last: impl Fn(&EventKind) -> bool) -> Vec<EventKind> {
        let mut told = Vec::new();
        loop {
            let event = tokio::time::timeout(Duration::from_mins(2), self.events.recv()).await;
            let kind = event.unwrap_or_else(|_| panic!("waited in vain; told so far: {told:#?}")).unwrap().kind;
            let over = last(&kind);
            told.push(kind);
            if over {
                return told;
            }
        }
    }

    pub(super) async fn until_finished(&mut self) -> EventKind {
        let told = self.until(|kind| matches!(kind, EventKind::SyncFinished { .. })).await;
        told.last().unwrap().clone()
    }
}
