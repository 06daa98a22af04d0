//! The list and the detail, drawn. Changes nothing.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::PaneContext;
use super::super::parts::draw_words;
use super::detail;
use super::{Models, text_area};
use crate::tui::layout::{Focus, split_first_row};
use crate::tui::text;
use crate::tui::theme::{Look, Role};
use crate::tui::widgets::frame::Frame;
use crate::tui::widgets::list;

impl Models {
    /// `5/10 000`; how many of all while a filter holds: `37/10 000`.
    pub(super) fn position(&self) -> String {
        if self.list.is_filtered() {
            text::count_of(self.list.filter.hits().len() as u64, self.listed as u64)
        } else {
            self.list.state.position()
        }
    }

    pub(super) fn draw_rows(&self, look: Look<'_>, context: &PaneContext<'_>, area: Rect, buffer: &mut Buffer) {
        let focused = context.focus == Focus::List;
        if self.list.is_filtered() && self.list.filter.hits().is_empty() {
            let mut words: Vec<(Role, String)> = Vec::new();
            words.extend(self.selecting.trouble().map(|trouble| (Role::Failure, text::clean(&trouble).into_owned())));
            words.push((Role::Dim, context.keymap.fill("nothing matches: {back} takes the filter away")));
            draw_words(&words, look, area, buffer);
            return;
        }
        let mut highlighter = self.list.filter.highlighter();
        let rows = self.rows();
        list::draw(look, area, &self.list.state, focused, buffer, |index, width| {
            rows.line(index, self.summaries(), highlighter.as_mut(), look, width)
        });
    }

    pub(super) fn draw_detail(&self, look: Look<'_>, context: &PaneContext<'_>, buffer: &mut Buffer) {
        let folder = self.subject_id().filter(|_| self.on_folder());
        let name = match (folder, self.page.value()) {
            (Some(folder), _) => folder.trim_end_matches('/').rsplit('/').next().unwrap_or_default(),
            (None, Some(page)) => page.name(),
            (None, None) => "",
        };
        let title = text::clean(name);
        let focused = context.focus == Focus::Detail;
        let frame = Frame::new(&title).focused(focused);
        let area = self.detail.frame(frame, look).draw(look, context.areas.detail, buffer);
        if folder.is_none() {
            let (views, _) = split_first_row(area);
            detail::draw_views(self.page.value(), self.chosen, look, views, buffer);
        }
        self.detail.draw(look, text_area(context.areas.detail).intersection(area), buffer);
    }
}
