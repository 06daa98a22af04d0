use proptest::prelude::*;

use super::*;
use crate::tui::glyphs::Glyphs;
use crate::tui::theme::Theme;

fn plain(text: &str) -> Document {
    Document::new(text::clean_lines(text).map(|line| RoleLine::of(Role::Text, line)).collect())
}

fn numbered(count: usize) -> Document {
    plain(&(1..=count).map(|line| format!("line {line}\n")).collect::<Vec<_>>().concat())
}

fn drawn(view: &TextView, document: &Document, width: u16, height: u16) -> Vec<String> {
    let glyphs = Glyphs::unicode();
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    draw(Look::new(Theme::mono(), &glyphs), area, view, document, &mut buffer);
    (0..height).map(|y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned()).collect()
}

fn sized(view: TextView, document: &Document, width: usize, height: usize) -> TextView {
    let mut view = view;
    view.set_size(width, height, document);
    view
}

#[test]
fn lines_have_numbers() {
    let document = numbered(12);
    let view = sized(TextView::default().with_numbers(), &document, 20, 2);
    assert_eq!(drawn(&view, &document, 20, 2), [" 1 line 1", " 2 line 2"]);
}

#[test]
fn motions() {
    let document = numbered(100);
    for (motion, from, wanted) in [
        (Motion::Down(1), 0, 1),
        (Motion::Down(1_000), 0, 90),
        (Motion::Up(1), 0, 0),
        (Motion::PageDown, 0, 9),
        (Motion::PageUp, 20, 11),
        (Motion::HalfPageDown, 3, 8),
        (Motion::HalfPageUp, 8, 3),
        (Motion::Last, 0, 90),
        (Motion::First, 50, 0),
        (Motion::To(4_000), 50, 90),
    ] {
        let mut view = sized(TextView::default(), &document, 20, 10);
        view.go(Motion::To(from), &document);
        view.go(motion, &document);
        assert_eq!(view.scroll(&document).offset, wanted, "{motion:?} from {from}");
    }
}

#[test]
fn a_long_line_scrolls_sideways() {
    let document = plain("abcdefghijklmnopqrstuvwxyz\nshort");
    let mut view = sized(TextView::default(), &document, 10, 2);
    assert_eq!(drawn(&view, &document, 10, 2), ["abcdefghi…", "short"]);
    view.sideways(1, &document);
    assert_eq!(drawn(&view, &document, 10, 2), ["…jklmnopq…", "…"]);
    view.sideways(9, &document);
    assert_eq!(drawn(&view, &document, 10, 2)[0], "…rstuvwxyz");
    view.sideways(-99, &document);
    assert_eq!(drawn(&view, &document, 10, 2)[0], "abcdefghi…");
}

#[test]
fn a_long_line_wraps() {
    let document = plain("abcdefghijk\nz");
    let view = sized(TextView::default().with_wrap(), &document, 4, 9);
    assert_eq!(drawn(&view, &document, 4, 4), ["abcd", "efgh", "ijk", "z"]);
}

#[test]
fn scrolling_passes_through_a_wrapped_line() {
    let document = plain("abcdefghijk\nz");
    let mut view = sized(TextView::default().with_wrap(), &document, 4, 2);
    view.go(Motion::Down(1), &document);
    assert_eq!(drawn(&view, &document, 4, 2), ["efgh", "ijk"]);
    view.go(Motion::Last, &document);
    assert_eq!(drawn(&view, &document, 4, 2), ["ijk", "z"]);
    view.go(Motion::Up(2), &document);
    assert_eq!(drawn(&view, &document, 4, 2), ["abcd", "efgh"]);
}

#[test]
fn wrapping_can_be_switched() {
    let document = plain("abcdefghijk");
    let mut view = sized(TextView::default(), &document, 4, 3);
    view.sideways(1, &document);
    view.toggle_wrap(&document);
    assert_eq!(drawn(&view, &document, 4, 3), ["abcd", "efgh", "ijk"]);
    view.sideways(1, &document);
    assert_eq!(drawn(&view, &document, 4, 1), ["abcd"]);
}

