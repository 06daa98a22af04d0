//! Manifests of every supported version, in small, and what is no manifest.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use serde_json::json;

use super::*;
use crate::dbt::node::{NodeKind, Test};
use crate::dbt::options::{Adapter, EnvAccess, LoadOptions};
use crate::dbt::tree::MemoryTree;
use crate::dbt::{ManifestFacts, load, write_manifest};

fn manifest(version: u32, mut body: Value) -> Vec<u8> {
    body["metadata"] = json!({
        "dbt_schema_version": format!("https://schemas.getdbt.com/dbt/manifest/v{version}.json"),
        "project_id": md5_hex("shop"), "adapter_type": "postgres",
    });
    body.to_string().into_bytes()
}

fn read(version: u32, body: Value) -> Project {
    from_manifest(&manifest(version, body), "").unwrap()
}

fn model(more: Value) -> Value {
    let mut model = json!({
        "resource_type": "model", "name": "a", "package_name": "shop", "original_file_path": "models/a.sql", "path": "a.sql",
        "fqn": ["shop", "a"], "config": {"enabled": true, "materialized": "view"}, "database": "d", "schema": "s", "alias": "a",
        "depends_on": {"nodes": [], "macros": []}, "columns": {"id": {"name": "id", "description": "key", "tags": ["t"]}},
    });
    if let (Value::Object(model), Value::Object(more)) = (&mut model, more) {
        model.extend(more);
    }
    model
}

#[test]
fn the_text_has_another_name_in_old_versions() {
    let table = [
        (4, json!({"raw_sql": "select 1", "compiled_sql": "select 1 --"})),
        (6, json!({"raw_sql": "select 1", "compiled_sql": "select 1 --"})),
        (7, json!({"raw_code": "select 1", "compiled_code": "select 1 --"})),
        (11, json!({"raw_code": "select 1", "compiled_code": "select 1 --"})),
        (12, json!({"raw_code": "select 1", "compiled_code": "select 1 --", "unheard_of": [1]})),
    ];
    for (version, texts) in table {
        let project = read(version, json!({"nodes": {"model.shop.a": model(texts)}}));
        let node = &project.nodes["model.shop.a"];
        assert_eq!(
            (node.raw_code.as_str(), node.compiled_code.as_deref()),
            ("select 1", Some("select 1 --")),
            "v{version}"
        );
        assert_eq!((project.name.as_str(), node.materialized.as_str()), ("shop", "view"));
    }
}

#[test]
fn references_are_lists_or_mappings() {
    let table = [
        (8, json!([["b"], ["extra", "c"]])),
        (9, json!([{"name": "b", "package": null, "version": null}, {"name": "c", "package": "extra", "version": 2}])),
    ];
    for (version, refs) in table {
        let project =
            read(version, json!({"nodes": {"model.shop.a": model(json!({"refs": refs, "sources": [["raw", "t"]]}))}}));
        let node = &project.nodes["model.shop.a"];
        let names: Vec<_> = node.refs.iter().map(|one| (one.0.as_deref(), one.1.as_str())).collect();
        assert_eq!(names, [(None, "b"), (Some("extra"), "c")], "v{version}");
        assert_eq!(node.sources, [("raw".to_owned(), "t".to_owned())]);
    }
}

