//! The rows of the Models list: a tree, or what a filter has left of it, flat and best first.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use ratatui::text::{Line, Span};

use crate::store::{Change, Kind, ModelSummary};
use crate::tui::text;
use crate::tui::theme::{Look, Role};
use crate::tui::widgets::filter::{Candidates, Field, Highlighter, Query};
use crate::tui::widgets::list::Rows;
use crate::tui::widgets::tree::{Leaf, Node, NodeKind, Tree, indent};

/// Models as a filter sees them: fuzzy words go with the name.
pub(super) struct Summaries<'a>(pub(super) &'a [ModelSummary]);

impl Candidates for Summaries<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn text(&self, index: usize) -> Cow<'_, str> {
        Cow::Borrowed(self.0.get(index).map_or("", |model| &model.name))
    }

    fn fields(&self) -> &[&str] {
        &["project", "folder", "tag", "kind", "as", "is"]
    }

    fn methods(&self) -> &[&str] {
        &[
            "path",
            "fqn",
            "file",
            "package",
            "source",
            "exposure",
            "config.materialized",
            "resource_type",
            "access",
            "test_name",
            "test_type",
            "state",
            "version",
        ]
    }

    /// Tests are looked for only where a query asks for this kind: every model has its own.
    fn is_meant(&self, index: usize, query: &Query) -> bool {
        let is_listed = self.0.get(index).is_some_and(|model| model.kind.is_listed());
        let asks = |field: &Field| field.name == "kind" && !field.value.is_empty() && "test".starts_with(&field.value);
        is_listed || query.fields.iter().any(asks)
    }

    fn each_value(&self, index: usize, field: &str, take: &mut dyn FnMut(&str)) {
        let Some(model) = self.0.get(index) else { return };
        let of_kind = |kind: Kind| Some(&*model.name).filter(|_| model.kind == kind);
        match field {
            "project" => take(&model.project),
            "folder" => model.folder.split('/').chain([&*model.folder]).for_each(take),
            "tag" => model.tags.iter().map(AsRef::as_ref).for_each(take),
            "kind" | "resource_type" => take(model.kind.word()),
            "as" => take(&model.materialized),
            "is" => states(model).for_each(take),
            "path" => folders_of(&model.path).chain([&*model.path]).for_each(take),
            "file" => model.path.rsplit('/').take(1).for_each(take),
            "fqn" if model.kind.is_listed() => take(&model.name),
            "package" => model.unique_id.split('.').skip(1).take(1).for_each(take),
            "source" => {
                let names = of_kind(Kind::Source).into_iter().flat_map(|name| name.split('.').take(1).chain([name]));
                names.for_each(take);
            }
            "exposure" => of_kind(Kind::Exposure).into_iter().for_each(take),
            "config.materialized" if model.kind == Kind::Model => take(&model.materialized),
            "access" => ["public", "protected", "private"].into_iter().for_each(take),
            "test_type" => ["generic", "singular"].into_iter().for_each(take),
            "state" => ["modified", "modified.body", "modified.configs", "modified.macros", "new", "old", "unmodified"]
                .into_iter()
                .for_each(take),
            "version" => ["latest", "prerelease", "old", "none"].into_iter().for_each(take),
            _ => {}
        }
    }
}

/// `models` and `models/marts` of `models/marts/orders.sql`.
fn folders_of(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').filter_map(|(at, _)| path.get(..at))
}

fn states(model: &ModelSummary) -> impl Iterator<Item = &'static str> {
    let change = model.change.map(|change| match change {
        Change::Added => "added",
        Change::Changed => "changed",
        Change::Removed => "removed",
    });
    let broken = if model.broken { "broken" } else { "whole" };
    let enabled = if model.enabled { "enabled" } else { "disabled" };
    [Some(broken), Some(enabled), change].into_iter().flatten()
}

/// The models as leaves of a tree: project, folders, name.
pub(super) fn leaves(models: &[ModelSummary], ids: &[Arc<str>]) -> Vec<Leaf> {
    let mut folders: HashMap<(&str, &str), Arc<str>> = HashMap::new();
    let pairs = models.iter().zip(ids).enumerate().filter(|(_, (model, _))| model.kind.is_listed());
    pairs
        .map(|(value, (model, id))| {
            let folder = folders
                .entry((&model.project, &model.folder))
                .or_insert_with(|| format!("{}/{}", model.project, model.folder).trim_end_matches('/').into());
            Leaf { id: Arc::clone(id), folder: Arc::clone(folder), label: Arc::clone(&model.name), value }
        })
        .collect()
}

/// The rows that are there now.
pub(super) struct ModelRows<'a> {
    tree: &'a Tree,
    ids: &'a [Arc<str>],
    by_id: &'a HashMap<Arc<str>, u32>,
    /// Indices of models, best first; none for the tree.
    flat: Option<&'a [u32]>,
}

impl<'a> ModelRows<'a> {
    pub(super) fn new(
        tree: &'a Tree,
        ids: &'a [Arc<str>],
        by_id: &'a HashMap<Arc<str>, u32>,
        flat: Option<&'a [u32]>,
    ) -> Self {
        Self { tree, ids, by_id, flat }
    }

