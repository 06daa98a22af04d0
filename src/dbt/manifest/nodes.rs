//! One node with dbt's keys, in dbt's order.

use serde_json::{Map, Value, json};

use super::ManifestFacts;
use crate::dbt::node::{Column, Node, NodeKind, Project};

/// The node of a manifest.
pub(super) fn value(node: &Node, project: &Project, facts: &ManifestFacts) -> Value {
    Value::Object(match node.kind {
        NodeKind::Source => source(node, facts),
        NodeKind::Exposure | NodeKind::Metric | NodeKind::SavedQuery | NodeKind::SemanticModel => {
            described(node, facts)
        }
        NodeKind::Seed => seed(node, project, facts),
        _ => with_code(node, project, facts),
    })
}

/// The time of the load in seconds, as dbt's `created_at`.
pub(super) fn seconds(facts: &ManifestFacts) -> f64 {
    facts.generated_at.as_microsecond() as f64 / 1e6
}

fn map(value: Value) -> Map<String, Value> {
    if let Value::Object(map) = value { map } else { Map::new() }
}

/// What every node that has a place in a warehouse starts with.
fn head(node: &Node) -> Map<String, Value> {
    map(json!({
        "database": node.database,
        "schema": node.schema,
        "name": node.name,
        "resource_type": node.kind.resource_type(),
        "package_name": node.package_name,
        "path": node.path,
        "original_file_path": node.original_file_path,
        "unique_id": node.unique_id,
        "fqn": node.fqn,
    }))
}

/// The part that seeds share with nodes of SQL.
fn common(node: &Node, facts: &ManifestFacts) -> Map<String, Value> {
    let docs = node.config.get("docs").filter(|docs| docs.is_object()).cloned();
    let is_generic = node.test.as_ref().is_some_and(|test| test.generic.is_some());
    let checksum = match is_generic {
        true => json!({"name": "none", "checksum": ""}),
        // A large seed has its path for a checksum.
        false if node.kind == NodeKind::Seed && node.checksum == node.original_file_path => {
            json!({"name": "path", "checksum": node.checksum})
        }
        false => json!({"name": "sha256", "checksum": node.checksum}),
    };
    let mut value = head(node);
    value.extend(map(json!({
        "alias": node.alias,
        "checksum": checksum,
        "config": node.config,
        "tags": node.tags,
        "description": node.description,
        "columns": columns(node),
        "meta": node.meta,
        "group": node.group,
        "docs": docs.unwrap_or_else(|| json!({"show": true, "node_color": null})),
        "patch_path": node.patch_path,
        "build_path": null,
        "deferred": false,
        "unrendered_config": node.unrendered_config,
        "created_at": seconds(facts),
        "relation_name": node.relation_name,
        "raw_code": node.raw_code,
    })));
    value
}

fn seed(node: &Node, project: &Project, facts: &ManifestFacts) -> Map<String, Value> {
    let folder = project.folders.get(&node.package_name).map_or("", String::as_str);
    let root = if folder.is_empty() { facts.root_path.clone() } else { format!("{}/{folder}", facts.root_path) };
    let mut value = common(node, facts);
    value.insert("root_path".to_owned(), root.into());
    value.insert("depends_on".to_owned(), json!({"macros": node.depends_on_macros}));
    value
}

fn with_code(node: &Node, project: &Project, facts: &ManifestFacts) -> Map<String, Value> {
    let mut value = Map::new();
    if let Some(metadata) = test_metadata(node) {
        value.insert("test_metadata".to_owned(), metadata);
    }
    value.extend(common(node, facts));
    value.extend(map(json!({
        "language": node.language,
        "refs": refs(node),
        "sources": node.sources,
        "metrics": node.metrics,
        "depends_on": depends_on(node),
        "compiled_path": null,
    })));
    if let Some(code) = node.compiled_code.as_ref().or(node.own_code.as_ref()) {
        value.insert("compiled".to_owned(), true.into());
        value.insert("compiled_code".to_owned(), code.as_str().into());
        value.insert("extra_ctes_injected".to_owned(), node.compiled_code.is_some().into());
        value.insert("extra_ctes".to_owned(), extra_ctes(node, project));
    }
    value.insert("contract".to_owned(), contract(node));
    match node.kind {
        NodeKind::Model => value.extend(map(json!({
            "access": node.access,
            "constraints": node.constraints,
            "version": node.version,
            "latest_version": node.latest_version,
            "deprecation_date": node.deprecation_date.as_ref().map(moment),
        }))),
        NodeKind::Test if test_metadata(node).is_some() => {
            let test = node.test.as_ref();
            value.insert("column_name".to_owned(), json!(test.and_then(|test| test.column_name.as_ref())));
            value.insert("file_key_name".to_owned(), json!(file_key_name(node, project)));
            value.insert("attached_node".to_owned(), json!(test.and_then(|test| test.attached_node.as_ref())));
        }
        NodeKind::Operation => value.extend([("index".to_owned(), json!(hook_index(node)))]),
        _ => {}
    }
    value
}

