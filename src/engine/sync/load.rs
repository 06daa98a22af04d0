//! From the files to what is recorded: the packages put beside them, the project loaded, its models counted. Files
//! that are as they were at the last good sync are not loaded.

use std::sync::Arc;

use crate::dbt::{LoadProgress, LoadStage, Loaded};
use crate::problem::Severity;
use crate::store::{Examined, Stage, SyncCounts, SyncState};
use crate::workspace::Loader;

use super::super::packages::{ForSync, Placed};
use super::super::stages::Stages;
use super::super::{diagnosis, loaders, record};
use super::Run;
use super::ending::Ending;
use super::source::Source;

/// The code of a project whose packages are not there.
const NOT_INSTALLED: &str = "DBT-DEPS-NOT-RUN";

impl Run<'_> {
    /// Files, settings and program are as they were at the last good sync: there is nothing to load.
    pub(super) async fn unchanged(&self, source: &Source) -> Option<Ending> {
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

    pub(super) async fn load(&self, source: &Source) -> Result<Loaded, Box<Ending>> {
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

    pub(super) fn record(&self, source: Source, loaded: Loaded) -> Ending {
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
