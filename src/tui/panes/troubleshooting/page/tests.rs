use super::*;
use crate::problem::{Code, Subject};
use crate::tui::panes::fixtures::{noon, record};

fn lines(problem: Problem) -> Vec<String> {
    let document = page(&record(1, problem, 3), None, 60, noon(), &Glyphs::ascii());
    document.lines().iter().map(|line| line.text().trim_end().to_owned()).collect()
}

fn problem() -> Problem {
    Problem::new(Code::new("DBT-REF-MISSING"), Subject::Store, "no such model")
}

fn at(text: &str, line: u32, column: u32, width: u32) -> Vec<String> {
    lines(problem().with_place(Place::in_text("a.sql", text, line, column, width)))
}

#[test]
fn carets_stand_under_what_is_meant() {
    let page = at("with a as (\n\tfrom {{ ref('x') }}\n)", 2, 10, 8);
    let place = page.iter().position(|line| line == "where").unwrap();
    let shown = &page[place + 1..place + 6];
    assert_eq!(shown[0], "  a.sql:2:10");
    assert_eq!((shown[2].starts_with("  > 2 | "), shown[4].as_str()), (true, "    3 | )"));
    // The tab has become spaces; the carets moved with the text.
    assert_eq!(shown[3].find('^'), shown[2].find("ref('x')"));
    assert!(shown[3].ends_with(" ^^^^^^^^"), "{shown:?}");
}

#[test]
fn carets_count_cells_and_not_letters() {
    let page = at("漢字 = x", 1, 6, 1);
    assert!(page.contains(&"  > 1 | 漢字 = x".to_owned()) && page.contains(&"      |        ^".to_owned()), "{page:?}");
}

#[test]
fn nothing_is_underlined_where_nothing_is_known() {
    assert!(!at("a\nb", 1, 0, 0).iter().any(|line| line.contains('^')));
    assert!(!at("a\nb", 1, 1, 0).iter().any(|line| line.contains('^')));
}

#[test]
fn a_place_without_a_line_is_its_file() {
    let page = lines(problem().with_place(Place::at("a.sql", 0, 0)));
    assert!(page.contains(&"  a.sql".to_owned()), "{page:?}");
}

#[test]
fn a_caret_beyond_the_line_does_no_harm() {
    assert!(at("ab", 1, 4_000_000_000, 4_000_000_000).iter().any(|line| line.contains('^')));
}

#[test]
fn parts_that_are_not_there_have_no_heading() {
    let page = lines(problem());
    for heading in ["fixes", "why", "where", "evidence", "the message, whole"] {
        assert!(!page.iter().any(|line| line == heading), "{heading}");
    }
}

#[test]
fn the_raw_message_is_whole_and_harmless() {
    let page = lines(problem().with_raw("remote: a\u{1b}[31m b\nremote: c"));
    assert!(page.contains(&"  remote: a b".to_owned()) && page.contains(&"  remote: c".to_owned()));
}
