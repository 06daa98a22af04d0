//! Questions that the faces ask. Blocking and quick: call them off the thread that draws.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::problem::{Code, Problem, Subject};
use crate::store::{
    EventFilter, MacroRecord, ModelSummary, ProblemFilter, ProblemId, ProblemRecord, RunningSync, StoredEvent,
    SyncChanges, SyncFilter, SyncId, SyncRecord, SyncState,
};
use crate::workspace::{Auth, Git, Location, Workspace};

use super::events::{JobId, Progress};
use super::fix;
use super::handle::Engine;
use super::profiles::ProfileChoice;
use super::target::{Target, adapter_word, provider_word};
use super::views::{
    ConnectionView, FixPreview, LiveJob, MacroSummary, MacroView, ModelView, Overview, ProjectView, SyncView,
};

/// Versions of a model that its view carries.
const VERSIONS: u32 = 20;

impl Engine {
    /// Connections, projects and what runs.
    pub fn overview(&self) -> Result<Overview, Problem> {
        let workspace = self.core.workspace();
        let store = &self.core.world.store;
        let open: BTreeMap<String, u64> = store.open_problems()?.into_iter().collect();
        let names: Vec<&String> = workspace.settings.projects.keys().collect();
        let projects = names.iter().map(|name| self.project(name, &open)).collect::<Result<Vec<_>, _>>()?;
        Ok(Overview {
            workspace: workspace.name(),
            file: match &workspace.location {
                Location::File(file) => Some(file.display().to_string()),
                Location::Folder(_) | Location::None => None,
            },
            connections: workspace.settings.git.iter().map(|(name, git)| connection(&workspace, name, git)).collect(),
            projects,
            live: self.live()?,
            open_problems: open.values().sum(),
        })
    }

    fn project(&self, name: &str, open: &BTreeMap<String, u64>) -> Result<ProjectView, Problem> {
        let (target, _) = self.core.target(name)?.with_profile(&ProfileChoice::default());
        let store = &self.core.world.store;
        let last_good = store.last_good(name)?;
        Ok(ProjectView {
            name: name.to_owned(),
            connection: target.settings.git.clone(),
            repository: target.repository.clone(),
            branch: branch(&target, last_good.as_ref()),
            project_path: target.settings.project_path.clone(),
            schema: target.settings.schema.clone(),
            adapter: adapter_in_words(&target),
            folder: target.folder.is_some(),
            last_sync: store.last_sync(name)?,
            models: last_good.as_ref().map_or(0, |sync| sync.counts.models),
            last_good,
            open_problems: open.get(name).copied().unwrap_or(0),
        })
    }

    /// Every sync that runs, in this process or another.
    fn live(&self) -> Result<Vec<LiveJob>, Problem> {
        let mine: BTreeMap<SyncId, (JobId, bool, Option<Progress>)> = self
            .core
            .jobs
            .running()
            .into_iter()
            .filter_map(|job| Some((job.sync?, (job.id, job.cancel.is_cancelled(), job.progress))))
            .collect();
        let running = self.core.world.store.running()?;
        let live = running.into_iter().map(|RunningSync { record, progress, .. }| {
            let own = mine.get(&record.id);
            LiveJob {
                job: own.map(|own| own.0),
                sync: record.id,
                project: record.project,
                cause: record.cause,
                started_at: record.started_at,
                cancelling: own.is_some_and(|own| own.1),
                progress: own.map_or_else(|| progress.and_then(|json| serde_json::from_str(&json).ok()), |own| own.2),
            }
        });
        Ok(live.collect())
    }

    /// The models of every project of the workspace, as of each project's last good sync.
    pub fn models(&self) -> Result<Arc<[ModelSummary]>, Problem> {
        let workspace = self.core.workspace();
        let mut all = Vec::new();
        for project in workspace.settings.projects.keys() {
            all.extend(self.core.world.store.models(project)?);
        }
        Ok(all.into())
    }

    /// One model, whole; none when the project has no such model now.
    pub fn model(&self, project: &str, unique_id: &str) -> Result<Option<ModelView>, Problem> {
        let store = &self.core.world.store;
        let Some(record) = store.model(project, unique_id)? else { return Ok(None) };
        let filter = ProblemFilter {
            project: Some(project.to_owned()),
            model: Some(unique_id.to_owned()),
            open_only: true,
            ..ProblemFilter::default()
        };
        let macros = store.macros(project, &record.macros)?;
        Ok(Some(ModelView {
            project: project.to_owned(),
            macros: macros.into_iter().map(macro_summary).collect(),
            record: Arc::new(record),
            versions: store.versions(project, unique_id, VERSIONS)?,
            problems: store.problems(&filter)?,
            as_of: store.last_good(project)?,
        }))
    }

