//! A list with a filter over it and a selected row: what is typed, what is left, what is completed.

use std::fmt;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::parts::{Typed, TypedLine};
use crate::tui::key::{Key, KeyCode};
use crate::tui::layout::inside;
use crate::tui::text;
use crate::tui::theme::{Look, Role};
use crate::tui::widgets::filter::{Candidates, Completion, Filter};
use crate::tui::widgets::frame::Frame;
use crate::tui::widgets::list::{ListState, Motion, Rows, RowsBy, draw_selection};
use crate::tui::widgets::popup;

/// Most ways to go on that are seen at once.
const MOST_CHOICES: usize = 8;

/// What such a list is over, where all that is left after a filter is listed.
pub(super) trait Records: Candidates {
    type Id: Clone + PartialEq;

    /// What the record at an index is known by, whatever becomes of the others.
    fn id_at(&self, index: usize) -> Option<Self::Id>;

    /// Grows with every change of the records.
    fn revision(&self) -> u64;
}

/// The records that the filter has left.
fn left<'a, R: Records>(records: &'a R, hits: &'a [u32]) -> RowsBy<impl Fn(usize) -> Option<R::Id> + 'a> {
    RowsBy::new(hits.len(), |index| records.id_at(*hits.get(index)? as usize))
}

/// A list with a filter over it. The rows are whoever's: they come with every call.
#[derive(Clone)]
pub(super) struct FilteredList<Id> {
    pub(super) state: ListState<Id>,
    pub(super) line: TypedLine,
    pub(super) filter: Filter,
    /// What was selected before the filter was typed.
    before: Option<Id>,
    /// What is to be selected as soon as it is there.
    pub(super) wanted: Option<Id>,
    /// What Tab offers, until another key.
    completion: Option<Completion>,
}

impl<Id> Default for FilteredList<Id> {
    fn default() -> Self {
        Self {
            state: ListState::default(),
            line: TypedLine::default(),
            filter: Filter::default(),
            before: None,
            wanted: None,
            completion: None,
        }
    }
}

impl<Id: fmt::Debug> fmt::Debug for FilteredList<Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilteredList").field("state", &self.state).field("line", &self.line).finish_non_exhaustive()
    }
}

impl<Id: Clone + PartialEq> FilteredList<Id> {
    pub(super) fn selected(&self) -> Option<&Id> {
        self.state.selected()
    }

    /// Selects an id now or when it comes.
    pub(super) fn want(&mut self, id: Id) {
        self.wanted = Some(id);
    }

    pub(super) fn is_filtered(&self) -> bool {
        !self.line.text().is_empty()
    }

    /// Brings filter and selection in line with the candidates; `revision` tells whether they are new.
    pub(super) fn apply(&mut self, candidates: &(impl Candidates + ?Sized), revision: u64) -> bool {
        self.filter.apply(self.line.text(), candidates, revision)
    }

    /// Brings filter, selection and window in line with the records.
    pub(super) fn settle<R: Records<Id = Id>>(&mut self, records: &R, height: u16) {
        self.state.set_height(usize::from(height));
        if self.apply(records, records.revision()) || self.wanted.is_some() {
            refresh(&mut self.state, &mut self.wanted, &left(records, self.filter.hits()));
        }
    }

    pub(super) fn go<R: Records<Id = Id>>(&mut self, motion: Motion, records: &R) {
        self.state.go(motion, &left(records, self.filter.hits()));
    }

    /// Selects the row at a distance from the top of the window; true when it was selected before.
    pub(super) fn click<R: Records<Id = Id>>(&mut self, row: usize, records: &R) -> bool {
        let Some(index) = self.state.index_at(row) else { return false };
        let again = self.state.index() == Some(index);
        self.go(Motion::To(index), records);
        again
    }

    /// Begins a new filter: the old one is gone, and Esc selects again what was selected before.
    pub(super) fn begin_filter(&mut self) {
        self.before = self.selected().cloned();
        self.wanted.clone_from(&self.before);
        self.line.set("");
        self.line.begin();
    }

