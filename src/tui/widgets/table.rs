//! Columns that fit: the least important ones give way on a narrow terminal, the first one never does
//! and does not scroll sideways.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::list::{self, ListState};
use crate::tui::text;
use crate::tui::theme::{Look, Role};

/// Cells between two columns.
const GAP: usize = 2;

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    pub title: &'static str,
    /// Fewest cells; with fewer the column is left out.
    pub least: u16,
    /// Most cells that it has a use for.
    pub most: u16,
    /// Columns with a lower importance are left out first. The first column always stays.
    pub importance: u8,
    /// Figures stand at the right.
    pub right: bool,
}

impl Column {
    /// A column of a fixed width.
    pub const fn fixed(title: &'static str, width: u16, importance: u8) -> Self {
        Self { title, least: width, most: width, importance, right: false }
    }

    /// A column that takes what is left, between two widths.
    pub const fn flexible(title: &'static str, least: u16, most: u16, importance: u8) -> Self {
        Self { title, least, most, importance, right: false }
    }

    #[must_use]
    pub const fn right(mut self) -> Self {
        self.right = true;
        self
    }
}

/// A column that is shown: which one, and where in the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    pub column: usize,
    pub x: u16,
    pub width: u16,
}

/// Places columns in so many cells. `hidden` columns after the first have been scrolled out at the
/// left.
pub fn place(columns: &[Column], width: u16, hidden: usize) -> Vec<Placed> {
    let mut shown: Vec<usize> = (0..columns.len()).filter(|index| *index == 0 || *index > hidden).collect();
    let column = |index: usize| columns.get(index);
    let least = |shown: &[usize]| -> usize {
        let cells: usize =
            shown.iter().filter_map(|index| column(*index)).map(|column| usize::from(column.least)).sum();
        cells + GAP * shown.len().saturating_sub(1)
    };
    while shown.len() > 1 && least(&shown) > usize::from(width) {
        // Of equally important ones the rightmost goes.
        let victim = shown.iter().enumerate().skip(1).min_by_key(|(position, index)| {
            (column(**index).map_or(0, |column| column.importance), std::cmp::Reverse(*position))
        });
        let Some((position, _)) = victim else { break };
        shown.remove(position);
    }
    let mut spare = usize::from(width).saturating_sub(least(&shown));
    let mut placed = Vec::with_capacity(shown.len());
    let mut x = 0;
    for index in shown {
        let Some(column) = column(index) else { continue };
        let extra = spare.min(usize::from(column.most.saturating_sub(column.least)));
        spare -= extra;
        let cells = (column.least + extra as u16).min(width.saturating_sub(x));
        placed.push(Placed { column: index, x, width: cells });
        x = x.saturating_add(cells).saturating_add(GAP as u16);
    }
    placed
}

/// How many columns are scrolled out after one more step to the right, or back. The last one stays.
pub fn scrolled(columns: &[Column], hidden: usize, right: bool) -> usize {
    if right { (hidden + 1).min(columns.len().saturating_sub(2)) } else { hidden.saturating_sub(1) }
}

/// A cell's text and what it is.
pub type Cell = (Role, String);

/// Draws the titles of the columns; the rows' marker column stays free.
pub fn draw_head(look: Look<'_>, area: Rect, columns: &[Column], placed: &[Placed], buffer: &mut Buffer) {
    let area =
        Rect { x: area.x.saturating_add(1), width: area.width.saturating_sub(1), height: area.height.min(1), ..area }
            .intersection(buffer.area);
    if area.is_empty() {
        return;
    }
    let titles = columns.iter().map(|column| (Role::Dim, column.title.to_owned())).collect::<Vec<_>>();
    buffer.set_line(area.x, area.y, &row_line(look, columns, placed, &titles), area.width);
}

/// Draws the rows in sight. `cells` is asked for these alone and gives one cell for each column, also
/// for those that are not shown.
pub fn draw_rows<Id: Clone + PartialEq>(
    look: Look<'_>,
    area: Rect,
    (columns, placed): (&[Column], &[Placed]),
    (state, focused): (&ListState<Id>, bool),
    buffer: &mut Buffer,
    mut cells: impl FnMut(usize) -> Vec<Cell>,
) {
    list::draw(look, area, state, focused, buffer, |index, _| row_line(look, columns, placed, &cells(index)));
}

/// One row: each cell cut or filled up to its column.
fn row_line(look: Look<'_>, columns: &[Column], placed: &[Placed], cells: &[Cell]) -> Line<'static> {
    let mut spans = Vec::with_capacity(placed.len() * 2);
    let mut at = 0;
    for place in placed {
        let Some(((role, text), column)) = cells.get(place.column).zip(columns.get(place.column)) else { continue };
        spans.push(Span::raw(" ".repeat(usize::from(place.x.saturating_sub(at)))));
        let width = usize::from(place.width);
        let fitted = if column.right {
            text::pad_left(text, width, look.glyphs.ellipsis)
        } else {
            text::pad(text, width, look.glyphs.ellipsis)
        };
        spans.push(Span::styled(fitted.into_owned(), look.style(*role)));
        at = place.x + place.width;
    }
    Line::from(spans)
}

#[cfg(test)]
mod tests;
