//! A table of a Markdown text, laid out to a width: columns as wide as they need to be, the widest ones
//! narrower where there is no room, their cells wrapped.

use super::wrapping::wrapped;
use crate::tui::glyphs::Glyphs;
use crate::tui::theme::Role;
use crate::tui::widgets::role_line::RoleLine;

/// Rows and columns that are shown of one table.
const MOST_ROWS: usize = 1_000;
const MOST_COLUMNS: usize = 32;
/// Cells between two columns.
const GAP: usize = 2;
/// A column is not made narrower than this; where that is still too wide, rows become lists.
const NARROWEST: usize = 6;

/// The table while it is read.
#[derive(Debug, Default)]
pub(super) struct Table {
    head: Vec<RoleLine>,
    rows: Vec<Vec<RoleLine>>,
}

impl Table {
    /// A new row of the body begins.
    pub(super) fn begin_row(&mut self) {
        if self.rows.len() <= MOST_ROWS {
            self.rows.push(Vec::new());
        }
    }

    /// One more cell: of the head until a row has begun.
    pub(super) fn push(&mut self, cell: RoleLine) {
        let row = self.rows.last_mut().unwrap_or(&mut self.head);
        if row.len() < MOST_COLUMNS {
            row.push(cell);
        }
    }

    /// The rows of text, none wider than `width`.
    pub(super) fn lines(&self, width: usize, glyphs: &Glyphs) -> Vec<RoleLine> {
        match self.widths(width) {
            Some(widths) => self.in_columns(&widths, glyphs),
            None => self.as_lists(width),
        }
    }

    /// What each column gets; none where they do not fit beside each other.
    fn widths(&self, width: usize) -> Option<Vec<usize>> {
        let mut widths = vec![1; self.head.len()];
        for row in std::iter::once(&self.head).chain(&self.rows) {
            for (widest, cell) in widths.iter_mut().zip(row) {
                *widest = (*widest).max(cell.width());
            }
        }
        let gaps = GAP * widths.len().saturating_sub(1);
        let room = width.checked_sub(gaps)?;
        let total = |widths: &[usize]| widths.iter().sum::<usize>();
        while total(&widths) > room {
            let too_much = total(&widths) - room;
            let widest = widths.iter().copied().max()?;
            let next = widths.iter().copied().filter(|one| *one < widest).max().unwrap_or(0).max(NARROWEST);
            let column = widths.iter_mut().find(|one| **one == widest)?;
            if widest <= NARROWEST {
                return None;
            }
            *column -= (widest - next.min(widest - 1)).min(too_much);
        }
        Some(widths)
    }

    fn in_columns(&self, widths: &[usize], glyphs: &Glyphs) -> Vec<RoleLine> {
        let titled: Vec<RoleLine> = self.head.iter().map(|cell| RoleLine::of(Role::Title, cell.text())).collect();
        let mut lines = row_lines(&titled, widths);
        let rule = widths.iter().map(|cells| glyphs.horizontal.repeat(*cells)).collect::<Vec<_>>();
        lines.push(RoleLine::of(Role::Dim, rule.join(&" ".repeat(GAP))));
        lines.extend(self.rows.iter().flat_map(|row| row_lines(row, widths)));
        lines
    }

    /// `head: cell`, a line each, with an empty line between the rows.
    fn as_lists(&self, width: usize) -> Vec<RoleLine> {
        let mut lines = Vec::new();
        for row in &self.rows {
            if !lines.is_empty() {
                lines.push(RoleLine::new());
            }
            for (head, cell) in self.head.iter().zip(row) {
                let mut line = RoleLine::of(Role::Label, head.text()).with(Role::Label, ": ");
                line.append(cell);
                lines.extend(wrapped(&line, width));
            }
        }
        lines
    }
}

/// The rows of text that one row of the table takes.
fn row_lines(row: &[RoleLine], widths: &[usize]) -> Vec<RoleLine> {
    let cells: Vec<Vec<RoleLine>> = row.iter().zip(widths).map(|(cell, width)| wrapped(cell, *width)).collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
    let line = |index: usize| {
        let mut line = RoleLine::new();
        // Spaces are written in front of what follows them, so that no line ends in any.
        let mut owed = 0;
        for (cell, width) in cells.iter().zip(widths) {
            let part = cell.get(index);
            let used = part.map_or(0, RoleLine::width);
            if let Some(part) = part.filter(|_| used > 0) {
                line.push(Role::Text, &" ".repeat(std::mem::take(&mut owed)));
                line.append(part);
            }
            owed += width.saturating_sub(used) + GAP;
        }
        line
    };
    (0..height).map(line).collect()
}