/// A day is its first moment.
fn moment(date: &Value) -> Value {
    match date.as_str() {
        Some(day) if day.len() == "2030-01-01".len() => format!("{day}T00:00:00+00:00").into(),
        _ => date.clone(),
    }
}

/// `on-run-start-2` is the third.
fn hook_index(node: &Node) -> Option<u64> {
    node.name.rsplit('-').next()?.parse().ok()
}

fn test_metadata(node: &Node) -> Option<Value> {
    let test = node.test.as_ref()?;
    let generic = test.generic.as_deref()?;
    let (namespace, name) = generic.split_once('.').map_or((None, generic), |(package, name)| (Some(package), name));
    Some(json!({"name": name, "kwargs": test.kwargs, "namespace": namespace}))
}

/// `models.orders`: the section of the YAML file and the name of what is tested.
fn file_key_name(node: &Node, project: &Project) -> Option<String> {
    let test = node.test.as_ref()?;
    let attached = test.attached_node.as_ref().and_then(|id| project.nodes.get(id));
    match attached {
        Some(tested) if tested.kind != NodeKind::Source => {
            Some(format!("{}s.{}", tested.kind.resource_type(), tested.name))
        }
        _ => node.sources.first().map(|(source, _)| format!("sources.{source}")),
    }
}

fn contract(node: &Node) -> Value {
    let of_config = |key: &str, default: bool| {
        let contract = node.config.get("contract").and_then(|contract| contract.get(key));
        contract.and_then(Value::as_bool).unwrap_or(default)
    };
    json!({
        "enforced": of_config("enforced", false),
        "alias_types": of_config("alias_types", true),
        "checksum": node.contract_checksum,
    })
}

fn extra_ctes(node: &Node, project: &Project) -> Value {
    let cte = |id: &String| {
        let model = project.nodes.get(id);
        let sql = model.and_then(|model| {
            let sql = model.own_code.as_ref().or(model.compiled_code.as_ref())?;
            Some(format!(" __dbt__cte__{} as (\n{sql}\n)", model.name))
        });
        json!({"id": id, "sql": sql})
    };
    node.extra_ctes.iter().map(cte).collect()
}

fn refs(node: &Node) -> Value {
    let one = |(package, name, version): &(Option<String>, String, Option<Value>)| json!({"name": name, "package": package, "version": version});
    node.refs.iter().map(one).collect()
}

fn depends_on(node: &Node) -> Value {
    json!({"macros": node.depends_on_macros, "nodes": node.depends_on_nodes})
}

fn columns(node: &Node) -> Map<String, Value> {
    node.columns.iter().map(|(name, one)| (name.clone(), column(one))).collect()
}

fn column(one: &Column) -> Value {
    let mut value = map(json!({
        "name": one.name,
        "description": one.description,
        "meta": one.meta,
        "data_type": one.data_type,
        "constraints": one.constraints,
        "quote": one.quote,
        "tags": one.tags,
    }));
    value.extend(one.extra.clone());
    Value::Object(value)
}

fn source(node: &Node, facts: &ManifestFacts) -> Map<String, Value> {
    let detail = |key: &str| node.details.get(key).cloned().unwrap_or_default();
    let mut value = head(node);
    value.extend(map(json!({
        "source_name": node.source_name,
        "source_description": detail("source_description"),
        "loader": detail("loader"),
        "identifier": node.alias,
        "quoting": detail("quoting"),
        "loaded_at_field": detail("loaded_at_field"),
        "freshness": detail("freshness"),
        "external": detail("external"),
        "description": node.description,
        "columns": columns(node),
        "meta": node.meta,
        "source_meta": detail("source_meta"),
        "tags": node.tags,
        "config": node.config,
        "patch_path": node.patch_path,
        "unrendered_config": node.unrendered_config,
        "relation_name": node.relation_name,
        "created_at": seconds(facts),
    })));
    value
}

/// Exposures and the semantic layer: no place in a warehouse, no SQL.
fn described(node: &Node, facts: &ManifestFacts) -> Map<String, Value> {
    let mut value = map(json!({
        "name": node.name,
        "resource_type": node.kind.resource_type(),
        "package_name": node.package_name,
        "path": node.path,
        "original_file_path": node.original_file_path,
        "unique_id": node.unique_id,
        "fqn": node.fqn,
        "description": node.description,
    }));
    value.extend(node.details.clone());
    let is_tagged = matches!(node.kind, NodeKind::Exposure | NodeKind::Metric);
    if is_tagged {
        value.extend(map(json!({"meta": node.meta, "tags": node.tags})));
    }
    value.extend(map(json!({
        "config": node.config,
        "unrendered_config": node.unrendered_config,
        "depends_on": depends_on(node),
        "refs": refs(node),
        "created_at": seconds(facts),
    })));
    if is_tagged {
        let metrics = if node.kind == NodeKind::Metric { json!([]) } else { json!(node.metrics) };
        value.extend(map(json!({"sources": node.sources, "metrics": metrics})));
    }
    if node.kind != NodeKind::Exposure {
        value.insert("group".to_owned(), json!(node.group));
    }
    value
}
