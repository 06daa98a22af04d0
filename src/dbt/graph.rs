//! The graph of nodes: children, and the cycles that may not be.

use super::node::{Children, Node, Nodes};

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
    let mut states = vec![State::Unseen; nodes.len()];
    let mut cycles = Vec::new();
    for (start, node) in nodes.values().enumerate() {
        if node.enabled && states.get(start) == Some(&State::Unseen) && wanted(node) {
            search(nodes, start, &mut states, &mut cycles);
        }
    }
    cycles
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Unseen,
    Open,
    Done,
}

/// Looks through all that `start` depends on; nodes are told by their place.
fn search(nodes: &Nodes, start: usize, states: &mut [State], cycles: &mut Vec<Vec<String>>) {
    let parents = |place: usize| nodes.get_index(place).map(|(_, node)| node.depends_on_nodes.as_slice());
    let id = |(place, _): &(usize, usize)| nodes.get_index(*place).map(|(id, _)| id.clone());
    let mut enter = |place: usize, state: State| states.get_mut(place).map(|known| std::mem::replace(known, state));
    enter(start, State::Open);
    // An explicit stack: a chain of models may be longer than a thread's stack.
    let mut path = vec![(start, 0)];
    while let Some((place, next)) = path.last_mut() {
        let Some(parent) = parents(*place).and_then(|parents| parents.get(*next)) else {
            enter(*place, State::Done);
            path.pop();
            continue;
        };
        *next += 1;
        let Some(parent) = nodes.get_index_of(parent.as_str()) else { continue };
        match enter(parent, State::Open) {
            Some(State::Unseen) => path.push((parent, 0)),
            Some(State::Open) => {
                // The path goes from child to parent; dbt tells it the other way.
                let mut knot: Vec<String> =
                    path.iter().skip_while(|(place, _)| *place != parent).filter_map(id).collect();
                knot.reverse();
                rotate_to_smallest(&mut knot);
                cycles.push(knot);
            }
            Some(State::Done) => {
                enter(parent, State::Done);
            }
            None => {}
        }
    }
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
