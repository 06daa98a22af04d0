//! Lines of a view with the places in them that lead elsewhere, and the one of these that is chosen.

use std::ops::Range;

use crate::tui::panes::parts::Detail;
use crate::tui::widgets::list::Motion;
use crate::tui::widgets::role_line::RoleLine;

/// A part of a line that leads to another node or macro of the same project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) line: usize,
    /// Bytes of the line.
    pub(super) range: Range<usize>,
    /// dbt's `unique_id` of where it leads.
    pub(super) unique_id: String,
}

/// Lines in the making.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) lines: Vec<RoleLine>,
    pub(super) links: Vec<Link>,
    /// First lines that stay in sight, those of them that do not move at all, and first cells that stay.
    pub(super) frozen: (usize, usize, usize),
}

impl Sheet {
    pub(super) fn push(&mut self, line: RoleLine) {
        self.lines.push(line);
    }

    pub(super) fn extend(&mut self, lines: impl IntoIterator<Item = RoleLine>) {
        self.lines.extend(lines);
    }

    /// The bytes `range` of the line that comes next lead to a node.
    pub(super) fn link(&mut self, range: Range<usize>, unique_id: &str) {
        if !unique_id.is_empty() && !range.is_empty() {
            self.links.push(Link { line: self.lines.len(), range, unique_id: unique_id.to_owned() });
        }
    }
}

impl From<Vec<RoleLine>> for Sheet {
    fn from(lines: Vec<RoleLine>) -> Self {
        Self { lines, ..Self::default() }
    }
}

/// The links of the lines that are shown, and which one is chosen.
#[derive(Clone, Debug, Default)]
pub(super) struct Links {
    all: Vec<Link>,
    chosen: Option<usize>,
}

impl Links {
    /// Links of other lines. Of the same lines made anew the choice stays.
    pub(super) fn set(&mut self, all: Vec<Link>, is_same: bool) {
        let kept = if is_same { self.chosen.filter(|index| *index < all.len()) } else { None };
        (self.all, self.chosen) = (all, kept);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn chosen(&self) -> Option<&Link> {
        self.all.get(self.chosen?)
    }

    /// One row up or down goes to the next link in sight, and scrolls where there is none. Whatever else
    /// moves the text leaves no link chosen that is out of sight. The first one in sight is chosen when
    /// none is.
    pub(super) fn step(&mut self, motion: Motion, detail: &mut Detail) {
        match motion {
            Motion::Down(rows) => (0..rows.min(self.all.len() + detail.len())).for_each(|_| self.one(1, detail)),
            Motion::Up(rows) => (0..rows.min(self.all.len() + detail.len())).for_each(|_| self.one(-1, detail)),
            other => detail.step(other),
        }
        self.settle(detail);
    }

    /// Chooses a link in sight where none is chosen.
    pub(super) fn settle(&mut self, detail: &Detail) {
        let window = detail.window();
        let is_seen = |link: &Link| window.contains(&link.line);
        if !self.chosen().is_some_and(is_seen) {
            self.chosen = self.all.iter().position(is_seen);
        }
    }

    fn one(&mut self, by: isize, detail: &mut Detail) {
        let window = detail.window();
        let next = self.chosen.map(|index| index.saturating_add_signed(by)).filter(|next| Some(*next) != self.chosen);
        match next.and_then(|index| Some((index, self.all.get(index)?))) {
            Some((index, link)) if window.contains(&link.line) => self.chosen = Some(index),
            _ => detail.step(if by > 0 { Motion::Down(1) } else { Motion::Up(1) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::*;
    use crate::tui::theme::Role;
    use crate::tui::widgets::textview::Document;

    /// Twenty lines in a window of five, with links on the given ones.
    fn text(lines: &[usize]) -> (Links, Detail) {
        let document = Document::new((0..20).map(|line| RoleLine::of(Role::Text, format!("line {line}"))).collect());
        let mut detail = Detail::default();
        detail.replace(document);
        detail.set_size(Rect::new(0, 0, 20, 5));
        let link = |line: &usize| Link { line: *line, range: 0..4, unique_id: line.to_string() };
        let mut links = Links::default();
        links.set(lines.iter().map(link).collect(), false);
        links.settle(&detail);
        (links, detail)
    }

    fn chosen(links: &Links) -> Option<usize> {
        links.chosen().map(|link| link.line)
    }

    #[test]
    fn the_first_link_in_sight_is_chosen() {
        assert_eq!(chosen(&text(&[2, 3]).0), Some(2));
        assert_eq!(chosen(&text(&[9]).0), None);
        assert_eq!(chosen(&text(&[]).0), None);
    }

    #[test]
    fn steps_go_from_link_to_link_and_scroll_between_them() {
        let (mut links, mut detail) = text(&[1, 3, 12]);
        let mut seen = Vec::new();
        for _ in 0..12 {
            links.step(Motion::Down(1), &mut detail);
            seen.push((chosen(&links).unwrap_or(99), detail.window().start));
        }
        assert_eq!(seen[0], (3, 0));
        assert_eq!(seen[1], (3, 1), "the next one is out of sight: the text moves");
        assert!(seen.contains(&(12, 8)), "{seen:?}");
        links.step(Motion::First, &mut detail);
        assert_eq!((chosen(&links), detail.window().start), (Some(1), 0));
    }

    #[test]
    fn the_end_is_reached_although_links_come_before_it() {
        let (mut links, mut detail) = text(&[1]);
        links.step(Motion::Down(40), &mut detail);
        assert_eq!(detail.window(), 15..20);
        links.step(Motion::Up(40), &mut detail);
        assert_eq!((detail.window(), chosen(&links)), (0..5, Some(1)));
    }

    #[test]
    fn the_same_lines_made_anew_keep_the_choice() {
        let (mut links, mut detail) = text(&[1, 3]);
        links.step(Motion::Down(1), &mut detail);
        links.set(links.all.clone(), true);
        assert_eq!(chosen(&links), Some(3));
        links.set(links.all.clone(), false);
        assert_eq!(chosen(&links), None);
    }
}
