//! Who rests on whom, and what is in which group.

use std::collections::BTreeMap;

use crate::dbt::node::{Node, NodeKind, Project};

/// `unique_id` -> `unique_id`s, sorted.
type Map<'p> = std::collections::btree_map::IntoIter<&'p str, Vec<&'p str>>;

fn in_graph(project: &Project) -> impl Iterator<Item = &Node> {
    project.nodes.values().map(std::sync::Arc::as_ref).filter(|node| super::takes_part(node))
}

/// Each node's direct parents.
pub(super) fn parents(project: &Project) -> Map<'_> {
    sorted(in_graph(project).map(|node| (node.unique_id.as_str(), parents_of(node))).collect())
}

fn parents_of(node: &Node) -> Vec<&str> {
    node.depends_on_nodes.iter().map(String::as_str).collect()
}

/// Each node's direct children.
pub(super) fn children(project: &Project) -> Map<'_> {
    let mut map: BTreeMap<&str, Vec<&str>> =
        in_graph(project).map(|node| (node.unique_id.as_str(), Vec::new())).collect();
    for node in in_graph(project) {
        for parent in parents_of(node) {
            map.entry(parent).or_default().push(&node.unique_id);
        }
    }
    sorted(map)
}

/// Each group's members.
pub(super) fn groups(project: &Project) -> Map<'_> {
    let mut map: BTreeMap<&str, Vec<&str>> =
        project.groups.iter().map(|group| (group.name.as_str(), Vec::new())).collect();
    for node in in_graph(project).filter(|node| !matches!(node.kind, NodeKind::Source | NodeKind::Exposure)) {
        if let Some(members) = node.group.as_deref().and_then(|group| map.get_mut(group)) {
            members.push(&node.unique_id);
        }
    }
    sorted(map)
}

fn sorted<'p>(mut map: BTreeMap<&'p str, Vec<&'p str>>) -> Map<'p> {
    for ids in map.values_mut() {
        ids.sort_unstable();
    }
    map.into_iter()
}
