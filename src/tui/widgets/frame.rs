//! The box of a pane: border, number and title, a second title at the right, the position at the
//! bottom right, and the scroll thumb on the right border.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Widget};

use super::scroll::Scroll;
use crate::tui::text;
use crate::tui::theme::{Look, Role};

/// What the box of a pane says.
#[derive(Clone, Debug, Default)]
pub struct Frame<'a> {
    title: &'a str,
    number: Option<u8>,
    right: Option<Line<'a>>,
    position: String,
    scroll: Scroll,
    focused: bool,
}

impl<'a> Frame<'a> {
    pub fn new(title: &'a str) -> Self {
        Self { title, ..Self::default() }
    }

    /// The key that goes to the pane.
    #[must_use]
    pub fn number(mut self, number: u8) -> Self {
        self.number = Some(number);
        self
    }

    /// What stands at the right of the title, e.g. the filter. Gives way to the title.
    #[must_use]
    pub fn right(mut self, right: impl Into<Line<'a>>) -> Self {
        self.right = Some(right.into());
        self
    }

    /// `5/10 000`, at the bottom right.
    #[must_use]
    pub fn position(mut self, position: impl Into<String>) -> Self {
        self.position = position.into();
        self
    }

    #[must_use]
    pub fn scroll(mut self, scroll: Scroll) -> Self {
        self.scroll = scroll;
        self
    }

    #[must_use]
    pub fn focused(mut self, focused: bool) -> Self {
        self.focused = focused;
        self
    }

    /// What is left for the contents.
    pub fn inner(area: Rect) -> Rect {
        Rect {
            x: area.x.saturating_add(u16::from(area.width > 0)),
            y: area.y.saturating_add(u16::from(area.height > 0)),
            width: area.width.saturating_sub(2),
            height: area.height.saturating_sub(2),
        }
    }

    /// Draws the box and gives what is left inside it.
    pub fn draw(&self, look: Look<'_>, area: Rect, buffer: &mut Buffer) -> Rect {
        let area = area.intersection(buffer.area);
        if area.width < 2 || area.height < 2 {
            return Rect { height: 0, ..area };
        }
        let border = look.style(if self.focused { Role::BorderFocused } else { Role::Border });
        let title_style = look.style(if self.focused { Role::Title } else { Role::Text });
        let mut block = Block::new()
            .borders(Borders::ALL)
            .border_set(look.glyphs.border)
            .border_style(border)
            .title_style(title_style);
        let room = usize::from(area.width.saturating_sub(4));
        let number = self.number.map_or_else(String::new, |number| format!("{number} "));
        let title = text::truncate(self.title, room.saturating_sub(number.len()), look.glyphs.ellipsis);
        let used = if title.is_empty() { 0 } else { text::width(&title) + number.len() + 2 };
        if used > 0 && room > 0 {
            block = block.title_top(Line::from(vec![
                Span::raw(" "),
                Span::styled(number, look.style(Role::Key)),
                Span::styled(title.into_owned(), title_style),
                Span::raw(" "),
            ]));
        }
        let right_room = room.saturating_sub(used + 3);
        if let Some(right) = self.right.as_ref().filter(|right| right.width() > 0 && right_room >= LEAST_RIGHT) {
            let mut spans = vec![Span::raw(" ")];
            spans.extend(end_of(right, right_room, look.glyphs.ellipsis));
            spans.push(Span::raw(" "));
            block = block.title_top(Line::from(spans).right_aligned());
        }
        if !self.position.is_empty() && self.position.len() + 2 <= room {
            let position = Span::styled(format!(" {} ", self.position), look.style(Role::Dim));
            block = block.title_bottom(Line::from(position).right_aligned());
        }
        block.render(area, buffer);
        let inner = Self::inner(area);
        let track = Rect { x: area.right() - 1, width: 1, ..inner };
        self.scroll.draw(look, track, self.focused, buffer);
        inner
    }
}

