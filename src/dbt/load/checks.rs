//! What holds between nodes: no two in one relation, no circles, groups that there are.

use std::sync::Arc;

use super::nodes::Origins;
use crate::dbt::context::{Failure, Shared};
use crate::dbt::definitions::GroupDefinition;
use crate::dbt::graph::cycles;
use crate::dbt::link::place_of_name;
use crate::dbt::node::{Node, NodeKind, Nodes};
use crate::dbt::parse::{node_problem, setting_problem};
use crate::dbt::problems::{Problems, codes};
use crate::dbt::relation::{QuotePolicy, RelationName};
use crate::jinja::{QuickMap, QuickSet};
use crate::problem::Code;

/// Makes every check of the nodes that have an origin, with all others in view; a node that fails one gets its
/// code. The others are known to hold among themselves.
pub(super) fn check(
    shared: &Shared,
    nodes: &mut Nodes,
    origins: &Origins,
    groups: &[GroupDefinition],
    problems: &mut Problems,
) {
    let mut found: Vec<(String, Code, String)> = Vec::new();
    let ((relations, groups), knots) = rayon::join(
        || rayon::join(|| shared_relations(shared, nodes, origins), || missing_groups(nodes, groups)),
        || cycles(nodes, |node| origins.contains_key(&node.unique_id)),
    );
    found.extend(relations);
    found.extend(groups);
    for knot in knots {
        if let Some(first) = knot.first() {
            found.push((first.clone(), codes::CYCLE, format!("Found a cycle: {}", knot.join(" --> "))));
        }
        for id in knot.iter().skip(1) {
            if let Some(node) = nodes.get_mut(id) {
                Arc::make_mut(node).problems.push(codes::CYCLE);
            }
        }
    }
    for (id, code, message) in found {
        let (Some(node), Some(origin)) = (nodes.get_mut(&id), origins.get(&id)) else { continue };
        let problem = match &code {
            code if *code == codes::GROUP_MISSING => setting_problem(node, origin, code.clone(), "group", message),
            code if *code == codes::DUP_RELATION => setting_problem(node, origin, code.clone(), "alias", message),
            _ => {
                let (line, column) = next_of(&message).map_or((0, 0), |next| place_of_name(node, next));
                let failure = Failure { code: code.clone(), message, line, column, stack: Vec::new() };
                node_problem(node, origin, &failure)
            }
        };
        problems.push(problem);
        Arc::make_mut(node).problems.push(code);
    }
}

/// The name that the first node of a circle refers to: the second's, or its own.
fn next_of(message: &str) -> Option<&str> {
    let mut ids = message.strip_prefix("Found a cycle: ")?.split(" --> ");
    let first = ids.next()?;
    ids.next().unwrap_or(first).rsplit('.').next()
}

/// Two nodes that would be the same relation.
fn shared_relations(shared: &Shared, nodes: &Nodes, origins: &Origins) -> Vec<(String, Code, String)> {
    let adapter = shared.target.adapter;
    let policy = QuotePolicy::of(adapter).with(shared.root().map(|root| root.quoting).unwrap_or_default());
    let mut seen: QuickMap<String, &Node> = QuickMap::default();
    let mut found = Vec::new();
    let relational =
        |node: &&Arc<Node>| node.enabled && matches!(node.kind, NodeKind::Model | NodeKind::Seed | NodeKind::Snapshot);
    let new = || nodes.values().filter(relational).filter(|node| origins.contains_key(&node.unique_id));
    let aliases: QuickSet<String> =
        if origins.len() < nodes.len() { new().map(folded).collect() } else { QuickSet::default() };
    let may_share = |node: &&Arc<Node>| origins.len() == nodes.len() || aliases.contains(&folded(node));
    for node in nodes.values().filter(relational).filter(may_share) {
        let name = RelationName::new(adapter, node.database.as_deref(), Some(&node.schema), Some(&node.alias), policy)
            .render(adapter);
        if let Some(first) = seen.get(&name) {
            let sentence = format!(
                "dbt found two resources with the database representation \"{name}\".\ndbt cannot create two resources with identical database representations. To fix this,\nchange the configuration of one of these resources:\n- {} ({})\n- {} ({})",
                first.unique_id, first.original_file_path, node.unique_id, node.original_file_path
            );
            found.push((node.unique_id.clone(), codes::DUP_RELATION, sentence));
        } else {
            seen.insert(name, node);
        }
    }
    found
}

/// An alias as no adapter tells it from another that is the same relation's.
fn folded(node: &Arc<Node>) -> String {
    node.alias.to_lowercase()
}

fn missing_groups(nodes: &Nodes, groups: &[GroupDefinition]) -> Vec<(String, Code, String)> {
    let known: Vec<String> = groups.iter().map(|group| format!("'{}'", group.name)).collect();
    let is_known = |name: &String| groups.iter().any(|group| group.name == *name);
    let wrong = |node: &Arc<Node>| {
        let group = node.group.as_ref().filter(|group| node.kind != NodeKind::Test && !is_known(group))?;
        let sentence = format!("Invalid group '{group}', expected one of [{}]", known.join(", "));
        Some((node.unique_id.clone(), codes::GROUP_MISSING, sentence))
    };
    nodes.values().filter(|node| node.enabled).filter_map(wrong).collect()
}