#[test]
fn tests_find_what_they_test() {
    let test = |more: Value| {
        let mut test = model(json!({
            "resource_type": "test", "name": "unique_a_id", "column_name": "id",
            "test_metadata": {"name": "unique", "namespace": null, "kwargs": {"column_name": "id"}},
            "depends_on": {"nodes": ["model.shop.b", "model.shop.a"], "macros": []},
        }));
        if let (Value::Object(test), Value::Object(more)) = (&mut test, more) {
            test.extend(more);
        }
        test
    };
    for (version, more) in [(6, json!({"file_key_name": "models.a"})), (11, json!({"attached_node": "model.shop.a"}))] {
        let project = read(version, json!({"nodes": {"model.shop.a": model(json!({})), "test.shop.u.1": test(more)}}));
        let Some(Test { generic, attached_node, .. }) = project.nodes["test.shop.u.1"].test.clone() else {
            panic!("no test")
        };
        assert_eq!(
            (generic.as_deref(), attached_node.as_deref()),
            (Some("unique"), Some("model.shop.a")),
            "v{version}"
        );
        assert_eq!(project.nodes["model.shop.a"].columns["id"].tests, ["unique"]);
        assert_eq!(project.children()["model.shop.a"], ["test.shop.u.1"]);
    }
}

#[test]
fn every_section_is_read() {
    let base = json!({"package_name": "shop", "original_file_path": "models/s.yml", "fqn": ["shop", "x"], "name": "x"});
    let of = |more: Value| {
        let mut value = base.clone();
        if let (Value::Object(value), Value::Object(more)) = (&mut value, more) {
            value.extend(more);
        }
        value
    };
    let project = read(
        12,
        json!({
            "sources": {"source.shop.raw.x": of(json!({"resource_type": "source", "source_name": "raw", "identifier": "X", "loader": "l"}))},
            "exposures": {"exposure.shop.x": of(json!({"resource_type": "exposure", "type": "ml", "owner": {"name": "Ada"}}))},
            "metrics": {"metric.shop.x": of(json!({"resource_type": "metric", "type": "simple"}))},
            "semantic_models": {"semantic_model.shop.x": of(json!({"resource_type": "semantic_model"}))},
            "saved_queries": {"saved_query.shop.x": of(json!({"resource_type": "saved_query"}))},
            "unit_tests": {"unit_test.shop.x": of(json!({"resource_type": "unit_test"}))},
            "nodes": {"unit_test.shop.y": of(json!({"resource_type": "unit_test"})), "model.shop.n": 3},
            "disabled": {"model.shop.off": [model(json!({"config": {"enabled": false}}))]},
            "macros": {"macro.shop.m": {"name": "m", "package_name": "shop", "macro_sql": "x", "depends_on": {"macros": ["macro.dbt.n"]}},
                       "macro.dbt.n": {"name": "n", "package_name": "dbt"}, "macro.dbt_postgres.n": {"name": "n", "package_name": "dbt_postgres"}},
            "groups": {"group.shop.g": {"name": "g", "package_name": "shop"}},
        }),
    );
    let kinds: Vec<NodeKind> = project.nodes.values().map(|node| node.kind).collect();
    let all = [
        NodeKind::Source,
        NodeKind::Exposure,
        NodeKind::Metric,
        NodeKind::SemanticModel,
        NodeKind::SavedQuery,
        NodeKind::Model,
    ];
    assert_eq!(kinds, all);
    assert_eq!(project.nodes["source.shop.raw.x"].alias, "X");
    assert_eq!(project.nodes["exposure.shop.x"].details["type"], "ml");
    assert!(!project.nodes["model.shop.off"].enabled);
    assert_eq!((project.macros, project.macro_definitions.len(), project.groups.len()), (1, 3, 1));
}

#[test]
fn what_is_no_manifest_is_told() {
    let table: [(&[u8], &str); 8] = [
        (b"", "no JSON"),
        (b"[]", "does not say its version"),
        (b"{\"nodes\": 3}", "no JSON"),
        (b"{\"nodes\": {\"a\": {\"name\": \"x\"", "no JSON"),
        (b"{}", "does not say its version"),
        (
            b"{\"metadata\": {\"dbt_schema_version\": \"https://schemas.getdbt.com/dbt/catalog/vx.json\"}}",
            "does not say its version",
        ),
        (b"{\"metadata\": {\"dbt_schema_version\": \"https://schemas.getdbt.com/dbt/manifest/v3.json\"}}", "version 3"),
        (
            b"{\"metadata\": {\"dbt_schema_version\": \"https://schemas.getdbt.com/dbt/manifest/v20.json\"}}",
            "version 20",
        ),
    ];
    for (bytes, words) in table {
        let error = from_manifest(bytes, "").unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(error.to_problem("shop", "target/manifest.json").code.as_str(), "DBT-MANIFEST");
    }
}

