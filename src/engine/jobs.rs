//! Jobs that run in this process: who runs, what they are at, and how they are told to stop.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, broadcast, watch};
use tokio_util::sync::CancellationToken;

use crate::store::{Cause, ProblemId, SyncId};

use super::events::{Event, JobId, Progress};

/// How many events a slow listener may fall behind before it has to look at the store instead.
const BACKLOG: usize = 1024;

/// The newest progress of every running job.
pub type ProgressBoard = Vec<(JobId, Arc<str>, Progress)>;

/// A running job.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) id: JobId,
    pub(super) project: Arc<str>,
    pub(super) cause: Cause,
    pub(super) sync: Option<SyncId>,
    pub(super) cancel: CancellationToken,
    pub(super) progress: Option<Progress>,
    /// The fix that this job tries: which problem, and what was done, in the past tense.
    pub(super) mending: Option<(ProblemId, String)>,
}

#[derive(Debug, Default)]
struct Table {
    last: u64,
    running: BTreeMap<JobId, Job>,
}

/// All jobs of this process and the two channels that tell of them.
#[derive(Debug)]
pub(super) struct Jobs {
    table: Mutex<Table>,
    events: broadcast::Sender<Event>,
    progress: watch::Sender<ProgressBoard>,
    /// Told whenever a job has ended.
    ended: Notify,
}

impl Default for Jobs {
    fn default() -> Self {
        Self {
            table: Mutex::default(),
            events: broadcast::Sender::new(BACKLOG),
            progress: watch::Sender::new(Vec::new()),
            ended: Notify::new(),
        }
    }
}

impl Jobs {
    fn table(&self) -> MutexGuard<'_, Table> {
        // A panic while the lock is held leaves a table that is still consistent: every change below
        // is a single insert, remove or assignment.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The job that already syncs `project`, or a new one (second value true) that the caller must
    /// run. A fix's request that joins a running job is not lost: the job after it will see it mended.
    pub(super) fn join_or_start(
        &self,
        project: &str,
        cause: Cause,
        mending: Option<(ProblemId, String)>,
    ) -> (Job, bool) {
        let mut table = self.table();
        if let Some(job) = table.running.values().find(|job| &*job.project == project && !job.cancel.is_cancelled()) {
            return (job.clone(), false);
        }
        table.last += 1;
        let job = Job {
            id: JobId(table.last),
            project: project.into(),
            cause,
            sync: None,
            cancel: CancellationToken::new(),
            progress: None,
            mending,
        };
        table.running.insert(job.id, job.clone());
        (job, true)
    }

    pub(super) fn started(&self, id: JobId, sync: SyncId) {
        if let Some(job) = self.table().running.get_mut(&id) {
            job.sync = Some(sync);
        }
    }

    /// Takes the job off the table; its last progress goes with it.
    pub(super) fn finished(&self, id: JobId) {
        self.table().running.remove(&id);
        self.ended.notify_waiters();
        self.publish();
    }

    /// An id for work that is no sync.
    pub(super) fn next_id(&self) -> JobId {
        let mut table = self.table();
        table.last += 1;
        JobId(table.last)
    }

    /// The token is cancelled at once; none when no such job runs.
    pub(super) fn cancel(&self, id: JobId) -> Option<Job> {
        let job = self.table().running.get(&id).cloned()?;
        job.cancel.cancel();
        Some(job)
    }

    pub(super) fn cancel_all(&self) {
        for job in self.table().running.values() {
            job.cancel.cancel();
        }
    }

    pub(super) fn running(&self) -> Vec<Job> {
        self.table().running.values().cloned().collect()
    }

    /// Returns when no job syncs `project`.
    pub(super) async fn wait_for_end(&self, project: &str) {
        loop {
            // Listening begins before looking, so that an end in between is not missed.
            let ended = self.ended.notified();
            if !self.table().running.values().any(|job| &*job.project == project) {
                return;
            }
            ended.await;
        }
    }

    pub(super) fn set_progress(&self, id: JobId, progress: Progress) {
        if let Some(job) = self.table().running.get_mut(&id) {
            job.progress = Some(progress);
        }
        self.publish();
    }

    fn publish(&self) {
        let table = self.table();
        let rows = table.running.values().filter_map(|job| Some((job.id, Arc::clone(&job.project), job.progress?)));
        let board: ProgressBoard = rows.collect();
        self.progress.send_if_modified(|seen| {
            let differs = *seen != board;
            *seen = board;
            differs
        });
    }

    pub(super) fn tell(&self, event: Event) {
        // Nobody listening is not a failure: the store keeps the history.
        let _listeners = self.events.send(event);
    }

    pub(super) fn subscribe(&self) -> (broadcast::Receiver<Event>, watch::Receiver<ProgressBoard>) {
        (self.events.subscribe(), self.progress.subscribe())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_request_joins_the_running_job() {
        let jobs = Jobs::default();
        let (first, new) = jobs.join_or_start("shop", Cause::Manual, None);
        let (second, again) = jobs.join_or_start("shop", Cause::Manual, None);
        assert!(new && !again);
        assert_eq!(first.id, second.id);
    }

    #[test]
    fn another_project_gets_a_job_of_its_own() {
        let jobs = Jobs::default();
        let (first, _) = jobs.join_or_start("shop", Cause::Manual, None);
        let (second, new) = jobs.join_or_start("support", Cause::Manual, None);
        assert!(new && first.id != second.id);
    }

    #[test]
    fn nobody_joins_a_job_that_is_being_cancelled() {
        let jobs = Jobs::default();
        let (first, _) = jobs.join_or_start("shop", Cause::Manual, None);
        jobs.cancel(first.id);
        assert!(jobs.join_or_start("shop", Cause::Manual, None).1);
    }

    #[test]
    fn cancelling_what_does_not_run_says_so() {
        assert!(Jobs::default().cancel(JobId(7)).is_none());
    }

    #[test]
    fn progress_is_the_latest_value_and_goes_with_its_job() {
        let jobs = Jobs::default();
        let (job, _) = jobs.join_or_start("shop", Cause::Manual, None);
        let (_, board) = jobs.subscribe();
        for done in 0..10 {
            let progress = Progress {
                stage: crate::store::Stage::Parse,
                done,
                total: Some(10),
                unit: super::super::events::Unit::Files,
                bytes: 0,
                elapsed_ms: 0,
            };
            jobs.set_progress(job.id, progress);
        }
        assert_eq!(board.borrow().iter().map(|row| row.2.done).collect::<Vec<_>>(), [9]);
        jobs.finished(job.id);
        assert!(board.borrow().is_empty());
    }
}
