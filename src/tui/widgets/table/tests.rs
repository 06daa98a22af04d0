use proptest::prelude::*;

use super::super::list::{Motion, RowsBy};
use super::*;
use crate::tui::glyphs::Glyphs;
use crate::tui::theme::Theme;

const COLUMNS: [Column; 4] = [
    Column::flexible("name", 8, 20, 9),
    Column::fixed("kind", 5, 2),
    Column::fixed("tests", 5, 5).right(),
    Column::flexible("path", 6, 30, 1),
];

fn shown(width: u16, hidden: usize) -> Vec<(&'static str, u16, u16)> {
    place(&COLUMNS, width, hidden).iter().map(|place| (COLUMNS[place.column].title, place.x, place.width)).collect()
}

#[test]
fn the_least_important_columns_go_first() {
    assert_eq!(shown(30, 0), [("name", 0, 8), ("kind", 10, 5), ("tests", 17, 5), ("path", 24, 6)]);
    assert_eq!(shown(29, 0), [("name", 0, 15), ("kind", 17, 5), ("tests", 24, 5)]);
    assert_eq!(shown(18, 0), [("name", 0, 11), ("tests", 13, 5)]);
    assert_eq!(shown(9, 0), [("name", 0, 9)]);
}

#[test]
fn the_name_never_goes() {
    assert_eq!(shown(3, 0), [("name", 0, 3)]);
    assert_eq!(shown(0, 0), [("name", 0, 0)]);
}

#[test]
fn what_is_left_goes_to_those_with_a_use_for_it() {
    assert_eq!(shown(50, 0), [("name", 0, 20), ("kind", 22, 5), ("tests", 29, 5), ("path", 36, 14)]);
    assert_eq!(shown(200, 0).last(), Some(&("path", 36, 30)));
}

#[test]
fn the_first_column_does_not_scroll() {
    assert_eq!(shown(40, 2), [("name", 0, 20), ("path", 22, 18)]);
    assert_eq!(shown(40, 9), [("name", 0, 20)]);
}

#[test]
fn scrolling_sideways_ends_at_both_ends() {
    for (hidden, right, wanted) in [(0, true, 1), (1, true, 2), (2, true, 2), (2, false, 1), (0, false, 0)] {
        assert_eq!(scrolled(&COLUMNS, hidden, right), wanted);
    }
    assert_eq!(scrolled(&[], 0, true), 0);
}

fn drawn(width: u16, height: u16, len: usize) -> (Vec<String>, usize) {
    let glyphs = Glyphs::ascii();
    let look = Look::new(Theme::mono(), &glyphs);
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    let mut state = ListState::default();
    let rows = RowsBy::new(len, Some);
    state.set_height(usize::from(height.saturating_sub(1)));
    state.refresh(&rows);
    state.go(Motion::To(1), &rows);
    let placed = place(&COLUMNS, width.saturating_sub(1), 0);
    draw_head(look, area, &COLUMNS, &placed, &mut buffer);
    let body = Rect { y: 1, height: height.saturating_sub(1), ..area };
    let mut asked = 0;
    draw_rows(look, body, (&COLUMNS, &placed), (&state, true), &mut buffer, |index| {
        asked += 1;
        ["a_long_model_name", "view", "12", "models/x.sql"].map(|cell| (Role::Text, format!("{cell}{index}"))).into()
    });
    ((0..height).map(|y| (0..width).map(|x| buffer[(x, y)].symbol()).collect()).collect(), asked)
}

#[test]
fn rows_stand_under_their_heads() {
    assert_eq!(
        drawn(30, 3, 5).0,
        [" name             kind   tests", " a_long_model_n~  view0    120", ">a_long_model_n~  view1    121",]
    );
}

#[test]
fn only_rows_in_sight_are_asked_for() {
    assert_eq!(drawn(30, 11, 100_000).1, 10);
}

proptest! {
    #[test]
    fn columns_stay_inside(width in 0_u16..100, hidden in 0_usize..6) {
        for place in place(&COLUMNS, width, hidden) {
            prop_assert!(place.x + place.width <= width);
        }
    }

    #[test]
    fn a_table_draws_at_any_size(width in 0_u16..60, height in 0_u16..20, len in 0_usize..30) {
        drawn(width, height, len);
    }
}