    /// A key while a filter is typed. Tab completes its last word. On Esc what was selected before is
    /// selected again.
    pub(super) fn key(&mut self, key: Key, candidates: &(impl Candidates + ?Sized)) -> Typed {
        if matches!(key.code, KeyCode::Tab | KeyCode::BackTab) {
            return self.complete(candidates, key.code == KeyCode::BackTab);
        }
        self.completion = None;
        let typed = self.line.key(key);
        if typed == Typed::Dropped {
            self.wanted = self.before.take();
        }
        typed
    }

    /// The next of several ways to go on, or the ways to go on with what is there now.
    fn complete(&mut self, candidates: &(impl Candidates + ?Sized), back: bool) -> Typed {
        match self.completion.as_mut().filter(|completion| completion.choices().is_some()) {
            Some(completion) => completion.step(back),
            None => self.completion = Completion::of(self.line.text(), candidates, back),
        }
        let Some(completion) = &self.completion else { return Typed::Nothing };
        self.line.retype(&completion.text());
        Typed::Changed
    }

    /// For a title: as the line's own, with the fields that hold in brackets.
    pub(super) fn title(&self, look: Look<'_>) -> Line<'static> {
        let line = self.line.title(look);
        let text = self.line.text();
        // The word that is being typed stays as it is typed.
        let typed =
            if self.line.typing() { text.rfind(char::is_whitespace).map_or(0, |at| at + 1) } else { text.len() };
        let (done, rest) = text.split_at_checked(typed).unwrap_or(("", text));
        if !done.split_whitespace().any(|word| self.filter.is_field(word)) {
            return line;
        }
        let mut spans = vec![Span::styled("/", look.style(Role::Key))];
        for word in done.split_inclusive(char::is_whitespace) {
            let bare = word.trim_end();
            let (words, role) = if self.filter.is_field(bare) {
                let air = word.get(bare.len()..).unwrap_or_default();
                (format!("[{}]{air}", text::clean(bare)), Role::Accent)
            } else {
                (text::clean(word).into_owned(), Role::Input)
            };
            spans.push(Span::styled(words, look.style(role)));
        }
        spans.push(Span::styled(text::clean(rest).into_owned(), look.style(Role::Input)));
        spans.push(Span::raw(if self.line.typing() { " " } else { "" }));
        Line::from(spans)
    }

    /// The ways to go on, in the upper right corner of the list.
    pub(super) fn draw_choices(&self, look: Look<'_>, list: Rect, buffer: &mut Buffer) {
        let Some((options, chosen)) = self.completion.as_ref().and_then(Completion::choices) else { return };
        let inside = inside(list);
        let shown = usize::from(inside.height.saturating_sub(2)).min(MOST_CHOICES);
        let widest = options.iter().map(|option| text::width(option)).max().unwrap_or(0);
        let (width, height) = (widest.saturating_add(5).min(usize::from(inside.width)), options.len().min(shown) + 2);
        let area = Rect::new(inside.right().saturating_sub(width as u16), inside.y, width as u16, height as u16);
        if shown == 0 || width < 6 {
            return;
        }
        let rows = popup::draw(look, area, &Frame::new("").focused(true), buffer);
        let first = (chosen + 1).saturating_sub(shown);
        for ((index, option), y) in options.iter().enumerate().skip(first).zip(rows.y..rows.bottom()) {
            let room = usize::from(rows.width.saturating_sub(2));
            let option = text::clean(option);
            let words = text::truncate(&option, room, look.glyphs.ellipsis);
            buffer.set_stringn(rows.x + 1, y, words, room, look.style(Role::Text));
            if index == chosen {
                draw_selection(look, Rect { y, height: 1, ..rows }, true, buffer);
            }
        }
    }

    /// Takes the filter away; true when there was one.
    pub(super) fn clear_filter(&mut self) -> bool {
        let was = self.is_filtered();
        if was {
            self.line.set("");
        }
        was
    }
}

/// Brings the selection in line with the rows that are left, and selects what was wanted as soon as
/// there are rows. A function, so that the rows may be made of the list's own filter.
pub(super) fn refresh<Id: Clone + PartialEq>(
    state: &mut ListState<Id>,
    wanted: &mut Option<Id>,
    rows: &impl Rows<Id = Id>,
) {
    state.refresh(rows);
    if !rows.is_empty()
        && let Some(id) = wanted.take()
    {
        state.select(&id, rows);
    }
}
