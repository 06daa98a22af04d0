//! Model syncs: begun, followed, found again. How one ends is in `finish`.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use crate::problem::{Action, Catalogue, Code, Fix, Grade, Problem, Severity, Subject};

use super::Store;
use super::columns::{Json, Time};
use super::error::StoreError;
use super::problems;
use super::records::{Cause, CommitRecord, StageRecord, SyncId, SyncRecord, SyncState};

/// Which syncs to list; the default is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncFilter {
    pub project: Option<String>,
    /// Empty: any state.
    pub states: Vec<SyncState>,
    /// Found in summary, branch, commit or project, in any case of letters; empty: any.
    pub text: String,
    /// Only syncs older than this one: the next page.
    pub before: Option<SyncId>,
    /// Most rows to give; `None` is all.
    pub limit: Option<u32>,
}

/// A sync that runs now, in this process or another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningSync {
    pub record: SyncRecord,
    /// What [`Store::set_progress`] was told last.
    pub progress: Option<String>,
    /// Whether it was begun through this `Store`.
    pub own: bool,
}

/// What the models of a project were loaded from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastLoad {
    pub sync: SyncId,
    pub commit: Option<String>,
    /// As [`super::SyncFinish::settings`] said.
    pub settings: String,
}

pub(super) const SYNC_COLUMNS: &str = "id, project, cause, state, started_at, finished_at, branch, commit_id, \
     commit_author, commit_subject, commit_at, stages, counts, summary, unchanged";

/// A state in which the models on record are the sync's own.
pub(super) const GOOD: &str = "state IN ('succeeded', 'partial')";

impl Store {
    /// Records that a sync has begun in this process.
    pub fn begin_sync(&self, project: &str, cause: Cause, branch: &str, at: Timestamp) -> Result<SyncId, StoreError> {
        let process = self.process().as_str();
        self.write(|transaction| {
            transaction.execute(
                "INSERT INTO syncs (project, cause, state, started_at, branch, counts, process)
                 VALUES (?1, ?2, 'running', ?3, ?4, ?5, ?6)",
                params![project, cause, Time(at), branch, Json(super::SyncCounts::default()), process],
            )?;
            Ok(SyncId(transaction.last_insert_rowid()))
        })
    }

    /// Adds a finished stage to a running sync.
    pub fn record_stage(&self, sync: SyncId, stage: &StageRecord) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction
                .prepare_cached(
                    "UPDATE syncs SET stages = json_insert(stages, '$[#]', json(?2)) WHERE id = ?1 AND state = 'running'",
                )?
                .execute(params![sync.0, Json(stage)])?;
            Ok(())
        })
    }

    /// Records which branch and commit a running sync reads.
    pub fn set_commit(&self, sync: SyncId, branch: &str, commit: &CommitRecord) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction.execute(
                "UPDATE syncs SET branch = ?2, commit_id = ?3, commit_author = ?4, commit_subject = ?5, commit_at = ?6
                 WHERE id = ?1",
                params![sync.0, branch, commit.id, commit.author, commit.subject, Time(commit.at)],
            )?;
            Ok(())
        })
    }

    /// Tells other processes how far a running sync is. At most every 250 ms, please: each call is
    /// a write that wakes them.
    pub fn set_progress(&self, sync: SyncId, progress: &str) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction
                .prepare_cached("UPDATE syncs SET progress = ?2 WHERE id = ?1 AND state = 'running'")?
                .execute(params![sync.0, progress])?;
            Ok(())
        })
    }

    /// Syncs, newest first.
    pub fn syncs(&self, filter: &SyncFilter) -> Result<Vec<SyncRecord>, StoreError> {
        let states = (!filter.states.is_empty()).then_some(Json(&filter.states));
        let text = (!filter.text.is_empty()).then(|| pattern_of(&filter.text));
        self.read(|connection| {
            let sql = format!(
                "SELECT {SYNC_COLUMNS} FROM syncs
                 WHERE retired = 0
                   AND (:project IS NULL OR project = :project)
                   AND (:states IS NULL OR state IN (SELECT value FROM json_each(:states)))
                   AND (:text IS NULL OR project || char(10) || branch || char(10) || summary || char(10)
                        || ifnull(commit_id, '') || char(10) || ifnull(commit_subject, '') || char(10)
                        || ifnull(commit_author, '') LIKE :text ESCAPE '\\')
                   AND (:before IS NULL OR id < :before)
                 ORDER BY id DESC LIMIT ifnull(:limit, -1)"
            );
            let parameters = named_params! {
                ":project": filter.project, ":states": states, ":text": text,
                ":before": filter.before.map(|sync| sync.0), ":limit": filter.limit,
            };
            connection.prepare_cached(&sql)?.query_map(parameters, sync_of_row)?.collect()
        })
    }

    /// One sync.
    pub fn sync(&self, id: SyncId) -> Result<Option<SyncRecord>, StoreError> {
        self.read(|connection| sync_where(connection, "id = ?1", params![id.0]))
    }

    /// The newest sync of a project, running or ended.
    pub fn last_sync(&self, project: &str) -> Result<Option<SyncRecord>, StoreError> {
        self.read(|connection| sync_where(connection, "project = ?1 AND retired = 0", [project]))
    }

    /// The newest sync of a project that succeeded, wholly or in part: its models are those that
    /// the store gives.
    pub fn last_good(&self, project: &str) -> Result<Option<SyncRecord>, StoreError> {
        self.read(|connection| sync_where(connection, &format!("project = ?1 AND {GOOD}"), [project]))
    }

    /// Commit and settings of the newest sync that recorded models.
    pub fn last_load(&self, project: &str) -> Result<Option<LastLoad>, StoreError> {
        self.read(|connection| {
            connection
                .query_row(
                    "SELECT id, commit_id, settings FROM syncs WHERE project = ?1 AND recorded = 1
                     ORDER BY id DESC LIMIT 1",
                    [project],
                    |row| Ok(LastLoad { sync: SyncId(row.get(0)?), commit: row.get(1)?, settings: row.get(2)? }),
                )
                .optional()
        })
    }

    /// The syncs that run now. Those whose process has died meanwhile are closed first.
    pub fn running(&self) -> Result<Vec<RunningSync>, StoreError> {
        let mut running = self.rows_running()?;
        if running.iter().any(|(_, process)| !self.processes.lives(process)) {
            self.close_interrupted()?;
            running = self.rows_running()?;
        }
        Ok(running.into_iter().map(|(sync, _)| sync).collect())
    }

    fn rows_running(&self) -> Result<Vec<(RunningSync, String)>, StoreError> {
        let own = self.process().as_str();
        self.read(|connection| {
            let sql = format!(
                "SELECT {SYNC_COLUMNS}, progress, ifnull(process, '') FROM syncs WHERE state = 'running' ORDER BY id"
            );
            connection
                .prepare_cached(&sql)?
                .query_map([], |row| {
                    let process: String = row.get(16)?;
                    let sync = RunningSync { record: sync_of_row(row)?, progress: row.get(15)?, own: process == own };
                    Ok((sync, process))
                })?
                .collect()
        })
    }

    /// Closes the syncs of processes that have died: they are `interrupted`, and what they would
    /// have recorded never reached the store. Done at every start; gives how many there were.
    pub fn close_interrupted(&self) -> Result<usize, StoreError> {
        let mut dead: Vec<String> = self.rows_running()?.into_iter().map(|(_, process)| process).collect();
        dead.retain(|process| !self.processes.lives(process));
        if dead.is_empty() {
            self.processes.tidy();
            return Ok(0);
        }
        let catalogue = Catalogue::builtin();
        let closed = self.write(|transaction| {
            let closed: Vec<(SyncId, String, Time)> = transaction
                .prepare(
                    "UPDATE syncs SET state = 'interrupted', summary = ?2, finished_at = started_at + ifnull((
                         SELECT sum(value ->> '$.elapsed_ms') FROM json_each(stages)), 0) * 1000,
                         progress = NULL, process = NULL
                     WHERE state = 'running' AND ifnull(process, '') IN (SELECT value FROM json_each(?1))
                     RETURNING id, project, finished_at",
                )?
                .query_map(params![Json(&dead), INTERRUPTED], |row| {
                    Ok((SyncId(row.get(0)?), row.get(1)?, row.get(2)?))
                })?
                .collect::<Result<_, _>>()?;
            for (sync, project, at) in &closed {
                problems::meet_in(transaction, project, &interrupted(project, &catalogue), *sync, at.0)?;
            }
            Ok(closed.len())
        })?;
        self.processes.tidy();
        Ok(closed)
    }
}

