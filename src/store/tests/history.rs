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

#[test]
fn a_renamed_model_is_one_removed_and_one_added() {
    let store = Store::in_memory().unwrap();
    good_sync(&store, "shop", &[model("customer", "1")]);
    let renamed = good_sync(&store, "shop", &[model("customers", "1")]);
    let changes = store.sync_changes(renamed).unwrap();
    assert_eq!((names(&changes.added), names(&changes.removed)), (vec!["customers"], vec!["customer"]));
    assert_eq!(changes.changed, [""; 0]);
}

#[test]
fn a_model_that_comes_back_has_its_old_versions() {
    let store = Store::in_memory().unwrap();
    let first = good_sync(&store, "shop", &[model("a", "1"), model("b", "1")]);
    let without = good_sync(&store, "shop", &[model("b", "1")]);
    let back = good_sync(&store, "shop", &[model("a", "1"), model("b", "1")]);
    assert_eq!(names(&store.sync_changes(back).unwrap().added), ["a"]);
    assert_eq!(store.model_as_of("shop", "model.shop.a", without).unwrap(), None);
    let versions = store.versions("shop", "model.shop.a", 10).unwrap();
    assert_eq!(versions.iter().map(|version| version.sync).collect::<Vec<_>>(), [back, first]);
}

#[test]
fn versions_are_those_in_which_the_model_itself_changed() {
    let store = Store::in_memory().unwrap();
    let first = good_sync(&store, "shop", &[model("a", "1")]);
    good_sync(&store, "shop", &[model("a", "1"), model("b", "1")]);
    let child = ModelRecord { children: vec!["model.shop.b".to_owned()], ..model("a", "1") };
    let third = good_sync(&store, "shop", &[child.clone(), model("b", "1")]);
    assert_eq!(store.sync_changes(third).unwrap(), SyncChanges::default(), "only its children changed");
    assert_eq!(store.model("shop", "model.shop.a").unwrap().unwrap(), child);
    let fourth = good_sync(&store, "shop", &[model("a", "2"), model("b", "1")]);

    let versions = store.versions("shop", "model.shop.a", 10).unwrap();
    let of = |version: &ModelVersion| (version.sync, version.record.raw_code.clone(), version.record.children.len());
    assert_eq!(versions.iter().map(of).collect::<Vec<_>>(), [(fourth, "2".into(), 0), (first, "1".into(), 1)]);
    assert_eq!(store.versions("shop", "model.shop.a", 1).unwrap().len(), 1);
    assert_eq!(store.versions("shop", "model.shop.nobody", 9).unwrap(), []);
}

#[test]
fn a_failed_sync_leaves_the_models_of_the_good_one() {
    let store = Store::in_memory().unwrap();
    let good = good_sync(&store, "shop", &[model("a", "1")]);
    for state in [SyncState::Failed, SyncState::Cancelled, SyncState::Interrupted] {
        let id = begin(&store, "shop");
        store.finish_sync(finish(id, state)).unwrap();
        assert_eq!(store.models("shop").unwrap().len(), 1);
        assert_eq!(store.models_as_of("shop", id).unwrap(), ["model.shop.a"]);
        assert_eq!(store.last_good("shop").unwrap().unwrap().id, good);
        assert_eq!(store.last_sync("shop").unwrap().unwrap().id, id);
    }
}

#[test]
fn a_sync_without_news_is_good_and_keeps_what_it_was_loaded_from() {
    let store = Store::in_memory().unwrap();
    let id = begin(&store, "shop");
    let commit = CommitRecord { id: "c1".into(), author: "Ada".into(), subject: "s".into(), at: at(1) };
    let loaded = SyncFinish {
        models: Some(vec![model("a", "1")]),
        commit: Some(commit.clone()),
        settings: "v1".into(),
        ..finish(id, SyncState::Partial)
    };
    store.finish_sync(loaded).unwrap();
    let again = begin(&store, "shop");
    store.finish_sync(SyncFinish { unchanged: true, ..finish(again, SyncState::Succeeded) }).unwrap();
    let expected = LastLoad { sync: id, commit: Some("c1".into()), settings: "v1".into() };
    assert_eq!(store.last_load("shop").unwrap(), Some(expected));
    assert_eq!(store.last_load("other").unwrap(), None);
    let record = store.last_good("shop").unwrap().unwrap();
    assert_eq!((record.id, record.unchanged, record.summary.as_str()), (again, true, "nothing new on the branch"));
    assert_eq!(store.sync(id).unwrap().unwrap().commit, Some(commit));
}

#[test]
fn a_sync_ends_once() {
    let store = Store::in_memory().unwrap();
    let id = begin(&store, "shop");
    store.finish_sync(finish(id, SyncState::Cancelled)).unwrap();
    let late = SyncFinish { models: Some(vec![model("a", "1")]), ..finish(id, SyncState::Succeeded) };
    store.finish_sync(late).unwrap();
    assert_eq!(store.sync(id).unwrap().unwrap().state, SyncState::Cancelled);
    assert_eq!(store.models("shop").unwrap(), []);
    store.record_stage(id, &StageRecord { stage: Stage::Parse, elapsed_ms: 1, detail: String::new() }).unwrap();
    assert_eq!(store.sync(id).unwrap().unwrap().stages, []);
}

