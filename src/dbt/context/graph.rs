//! `graph`: every enabled node as plain data; empty until compiling.

use std::sync::Arc;

use super::{Context, Phase, node_json};
use crate::dbt::node::NodeKind;
use crate::jinja::{Dict, Value};

/// `graph`.
pub(super) fn graph(context: &Context) -> Value {
    let Phase::Compile(facts) = &context.phase else { return build(std::iter::empty()) };
    facts
        .graph
        .get_or_init(|| build(facts.manifest.nodes.values().map(Arc::as_ref).filter(|node| node.enabled)))
        .clone()
}

fn build<'n>(nodes: impl Iterator<Item = &'n crate::dbt::node::Node>) -> Value {
    let (mut plain, mut sources, mut exposures) = (Dict::default(), Dict::default(), Dict::default());
    let (mut metrics, mut semantic_models, mut saved_queries) = (Dict::default(), Dict::default(), Dict::default());
    for node in nodes {
        let part = match node.kind {
            NodeKind::Source => &mut sources,
            NodeKind::Exposure => &mut exposures,
            NodeKind::Metric => &mut metrics,
            NodeKind::SemanticModel => &mut semantic_models,
            NodeKind::SavedQuery => &mut saved_queries,
            _ => &mut plain,
        };
        part.insert(node.unique_id.as_str(), Value::from_json(&node_json(node)));
    }
    let empty = || Value::dict(Dict::default());
    let parts = [
        ("exposures", Value::dict(exposures)),
        ("groups", empty()),
        ("metrics", Value::dict(metrics)),
        ("nodes", Value::dict(plain)),
        ("sources", Value::dict(sources)),
        ("semantic_models", Value::dict(semantic_models)),
        ("saved_queries", Value::dict(saved_queries)),
    ];
    Value::dict(parts.into_iter().collect())
}
