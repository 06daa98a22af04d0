//! Where a window stands over something longer: the arithmetic of scrolling and the thumb that shows
//! it. Knows nothing of what is scrolled.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::text;
use crate::tui::theme::{Look, Role};

/// Rows that stay in sight above and below the selected one.
pub const MARGIN: usize = 2;

/// A window of `visible` rows over `total`, the first of which is `offset`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scroll {
    pub offset: usize,
    pub visible: usize,
    pub total: usize,
}

impl Scroll {
    pub fn overflows(&self) -> bool {
        self.total > self.visible
    }

    /// First row and number of rows of the thumb on a track of `track` rows; none when all is seen.
    /// It touches an end of the track only when the window touches that end.
    pub fn thumb(&self, track: u16) -> Option<(u16, u16)> {
        if !self.overflows() || track < 2 || self.visible == 0 {
            return None;
        }
        let track = u64::from(track);
        let (total, visible) = (self.total as u64, self.visible as u64);
        let size = (track * visible / total).clamp(1, track - 1);
        let last = total - visible;
        let offset = (self.offset as u64).min(last);
        let room = track - size;
        let start = if offset == 0 {
            0
        } else if offset == last {
            room
        } else {
            (offset * room / last).clamp(u64::from(room > 1), room.saturating_sub(1).max(u64::from(room > 1)))
        };
        Some((start as u16, size as u16))
    }

    /// Draws the thumb over a column, usually the right border of a pane. Draws nothing when all is
    /// seen.
    pub fn draw(&self, look: Look<'_>, column: Rect, focused: bool, buffer: &mut Buffer) {
        let column = column.intersection(buffer.area);
        if column.width == 0 {
            return;
        }
        let Some((start, size)) = self.thumb(column.height) else { return };
        let role = if focused { Role::BorderFocused } else { Role::Border };
        for y in column.y + start..column.y + start + size {
            buffer.set_string(column.x, y, look.glyphs.scroll_thumb, look.style(role));
        }
    }
}

/// The offset nearest to `offset` that shows row `selected` of `total` in a window of `height` rows,
/// with [`MARGIN`] rows around it where there is room, and without empty rows at the end.
pub fn follow(offset: usize, selected: usize, height: usize, total: usize) -> usize {
    if height == 0 || total == 0 {
        return 0;
    }
    let selected = selected.min(total - 1);
    let margin = MARGIN.min((height - 1) / 2);
    let lowest = (selected + margin + 1).saturating_sub(height);
    let highest = selected.saturating_sub(margin);
    offset.clamp(lowest.min(highest), highest).min(total.saturating_sub(height))
}

/// `5/10 000`, counted from one; nothing where there are no rows.
pub fn position(selected: usize, total: usize) -> String {
    if total == 0 { String::new() } else { text::count_of((selected.min(total - 1) + 1) as u64, total as u64) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn following_keeps_a_margin() {
        for (offset, selected, height, total, wanted) in [
            (0, 0, 10, 100, 0),
            (0, 7, 10, 100, 0),
            (0, 8, 10, 100, 1),
            (50, 52, 10, 100, 50),
            (50, 51, 10, 100, 49),
            (50, 99, 10, 100, 90),
            (95, 99, 10, 100, 90),
            (0, 3, 1, 100, 3),
            (0, 3, 0, 100, 0),
            (9, 0, 10, 0, 0),
            (9, 5, 10, 6, 0),
        ] {
            assert_eq!(follow(offset, selected, height, total), wanted, "{offset} {selected} {height} {total}");
        }
    }

    #[test]
    fn the_position_counts_from_one() {
        assert_eq!(position(4, 10_000), "5/10 000");
        assert_eq!(position(0, 0), "");
        assert_eq!(position(99, 3), "3/3");
    }

    #[test]
    fn no_thumb_where_all_is_seen() {
        assert_eq!(Scroll { offset: 0, visible: 10, total: 10 }.thumb(10), None);
        assert_eq!(Scroll { offset: 0, visible: 10, total: 11 }.thumb(1), None);
    }

    #[test]
    fn the_thumb_touches_an_end_only_at_that_end() {
        let thumb = |offset| Scroll { offset, visible: 10, total: 1_000 }.thumb(10).unwrap();
        assert_eq!(thumb(0).0, 0);
        assert_eq!(thumb(1).0, 1);
        assert_eq!(thumb(989).0, 8);
        assert_eq!(thumb(990).0, 9);
    }

    proptest! {
        #[test]
        fn the_selected_row_is_always_in_sight(offset in 0_usize..200, selected in 0_usize..200, height in 1_usize..60, total in 1_usize..200) {
            let selected = selected.min(total - 1);
            let first = follow(offset, selected, height, total);
            prop_assert!(first <= selected && selected < first + height);
            prop_assert!(first == 0 || first + height <= total);
            prop_assert_eq!(follow(first, selected, height, total), first);
        }

        #[test]
        fn the_thumb_stays_on_its_track(offset: usize, visible in 0_usize..500, total in 0_usize..100_000, track: u16) {
            if let Some((start, size)) = (Scroll { offset, visible, total }).thumb(track) {
                prop_assert!(size > 0 && start + size <= track);
            }
        }
    }
}
