//! The manifest of a small project, whole and by its parts.

use std::sync::atomic::AtomicBool;

use indexmap::IndexMap;
use serde_json::Value;

use super::*;
use crate::dbt::{EnvAccess, LoadOptions, MemoryTree, load};

const FILES: &[(&str, &str)] = &[
    ("dbt_project.yml", "name: shop\nmodels:\n  shop:\n    +schema: \"{{ target.name }}\"\n"),
    ("models/a.sql", "{{ config(materialized='ephemeral') }}select 1 as id"),
    ("models/b.sql", "{{ config(materialized='table') }}select * from {{ ref('a') }} join {{ source('raw', 't') }} using (id)"),
    ("models/off.sql", "{{ config(enabled=false) }}select 1"),
    ("models/metricflow_time_spine.sql", "select 1 as date_day"),
    (
        "models/b.yml",
        "models:
  - name: b
    description: all of it
    config: {group: finance, contract: {enforced: true}}
    constraints: [{type: primary_key, columns: [id]}]
    deprecation_date: 2030-01-01
    columns:
      - {name: id, data_type: int, sensitive: no one, constraints: [{type: not_null}], tests: [unique]}
groups: [{name: finance, owner: {email: f@example.org, slack: f}}]
sources:
  - name: raw
    description: landed
    loader: pipe
    freshness: {warn_after: {count: 1, period: day}}
    tables: [{name: t, loaded_at_field: at, external: {location: here}}]
exposures:
  - {name: board, type: dashboard, owner: {email: b@example.org}, depends_on: [ref('b'), metric('twice')], url: 'https://example.org'}
macros:
  - {name: cents, description: \"to {{ doc('money') }}\", arguments: [{name: amount, type: int, description: how much}]}
semantic_models:
  - name: sales
    model: ref('b')
    defaults: {agg_time_dimension: at}
    entities: [{name: id, type: primary}]
    measures: [{name: revenue, agg: sum, expr: 1}, {name: orders, agg: count, create_metric: true}]
    dimensions: [{name: at, type: time, type_params: {time_granularity: day}}]
metrics:
  - {name: revenue, label: Revenue, type: simple, type_params: {measure: revenue}, filter: \"{{ Dimension('id__x') }} = 1\"}
  - {name: twice, label: Twice, type: derived, type_params: {expr: 2 * revenue, metrics: [{name: revenue, offset_window: 3 months}]}}
saved_queries:
  - {name: weekly, query_params: {metrics: [revenue], group_by: [], where: \"{{ x }}\"}, exports: [{name: e, config: {export_as: table}}]}
",
    ),
    ("models/d.md", "{% docs money %}euros{% enddocs %}"),
    ("macros/m.sql", "{% macro cents(amount) %}{{ whole(amount) }} {{ dbt.type_int() }} {{ adapter.dispatch('kind', 'shop')() }}{% endmacro %}\n\n{% macro whole(x) %}{{ return(x) }}{% endmacro %}{% macro default__kind() %}k{% endmacro %}"),
    ("seeds/s.csv", "id\n1\n"),
];

fn manifest() -> Value {
    let files = FILES.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
    let tree = MemoryTree::new(files);
    let cancelled = AtomicBool::new(false);
    let options = LoadOptions {
        project_path: "dbt_project.yml".to_owned(),
        database: "analytics".to_owned(),
        schema: "dev".to_owned(),
        target_name: "prod".to_owned(),
        adapter: Adapter::Postgres,
        connection: IndexMap::new(),
        vars: IndexMap::new(),
        env: EnvAccess::Only(std::collections::BTreeMap::new()),
        dbt_version: "1.7.20".to_owned(),
        run_started_at: Timestamp::UNIX_EPOCH,
        invocation_id: "one".to_owned(),
        cancelled: &cancelled,
    };
    let loaded = load(&tree, &options, &|_| {});
    assert_eq!(loaded.problems.iter().map(|problem| &problem.summary).collect::<Vec<_>>(), Vec::<&String>::new());
    written(&loaded.project.unwrap())
}

fn written(project: &Project) -> Value {
    let facts = ManifestFacts {
        dbt_version: "1.7.20".to_owned(),
        generated_at: Timestamp::UNIX_EPOCH,
        invocation_id: "one".to_owned(),
        adapter: Adapter::Postgres,
        env: BTreeMap::new(),
        root_path: "/shop".to_owned(),
        selectors: serde_json::Map::new(),
    };
    let mut out = Vec::new();
    write_manifest(project, &facts, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

/// The value under a path of keys.
fn at<'v>(value: &'v Value, path: &[&str]) -> &'v Value {
    path.iter().fold(value, |value, key| value.get(*key).unwrap_or(&Value::Null))
}

#[test]
fn it_has_dbts_parts_in_dbts_order() {
    let manifest = manifest();
    let keys: Vec<&String> = manifest.as_object().unwrap().keys().collect();
    let expected = [
        "metadata",
        "nodes",
        "sources",
        "macros",
        "docs",
        "exposures",
        "metrics",
        "groups",
        "selectors",
        "disabled",
        "parent_map",
        "child_map",
        "group_map",
        "saved_queries",
        "semantic_models",
    ];
    assert_eq!(keys, expected);
    let metadata = &manifest["metadata"];
    assert_eq!(metadata["generated_at"], "1970-01-01T00:00:00.000000Z");
    assert_eq!(metadata["project_id"], md5_hex("shop"));
}

#[test]
fn a_model_tells_all_that_dbt_tells() {
    let manifest = manifest();
    let model = at(&manifest, &["nodes", "model.shop.b"]);
    let facts = [
        ("relation_name", json!("\"analytics\".\"dev_prod\".\"b\"")),
        ("group", json!("finance")),
        ("deprecation_date", json!("2030-01-01T00:00:00+00:00")),
        ("patch_path", json!("shop://models/b.yml")),
        ("compiled", json!(true)),
        ("extra_ctes", json!([{"id": "model.shop.a", "sql": " __dbt__cte__a as (\nselect 1 as id\n)"}])),
        (
            "unrendered_config",
            json!({"schema": "{{ target.name }}", "group": "finance", "contract": {"enforced": true}, "materialized": "table"}),
        ),
    ];
    for (key, expected) in facts {
        assert_eq!(model[key], expected, "{key}");
    }
    assert_eq!(model["contract"]["checksum"].as_str().map(str::len), Some(64));
    assert_eq!(model["constraints"][0]["columns"], json!(["id"]));
    assert_eq!(model["columns"]["id"]["sensitive"], "no one");
    assert_eq!(model["columns"]["id"]["constraints"][0]["type"], "not_null");
    assert_eq!(at(&manifest, &["nodes", "seed.shop.s", "root_path"]), "/shop");
    assert_eq!(manifest["disabled"]["model.shop.off"][0]["config"]["enabled"], false);
}

#[test]
fn disabled_twins_stand_in_the_list_of_their_id() {
    let node = |path: &str, enabled| Node {
        unique_id: "model.shop.b".to_owned(),
        original_file_path: path.to_owned(),
        enabled,
        ..Node::new(NodeKind::Model)
    };
    let mut project = Project { disabled_twins: vec![node("old/b.sql", false)], ..Project::default() };
    for (enabled, listed) in [(true, vec!["old/b.sql"]), (false, vec!["b.sql", "old/b.sql"])] {
        project.nodes.insert("model.shop.b".to_owned(), node("b.sql", enabled).into());
        let written = written(&project);
        let disabled = written["disabled"]["model.shop.b"].as_array().unwrap();
        assert_eq!(disabled.iter().map(|node| &node["original_file_path"]).collect::<Vec<_>>(), listed);
        assert_eq!(written["nodes"].as_object().unwrap().contains_key("model.shop.b"), enabled);
        let read = crate::dbt::from_manifest(written.to_string().as_bytes(), "").unwrap();
        assert_eq!((read.nodes["model.shop.b"].enabled, read.disabled_twins.len()), (enabled, 1));
    }
}

#[test]
fn sources_and_exposures_have_their_own_keys() {
    let manifest = manifest();
    let source = at(&manifest, &["sources", "source.shop.raw.t"]);
    assert_eq!((&source["loader"], &source["source_description"]), (&json!("pipe"), &json!("landed")));
    assert_eq!(source["freshness"]["warn_after"], json!({"count": 1, "period": "day"}));
    assert_eq!((&source["loaded_at_field"], &source["external"]["location"]), (&json!("at"), &json!("here")));
    let exposure = at(&manifest, &["exposures", "exposure.shop.board"]);
    assert_eq!(exposure["owner"], json!({"email": "b@example.org", "name": null}));
    assert_eq!(exposure["depends_on"]["nodes"], json!(["model.shop.b", "metric.shop.twice"]));
}

#[test]
fn the_semantic_layer_is_connected() {
    let manifest = manifest();
    let model = at(&manifest, &["semantic_models", "semantic_model.shop.sales"]);
    assert_eq!(model["node_relation"]["relation_name"], "\"analytics\".\"dev_prod\".\"b\"");
    let parents = |id: &str| at(&manifest, &["parent_map", id]).clone();
    assert_eq!(parents("semantic_model.shop.sales"), json!(["model.shop.b"]));
    assert_eq!(parents("metric.shop.revenue"), json!(["semantic_model.shop.sales"]));
    assert_eq!(parents("metric.shop.orders"), json!(["semantic_model.shop.sales"]));
    assert_eq!(parents("metric.shop.twice"), json!(["metric.shop.revenue"]));
    assert_eq!(parents("saved_query.shop.weekly"), json!(["metric.shop.revenue"]));
    let twice = at(&manifest, &["metrics", "metric.shop.twice", "type_params"]);
    assert_eq!(twice["input_measures"][0]["name"], "revenue");
    assert_eq!(twice["metrics"][0]["offset_window"], json!({"count": 3, "granularity": "month"}));
    let revenue = at(&manifest, &["metrics", "metric.shop.revenue"]);
    assert_eq!(revenue["filter"]["where_filters"][0]["where_sql_template"], "{{ Dimension('id__x') }} = 1");
}

#[test]
fn macros_tell_what_they_call_and_what_is_said_of_them() {
    let manifest = manifest();
    let cents = at(&manifest, &["macros", "macro.shop.cents"]);
    assert_eq!(
        cents["depends_on"]["macros"],
        json!(["macro.shop.whole", "macro.dbt.type_int", "macro.shop.default__kind"])
    );
    assert_eq!((&cents["description"], &cents["patch_path"]), (&json!("to euros"), &json!("shop://models/b.yml")));
    assert_eq!(cents["arguments"], json!([{"name": "amount", "type": "int", "description": "how much"}]));
    assert_eq!(manifest["docs"]["doc.shop.money"]["block_contents"], "euros");
}

#[test]
fn maps_lead_both_ways() {
    let manifest = manifest();
    let members = manifest["group_map"]["finance"].as_array().unwrap();
    assert_eq!(members.first(), Some(&json!("model.shop.b")));
    let children = at(&manifest, &["child_map", "model.shop.b"]).as_array().unwrap();
    assert!(children.contains(&json!("exposure.shop.board")) && children.contains(&json!("semantic_model.shop.sales")));
}

/// A writer that takes so many bytes and then fails.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        if taken == 0 { Err(Error::other("full")) } else { Ok(taken) }
    }

    fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_told() {
    let facts = ManifestFacts {
        dbt_version: String::new(),
        generated_at: Timestamp::UNIX_EPOCH,
        invocation_id: String::new(),
        adapter: Adapter::DuckDb,
        env: BTreeMap::new(),
        root_path: String::new(),
        selectors: serde_json::Map::new(),
    };
    let error = write_manifest(&Project::default(), &facts, &mut Full(100)).unwrap_err();
    assert_eq!(error.to_string(), "full");
}

#[test]
fn nodes_that_are_made_side_by_side_stand_in_their_order() {
    for count in [0, 1, NODES, NODES + 1, NODES * BATCH, NODES * BATCH + 1, NODES * (BATCH + 1) + 1] {
        let ids: Vec<String> = (0..count).map(|number| format!("model.shop.m{number}")).collect();
        let node = |id: &String| (id.clone(), Node { unique_id: id.clone(), ..Node::new(NodeKind::Model) }.into());
        let project = Project { nodes: ids.iter().map(node).collect(), ..Project::default() };
        let manifest = written(&project);
        assert!(manifest["nodes"].as_object().unwrap().keys().eq(&ids), "{count}");
        assert!(manifest["nodes"].as_object().unwrap().iter().all(|(id, node)| node["unique_id"] == *id));
    }
}
