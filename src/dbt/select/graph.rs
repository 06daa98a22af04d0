//! The nodes that may be selected and what lies above and below them, by their numbers in a list.

use std::collections::HashMap;

use super::criterion::Reach;
use crate::dbt::node::{Node, NodeKind, Project};

/// Numbers of nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Set {
    words: Vec<u64>,
}

impl Set {
    pub(super) fn insert(&mut self, number: usize) {
        let index = number / 64;
        if self.words.len() <= index {
            self.words.resize(index + 1, 0);
        }
        if let Some(word) = self.words.get_mut(index) {
            *word |= 1 << (number % 64);
        }
    }

    pub(super) fn contains(&self, number: usize) -> bool {
        self.words.get(number / 64).is_some_and(|word| word & (1 << (number % 64)) != 0)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        let bits = |(index, word): (usize, &u64)| {
            let word = *word;
            (0..64).filter(move |bit| word & (1 << bit) != 0).map(move |bit| index * 64 + bit)
        };
        self.words.iter().enumerate().flat_map(bits)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    pub(super) fn union(mut self, other: &Self) -> Self {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        self.words.iter_mut().zip(&other.words).for_each(|(own, other)| *own |= other);
        self
    }

    pub(super) fn intersection(mut self, other: &Self) -> Self {
        self.words.truncate(other.words.len());
        self.words.iter_mut().zip(&other.words).for_each(|(own, other)| *own &= other);
        self
    }

    pub(super) fn difference(mut self, other: &Self) -> Self {
        self.words.iter_mut().zip(&other.words).for_each(|(own, other)| *own &= !other);
        self
    }

    fn holds_all(&self, numbers: &[usize]) -> bool {
        numbers.iter().all(|number| self.contains(*number))
    }
}

impl FromIterator<usize> for Set {
    fn from_iter<I: IntoIterator<Item = usize>>(numbers: I) -> Self {
        let mut set = Self::default();
        numbers.into_iter().for_each(|number| set.insert(number));
        set
    }
}

/// What may be selected: enabled nodes, with those without any text only when they are wanted.
#[derive(Debug)]
pub(super) struct Graph<'p> {
    pub(super) nodes: Vec<&'p Node>,
    parents: Vec<Vec<usize>>,
    children: Vec<Vec<usize>>,
    /// Whether each parent that a node names may be selected as well.
    whole: Vec<bool>,
}

impl<'p> Graph<'p> {
    pub(super) fn new(project: &'p Project, with_empty: bool) -> Self {
        let is_member = |node: &&Node| node.enabled && (with_empty || !is_empty(node));
        let nodes: Vec<&Node> = project.nodes.values().map(std::sync::Arc::as_ref).filter(is_member).collect();
        let numbers: HashMap<&str, usize> =
            nodes.iter().enumerate().map(|(number, node)| (node.unique_id.as_str(), number)).collect();
        let mut children = vec![Vec::new(); nodes.len()];
        let mut whole = Vec::with_capacity(nodes.len());
        let mut parents = Vec::with_capacity(nodes.len());
        for (number, node) in nodes.iter().enumerate() {
            let own: Vec<usize> =
                node.depends_on_nodes.iter().filter_map(|id| numbers.get(id.as_str()).copied()).collect();
            for parent in &own {
                if let Some(siblings) = children.get_mut(*parent) {
                    siblings.push(number);
                }
            }
            whole.push(own.len() == node.depends_on_nodes.len());
            parents.push(own);
        }
        Self { nodes, parents, children, whole }
    }

    pub(super) fn node(&self, number: usize) -> Option<&'p Node> {
        self.nodes.get(number).copied()
    }

    /// Everything above `from`, and perhaps parts of it.
    pub(super) fn above(&self, from: &Set, reach: Reach) -> Set {
        walk(&self.parents, from, reach)
    }

    /// Everything below `from`, and perhaps parts of it.
    pub(super) fn below(&self, from: &Set, reach: Reach) -> Set {
        walk(&self.children, from, reach)
    }

    /// Tests right below `selected`.
    pub(super) fn tests_below(&self, selected: &Set) -> Set {
        let below = self.below(selected, Reach::Steps(1));
        below.iter().filter(|number| self.node(*number).is_some_and(|node| node.kind == NodeKind::Test)).collect()
    }

    /// Whether everything that a node depends on is in `selected`.
    pub(super) fn is_covered(&self, number: usize, selected: &Set) -> bool {
        self.whole.get(number) == Some(&true)
            && self.parents.get(number).is_some_and(|parents| selected.holds_all(parents))
    }

    pub(super) fn sources(&self) -> Set {
        let is_source = |(number, node): (usize, &&Node)| (node.kind == NodeKind::Source).then_some(number);
        self.nodes.iter().enumerate().filter_map(is_source).collect()
    }
}

/// A file that says nothing. Seeds are no text, and sources have none.
fn is_empty(node: &Node) -> bool {
    let has_text = !matches!(node.kind, NodeKind::Seed | NodeKind::Source | NodeKind::Exposure);
    has_text && node.raw_code.trim().is_empty()
}

/// Neighbours in one direction, nearest first.
fn walk(neighbours: &[Vec<usize>], from: &Set, reach: Reach) -> Set {
    let mut found = Set::default();
    let mut edge: Vec<usize> = from.iter().collect();
    let mut steps = 0;
    while !edge.is_empty() && reach.allows_more(steps) {
        let mut next = Vec::new();
        for neighbour in edge.iter().filter_map(|number| neighbours.get(*number)).flatten() {
            if !found.contains(*neighbour) {
                found.insert(*neighbour);
                next.push(*neighbour);
            }
        }
        edge = next;
        steps += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(numbers: &[usize]) -> Set {
        numbers.iter().copied().collect()
    }

    #[test]
    fn sets_of_different_lengths_are_combined() {
        let (small, large) = (set(&[1, 3]), set(&[3, 200]));
        let listed = |set: &Set| set.iter().collect::<Vec<_>>();
        assert_eq!(listed(&small.clone().union(&large)), [1, 3, 200]);
        assert_eq!(listed(&large.clone().intersection(&small)), [3]);
        assert_eq!(listed(&small.clone().intersection(&large)), [3]);
        assert_eq!(listed(&large.clone().difference(&small)), [200]);
        assert!(small.difference(&set(&[1, 2, 3])).is_empty() && !large.is_empty());
    }

    #[test]
    fn neighbours_are_followed_so_many_steps() {
        // 0 - 1 - 2 - 3, and back from 3 to 0 so that a circle ends, too
        let children = [vec![1], vec![2], vec![3], vec![0]];
        let reached = |reach| walk(&children, &set(&[0]), reach).iter().collect::<Vec<_>>();
        assert_eq!(reached(Reach::Steps(0)), Vec::<usize>::new());
        assert_eq!(reached(Reach::Steps(1)), [1]);
        assert_eq!(reached(Reach::Steps(2)), [1, 2]);
        assert_eq!(reached(Reach::All), [0, 1, 2, 3]);
    }
}