#[test]
fn a_search_finds_and_goes_round() {
    let document = numbered(100);
    let mut view = sized(TextView::default(), &document, 20, 10);
    view.search("LINE 5", &document);
    assert_eq!(view.match_position().as_deref(), Some("no match"));
    view.search("line 5", &document);
    assert_eq!(view.match_position().as_deref(), Some("1/11"));
    view.next_match(&document);
    assert_eq!(view.match_position().as_deref(), Some("2/11"));
    assert!(drawn(&view, &document, 20, 10).contains(&"line 50".to_owned()));
    view.previous_match(&document);
    view.previous_match(&document);
    assert_eq!(view.match_position().as_deref(), Some("11/11"));
    assert!(drawn(&view, &document, 20, 10).contains(&"line 59".to_owned()));
    view.search("", &document);
    assert_eq!(view.match_position(), None);
}

#[test]
fn a_search_begins_below_the_top() {
    let document = numbered(100);
    let mut view = sized(TextView::default(), &document, 20, 10);
    view.go(Motion::To(60), &document);
    view.search("line", &document);
    assert_eq!(view.match_position().as_deref(), Some("61/100"));
    assert_eq!(view.scroll(&document).offset, 60);
}

#[test]
fn a_match_far_to_the_right_comes_into_sight() {
    let document = plain(&format!("{}needle", "x".repeat(200)));
    let mut view = sized(TextView::default(), &document, 20, 2);
    view.search("needle", &document);
    assert!(drawn(&view, &document, 20, 1)[0].contains("needle"));
}

#[test]
fn matches_are_marked() {
    let document = plain("select a, a");
    let mut view = TextView::default();
    view.search("a", &document);
    let glyphs = Glyphs::ascii();
    let mut buffer = Buffer::empty(Rect::new(0, 0, 11, 1));
    draw(Look::new(Theme::letters(), &glyphs), buffer.area, &view, &document, &mut buffer);
    let letters: String = buffer.content.iter().map(|cell| Role::letter_of(cell.fg, cell.bg)).collect();
    assert_eq!(letters, ".......S..m");
}

#[test]
fn the_position_shows_only_where_it_helps() {
    let document = numbered(30);
    let view = sized(TextView::default(), &document, 20, 10);
    assert_eq!(view.position(&document), "10/30");
    let view = sized(TextView::default(), &document, 20, 30);
    assert_eq!(view.position(&document), "");
}

#[test]
fn another_text_begins_at_its_top_and_is_searched() {
    let document = numbered(100);
    let mut view = sized(TextView::default(), &document, 20, 10);
    view.go(Motion::Last, &document);
    view.search("line 3", &document);
    let other = numbered(3);
    view.reset(&other);
    assert_eq!(view.scroll(&other).offset, 0);
    assert_eq!(view.match_position().as_deref(), Some("1/1"));
}

#[test]
fn foreign_text_is_cleaned() {
    let document = plain("\u{1b}[31mred\u{1b}[0m\r\n\ttab");
    assert_eq!(drawn(&TextView::default(), &document, 9, 2), ["red", "    tab"]);
}

proptest! {
    #[test]
    fn a_text_draws_at_any_place_and_size(
        text in "\\PC{0,50}(\n\\PC{0,50}){0,8}",
        width in 0_u16..30,
        height in 0_u16..12,
        told in (0_usize..40, 0_usize..20),
        wrap: bool,
        steps in prop::collection::vec((0_usize..9, 0_usize..50), 0..12),
    ) {
        let document = plain(&text);
        let mut view = TextView::default().with_numbers();
        if wrap {
            view = view.with_wrap();
        }
        view.set_size(told.0, told.1, &document);
        for (kind, count) in steps {
            match kind {
                0 => view.go(Motion::Down(count), &document),
                1 => view.go(Motion::Up(count), &document),
                2 => view.go(Motion::Last, &document),
                3 => view.go(Motion::To(count), &document),
                4 => view.sideways(count as isize - 25, &document),
                5 => view.toggle_wrap(&document),
                6 => view.search("a", &document),
                7 => view.next_match(&document),
                _ => view.go(Motion::PageDown, &document),
            }
            drawn(&view, &document, width, height);
            view.position(&document);
            view.match_position();
        }
    }
}
