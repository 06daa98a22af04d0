//! A node as plain data, with dbt's keys: `model`, `node` and the values of `graph`.

use serde_json::{Map, Value, json};

use crate::dbt::node::{Column, Node, NodeKind};

/// A node with dbt's keys.
pub(crate) fn node_json(node: &Node) -> Value {
    let config: Map<String, Value> = node.config.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    let columns: Map<String, Value> =
        node.columns.iter().map(|(name, column)| (name.clone(), column_json(column))).collect();
    let refs: Vec<Value> = node
        .refs
        .iter()
        .map(|(package, name, version)| json!({"name": name, "package": package, "version": version}))
        .collect();
    let meta: Map<String, Value> = node.meta.clone().into_iter().collect();
    let mut value = json!({
        "database": node.database,
        "schema": node.schema,
        "name": node.name,
        "resource_type": node.kind.resource_type(),
        "package_name": node.package_name,
        "path": node.path,
        "original_file_path": node.original_file_path,
        "unique_id": node.unique_id,
        "fqn": node.fqn,
        "alias": node.alias,
        "checksum": {"name": "sha256", "checksum": node.checksum},
        "config": config,
        "tags": node.tags,
        "description": node.description,
        "columns": columns,
        "meta": meta,
        "group": node.group,
        "docs": node.config.get("docs").cloned().unwrap_or_else(|| json!({"show": true, "node_color": null})),
        "patch_path": node.patch_path,
        "relation_name": node.relation_name,
        "raw_code": node.raw_code,
        "language": node.language,
        "refs": refs,
        "sources": node.sources.iter().map(|(source, table)| json!([source, table])).collect::<Vec<_>>(),
        "depends_on": {"macros": node.depends_on_macros, "nodes": node.depends_on_nodes},
        "access": node.access,
        "version": node.version,
        "latest_version": node.latest_version,
        "compiled": node.compiled_code.is_some(),
    });
    if let Value::Object(map) = &mut value {
        add_kind(map, node);
    }
    value
}

fn add_kind(map: &mut Map<String, Value>, node: &Node) {
    map.extend(node.details.iter().map(|(key, value)| (key.clone(), value.clone())));
    if node.kind == NodeKind::Source {
        map.insert("source_name".to_owned(), json!(node.source_name));
        map.insert("identifier".to_owned(), json!(node.alias));
    }
    if let Some(test) = &node.test {
        let kwargs: Map<String, Value> = test.kwargs.clone().into_iter().collect();
        let (namespace, name) = match test.generic.as_deref().and_then(|name| name.split_once('.')) {
            Some((namespace, name)) => (Some(namespace), Some(name)),
            None => (None, test.generic.as_deref()),
        };
        if name.is_some() {
            map.insert("test_metadata".to_owned(), json!({"namespace": namespace, "name": name, "kwargs": kwargs}));
        }
        map.insert("column_name".to_owned(), json!(test.column_name));
        map.insert("attached_node".to_owned(), json!(test.attached_node));
    }
}

fn column_json(column: &Column) -> Value {
    let meta: Map<String, Value> = column.meta.clone().into_iter().collect();
    json!({
        "name": column.name,
        "description": column.description,
        "meta": meta,
        "data_type": column.data_type,
        "quote": column.quote,
        "tags": column.tags,
    })
}
