//! Models: the models of every project as a tree, flat while filtering; and one of them whole, in
//! several views. The detail follows the selection when it rests.

mod detail;
mod pane;
mod rows;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::PaneContext;
use super::filtered_list::FilteredList;
use super::parts::{Detail, Empty, draw_words};
use crate::engine::ModelView;
use crate::problem::Problem;
use crate::store::ModelSummary;
use crate::tui::commands::Command;
use crate::tui::effect::{Effect, Generation, Query};
use crate::tui::layout::{Focus, inside, split_first_row};
use crate::tui::state::Fetched;
use crate::tui::theme::{Look, Role};
use crate::tui::widgets::frame::Frame;
use crate::tui::widgets::list::{self, Motion};
use crate::tui::widgets::textview::{Document, TextView};
use crate::tui::widgets::tree::{NodeKind, Tree};

pub use detail::View;
use rows::ModelRows;

/// Id of a model in this pane and in links to it.
pub fn model_id(project: &str, unique_id: &str) -> String {
    format!("{project}#{unique_id}")
}

/// The pane's state.
#[derive(Debug, Default)]
pub struct Models {
    all: Fetched<Arc<[ModelSummary]>>,
    /// Grows with every list of models.
    revision: u64,
    /// Ids of the models, as [`model_id`], in their order, and back.
    ids: Vec<Arc<str>>,
    by_id: HashMap<Arc<str>, u32>,
    tree: Tree,
    /// Whether folders were ever folded: a big tree starts folded.
    folds_known: bool,
    list: FilteredList<Arc<str>>,
    /// The model whose detail is shown, whole.
    model: Fetched<ModelView>,
    /// The id that `model` is, or is being asked, of.
    asked: Option<Arc<str>>,
    /// Milliseconds at which a selection that rests is asked for.
    due: Option<u64>,
    /// Milliseconds at which the selection moved last, and whether it was moving already.
    moved_at: Option<u64>,
    moving: bool,
    view: View,
    compiled: bool,
    detail: Detail,
    /// What the detail's lines were made of; they are made anew when it changes.
    made_of: Option<detail::Source>,
}

/// Milliseconds that a selection which is moving rests before its model is asked for. The first step is
/// followed at once.
const REST: u64 = 80;
/// Trees with more models start with everything below the projects folded.
const BIG: usize = 200;

const EMPTY: Empty<'_> = Empty {
    never: "not loaded yet: {refresh} reads the models",
    loading: "reading the models",
    empty: &["no models yet: {sync} syncs the selected project, {connections} shows the projects"],
};

impl Models {
    /// What is known of every model.
    pub fn summaries(&self) -> &[ModelSummary] {
        self.all.value().map(AsRef::as_ref).unwrap_or_default()
    }

    pub(crate) fn models_loaded(&mut self, generation: Generation, models: Arc<[ModelSummary]>, at: Timestamp) {
        let same = self.all.value().is_some_and(|old| **old == *models);
        if !self.all.answer(generation, models, at) {
            return;
        }
        // A model whose summary is the same may still have another text.
        self.asked = None;
        if same {
            return;
        }
        self.revision += 1;
        self.ids = self.summaries().iter().map(|model| model_id(&model.project, &model.unique_id).into()).collect();
        self.by_id = self.ids.iter().zip(0..).map(|(id, index)| (Arc::clone(id), index)).collect();
        self.tree.set(rows::leaves(self.summaries(), &self.ids));
        if !self.folds_known && self.ids.len() > BIG {
            self.tree.close_from(1);
        }
        self.folds_known |= !self.ids.is_empty();
    }

    pub(crate) fn model_loaded(&mut self, generation: Generation, model: Option<Box<ModelView>>, at: Timestamp) {
        match model {
            Some(model) => {
                self.model.answer(generation, *model, at);
            }
            None => self.model.clear(),
        }
    }

    pub(crate) fn query_failed(&mut self, query: &Query, generation: Generation, problem: Box<Problem>) {
        if *query == Query::Models {
            self.all.fail(generation, problem);
        } else {
            self.model.fail(generation, problem);
        }
    }

