//! What a project's YAML says of a node's columns, tests and constraints, as it is recorded.

use std::collections::HashMap;

use indexmap::IndexMap;
use serde_json::Value;

use crate::dbt::{Column, Node, NodeKind, Project};
use crate::store::{ColumnRecord, TestRecord, plain};

/// Keys of a generic test's arguments that say nothing which its place does not.
const OF_EVERY_TEST: [&str; 2] = ["model", "column_name"];

/// The tests of a project by what they test.
#[derive(Debug, Default)]
pub(super) struct Tests<'p> {
    /// Tests on a node as a whole.
    nodes: HashMap<&'p str, Vec<&'p Node>>,
    /// Tests on a column of a node.
    columns: HashMap<(&'p str, &'p str), Vec<&'p Node>>,
}

impl<'p> Tests<'p> {
    pub(super) fn of(project: &'p Project) -> Self {
        let mut tests = Self::default();
        for node in project.nodes.values().filter(|node| node.kind == NodeKind::Test) {
            let attached = node.test.as_ref().and_then(|test| test.attached_node.as_deref());
            let column = node.test.as_ref().and_then(|test| test.column_name.as_deref());
            match (attached, column) {
                (Some(tested), Some(column)) => tests.columns.entry((tested, column)).or_default().push(node),
                (Some(tested), None) => tests.nodes.entry(tested).or_default().push(node),
                // A singular one: what it reads is what it tests.
                (None, _) => {
                    for tested in &node.depends_on_nodes {
                        tests.nodes.entry(tested).or_default().push(node);
                    }
                }
            }
        }
        tests
    }

    /// The enabled tests on a node as a whole.
    pub(super) fn of_node(&self, unique_id: &str) -> Vec<TestRecord> {
        self.nodes.get(unique_id).into_iter().flatten().filter(|test| test.enabled).map(|test| record(test)).collect()
    }

    fn of_column(&self, unique_id: &str, column: &Column) -> Vec<TestRecord> {
        let nodes = self.columns.get(&(unique_id, column.name.as_str())).map(Vec::as_slice).unwrap_or_default();
        let mut tests: Vec<TestRecord> = nodes.iter().filter(|test| test.enabled).map(|test| record(test)).collect();
        // One of which nothing could be made is named all the same.
        let is_known = |name: &String| nodes.iter().any(|test| generic_name(test) == Some(name));
        let unknown = column.tests.iter().filter(|name| !is_known(name));
        tests.extend(unknown.map(|name| TestRecord { name: name.clone(), ..TestRecord::default() }));
        tests
    }

    /// A node's columns in their order.
    pub(super) fn columns(&self, node: &Node) -> Vec<ColumnRecord> {
        let record = |column: &Column| ColumnRecord {
            name: column.name.clone(),
            data_type: column.data_type.clone().unwrap_or_default(),
            description: column.description.clone(),
            tests: self.of_column(&node.unique_id, column),
            constraints: constraints(&column.constraints),
            tags: column.tags.clone(),
            meta: column.meta.clone(),
        };
        node.columns.values().map(record).collect()
    }
}

fn generic_name(test: &Node) -> Option<&String> {
    test.test.as_ref()?.generic.as_ref()
}

fn record(node: &Node) -> TestRecord {
    let given = node.test.iter().flat_map(|test| &test.kwargs);
    let given = given.filter(|(key, value)| !OF_EVERY_TEST.contains(&key.as_str()) && !value.is_null());
    let mut arguments: IndexMap<String, Value> = given.map(|(key, value)| (key.clone(), value.clone())).collect();
    if let Some(condition) = node.config.get("where").filter(|condition| !condition.is_null()) {
        arguments.insert("where".to_owned(), condition.clone());
    }
    let severity = node.config.get("severity").and_then(Value::as_str).map(str::to_lowercase);
    TestRecord {
        name: generic_name(node).unwrap_or(&node.name).clone(),
        unique_id: node.unique_id.clone(),
        arguments,
        severity: severity.filter(|severity| severity != "error"),
    }
}

/// Constraints in words.
pub(super) fn constraints(constraints: &[Value]) -> Vec<String> {
    let words = |constraint: &Value| {
        let text = |key: &str| constraint.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        let kind = text("type")?;
        let columns = constraint.get("columns").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let columns = columns.iter().map(plain).collect::<Vec<_>>().join(", ");
        let expression = text("expression").map(|expression| match kind {
            "check" => format!("({expression})"),
            _ => expression.to_owned(),
        });
        let columns = Some(columns).filter(|columns| !columns.is_empty()).map(|columns| format!("({columns})"));
        let parts = [Some(kind.replace('_', " ")), columns, expression];
        Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
    };
    constraints.iter().filter_map(words).collect()
}

/// What else is said of a node, without what is empty.
pub(super) fn details(node: &Node) -> IndexMap<String, Value> {
    let text = |value: &Option<String>| value.clone().map_or(Value::Null, Value::from);
    let version = |value: &Option<Value>| value.clone().unwrap_or_default();
    let own = [
        ("group", text(&node.group)),
        // Every model has an access: the usual one says nothing.
        ("access", text(&node.access.clone().filter(|access| access != "protected"))),
        ("version", version(&node.version)),
        ("latest_version", version(&node.latest_version)),
        ("deprecation_date", version(&node.deprecation_date)),
        ("meta", node.meta.clone().into_iter().collect::<serde_json::Map<_, _>>().into()),
    ];
    let of_its_kind = node.details.iter().map(|(key, value)| (key.clone(), value.clone()));
    let own = own.map(|(key, value)| (key.to_owned(), value));
    let all = own.into_iter().chain(of_its_kind.filter(|(key, _)| is_told(node.kind, key)));
    all.filter(|(_, value)| !is_empty(value)).collect()
}

fn is_told(kind: NodeKind, key: &str) -> bool {
    match kind {
        NodeKind::Source => matches!(key, "source_description" | "loader" | "loaded_at_field" | "freshness"),
        NodeKind::Exposure => matches!(key, "type" | "owner" | "label" | "maturity" | "url"),
        _ => false,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.values().all(is_empty),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
