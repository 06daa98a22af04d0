//! A windowed list: remembers its selected row by a stable id and draws only the rows in sight.
//!
//! Holds no rows. Whoever owns them answers by [`Rows`].

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

use super::scroll::{self, Scroll};
use crate::tui::theme::{Look, Role};

/// What a list is over: a number of rows, each with an id that outlives a refresh.
pub trait Rows {
    type Id: Clone + PartialEq;

    fn len(&self) -> usize;

    fn id(&self, index: usize) -> Option<Self::Id>;

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where the row with this id is now. Looks at every row; override it where there is an index.
    fn index_of(&self, id: &Self::Id) -> Option<usize> {
        (0..self.len()).find(|index| self.id(*index).as_ref() == Some(id))
    }
}

/// Rows given by a number and a function from index to id.
#[derive(Clone, Copy, Debug)]
pub struct RowsBy<F> {
    len: usize,
    id: F,
}

impl<F> RowsBy<F> {
    pub fn new(len: usize, id: F) -> Self {
        Self { len, id }
    }
}

impl<Id: Clone + PartialEq, F: Fn(usize) -> Option<Id>> Rows for RowsBy<F> {
    type Id = Id;

    fn len(&self) -> usize {
        self.len
    }

    fn id(&self, index: usize) -> Option<Id> {
        if index < self.len { (self.id)(index) } else { None }
    }
}

/// A way to move through a list or a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    Up(usize),
    Down(usize),
    PageUp,
    PageDown,
    HalfPageUp,
    HalfPageDown,
    First,
    Last,
    To(usize),
}

impl Motion {
    /// The row that this motion leads to, from row `from` of `len`, in a window of `height` rows. A
    /// page keeps one line of the page before.
    pub fn target(self, from: usize, height: usize, len: usize) -> usize {
        let page = height.saturating_sub(1).max(1);
        let half = (height / 2).max(1);
        let target = match self {
            Self::Up(rows) => from.saturating_sub(rows),
            Self::Down(rows) => from.saturating_add(rows),
            Self::PageUp => from.saturating_sub(page),
            Self::PageDown => from.saturating_add(page),
            Self::HalfPageUp => from.saturating_sub(half),
            Self::HalfPageDown => from.saturating_add(half),
            Self::First => 0,
            Self::Last => usize::MAX,
            Self::To(row) => row,
        };
        target.min(len.saturating_sub(1))
    }
}

/// What a list remembers between two frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListState<Id> {
    selected: Option<Id>,
    index: usize,
    offset: usize,
    height: usize,
    len: usize,
}

impl<Id> Default for ListState<Id> {
    fn default() -> Self {
        Self { selected: None, index: 0, offset: 0, height: 20, len: 0 }
    }
}

impl<Id: Clone + PartialEq> ListState<Id> {
    /// Rows that the list is drawn with; pages are counted by it. Told by whoever lays out.
    pub fn set_height(&mut self, height: usize) {
        self.height = height;
        self.offset = self.offset_at(height);
    }

    /// The rows are new or another filter holds: the selection stays on its row by id, and goes to
    /// the nearest neighbour where that row is gone. The window moves as little as it can.
    pub fn refresh(&mut self, rows: &impl Rows<Id = Id>) {
        let found = self.selected.as_ref().and_then(|id| rows.index_of(id));
        let index = found.unwrap_or(self.index).min(rows.len().saturating_sub(1));
        // The selected row keeps its place on the screen where it can.
        let place = self.index.saturating_sub(self.offset);
        self.offset = index.saturating_sub(place);
        self.set(index, rows);
    }

    pub fn go(&mut self, motion: Motion, rows: &impl Rows<Id = Id>) {
        let target = motion.target(self.index, self.height, rows.len());
        if matches!(motion, Motion::PageUp | Motion::PageDown | Motion::HalfPageUp | Motion::HalfPageDown) {
            // The window moves with the selection, so that a page is a page.
            self.offset = if target >= self.index {
                self.offset + (target - self.index)
            } else {
                self.offset.saturating_sub(self.index - target)
            };
        }
        self.set(target, rows);
    }

    /// Selects the row with this id; false where there is none.
    pub fn select(&mut self, id: &Id, rows: &impl Rows<Id = Id>) -> bool {
        let found = rows.index_of(id);
        if let Some(index) = found {
            self.set(index, rows);
        }
        found.is_some()
    }

    fn set(&mut self, index: usize, rows: &impl Rows<Id = Id>) {
        self.len = rows.len();
        self.index = index;
        self.selected = rows.id(index);
        self.offset = self.offset_at(self.height);
    }

    pub fn selected(&self) -> Option<&Id> {
        self.selected.as_ref()
    }

    /// Index of the selected row; none where there are no rows.
    pub fn index(&self) -> Option<usize> {
        (self.len > 0).then_some(self.index)
    }

    /// The row at a distance from the top of the window, for the mouse.
    pub fn index_at(&self, row: usize) -> Option<usize> {
        let index = self.offset_at(self.height) + row;
        (row < self.height && index < self.len).then_some(index)
    }

    /// How many rows are seen.
    pub fn in_sight(&self) -> usize {
        self.len.saturating_sub(self.offset_at(self.height)).min(self.height)
    }

    /// `5/10 000`.
    pub fn position(&self) -> String {
        scroll::position(self.index, self.len)
    }

    /// The window as it is drawn with `height` rows. The same as the remembered one unless nobody
    /// told the height.
    pub fn scroll(&self, height: usize) -> Scroll {
        Scroll { offset: self.offset_at(height), visible: height, total: self.len }
    }

    fn offset_at(&self, height: usize) -> usize {
        scroll::follow(self.offset, self.index, height, self.len)
    }
}

/// Draws the rows in sight. `row` is asked for these alone and gets the index and the cells it has;
/// one cell at the left is the selection's marker.
pub fn draw<'r, Id: Clone + PartialEq>(
    look: Look<'_>,
    area: Rect,
    state: &ListState<Id>,
    focused: bool,
    buffer: &mut Buffer,
    mut row: impl FnMut(usize, u16) -> Line<'r>,
) {
    let area = area.intersection(buffer.area);
    let window = state.scroll(usize::from(area.height));
    let indices = window.offset..window.total.min(window.offset + window.visible);
    for (index, y) in indices.zip(area.y..area.bottom()) {
        let line = Rect { y, height: 1, ..area };
        let body = Rect { x: line.x.saturating_add(1), width: line.width.saturating_sub(1), ..line };
        if body.width > 0 {
            buffer.set_line(body.x, y, &row(index, body.width), body.width);
        }
        if state.index() == Some(index) {
            draw_selection(look, line, focused, buffer);
        }
    }
}

/// Marks one row as the selected one: a marker always, a bar where its pane has the focus.
pub fn draw_selection(look: Look<'_>, line: Rect, focused: bool, buffer: &mut Buffer) {
    let line = line.intersection(buffer.area);
    if line.is_empty() {
        return;
    }
    let role = if focused { Role::Selection } else { Role::SelectionInactive };
    let marker: Style = look.style(if focused { Role::BorderFocused } else { Role::Border });
    buffer.set_style(line, look.style(role));
    buffer.set_string(line.x, line.y, look.glyphs.marker, marker);
}

#[cfg(test)]
mod tests;