    fn rows(&self) -> ModelRows<'_> {
        ModelRows::new(&self.tree, &self.ids, &self.by_id, self.list.is_filtered().then(|| self.list.filter.hits()))
    }

    /// The selected model's summary; none on a folder.
    fn summary(&self) -> Option<&ModelSummary> {
        let index = self.by_id.get(self.list.selected()?)?;
        self.summaries().get(*index as usize)
    }

    /// The selected model whole, when it is loaded.
    fn whole(&self) -> Option<&ModelView> {
        (self.asked.is_some() && self.asked.as_ref() == self.list.selected()).then(|| self.model.value()).flatten()
    }

    /// Whether a project or a folder of the tree is selected.
    fn on_folder(&self) -> bool {
        self.list.selected().is_some() && self.summary().is_none()
    }

    /// Notes that the selection moves.
    fn moves(&mut self, context: &PaneContext<'_>) {
        let now = context.now.millis;
        self.moving = self.moved_at.is_some_and(|before| now < before + REST);
        (self.moved_at, self.due) = (Some(now), None);
    }

    /// Asks for the selected model: at once, or when a selection that is moving has come to rest.
    fn follow(&mut self, context: &PaneContext<'_>) -> Vec<Effect> {
        let selected = self.list.selected().cloned();
        if selected == self.asked && self.asked.is_some() {
            self.due = None;
            return Vec::new();
        }
        let query = self.summary().map(|summary| Query::Model {
            project: summary.project.to_string(),
            unique_id: summary.unique_id.to_string(),
        });
        let Some(query) = query else {
            // The detail tells of the folder; the last model is no part of it.
            (self.due, self.asked) = (None, None);
            self.model.clear();
            return Vec::new();
        };
        let now = context.now.millis;
        let at_once = self.model.value().is_none() || !self.moving;
        let due = *self.due.get_or_insert(if at_once { now } else { now + REST });
        if due > now {
            return Vec::new();
        }
        self.due = None;
        self.asked = selected;
        vec![Effect::Load { query, generation: self.model.ask(context.now.wall) }]
    }

    /// Makes the detail's lines anew when what they are made of is another.
    fn make_detail(&mut self, context: &PaneContext<'_>) {
        let area = text_area(context.areas.detail);
        let folder = self.list.selected().filter(|_| self.on_folder()).cloned();
        let source = detail::Source {
            revision: folder.is_some().then_some(self.revision),
            id: folder.clone().or_else(|| self.asked.clone()),
            loaded_at: self.model.loaded_at(),
            view: self.view,
            compiled: self.compiled,
            // Only what is laid out to a size depends on it.
            size: self.view.is_laid_out().then_some((area.width, area.height)),
        };
        if self.made_of.as_ref() != Some(&source) {
            let same_thing = self
                .made_of
                .as_ref()
                .is_some_and(|old| (&old.id, old.view, old.compiled) == (&source.id, source.view, source.compiled));
            let lines = match &folder {
                Some(id) => Document::new(detail::folder::lines(id, self.summaries(), context)),
                None => detail::document(self.model.value(), source.view, self.compiled, area, context),
            };
            if same_thing {
                self.detail.update(lines);
            } else {
                let kind = |source: &detail::Source| (source.view, source.revision.is_some());
                if self.made_of.as_ref().is_none_or(|old| kind(old) != kind(&source)) {
                    let view = if folder.is_some() { TextView::default() } else { self.view.text_view() };
                    self.detail.set_view(view);
                }
                self.detail.replace(lines);
            }
            self.made_of = Some(source);
        }
        self.detail.set_size(area);
    }

    fn turn_to(&mut self, view: View) -> Vec<Effect> {
        self.view = view;
        Vec::new()
    }

    /// The row that the tree's commands act on; none while the list is flat.
    fn tree_row(&self) -> Option<usize> {
        if self.list.is_filtered() { None } else { self.list.state.index() }
    }

    fn is_folder(&self, row: usize) -> bool {
        self.tree.node(row).is_some_and(|node| matches!(node.kind, NodeKind::Folder { .. }))
    }

    /// Left in the tree: fold, else to the parent.
    fn left(&mut self) -> Option<Vec<Effect>> {
        let row = self.tree_row()?;
        if !self.tree.close(row)
            && let Some(parent) = self.tree.parent(row)
        {
            self.list.state.go(Motion::To(parent), &self.tree);
        }
        Some(Vec::new())
    }

    fn run_in_list(&mut self, command: Command) -> Option<Vec<Effect>> {
        let row = self.tree_row();
        match (command, row) {
            (Command::Left, _) => return self.left(),
            (Command::Right, Some(row)) if self.is_folder(row) => {
                if !self.tree.open(row) {
                    self.list.state.go(Motion::Down(1), &self.tree);
                }
            }
            (Command::Open | Command::Fold, Some(row)) if self.is_folder(row) => {
                self.tree.toggle(row);
            }
            (Command::Fold, Some(row)) => {
                if let Some(parent) = self.tree.parent(row) {
                    self.list.state.go(Motion::To(parent), &self.tree);
                    self.tree.close(parent);
                }
            }
            (Command::FoldAll, _) => self.tree.close_all(),
            (Command::UnfoldAll, _) => self.tree.open_all(),
            (Command::Filter, _) => self.list.begin_filter(),
            (Command::Back, _) => {
                if !self.list.is_filtered() {
                    return None;
                }
                // The row that was found stays selected, in the tree as well.
                let selected = self.list.selected().cloned();
                self.list.clear_filter();
                self.list.wanted = selected;
            }
            _ => return None,
        }
        Some(Vec::new())
    }
}

