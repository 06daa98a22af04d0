//! What a command works with: the options, the environment, and the workspace once it is opened.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};

use crate::engine::{Engine, Request};
use crate::problem::{Problem, nearest_few};
use crate::store::Cause;
use crate::workspace::{Environment, Location, Workspace, find};

use super::arguments::Global;
use super::failure::Failure;
use super::follow::{self, Reporter};
use super::print::words;

/// Options and environment of this run.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) global: Global,
    pub(super) environment: Environment,
}

/// An opened workspace and the threads that its engine works on.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) engine: Engine,
    /// Only taken when it is dropped.
    runtime: Option<Runtime>,
    handle: Handle,
}

/// Tells nobody: for work that a question needs first.
struct Quiet;

impl Reporter for Quiet {}

impl Session {
    pub(super) fn new(global: Global, environment: Environment) -> Self {
        Self { global, environment }
    }

    /// The workspace that is meant.
    pub(super) fn location(&self) -> Location {
        find(self.global.workspace.as_deref(), &self.environment)
    }

    /// The same with another workspace.
    pub(super) fn at(mut self, workspace: &Path) -> Self {
        self.global.workspace = Some(workspace.to_path_buf());
        self
    }

    /// A command of ours as it must be typed to mean this workspace.
    pub(super) fn typed(&self, command: &str) -> String {
        match &self.global.workspace {
            Some(path) => format!("ebb --workspace {} {command}", words(&path.display().to_string())),
            None => format!("ebb {command}"),
        }
    }

    /// The configuration alone, without history or engine.
    pub(super) fn load(&self) -> Result<Workspace, Vec<Problem>> {
        Workspace::load(self.location(), &self.environment, &self.global.assignments)
    }

    /// Opens the workspace, which must be there.
    pub(super) fn open(&self) -> Result<Opened, Failure> {
        match self.location() {
            Location::None => Err(Failure::no_workspace()),
            location @ (Location::File(_) | Location::Folder(_)) => self.open_at(location),
        }
    }

    /// Opens the workspace, or nothing where there is none yet: the screen asks where to begin.
    pub(super) fn open_or_begin(&self) -> Result<Opened, Failure> {
        self.open_at(self.location())
    }

    /// As [`Session::open`]; a dbt project's folder is read first, so that what is shown is what lies
    /// there now.
    pub(super) fn open_and_read(&self) -> Result<Opened, Failure> {
        let opened = self.open()?;
        let workspace = opened.engine.workspace();
        if matches!(workspace.location, Location::Folder(_)) {
            let projects: Vec<String> = workspace.settings.projects.keys().cloned().collect();
            opened.sync(&projects, &mut Quiet)?;
        }
        Ok(opened)
    }

    /// Opens the dbt project in a folder, whatever else stands there.
    pub(super) fn open_folder(&self, folder: PathBuf) -> Result<Opened, Failure> {
        self.open_at(Location::Folder(folder))
    }

    fn open_at(&self, location: Location) -> Result<Opened, Failure> {
        let runtime = runtime().map_err(Failure::System)?;
        let inside = runtime.enter();
        let engine = Engine::open(location, self.environment.clone(), self.global.assignments.clone())
            .map_err(Failure::of_opening)?;
        drop(inside);
        Ok(Opened { engine, handle: runtime.handle().clone(), runtime: Some(runtime) })
    }
}

/// Threads for what waits: network, children, timers. What computes or blocks has threads of its own
/// while it does, so one is enough however many jobs run.
const WAITING: usize = 1;
/// How long a thread that has nothing to block on stays for the next one.
const SPARE: Duration = Duration::from_secs(2);

fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread().worker_threads(WAITING).thread_keep_alive(SPARE).enable_all().build()
}

impl Drop for Opened {
    fn drop(&mut self) {
        // What still works after this time is of no use to anybody; the program ends all the same.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_millis(500));
        }
    }
}

impl Opened {
    /// Waits for an answer of the engine.
    pub(super) fn wait<T>(&self, answer: impl Future<Output = T>) -> T {
        self.handle.block_on(answer)
    }

    /// Syncs these projects at the same time and reports what happens until the last has ended.
    pub(super) fn sync(&self, projects: &[String], reporter: &mut dyn Reporter) -> Result<follow::Endings, Failure> {
        let overview = self.engine.overview()?;
        let causes: HashMap<&str, Cause> = overview
            .projects
            .iter()
            .map(|project| {
                let cause = if project.last_sync.is_some() { Cause::Manual } else { Cause::Initial };
                (project.name.as_str(), cause)
            })
            .collect();
        let requests = projects.iter().map(|project| {
            let cause = causes.get(project.as_str()).copied().unwrap_or(Cause::Manual);
            Request::SyncProject { project: project.clone(), cause }
        });
        self.wait(follow::until_done(&self.engine, requests.collect(), reporter))
    }

    /// Fails unless the workspace has a project of this name.
    pub(super) fn known_project(&self, name: &str) -> Result<(), Failure> {
        let workspace = self.engine.workspace();
        let names: Vec<&str> = workspace.settings.projects.keys().map(String::as_str).collect();
        if names.contains(&name) {
            return Ok(());
        }
        let near = nearest_few(name, names.iter().copied(), 1);
        let hint = match near.first() {
            Some(near) => format!("did you mean {near}?"),
            None => format!("its projects are: {}", names.join(", ")),
        };
        let summary = format!("there is no project called {name:?} in this workspace");
        Err(Failure::WrongUse { summary, hints: vec![hint] })
    }
}
