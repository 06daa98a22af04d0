//! Models: the models of every project as a tree, flat while filtering; and one of them whole, in
//! several views. The detail follows the selection when it rests.

mod detail;
mod draw;
mod pane;
mod previews;
mod rows;
mod selecting;
mod sheet;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use ratatui::layout::Rect;

use super::PaneContext;
use super::filtered_list::FilteredList;
use super::parts::{Detail, Empty};
use crate::engine::{MacroView, ModelView, Preview, Selection};
use crate::problem::Problem;
use crate::store::ModelSummary;
use crate::tui::commands::Command;
use crate::tui::effect::{Effect, Generation, Query};
use crate::tui::layout::{Focus, inside, split_first_row};
use crate::tui::state::Fetched;
use crate::tui::widgets::list::Motion;
use crate::tui::widgets::textview::{Document, TextView};
use crate::tui::widgets::tree::{NodeKind, Tree};

pub use detail::View;
use detail::{Chosen, MacroPart, Page};
use previews::Previews;
use rows::ModelRows;
use selecting::Selecting;
use sheet::Links;

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
    /// How many of the models stand in lists: tests do not.
    listed: usize,
    /// What the detail shows, whole.
    page: Fetched<Page>,
    /// Grows with every answer for `page`.
    pages: u64,
    /// The id that `page` is, or is being asked, of.
    asked: Option<Arc<str>>,
    /// A macro or a test that a link led to: it is shown instead of what is selected.
    opened: Option<Arc<str>>,
    /// Milliseconds at which a selection that rests is asked for.
    due: Option<u64>,
    /// Milliseconds at which the selection moved last, and whether it was moving already.
    moved_at: Option<u64>,
    moving: bool,
    chosen: Chosen,
    /// Rows that were read, of the models that they were asked for.
    previews: Previews,
    detail: Detail,
    links: Links,
    /// What the selection in the filter means.
    selecting: Selecting,
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
        // A model whose summary is the same may still have another text, and other rows.
        self.asked = None;
        self.previews.grow_old();
        if same {
            return;
        }
        self.revision += 1;
        self.ids = self.summaries().iter().map(|model| model_id(&model.project, &model.unique_id).into()).collect();
        self.listed = self.summaries().iter().filter(|model| model.kind.is_listed()).count();
        self.by_id = self.ids.iter().zip(0..).map(|(id, index)| (Arc::clone(id), index)).collect();
        self.tree.set(rows::leaves(self.summaries(), &self.ids));
        if !self.folds_known && self.listed > BIG {
            self.tree.close_from(1);
        }
        self.folds_known |= !self.ids.is_empty();
    }

    pub(crate) fn model_loaded(&mut self, generation: Generation, model: Option<Box<ModelView>>, at: Timestamp) {
        self.loaded(generation, model.map(Page::Model), at);
    }

    pub(crate) fn macro_loaded(&mut self, generation: Generation, one: Option<Box<MacroView>>, at: Timestamp) {
        self.loaded(generation, one.map(Page::Macro), at);
    }

    pub(crate) fn preview_loaded(&mut self, generation: Generation, preview: Preview, at: Timestamp) {
        self.previews.loaded(generation, preview, at);
    }

    pub(crate) fn selection_loaded(&mut self, generation: Generation, selection: Selection, at: Timestamp) {
        self.selecting.answered(generation, selection, at);
    }

    fn loaded(&mut self, generation: Generation, page: Option<Page>, at: Timestamp) {
        self.pages += 1;
        match page {
            Some(page) => {
                self.page.answer(generation, page, at);
            }
            None => self.page.clear(),
        }
    }

    pub(crate) fn query_failed(&mut self, query: &Query, generation: Generation, problem: Box<Problem>) {
        match query {
            Query::Models => self.all.fail(generation, problem),
            Query::Selection(_) => self.selecting.failed(generation, problem),
            Query::Preview { project, unique_id } => {
                self.previews.failed(&model_id(project, unique_id), generation, problem);
                true
            }
            _ => self.page.fail(generation, problem),
        };
    }

    /// Brings the filter in line with its text: a selection is asked of the engine, all else is looked for
    /// here.
    fn apply_filter(&mut self, context: &PaneContext<'_>) -> Option<Effect> {
        let candidates = rows::Summaries(self.all.value().map(AsRef::as_ref).unwrap_or_default());
        let filter = self.list.line.text();
        let Some(words) = selecting::selection_in(filter) else {
            self.selecting.forget();
            self.list.filter.apply(filter, &candidates, self.revision);
            return None;
        };
        let effect = self.selecting.ask(&words, self.revision, context.now.wall);
        // Never the revision of a list of models.
        let revision = u64::MAX - self.selecting.revision;
        if !self.list.filter.is_of(filter, revision) {
            // Until the answer is there, what was found before stays.
            let hits = self.selecting.hits(&self.by_id).unwrap_or_else(|| self.list.filter.hits().to_vec());
            self.list.filter.hold(filter, &candidates, revision, hits);
        }
        effect
    }

    fn rows(&self) -> ModelRows<'_> {
        ModelRows::new(&self.tree, &self.ids, &self.by_id, self.list.is_filtered().then(|| self.list.filter.hits()))
    }

    /// Id of what the detail is to show: what a link led to, else what is selected.
    fn subject_id(&self) -> Option<&Arc<str>> {
        self.opened.as_ref().or_else(|| self.list.selected())
    }

    /// The summary of the model that the detail is to show; none for a folder or a macro.
    fn summary(&self) -> Option<&ModelSummary> {
        let index = self.by_id.get(self.subject_id()?)?;
        self.summaries().get(*index as usize)
    }

    /// The model of the detail whole, when it is loaded.
    fn whole(&self) -> Option<&ModelView> {
        match self.whole_page()? {
            Page::Model(model) => Some(model),
            Page::Macro(_) => None,
        }
    }

    /// What the detail is to show, when it is loaded.
    fn whole_page(&self) -> Option<&Page> {
        (self.asked.is_some() && self.asked.as_ref() == self.subject_id()).then(|| self.page.value()).flatten()
    }

    /// Whether a project or a folder of the tree is selected.
    fn on_folder(&self) -> bool {
        self.subject_id().is_some_and(|id| !id.contains('#'))
    }

    /// Notes that the selection moves.
    fn moves(&mut self, context: &PaneContext<'_>) {
        let now = context.now.millis;
        self.moving = self.moved_at.is_some_and(|before| now < before + REST);
        (self.moved_at, self.due, self.opened) = (Some(now), None, None);
    }

    /// Asks for the selected model: at once, or when a selection that is moving has come to rest.
    fn follow(&mut self, context: &PaneContext<'_>) -> Vec<Effect> {
        let wanted = self.subject_id().cloned();
        if wanted == self.asked && self.asked.is_some() {
            self.due = None;
            return Vec::new();
        }
        let Some(query) = wanted.as_deref().and_then(query_of) else {
            // The detail tells of the folder; the last model is no part of it.
            (self.due, self.asked) = (None, None);
            self.page.clear();
            return Vec::new();
        };
        let now = context.now.millis;
        let at_once = self.page.value().is_none() || !self.moving || self.opened.is_some();
        let due = *self.due.get_or_insert(if at_once { now } else { now + REST });
        if due > now {
            return Vec::new();
        }
        self.due = None;
        self.asked = wanted;
        vec![Effect::Load { query, generation: self.page.ask(context.now.wall) }]
    }

    /// Makes the detail's lines anew when what they are made of is another.
    fn make_detail(&mut self, context: &PaneContext<'_>) {
        let area = text_area(context.areas.detail);
        let folder = self.subject_id().filter(|_| self.on_folder()).cloned();
        let is_macro = matches!(self.page.value(), Some(Page::Macro(_)));
        let source = detail::Source {
            revision: folder.is_some().then_some(self.revision),
            id: folder.clone().or_else(|| self.page.value().map(Page::id)),
            page: self.pages,
            chosen: self.chosen,
            // Only what is laid out to a size depends on it.
            size: (is_macro || self.chosen.view.is_laid_out()).then_some((area.width, area.height)),
            rows: (self.chosen.view == View::Preview).then_some(self.previews.revision()),
        };
        if self.made_of.as_ref() != Some(&source) {
            let is_same = self.made_of.as_ref().is_some_and(|old| (&old.id, old.chosen) == (&source.id, source.chosen));
            let sheet = if let Some(id) = &folder {
                detail::folder::lines(id, self.summaries(), context).into()
            } else {
                let rows = self.previews.of(self.page.value().map(Page::id).as_deref());
                detail::sheet(self.page.value(), rows, self.chosen, area, context)
            };
            let document = Document::new(sheet.lines).frozen(sheet.frozen.0, sheet.frozen.1, sheet.frozen.2);
            if is_same {
                self.detail.update(document);
            } else {
                let is_code = folder.is_none() && !is_macro && self.chosen.view == View::Sql;
                let kind = |source: &detail::Source| (source.chosen.view, source.revision.is_some(), is_code);
                if self.made_of.as_ref().is_none_or(|old| kind(old) != kind(&source)) || is_macro {
                    let view =
                        if folder.is_some() || is_macro { TextView::default() } else { self.chosen.view.text_view() };
                    self.detail.set_view(view);
                }
                self.detail.replace(document);
            }
            self.links.set(sheet.links, is_same);
            self.made_of = Some(source);
        }
        self.detail.set_size(area);
        let has_focus = context.focus == Focus::Detail;
        if has_focus {
            self.links.settle(&self.detail);
        }
        let mark = self.links.chosen().filter(|_| has_focus).map(|link| (link.line, link.range.clone()));
        self.detail.mark(mark);
    }

    /// The view so many places to the right: of a model, or of a macro.
    fn turn(&mut self, places: isize) -> Vec<Effect> {
        if let Some(Page::Macro(_)) = self.whole_page() {
            self.chosen.part = if places > 0 { MacroPart::Uses } else { MacroPart::Definition };
        } else {
            self.chosen.view = self.chosen.view.beside(places);
        }
        Vec::new()
    }

    /// From one form of the SQL to the next; from another view to the SQL as it was left.
    fn turn_code(&mut self) -> Vec<Effect> {
        if self.chosen.view == View::Sql {
            self.chosen.code = self.chosen.code.next();
        }
        self.chosen.view = View::Sql;
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

/// The question for what an id names; none for a folder's.
fn query_of(id: &str) -> Option<Query> {
    let (project, unique_id) = id.split_once('#')?;
    let (project, unique_id) = (project.to_owned(), unique_id.to_owned());
    Some(if unique_id.starts_with("macro.") {
        Query::Macro { project, unique_id }
    } else {
        Query::Model { project, unique_id }
    })
}

/// Whether an id names something that stands in no list, and is shown only where a link leads to it.
fn is_unlisted(id: &str) -> bool {
    id.split_once('#').is_some_and(|(_, unique_id)| unique_id.starts_with("macro.") || unique_id.starts_with("test."))
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
