//! One node of a manifest as one of ours.

use std::sync::Arc;

use serde_json::Value;

use super::entry::{Entry, texts};
use crate::dbt::node::{Column, Node, NodeKind, Nodes, Quoting, Test};

/// Keys of what has no SQL that are read on their own or mean nothing here.
const KNOWN: [&str; 6] = ["resource_type", "unique_id", "created_at", "compiled_path", "group", "refs"];

/// The node of an entry; none for a kind that we have not, such as `unit_test`.
pub(super) fn node(unique_id: &str, mut entry: Entry) -> Option<Node> {
    let kind = kind(&entry.text("resource_type"), unique_id)?;
    let mut depends_on = entry.below("depends_on");
    let mut node = Node {
        unique_id: unique_id.to_owned(),
        name: entry.text("name"),
        package_name: entry.text("package_name"),
        original_file_path: entry.text("original_file_path"),
        path: entry.text("path"),
        fqn: entry.texts("fqn"),
        description: entry.text("description"),
        tags: entry.texts("tags"),
        meta: entry.object("meta"),
        config: Arc::new(entry.object("config")),
        unrendered_config: Arc::new(entry.object("unrendered_config")),
        columns: entry.object("columns").into_iter().filter_map(column).collect(),
        patch_path: entry.optional("patch_path"),
        depends_on_nodes: depends_on.texts("nodes"),
        depends_on_macros: depends_on.texts("macros"),
        refs: entry.list("refs").into_iter().filter_map(reference).collect(),
        sources: entry.list("sources").into_iter().filter_map(source_reference).collect(),
        metrics: entry.list("metrics").into_iter().map(metric_reference).collect(),
        group: entry.optional("group"),
        relation_name: entry.optional("relation_name"),
        database: entry.optional("database"),
        schema: entry.text("schema"),
        ..Node::new(kind)
    };
    node.enabled = node.config.get("enabled").and_then(Value::as_bool).unwrap_or(true);
    match kind {
        NodeKind::Source => complete_source(&mut node, entry),
        NodeKind::Exposure | NodeKind::Metric | NodeKind::SemanticModel | NodeKind::SavedQuery => {
            node.details = entry.rest(&KNOWN);
        }
        _ => complete_code(&mut node, entry),
    }
    Some(node)
}

/// By `resource_type`, which sources of old versions have not: then by the id.
fn kind(resource_type: &str, unique_id: &str) -> Option<NodeKind> {
    let word = if resource_type.is_empty() { unique_id.split('.').next()? } else { resource_type };
    Some(match word {
        "model" => NodeKind::Model,
        "seed" => NodeKind::Seed,
        "snapshot" => NodeKind::Snapshot,
        "source" => NodeKind::Source,
        "test" => NodeKind::Test,
        "analysis" => NodeKind::Analysis,
        "exposure" => NodeKind::Exposure,
        "operation" => NodeKind::Operation,
        "metric" => NodeKind::Metric,
        "semantic_model" => NodeKind::SemanticModel,
        "saved_query" => NodeKind::SavedQuery,
        _ => return None,
    })
}

fn complete_source(node: &mut Node, mut entry: Entry) {
    node.source_name = entry.optional("source_name");
    node.alias = entry.optional("identifier").unwrap_or_else(|| node.name.clone());
    let details =
        ["source_description", "loader", "quoting", "loaded_at_field", "freshness", "external", "source_meta"];
    node.details = details.into_iter().map(|key| (key.to_owned(), entry.value(key))).collect();
    node.quoting = Quoting::from_value(node.details.get("quoting"));
}

