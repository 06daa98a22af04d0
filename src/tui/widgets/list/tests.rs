use proptest::prelude::*;

use super::*;
use crate::tui::glyphs::Glyphs;
use crate::tui::theme::Theme;

fn rows(names: &[&'static str]) -> RowsBy<impl Fn(usize) -> Option<&'static str>> {
    RowsBy::new(names.len(), |index| names.get(index).copied())
}

fn numbers(len: usize) -> RowsBy<impl Fn(usize) -> Option<usize>> {
    RowsBy::new(len, Some)
}

fn state_of(len: usize, height: usize) -> ListState<usize> {
    let mut state = ListState::default();
    state.set_height(height);
    state.refresh(&numbers(len));
    state
}

#[test]
fn the_first_row_is_selected_first() {
    assert_eq!(state_of(5, 3).selected(), Some(&0));
}

#[test]
fn motions() {
    for (motion, from, wanted) in [
        (Motion::Down(1), 0, 1),
        (Motion::Down(5), 97, 99),
        (Motion::Up(1), 0, 0),
        (Motion::PageDown, 0, 9),
        (Motion::PageUp, 20, 11),
        (Motion::HalfPageDown, 0, 5),
        (Motion::HalfPageUp, 3, 0),
        (Motion::Last, 3, 99),
        (Motion::First, 50, 0),
        (Motion::To(42), 0, 42),
        (Motion::To(4_000), 0, 99),
        (Motion::Down(usize::MAX), 50, 99),
    ] {
        let mut state = state_of(100, 10);
        state.go(Motion::To(from), &numbers(100));
        state.go(motion, &numbers(100));
        assert_eq!(state.selected(), Some(&wanted), "{motion:?} from {from}");
    }
}

#[test]
fn a_page_keeps_one_line() {
    let mut state = state_of(100, 10);
    state.go(Motion::To(4), &numbers(100));
    assert_eq!(state.scroll(10).offset, 0);
    state.go(Motion::PageDown, &numbers(100));
    assert_eq!(state.scroll(10).offset, 9);
}

#[test]
fn a_list_without_rows_has_no_selection() {
    let mut state = state_of(0, 10);
    for motion in [Motion::Down(1), Motion::Last, Motion::PageUp, Motion::To(7)] {
        state.go(motion, &numbers(0));
        assert_eq!((state.selected(), state.index(), state.position().as_str()), (None, None, ""));
    }
}

#[test]
fn the_selection_follows_its_row() {
    let mut state = ListState::default();
    state.refresh(&rows(&["a", "b", "c"]));
    state.go(Motion::To(1), &rows(&["a", "b", "c"]));
    state.refresh(&rows(&["x", "y", "b", "c"]));
    assert_eq!((state.selected(), state.index()), (Some(&"b"), Some(2)));
}

#[test]
fn a_vanished_row_leaves_its_neighbour_selected() {
    let mut state = ListState::default();
    state.refresh(&rows(&["a", "b", "c"]));
    state.go(Motion::To(1), &rows(&["a", "b", "c"]));
    state.refresh(&rows(&["a", "c"]));
    assert_eq!(state.selected(), Some(&"c"));
    state.refresh(&rows(&["a"]));
    assert_eq!(state.selected(), Some(&"a"));
    state.refresh(&rows(&[]));
    assert_eq!(state.selected(), None);
}

#[test]
fn rows_above_do_not_move_what_is_seen() {
    let before: Vec<usize> = (100..200).collect();
    let after: Vec<usize> = (50..200).collect();
    let given = |ids: &[usize]| -> RowsBy<Box<dyn Fn(usize) -> Option<usize>>> {
        let ids = ids.to_vec();
        RowsBy::new(ids.len(), Box::new(move |index| ids.get(index).copied()))
    };
    let mut state = ListState::default();
    state.set_height(10);
    state.refresh(&given(&before));
    state.go(Motion::To(40), &given(&before));
    let place = 40 - state.scroll(10).offset;
    state.refresh(&given(&after));
    assert_eq!(state.index(), Some(90));
    assert_eq!(90 - state.scroll(10).offset, place);
}

#[test]
fn a_row_is_selected_by_id() {
    let mut state = state_of(50, 10);
    assert!(state.select(&30, &numbers(50)));
    assert_eq!(state.index(), Some(30));
    assert!(!state.select(&77, &numbers(50)));
    assert_eq!(state.index(), Some(30));
}

#[test]
fn the_mouse_finds_its_row() {
    let mut state = state_of(100, 10);
    state.go(Motion::To(50), &numbers(100));
    let top = state.scroll(10).offset;
    assert_eq!(state.index_at(0), Some(top));
    assert_eq!(state.index_at(10), None);
    assert_eq!(state_of(3, 10).index_at(5), None);
}

fn draw_list(len: usize, selected: usize, area: Rect, focused: bool) -> (Buffer, usize) {
    let mut state = state_of(len, usize::from(area.height));
    state.go(Motion::To(selected), &numbers(len));
    let glyphs = Glyphs::ascii();
    let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 10));
    let mut asked = 0;
    draw(Look::new(Theme::letters(), &glyphs), area, &state, focused, &mut buffer, |index, _| {
        asked += 1;
        Line::from(format!("row {index}"))
    });
    (buffer, asked)
}

#[test]
fn only_rows_in_sight_are_asked_for() {
    for len in [0, 3, 10, 11, 100_000] {
        let (_, asked) = draw_list(len, len / 2, Rect::new(0, 0, 20, 10), true);
        assert_eq!(asked, len.min(10), "{len} rows");
    }
}

#[test]
fn the_selected_row_has_a_marker_and_a_bar() {
    let (buffer, _) = draw_list(5, 1, Rect::new(0, 0, 20, 10), true);
    assert_eq!(buffer[(0, 1)].symbol(), ">");
    assert_eq!(Role::letter_of(buffer[(5, 1)].fg, buffer[(5, 1)].bg), 'S');
    assert_eq!(Role::letter_of(buffer[(19, 1)].fg, buffer[(19, 1)].bg), 'S');
    assert_eq!(buffer[(0, 0)].symbol(), " ");
}

#[test]
fn without_focus_only_the_marker_stays() {
    let (buffer, _) = draw_list(5, 1, Rect::new(0, 0, 20, 10), false);
    assert_eq!(buffer[(0, 1)].symbol(), ">");
    assert_eq!(Role::letter_of(buffer[(5, 1)].fg, buffer[(5, 1)].bg), 's');
}

proptest! {
    #[test]
    fn a_list_draws_in_any_area(len in 0_usize..50, selected in 0_usize..60, x in 0_u16..30, y in 0_u16..30, w in 0_u16..40, h in 0_u16..40) {
        draw_list(len, selected, Rect::new(x, y, w, h), true);
    }
}
