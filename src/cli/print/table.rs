//! Aligned columns of plain words.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{Ink, painted, words};

/// One field. Its text is foreign until it is cleaned here.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Cell {
    text: String,
    ink: Ink,
    right: bool,
}

impl Cell {
    pub(in crate::cli) fn new(text: impl AsRef<str>) -> Self {
        Self { text: words(text.as_ref()), ink: Ink::Plain, right: false }
    }

    /// A figure: at the right of its column.
    pub(in crate::cli) fn figure(text: impl AsRef<str>) -> Self {
        Self { right: true, ..Self::new(text) }
    }

    #[must_use]
    pub(in crate::cli) fn ink(mut self, ink: Ink) -> Self {
        self.ink = ink;
        self
    }

    fn width(&self) -> usize {
        self.text.width()
    }
}

/// Rows whose columns stand below each other, two spaces apart. The last column is as long as it is.
#[derive(Clone, Debug, Default)]
pub(in crate::cli) struct Table {
    indent: usize,
    rows: Vec<Vec<Cell>>,
}

/// A laid-out row.
#[derive(Debug)]
pub(super) struct Line<'a> {
    indent: usize,
    cells: &'a [Cell],
    widths: Vec<usize>,
}

impl Table {
    pub(in crate::cli) fn new() -> Self {
        Self::default()
    }

    pub(in crate::cli) fn indented(indent: usize) -> Self {
        Self { indent, rows: Vec::new() }
    }

    /// A first row that names the columns.
    pub(in crate::cli) fn with_head(head: &[&str]) -> Self {
        let cells = head.iter().map(|name| Cell::new(name).ink(Ink::Dim)).collect();
        Self { indent: 0, rows: vec![cells] }
    }

    pub(in crate::cli) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widest =
            |column: usize| self.rows.iter().filter_map(|row| Some(row.get(column)?.width())).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(widest).collect();
        self.rows.iter().map(move |cells| Line { indent: self.indent, cells, widths: widths.clone() })
    }
}

impl Line<'_> {
    /// The line, cut where the terminal ends.
    pub(super) fn painted(&self, colors: bool, width: Option<usize>) -> String {
        let mut line = " ".repeat(self.indent);
        let last = self.cells.iter().rposition(|cell| !cell.text.is_empty()).unwrap_or(0);
        let mut before = self.indent;
        for (index, (cell, column)) in self.cells.iter().zip(&self.widths).enumerate().take(last + 1) {
            let gap = " ".repeat(column.saturating_sub(cell.width()));
            let shown = if index == last {
                cut(&cell.text, width.map(|width| width.saturating_sub(before)))
            } else {
                cell.text.clone()
            };
            let text = painted(cell.ink, &shown, colors);
            before += column + 2;
            match (cell.right, index == last) {
                (true, _) => line.extend([gap.as_str(), &text]),
                (false, true) => line.push_str(&text),
                (false, false) => line.extend([text.as_str(), &gap]),
            }
            if index != last {
                line.push_str("  ");
            }
        }
        line
    }
}

/// The beginning of a text that fits into `width` columns, with a sign that more follows.
fn cut(text: &str, width: Option<usize>) -> String {
    let Some(width) = width.filter(|width| text.width() > *width) else { return text.to_owned() };
    let mut taken = 1;
    let fits = |c: &char| {
        taken += c.width().unwrap_or(0);
        taken <= width
    };
    text.chars().take_while(fits).chain(['…']).collect()
}
