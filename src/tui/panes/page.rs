//! A page of a detail: headings, prose wrapped to the width, and text that stays as it is.

use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::role_line::RoleLine;
use crate::tui::widgets::textview::Document;

/// Lines in the making, for so many cells.
#[derive(Debug)]
pub(super) struct Page {
    width: usize,
    lines: Vec<RoleLine>,
}

impl Page {
    pub(super) fn new(width: usize) -> Self {
        Self { width, lines: Vec::new() }
    }

    pub(super) fn line(&mut self, line: RoleLine) {
        self.lines.push(line);
    }

    pub(super) fn lines(&mut self, lines: impl IntoIterator<Item = RoleLine>) {
        self.lines.extend(lines);
    }

    /// A heading with air above it.
    pub(super) fn heading(&mut self, words: &str) {
        if !self.lines.is_empty() {
            self.lines.push(RoleLine::new());
        }
        self.lines.push(RoleLine::of(Role::Label, words));
    }

    /// Foreign or own words, cleaned and wrapped, each line set in by `indent` cells.
    pub(super) fn prose(&mut self, role: Role, indent: usize, words: &str) {
        self.item(&RoleLine::of(role, " ".repeat(indent)), role, words);
    }

    /// As [`Page::prose`], with a mark in front of the first line and as much air in front of the
    /// others.
    pub(super) fn item(&mut self, mark: &RoleLine, role: Role, words: &str) {
        let indent = mark.width();
        for (index, paragraph) in words.lines().enumerate() {
            let clean = text::clean(paragraph);
            // Too narrow for anything beside the mark: then without it.
            let rows = text::wrap(&clean, self.width.saturating_sub(indent).max(8));
            for (row, words) in rows.iter().enumerate() {
                let first = index == 0 && row == 0;
                let mut line = if first { mark.clone() } else { RoleLine::of(role, " ".repeat(indent)) };
                line.push(role, words);
                self.lines.push(line);
            }
        }
    }

    /// Foreign lines, cleaned but not wrapped: where their columns matter.
    pub(super) fn verbatim(&mut self, role: Role, indent: usize, words: &str) {
        let air = " ".repeat(indent);
        self.lines.extend(text::clean_lines(words).map(|line| RoleLine::of(role, format!("{air}{line}"))));
    }

    pub(super) fn into_document(self) -> Document {
        Document::new(self.lines)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(page: Page) -> Vec<String> {
        page.into_document().lines().iter().map(|line| line.text().to_owned()).collect()
    }

    #[test]
    fn headings_have_air_above() {
        let mut page = Page::new(20);
        page.heading("why");
        page.prose(Role::Text, 2, "the branch name is part of the path");
        page.heading("where");
        assert_eq!(texts(page), ["why", "  the branch name is", "  part of the path", "", "where"]);
    }

    #[test]
    fn an_item_hangs_on_its_mark() {
        let mut page = Page::new(14);
        page.item(&RoleLine::of(Role::Key, "1 "), Role::Text, "set the path and sync\nagain");
        assert_eq!(texts(page), ["1 set the path", "  and sync", "  again"]);
    }

    #[test]
    fn foreign_lines_keep_their_columns() {
        let mut page = Page::new(5);
        page.verbatim(Role::Text, 2, "a  b\u{1b}[1m\n\tc");
        assert_eq!(texts(page), ["  a  b", "      c"]);
    }

    proptest! {
        #[test]
        fn prose_is_not_wider_than_the_page(words in "\\PC{0,60}", width in 12_usize..40, indent in 0_usize..4) {
            let mut page = Page::new(width);
            page.prose(Role::Text, indent, &words);
            prop_assert!(texts(page).iter().all(|line| text::width(line) <= width));
        }
    }
}