#[test]
fn the_list_marks_what_the_last_changing_sync_did() {
    let store = Store::in_memory().unwrap();
    good_sync(&store, "shop", &[model("a", "1"), model("b", "1")]);
    let marks = |store: &Store| -> Vec<(String, Option<Change>)> {
        store.models("shop").unwrap().iter().map(|model| (model.name.to_string(), model.change)).collect()
    };
    assert_eq!(marks(&store), [("a".into(), None), ("b".into(), None)], "the first sync adds everything: no news");
    let models = [model("a", "2"), model("b", "1"), model("c", "1")];
    good_sync(&store, "shop", &models);
    let news = [("a".into(), Some(Change::Changed)), ("b".into(), None), ("c".into(), Some(Change::Added))];
    assert_eq!(marks(&store), news);
    good_sync(&store, "shop", &models);
    let failed = begin(&store, "shop");
    store.finish_sync(finish(failed, SyncState::Failed)).unwrap();
    assert_eq!(marks(&store), news, "syncs that change nothing leave the marks");
}

#[test]
fn a_summary_has_the_small_facts_of_its_model() {
    let store = Store::in_memory().unwrap();
    let broken = ModelRecord {
        problem: Some(("DBT-JINJA".into(), "undefined".into())),
        kind: Kind::Snapshot,
        enabled: false,
        tags: vec!["nightly".into(), "pii".into()],
        ..model("a", "1")
    };
    good_sync(&store, "shop", &[broken, ModelRecord { folders: Vec::new(), tags: Vec::new(), ..model("b", "1") }]);
    let [a, b]: [ModelSummary; 2] = store.models("shop").unwrap().try_into().unwrap();
    assert_eq!((&*a.folder, &*a.path, &*a.project), ("marts", "models/marts/a.sql", "shop"));
    assert_eq!((a.kind, a.enabled, a.broken), (Kind::Snapshot, false, true));
    assert_eq!(a.tags.iter().map(|tag| &**tag).collect::<Vec<_>>(), ["nightly", "pii"]);
    assert_eq!((&*b.folder, b.tags.len(), b.enabled, b.broken), ("", 0, true, false));
    assert!(std::sync::Arc::ptr_eq(&a.materialized, &b.materialized), "the same word is kept once");
}

#[test]
fn projects_do_not_meet() {
    let store = Store::in_memory().unwrap();
    good_sync(&store, "shop", &[model("a", "1")]);
    good_sync(&store, "bank", &[model("a", "2"), model("b", "1")]);
    assert_eq!((store.models("shop").unwrap().len(), store.models("bank").unwrap().len()), (1, 2));
    assert_eq!(store.model("shop", "model.shop.a").unwrap().unwrap().raw_code, "1");
    good_sync(&store, "shop", &[]);
    assert_eq!(store.models("bank").unwrap().len(), 2);
}

#[test]
fn the_order_of_keys_makes_no_new_version() {
    let store = Store::in_memory().unwrap();
    let with = |json: &str| ModelRecord { config: serde_json::from_str(json).unwrap(), ..model("a", "1") };
    good_sync(&store, "shop", &[with(r#"{"x": 1, "meta": {"b": [{"q": 1, "p": 2}], "a": 2}}"#)]);
    let same = good_sync(&store, "shop", &[with(r#"{"meta": {"a": 2, "b": [{"p": 2, "q": 1}]}, "x": 1}"#)]);
    assert_eq!(store.sync_changes(same).unwrap(), SyncChanges::default());
    let other = good_sync(&store, "shop", &[with(r#"{"meta": {"a": 2, "b": [{"p": 2, "q": 3}]}, "x": 1}"#)]);
    assert_eq!(store.sync_changes(other).unwrap().changed, ["model.shop.a"]);
}

#[test]
fn of_two_models_with_one_id_the_last_counts() {
    let store = Store::in_memory().unwrap();
    let sync = good_sync(&store, "shop", &[model("a", "first"), model("a", "last")]);
    assert_eq!(store.model("shop", "model.shop.a").unwrap().unwrap().raw_code, "last");
    assert_eq!(store.sync(sync).unwrap().unwrap().counts.added, 1);
}

#[test]
fn syncs_are_found_by_project_state_text_and_page() {
    let store = Store::in_memory().unwrap();
    let make = |project: &str, state, summary: &str| {
        let id = begin(&store, project);
        store.finish_sync(SyncFinish { summary: Some(summary.to_owned()), ..finish(id, state) }).unwrap();
        id.0
    };
    let ids = [
        make("shop", SyncState::Succeeded, "2 added"),
        make("shop", SyncState::Failed, "100% of Branch_x is missing"),
        make("bank", SyncState::Partial, "1 changed"),
        make("bank", SyncState::Failed, "1000 of branchyx"),
    ];
    let all = SyncFilter::default();
    let project = Some("shop".to_owned());
    let text = |text: &str| SyncFilter { text: text.to_owned(), ..SyncFilter::default() };
    let table = [
        (all.clone(), vec![ids[3], ids[2], ids[1], ids[0]]),
        (SyncFilter { project, ..all.clone() }, vec![ids[1], ids[0]]),
        (
            SyncFilter { states: vec![SyncState::Failed, SyncState::Partial], ..all.clone() },
            vec![ids[3], ids[2], ids[1]],
        ),
        (text("branch"), vec![ids[3], ids[1]]),
        (text("branch_x"), vec![ids[1]]),
        (text("100%"), vec![ids[1]]),
        (text("BANK"), vec![ids[3], ids[2]]),
        (text("nothing like it"), vec![]),
        (SyncFilter { limit: Some(2), ..all.clone() }, vec![ids[3], ids[2]]),
        (SyncFilter { before: Some(SyncId(ids[2])), limit: Some(1), ..all }, vec![ids[1]]),
    ];
    for (filter, expected) in table {
        let found: Vec<i64> = store.syncs(&filter).unwrap().iter().map(|sync| sync.id.0).collect();
        assert_eq!(found, expected, "{filter:?}");
    }
}
