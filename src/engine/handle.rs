//! The handle that the faces hold: submit, cancel, subscribe, shut down. Queries are in `queries`.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jiff::Timestamp;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, broadcast, watch};
use tokio::time::Instant;

use crate::problem::{Code, Problem, Subject};
use crate::store::{Cause, ProblemId, Store, StoreError, SyncState, Watch};
use crate::workspace::{Assignment, Location, Workspace};

use super::events::{Event, EventKind, JobId, Request};
use super::jobs::{Job, Jobs, ProgressBoard};
use super::log::EventLog;
use super::outlines::Outlines;
use super::sources::OpenSources;
use super::store_watch;
use super::target::Target;
use super::watch::FolderWatch;
use super::world::World;
use super::{fix, folder, polling, sync};

/// How long a shutdown waits for cancelled jobs to write their end.
const PATIENCE: Duration = Duration::from_millis(800);

/// How long it waits then until the log has what they told, if they took all of that time.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// What all parts of the engine share.
pub(super) struct Core {
    pub(super) world: World,
    workspace: RwLock<Arc<Workspace>>,
    pub(super) jobs: Jobs,
    pub(super) outlines: Outlines,
    /// Warehouses that were reached before, with their sessions.
    pub(super) sources: OpenSources,
    log: EventLog,
    /// As many as there may be syncs at once.
    pub(super) seats: Semaphore,
    runtime: Handle,
    flags: Vec<Assignment>,
    /// Wakes us when another process has written to the store; lives as long as the engine.
    watch: Option<Watch>,
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core").field("jobs", &self.jobs).finish_non_exhaustive()
    }
}

impl Core {
    pub(super) fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    pub(super) fn tell(&self, kind: EventKind) {
        let event = Event { at: self.now(), kind };
        // First: who hears of it may shut us down at once.
        self.log.append(&event);
        self.jobs.tell(event);
    }

    /// Tells how a sync ended. Its job is over for whoever hears of it; a shutdown, which waits for
    /// the job, finds its end in the log.
    pub(super) fn end(&self, job: JobId, kind: EventKind) {
        let event = Event { at: self.now(), kind };
        self.log.append(&event);
        self.jobs.finished(job);
        self.jobs.tell(event);
    }

    pub(super) fn workspace(&self) -> Arc<Workspace> {
        Arc::clone(&self.workspace.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn replace_workspace(&self, workspace: Workspace) {
        *self.workspace.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(workspace);
        self.tell(EventKind::WorkspaceChanged);
    }

    pub(super) fn target(&self, project: &str) -> Result<Target, Problem> {
        let cache = self.world.paths.cache_dir.join("git");
        Target::of(&self.workspace(), project, &cache, &self.world.environment)
    }

    /// Runs blocking work off the async threads. A panic in it is a problem, not the end.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        self.runtime.spawn_blocking(work).await.map_err(|error| {
            let said = match error.try_into_panic() {
                Ok(panic) => panic
                    .downcast_ref::<String>()
                    .cloned()
                    .or_else(|| panic.downcast_ref::<&str>().map(|said| (*said).to_owned())),
                Err(_) => None,
            };
            let summary = "The sync stopped by a mistake in ebb itself";
            Problem::new(Code::new("SYNC-PANIC"), Subject::Workspace, summary).with_raw(said.unwrap_or_default())
        })
    }

    /// Whether another process wrote to the store since this was asked last. Blocks for a moment.
    pub(super) fn others_wrote(&self) -> bool {
        self.watch.as_ref().is_some_and(|watch| watch.look(&self.world.store))
    }

    /// Returns when what was told so far is written to the event log, or could not be.
    pub(super) async fn log_written(&self) {
        self.log.written().await;
    }

    /// Asks the store something, off the async threads.
    pub(super) async fn in_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        let store = Arc::clone(&self.world.store);
        self.blocking(move || work(&store)).await?.map_err(Problem::from)
    }

    /// The store could not even take down that the sync began.
    pub(super) fn could_not_begin(&self, job: &Job, problem: Problem) {
        self.end(job.id, EventKind::SyncRefused { job: job.id, project: job.project.to_string(), problem });
    }

    /// It was cancelled while it waited: nothing was done and nothing is recorded.
    pub(super) fn withdrawn(&self, job: &Job) {
        self.end(job.id, EventKind::SyncWithdrawn { job: job.id, project: job.project.to_string() });
    }
}

/// The two ways in which the engine tells what happens.
#[derive(Debug)]
pub struct Subscription {
    /// What happened, in order. A listener that falls behind by a thousand misses the oldest and is
    /// told so; the store has everything.
    pub events: broadcast::Receiver<Event>,
    /// The newest progress of every running job.
    pub progress: watch::Receiver<ProgressBoard>,
}

/// A cheap handle on the engine. Must be used inside of the tokio runtime that it was started in.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(super) core: Arc<Core>,
}

