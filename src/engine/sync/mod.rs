//! The use case "model sync": fetch the repository, load the dbt project, record its models.
//!
//! Every way out of it, a panic included, ends the sync's record and tells of it; what was recorded
//! by the last good sync stays until a new one has been recorded whole.

mod ending;
mod load;
mod source;

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;

use crate::problem::{Code, Problem, Subject};
use crate::store::{Lease, SyncId};

use super::events::EventKind;
use super::handle::Core;
use super::jobs::Job;
use super::stages::Stages;
use super::target::Target;
use ending::Ending;

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
    ending::write(&core, &job, sync, ending, &stages).await;
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
}
