//! Macros and outlines of a project: what the last good sync found, and no more.

use super::*;

fn recorded(store: &Store, macros: &[(&str, &str)], outline: &str) -> SyncId {
    let id = begin(store, "shop");
    let record = |(name, code): &(&str, &str)| MacroRecord {
        unique_id: format!("macro.shop.{name}"),
        name: (*name).to_owned(),
        code: (*code).to_owned(),
        ..MacroRecord::default()
    };
    let macros = macros.iter().map(record).collect();
    let (models, outline) = (Some(Vec::new()), outline.to_owned());
    store.finish_sync(SyncFinish { models, macros, outline, ..finish(id, SyncState::Succeeded) }).unwrap();
    id
}

fn ids(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("macro.shop.{name}")).collect()
}

#[test]
fn macros_are_those_of_the_last_good_sync() {
    let store = Store::in_memory().unwrap();
    recorded(&store, &[("a", "1"), ("b", "1"), ("c", "1")], "");
    recorded(&store, &[("a", "1"), ("b", "2"), ("d", "1")], "");
    let found = store.macros("shop", &ids(&["d", "b", "c", "a"])).unwrap();
    let found: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.code.as_str())).collect();
    assert_eq!(found, [("d", "1"), ("b", "2"), ("a", "1")]);
    assert!(store.one_macro("shop", "macro.shop.c").unwrap().is_none());
    assert!(store.one_macro("other", "macro.shop.a").unwrap().is_none());
}

#[test]
fn a_sync_that_recorded_nothing_leaves_them() {
    let store = Store::in_memory().unwrap();
    recorded(&store, &[("a", "1")], "one");
    let id = begin(&store, "shop");
    store.finish_sync(finish(id, SyncState::Failed)).unwrap();
    assert!(store.one_macro("shop", "macro.shop.a").unwrap().is_some());
    assert_eq!(store.outlines("shop").unwrap(), ["one"]);
}

#[test]
fn the_newest_outline_is_kept_and_the_other_one_before_it() {
    let store = Store::in_memory().unwrap();
    assert_eq!(store.outline_sync("shop").unwrap(), None);
    let first = recorded(&store, &[], "one");
    recorded(&store, &[], "one");
    assert_eq!(store.outline_sync("shop").unwrap(), Some(first), "the same once more is no other");
    recorded(&store, &[], "two");
    let third = recorded(&store, &[], "three");
    assert_eq!(store.outlines("shop").unwrap(), ["three", "two"]);
    assert_eq!(store.outline_sync("shop").unwrap(), Some(third));
    assert!(store.outlines("other").unwrap().is_empty());
}