/// What has SQL, or is a seed.
fn complete_code(node: &mut Node, mut entry: Entry) {
    node.alias = entry.optional("alias").unwrap_or_else(|| node.name.clone());
    node.materialized = node.config.get("materialized").and_then(Value::as_str).unwrap_or_default().to_owned();
    node.raw_code = entry.optional("raw_code").or_else(|| entry.optional("raw_sql")).unwrap_or_default();
    node.compiled_code = entry.optional("compiled_code").or_else(|| entry.optional("compiled_sql"));
    node.checksum = entry.below("checksum").text("checksum");
    node.language = entry.optional("language").unwrap_or_else(|| "sql".to_owned());
    node.access = entry.optional("access");
    node.version = entry.given("version");
    node.latest_version = entry.given("latest_version");
    node.constraints = entry.list("constraints");
    node.contract_checksum = entry.below("contract").optional("checksum");
    node.deprecation_date = entry.given("deprecation_date");
    let id = |cte: Value| Entry::of(cte)?.optional("id");
    node.extra_ctes = entry.list("extra_ctes").into_iter().filter_map(id).collect();
    if node.kind == NodeKind::Test {
        node.test = Some(test(node, entry));
    }
}

fn test(node: &Node, mut entry: Entry) -> Test {
    let mut metadata = entry.below("test_metadata");
    let (name, namespace) = (metadata.optional("name"), metadata.optional("namespace"));
    let generic = name.map(|name| namespace.map_or(name.clone(), |namespace| format!("{namespace}.{name}")));
    let attached = entry.optional("attached_node").or_else(|| {
        // Before dbt 1.5 only the tested thing's name is told: `models.orders`.
        let key = entry.optional("file_key_name")?;
        let name = key.split_once('.')?.1;
        let is_meant = |id: &&String| id.split('.').any(|part| part == name);
        generic.as_ref().and_then(|_| node.depends_on_nodes.iter().find(is_meant)).cloned()
    });
    Test {
        generic,
        attached_node: attached,
        column_name: entry.optional("column_name"),
        kwargs: metadata.object("kwargs"),
    }
}

fn column((name, value): (String, Value)) -> Option<(String, Column)> {
    let mut entry = Entry::of(value)?;
    let column = Column {
        name: entry.optional("name").unwrap_or_else(|| name.clone()),
        data_type: entry.optional("data_type"),
        description: entry.text("description"),
        meta: entry.object("meta"),
        tags: entry.texts("tags"),
        quote: entry.value("quote").as_bool(),
        constraints: entry.list("constraints"),
        tests: Vec::new(),
        extra: entry.rest(&[]),
    };
    Some((name, column))
}

type Reference = (Option<String>, String, Option<Value>);

/// `{name, package, version}`, before dbt 1.5 `[name]` or `[package, name]`.
fn reference(value: Value) -> Option<Reference> {
    match value {
        Value::Array(parts) => {
            let mut parts = texts(parts).into_iter().rev();
            let name = parts.next()?;
            Some((parts.next(), name, None))
        }
        other => {
            let mut entry = Entry::of(other)?;
            Some((entry.optional("package"), entry.optional("name")?, entry.given("version")))
        }
    }
}

fn source_reference(value: Value) -> Option<(String, String)> {
    let Value::Array(parts) = value else { return None };
    let mut parts = texts(parts).into_iter();
    Some((parts.next()?, parts.next()?))
}

fn metric_reference(value: Value) -> Vec<String> {
    match value {
        Value::Array(parts) => texts(parts),
        one => texts(vec![one]),
    }
}

/// Puts the names of generic tests to the columns that they test.
pub(super) fn attach_tests(nodes: &mut Nodes) {
    let tested = |node: &Arc<Node>| {
        let test = node.test.as_ref().filter(|_| node.enabled)?;
        Some((test.attached_node.clone()?, test.column_name.clone()?, test.generic.clone()?))
    };
    let tests: Vec<_> = nodes.values().filter_map(tested).collect();
    for (id, column, name) in tests {
        let columns = nodes.get_mut(&id).map(|node| &mut Arc::make_mut(node).columns);
        if let Some(column) = columns.and_then(|columns| columns.get_mut(&column)) {
            column.tests.push(name);
        }
    }
}
