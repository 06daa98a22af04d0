//! What leaves the history, and what never does.

use super::*;

fn ids(store: &Store) -> Vec<SyncId> {
    store.syncs(&SyncFilter::default()).unwrap().iter().map(|sync| sync.id).collect()
}

fn rows(store: &Store, table: &str) -> i64 {
    store
        .read(|connection| connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)))
        .unwrap()
}

#[test]
fn the_newest_syncs_stay_with_their_changes() {
    let store = Store::in_memory().unwrap();
    let syncs: Vec<SyncId> =
        (0..6).map(|round| good_sync(&store, "shop", &[model("a", &round.to_string()), model("b", "1")])).collect();
    assert_eq!(store.prune(2).unwrap(), 4);
    assert_eq!(ids(&store), [syncs[5], syncs[4]]);
    for sync in [syncs[4], syncs[5]] {
        assert_eq!(store.sync_changes(sync).unwrap().changed, ["model.shop.a"]);
        assert_eq!(store.models_as_of("shop", sync).unwrap().len(), 2);
    }
    // Version 3 stays: without it sync 4 could not say what it changed.
    let codes: Vec<_> = store.versions("shop", "model.shop.a", 9).unwrap();
    assert_eq!(codes.iter().map(|version| version.record.raw_code.as_str()).collect::<Vec<_>>(), ["5", "4", "3"]);
    assert_eq!(rows(&store, "bodies"), 4, "bodies that nobody needs are gone");
    assert_eq!(store.versions("shop", "model.shop.b", 9).unwrap()[0].sync, syncs[0], "a model keeps its origin");
    assert_eq!(store.prune(2).unwrap(), 0);
}

#[test]
fn what_the_models_were_loaded_from_is_known_after_it_left_the_list() {
    let store = Store::in_memory().unwrap();
    let loaded = good_sync(&store, "shop", &[]);
    for _ in 0..3 {
        let id = begin(&store, "shop");
        store.finish_sync(SyncFinish { unchanged: true, ..finish(id, SyncState::Succeeded) }).unwrap();
    }
    store.prune(1).unwrap();
    assert_eq!(ids(&store), [SyncId(4)]);
    assert_eq!(store.last_load("shop").unwrap().unwrap().sync, loaded);
}

#[test]
fn the_good_sync_stays_behind_any_number_of_failures() {
    let store = Store::in_memory().unwrap();
    let good = good_sync(&store, "shop", &[model("a", "1")]);
    for _ in 0..5 {
        let id = begin(&store, "shop");
        store.finish_sync(finish(id, SyncState::Failed)).unwrap();
    }
    store.prune(1).unwrap();
    assert_eq!(ids(&store), [SyncId(6), good]);
    assert_eq!(store.models("shop").unwrap().len(), 1);
    assert_eq!(store.last_load("shop").unwrap().unwrap().sync, good);
}

#[test]
fn what_runs_stays_and_every_project_has_its_share() {
    let store = Store::in_memory().unwrap();
    let running = begin(&store, "shop");
    let kept: Vec<SyncId> = ["shop", "bank", "shop", "bank"].map(|project| good_sync(&store, project, &[])).to_vec();
    store.prune(0).unwrap();
    assert_eq!(ids(&store), [kept[3], kept[2], running]);
}

#[test]
fn the_marks_of_the_last_change_stay() {
    let store = Store::in_memory().unwrap();
    good_sync(&store, "shop", &[model("a", "1")]);
    let models = [model("a", "2"), model("b", "1")];
    for _ in 0..4 {
        good_sync(&store, "shop", &models);
    }
    store.prune(1).unwrap();
    let changes: Vec<_> = store.models("shop").unwrap().iter().map(|model| model.change).collect();
    assert_eq!(changes[1], Some(Change::Added));
    assert_eq!(ids(&store).len(), 1);
}

#[test]
fn mended_problems_go_with_their_syncs_and_open_ones_stay() {
    let store = Store::in_memory().unwrap();
    for (problems, examined) in [
        (vec![problem("DBT-REF", "old"), problem("DBT-REF", "open")], Examined::All),
        (vec![problem("DBT-REF", "open")], Examined::All),
        (vec![problem("DBT-REF", "open"), problem("DBT-REF", "new")], Examined::All),
        (vec![], Examined::Nothing),
    ] {
        let id = store.begin_sync("shop", Cause::Manual, "main", at(rows(&store, "syncs") * 1000)).unwrap();
        let at = at(rows(&store, "syncs") * 1000);
        store.finish_sync(SyncFinish { at, problems, examined, ..finish(id, SyncState::Failed) }).unwrap();
    }
    store.prune(1).unwrap();
    let found = store.problems(&ProblemFilter::default()).unwrap();
    let mut models: Vec<_> = found.iter().map(|found| found.problem.summary.as_str()).collect();
    models.sort_unstable();
    assert_eq!(models, ["DBT-REF in new", "DBT-REF in open"]);
}

#[test]
fn old_events_go_as_new_ones_come() {
    let store = Store::in_memory().unwrap();
    let events: Vec<String> = (0..10_050).map(|number: i32| number.to_string()).collect();
    store.append_events(&events).unwrap();
    let last = store.last_event().unwrap();
    let kept = store.events(&EventFilter::default()).unwrap();
    assert_eq!((kept.len(), kept[0].body.as_str(), kept[9_999].seq), (10_000, "50", last));
}
