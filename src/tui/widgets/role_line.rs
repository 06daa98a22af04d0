//! A line of text whose parts have roles, not colours: built without knowing the theme, styled when
//! it is drawn.

use std::ops::Range;

use ratatui::text::{Line, Span};

use crate::tui::theme::{Role, Theme};

/// Text in one piece, and which role holds up to which byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleLine {
    text: String,
    /// End of each run and its role, ascending; they cover the text.
    runs: Vec<(usize, Role)>,
}

impl RoleLine {
    pub fn new() -> Self {
        Self::default()
    }

    /// A line of a single role.
    pub fn of(role: Role, text: impl AsRef<str>) -> Self {
        Self::new().with(role, text)
    }

    #[must_use]
    pub fn with(mut self, role: Role, text: impl AsRef<str>) -> Self {
        self.push(role, text.as_ref());
        self
    }

    pub fn push(&mut self, role: Role, text: &str) {
        if text.is_empty() {
            return;
        }
        self.text.push_str(text);
        let end = self.text.len();
        match self.runs.last_mut() {
            Some((last, same)) if *same == role => *last = end,
            _ => self.runs.push((end, role)),
        }
    }

    pub fn append(&mut self, other: &Self) {
        for (role, text) in other.parts(0..other.text.len()) {
            self.push(role, text);
        }
    }

    #[must_use]
    pub fn with_line(mut self, other: &Self) -> Self {
        self.append(other);
        self
    }

    /// At most `cells` cells; where something is cut, `ellipsis` (one cell) ends the line.
    #[must_use]
    pub fn truncated(&self, cells: usize, ellipsis: &str) -> Self {
        if self.width() <= cells {
            return self.clone();
        }
        let kept = crate::tui::text::truncate(&self.text, cells, "").len();
        let kept =
            crate::tui::text::truncate(self.text.get(..kept).unwrap_or_default(), cells.saturating_sub(1), "").len();
        let mut line = Self::new();
        for (role, text) in self.parts(0..kept) {
            line.push(role, text);
        }
        line.with(Role::Dim, if cells == 0 { "" } else { ellipsis })
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// Cells that the line takes.
    pub fn width(&self) -> usize {
        crate::tui::text::width(&self.text)
    }

    /// The parts within a byte range, each with its role.
    pub fn parts(&self, range: Range<usize>) -> impl Iterator<Item = (Role, &str)> {
        let first = self.runs.partition_point(|(end, _)| *end <= range.start);
        let mut start = range.start;
        self.runs.iter().skip(first).map_while(move |(end, role)| {
            let end = (*end).min(range.end);
            let part = self.text.get(start..end).filter(|part| !part.is_empty())?;
            start = end;
            Some((*role, part))
        })
    }

    /// The same line with another role over the given byte ranges, which ascend and don't overlap.
    #[must_use]
    pub fn overlaid(&self, ranges: &[Range<usize>], role: Role) -> Self {
        let mut line = Self::new();
        let mut at = 0;
        for range in ranges {
            for (own, text) in self.parts(at..range.start) {
                line.push(own, text);
            }
            line.push(role, self.text.get(range.clone()).unwrap_or_default());
            at = range.end;
        }
        for (own, text) in self.parts(at..self.text.len()) {
            line.push(own, text);
        }
        line
    }

    pub fn to_line(&self, theme: Theme) -> Line<'static> {
        self.part_line(theme, 0..self.text.len())
    }

    /// A byte range of the line, styled.
    pub fn part_line(&self, theme: Theme, range: Range<usize>) -> Line<'static> {
        self.parts(range).map(|(role, text)| Span::styled(text.to_owned(), theme.style(role))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> RoleLine {
        RoleLine::of(Role::SqlKeyword, "select").with(Role::Text, " ").with(Role::SqlNumber, "1")
    }

    fn parts(line: &RoleLine, range: Range<usize>) -> Vec<(Role, &str)> {
        line.parts(range).collect()
    }

    #[test]
    fn parts_keep_their_roles() {
        assert_eq!(parts(&line(), 0..8), [(Role::SqlKeyword, "select"), (Role::Text, " "), (Role::SqlNumber, "1")]);
        assert_eq!(parts(&line(), 3..7), [(Role::SqlKeyword, "ect"), (Role::Text, " ")]);
        assert_eq!(parts(&line(), 8..8), []);
        assert_eq!(parts(&line(), 8..99), []);
    }

    #[test]
    fn equal_neighbours_are_one_part() {
        let line = RoleLine::of(Role::Text, "a").with(Role::Text, "").with(Role::Text, "b");
        assert_eq!(parts(&line, 0..2), [(Role::Text, "ab")]);
    }

    #[test]
    fn an_overlay_takes_its_ranges_only() {
        let overlaid = line().overlaid(&[1..3, 5..7], Role::Match);
        assert_eq!(overlaid.text(), "select 1");
        assert_eq!(
            parts(&overlaid, 0..8),
            [
                (Role::SqlKeyword, "s"),
                (Role::Match, "el"),
                (Role::SqlKeyword, "ec"),
                (Role::Match, "t "),
                (Role::SqlNumber, "1"),
            ]
        );
    }

    #[test]
    fn a_styled_line_has_the_same_text() {
        assert_eq!(line().to_line(Theme::terminal()).to_string(), "select 1");
        assert_eq!(line().width(), 8);
    }
}
