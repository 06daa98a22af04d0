//! Ten thousand models: what is written and read grows with what changed. Counts, no times.

use super::*;

fn many() -> Vec<ModelRecord> {
    (0..10_000).map(|number| model(&format!("m{number:05}"), &format!("select {number}"))).collect()
}

fn rows_written(store: &Store) -> i64 {
    store.write(|transaction| transaction.query_row("SELECT total_changes()", [], |row| row.get(0))).unwrap()
}

#[test]
fn a_sync_writes_what_changed_and_no_more() {
    let store = Store::in_memory().unwrap();
    let mut models = many();
    good_sync(&store, "shop", &models);
    let before = rows_written(&store);
    good_sync(&store, "shop", &models);
    assert_eq!(rows_written(&store) - before, 2, "its own row, begun and ended");

    models[7].raw_code = "select 'changed'".to_owned();
    models.pop();
    models.push(model("added", "1"));
    let before = rows_written(&store);
    let sync = good_sync(&store, "shop", &models);
    assert_eq!(rows_written(&store) - before, 2 + 3 + 1 + 2, "one closed, opened and stored; one closed; one opened");
    assert_eq!(store.sync(sync).unwrap().unwrap().summary, "1 added, 1 changed, 1 removed");
}

#[test]
fn the_list_is_read_without_the_bodies() {
    let store = Store::in_memory().unwrap();
    good_sync(&store, "shop", &many());
    store.write(|transaction| transaction.execute_batch("ALTER TABLE bodies RENAME TO hidden")).unwrap();
    let models = store.models("shop").unwrap();
    assert_eq!((models.len(), &*models[9_999].name), (10_000, "m09999"));
    assert!(std::sync::Arc::ptr_eq(&models[0].folder, &models[9_999].folder));
    assert!(std::sync::Arc::ptr_eq(&models[0].tags[0], &models[9_999].tags[0]));
}
#[test]
fn each_changed_model_finds_its_predecessor_at_once() {
    let store = Store::in_memory().unwrap();
    for query in [super::super::models::LIST, super::super::intervals::CHANGES] {
        let plan: Vec<String> = store
            .read(|connection| {
                let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {query}"))?;
                statement.query_map([rusqlite::types::Null], |row| row.get("detail"))?.collect()
            })
            .unwrap();
        let looked_up = |step: &String| {
            let by_key = "(until_sync=? AND project=? AND unique_id=?)";
            step.starts_with("SEARCH old") && step.contains(by_key)
        };
        assert!(plan.iter().any(looked_up), "{plan:#?}");
    }
}