/// Fewest cells for a title at the right.
const LEAST_RIGHT: usize = 8;

/// As much of the end of a line as there is room for: there a person types.
fn end_of<'l>(line: &Line<'l>, room: usize, ellipsis: &'static str) -> Vec<Span<'l>> {
    let styled = line.spans.iter().cloned().map(|span| span.patch_style(line.style));
    let Some(mut hidden) = line.width().checked_sub(room).filter(|over| *over > 0).map(|over| over + 1) else {
        return styled.collect();
    };
    let mut spans = vec![Span::raw(ellipsis)];
    for span in styled {
        let width = span.width();
        let rest = text::skip_cells(&span.content, hidden).to_owned();
        hidden = hidden.saturating_sub(width);
        spans.push(Span::styled(rest, span.style));
    }
    spans
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tui::glyphs::Glyphs;
    use crate::tui::theme::Theme;

    fn drawn(frame: &Frame<'_>, width: u16, height: u16) -> Vec<String> {
        let glyphs = Glyphs::unicode();
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        frame.draw(Look::new(Theme::mono(), &glyphs), area, &mut buffer);
        (0..height).map(|y| (0..width).map(|x| buffer[(x, y)].symbol()).collect()).collect()
    }

    #[test]
    fn a_pane_says_what_it_is() {
        let frame = Frame::new("Models").number(2).right("/cust").position("5/10 000");
        assert_eq!(
            drawn(&frame, 30, 3),
            ["╭ 2 Models ─────────── /cust ╮", "│                            │", "╰────────────────── 5/10 000 ╯"]
        );
    }

    #[test]
    fn the_right_title_gives_way() {
        let frame = Frame::new("Models").number(2).right("/customers_of_the_north");
        assert_eq!(drawn(&frame, 24, 2), ["╭ 2 Models ────────────╮", "╰──────────────────────╯"]);
    }

    #[test]
    fn a_right_title_that_is_too_long_keeps_its_end() {
        let frame = Frame::new("Models").right(Line::from(vec!["/tag:nightly ".into(), "dim_cust".into()]));
        assert_eq!(drawn(&frame, 30, 2)[0], "╭ Models ─── …ghtly dim_cust ╮");
        assert_eq!(drawn(&frame, 26, 2)[0], "╭ Models ─── …y dim_cust ╮");
    }

    #[test]
    fn a_long_title_is_cut() {
        assert_eq!(drawn(&Frame::new("Troubleshooting"), 12, 2), ["╭ Trouble… ╮", "╰──────────╯"]);
    }

    #[test]
    fn the_thumb_stands_on_the_border() {
        let frame = Frame::new("x").scroll(Scroll { offset: 0, visible: 2, total: 4 });
        assert_eq!(drawn(&frame, 6, 4), ["╭ x ─╮", "│    ┃", "│    │", "╰────╯"]);
    }

    #[test]
    fn nothing_is_left_inside_a_sliver() {
        for (width, height) in [(0, 0), (1, 1), (1, 9), (9, 1)] {
            let glyphs = Glyphs::unicode();
            let area = Rect::new(0, 0, width, height);
            let mut buffer = Buffer::empty(area);
            assert!(Frame::new("x").draw(Look::new(Theme::mono(), &glyphs), area, &mut buffer).is_empty());
        }
    }

    proptest! {
        #[test]
        fn a_frame_draws_in_any_area(title in "\\PC{0,20}", right in "\\PC{0,20}", x in 0_u16..30, y in 0_u16..30, w in 0_u16..40, h in 0_u16..40) {
            let glyphs = Glyphs::unicode();
            let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 10));
            let frame = Frame::new(&title).number(1).right(right).position("1/2").scroll(Scroll { offset: 1, visible: 1, total: 9 });
            let inner = frame.draw(Look::new(Theme::terminal(), &glyphs), Rect::new(x, y, w, h), &mut buffer);
            prop_assert!(inner.is_empty() || buffer.area.intersection(inner) == inner);
        }
    }
}
