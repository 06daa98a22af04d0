//! A filtered list drawn as a table with titled columns: what History and Troubleshooting look like.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::PaneContext;
use super::filtered_list::{FilteredList, Records};
use super::parts::{Empty, draw_words, instead_of_rows};
use super::words;
use crate::tui::layout::{Focus, inside, split_first_row};
use crate::tui::state::{Fetched, Tab};
use crate::tui::theme::Look;
use crate::tui::widgets::frame::Frame;
use crate::tui::widgets::table::{self, Cell, Column};

/// What is the same in every frame of such a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct TableList {
    pub(super) tab: Tab,
    pub(super) columns: &'static [Column],
    /// Where there is nothing to list.
    pub(super) empty: Empty<'static>,
    /// Where a filter has left nothing.
    pub(super) no_match: Empty<'static>,
}

/// The rows' part of the list, below the titles of the columns.
pub(super) fn body(context: &PaneContext<'_>) -> Rect {
    split_first_row(inside(context.areas.list)).1
}

/// A clicked row of the list counted below the titles of the columns; none on the titles.
pub(super) fn row_below_titles(row: usize) -> Option<usize> {
    row.checked_sub(1)
}

impl TableList {
    /// Draws the list into its area. `hidden` columns after the first are scrolled out at the left;
    /// `cells` is asked for the candidates in sight alone.
    pub(super) fn draw<R: Records, T>(
        &self,
        (list, hidden): (&FilteredList<R::Id>, usize),
        fetched: &Fetched<T>,
        (look, context): (Look<'_>, &PaneContext<'_>),
        buffer: &mut Buffer,
        mut cells: impl FnMut(usize) -> Vec<Cell>,
    ) {
        let focused = context.focus == Focus::List;
        let body = body(context);
        let typed = list.is_filtered() || list.line.typing();
        let texts = if list.is_filtered() { &self.no_match } else { &self.empty };
        let hits = list.filter.hits();
        let instead = instead_of_rows(fetched.shown(), context.now.wall, texts, hits.is_empty(), context.keymap);
        let frame = Frame::new(self.tab.title())
            .number(self.tab.number())
            .focused(focused)
            .right(if typed { list.title(look) } else { words::not_refreshed(fetched.shown(), look) })
            .position(list.state.position())
            .scroll(list.state.scroll(usize::from(body.height)));
        let area = frame.draw(look, context.areas.list, buffer);
        if let Some(words) = instead.filter(|_| hits.is_empty()) {
            return draw_words(&words, look, area, buffer);
        }
        let placed = table::place(self.columns, area.width.saturating_sub(1), hidden);
        table::draw_head(look, area, self.columns, &placed, buffer);
        table::draw_rows(look, body, (self.columns, &placed), (&list.state, focused), buffer, |index| {
            hits.get(index).map(|candidate| cells(*candidate as usize)).unwrap_or_default()
        });
    }
}
