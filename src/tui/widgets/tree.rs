//! A windowed tree of folders and leaves. Its flat form is rebuilt only when a fold or the data
//! changes, never for a frame.
//!
//! Moving and drawing are those of a list: a tree answers as [`Rows`].

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::list::Rows;
use crate::tui::glyphs::Glyphs;

/// A leaf as the tree is built from it.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// Stable and unique among all leaves and folders.
    pub id: Arc<str>,
    /// Folders joined by `/`, outermost first; empty for a leaf at the top.
    pub folder: Arc<str>,
    pub label: Arc<str>,
    /// Whose row it is: the index into the owner's data.
    pub value: usize,
}

/// A row of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// A leaf's own id; a folder's path with a `/` at its end.
    pub id: Arc<str>,
    pub label: Arc<str>,
    pub depth: u16,
    pub kind: NodeKind,
    /// First node after this one's own ones, in [`Tree`]'s order.
    end: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// A folder with so many leaves below it, at any depth.
    Folder { leaves: usize },
    /// A leaf with the index into the owner's data.
    Leaf { value: usize },
}

/// Folders and leaves in the order in which they are shown, and which of them are in sight.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// Every node, each folder in front of what it holds.
    nodes: Vec<Node>,
    closed: HashSet<Arc<str>>,
    /// Indices of the nodes that no closed folder hides.
    visible: Vec<u32>,
    /// Row by id, of the visible nodes.
    rows: HashMap<Arc<str>, u32>,
}

impl Tree {
    /// New data; closed folders stay closed. Folders stand before leaves, both by natural order.
    pub fn set(&mut self, mut leaves: Vec<Leaf>) {
        leaves.sort_by(compare);
        self.nodes = build(&leaves);
        self.flatten();
    }

    /// The row at an index among the visible ones.
    pub fn node(&self, row: usize) -> Option<&Node> {
        self.nodes.get(*self.visible.get(row)? as usize)
    }

    pub fn is_open(&self, node: &Node) -> bool {
        matches!(node.kind, NodeKind::Folder { .. }) && !self.closed.contains(&node.id)
    }

    /// Opens or closes the folder at a row; false where there is none.
    pub fn toggle(&mut self, row: usize) -> bool {
        let open = self.node(row).is_some_and(|node| self.is_open(node));
        self.fold(row, open)
    }

    pub fn open(&mut self, row: usize) -> bool {
        self.fold(row, false)
    }

    pub fn close(&mut self, row: usize) -> bool {
        self.fold(row, true)
    }

    /// Closes (or opens) the folder at a row; false where nothing changed.
    fn fold(&mut self, row: usize, close: bool) -> bool {
        let Some(Node { id, kind: NodeKind::Folder { .. }, .. }) = self.node(row) else { return false };
        let id = Arc::clone(id);
        let changed = if close { self.closed.insert(id) } else { self.closed.remove(&id) };
        if changed {
            self.flatten();
        }
        changed
    }

    pub fn close_all(&mut self) {
        let folders = self.nodes.iter().filter(|node| matches!(node.kind, NodeKind::Folder { .. }));
        self.closed = folders.map(|node| Arc::clone(&node.id)).collect();
        self.flatten();
    }

    pub fn open_all(&mut self) {
        self.closed.clear();
        self.flatten();
    }

    /// Closes the folders at this depth and deeper; a big tree starts so.
    pub fn close_from(&mut self, depth: u16) {
        let deep = self.nodes.iter().filter(|node| node.depth >= depth);
        let folders = deep.filter(|node| matches!(node.kind, NodeKind::Folder { .. }));
        self.closed = folders.map(|node| Arc::clone(&node.id)).collect();
        self.flatten();
    }

    /// Opens every folder above the node with this id, so that it can be selected; false where no
    /// node has it.
    pub fn reveal(&mut self, id: &str) -> bool {
        let Some(target) = self.nodes.iter().position(|node| &*node.id == id) else { return false };
        let above = self.nodes.iter().take(target).filter(|node| node.end > target);
        let closed: Vec<Arc<str>> = above.map(|node| Arc::clone(&node.id)).collect();
        let changed = closed.iter().filter(|id| self.closed.remove(*id)).count() > 0;
        if changed {
            self.flatten();
        }
        true
    }

    /// Row of the folder that holds the row.
    pub fn parent(&self, row: usize) -> Option<usize> {
        let depth = self.node(row)?.depth;
        (0..row).rev().find(|above| self.node(*above).is_some_and(|node| node.depth < depth))
    }

    /// Ids of the closed folders, sorted, to be remembered.
    pub fn closed(&self) -> Vec<Arc<str>> {
        let mut closed: Vec<_> = self.closed.iter().cloned().collect();
        closed.sort();
        closed
    }

    pub fn set_closed(&mut self, closed: impl IntoIterator<Item = Arc<str>>) {
        self.closed = closed.into_iter().collect();
        self.flatten();
    }

    fn flatten(&mut self) {
        self.visible.clear();
        self.rows.clear();
        let mut at = 0;
        while let Some(node) = self.nodes.get(at) {
            self.rows.insert(Arc::clone(&node.id), self.visible.len() as u32);
            self.visible.push(at as u32);
            at = if self.closed.contains(&node.id) { node.end } else { at + 1 };
        }
    }
}

