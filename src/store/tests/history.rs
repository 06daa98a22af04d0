//! Syncs and the models as of each of them.

use super::*;

fn names(ids: &[String]) -> Vec<&str> {
    ids.iter().map(|id| id.trim_start_matches("model.shop.")).collect()
}

#[test]
fn a_sync_is_followed_from_its_beginning_to_its_end() {
    let store = Store::in_memory().unwrap();
    let id = store.begin_sync("shop", Cause::Initial, "main", at(10)).unwrap();
    let stage = StageRecord { stage: Stage::Fetch, elapsed_ms: 40, detail: "1.2 MB".to_owned() };
    store.record_stage(id, &stage).unwrap();
    let commit =
        CommitRecord { id: "8f31c2d".to_owned(), author: "Ada".to_owned(), subject: "First".to_owned(), at: at(5) };
    store.set_commit(id, "trunk", &commit).unwrap();
    let running = store.running().unwrap();
    assert!(running.len() == 1 && running[0].own && running[0].record.state == SyncState::Running);

    let counts = SyncCounts { models: 2, ..SyncCounts::default() };
    let models = Some(vec![model("a", "1"), model("b", "1")]);
    let counts = store
        .finish_sync(SyncFinish { counts, models, examined: Examined::All, ..finish(id, SyncState::Succeeded) })
        .unwrap();
    assert_eq!((counts.models, counts.added, counts.changed, counts.removed), (2, 2, 0, 0));

    let record = store.sync(id).unwrap().unwrap();
    assert_eq!(record.state, SyncState::Succeeded);
    assert_eq!(record.branch, "trunk");
    assert_eq!(record.commit, Some(commit));
    assert_eq!(record.stages, [stage]);
    assert_eq!(record.counts, counts);
    assert_eq!(record.summary, "2 added");
    assert_eq!((record.started_at, record.finished_at), (at(10), Some(at(150))));
    assert_eq!(store.running().unwrap(), []);
    assert_eq!(store.last_good("shop").unwrap(), Some(record));
}

#[test]
fn added_changed_and_removed_models_are_told_apart() {
    let store = Store::in_memory().unwrap();
    good_sync(&store, "shop", &[model("kept", "1"), model("edited", "1"), model("dropped", "1")]);
    let second = good_sync(&store, "shop", &[model("kept", "1"), model("edited", "2"), model("new", "1")]);
    let changes = store.sync_changes(second).unwrap();
    assert_eq!(names(&changes.added), ["new"]);
    assert_eq!(names(&changes.changed), ["edited"]);
    assert_eq!(names(&changes.removed), ["dropped"]);
    assert_eq!(store.sync(second).unwrap().unwrap().summary, "1 added, 1 changed, 1 removed");
}
