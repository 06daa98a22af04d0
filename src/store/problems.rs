//! Problems with their history: opened and mended by syncs, mended by fixes. The same failure of
//! the same thing is one problem, however often it is met.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params, params};

use crate::problem::{Problem, Subject};

use super::Store;
use super::columns::{Json, Time};
use super::error::StoreError;
use super::finish::{Examined, SyncFinish};
use super::records::{ProblemId, ProblemRecord, ProblemState, SyncId};

/// Which problems to list; the default is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProblemFilter {
    /// `Some("")` is the workspace's own.
    pub project: Option<String>,
    /// Problems of this model (its `unique_id`).
    pub model: Option<String>,
    /// Problems that this sync met.
    pub sync: Option<SyncId>,
    /// Only those that still hurt.
    pub open_only: bool,
    /// Most rows to give; `None` is all.
    pub limit: Option<u32>,
}

const PROBLEM_COLUMNS: &str = "id, body, first_at, last_at, occurrences, sync, mended_at, how";

impl Store {
    /// Problems: the open ones first, of these the ones met last first.
    pub fn problems(&self, filter: &ProblemFilter) -> Result<Vec<ProblemRecord>, StoreError> {
        self.read(|connection| {
            let sql = format!(
                "SELECT {PROBLEM_COLUMNS} FROM problems
                 WHERE (:project IS NULL OR project = :project)
                   AND (:model IS NULL OR model = :model)
                   AND (:sync IS NULL OR id IN (SELECT problem FROM sync_problems WHERE sync_problems.sync = :sync))
                   AND (NOT :open_only OR mended_at IS NULL)
                 ORDER BY mended_at IS NOT NULL, last_at DESC, id LIMIT ifnull(:limit, -1)"
            );
            let parameters = named_params! {
                ":project": filter.project, ":model": filter.model, ":sync": filter.sync.map(|sync| sync.0),
                ":open_only": filter.open_only, ":limit": filter.limit,
            };
            connection.prepare_cached(&sql)?.query_map(parameters, problem_of_row)?.collect()
        })
    }

    /// One problem.
    pub fn problem(&self, id: ProblemId) -> Result<Option<ProblemRecord>, StoreError> {
        self.read(|connection| {
            let sql = format!("SELECT {PROBLEM_COLUMNS} FROM problems WHERE id = ?1");
            connection.prepare_cached(&sql)?.query_row([id.0], problem_of_row).optional()
        })
    }

    /// How many problems are open, by project; the workspace's own stand under `""`.
    pub fn open_problems(&self) -> Result<Vec<(String, u64)>, StoreError> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT project, count(*) FROM problems WHERE mended_at IS NULL GROUP BY project ORDER BY project",
                )?
                .query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?
                .collect()
        })
    }

    /// Says that a problem is gone and how. False when it was not open.
    pub fn mend(&self, id: ProblemId, how: &str, at: Timestamp) -> Result<bool, StoreError> {
        self.write(|transaction| {
            let mended = transaction.execute(
                "UPDATE problems SET mended_at = ?2, how = ?3 WHERE id = ?1 AND mended_at IS NULL",
                params![id.0, Time(at), how],
            )?;
            Ok(mended > 0)
        })
    }
}

/// Opens the problems that a sync met, and mends those that it would have met and did not.
pub(super) fn record(transaction: &Transaction<'_>, project: &str, finish: &SyncFinish) -> rusqlite::Result<()> {
    let mut met = Vec::with_capacity(finish.problems.len());
    for problem in &finish.problems {
        met.push(meet_in(transaction, project, problem, finish.id, finish.at)?.0);
    }
    let area = match finish.examined {
        Examined::Nothing => return Ok(()),
        Examined::Connection => Some(CONNECTION),
        Examined::All => None,
    };
    transaction.execute(
        "UPDATE problems SET mended_at = ?2, how = 'no longer met'
         WHERE project = ?1 AND mended_at IS NULL AND (?3 IS NULL OR area = ?3)
           AND id NOT IN (SELECT value FROM json_each(?4))",
        params![project, Time(finish.at), area, Json(met)],
    )?;
    Ok(())
}

/// A sync met a problem.
pub(super) fn meet_in(
    transaction: &Transaction<'_>,
    project: &str,
    problem: &Problem,
    sync: SyncId,
    at: Timestamp,
) -> rusqlite::Result<ProblemId> {
    let id = meet(transaction, project, problem, sync, at)?;
    transaction
        .prepare_cached("INSERT OR IGNORE INTO sync_problems (sync, problem) VALUES (?1, ?2)")?
        .execute([sync.0, id.0])?;
    Ok(id)
}

/// A problem is met: one more occurrence of an open one, or a new one. The words and the evidence of
/// the last time are kept. A sync that meets it twice counts once.
fn meet(
    connection: &Connection,
    project: &str,
    problem: &Problem,
    sync: SyncId,
    at: Timestamp,
) -> rusqlite::Result<ProblemId> {
    let model = match &problem.subject {
        Subject::Model { model, .. } => Some(model),
        _ => None,
    };
    connection
        .prepare_cached(
            "INSERT INTO problems (project, key, area, model, body, first_at, last_at, occurrences, sync)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, 1, ?7)
             ON CONFLICT (project, key) WHERE mended_at IS NULL DO UPDATE
             SET occurrences = occurrences + (sync IS NOT excluded.sync),
                 body = excluded.body, last_at = excluded.last_at, sync = excluded.sync
             RETURNING id",
        )?
        .query_row(params![project, problem.key(), area_of(problem), model, Json(problem), Time(at), sync.0], |row| {
            Ok(ProblemId(row.get(0)?))
        })
}

const CONNECTION: &str = "connection";
const CONTENT: &str = "content";

/// What a sync must have seen to say that this problem is gone. Codes never change meaning, so their
/// family may stand in the store.
fn area_of(problem: &Problem) -> &'static str {
    let about_connection = matches!(problem.subject, Subject::Connection { .. });
    let code = problem.code.as_str();
    // A sync that was interrupted is made good by the next one, also where there is nothing to load.
    if about_connection || code.starts_with("GIT-") || code == "SYNC-INTERRUPTED" { CONNECTION } else { CONTENT }
}

fn problem_of_row(row: &Row<'_>) -> rusqlite::Result<ProblemRecord> {
    let state = match row.get::<_, Option<Time>>(6)? {
        None => ProblemState::Open,
        Some(at) => ProblemState::Mended { at: at.0, how: row.get::<_, Option<String>>(7)?.unwrap_or_default() },
    };
    Ok(ProblemRecord {
        id: ProblemId(row.get(0)?),
        problem: row.get::<_, Json<_>>(1)?.0,
        state,
        first_at: row.get::<_, Time>(2)?.0,
        last_at: row.get::<_, Time>(3)?.0,
        occurrences: row.get::<_, i64>(4)? as u64,
        sync: row.get::<_, Option<i64>>(5)?.map(SyncId),
    })
}