    /// One macro, whole; none when the project has no such macro now.
    pub fn one_macro(&self, project: &str, unique_id: &str) -> Result<Option<MacroView>, Problem> {
        let store = &self.core.world.store;
        let Some(record) = store.one_macro(project, unique_id)? else { return Ok(None) };
        let outlined = self.core.outlines.of(store, project)?;
        let (used_by, called_by) = outlined.map(|outlined| outlined.users(unique_id)).unwrap_or_default();
        Ok(Some(MacroView { project: project.to_owned(), record: Arc::new(record), used_by, called_by }))
    }

    /// Syncs, newest first.
    pub fn syncs(&self, filter: &SyncFilter) -> Result<Vec<SyncRecord>, Problem> {
        Ok(self.core.world.store.syncs(filter)?)
    }

    /// One sync, whole.
    pub fn sync_view(&self, id: SyncId) -> Result<Option<SyncView>, Problem> {
        let store = &self.core.world.store;
        let Some(record) = store.sync(id)? else { return Ok(None) };
        let changes =
            if record.state == SyncState::Running { SyncChanges::default() } else { store.sync_changes(id)? };
        let problems = store.problems(&ProblemFilter { sync: Some(id), ..ProblemFilter::default() })?;
        Ok(Some(SyncView {
            record,
            problems,
            added: changes.added,
            changed: changes.changed,
            removed: changes.removed,
        }))
    }

    /// Problems: open ones first, of these the ones met last first.
    pub fn problems(&self, filter: &ProblemFilter) -> Result<Vec<ProblemRecord>, Problem> {
        Ok(self.core.world.store.problems(filter)?)
    }

    pub fn problem(&self, id: ProblemId) -> Result<Option<ProblemRecord>, Problem> {
        Ok(self.core.world.store.problem(id)?)
    }

    /// What a fix would change, before it does.
    pub async fn preview_fix(&self, problem: ProblemId, index: usize) -> Result<FixPreview, Problem> {
        fix::preview(self, problem, index).await
    }

    /// What the jobs of all processes told, oldest first: an [`Event`](super::Event) as JSON each.
    pub fn events(&self, filter: &EventFilter) -> Result<Vec<StoredEvent>, Problem> {
        Ok(self.core.world.store.events(filter)?)
    }

    /// Number of the newest event of the log; 0 when there is none.
    pub fn last_event(&self) -> Result<i64, Problem> {
        Ok(self.core.world.store.last_event()?)
    }

    /// The workspace as it is loaded now.
    pub fn workspace(&self) -> Arc<Workspace> {
        self.core.workspace()
    }

    /// What is known of problem codes.
    pub fn catalogue(&self) -> &crate::problem::Catalogue {
        &self.core.world.catalogue
    }

    /// The project must exist in the workspace; the problem lists those that do.
    pub fn known_project(&self, project: &str) -> Result<(), Problem> {
        if self.core.workspace().settings.projects.contains_key(project) {
            return Ok(());
        }
        let names: Vec<String> = self.core.workspace().settings.projects.keys().cloned().collect();
        let summary = format!("There is no project called {project:?} in this workspace");
        let subject = Subject::Project { name: project.to_owned() };
        Err(Problem::new(Code::new("CONFIG-REFERENCE"), subject, summary)
            .with_evidence("Projects of this workspace", names))
    }
}

fn macro_summary(record: MacroRecord) -> MacroSummary {
    let MacroRecord { unique_id, name, package, path, parameters, .. } = record;
    MacroSummary { unique_id, name, package, path, parameters }
}

/// As set, else as the last good sync found it.
fn branch(target: &Target, last_good: Option<&SyncRecord>) -> String {
    if target.branch.is_empty() {
        last_good.map(|sync| sync.branch.clone()).unwrap_or_default()
    } else {
        target.branch.clone()
    }
}

fn connection(workspace: &Workspace, name: &str, git: &Git) -> ConnectionView {
    let uses = workspace.settings.projects.iter().filter(|(_, project)| project.git.as_deref() == Some(name));
    ConnectionView {
        name: name.to_owned(),
        provider: provider_word(git.provider).to_owned(),
        auth: auth_in_words(&git.auth),
        projects: uses.map(|(name, _)| name.clone()).collect(),
    }
}

fn auth_in_words(auth: &Auth) -> String {
    match auth {
        Auth::Anonymous => "anonymous".to_owned(),
        Auth::SshAgent => "SSH agent".to_owned(),
        Auth::SshKey(path) => format!("SSH key {}", path.display()),
        Auth::SshPrivateKey(settings) => format!("SSH key from {}", settings.key.describe()),
        Auth::Token(reference) => format!("token from {}", reference.describe()),
        Auth::GithubApp(app) => format!("GitHub App {}, key from {}", app.app_id, app.private_key.describe()),
    }
}

/// The dialect. What a fetched repository says itself is read by a sync, not here.
fn adapter_in_words(target: &Target) -> String {
    let word = adapter_word(target.adapter);
    if target.folder.is_some() || target.settings.source.is_some() {
        word.to_string()
    } else {
        format!("{word}, unless its profiles.yml says another")
    }
}