/// What is said of a sync whose process has died.
const INTERRUPTED: &str = "The program ended before the sync did; the models of the sync before are shown";

/// The problem of it. The next sync that comes as far as the repository mends it.
fn interrupted(project: &str, catalogue: &Catalogue) -> Problem {
    let subject = Subject::Project { name: project.to_owned() };
    let again = Fix::new("Run the sync again", Grade::Safe, Action::Sync { project: project.to_owned() });
    let problem = Problem::new(Code::new("SYNC-INTERRUPTED"), subject, INTERRUPTED);
    let mut problem = problem.with_severity(Severity::Warning).with_fix(again);
    catalogue.describe(&mut problem);
    problem
}

fn sync_where(
    connection: &Connection,
    condition: &str,
    parameters: impl rusqlite::Params,
) -> rusqlite::Result<Option<SyncRecord>> {
    let sql = format!("SELECT {SYNC_COLUMNS} FROM syncs WHERE {condition} ORDER BY id DESC LIMIT 1");
    connection.prepare_cached(&sql)?.query_row(parameters, sync_of_row).optional()
}

pub(super) fn sync_of_row(row: &Row<'_>) -> rusqlite::Result<SyncRecord> {
    Ok(SyncRecord {
        id: SyncId(row.get(0)?),
        project: row.get(1)?,
        cause: row.get(2)?,
        state: row.get(3)?,
        started_at: row.get::<_, Time>(4)?.0,
        finished_at: row.get::<_, Option<Time>>(5)?.map(|time| time.0),
        branch: row.get(6)?,
        commit: commit_of_row(row, 7)?,
        stages: row.get::<_, Json<_>>(11)?.0,
        counts: row.get::<_, Json<_>>(12)?.0,
        summary: row.get(13)?,
        unchanged: row.get(14)?,
    })
}

/// A commit from four columns, the first of them at `first`.
pub(super) fn commit_of_row(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<CommitRecord>> {
    let Some(id) = row.get(first)? else { return Ok(None) };
    Ok(Some(CommitRecord {
        id,
        author: row.get(first + 1)?,
        subject: row.get(first + 2)?,
        at: row.get::<_, Time>(first + 3)?.0,
    }))
}

/// A pattern for LIKE that finds `text` anywhere, its own wildcards taken literally.
fn pattern_of(text: &str) -> String {
    let literal = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{literal}%")
}
