//! Where everything is: one function gives all rectangles. Drawing and the mouse both use it, so that
//! what is clicked is what is seen.

use ratatui::layout::{Position, Rect};

/// Which part of a pane has the keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Focus {
    #[default]
    List,
    Detail,
}

/// How list and detail share the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrangement {
    SideBySide,
    Stacked,
    /// Only the part with the focus is seen.
    Single,
    /// Too small for anything but a notice.
    Notice,
}

/// How far the border between list and detail was moved from its usual place, in steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Split(i16);

impl Split {
    /// More steps than this change nothing on any screen.
    const FAR: i16 = 40;

    /// Moves the border; the list grows when positive.
    #[must_use]
    pub fn moved(self, steps: i16) -> Self {
        Self(self.0.saturating_add(steps).clamp(-Self::FAR, Self::FAR))
    }
}

/// Columns and rows of one step of the border, and the fewest that list and detail keep.
const STEP: (i16, i16) = (4, 1);
const LEAST: (u16, u16) = (24, 5);

/// All rectangles of a frame. Those that are not seen are empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Areas {
    pub arrangement: Arrangement,
    pub whole: Rect,
    pub status: Rect,
    pub tabs: Rect,
    /// With its border.
    pub list: Rect,
    /// With its border.
    pub detail: Rect,
    /// One line over the lower border of the panes.
    pub toast: Rect,
    /// A line of advice between the panes and the footer, where one is shown.
    pub tip: Rect,
    pub footer: Rect,
}

/// Smallest screen that is more than a notice.
pub const SMALLEST: (u16, u16) = (60, 15);
/// From this width on, list and detail stand side by side.
const WIDE: u16 = 100;
/// From this height on, they are stacked where they can't stand side by side.
const TALL: u16 = 20;

impl Areas {
    /// The rectangles for a screen of `columns` and `rows`.
    pub fn new(columns: u16, rows: u16, focus: Focus, zoomed: bool, split: Split) -> Self {
        let whole = Rect::new(0, 0, columns, rows);
        let arrangement = arrangement(columns, rows, zoomed);
        let none = Rect::new(0, 0, 0, 0);
        let mut areas = Self {
            arrangement,
            whole,
            status: none,
            tabs: none,
            list: none,
            detail: none,
            toast: none,
            tip: none,
            footer: none,
        };
        if arrangement == Arrangement::Notice {
            return areas;
        }
        areas.status = Rect::new(0, 0, columns, 1);
        areas.tabs = Rect::new(0, 1, columns, 1);
        areas.footer = Rect::new(0, rows - 1, columns, 1);
        areas.toast = Rect::new(0, rows - 2, columns, 1);
        let body = Rect::new(0, 2, columns, rows - 3);
        (areas.list, areas.detail) = match (arrangement, focus) {
            (Arrangement::SideBySide, _) => side_by_side(body, split),
            (Arrangement::Stacked, _) => stacked(body, split),
            (Arrangement::Single | Arrangement::Notice, Focus::List) => (body, none),
            (Arrangement::Single | Arrangement::Notice, Focus::Detail) => (none, body),
        };
        areas
    }

    /// The same above so many more rows, the last of which is the footer.
    #[must_use]
    pub fn above(mut self, rows: u16) -> Self {
        self.whole.height += rows;
        if rows > 0 && self.arrangement != Arrangement::Notice {
            self.tip = self.footer;
            self.footer.y += rows;
        }
        self
    }

    /// Rows of the list that are seen.
    pub fn list_height(&self) -> usize {
        usize::from(inside(self.list).height)
    }

    /// The screen's middle, for an overlay that wants this much.
    pub fn overlay(&self, columns: u16, rows: u16) -> Rect {
        let width = columns.min(self.whole.width);
        let height = rows.min(self.whole.height);
        Rect::new((self.whole.width - width) / 2, (self.whole.height - height) / 2, width, height)
    }
}

fn arrangement(columns: u16, rows: u16, zoomed: bool) -> Arrangement {
    if columns < SMALLEST.0 || rows < SMALLEST.1 {
        Arrangement::Notice
    } else if zoomed {
        Arrangement::Single
    } else if columns >= WIDE {
        Arrangement::SideBySide
    } else if rows >= TALL {
        Arrangement::Stacked
    } else {
        Arrangement::Single
    }
}

fn side_by_side(body: Rect, split: Split) -> (Rect, Rect) {
    let left =
        (body.width * 2 / 5).min(56).saturating_add_signed(split.0 * STEP.0).clamp(LEAST.0, body.width - LEAST.0);
    (Rect { width: left, ..body }, Rect { x: body.x + left, width: body.width - left, ..body })
}

fn stacked(body: Rect, split: Split) -> (Rect, Rect) {
    let upper = (body.height * 9 / 20).saturating_add_signed(split.0 * STEP.1).clamp(LEAST.1, body.height - LEAST.1);
    (Rect { height: upper, ..body }, Rect { y: body.y + upper, height: body.height - upper, ..body })
}

/// What is left of a rectangle inside its border; nothing where there is no room.
pub fn inside(area: Rect) -> Rect {
    if area.width < 2 || area.height < 2 {
        return Rect::new(area.x, area.y, 0, 0);
    }
    Rect::new(area.x + 1, area.y + 1, area.width - 2, area.height - 2)
}

/// A rectangle's first row and the rest below it.
pub fn split_first_row(area: Rect) -> (Rect, Rect) {
    let first = area.height.min(1);
    (Rect { height: first, ..area }, Rect { y: area.y + first, height: area.height - first, ..area })
}

