use serde_json::{Value, json};

use super::*;

fn config(value: Value) -> Config {
    value.as_object().unwrap().clone().into_iter().collect()
}

fn merged(own: &Value, patch: &Value, calls: &Value, root: Option<&Value>) -> Config {
    let fqn = ["shop", "marts", "core", "orders"].map(str::to_owned);
    let (patch, calls) = (config(patch.clone()), config(calls.clone()));
    merge(&Layers {
        kind: ConfigKind::Model,
        adapter: Adapter::Postgres,
        fqn: &fqn,
        own: Some(own),
        patch: Some(&patch),
        calls: &calls,
        root,
    })
}

#[test]
fn the_nearer_layer_wins() {
    let own = json!({"+schema": "a", "shop": {"materialized": "table", "marts": {"+schema": "b", "core": {"orders": {"+alias": "o"}}}}});
    let table = [
        (json!({}), json!({}), None, json!(["b", "table", "o"])),
        (json!({"schema": "c"}), json!({}), None, json!(["c", "table", "o"])),
        (json!({"schema": "c"}), json!({"schema": "d"}), None, json!(["d", "table", "o"])),
        (json!({}), json!({"schema": "d"}), Some(json!({"shop": {"+schema": "e"}})), json!(["e", "table", "o"])),
    ];
    for (patch, calls, root, expected) in table {
        let config = merged(&own, &patch, &calls, root.as_ref());
        assert_eq!(json!([config["schema"], config["materialized"], config["alias"]]), expected);
    }
}

#[test]
fn each_key_merges_in_its_own_way() {
    let own = json!({"+tags": "top", "+meta": {"a": 1, "b": {"x": 1}}, "+grants": {"select": ["one"]}, "shop": {"+tags": ["mid"], "+persist_docs": {"relation": true}}});
    let patch = json!({"tags": ["yml"], "meta": {"b": {"y": 2}}, "grants": {"+select": "two", "insert": "three"}});
    let calls = json!({"tags": ["call"], "persist_docs": {"columns": true}});
    let config = merged(&own, &patch, &calls, None);
    assert_eq!(config["tags"], json!(["top", "mid", "yml", "call"]));
    assert_eq!(config["meta"], json!({"a": 1, "b": {"y": 2}}));
    assert_eq!(config["grants"], json!({"select": ["one", "two"], "insert": ["three"]}));
    assert_eq!(config["persist_docs"], json!({"columns": true}));
}

#[test]
fn a_mapping_without_a_plus_is_a_folder() {
    let own = json!({"shop": {"meta": {"owner": "x"}, "+meta": {"owner": "y"}}});
    assert_eq!(merged(&own, &json!({}), &json!({}), None)["meta"], json!({"owner": "y"}));
}

#[test]
fn hooks_have_one_shape_and_two_spellings() {
    let own = json!({"+pre_hook": "select 1"});
    let calls = json!({"pre-hook": [{"sql": "select 2", "transaction": false}, "{\"sql\": \"select 3\"}"]});
    let config = merged(&own, &json!({}), &calls, None);
    let expected = json!([
        {"sql": "select 1", "transaction": true, "index": null},
        {"sql": "select 2", "transaction": false, "index": null},
        {"sql": "select 3", "transaction": true, "index": null},
    ]);
    assert_eq!(config["pre-hook"], expected);
    assert_eq!(hook_sql(&config), ["select 1", "select 2", "select 3"]);
}

#[test]
fn an_adapters_own_words_become_database_and_schema() {
    let layer = config(json!({"project": "p", "dataset": "d"}));
    assert_eq!(normalize_layer(layer.clone(), Adapter::BigQuery), config(json!({"database": "p", "schema": "d"})));
    assert_eq!(normalize_layer(layer.clone(), Adapter::Postgres), layer);
}

#[test]
fn calls_of_one_file_add_up() {
    let mut calls = Config::new();
    for call in
        [json!({"tags": "a", "meta": {"x": 1}, "schema": "s"}), json!({"tags": ["b"], "meta": {"y": 2}, "schema": "t"})]
    {
        add_call(&mut calls, config(call)).unwrap();
    }
    assert_eq!(calls, config(json!({"tags": ["a", "b"], "meta": {"x": 1, "y": 2}, "schema": "t"})));
    assert!(add_call(&mut calls, config(json!({"meta": 3}))).is_err());
}

#[test]
fn wrong_shapes_are_told_in_dbts_words() {
    let table = [
        (ConfigKind::Model, json!({"enabled": "blah"}), "at path ['enabled']: 'blah' is not of type 'boolean'"),
        (
            ConfigKind::Model,
            json!({"tags": [1, 2]}),
            "at path ['tags']: [1, 2] is not valid under any of the given schemas",
        ),
        (
            ConfigKind::Snapshot,
            json!({"strategy": "check"}),
            "at path []: Snapshots must be configured with a 'strategy', 'unique_key', and 'target_schema'.",
        ),
        (
            ConfigKind::Seed,
            json!({"materialized": "table"}),
            "at path []: A seed must have a materialized value of 'seed'",
        ),
    ];
    for (kind, changes, expected) in table {
        let mut config = defaults(kind);
        config.extend(super::tests::config(changes));
        assert_eq!(finish(config, kind).unwrap_err().to_string(), expected);
    }
}

#[test]
fn stored_failures_have_two_spellings_of_one_thing() {
    let table = [
        (json!({"store_failures": true}), json!([true, "table"])),
        (json!({"store_failures": false}), json!([false, "ephemeral"])),
        (json!({"store_failures_as": "view"}), json!([true, "view"])),
        (json!({"store_failures_as": "ephemeral", "store_failures": true}), json!([false, "ephemeral"])),
        (json!({}), json!([null, null])),
    ];
    for (changes, expected) in table {
        let mut config = defaults(ConfigKind::Test);
        config.extend(super::tests::config(changes));
        let config = finish(config, ConfigKind::Test).unwrap();
        assert_eq!(json!([config["store_failures"], config["store_failures_as"]]), expected);
    }
}