#[test]
fn values_of_the_wrong_kind_are_as_if_they_were_not_there() {
    let odd = json!({"resource_type": "model", "name": 3, "fqn": "a", "config": [], "tags": {"a": 1}, "depends_on": "x", "columns": {"id": 1},
        "refs": [1, [], {"package": "p"}], "sources": [["a"]], "meta": null, "checksum": 5});
    let project = read(11, json!({"nodes": {"model.shop.a": odd}, "macros": null}));
    let node = &project.nodes["model.shop.a"];
    assert!(
        node.name.is_empty() && node.fqn.is_empty() && node.refs.is_empty() && node.sources.is_empty() && node.enabled
    );
}

#[test]
fn what_we_write_is_what_we_read() {
    let files = [
        ("dbt_project.yml", "name: shop\nprofile: p\nmodels: {shop: {+tags: [x]}}\n"),
        ("models/a.sql", "{{ config(materialized='table') }} select 1 as id"),
        ("models/b.sql", "select * from {{ ref('a') }} join {{ source('raw', 't') }} using (id)"),
        ("models/off.sql", "{{ config(enabled=false) }} select 1"),
        (
            "models/s.yml",
            "models:\n  - name: a\n    description: the first\n    columns: [{name: id, tests: [unique]}]\nsources:\n  - {name: raw, tables: [{name: t, identifier: T}]}\nexposures:\n  - {name: e, type: ml, owner: {name: Ada}, depends_on: [\"ref('b')\"]}\n",
        ),
        ("macros/m.sql", "{% macro m() %}1{% endmacro %}"),
        ("seeds/c.csv", "id\n1\n"),
        ("tests/t.sql", "select * from {{ ref('a') }}"),
    ];
    let cancelled = AtomicBool::new(false);
    let options = LoadOptions {
        project_path: "dbt_project.yml".to_owned(),
        database: "d".to_owned(),
        schema: "s".to_owned(),
        target_name: "dev".to_owned(),
        adapter: Adapter::Postgres,
        connection: IndexMap::new(),
        vars: IndexMap::new(),
        env: EnvAccess::Only(BTreeMap::new()),
        dbt_version: "1.7.20".to_owned(),
        run_started_at: jiff::Timestamp::default(),
        invocation_id: String::new(),
        cancelled: &cancelled,
    };
    let project = load(&MemoryTree::new(files), &options, &|_| {}).project.unwrap();
    let facts = ManifestFacts {
        dbt_version: "1.7.20".to_owned(),
        generated_at: jiff::Timestamp::default(),
        invocation_id: String::new(),
        adapter: Adapter::Postgres,
        env: BTreeMap::new(),
        root_path: String::new(),
        selectors: serde_json::Map::new(),
    };
    let written = |project: &Project| -> (Vec<u8>, Value) {
        let mut bytes = Vec::new();
        write_manifest(project, &facts, &mut bytes).unwrap();
        let value = serde_json::from_slice(&bytes).unwrap();
        (bytes, value)
    };
    let (bytes, first) = written(&project);
    let again = from_manifest(&bytes, "").unwrap();
    let (_, second) = written(&again);
    for section in ["nodes", "sources", "exposures", "disabled", "macros", "groups", "parent_map", "child_map"] {
        assert_eq!(second[section], first[section], "{section}");
    }
    assert_eq!((again.name.as_str(), again.macros), ("shop", project.macros));
    assert_eq!(again.nodes["model.shop.a"].columns, project.nodes["model.shop.a"].columns);
    assert_eq!(again.children(), project.children());
}
