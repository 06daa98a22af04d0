//! A loaded dbt project as the records that the store keeps. Pure.

mod described;
mod macros;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::dbt::{Children, Node, NodeKind, Outline, Project};
use crate::problem::{Problem, Severity, Subject};
use crate::store::{Kind, ModelRecord, SyncCounts};
use described::Tests;

pub(super) use macros::macros;

/// Grows with what is recorded of a project: what an earlier program recorded is then loaded anew.
pub(super) const VERSION: &str = "2";

/// The records of a project's models, seeds, snapshots, sources, exposures, analyses and tests, in the
/// project's order, and what was counted.
pub(super) fn records(project: &Project, problems: &[Problem]) -> (Vec<ModelRecord>, SyncCounts) {
    let troubles = first_problems(problems);
    let (tests, children) = (Tests::of(project), project.children());
    let mut counts = SyncCounts::default();
    let mut records = Vec::with_capacity(project.nodes.len());
    for node in project.nodes.values() {
        if node.kind == NodeKind::Test && node.enabled {
            counts.tests += 1;
        }
        let Some(kind) = kind(node.kind) else { continue };
        let record = record(project, node, kind, &children, &tests, troubles.get(node.unique_id.as_str()));
        if record.enabled {
            count(&mut counts, &record);
        }
        records.push(record);
    }
    (records, counts)
}

fn count(counts: &mut SyncCounts, record: &ModelRecord) {
    match record.kind {
        Kind::Model => counts.models += 1,
        Kind::Seed => counts.seeds += 1,
        Kind::Snapshot => counts.snapshots += 1,
        Kind::Source => counts.sources += 1,
        Kind::Exposure | Kind::Analysis => {}
        Kind::Test => return,
    }
    counts.broken += u64::from(record.problem.is_some());
}

fn kind(kind: NodeKind) -> Option<Kind> {
    match kind {
        NodeKind::Model => Some(Kind::Model),
        NodeKind::Seed => Some(Kind::Seed),
        NodeKind::Snapshot => Some(Kind::Snapshot),
        NodeKind::Source => Some(Kind::Source),
        NodeKind::Exposure => Some(Kind::Exposure),
        NodeKind::Test => Some(Kind::Test),
        NodeKind::Analysis => Some(Kind::Analysis),
        NodeKind::Operation | NodeKind::Metric | NodeKind::SemanticModel | NodeKind::SavedQuery => None,
    }
}

/// What selections need of a project, as JSON.
pub(super) fn outline(project: &Project) -> String {
    // Texts, numbers and tables with texts for keys: this cannot fail to serialise.
    serde_json::to_string(&Outline::of(project)).unwrap_or_default()
}

/// The first error of each node: code and summary.
fn first_problems(problems: &[Problem]) -> BTreeMap<&str, (String, String)> {
    let mut first = BTreeMap::new();
    for problem in problems.iter().filter(|problem| problem.severity == Severity::Error) {
        if let Subject::Model { model, .. } = &problem.subject {
            let entry = (problem.code.to_string(), problem.summary.clone());
            first.entry(model.as_str()).or_insert(entry);
        }
    }
    first
}

fn record(
    project: &Project,
    node: &Node,
    kind: Kind,
    children: &Children<'_>,
    tests: &Tests<'_>,
    trouble: Option<&(String, String)>,
) -> ModelRecord {
    let mut config = IndexMap::clone(&node.config);
    config.sort_keys();
    let children = children.get(node.unique_id.as_str()).into_iter().flatten().copied();
    let shown = |id: &&str| project.nodes.get(*id).and_then(|node| self::kind(node.kind)).is_some_and(Kind::is_listed);
    ModelRecord {
        unique_id: node.unique_id.clone(),
        kind,
        name: shown_name(node),
        package: node.package_name.clone(),
        path: path_from_root(project, node),
        folders: folders(node),
        materialized: if kind == Kind::Model { node.materialized.clone() } else { kind.word().to_owned() },
        enabled: node.enabled,
        relation: node.relation_name.clone(),
        description: node.description.clone(),
        tags: node.tags.clone(),
        config,
        columns: tests.columns(node),
        tests: tests.of_node(&node.unique_id),
        constraints: described::constraints(&node.constraints),
        details: described::details(node),
        raw_code: node.raw_code.clone(),
        compiled_code: node.compiled_code.clone(),
        parents: node.depends_on_nodes.iter().map(String::as_str).filter(shown).map(str::to_owned).collect(),
        children: children.filter(shown).map(str::to_owned).collect(),
        macros: node.depends_on_macros.clone(),
        problem: trouble.cloned(),
    }
}

/// Sources are known by both of their names.
fn shown_name(node: &Node) -> String {
    match &node.source_name {
        Some(source) => format!("{source}.{}", node.name),
        None => node.name.clone(),
    }
}

fn path_from_root(project: &Project, node: &Node) -> String {
    if project.root.is_empty() {
        node.original_file_path.clone()
    } else {
        format!("{}/{}", project.root, node.original_file_path)
    }
}

/// Where the tree shows it: the folders of the fully qualified name, without the project, then the
/// name. A source's name holds the source already.
fn folders(node: &Node) -> Vec<String> {
    let own = if node.kind == NodeKind::Source { 2 } else { 1 };
    let above = node.fqn.get(1..node.fqn.len().saturating_sub(own)).unwrap_or_default();
    above.iter().cloned().chain([shown_name(node)]).collect()
}
