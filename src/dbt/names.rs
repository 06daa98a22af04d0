//! Where a node lives: database, schema and alias from the three `generate_*_name` macros, and the
//! relation's name from those.

use super::config::{Config, ConfigKind};
use super::node::{Node, NodeKind, Quoting};
use super::options::Adapter;

use super::relation::{QuotePolicy, RelationName};

/// Sets `relation_name` from database, schema and alias; ephemeral models, analyses, hooks and tests
/// that store nothing have none.
pub(crate) fn set_relation_name(node: &mut Node, config: &Config, adapter: Adapter, quoting: Quoting) {
    let is_relation = match node.kind {
        NodeKind::Model | NodeKind::Seed | NodeKind::Snapshot => node.materialized != "ephemeral",
        NodeKind::Test => config.get("store_failures").and_then(serde_json::Value::as_bool) == Some(true),
        NodeKind::Source
        | NodeKind::Analysis
        | NodeKind::Exposure
        | NodeKind::Operation
        | NodeKind::Metric
        | NodeKind::SemanticModel
        | NodeKind::SavedQuery => false,
    };
    node.relation_name = is_relation.then(|| {
        let policy = QuotePolicy::of(adapter).with(quoting);
        RelationName::new(adapter, node.database.as_deref(), Some(&node.schema), Some(&node.alias), policy)
            .render(adapter)
    });
}

/// The configuration kind of a kind of node.
pub(crate) fn config_kind(kind: NodeKind) -> ConfigKind {
    match kind {
        NodeKind::Model => ConfigKind::Model,
        NodeKind::Seed => ConfigKind::Seed,
        NodeKind::Snapshot => ConfigKind::Snapshot,
        NodeKind::Test => ConfigKind::Test,
        NodeKind::Source => ConfigKind::Source,
        NodeKind::Exposure => ConfigKind::Exposure,
        NodeKind::Metric => ConfigKind::Metric,
        NodeKind::SemanticModel => ConfigKind::SemanticModel,
        NodeKind::SavedQuery => ConfigKind::SavedQuery,
        NodeKind::Analysis | NodeKind::Operation => ConfigKind::Other,
    }
}
