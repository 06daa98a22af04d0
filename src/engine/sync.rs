//! The use case "model sync": fetch the repository, load the dbt project, record its models.
//!
//! Every way out of it, a panic included, ends the sync's record and tells of it; what was recorded
//! by the last good sync stays until a new one has been recorded whole.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;

use crate::dbt::{FileTree, LoadProgress, LoadStage, Loaded};
use crate::git::{Commit, Contents, Credential, FetchProgress, FetchRequest, FetchStage, RemoteError};
use crate::problem::{Code, Problem, Severity, Subject};
use crate::store::{
    CommitRecord, Examined, Lease, MacroRecord, ModelRecord, ProblemId, Stage, Store, StoreError, SyncCounts,
    SyncFinish, SyncId, SyncState,
};
use crate::workspace::Loader;

use super::diagnosis;
use super::events::{EventKind, Outcome};
use super::handle::Core;
use super::jobs::Job;
use super::loaders;
use super::packages::{ForSync, Placed};
use super::reach::Reach;
use super::record;
use super::stages::{Stages, bytes_in_words};
use super::target::Target;
use super::world::OnProgress;

/// The code of a project whose packages are not there.
const NOT_INSTALLED: &str = "DBT-DEPS-NOT-RUN";

/// How a sync ends before its record is written.
struct Ending {
    state: SyncState,
    commit: Option<CommitRecord>,
    counts: SyncCounts,
    summary: Option<String>,
    models: Option<Vec<ModelRecord>>,
    macros: Vec<MacroRecord>,
    /// The project's outline as JSON.
    outline: String,
    problems: Vec<Problem>,
    examined: Examined,
    unchanged: bool,
    settings: String,
}

impl Ending {
    fn failed(problem: Problem) -> Self {
        Self {
            state: SyncState::Failed,
            summary: Some(problem.summary.clone()),
            problems: vec![problem],
            examined: Examined::Connection,
            ..Self::cancelled()
        }
    }

    fn cancelled() -> Self {
        Self {
            state: SyncState::Cancelled,
            commit: None,
            counts: SyncCounts::default(),
            summary: Some("cancelled".to_owned()),
            models: None,
            macros: Vec::new(),
            outline: String::new(),
            problems: Vec::new(),
            examined: Examined::Nothing,
            unchanged: false,
            settings: String::new(),
        }
    }
}

/// Where the tree came from.
struct Source {
    tree: Arc<dyn FileTree + Send + Sync>,
    commit: Option<Read>,
    bytes: u64,
    /// What the repository was fetched with; its packages may be on the same host.
    credential: Credential,
}

/// A commit that a project is read from.
struct Read {
    record: CommitRecord,
    /// What the project's folder comes to.
    contents: Contents,
    /// Stands for the whole repository.
    root: String,
    /// The commit's tree, which knows whether more than the folder was read.
    tree: Arc<Reach>,
}

impl Source {
    fn record(&self) -> Option<CommitRecord> {
        self.commit.as_ref().map(|read| read.record.clone())
    }
}

/// A sync that runs.
struct Run<'a> {
    core: &'a Arc<Core>,
    job: &'a Job,
    sync: SyncId,
    target: Target,
    stages: Arc<Stages>,
}

/// Runs `job` to its end.
pub(super) async fn run(core: Arc<Core>, job: Job) {
    let seat = tokio::select! {
        seat = core.seats.acquire() => seat,
        () = job.cancel.cancelled() => return core.withdrawn(&job),
    };
    let _seat = seat;
    let _lease = match lease(&core, &job).await {
        Ok(Some(lease)) => lease,
        Ok(None) => return core.withdrawn(&job),
        Err(problem) => return core.could_not_begin(&job, problem),
    };
    let target = core.target(&job.project);
    let branch = target.as_ref().map(|target| target.branch.clone()).unwrap_or_default();
    let (project, cause, at) = (job.project.to_string(), job.cause, core.now());
    let begun = core.in_store(move |store| store.begin_sync(&project, cause, &branch, at)).await;
    let sync = match begun {
        Ok(sync) => sync,
        Err(problem) => return core.could_not_begin(&job, problem),
    };
    core.jobs.started(job.id, sync);
    core.tell(EventKind::SyncStarted { job: job.id, project: job.project.to_string(), sync, cause });
    let stages = Arc::new(Stages::new(Arc::clone(&core), job.id, Arc::clone(&job.project)));
    let work = async {
        match target {
            Err(problem) => Ending::failed(problem),
            Ok(target) => Run { core: &core, job: &job, sync, target, stages: Arc::clone(&stages) }.whole().await,
        }
    };
    let ending = tokio::select! {
        ending = AssertUnwindSafe(work).catch_unwind() => ending,
        // Never ends by itself: it goes with the select.
        never = report(&core, &job, sync) => match never {},
    };
    let ending = ending.unwrap_or_else(|panic| Ending::failed(mistake_of_ours(&job.project, &*panic)));
    finish(&core, &job, sync, ending, &stages).await;
}

