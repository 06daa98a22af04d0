//! How a sync ends: its record written in one transaction, the problem that a fix was tried for mended, and the end
//! told.

use std::sync::Arc;

use crate::problem::Problem;
use crate::store::{
    CommitRecord, Examined, MacroRecord, ModelRecord, ProblemId, Stage, Store, StoreError, SyncCounts, SyncFinish,
    SyncId, SyncState,
};

use super::super::events::{EventKind, Outcome};
use super::super::handle::Core;
use super::super::jobs::Job;
use super::super::stages::Stages;

/// How a sync ends before its record is written.
pub(super) struct Ending {
    pub(super) state: SyncState,
    pub(super) commit: Option<CommitRecord>,
    pub(super) counts: SyncCounts,
    pub(super) summary: Option<String>,
    pub(super) models: Option<Vec<ModelRecord>>,
    pub(super) macros: Vec<MacroRecord>,
    /// The project's outline as JSON.
    pub(super) outline: String,
    pub(super) problems: Vec<Problem>,
    pub(super) examined: Examined,
    pub(super) unchanged: bool,
    pub(super) settings: String,
}

impl Ending {
    pub(super) fn failed(problem: Problem) -> Self {
        Self {
            state: SyncState::Failed,
            summary: Some(problem.summary.clone()),
            problems: vec![problem],
            examined: Examined::Connection,
            ..Self::cancelled()
        }
    }

    pub(super) fn cancelled() -> Self {
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

/// Writes the sync's record and tells of its end.
pub(super) async fn write(core: &Arc<Core>, job: &Job, sync: SyncId, ending: Ending, stages: &Stages) {
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