/// Which row of the list is at a place, counted from the first one that is seen.
pub fn list_row_at(areas: &Areas, column: u16, row: u16) -> Option<usize> {
    let list = inside(areas.list);
    list.contains(Position::new(column, row)).then(|| usize::from(row - list.y))
}

/// Words one after the other in a row, each with the cells that it takes: `(its number, where)`.
/// Those that do not fit whole are left out.
pub fn in_a_row(area: Rect, widths: impl IntoIterator<Item = u16>, gap: u16) -> Vec<Rect> {
    let mut places = Vec::new();
    let mut column = area.x;
    for width in widths {
        if column.saturating_add(width) > area.right() || area.height == 0 {
            break;
        }
        places.push(Rect::new(column, area.y, width, 1));
        column = column.saturating_add(width).saturating_add(gap);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_decides_the_arrangement() {
        let cases = [
            (120, 40, Arrangement::SideBySide),
            (100, 30, Arrangement::SideBySide),
            (99, 30, Arrangement::Stacked),
            (80, 24, Arrangement::Stacked),
            (80, 19, Arrangement::Single),
            (60, 15, Arrangement::Single),
            (59, 15, Arrangement::Notice),
            (60, 14, Arrangement::Notice),
            (1, 1, Arrangement::Notice),
            (0, 0, Arrangement::Notice),
        ];
        for (columns, rows, wanted) in cases {
            assert_eq!(
                Areas::new(columns, rows, Focus::List, false, Split::default()).arrangement,
                wanted,
                "{columns}x{rows}"
            );
        }
    }

    #[test]
    fn zoom_gives_all_to_the_part_with_the_focus() {
        let list = Areas::new(120, 40, Focus::List, true, Split::default());
        assert_eq!((list.list, list.detail.area()), (Rect::new(0, 2, 120, 37), 0));
        let detail = Areas::new(120, 40, Focus::Detail, true, Split::default());
        assert_eq!((detail.detail, detail.list.area()), (Rect::new(0, 2, 120, 37), 0));
    }

    #[test]
    fn list_and_detail_fill_the_body_without_overlap() {
        for columns in 0..200 {
            for rows in [0, 1, 14, 15, 19, 20, 24, 29, 30, 60] {
                let areas = Areas::new(columns, rows, Focus::List, false, Split::default());
                let body = areas.list.area() + areas.detail.area();
                let wanted =
                    if areas.arrangement == Arrangement::Notice { 0 } else { u32::from(columns) * u32::from(rows - 3) };
                assert_eq!(body, wanted, "{columns}x{rows}");
                assert!(!areas.list.intersects(areas.detail), "{columns}x{rows}");
            }
        }
    }

    #[test]
    fn a_tip_takes_a_row_of_the_panes_and_nothing_else() {
        let plain = Areas::new(120, 40, Focus::List, false, Split::default());
        let with = Areas::new(120, 39, Focus::List, false, Split::default()).above(1);
        assert_eq!((with.whole, with.footer, with.tabs), (plain.whole, plain.footer, plain.tabs));
        assert_eq!((with.tip, with.list.height), (Rect::new(0, 38, 120, 1), plain.list.height - 1));
        assert_eq!(plain.above(0), plain);
    }

    #[test]
    fn overlays_never_leave_the_screen() {
        for (columns, rows) in [(1, 1), (60, 15), (200, 60)] {
            let areas = Areas::new(columns, rows, Focus::List, false, Split::default());
            let overlay = areas.overlay(70, 20);
            assert_eq!(areas.whole.union(overlay), areas.whole);
        }
    }

    #[test]
    fn a_place_in_the_list_is_a_row() {
        let areas = Areas::new(120, 40, Focus::List, false, Split::default());
        assert_eq!(list_row_at(&areas, 5, 3), Some(0));
        assert_eq!(list_row_at(&areas, 5, 7), Some(4));
        assert_eq!(list_row_at(&areas, 0, 3), None, "the border");
        assert_eq!(list_row_at(&areas, 80, 7), None, "the detail");
    }

    #[test]
    fn words_that_do_not_fit_are_left_out() {
        let places = in_a_row(Rect::new(2, 0, 10, 1), [4, 4, 4], 1);
        assert_eq!(places, [Rect::new(2, 0, 4, 1), Rect::new(7, 0, 4, 1)]);
        assert_eq!(in_a_row(Rect::new(0, 0, 10, 0), [1], 1), []);
    }

    #[test]
    fn a_rectangle_too_small_for_a_border_has_no_inside() {
        assert_eq!(inside(Rect::new(3, 3, 1, 9)).area(), 0);
        assert_eq!(inside(Rect::new(0, 0, 5, 4)), Rect::new(1, 1, 3, 2));
    }

    #[test]
    fn the_first_row_splits_off() {
        assert_eq!(split_first_row(Rect::new(0, 5, 9, 3)), (Rect::new(0, 5, 9, 1), Rect::new(0, 6, 9, 2)));
        assert_eq!(split_first_row(Rect::new(0, 5, 9, 0)).1.height, 0);
    }

    #[test]
    fn the_border_moves_in_steps_and_leaves_room_for_both() {
        let list =
            |columns, rows, steps| Areas::new(columns, rows, Focus::List, false, Split::default().moved(steps)).list;
        assert_eq!(list(120, 40, 1).width, list(120, 40, 0).width + 4);
        assert_eq!(list(80, 24, -1).height, list(80, 24, 0).height - 1);
        assert_eq!((list(120, 40, -99).width, list(120, 40, 99).width), (24, 96));
        assert_eq!((list(80, 24, -99).height, list(80, 24, 99).height), (5, 16));
    }
}
