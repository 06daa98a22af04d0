//! Contracts: whether one has changed, and what the change breaks for those who rely on it.

use serde_json::Value;

use crate::dbt::node::{Column, Node, NodeKind};
use crate::dbt::python;

/// Whether the contract is as it was; only models have one that can change.
pub(super) fn same(now: &Node, before: &Node) -> Option<bool> {
    if now.kind != NodeKind::Model {
        return super::contents::has_sql(now.kind).then_some(true);
    }
    Some(match (is_enforced(before), is_enforced(now)) {
        (false, false) => true,
        (true, true) => now.contract_checksum == before.contract_checksum,
        (false, true) | (true, false) => false,
    })
}

fn is_enforced(node: &Node) -> bool {
    node.config.get("contract").and_then(|contract| contract.get("enforced")).is_some_and(python::is_true)
}

/// What breaks, a sentence each in dbt's words. Constraints count only where the warehouse enforces
/// them, which is for tables; `not_null` is the one that all of them enforce.
pub(super) fn broken(now: &Node, before: &Node) -> Vec<String> {
    if now.kind != NodeKind::Model || !is_enforced(before) || same(now, before) == Some(true) {
        return Vec::new();
    }
    let mut broken = Vec::new();
    if !is_enforced(now) {
        broken.push("Contract enforcement was removed: Previously, this model had an enforced contract. It is no longer configured to enforce its contract, and this is a breaking change.".to_owned());
    }
    let list = |title: &str, items: Vec<String>| (!items.is_empty()).then(|| format!("{title}: {}", items.join(", ")));
    let mut columns: Vec<&Column> = before.columns.values().collect();
    columns.sort_by(|one, other| one.name.cmp(&other.name));
    let (mut removed, mut retyped, mut freed) = (Vec::new(), Vec::new(), Vec::new());
    for old in columns {
        let Some(new) = now.columns.get(&old.name) else {
            removed.push(old.name.clone());
            continue;
        };
        if new.data_type != old.data_type {
            let shown = |column: &Column| column.data_type.clone().unwrap_or_else(|| "None".to_owned());
            retyped.push(format!("{} ({} -> {})", old.name, shown(old), shown(new)));
        }
        if is_table(before) {
            let gone =
                old.constraints.iter().filter(|one| is_enforced_by_warehouse(one) && !new.constraints.contains(one));
            freed.extend(gone.map(|one| format!("'{}' constraint on column {}", constraint_name(one), old.name)));
        }
    }
    broken.extend(list("Columns were removed", removed));
    broken.extend(list("Columns with data_type changes", retyped));
    broken.extend(list("Enforced column level constraints were removed", freed));
    let has_constraints =
        !before.constraints.is_empty() || before.columns.values().any(|column| !column.constraints.is_empty());
    if is_table(before) && !is_table(now) && has_constraints {
        broken.push(format!(
            "Materialization changed with enforced constraints: {} -> {}",
            before.materialized, now.materialized
        ));
    }
    broken
}

fn is_table(node: &Node) -> bool {
    matches!(node.materialized.as_str(), "table" | "incremental")
}

fn is_enforced_by_warehouse(constraint: &Value) -> bool {
    constraint.get("type").and_then(Value::as_str) == Some("not_null")
}

fn constraint_name(constraint: &Value) -> String {
    let named = constraint.get("name").filter(|name| !name.is_null());
    named.or_else(|| constraint.get("type")).map(python::text).unwrap_or_default()
}