/// Rows of a detail from which on one is spent on air.
const ROOMY: u16 = 14;

/// The detail's text: below the row of views.
fn text_area(detail: Rect) -> Rect {
    let (_, rest) = split_first_row(inside(detail));
    // Where there is room, a row of air below the views.
    let rest = if rest.height >= ROOMY { split_first_row(rest).1 } else { rest };
    let air = u16::from(rest.width > 2);
    Rect { x: rest.x + air, width: rest.width - air, ..rest }
}

impl Models {
    /// `5/10 000`; how many of all while a filter holds: `37/10 000`.
    fn position(&self) -> String {
        if self.list.is_filtered() {
            crate::tui::text::count_of(self.list.filter.hits().len() as u64, self.ids.len() as u64)
        } else {
            self.list.state.position()
        }
    }

    fn draw_rows(&self, look: Look<'_>, context: &PaneContext<'_>, area: Rect, buffer: &mut Buffer) {
        let focused = context.focus == Focus::List;
        if self.list.is_filtered() && self.list.filter.hits().is_empty() {
            let words = vec![(Role::Dim, context.keymap.fill("nothing matches: {back} takes the filter away"))];
            draw_words(&words, look, area, buffer);
            return;
        }
        let mut highlighter = self.list.filter.highlighter();
        let rows = self.rows();
        list::draw(look, area, &self.list.state, focused, buffer, |index, width| {
            rows.line(index, self.summaries(), highlighter.as_mut(), look, width)
        });
    }

    fn draw_detail(&self, look: Look<'_>, context: &PaneContext<'_>, buffer: &mut Buffer) {
        let folder = self.list.selected().filter(|_| self.on_folder());
        let name = match (folder, self.model.value()) {
            (Some(folder), _) => folder.trim_end_matches('/').rsplit('/').next().unwrap_or_default(),
            (None, Some(model)) => &model.record.name,
            (None, None) => "",
        };
        let title = crate::tui::text::clean(name);
        let focused = context.focus == Focus::Detail;
        let frame = Frame::new(&title).focused(focused);
        let area = self.detail.frame(frame, look).draw(look, context.areas.detail, buffer);
        if folder.is_none() {
            let (views, _) = split_first_row(area);
            detail::draw_views(self.view, self.compiled, look, views, buffer);
        }
        self.detail.draw(look, text_area(context.areas.detail).intersection(area), buffer);
    }
}
