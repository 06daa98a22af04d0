//! Macros as the last good sync found them, and outlines: what it found in a form that only the engine
//! reads.

use std::collections::HashMap;

use rusqlite::{OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};

use super::Store;
use super::columns::Json;
use super::error::StoreError;
use super::records::SyncId;

/// A macro of a project, of one of its packages, or of dbt itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MacroRecord {
    /// dbt's `unique_id`, e.g. `macro.dbt_utils.star`.
    pub unique_id: String,
    pub name: String,
    pub package: String,
    /// Path from the package's root.
    pub path: String,
    /// Its parameters as they are written: `model, column_name, quote=true`.
    pub parameters: String,
    pub description: String,
    /// Parameters that the project's YAML describes.
    pub arguments: Vec<ArgumentRecord>,
    /// The text of its block.
    pub code: String,
    /// `unique_id`s of the macros that it calls.
    pub calls: Vec<String>,
}

/// A macro's parameter as YAML describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArgumentRecord {
    pub name: String,
    pub data_type: String,
    pub description: String,
}

/// Outlines that are kept of each project.
const OUTLINES: i64 = 2;

impl Store {
    /// One macro of a project.
    pub fn one_macro(&self, project: &str, unique_id: &str) -> Result<Option<MacroRecord>, StoreError> {
        self.read(|connection| {
            connection
                .prepare_cached("SELECT body FROM macros WHERE project = ?1 AND unique_id = ?2")?
                .query_row([project, unique_id], |row| row.get::<_, Json<_>>(0))
                .optional()
                .map(|body| body.map(|body| body.0))
        })
    }

    /// Those of a project with these ids, in their order; an id that is not known is left out.
    pub fn macros(&self, project: &str, unique_ids: &[String]) -> Result<Vec<MacroRecord>, StoreError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT body FROM macros WHERE project = ?1 AND unique_id = ?2")?;
            let mut found = Vec::with_capacity(unique_ids.len());
            for unique_id in unique_ids {
                let body = statement.query_row([project, unique_id], |row| row.get::<_, Json<_>>(0)).optional()?;
                found.extend(body.map(|body| body.0));
            }
            Ok(found)
        })
    }

    /// The sync that a project's newest outline comes from.
    pub fn outline_sync(&self, project: &str) -> Result<Option<SyncId>, StoreError> {
        self.read(|connection| {
            connection
                .prepare_cached("SELECT max(sync) FROM outlines WHERE project = ?1")?
                .query_row([project], |row| row.get::<_, Option<i64>>(0))
                .map(|sync| sync.map(SyncId))
        })
    }

    /// A project's outlines, newest first: the one of now, and the one before it that was another.
    pub fn outlines(&self, project: &str) -> Result<Vec<String>, StoreError> {
        self.read(|connection| {
            connection
                .prepare_cached("SELECT body FROM outlines WHERE project = ?1 ORDER BY sync DESC LIMIT ?2")?
                .query_map(params![project, OUTLINES], |row| row.get(0))?
                .collect()
        })
    }
}

/// Brings the project's macros to what this sync found. Touches only the rows that differ.
pub(super) fn record(transaction: &Transaction<'_>, project: &str, macros: &[MacroRecord]) -> rusqlite::Result<()> {
    let mut known: HashMap<String, String> = transaction
        .prepare_cached("SELECT unique_id, body FROM macros WHERE project = ?1")?
        .query_map([project], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut insert =
        transaction.prepare_cached("INSERT OR REPLACE INTO macros (project, unique_id, body) VALUES (?1, ?2, ?3)")?;
    for one in macros {
        // Texts and lists of texts: this cannot fail to serialise.
        let body = serde_json::to_string(one).unwrap_or_default();
        if known.remove(&one.unique_id).as_ref() != Some(&body) {
            insert.execute(params![project, one.unique_id, body])?;
        }
    }
    let mut delete = transaction.prepare_cached("DELETE FROM macros WHERE project = ?1 AND unique_id = ?2")?;
    for unique_id in known.keys() {
        delete.execute([project, unique_id])?;
    }
    Ok(())
}

/// Keeps what this sync found, where it is another than what the sync before found.
pub(super) fn record_outline(
    transaction: &Transaction<'_>,
    project: &str,
    sync: SyncId,
    outline: &str,
) -> rusqlite::Result<()> {
    let newest: Option<String> = transaction
        .prepare_cached("SELECT body FROM outlines WHERE project = ?1 ORDER BY sync DESC LIMIT 1")?
        .query_row([project], |row| row.get(0))
        .optional()?;
    if outline.is_empty() || newest.as_deref() == Some(outline) {
        return Ok(());
    }
    transaction
        .prepare_cached("INSERT OR REPLACE INTO outlines (project, sync, body) VALUES (?1, ?2, ?3)")?
        .execute(params![project, sync.0, outline])?;
    transaction
        .prepare_cached(
            "DELETE FROM outlines WHERE project = ?1 AND sync NOT IN
                 (SELECT sync FROM outlines WHERE project = ?1 ORDER BY sync DESC LIMIT ?2)",
        )?
        .execute(params![project, OUTLINES])?;
    Ok(())
}