impl Engine {
    /// An engine over `workspace`. Starts nothing by itself: see [`Engine::begin`].
    /// `flags` are the `--set`s that the workspace was loaded with: they hold when it is loaded again.
    pub fn start(world: World, workspace: Workspace, flags: Vec<Assignment>) -> Self {
        let workspace = folder::as_workspace(workspace);
        let seats = usize::try_from(workspace.settings.sync.parallel.max(1)).unwrap_or(1);
        let (watch, hints) = store_watch::start(&world.store);
        let core = Arc::new(Core {
            jobs: Jobs::default(),
            outlines: Outlines::default(),
            sources: OpenSources::default(),
            log: EventLog::start(Arc::clone(&world.store)),
            seats: Semaphore::new(seats),
            runtime: Handle::current(),
            flags,
            workspace: RwLock::new(Arc::new(workspace)),
            watch,
            world,
        });
        tokio::spawn(store_watch::follow(Arc::downgrade(&core), hints));
        Self { core }
    }

    /// Starts what a person who opens the workspace expects to run: the first sync of every project
    /// that has none yet, and a load of a folder.
    pub async fn begin(&self) -> Result<Vec<JobId>, Problem> {
        let workspace = self.core.workspace();
        let folder = matches!(workspace.location, Location::Folder(_));
        let mut jobs = Vec::new();
        for project in workspace.settings.projects.keys() {
            let name = project.clone();
            let last = self.core.in_store(move |store| store.last_sync(&name)).await?;
            let never = last.is_none_or(|last| last.state == SyncState::Interrupted);
            if folder || never {
                let cause = if never { Cause::Initial } else { Cause::Manual };
                jobs.push(self.submit(Request::SyncProject { project: project.clone(), cause }));
            }
        }
        match &workspace.location {
            Location::Folder(root) => self.follow(root),
            Location::File(_) | Location::None => {
                self.core.runtime.spawn(polling::run(Arc::downgrade(&self.core)));
            }
        }
        Ok(jobs)
    }

    /// Loads a folder again whenever a file in it was changed, for as long as the engine is in use.
    fn follow(&self, root: &Path) {
        // Where the system cannot watch, `s` loads again.
        let Ok(watch) = FolderWatch::start(root) else { return };
        let core = Arc::downgrade(&self.core);
        self.core.runtime.spawn(async move {
            loop {
                watch.changed().await;
                let Some(core) = core.upgrade() else { return };
                let engine = Self { core };
                for project in engine.core.workspace().settings.projects.keys() {
                    // A load that runs may have read the file before the edit: it is waited for.
                    engine.core.jobs.wait_for_end(project).await;
                    engine.sync(project, Cause::Edit, None);
                }
            }
        });
    }

    /// Asks for work. Answers at once with the job that does it: a new one, or for a project that is
    /// already syncing the one that runs.
    pub fn submit(&self, request: Request) -> JobId {
        match request {
            Request::SyncProject { project, cause } => self.sync(&project, cause, None),
            Request::ApplyFix { problem, fix } => self.spawn_fix(problem, fix),
        }
    }

    pub(super) fn sync(&self, project: &str, cause: Cause, mending: Option<(ProblemId, String)>) -> JobId {
        let (job, new) = self.core.jobs.join_or_start(project, cause, mending);
        let id = job.id;
        if new {
            self.core.runtime.spawn(sync::run(Arc::clone(&self.core), job));
        }
        id
    }

    fn spawn_fix(&self, problem: ProblemId, index: usize) -> JobId {
        let id = self.core.jobs.next_id();
        let engine = self.clone();
        self.core.runtime.spawn(async move { fix::apply(&engine, id, problem, index).await });
        id
    }

    /// Tells a job to end. False when it is not running.
    pub fn cancel(&self, job: JobId) -> bool {
        let Some(job) = self.core.jobs.cancel(job) else { return false };
        self.core.tell(EventKind::CancelRequested { job: job.id, project: job.project.to_string() });
        true
    }

    pub fn subscribe(&self) -> Subscription {
        let (events, progress) = self.core.jobs.subscribe();
        Subscription { events, progress }
    }

    /// Whether [`EventKind::StoreChanged`] is told. Not where the system cannot watch files.
    pub fn hears_other_processes(&self) -> bool {
        self.core.watch.is_some()
    }

    /// Reads `ebb.toml` again. On a mistake in it the running workspace stays as it is.
    pub async fn reload(&self) -> Result<(), Vec<Problem>> {
        let location = self.core.workspace().location.clone();
        let environment = self.core.world.environment.clone();
        let flags = self.core.flags.clone();
        let read = self.core.blocking(move || Workspace::load(location, &environment, &flags)).await;
        let workspace = read.map_err(|problem| vec![problem])??;
        self.core.replace_workspace(folder::as_workspace(workspace));
        Ok(())
    }

    /// Cancels everything and waits, not long, until each job has written its end and the event log
    /// has what was told.
    pub async fn shut_down(&self) {
        self.core.jobs.cancel_all();
        let over = async {
            while !self.core.jobs.running().is_empty() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        // What did not end in time is found interrupted at the next start.
        let until = Instant::now() + PATIENCE;
        let _in_time = tokio::time::timeout_at(until, over).await;
        let _in_time = tokio::time::timeout_at(until + LAST_WORDS, self.core.log.written()).await;
    }
}
