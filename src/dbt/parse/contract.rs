//! Contracts: the constraints of columns and models, whole, and the checksum by which two states of a contract
//! are told apart.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::skeleton::hex;
use crate::dbt::node::Node;
use crate::dbt::python;

const TYPES: &[&str] = &["check", "not_null", "unique", "primary_key", "foreign_key", "custom"];

/// The constraints of a column or, with `of_model`, of a model, each with every key that dbt gives it; one
/// whose type is none is left out.
pub(super) fn constraints(written: Option<&Value>, of_model: bool) -> Vec<Value> {
    let items = written.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| constraint(item.as_object()?, of_model)).collect()
}

fn constraint(written: &Map<String, Value>, of_model: bool) -> Option<Value> {
    let kind = written.get("type").and_then(Value::as_str).filter(|kind| TYPES.contains(kind))?;
    let or = |key: &str, default: Value| written.get(key).cloned().unwrap_or(default);
    let mut whole = json!({
        "type": kind,
        "name": or("name", Value::Null),
        "expression": or("expression", Value::Null),
        "warn_unenforced": or("warn_unenforced", true.into()),
        "warn_unsupported": or("warn_unsupported", true.into()),
    });
    if let (true, Value::Object(map)) = (of_model, &mut whole) {
        map.insert("columns".to_owned(), or("columns", json!([])));
    }
    Some(whole)
}

/// Whether a node's configuration asks for its contract to be enforced.
pub(super) fn is_enforced(node: &Node) -> bool {
    node.config.get("contract").and_then(|contract| contract.get("enforced")) == Some(&Value::Bool(true))
}

/// Hex SHA-256 of what an enforced contract says: columns by name, their types and constraints, and
/// the model's own constraints where its materialization can hold them.
pub(super) fn checksum(node: &Node) -> String {
    let mut columns: Vec<_> = node.columns.values().collect();
    columns.sort_by(|a, b| a.name.cmp(&b.name));
    let mut state = String::new();
    for column in columns {
        let data_type = column.data_type.as_deref().unwrap_or("None");
        state.extend(["|", &column.name, data_type, &listed(&column.constraints, "ColumnLevelConstraint")]);
    }
    if matches!(node.materialized.as_str(), "table" | "incremental") {
        state.push_str(&node.materialized);
        state.push_str(&listed(&node.constraints, "ModelLevelConstraint"));
    }
    hex(&Sha256::digest(state.as_bytes()))
}

/// As Python prints a list of such objects.
fn listed(constraints: &[Value], class: &str) -> String {
    let printed = constraints.iter().filter_map(Value::as_object).map(|constraint| {
        let fields = constraint.iter().map(|(key, value)| match (key.as_str(), value) {
            ("type", Value::String(kind)) => format!("type=<ConstraintType.{kind}: {}>", python::text_repr(kind)),
            (key, value) => format!("{key}={}", python::repr(value)),
        });
        format!("{class}({})", fields.collect::<Vec<_>>().join(", "))
    });
    format!("[{}]", printed.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dbt::node::{Column, NodeKind};

    #[test]
    fn a_constraint_is_made_whole_and_a_strange_one_left_out() {
        let written = json!([{"type": "not_null"}, {"type": "maybe"}, {"name": "x"}, "unique"]);
        let expected = json!([{"type": "not_null", "name": null, "expression": null, "warn_unenforced": true, "warn_unsupported": true}]);
        assert_eq!(Value::Array(constraints(Some(&written), false)), expected);
        assert_eq!(constraints(Some(&written), true).first().and_then(|one| one.get("columns")), Some(&json!([])));
    }

    #[test]
    fn the_checksum_is_dbts() {
        let column = |name: &str, data_type: &str, written: Value| Column {
            name: name.to_owned(),
            data_type: Some(data_type.to_owned()),
            constraints: constraints(Some(&written), false),
            ..Column::default()
        };
        let mut node = Node { materialized: "table".to_owned(), ..Node::new(NodeKind::Model) };
        node.columns.insert("id".to_owned(), column("id", "int", json!([{"type": "not_null"}])));
        node.columns.insert(
            "amount".to_owned(),
            column("amount", "numeric", json!([{"type": "check", "expression": "amount > 0"}])),
        );
        node.constraints = constraints(Some(&json!([{"type": "primary_key", "columns": ["id"]}])), true);
        // What dbt Core 1.7.20 writes for such a model.
        assert_eq!(checksum(&node), "229ef16eb532c5b195b53e256d61f4448297f810586f8d42a29f4b07f420478e");
    }
}
