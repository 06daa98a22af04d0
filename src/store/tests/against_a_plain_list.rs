//! The interval storage against the plainest thing that could work: a list of maps, one a sync.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

type Plain = BTreeMap<String, String>;

/// What a sync found; nothing for one that failed.
fn sync() -> impl Strategy<Value = Option<Plain>> {
    let models = proptest::collection::btree_map("[a-e]", "[1-3]", 0..5);
    prop_oneof![1 => Just(None), 5 => models.prop_map(Some)]
}

fn record(store: &Store, found: Option<&Plain>) -> SyncId {
    if let Some(found) = found {
        let models: Vec<_> = found.iter().map(|(name, code)| model(name, code)).collect();
        good_sync(store, "shop", &models)
    } else {
        let id = begin(store, "shop");
        store.finish_sync(finish(id, SyncState::Failed)).unwrap();
        id
    }
}

fn stored(store: &Store, sync: SyncId) -> Plain {
    let ids = store.models_as_of("shop", sync).unwrap();
    let record = |id: String| store.model_as_of("shop", &id, sync).unwrap().unwrap();
    ids.into_iter().map(record).map(|record| (record.name, record.raw_code)).collect()
}

fn differences(old: &Plain, new: &Plain) -> SyncChanges {
    let id = |name: &String| format!("model.shop.{name}");
    SyncChanges {
        added: new.keys().filter(|name| !old.contains_key(*name)).map(id).collect(),
        changed: new
            .iter()
            .filter(|(name, code)| old.get(*name).is_some_and(|old| old != *code))
            .map(|(n, _)| id(n))
            .collect(),
        removed: old.keys().filter(|name| !new.contains_key(*name)).map(id).collect(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_sync_reads_as_it_was_recorded(syncs in proptest::collection::vec(sync(), 1..12), keep in 1_u32..6) {
        let store = Store::in_memory().unwrap();
        let mut history: Vec<(SyncId, Plain)> = Vec::new();
        for found in &syncs {
            let before = history.last().map(|(_, models)| models.clone()).unwrap_or_default();
            history.push((record(&store, found.as_ref()), found.clone().unwrap_or(before)));
        }
        let agrees = |store: &Store, range: std::ops::Range<usize>| {
            for index in range {
                let (id, models) = &history[index];
                assert_eq!(&stored(store, *id), models, "as of {id:?}");
                let before = index.checked_sub(1).map(|index| history[index].1.clone()).unwrap_or_default();
                assert_eq!(store.sync_changes(*id).unwrap(), differences(&before, models), "changes of {id:?}");
            }
        };
        agrees(&store, 0..history.len());
        let now: Vec<String> = store.models("shop").unwrap().iter().map(|model| model.name.to_string()).collect();
        let expected: Vec<String> = history.last().unwrap().1.keys().cloned().collect();
        prop_assert_eq!(now, expected);

        store.prune(keep).unwrap();
        agrees(&store, history.len().saturating_sub(keep as usize)..history.len());
    }
}
