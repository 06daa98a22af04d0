//! Questions about models: the list, one of them, as of a sync, its versions. Nothing is written here.

use std::collections::HashSet;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};

use super::Store;
use super::columns::{Json, Time};
use super::error::StoreError;
use super::intervals;
use super::records::{Change, ModelRecord, ModelSummary, ModelVersion, SyncId};
use super::syncs::commit_of_row;

/// `unique_id`s that a sync added, changed and removed, each sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncChanges {
    pub added: Vec<String>,
    pub changed: Vec<String>,
    pub removed: Vec<String>,
}

impl Store {
    /// The project's models as the last good sync found them, by path and name. Small columns and
    /// one query, whatever the models hold.
    pub fn models(&self, project: &str) -> Result<Vec<ModelSummary>, StoreError> {
        self.read(|connection| summaries(connection, project))
    }

    /// One model, whole, as the last good sync found it.
    pub fn model(&self, project: &str, unique_id: &str) -> Result<Option<ModelRecord>, StoreError> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT body FROM models JOIN bodies USING (hash)
                     WHERE project = ?1 AND unique_id = ?2 AND until_sync IS NULL",
                )?
                .query_row([project, unique_id], |row| row.get::<_, Json<_>>(0))
                .optional()
                .map(|body| body.map(|body| body.0))
        })
    }

    /// One model as it stood after a sync of its project. Syncs that recorded no models show those
    /// of the sync before them.
    pub fn model_as_of(&self, project: &str, unique_id: &str, sync: SyncId) -> Result<Option<ModelRecord>, StoreError> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT body FROM models JOIN bodies USING (hash)
                     WHERE project = ?1 AND unique_id = ?2 AND first_sync <= ?3
                       AND (until_sync IS NULL OR until_sync > ?3)",
                )?
                .query_row(params![project, unique_id, sync.0], |row| row.get::<_, Json<_>>(0))
                .optional()
                .map(|body| body.map(|body| body.0))
        })
    }

    /// `unique_id`s of the project's models as they stood after a sync, sorted.
    pub fn models_as_of(&self, project: &str, sync: SyncId) -> Result<Vec<String>, StoreError> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT unique_id FROM models
                     WHERE project = ?1 AND first_sync <= ?2 AND (until_sync IS NULL OR until_sync > ?2)
                     ORDER BY unique_id",
                )?
                .query_map(params![project, sync.0], |row| row.get(0))?
                .collect()
        })
    }

    /// The newest `limit` versions of a model, newest first; a removed model still has its own.
    pub fn versions(&self, project: &str, unique_id: &str, limit: u32) -> Result<Vec<ModelVersion>, StoreError> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    // A row differs from its predecessor, but perhaps only in what other models put into it:
                    // such rows are one version, which began with the oldest and reads as the newest of them.
                    "WITH marked AS (
                         SELECT hash, first_sync,
                             lag(own_hash) OVER older IS NOT own_hash OR lag(until_sync) OVER older IS NOT first_sync
                                 AS begins
                         FROM models WHERE project = ?1 AND unique_id = ?2
                         WINDOW older AS (ORDER BY first_sync)
                     ), counted AS (
                         SELECT hash, first_sync, sum(begins) OVER (ORDER BY first_sync) AS version FROM marked
                     ), version AS (
                         SELECT hash, min(first_sync) OVER same AS began,
                             row_number() OVER (PARTITION BY version ORDER BY first_sync DESC) AS newness
                         FROM counted WINDOW same AS (PARTITION BY version)
                     )
                     SELECT syncs.id, started_at, commit_id, commit_author, commit_subject, commit_at, body
                     FROM version JOIN syncs ON syncs.id = began JOIN bodies USING (hash)
                     WHERE newness = 1 ORDER BY began DESC LIMIT ?3",
                )?
                .query_map(params![project, unique_id, limit], |row| {
                    Ok(ModelVersion {
                        sync: SyncId(row.get(0)?),
                        at: row.get::<_, Time>(1)?.0,
                        commit: commit_of_row(row, 2)?,
                        record: Arc::new(row.get::<_, Json<ModelRecord>>(6)?.0),
                    })
                })?
                .collect()
        })
    }

    /// What a sync added, changed and removed.
    pub fn sync_changes(&self, sync: SyncId) -> Result<SyncChanges, StoreError> {
        let mut changes = SyncChanges::default();
        for (unique_id, change) in self.read(|connection| intervals::changes_of(connection, sync))? {
            match change {
                Change::Added => changes.added.push(unique_id),
                Change::Changed => changes.changed.push(unique_id),
                Change::Removed => changes.removed.push(unique_id),
            }
        }
        Ok(changes)
    }
}

/// The last sync of each project that changed anything is `latest`; its new rows are the added and
/// changed models.
pub(super) const LIST: &str = "
    WITH latest AS (SELECT project, max(id) AS sync FROM syncs WHERE differences > 0 GROUP BY project)
    SELECT models.project, unique_id, kind, name, path, folder, materialized, tags, enabled, broken,
        CASE WHEN first_sync IS NOT latest.sync THEN 0 ELSE ifnull((
            SELECT CASE WHEN old.own_hash = models.own_hash THEN 0 ELSE 2 END FROM models old
            WHERE old.project = models.project AND old.unique_id = models.unique_id
              AND old.until_sync = latest.sync), 1) END
    FROM models LEFT JOIN latest ON latest.project = models.project
    WHERE until_sync IS NULL AND models.project = ?1
    ORDER BY path, name";

fn summaries(connection: &Connection, project: &str) -> rusqlite::Result<Vec<ModelSummary>> {
    let mut statement = connection.prepare_cached(LIST)?;
    let mut interner = Interner::default();
    let mut rows = statement.query([project])?;
    let mut summaries = Vec::new();
    while let Some(row) = rows.next()? {
        let text = |column: usize| -> rusqlite::Result<&str> { Ok(row.get_ref(column)?.as_str()?) };
        let tags = match text(7)? {
            "[]" => Vec::new(),
            _ => row.get::<_, Json<Vec<String>>>(7)?.0,
        };
        summaries.push(ModelSummary {
            project: interner.shared(text(0)?),
            unique_id: text(1)?.into(),
            kind: row.get(2)?,
            name: text(3)?.into(),
            path: text(4)?.into(),
            folder: interner.shared(text(5)?),
            materialized: interner.shared(text(6)?),
            tags: tags.iter().map(|tag| interner.shared(tag)).collect(),
            enabled: row.get(8)?,
            broken: row.get(9)?,
            change: match row.get(10)? {
                1 => Some(Change::Added),
                2 => Some(Change::Changed),
                _ => None,
            },
        });
    }
    Ok(summaries)
}

/// One allocation for each different text of a list.
#[derive(Default)]
struct Interner(HashSet<Arc<str>>);

impl Interner {
    fn shared(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = text.into();
        self.0.insert(Arc::clone(&new));
        new
    }
}
