//! The stages of one running sync: which one it is in, since when, what is done. Called from any
//! thread, tells of every change, keeps the records for the end.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::store::{Stage, StageRecord};

use super::events::{EventKind, JobId, Progress, Unit};
use super::handle::Core;

#[derive(Debug, Default)]
struct Run {
    current: Option<(Stage, Timestamp)>,
    done: Vec<StageRecord>,
}

/// Where a sync is.
#[derive(Debug)]
pub(super) struct Stages {
    core: Arc<Core>,
    job: JobId,
    project: Arc<str>,
    run: Mutex<Run>,
}

impl Stages {
    pub(super) fn new(core: Arc<Core>, job: JobId, project: Arc<str>) -> Self {
        Self { core, job, project, run: Mutex::default() }
    }

    fn run(&self) -> MutexGuard<'_, Run> {
        // Every change under the lock is whole by itself, so a panic elsewhere leaves it usable.
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes to `stage`; the one before ends with what `detail` says of it. Already there: nothing.
    pub(super) fn enter(&self, stage: Stage, detail: impl FnOnce() -> String) {
        if self.run().current.is_some_and(|(current, _)| current == stage) {
            return;
        }
        self.end(detail);
        let now = self.core.now();
        self.run().current = Some((stage, now));
        self.core.tell(EventKind::StageStarted { job: self.job, project: self.project.to_string(), stage });
        self.progress(stage, 0, None, 0);
    }

    /// Ends the current stage, if there is one.
    pub(super) fn end(&self, detail: impl FnOnce() -> String) {
        let Some((stage, since)) = self.run().current.take() else { return };
        let record = StageRecord { stage, elapsed_ms: milliseconds(since, self.core.now()), detail: detail() };
        self.run().done.push(record.clone());
        self.core.tell(EventKind::StageFinished { job: self.job, project: self.project.to_string(), record });
    }

    /// How far the current stage is; ignored when it is about another one, which is over.
    pub(super) fn progress(&self, stage: Stage, done: u64, total: Option<u64>, bytes: u64) {
        let Some((current, since)) = self.run().current else { return };
        if current == stage {
            let elapsed_ms = milliseconds(since, self.core.now());
            let progress = Progress { stage, done, total, unit: unit(stage), bytes, elapsed_ms };
            self.core.jobs.set_progress(self.job, progress);
        }
    }

    /// The stages that are over, in their order.
    pub(super) fn records(&self) -> Vec<StageRecord> {
        self.run().done.clone()
    }
}

fn unit(stage: Stage) -> Unit {
    match stage {
        Stage::Connect | Stage::Fetch => Unit::Objects,
        Stage::Parse => Unit::Files,
        Stage::Compile | Stage::Record => Unit::Models,
    }
}

fn milliseconds(since: Timestamp, now: Timestamp) -> u64 {
    u64::try_from(now.as_millisecond() - since.as_millisecond()).unwrap_or(0)
}

/// Bytes for a person: `812 B`, `12.3 KB`, `4.0 MB` (powers of 1,000, as transfer rates are given).
pub(super) fn bytes_in_words(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} KB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_read_well() {
        let words: Vec<String> =
            [0, 999, 1_000, 12_345, 4_000_000, 7_200_000_000].into_iter().map(bytes_in_words).collect();
        assert_eq!(words, ["0 B", "999 B", "1.0 KB", "12.3 KB", "4.0 MB", "7.2 GB"]);
    }

    #[test]
    fn a_clock_that_goes_back_gives_no_time_at_all() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(milliseconds(Timestamp::from_second(5).unwrap(), now), 0);
    }
}
