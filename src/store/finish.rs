//! How a sync ends: its models, its changes, its problems and its outcome, in one transaction. Either
//! all of it is on record afterwards or the sync still counts as running.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

use crate::problem::Problem;

use super::Store;
use super::columns::{Json, Time};
use super::error::StoreError;
use super::intervals::{self, Prepared};
use super::macros::{self, MacroRecord};
use super::problems;
use super::records::{CommitRecord, ModelRecord, SyncCounts, SyncId, SyncState};

/// How much a sync got to see: what it did not see it cannot declare mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Examined {
    /// It ended before it learned anything: cancelled, refused by the configuration.
    Nothing,
    /// The connection was tried; the project's files were not loaded.
    Connection,
    /// The connection worked and the whole project was loaded.
    All,
}

/// What a sync ends with.
#[derive(Clone, Debug)]
pub struct SyncFinish {
    pub id: SyncId,
    /// Any state but `Running`.
    pub state: SyncState,
    pub at: Timestamp,
    /// Added, changed and removed are counted here and need not be filled in.
    pub counts: SyncCounts,
    /// One line; `None` lets the store say what changed.
    pub summary: Option<String>,
    pub commit: Option<CommitRecord>,
    pub unchanged: bool,
    /// What the models depend on besides the commit (project path, variables ...), as any text that
    /// is equal when they are; given back by [`Store::last_load`].
    pub settings: String,
    /// All models of the project as they are now; `None` leaves those of the sync before in place.
    pub models: Option<Vec<ModelRecord>>,
    /// All macros and the outline of the project; kept where `models` are.
    pub macros: Vec<MacroRecord>,
    /// Empty for none.
    pub outline: String,
    pub problems: Vec<Problem>,
    pub examined: Examined,
}

impl Store {
    /// Ends a sync. Gives its counts, with what was added, changed and removed. A sync that is not
    /// running any more (another process took it for dead) is left as it is, and nothing is recorded.
    pub fn finish_sync(&self, finish: SyncFinish) -> Result<SyncCounts, StoreError> {
        // Hashing and serialising ten thousand models is done before the lock is taken.
        let models = finish.models.as_ref().map(|models| intervals::prepare(models));
        self.write(|transaction| {
            let project: Option<String> = transaction
                .query_row("SELECT project FROM syncs WHERE id = ?1 AND state = 'running'", [finish.id.0], |row| {
                    row.get(0)
                })
                .optional()?;
            let Some(project) = project else { return Ok(finish.counts) };
            finish_running(transaction, &project, &finish, models.as_deref())
        })
    }
}

fn finish_running(
    transaction: &Transaction<'_>,
    project: &str,
    finish: &SyncFinish,
    models: Option<&[Prepared<'_>]>,
) -> rusqlite::Result<SyncCounts> {
    let mut counts = finish.counts;
    let mut differences = 0;
    if let Some(models) = models {
        let first = !has_recorded(transaction, project)?;
        let changes = intervals::record(transaction, project, finish.id, models)?;
        macros::record(transaction, project, &finish.macros)?;
        macros::record_outline(transaction, project, finish.id, &finish.outline)?;
        (counts.added, counts.changed, counts.removed) = (changes.added, changes.changed, changes.removed);
        if !first {
            differences = changes.added + changes.changed + changes.removed;
        }
    }
    let summary = finish.summary.clone().unwrap_or_else(|| summary_of(&counts, finish.unchanged));
    transaction.execute(
        "UPDATE syncs SET state = ?2, finished_at = ?3, counts = ?4, summary = ?5, unchanged = ?6, recorded = ?7,
             differences = ?8, settings = ?9, process = NULL, progress = NULL
         WHERE id = ?1",
        params![
            finish.id.0,
            finish.state,
            Time(finish.at),
            Json(counts),
            summary,
            finish.unchanged,
            models.is_some(),
            differences as i64,
            finish.settings,
        ],
    )?;
    if let Some(commit) = &finish.commit {
        transaction.execute(
            "UPDATE syncs SET commit_id = ?2, commit_author = ?3, commit_subject = ?4, commit_at = ?5 WHERE id = ?1",
            params![finish.id.0, commit.id, commit.author, commit.subject, Time(commit.at)],
        )?;
    }
    problems::record(transaction, project, finish)?;
    Ok(counts)
}

fn has_recorded(transaction: &Transaction<'_>, project: &str) -> rusqlite::Result<bool> {
    transaction.query_row("SELECT EXISTS (SELECT 1 FROM syncs WHERE project = ?1 AND recorded = 1)", [project], |row| {
        row.get(0)
    })
}

/// What changed, in a few words.
fn summary_of(counts: &SyncCounts, unchanged: bool) -> String {
    let parts: Vec<String> = [(counts.added, "added"), (counts.changed, "changed"), (counts.removed, "removed")]
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    match (parts.is_empty(), unchanged) {
        (true, true) => "nothing new on the branch".to_owned(),
        (true, false) => "no model changed".to_owned(),
        (false, _) => parts.join(", "),
    }
}
