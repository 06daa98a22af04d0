//! Waits for jobs and tells a reporter what happens meanwhile. A signal cancels the jobs and waits
//! until they have written their end.

use std::collections::HashSet;
use std::io;
use std::pin::pin;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;

use crate::engine::{Engine, Event, EventKind, JobId, Outcome, ProgressBoard, Request};
use crate::problem::Problem;
use crate::store::{SyncCounts, SyncId};

use super::failure::Failure;

/// Told what happens. All of it may be ignored.
pub(super) trait Reporter {
    fn event(&mut self, _event: &Event) -> io::Result<()> {
        Ok(())
    }

    fn progress(&mut self, _board: &ProgressBoard) -> io::Result<()> {
        Ok(())
    }
}

/// How one sync ended.
#[derive(Clone, Debug)]
pub(super) struct Ending {
    pub(super) project: String,
    /// None when it could not even begin.
    pub(super) sync: Option<SyncId>,
    pub(super) outcome: Outcome,
    pub(super) counts: SyncCounts,
    pub(super) summary: String,
    pub(super) unchanged: bool,
}

/// How all that was asked for ended.
#[derive(Clone, Debug, Default)]
pub(super) struct Endings {
    pub(super) syncs: Vec<Ending>,
    /// Why a fix could not be carried out.
    pub(super) not_fixed: Option<String>,
    /// Why syncs could not begin.
    pub(super) refused: Vec<Problem>,
}

/// Submits the requests and waits for all of them, and for the syncs that they lead to.
pub(super) async fn until_done(
    engine: &Engine,
    requests: Vec<Request>,
    reporter: &mut dyn Reporter,
) -> Result<Endings, Failure> {
    let subscription = engine.subscribe();
    let mut progress = subscription.progress;
    let mut events = collected(subscription.events);
    let mut stopped = pin!(stop_signal());
    let mut waiting = Waiting::default();
    for request in requests {
        waiting.begun(engine.submit(request));
    }
    let mut endings = Endings::default();
    while !waiting.is_over() {
        let told = tokio::select! {
            biased;
            number = &mut stopped => {
                engine.shut_down().await;
                return Err(Failure::Signal(number));
            }
            event = events.recv() => match event {
                Some(event) if take(&event, &mut waiting, &mut endings) => reporter.event(&event),
                Some(_) => Ok(()),
                None => return Ok(endings),
            },
            Ok(()) = progress.changed() => {
                let board = progress.borrow_and_update().clone();
                reporter.progress(&board)
            }
        };
        if let Err(error) = told {
            // Nobody reads: nobody waits for the work either.
            engine.shut_down().await;
            return Err(error.into());
        }
    }
    // What was told is in the log before we end.
    engine.shut_down().await;
    Ok(endings)
}

/// The engine's channel forgets what a slow listener has not read; standard output may be slow. So
/// its events are taken at once and kept until they are printed: a dozen for each sync.
fn collected(mut events: tokio::sync::broadcast::Receiver<Event>) -> mpsc::UnboundedReceiver<Event> {
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            match events.recv().await {
                Ok(event) => {
                    if sender.send(event).is_err() {
                        return;
                    }
                }
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    });
    receiver
}

/// Takes down what an event means for what we wait for. Every job of this process is ours; true when
/// the event is about one.
fn take(event: &Event, waiting: &mut Waiting, endings: &mut Endings) -> bool {
    match &event.kind {
        EventKind::SyncFinished { job, project, sync, outcome, counts, summary, unchanged } => {
            waiting.ended(*job);
            endings.syncs.push(Ending {
                project: project.clone(),
                sync: Some(*sync),
                outcome: *outcome,
                counts: *counts,
                summary: summary.clone(),
                unchanged: *unchanged,
            });
        }
        EventKind::SyncRefused { job, project, problem } => {
            waiting.ended(*job);
            endings.syncs.push(Ending {
                project: project.clone(),
                sync: None,
                outcome: Outcome::Failed,
                counts: SyncCounts::default(),
                summary: problem.summary.clone(),
                unchanged: false,
            });
            endings.refused.push(problem.clone());
        }
        EventKind::SyncWithdrawn { job, project } => {
            waiting.ended(*job);
            endings.syncs.push(Ending {
                project: project.clone(),
                sync: None,
                outcome: Outcome::Cancelled,
                counts: SyncCounts::default(),
                summary: "cancelled before it began".to_owned(),
                unchanged: false,
            });
        }
        EventKind::FixApplied { job, sync, error, .. } => {
            if let Some(sync) = sync {
                waiting.begun(*sync);
            }
            waiting.ended(*job);
            endings.not_fixed.clone_from(error);
        }
        EventKind::SyncStarted { .. }
        | EventKind::StageStarted { .. }
        | EventKind::StageFinished { .. }
        | EventKind::CancelRequested { .. } => {}
        EventKind::WorkspaceChanged | EventKind::StoreChanged => return false,
    }
    true
}

/// The jobs whose end we wait for.
#[derive(Debug, Default)]
struct Waiting {
    begun: HashSet<JobId>,
    /// The sync that a fix leads to may end before we hear that the fix was applied.
    ended: HashSet<JobId>,
}

impl Waiting {
    fn begun(&mut self, job: JobId) {
        self.begun.insert(job);
    }

    fn ended(&mut self, job: JobId) {
        self.ended.insert(job);
    }

    fn is_over(&self) -> bool {
        self.begun.is_subset(&self.ended)
    }
}

/// Number of the first signal that asks us to end. Never, where signals can't be listened to.
pub(super) async fn stop_signal() -> u8 {
    let (Ok(mut interrupt), Ok(mut terminate), Ok(mut hang_up)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()), signal(SignalKind::hangup()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => 2,
        _ = terminate.recv() => 15,
        _ = hang_up.recv() => 1,
    }
}
