//! Looks at a branch, and what they lead to.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::fake::{Behaviour, GOOD, SETTINGS, Stage, tip};
use super::{outcome, sync};
use crate::engine::Outcome;
use crate::engine::polling::look;
use crate::store::Cause;

async fn synced(id: &'static str) -> Stage {
    let mut stage = Stage::new(SETTINGS, tip(id, GOOD));
    sync(&stage);
    stage.until_finished().await;
    stage
}

fn counts(stage: &Stage) -> (i64, i64) {
    (stage.repositories.looks.load(Ordering::Relaxed), stage.repositories.fetches.load(Ordering::Relaxed))
}

#[tokio::test]
async fn a_branch_that_stands_still_is_only_looked_at() {
    let stage = synced("aaaa").await;
    for _ in 0..3 {
        look(Arc::clone(&stage.engine.core), "shop".to_owned()).await;
    }
    assert_eq!(counts(&stage), (3, 1));
    assert_eq!(stage.store.syncs(&crate::store::SyncFilter::default()).unwrap().len(), 1);
}

#[tokio::test]
async fn a_branch_that_has_moved_is_synced() {
    let mut stage = synced("aaaa").await;
    stage.now_behaves(tip("bbbb", GOOD));
    look(Arc::clone(&stage.engine.core), "shop".to_owned()).await;
    stage.until_finished().await;
    let last = stage.store.last_sync("shop").unwrap().unwrap();
    assert_eq!((last.commit.unwrap().id.as_str(), last.cause), ("bbbb", Cause::Schedule));
}

#[tokio::test]
async fn a_failure_is_told_once_and_its_end_too() {
    let mut stage = synced("aaaa").await;
    stage.now_behaves(Behaviour::Refuses { raw: "remote: Repository not found." });
    look(Arc::clone(&stage.engine.core), "shop".to_owned()).await;
    assert_eq!(outcome(&stage.until_finished().await), Outcome::Failed);
    look(Arc::clone(&stage.engine.core), "shop".to_owned()).await;
    assert_eq!(counts(&stage), (2, 2), "the same failure is not told again");
    stage.now_behaves(tip("aaaa", GOOD));
    look(Arc::clone(&stage.engine.core), "shop".to_owned()).await;
    assert_eq!(outcome(&stage.until_finished().await), Outcome::Succeeded);
}

#[tokio::test]
async fn a_project_that_was_never_synced_is_left_to_its_first_sync() {
    let stage = Stage::new(SETTINGS, tip("aaaa", GOOD));
    look(Arc::clone(&stage.engine.core), "shop".to_owned()).await;
    look(Arc::clone(&stage.engine.core), "nobody".to_owned()).await;
    assert_eq!(counts(&stage), (0, 0));
}
