//! Work that runs now, folded from the engine's events and progress figures.

use std::sync::Arc;

use jiff::Timestamp;

use crate::engine::{EventKind, JobId, LiveJob, Progress};
use crate::store::{Cause, Stage, StageRecord, SyncId};

/// A sync that runs now, here or in another process on the same workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// None for another process's.
    pub job: Option<JobId>,
    pub sync: SyncId,
    pub project: String,
    pub cause: Cause,
    pub started_at: Timestamp,
    /// Its end has been asked for.
    pub cancelling: bool,
    /// Stages that are done, in order.
    pub finished: Vec<StageRecord>,
    /// The stage that runs.
    pub stage: Option<Stage>,
    pub progress: Option<Progress>,
}

/// All running syncs, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    pub running: Vec<Running>,
}

impl Work {
    pub fn is_idle(&self) -> bool {
        self.running.is_empty()
    }

    pub fn of_project(&self, project: &str) -> Option<&Running> {
        self.running.iter().find(|running| running.project == project)
    }

    /// Notes at once that a person asked for the end, before the engine says so.
    pub fn note_cancelling(&mut self, project: &str) {
        if let Some(running) = self.running.iter_mut().find(|running| running.project == project) {
            running.cancelling = true;
        }
    }

    /// Folds one event in.
    pub fn happened(&mut self, at: Timestamp, kind: &EventKind) {
        match kind {
            EventKind::SyncStarted { job, project, sync, cause } => self.started(at, *job, project, *sync, *cause),
            EventKind::StageStarted { job, stage, .. } => {
                if let Some(running) = self.job(*job) {
                    (running.stage, running.progress) = (Some(*stage), None);
                }
            }
            EventKind::StageFinished { job, record, .. } => {
                if let Some(running) = self.job(*job) {
                    running.finished.push(record.clone());
                    (running.stage, running.progress) = (None, None);
                }
            }
            EventKind::CancelRequested { project, .. } => self.note_cancelling(project),
            EventKind::SyncFinished { job, sync, .. } => {
                self.running.retain(|running| running.job != Some(*job) && running.sync != *sync);
            }
            EventKind::SyncRefused { job, .. } | EventKind::SyncWithdrawn { job, .. } => {
                self.running.retain(|running| running.job != Some(*job));
            }
            EventKind::FixApplied { .. } | EventKind::WorkspaceChanged | EventKind::StoreChanged => {}
        }
    }

    fn started(&mut self, at: Timestamp, job: JobId, project: &str, sync: SyncId, cause: Cause) {
        self.running.retain(|running| running.job != Some(job) && running.sync != sync);
        self.running.push(Running {
            job: Some(job),
            sync,
            project: project.to_owned(),
            cause,
            started_at: at,
            cancelling: false,
            finished: Vec::new(),
            stage: None,
            progress: None,
        });
    }

    /// Takes the newest figures in; true when one of them is to be seen.
    pub fn progressed(&mut self, figures: &[(JobId, Arc<str>, Progress)]) -> bool {
        let mut seen = false;
        for (job, _, progress) in figures {
            if let Some(running) = self.job(*job)
                && running.progress != Some(*progress)
            {
                (running.stage, running.progress) = (Some(progress.stage), Some(*progress));
                seen = true;
            }
        }
        seen
    }

    /// Takes the engine's own list in: what it does not know of is over, what we do not know of runs
    /// in another process or began before we looked.
    pub fn reconcile(&mut self, live: &[LiveJob]) {
        self.running.retain(|running| live.iter().any(|job| job.sync == running.sync));
        for job in live {
            match self.running.iter_mut().find(|running| running.sync == job.sync) {
                Some(running) => running.cancelling |= job.cancelling,
                None => self.running.push(Running {
                    job: job.job,
                    sync: job.sync,
                    project: job.project.clone(),
                    cause: job.cause,
                    started_at: job.started_at,
                    cancelling: job.cancelling,
                    finished: Vec::new(),
                    stage: job.progress.map(|progress| progress.stage),
                    progress: job.progress,
                }),
            }
        }
    }

    fn job(&mut self, job: JobId) -> Option<&mut Running> {
        self.running.iter_mut().find(|running| running.job == Some(job))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Outcome, Unit};
    use crate::store::SyncCounts;

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    fn started(job: u64) -> EventKind {
        EventKind::SyncStarted {
            job: JobId(job),
            project: format!("p{job}"),
            sync: SyncId(job as i64),
            cause: Cause::Manual,
        }
    }

    fn progress(done: u64) -> Progress {
        Progress { stage: Stage::Parse, done, total: Some(10), unit: Unit::Files, bytes: 0, elapsed_ms: 5 }
    }

    fn working() -> Work {
        let mut work = Work::default();
        work.happened(AT, &started(1));
        work
    }

    #[test]
    fn a_sync_runs_from_its_start_to_its_end() {
        let mut work = working();
        assert_eq!(work.of_project("p1").map(|running| running.sync), Some(SyncId(1)));
        work.happened(
            AT,
            &EventKind::SyncFinished {
                job: JobId(1),
                project: "p1".to_owned(),
                sync: SyncId(1),
                outcome: Outcome::Succeeded,
                counts: SyncCounts::default(),
                summary: String::new(),
                unchanged: false,
            },
        );
        assert!(work.is_idle());
    }

    #[test]
    fn stages_follow_each_other() {
        let mut work = working();
        work.happened(AT, &EventKind::StageStarted { job: JobId(1), project: "p1".to_owned(), stage: Stage::Connect });
        assert_eq!(work.running[0].stage, Some(Stage::Connect));
        let record = StageRecord { stage: Stage::Connect, elapsed_ms: 3, detail: "8f31c2d on main".to_owned() };
        work.happened(
            AT,
            &EventKind::StageFinished { job: JobId(1), project: "p1".to_owned(), record: record.clone() },
        );
        assert_eq!((work.running[0].stage, work.running[0].finished.clone()), (None, vec![record]));
    }

    #[test]
    fn progress_is_the_newest_figure() {
        let mut work = working();
        assert!(work.progressed(&[(JobId(1), "p1".into(), progress(4))]));
        assert!(!work.progressed(&[(JobId(1), "p1".into(), progress(4))]), "nothing new");
        assert!(!work.progressed(&[(JobId(9), "p9".into(), progress(4))]), "not ours");
        assert_eq!(work.running[0].progress, Some(progress(4)));
    }

    #[test]
    fn cancelling_shows_at_once() {
        let mut work = working();
        work.note_cancelling("p1");
        assert!(work.running[0].cancelling);
    }

    #[test]
    fn the_engines_list_wins() {
        let mut work = working();
        let other = LiveJob {
            job: None,
            sync: SyncId(7),
            project: "theirs".to_owned(),
            cause: Cause::Schedule,
            started_at: AT,
            cancelling: false,
            progress: Some(progress(2)),
        };
        work.reconcile(&[other]);
        assert_eq!(work.running.iter().map(|running| running.sync).collect::<Vec<_>>(), [SyncId(7)]);
        assert_eq!(work.running[0].stage, Some(Stage::Parse));
    }

    #[test]
    fn a_start_told_twice_is_one_sync() {
        let mut work = working();
        work.happened(AT, &started(1));
        assert_eq!(work.running.len(), 1);
    }
}
