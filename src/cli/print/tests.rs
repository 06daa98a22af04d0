use jiff::Timestamp;

use super::*;
use crate::problem::{Code, Fix, Problem, Severity, Subject};
use crate::store::ProblemId;

/// What a page or a table says, without a terminal.
fn plain(found: &Problem) -> String {
    problem_whole(found, None, 60, false)
}

#[test]
fn figures_are_short() {
    assert_eq!([0, 999, 1_000, 1_234_567].map(figures::number), ["0", "999", "1,000", "1,234,567"]);
    let sizes = [0, 999, 1_000, 9_949, 9_960, 999_400, 999_600, 1_500_000_000].map(figures::bytes);
    assert_eq!(sizes, ["0 B", "999 B", "1.0 kB", "9.9 kB", "10 kB", "999 kB", "1.0 MB", "1.5 GB"]);
    let times = [0, 999, 1_000, 2_449, 59_999, 60_000, 3_599_000, 3_900_000].map(duration);
    assert_eq!(times, ["0 ms", "999 ms", "1.0 s", "2.4 s", "59 s", "1 min 0 s", "59 min 59 s", "1 h 5 min"]);
    assert_eq!([0, 1, 2].map(|value| count(value, "model")), ["0 models", "1 model", "2 models"]);
}

#[test]
fn ages_are_told_from_now() {
    let now = Timestamp::from_second(1_000_000).unwrap();
    let ages = [-5, 59, 60, 3_599, 3_600, 86_400 * 3]
        .map(|seconds| age(now, Timestamp::from_second(1_000_000 - seconds).unwrap()));
    assert_eq!(ages, ["just now", "just now", "1 min ago", "59 min ago", "1 h ago", "3 d ago"]);
}

fn laid_out(table: &Table, width: Option<usize>) -> Vec<String> {
    table.lines().map(|line| line.painted(false, width)).collect()
}

#[test]
fn columns_stand_below_each_other_whatever_the_script() {
    let mut table = Table::indented(1);
    table.row([Cell::new("shop"), Cell::figure("7"), Cell::new("last")]);
    table.row([Cell::new("店舗店"), Cell::figure("1,204"), Cell::new("")]);
    assert_eq!(laid_out(&table, None), [" shop        7  last", " 店舗店  1,204"]);
}

#[test]
fn the_last_column_ends_with_the_terminal() {
    let mut table = Table::new();
    table.row([Cell::new("shop"), Cell::new("a long story about it")]);
    assert_eq!(laid_out(&table, Some(14)), ["shop  a long …"]);
    assert_eq!(laid_out(&table, Some(27)), ["shop  a long story about it"]);
    assert_eq!(laid_out(&table, Some(3)), ["shop  …"]);
}

#[test]
fn foreign_words_steer_no_terminal() {
    let mut table = Table::new();
    table.row([Cell::new("\u{1b}[2Jevil\nline\u{9b}31m"), Cell::new("x")]);
    assert_eq!(laid_out(&table, None), ["evil line  x"]);
    let found = Problem::new(Code::from_text("X\u{1b}[1m"), Subject::Project { name: "a\u{7}b".into() }, "s\u{202e}x")
        .with_raw("\u{1b}]0;title\u{7}words\r\nmore")
        .with_evidence("label\u{1b}[3m", vec!["line\u{8}s".into()]);
    let page = plain(&found);
    assert!(page.chars().all(|c| c == '\n' || !c.is_control()), "{page:?}");
    assert!(page.contains("words\n") && page.contains("more"));
}

#[test]
fn json_steers_no_terminal_and_means_the_same() {
    let text = "\u{1b}[2J\u{9b}31m\u{202e}\u{7f}模型 \"q\"\n";
    let line = harmless(serde_json::to_string(text).unwrap());
    assert!(line.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{line:?}");
    assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
}

#[test]
fn colours_only_where_they_are_wanted() {
    assert_eq!(painted(Ink::Bad, "failed", false), "failed");
    assert_eq!(painted(Ink::Plain, "word", true), "word");
    assert_eq!(painted(Ink::Bad, "", true), "");
    assert_eq!(painted(Ink::Bad, "failed", true), "\u{1b}[31mfailed\u{1b}[0m");
}

#[test]
fn a_problem_is_laid_out_with_its_number() {
    let subject = Subject::Project { name: "shop".into() };
    let found = Problem::new(Code::new("DBT-PROJECT-PATH"), subject, "No project there")
        .with_severity(Severity::Warning)
        .with_fix(Fix::copy("Ask the owner", "please move it"));
    let page = problem_whole(&found, Some(ProblemId(3)), 60, false);
    assert!(page.starts_with("problem 3  DBT-PROJECT-PATH  warning  project shop\nNo project there\n"), "{page}");
    assert!(page.ends_with("please move it"), "{page:?}");
    let inked = problem_whole(&found, None, 60, true);
    assert!(inked.contains("\u{1b}[33m  warning\u{1b}[0m") && inked.contains("\u{1b}[36m"), "{inked:?}");
}