    /// A row as a line of at most `width` cells.
    pub(super) fn line(
        &self,
        row: usize,
        models: &[ModelSummary],
        highlighter: Option<&mut Highlighter>,
        look: Look<'_>,
        width: u16,
    ) -> Line<'static> {
        let room = usize::from(width);
        match self.flat {
            Some(hits) => {
                let model = hits.get(row).and_then(|index| models.get(*index as usize));
                model.map_or_else(Line::default, |model| flat_line(model, highlighter, look, room))
            }
            None => self.tree.node(row).map_or_else(Line::default, |node| self.tree_line(node, models, look, room)),
        }
    }

    fn tree_line(&self, node: &Node, models: &[ModelSummary], look: Look<'_>, room: usize) -> Line<'static> {
        let lead = indent(self.tree, node, look.glyphs);
        match node.kind {
            NodeKind::Folder { leaves } => {
                let count = text::number(leaves as u64);
                let role = if node.depth == 0 { Role::Title } else { Role::Text };
                let name = room.saturating_sub(text::width(&lead) + count.len() + 2);
                Line::from(vec![
                    Span::styled(lead, look.style(Role::Dim)),
                    Span::styled(
                        text::pad(&text::clean(&node.label), name, look.glyphs.ellipsis).into_owned(),
                        look.style(role),
                    ),
                    Span::styled(format!(" {count}"), look.style(Role::Dim)),
                ])
            }
            NodeKind::Leaf { value } => {
                let Some(model) = models.get(value) else { return Line::default() };
                let (mark, role) = mark(model, look);
                let lead = lead.get(..lead.len().saturating_sub(2)).unwrap_or_default().to_owned();
                let tail = tail(model, room);
                let name = room.saturating_sub(text::width(&lead) + 2 + text::width(&tail) + 1);
                Line::from(vec![
                    Span::raw(lead),
                    Span::styled(format!("{mark} "), look.style(role)),
                    Span::styled(
                        text::pad(&text::clean(&model.name), name, look.glyphs.ellipsis).into_owned(),
                        look.style(name_role(model)),
                    ),
                    Span::styled(tail, look.style(Role::Dim)),
                ])
            }
        }
    }
}

fn name_role(model: &ModelSummary) -> Role {
    if model.enabled { Role::Text } else { Role::Disabled }
}

/// Broken, added, changed; else what kind of thing it is.
fn mark(model: &ModelSummary, look: Look<'_>) -> (&'static str, Role) {
    match (model.broken, model.enabled, model.change) {
        (true, ..) => (look.glyphs.cross, Role::Failure),
        (false, false, _) => (look.glyphs.ring, Role::Disabled),
        (false, true, Some(Change::Added)) => ("+", Role::Added),
        (false, true, Some(Change::Changed)) => ("~", Role::Changed),
        (false, true, Some(Change::Removed)) => ("-", Role::Removed),
        (false, true, None) => (look.glyphs.bullet, Role::Dim),
    }
}

/// What the model becomes in the warehouse, and in words what its mark says.
fn tail(model: &ModelSummary, room: usize) -> String {
    let state = match (model.broken, model.enabled) {
        (true, _) => "broken",
        (false, false) => "disabled",
        (false, true) => {
            if model.kind == Kind::Model {
                &*model.materialized
            } else {
                model.kind.word()
            }
        }
    };
    if room < 30 { String::new() } else { format!(" {}", text::pad(&text::clean(state), 11, "")) }
}

/// `dim_customers        shop/marts/core`, with the matched letters marked.
fn flat_line(
    model: &ModelSummary,
    highlighter: Option<&mut Highlighter>,
    look: Look<'_>,
    room: usize,
) -> Line<'static> {
    let (mark, role) = mark(model, look);
    let name = text::clean(&model.name).into_owned();
    let name_room = room.saturating_sub(4).min(text::width(&name)).min(room * 2 / 3);
    let shown = text::truncate(&name, name_room, look.glyphs.ellipsis).into_owned();
    let width = text::width(&shown);
    let mut spans = vec![Span::styled(format!("{mark} "), look.style(role))];
    match highlighter {
        Some(highlighter) => {
            spans.extend(highlighter.spans(&shown, look.style(name_role(model)), look.style(Role::Match)));
        }
        None => spans.push(Span::styled(shown, look.style(name_role(model)))),
    }
    let left = room.saturating_sub(width + 5);
    if left > 8 {
        let path = text::clean(&format!("{}/{}", model.project, model.folder)).trim_end_matches('/').to_owned();
        let path = text::shorten_path(&path, left, look.glyphs.ellipsis).into_owned();
        let gap = room.saturating_sub(2 + width + text::width(&path) + 1);
        spans.push(Span::raw(" ".repeat(gap)));
        spans.push(Span::styled(path, look.style(Role::Dim)));
    }
    Line::from(spans)
}

impl Rows for ModelRows<'_> {
    type Id = Arc<str>;

    fn len(&self) -> usize {
        self.flat.map_or_else(|| self.tree.len(), <[u32]>::len)
    }

    fn id(&self, row: usize) -> Option<Arc<str>> {
        match self.flat {
            Some(hits) => self.ids.get(*hits.get(row)? as usize).cloned(),
            None => self.tree.id(row),
        }
    }

    fn index_of(&self, id: &Arc<str>) -> Option<usize> {
        match self.flat {
            Some(hits) => {
                let index = self.by_id.get(id)?;
                hits.iter().position(|hit| hit == index)
            }
            None => self.tree.index_of(id),
        }
    }
}