impl Rows for Tree {
    type Id = Arc<str>;

    fn len(&self) -> usize {
        self.visible.len()
    }

    fn id(&self, index: usize) -> Option<Arc<str>> {
        self.node(index).map(|node| Arc::clone(&node.id))
    }

    /// A hidden row is represented by the closed folder that hides it.
    fn index_of(&self, id: &Arc<str>) -> Option<usize> {
        if let Some(row) = self.rows.get(id) {
            return Some(*row as usize);
        }
        let target = self.nodes.iter().position(|node| node.id == *id)?;
        let after = self.visible.partition_point(|index| *index as usize <= target);
        after.checked_sub(1)
    }
}

/// What stands in front of a row's label: its depth and, for a folder, whether it is open.
pub fn indent(tree: &Tree, node: &Node, glyphs: &Glyphs) -> String {
    let fold = match node.kind {
        NodeKind::Leaf { .. } => " ",
        NodeKind::Folder { .. } if tree.is_open(node) => glyphs.fold_open,
        NodeKind::Folder { .. } => glyphs.fold_closed,
    };
    format!("{:depth$}{fold} ", "", depth = usize::from(node.depth) * 2)
}

fn folders(leaf: &Leaf) -> impl Iterator<Item = &str> {
    leaf.folder.split('/').filter(|name| !name.is_empty())
}

/// By folder, then by label; where one path ends and the other goes on, the folder comes first.
fn compare(left: &Leaf, right: &Leaf) -> Ordering {
    let (mut left_folders, mut right_folders) = (folders(left), folders(right));
    loop {
        match (left_folders.next(), right_folders.next()) {
            (Some(one), Some(other)) => {
                let order = natural(one, other);
                if order.is_ne() {
                    return order;
                }
            }
            (Some(_), None) => return Ordering::Less,
            (None, Some(_)) => return Ordering::Greater,
            (None, None) => return natural(&left.label, &right.label).then_with(|| left.id.cmp(&right.id)),
        }
    }
}

/// Digits compare as numbers, so that `model_2` stands before `model_10`. Total: equal only for equal
/// text.
pub fn natural(left: &str, right: &str) -> Ordering {
    let (mut one, mut other) = (left.chars().peekable(), right.chars().peekable());
    loop {
        match (one.peek().copied(), other.peek().copied()) {
            (Some(a), Some(b)) if a.is_ascii_digit() && b.is_ascii_digit() => {
                let order = digits(&mut one).cmp(&digits(&mut other));
                if order.is_ne() {
                    return order;
                }
            }
            (Some(a), Some(b)) if a == b => {
                one.next();
                other.next();
            }
            (Some(a), Some(b)) => return a.cmp(&b),
            (None, None) => return left.cmp(right),
            (Some(_), None) => return Ordering::Greater,
            (None, Some(_)) => return Ordering::Less,
        }
    }
}

/// A run of digits as its length without leading zeros and the digits: compares as the number does.
fn digits(text: &mut std::iter::Peekable<std::str::Chars<'_>>) -> (usize, String) {
    let mut run = String::new();
    while let Some(digit) = text.next_if(char::is_ascii_digit) {
        if !(run.is_empty() && digit == '0') {
            run.push(digit);
        }
    }
    (run.len(), run)
}

/// Nodes in order, from sorted leaves, in one pass: open folders are a stack.
fn build(leaves: &[Leaf]) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::with_capacity(leaves.len() + leaves.len() / 8);
    let mut stack: Vec<(usize, &str)> = Vec::new();
    for leaf in leaves {
        let names: Vec<&str> = folders(leaf).collect();
        let shared = stack.iter().zip(&names).take_while(|((_, open), name)| open == *name).count();
        close(&mut nodes, &mut stack, shared);
        for depth in shared..names.len() {
            let Some((name, path)) = names.get(depth).zip(names.get(..=depth)) else { break };
            stack.push((nodes.len(), name));
            nodes.push(Node {
                id: format!("{}/", path.join("/")).into(),
                label: (*name).into(),
                depth: depth as u16,
                kind: NodeKind::Folder { leaves: 0 },
                end: 0,
            });
        }
        for (folder, _) in &stack {
            if let Some(Node { kind: NodeKind::Folder { leaves }, .. }) = nodes.get_mut(*folder) {
                *leaves += 1;
            }
        }
        nodes.push(Node {
            id: Arc::clone(&leaf.id),
            label: Arc::clone(&leaf.label),
            depth: names.len() as u16,
            kind: NodeKind::Leaf { value: leaf.value },
            end: nodes.len() + 1,
        });
    }
    close(&mut nodes, &mut stack, 0);
    nodes
}

fn close(nodes: &mut [Node], stack: &mut Vec<(usize, &str)>, keep: usize) {
    let end = nodes.len();
    for (folder, _) in stack.drain(keep.min(stack.len())..) {
        if let Some(node) = nodes.get_mut(folder) {
            node.end = end;
        }
    }
}

#[cfg(test)]
mod tests;
