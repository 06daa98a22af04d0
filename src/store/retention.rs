//! What leaves the history, and when. The models that are shown never do.

use rusqlite::{Transaction, params};

use super::Store;
use super::error::StoreError;

impl Store {
    /// Keeps the newest `keep` syncs of each project (at least one), its last good sync and whatever
    /// runs; removes older syncs, the models that were gone by then, and mended problems that no
    /// kept sync met. Gives how many syncs left the history.
    pub fn prune(&self, keep: u32) -> Result<usize, StoreError> {
        let keep = i64::from(keep.max(1));
        self.write(|transaction| {
            transaction.execute_batch(
                "CREATE TEMP TABLE IF NOT EXISTS oldest_kept (project TEXT PRIMARY KEY, sync INTEGER)",
            )?;
            transaction.execute("DELETE FROM temp.oldest_kept", [])?;
            transaction.execute(
                "INSERT INTO temp.oldest_kept
                 SELECT project, min(id) FROM (
                     SELECT project, id, row_number() OVER (PARTITION BY project ORDER BY id DESC) AS age
                     FROM syncs WHERE retired = 0)
                 WHERE age <= ?1 GROUP BY project",
                params![keep],
            )?;
            let retired = retire_syncs(transaction)?;
            // Nearly always: then nothing else is looked at.
            if retired > 0 {
                remove_models(transaction)?;
                remove_syncs(transaction)?;
                remove_problems(transaction)?;
            }
            Ok(retired)
        })
    }
}

/// Models that were gone before the oldest sync that is kept. One that this sync itself removed or
/// changed stays: without it the sync could not say so.
fn remove_models(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction.execute(
        "DELETE FROM models WHERE until_sync < (
             SELECT sync FROM temp.oldest_kept WHERE oldest_kept.project = models.project)",
        [],
    )?;
    transaction.execute("DELETE FROM bodies WHERE hash NOT IN (SELECT hash FROM models)", [])?;
    Ok(())
}

/// Old syncs leave the list.
fn retire_syncs(transaction: &Transaction<'_>) -> rusqlite::Result<usize> {
    transaction.execute(
        "UPDATE syncs SET retired = 1
         WHERE retired = 0 AND state <> 'running'
           AND id < (SELECT sync FROM temp.oldest_kept WHERE oldest_kept.project = syncs.project)
           AND id NOT IN (SELECT max(id) FROM syncs WHERE state IN ('succeeded', 'partial') GROUP BY project)",
        [],
    )
}

/// Those that left the list go, but for those that models still came from, and the ones that say from
/// what the models were loaded and which of them changed last.
fn remove_syncs(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction.execute(
        "DELETE FROM syncs WHERE retired = 1 AND id NOT IN (SELECT first_sync FROM models)
           AND id NOT IN (SELECT max(id) FROM syncs WHERE recorded = 1 GROUP BY project)
           AND id NOT IN (SELECT max(id) FROM syncs WHERE differences > 0 GROUP BY project)",
        [],
    )?;
    Ok(())
}

fn remove_problems(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction.execute(
        "DELETE FROM problems WHERE mended_at IS NOT NULL AND project <> ''
           AND id NOT IN (SELECT problem FROM sync_problems JOIN syncs ON syncs.id = sync WHERE retired = 0)
           AND mended_at < (SELECT started_at FROM syncs JOIN temp.oldest_kept ON syncs.id = oldest_kept.sync
                            WHERE oldest_kept.project = problems.project)",
        [],
    )?;
    Ok(())
}
