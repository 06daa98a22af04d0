//! Models as of each sync: a row holds from its first sync until the sync that changed or removed it,
//! and its body is stored once for each content. A model that stays the same costs nothing.

use std::collections::HashMap;

use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use rusqlite::{Transaction, params};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::columns::Json;
use super::records::{Change, Kind, ModelRecord, SyncId};

pub(super) type Hash = [u8; 32];

/// A record, ready to be compared and stored.
#[derive(Debug)]
pub(super) struct Prepared<'a> {
    record: &'a ModelRecord,
    hash: Hash,
    own_hash: Hash,
    body: String,
}

/// What one sync changed, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    pub(super) added: u64,
    pub(super) changed: u64,
    pub(super) removed: u64,
}

struct Current {
    row: i64,
    hash: Hash,
    own_hash: Hash,
    is_counted: bool,
}

impl Prepared<'_> {
    /// Whether it counts among what a sync changed.
    fn is_counted(&self) -> bool {
        self.record.kind.is_listed()
    }
}

/// Serialises and hashes every record, on all cores. The threads end with it: rayon's own would stay.
pub(super) fn prepare(models: &[ModelRecord]) -> Vec<Prepared<'_>> {
    match ThreadPoolBuilder::new().thread_name(|index| format!("prepare-{index}")).build() {
        Ok(pool) => pool.install(|| models.par_iter().map(prepare_one).collect()),
        Err(_) => models.iter().map(prepare_one).collect(),
    }
}

fn prepare_one(record: &ModelRecord) -> Prepared<'_> {
    // Maps are equal whatever their order, so they are hashed in one order.
    let mut canonical = record.clone();
    canonical.config.sort_keys();
    canonical.config.values_mut().for_each(Value::sort_all_objects);
    let body = json_of(&canonical);
    let hash: Hash = Sha256::digest(body.as_bytes()).into();
    // Who depends on a model is not the model's own: it changes in another model's file.
    canonical.children.clear();
    let own_hash =
        if record.children.is_empty() { hash } else { Sha256::digest(json_of(&canonical).as_bytes()).into() };
    Prepared { record, hash, own_hash, body }
}

/// A record is strings, lists and string-keyed maps: none of its values can fail to serialise.
fn json_of(record: &ModelRecord) -> String {
    serde_json::to_string(record).unwrap_or_default()
}

/// Brings the project's models to what this sync found. Touches only the rows that differ. Where a
/// `unique_id` comes twice, the last one counts.
pub(super) fn record(
    transaction: &Transaction<'_>,
    project: &str,
    sync: SyncId,
    models: &[Prepared<'_>],
) -> rusqlite::Result<Changes> {
    let mut current = current_of(transaction, project)?;
    let found: HashMap<&str, &Prepared<'_>> =
        models.iter().map(|model| (model.record.unique_id.as_str(), model)).collect();
    let mut changes = Changes::default();
    for model in models {
        let unique_id = model.record.unique_id.as_str();
        if !found.get(unique_id).is_some_and(|last| std::ptr::eq(*last, model)) {
            continue;
        }
        match current.remove(unique_id) {
            Some(old) if old.hash == model.hash => {}
            Some(old) => {
                changes.changed += u64::from(model.is_counted() && old.own_hash != model.own_hash);
                close(transaction, old.row, sync)?;
                open(transaction, project, sync, model)?;
            }
            None => {
                changes.added += u64::from(model.is_counted());
                open(transaction, project, sync, model)?;
            }
        }
    }
    for old in current.into_values() {
        changes.removed += u64::from(old.is_counted);
        close(transaction, old.row, sync)?;
    }
    Ok(changes)
}

fn current_of(transaction: &Transaction<'_>, project: &str) -> rusqlite::Result<HashMap<String, Current>> {
    transaction
        .prepare_cached(
            "SELECT unique_id, id, hash, own_hash, kind FROM models WHERE project = ?1 AND until_sync IS NULL",
        )?
        .query_map([project], |row| {
            let kind: Kind = row.get(4)?;
            let current =
                Current { row: row.get(1)?, hash: row.get(2)?, own_hash: row.get(3)?, is_counted: kind.is_listed() };
            Ok((row.get(0)?, current))
        })?
        .collect()
}

fn close(transaction: &Transaction<'_>, row: i64, sync: SyncId) -> rusqlite::Result<()> {
    transaction.prepare_cached("UPDATE models SET until_sync = ?2 WHERE id = ?1")?.execute(params![row, sync.0])?;
    Ok(())
}

fn open(transaction: &Transaction<'_>, project: &str, sync: SyncId, model: &Prepared<'_>) -> rusqlite::Result<()> {
    let record = model.record;
    transaction
        .prepare_cached("INSERT OR IGNORE INTO bodies (hash, body) VALUES (?1, ?2)")?
        .execute(params![model.hash, model.body])?;
    let folders = record.folders.split_last().map(|(_name, folders)| folders.join("/")).unwrap_or_default();
    transaction
        .prepare_cached(
            "INSERT INTO models (project, unique_id, hash, own_hash, first_sync, kind, name, path, folder,
                 materialized, tags, enabled, broken)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            project,
            record.unique_id,
            model.hash,
            model.own_hash,
            sync.0,
            record.kind,
            record.name,
            record.path,
            folders,
            record.materialized,
            Json(&record.tags),
            record.enabled,
            record.problem.is_some(),
        ])?;
    Ok(())
}

pub(super) const CHANGES: &str = "
    SELECT new.unique_id, CASE WHEN old.id IS NULL THEN 'added' ELSE 'changed' END
    FROM models new LEFT JOIN models old
      ON old.until_sync = ?1 AND old.project = new.project AND old.unique_id = new.unique_id
    WHERE new.first_sync = ?1 AND new.kind <> 'test' AND (old.id IS NULL OR old.own_hash <> new.own_hash)
    UNION ALL
    SELECT old.unique_id, 'removed'
    FROM models old
    WHERE old.until_sync = ?1 AND old.kind <> 'test' AND NOT EXISTS (
        SELECT 1 FROM models new
        WHERE new.first_sync = ?1 AND new.project = old.project AND new.unique_id = old.unique_id)
    ORDER BY 1";

/// `unique_id`s with what the sync did to them, sorted. Models in which only other models' part
/// changed are left out.
pub(super) fn changes_of(connection: &rusqlite::Connection, sync: SyncId) -> rusqlite::Result<Vec<(String, Change)>> {
    connection
        .prepare_cached(CHANGES)?
        .query_map([sync.0], |row| {
            let change = match row.get_ref(1)?.as_str()? {
                "added" => Change::Added,
                "changed" => Change::Changed,
                _ => Change::Removed,
            };
            Ok((row.get(0)?, change))
        })?
        .collect()
}
