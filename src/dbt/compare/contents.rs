//! What makes two versions of one node the same, part by part. A part that a kind has not is `None`.

use indexmap::IndexMap;
use serde_json::Value;

use super::contract;
use crate::dbt::node::{Node, NodeKind};

/// What stands in a manifest's `nodes`: it has a text of its own, or is a seed.
pub(super) fn has_sql(kind: NodeKind) -> bool {
    matches!(
        kind,
        NodeKind::Model
            | NodeKind::Seed
            | NodeKind::Snapshot
            | NodeKind::Test
            | NodeKind::Analysis
            | NodeKind::Operation
    )
}

/// Whether a node is as it was. One that was not there before is not, except where it has no SQL.
pub(super) fn same(now: &Node, before: Option<&Node>) -> bool {
    let Some(before) = before else { return !has_sql(now.kind) };
    let all = |parts: &[Option<bool>]| parts.iter().all(|part| *part != Some(false));
    let same_fqn = now.fqn == before.fqn;
    let same_detail =
        |key: &str| now.details.get(key).unwrap_or(&Value::Null) == before.details.get(key).unwrap_or(&Value::Null);
    match now.kind {
        NodeKind::Test if is_generic(now) => same_fqn && same_config(now, before),
        NodeKind::Source => {
            let details = ["quoting", "freshness", "loaded_at_field", "external"];
            same_fqn
                && same_config(now, before)
                && all(&[same_relation(now, before)])
                && details.iter().all(|key| same_detail(key))
        }
        NodeKind::Exposure => {
            let details = ["type", "owner", "maturity", "url", "label"];
            same_fqn
                && now.description == before.description
                && same_names(&now.depends_on_nodes, &before.depends_on_nodes)
                && same_config(now, before)
                && details.iter().all(|key| same_detail(key))
        }
        NodeKind::Metric => {
            now.description == before.description
                && same_detail("type")
                && same_detail("label")
                && same_config(now, before)
        }
        // dbt never finds the earlier one.
        NodeKind::SemanticModel | NodeKind::SavedQuery => true,
        _ => {
            let parts = [
                same_body(now, before),
                same_persisted_descriptions(now, before),
                same_relation(now, before),
                contract::same(now, before),
            ];
            same_fqn
                && same_config(now, before)
                && all(&parts)
                && (now.kind != NodeKind::Model || same_for_references(now, before))
        }
    }
}

fn is_generic(node: &Node) -> bool {
    node.test.as_ref().is_some_and(|test| test.generic.is_some())
}

/// The text; of a seed its checksum.
pub(super) fn same_body(now: &Node, before: &Node) -> Option<bool> {
    has_sql(now.kind).then(|| match now.kind {
        NodeKind::Seed => now.checksum == before.checksum,
        _ => now.raw_code == before.raw_code,
    })
}

/// Keys of a test's configuration that change what it says.
const OF_TESTS: [&str; 8] =
    ["severity", "where", "limit", "fail_calc", "warn_if", "error_if", "store_failures", "store_failures_as"];
/// Keys that are no change of the configuration: where a node is built is asked elsewhere.
const PASSED_OVER: [&str; 5] = ["alias", "schema", "database", "tags", "group"];

/// The configuration as it is written, templates not rendered.
pub(super) fn same_config(now: &Node, before: &Node) -> bool {
    let (one, other) = (&now.unrendered_config, &before.unrendered_config);
    let same = |key: &str| one.get(key) == other.get(key);
    match now.kind {
        NodeKind::Test => OF_TESTS.iter().all(|key| same(key)),
        NodeKind::Metric | NodeKind::SemanticModel | NodeKind::SavedQuery => {
            keys(one, other).filter(|key| *key != "group").all(same)
        }
        NodeKind::Source | NodeKind::Exposure => keys(one, other).all(same),
        _ => keys(one, other).filter(|key| !PASSED_OVER.contains(key)).all(same),
    }
}

fn keys<'c>(one: &'c IndexMap<String, Value>, other: &'c IndexMap<String, Value>) -> impl Iterator<Item = &'c str> {
    one.keys().chain(other.keys()).map(String::as_str)
}

/// Descriptions, as far as the configuration now says that they are written to the warehouse.
pub(super) fn same_persisted_descriptions(now: &Node, before: &Node) -> Option<bool> {
    has_sql(now.kind).then(|| {
        let persists = |what: &str| {
            let docs = now.config.get("persist_docs").filter(|_| now.kind != NodeKind::Test);
            docs.and_then(|docs| docs.get(what)).is_some_and(crate::dbt::python::is_true)
        };
        let described = |node: &Node| -> Vec<(String, String)> {
            let mut columns: Vec<_> =
                node.columns.values().map(|column| (column.name.clone(), column.description.clone())).collect();
            columns.sort_unstable();
            columns
        };
        (!persists("relation") || now.description == before.description)
            && (!persists("columns") || described(now) == described(before))
    })
}

/// Where it stands in the warehouse: of sources as it is, of others as it is configured, so that another
/// target is no change.
pub(super) fn same_relation(now: &Node, before: &Node) -> Option<bool> {
    if now.kind == NodeKind::Source {
        return Some(now.database == before.database && now.schema == before.schema && now.alias == before.alias);
    }
    let same = |key: &str| {
        let value = |node: &Node| node.unrendered_config.get(key).cloned().unwrap_or_default();
        value(now) == value(before)
    };
    has_sql(now.kind).then(|| ["database", "schema", "alias"].into_iter().all(same))
}

/// What those who refer to a model rely on.
fn same_for_references(now: &Node, before: &Node) -> bool {
    now.latest_version == before.latest_version
        && now.access == before.access
        && now.deprecation_date == before.deprecation_date
}

fn same_names(one: &[String], other: &[String]) -> bool {
    one.iter().all(|name| other.contains(name)) && other.iter().all(|name| one.contains(name))
}
