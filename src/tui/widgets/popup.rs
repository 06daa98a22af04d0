//! A box over the panes: help, a question, a preview. Knows nothing of what it asks.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Clear, Widget};

use super::frame::Frame;
use crate::tui::theme::Look;

/// The bottom right of the screen, for a list of keys that must not cover what they act on.
pub fn corner(screen: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(screen.width), height.min(screen.height));
    Rect { x: screen.right() - width, y: screen.bottom() - height, width, height }
}

/// Clears the area and draws a box; gives what is left inside it.
pub fn draw(look: Look<'_>, area: Rect, frame: &Frame<'_>, buffer: &mut Buffer) -> Rect {
    let area = area.intersection(buffer.area);
    Clear.render(area, buffer);
    frame.draw(look, area, buffer)
}

/// Draws lines from the top of an area, with one cell of air at the left and the right.
pub fn draw_lines<'l>(area: Rect, lines: impl IntoIterator<Item = Line<'l>>, buffer: &mut Buffer) {
    let air = u16::from(area.width > 2);
    let inner = Rect { x: area.x + air, width: area.width - 2 * air, ..area }.intersection(buffer.area);
    for (line, y) in lines.into_iter().zip(inner.y..inner.bottom()) {
        buffer.set_line(inner.x, y, &line, inner.width);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tui::glyphs::Glyphs;
    use crate::tui::theme::Theme;

    #[test]
    fn a_list_of_keys_stands_in_the_corner() {
        assert_eq!(corner(Rect::new(0, 0, 80, 24), 30, 6), Rect::new(50, 18, 30, 6));
    }

    #[test]
    fn a_popup_covers_what_is_below() {
        let glyphs = Glyphs::ascii();
        let mut buffer = Buffer::filled(Rect::new(0, 0, 9, 3), ratatui::buffer::Cell::new("#"));
        let inner = draw(Look::new(Theme::mono(), &glyphs), Rect::new(2, 0, 5, 3), &Frame::new(""), &mut buffer);
        draw_lines(inner, [Line::from("abc")], &mut buffer);
        let row: String = (0..9).map(|x| buffer[(x, 1)].symbol()).collect();
        assert_eq!(row, "##| a |##");
    }

    proptest! {
        #[test]
        fn a_popup_draws_in_any_area(x in 0_u16..30, y in 0_u16..30, w in 0_u16..40, h in 0_u16..40) {
            let glyphs = Glyphs::ascii();
            let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 10));
            let look = Look::new(Theme::mono(), &glyphs);
            let inner = draw(look, Rect::new(x, y, w, h), &Frame::new("Keys"), &mut buffer);
            draw_lines(inner, vec![Line::from("some keys"); 20], &mut buffer);
            let inside = corner(Rect::new(0, 0, w, h), 30, 30);
            prop_assert!(inside.right() <= w && inside.bottom() <= h);
        }
    }
}