/// The right to sync the project, among all processes on this workspace. While another one has it we
/// wait for its end; the request has then joined that sync in effect, and runs after it, which costs
/// next to nothing when the branch has not moved. None when cancelled meanwhile.
async fn lease(core: &Arc<Core>, job: &Job) -> Result<Option<Lease>, Problem> {
    let key = format!("project/{}", job.project);
    loop {
        let wanted = key.clone();
        if let Some(lease) = core.in_store(move |store| store.lease(&wanted)).await? {
            return Ok(Some(lease));
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(200)) => {}
            () = job.cancel.cancelled() => return Ok(None),
        }
    }
}

/// Writes the newest progress to the store, for other processes on the same workspace, not more
/// often than they would draw it.
async fn report(core: &Arc<Core>, job: &Job, sync: SyncId) -> Infallible {
    let (_, mut board) = core.jobs.subscribe();
    loop {
        let newest = board.borrow_and_update().iter().find(|row| row.0 == job.id).map(|row| row.2);
        if let Some(progress) = newest {
            // Progress that could not be written is out of date in a moment anyway.
            let _written =
                core.in_store(move |store| store.set_progress(sync, &serde_json::json!(progress).to_string())).await;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
        if board.changed().await.is_err() {
            return std::future::pending().await;
        }
    }
}

/// What a panic said, as a problem: the sync is over, the program is not.
fn mistake_of_ours(project: &str, panic: &(dyn std::any::Any + Send)) -> Problem {
    let said = panic.downcast_ref::<&str>().map(|said| (*said).to_owned());
    let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    let subject = Subject::Project { name: project.to_owned() };
    Problem::new(Code::new("SYNC-PANIC"), subject, "The sync stopped by a mistake in ebb itself").with_raw(said)
}

async fn finish(core: &Arc<Core>, job: &Job, sync: SyncId, ending: Ending, stages: &Stages) {
    stages.enter(Stage::Record, String::new);
    let mut problems = ending.problems;
    for problem in &mut problems {
        core.world.catalogue.describe(problem);
    }
    let finish = SyncFinish {
        id: sync,
        state: ending.state,
        at: core.now(),
        counts: ending.counts,
        summary: ending.summary,
        commit: ending.commit,
        unchanged: ending.unchanged,
        settings: ending.settings,
        models: ending.models,
        macros: ending.macros,
        outline: ending.outline,
        problems,
        examined: ending.examined,
    };
    let (over, mending) = (stages.records(), job.mending.clone());
    let keep = core.workspace().settings.sync.keep;
    let written = core
        .in_store(move |store| {
            for stage in &over {
                store.record_stage(sync, stage)?;
            }
            if let Some((problem, how)) = mending {
                mend(store, problem, &how, &finish)?;
            }
            store.finish_sync(finish)?;
            // History that could not be shortened now is shortened by the next sync.
            let _shortened = store.prune(keep);
            store.sync(sync)
        })
        .await;
    let (outcome, counts, summary, unchanged) = match written {
        Ok(Some(record)) => (Outcome::of(record.state), record.counts, record.summary, record.unchanged),
        Ok(None) => (None, SyncCounts::default(), "its record is gone".to_owned(), false),
        Err(problem) => (None, SyncCounts::default(), problem.summary, false),
    };
    let (outcome, project) = (outcome.unwrap_or(Outcome::Failed), job.project.to_string());
    core.end(job.id, EventKind::SyncFinished { job: job.id, project, sync, outcome, counts, summary, unchanged });
}

/// A fix was tried and the sync went through without meeting the problem again: the fix mended it.
fn mend(store: &Store, id: ProblemId, how: &str, finish: &SyncFinish) -> Result<(), StoreError> {
    let went_through = matches!(finish.state, SyncState::Succeeded | SyncState::Partial);
    let Some(record) = store.problem(id)? else { return Ok(()) };
    let key = record.problem.key();
    if went_through && finish.problems.iter().all(|problem| problem.key() != key) {
        store.mend(id, how, finish.at)?;
    }
    Ok(())
}

impl Run<'_> {
    async fn whole(self) -> Ending {
        let source = match self.source().await {
            Ok(source) => source,
            Err(ending) => return *ending,
        };
        if let Some(ending) = self.unchanged(&source).await {
            return ending;
        }
        match self.load(&source).await {
            Ok(loaded) => self.record(source, loaded),
            Err(ending) => *ending,
        }
    }

    /// The tree to load: a fetched commit, or a folder of this machine.
    async fn source(&self) -> Result<Source, Box<Ending>> {
        if let Some(folder) = &self.target.folder {
            let opened = self.target.open(folder);
            let tree = opened.map_err(|error| Ending::failed(diagnosis::folder(&self.target, &error)))?;
            return Ok(Source { tree: Arc::new(tree), commit: None, bytes: 0, credential: Credential::Anonymous });
        }
        self.stages.enter(Stage::Connect, String::new);
        let cancel = self.job.cancel.clone();
        let request = match self.target.fetch_request(&self.core.world, &cancel).await {
            Ok(request) => request,
            Err(_) if cancel.is_cancelled() => return Err(Ending::cancelled().into()),
            Err(problem) => return Err(Ending::failed(problem).into()),
        };
        let fetched = self.core.world.repositories.fetch(request.clone(), self.fetch_progress(), cancel).await;
        let fetched = match fetched {
            Ok(fetched) => fetched,
            Err(_) if self.job.cancel.is_cancelled() => return Err(Ending::cancelled().into()),
            Err(error) => return Err(self.remote_failed(&request, &error)),
        };
        self.stages.enter(Stage::Fetch, || self.target.repository.clone());
        let short: String = fetched.commit.id.chars().take(7).collect();
        let how = match (fetched.unmoved, fetched.requests) {
            (_, 0) => "read in place".to_owned(),
            (true, _) => "nothing new".to_owned(),
            (false, requests) => format!("{} in {requests} requests", bytes_in_words(fetched.bytes_received)),
        };
        self.stages.end(|| format!("{short} on {}, {how}", fetched.branch));
        let Commit { id, author, subject, at, tree: root } = fetched.commit;
        let commit = CommitRecord { id: id.clone(), author, subject, at };
        let (sync, branch, read) = (self.sync, fetched.branch, commit.clone());
        // For those who look on; a store that cannot take it down now fails the sync at its end.
        let _written = self.core.in_store(move |store| store.set_commit(sync, &branch, &read)).await;
        let repositories = Arc::clone(&self.core.world.repositories);
        let (remote, cache) = (request.remote.clone(), request.cache.clone());
        let tree = self.core.blocking(move || repositories.tree(&remote, &cache, &id)).await.map_err(Ending::failed)?;
        let tree = match tree {
            Ok(tree) => Arc::new(Reach::new(tree, self.target.folder_name())),
            Err(error) => return Err(self.remote_failed(&request, &error)),
        };
        let read = Read { record: commit, contents: fetched.contents, root, tree: Arc::clone(&tree) };
        Ok(Source { tree, commit: Some(read), bytes: fetched.bytes_received, credential: request.credential })
    }

    fn remote_failed(&self, request: &FetchRequest, error: &RemoteError) -> Box<Ending> {
        if matches!(error, RemoteError::Refused { status: Some(401), .. }) {
            self.target.forget_token(&self.core.world, &request.remote);
        }
        Ending::failed(diagnosis::remote(self.core, &self.target, request, error)).into()
    }

    fn fetch_progress(&self) -> OnProgress {
        let (stages, repository) = (Arc::clone(&self.stages), self.target.repository.clone());
        Arc::new(move |progress: FetchProgress| {
            let stage = if progress.stage == FetchStage::Connect { Stage::Connect } else { Stage::Fetch };
            stages.enter(stage, || repository.clone());
            stages.progress(stage, progress.objects, progress.total_objects, progress.bytes);
        })
    }

    /// Files, settings and program are as they were at the last good sync: there is nothing to load.
    async fn unchanged(&self, source: &Source) -> Option<Ending> {
        let (project, commit) = (self.job.project.to_string(), source.commit.as_ref()?);
        let asked = self.core.in_store(move |store| Ok((store.last_load(&project)?, store.last_good(&project)?))).await;
        let (Some(load), Some(good)) = asked.ok()? else { return None };
        let same = [&commit.contents.id, &commit.root].into_iter().any(|files| load.settings == self.read_from(files));
        same.then(|| Ending {
            state: good.state,
            commit: source.record(),
            counts: SyncCounts { added: 0, changed: 0, removed: 0, bytes: source.bytes, ..good.counts },
            summary: Some("no change".to_owned()),
            examined: Examined::Connection,
            unchanged: true,
            ..Ending::cancelled()
        })
    }

    /// All that the models depend on: settings, program and files.
    fn read_from(&self, files: &str) -> String {
        format!("{} {files}", self.target.inputs())
    }

    /// The tree with the packages that the repository asks for and does not hold, and why some are
    /// missing. A folder is taken as it is, and a manifest holds what it needs.
    async fn with_packages(&self, source: &Source) -> Result<Placed, Box<Ending>> {
        let tree = Arc::clone(&source.tree);
        if self.target.folder.is_some() || self.target.settings.loader == Loader::Manifest {
            return Ok(Placed { tree, detail: None, problems: Vec::new() });
        }
        let missing = ForSync {
            world: self.core.world.clone(),
            target: self.target.clone(),
            tree,
            credential: source.credential.clone(),
            cancel: self.job.cancel.clone(),
            now: self.core.now(),
        };
        let stages = Arc::clone(&self.stages);
        let placed = self.core.blocking(move || missing.place(&|| stages.enter(Stage::Fetch, String::new))).await;
        let placed = placed.map_err(Ending::failed)?;
        if self.job.cancel.is_cancelled() {
            return Err(Ending::cancelled().into());
        }
        let detail = placed.detail.clone().unwrap_or_else(|| "packages are missing".to_owned());
        self.stages.end(|| detail);
        Ok(placed)
    }

    async fn load(&self, source: &Source) -> Result<Loaded, Box<Ending>> {
        let Placed { tree, problems: without_packages, .. } = self.with_packages(source).await?;
        self.stages.enter(Stage::Parse, String::new);
        let (stages, cancel) = (Arc::clone(&self.stages), self.job.cancel.clone());
        let wanted = loaders::Wanted { target: self.target.clone(), tree, started_at: self.core.now(), cancel };
        let answer = loaders::load(self.core, wanted, move |progress| load_progress(&stages, progress)).await;
        if self.job.cancel.is_cancelled() {
            return Err(Ending::cancelled().into());
        }
        let mut loaded = answer.map_err(Ending::failed)?;
        let left_out = source.commit.as_ref().map(|read| diagnosis::left_out(&self.target, &read.contents.left_out));
        let problems = std::mem::take(&mut loaded.problems).into_iter().chain(left_out.into_iter().flatten());
        let problems = without_packages.into_iter().chain(problems);
        loaded.problems = problems.map(|problem| diagnosis::of_project(self.core, &self.target, problem)).collect();
        if loaded.project.is_some() {
            return Ok(loaded);
        }
        let (tree, target, project) = (Arc::clone(&source.tree), self.target.clone(), self.job.project.to_string());
        let worked = self.core.in_store(move |store| store.last_load(&project)).await.ok().flatten();
        let inputs = self.target.inputs();
        let same = worked.is_some_and(|load| load.settings.split(' ').next() == Some(inputs.as_str()));
        let found = self.core.blocking(move || diagnosis::no_project(&target, &*tree, same, loaded.problems)).await;
        let problems = found.map_err(Ending::failed)?;
        let summary = problems.first().map(|problem| problem.summary.clone());
        let counts = SyncCounts { bytes: source.bytes, ..SyncCounts::default() };
        let state = SyncState::Failed;
        let examined = Examined::Connection;
        Err(Ending { state, problems, summary, counts, examined, commit: source.record(), ..Ending::cancelled() }
            .into())
    }

    fn record(&self, source: Source, loaded: Loaded) -> Ending {
        let Some(project) = loaded.project else { return Ending::cancelled() };
        let (models, mut counts) = record::records(&project, &loaded.problems);
        counts.bytes = source.bytes;
        let compiled = models.iter().filter(|model| model.compiled_code.is_some()).count();
        // A project without models is compiled in no time and tells of no progress.
        self.stages.enter(Stage::Compile, String::new);
        self.stages.end(|| format!("{compiled} compiled, {} with problems", counts.broken));
        // Packages that could not be fetched may be there the next time, with the same commit.
        let is_settled = !loaded.problems.iter().any(|problem| problem.code.as_str() == NOT_INSTALLED);
        let broken = loaded.problems.iter().any(|problem| problem.severity == Severity::Error);
        let files = source
            .commit
            .as_ref()
            .map_or("", |read| if read.tree.is_beyond() { &read.root } else { &read.contents.id });
        Ending {
            settings: if is_settled { self.read_from(files) } else { String::new() },
            state: if broken { SyncState::Partial } else { SyncState::Succeeded },
            commit: source.record(),
            counts,
            summary: None,
            models: Some(models),
            macros: record::macros(&project),
            outline: record::outline(&project),
            problems: loaded.problems,
            examined: Examined::All,
            unchanged: false,
        }
    }
}

fn load_progress(stages: &Stages, progress: LoadProgress) {
    let stage = match progress.stage {
        LoadStage::Parse => Stage::Parse,
        LoadStage::Compile => Stage::Compile,
    };
    if stage == Stage::Compile {
        stages.enter(stage, || format!("{} models", progress.total));
    }
    stages.progress(stage, progress.done, Some(progress.total), 0);
}
