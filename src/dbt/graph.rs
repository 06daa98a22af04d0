//! The graph of nodes: children, and the cycles that may not be.

use super::node::{Children, Node, Nodes};
use crate::jinja::QuickMap;

/// Direct children, enabled nodes only, in the nodes' order.
pub(crate) fn children(nodes: &Nodes) -> Children<'_> {
    let enabled = || nodes.values().filter(|node| node.enabled);
    let mut children: Children<'_> = enabled().map(|node| (node.unique_id.as_str(), Vec::new())).collect();
    for node in enabled() {
        for parent in &node.depends_on_nodes {
            if let Some(siblings) = children.get_mut(parent.as_str()) {
                siblings.push(node.unique_id.as_str());
            }
        }
    }
    children
}

/// Every knot of nodes that depend on each other, each as a path of `unique_id`s, as far as one of the `wanted`
/// nodes leads to it.
pub(crate) fn cycles(nodes: &Nodes, wanted: impl Fn(&Node) -> bool) -> Vec<Vec<String>> {
    let parents = |id: &str| nodes.get(id).map(|node| node.depends_on_nodes.as_slice()).unwrap_or_default();
    let mut state: QuickMap<&str, State> = QuickMap::default();
    let mut cycles = Vec::new();
    for start in nodes.values().filter(|node| node.enabled && wanted(node)) {
        if state.contains_key(start.unique_id.as_str()) {
            continue;
        }
        // An explicit stack: a chain of models may be longer than a thread's stack.
        let mut path: Vec<(&str, usize)> = vec![(&start.unique_id, 0)];
        state.insert(&start.unique_id, State::Open);
        while let Some((id, next)) = path.last_mut() {
            let Some(parent) = parents(id).get(*next) else {
                state.insert(id, State::Done);
                path.pop();
                continue;
            };
            *next += 1;
            match state.get(parent.as_str()) {
                Some(State::Done) => {}
                Some(State::Open) => {
                    let knot = path.iter().map(|(id, _)| *id).skip_while(|id| *id != parent.as_str());
                    let mut knot: Vec<String> = knot.map(str::to_owned).collect();
                    // The path goes from child to parent; dbt tells it the other way.
                    knot.reverse();
                    rotate_to_smallest(&mut knot);
                    cycles.push(knot);
                }
                None => {
                    if let Some(node) = nodes.get(parent.as_str()) {
                        state.insert(&node.unique_id, State::Open);
                        path.push((&node.unique_id, 0));
                    }
                }
            }
        }
    }
    cycles
}

#[derive(Clone, Copy)]
enum State {
    Open,
    Done,
}

fn rotate_to_smallest(knot: &mut [String]) {
    let smallest = knot.iter().enumerate().min_by(|a, b| a.1.cmp(b.1)).map_or(0, |(index, _)| index);
    knot.rotate_left(smallest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use crate::dbt::node::NodeKind;

    fn nodes(edges: &[(&str, &[&str])]) -> Nodes {
        let node = |(id, parents): &(&str, &[&str])| {
            let depends_on_nodes = parents.iter().map(|parent| (*parent).to_owned()).collect();
            (
                (*id).to_owned(),
                Node { unique_id: (*id).to_owned(), depends_on_nodes, ..Node::new(NodeKind::Model) }.into(),
            )
        };
        edges.iter().map(node).collect()
    }

    #[test]
    fn children_are_the_other_side_of_parents() {
        let nodes = nodes(&[("a", &[]), ("b", &["a"]), ("c", &["a", "b"])]);
        let children = children(&nodes);
        assert_eq!(children["a"], ["b", "c"]);
        assert_eq!(children["c"], Vec::<&str>::new());
    }

    #[test]
    fn a_disabled_node_has_no_place_in_the_graph() {
        let mut all = nodes(&[("a", &[]), ("b", &["a"])]);
        Arc::make_mut(&mut all["b"]).enabled = false;
        assert_eq!(children(&all).len(), 1);
    }

    #[test]
    fn cycles_are_told_once_and_from_parent_to_child() {
        type Edges = &'static [(&'static str, &'static [&'static str])];
        let table: [(Edges, &[&[&str]]); 4] = [
            (&[("a", &["b"]), ("b", &["a"])], &[&["a", "b"]]),
            (&[("a", &["a"])], &[&["a"]]),
            (&[("a", &[]), ("b", &["a", "d"]), ("c", &["b"]), ("d", &["c"])], &[&["b", "c", "d"]]),
            (&[("a", &[]), ("b", &["a"])], &[]),
        ];
        for (edges, expected) in table {
            assert_eq!(cycles(&nodes(edges), |_| true), expected);
        }
    }

    #[test]
    fn a_very_long_chain_is_no_trouble() {
        let ids: Vec<String> = (0..100_000).map(|n| format!("m{n}")).collect();
        let all = ids.iter().enumerate().map(|(n, id)| {
            let depends_on_nodes = ids.get(n + 1).cloned().into_iter().collect();
            (id.clone(), Node { unique_id: id.clone(), depends_on_nodes, ..Node::new(NodeKind::Model) }.into())
        });
        assert!(cycles(&all.collect(), |_| true).is_empty());
    }
}
