use super::super::fixtures::{Screen, file, mended, problems, record, started, wrong_path};
use super::*;
use crate::problem::{Action, Code, Grade};
use crate::store::Cause;
use crate::tui::message::Message;
use crate::tui::state::Tab;

fn screen() -> Screen {
    let mut screen = Screen::new(Tab::Troubleshooting, 120, 40);
    screen.load_overview();
    screen.load_problems(problems());
    screen.take();
    screen
}

fn listed(screen: &Screen) -> Vec<i64> {
    let pane = &screen.state.troubleshooting;
    let rows = pane.list.filter.hits().iter().filter_map(|row| pane.rows.records.get(*row as usize));
    rows.map(|record| record.id.0).collect()
}

fn apply(problem: i64, fix: usize) -> Effect {
    Effect::ApplyFix { problem: ProblemId(problem), fix }
}

#[test]
fn open_problems_stand_first_worst_and_newest() {
    assert_eq!(listed(&screen()), [1, 2, 3, 4]);
}

#[test]
fn a_filter_asks_for_words_and_fields() {
    for (typed, wanted) in [
        ("state:mended", vec![4]),
        ("project:shop", vec![2]),
        ("severity:error state:open", vec![1, 2]),
        ("code:dbt", vec![1, 2, 3]),
        ("stg_order", vec![2]),
        ("nothing like it", vec![]),
    ] {
        let mut screen = screen();
        screen.press("/");
        screen.send(Message::Pasted(typed.to_owned()));
        let mut found = listed(&screen);
        found.sort_unstable();
        assert_eq!(found, wanted, "{typed}");
    }
}

#[test]
fn one_key_applies_the_safe_fix_at_once() {
    let mut screen = screen();
    screen.press("f");
    assert_eq!(screen.take(), [apply(1, 1)]);
}

#[test]
fn enter_on_the_page_applies_the_marked_fix() {
    let mut screen = screen();
    screen.press("enter");
    assert_eq!(screen.take(), [], "the first one goes into the page");
    screen.press("enter");
    assert_eq!(screen.take(), [apply(1, 1)]);
}

#[test]
fn a_fix_that_asks_shows_what_it_changes_and_does_nothing_by_itself() {
    let mut screen = screen();
    screen.press(". f");
    assert!(screen.asked(&Query::FixPreview { problem: ProblemId(1), fix: 2 }).is_some());
    screen.take();
    let lines = ["-project_path = \"main/x\"", "+project_path = \"x\""].map(str::to_owned).to_vec();
    screen.send(Message::FixPreviewed { problem: ProblemId(1), fix: 2, preview: FixPreview { lines } });
    assert!(screen.text().contains("+project_path"), "{}", screen.text());
    screen.press("enter");
    assert_eq!(screen.take(), [], "cancel is the default");
}

#[test]
fn a_question_answered_with_yes_applies() {
    let mut screen = screen();
    screen.press(". f");
    screen.take();
    screen.send(Message::FixPreviewed { problem: ProblemId(1), fix: 2, preview: FixPreview { lines: Vec::new() } });
    screen.press("y");
    assert_eq!(screen.take(), [apply(1, 2)]);
}

#[test]
fn no_question_about_a_problem_that_has_gone() {
    let mut screen = screen();
    screen.press("r");
    screen.load_problems(vec![mended(wrong_path(1))]);
    screen.send(Message::FixPreviewed { problem: ProblemId(1), fix: 2, preview: FixPreview { lines: Vec::new() } });
    screen.send(Message::FixPreviewed { problem: ProblemId(9), fix: 0, preview: FixPreview { lines: Vec::new() } });
    assert!(screen.state.overlays.is_empty());
}

#[test]
fn a_fix_for_a_person_is_copied() {
    let mut screen = screen();
    screen.press(", , f");
    let effects = screen.take();
    assert!(matches!(effects.as_slice(), [Effect::CopyText(copy)] if copy.text.starts_with("git mv")), "{effects:?}");
}

#[test]
fn a_fix_to_read_says_so() {
    let mut screen = screen();
    screen.press(", f");
    assert_eq!(screen.take(), []);
    assert!(screen.text().contains("for you to do"), "{}", screen.text());
}

#[test]
fn a_fix_can_open_a_file() {
    let open = Action::Open { file: "/home/ann/acme/ebb.toml".to_owned(), line: 7 };
    let fix = Fix::new("Look at the line", Grade::Show, open);
    assert_eq!(
        fixes::apply(ProblemId(1), 0, &fix),
        [Effect::OpenEditor { file: file("/home/ann/acme/ebb.toml"), line: 7 }]
    );
}

#[test]
fn no_fix_while_its_project_syncs() {
    let mut screen = screen();
    screen.happen(started("billing", 20, Cause::Fix));
    screen.take();
    screen.press("f");
    assert_eq!(screen.take(), []);
    assert!(screen.text().contains("syncing now"), "{}", screen.text());
}

#[test]
fn the_sync_that_tries_a_fix_is_followed_until_it_is_mended() {
    let mut screen = screen();
    screen.press("f");
    screen.happen(started("billing", 20, Cause::Fix));
    assert!(screen.text().contains("trying a fix"), "{}", screen.text());
    screen.press("r");
    let mut after = problems();
    after[1] = mended(wrong_path(1));
    screen.send(Message::TimerFired);
    screen.load_problems(after);
    assert_eq!(screen.state.troubleshooting.selected().as_deref(), Some("1"), "the selection stays on it");
    let text = screen.text();
    assert!(text.contains("mended just now: projects.billing.project_path set"), "{text}");
    screen.take();
    screen.press("f");
    assert!(!screen.take().contains(&apply(1, 1)), "there is nothing left to apply");
}

#[test]
fn the_page_tells_what_where_why_and_how() {
    let text = screen().text();
    for words in [
        "There is no dbt_project.yml at",
        "met 4 times",
        "2 safe",
        "again [f]",
        "3 asks",
        "without the",
        "/home/ann/acme/ebb.toml:12:17",
        "^^^^^^^^",
        "dbt_project.yml files at 8f31c2d",
        "dbt project file not found",
        "ebb explain DBT-PROJECT-PATH",
    ] {
        assert!(text.contains(words), "{words} in\n{text}");
    }
}

#[test]
fn the_remapped_key_is_shown() {
    let mut screen = screen();
    let own = [("fix".to_owned(), "ctrl-x".to_owned())].into_iter().collect();
    screen.state.keymap = crate::tui::commands::Keymap::new(&own).0;
    screen.send(Message::TimerFired);
    assert!(screen.text().contains("[ctrl-x]"), "{}", screen.text());
}

#[test]
fn the_best_fix_of_each_problem_is_marked_first() {
    let mut screen = screen();
    screen.press(". .");
    screen.press("j k");
    screen.press("f");
    assert_eq!(screen.take(), [apply(1, 1)]);
}

#[test]
fn the_file_of_a_problem_opens_at_its_line() {
    let mut screen = screen();
    screen.press("e");
    assert_eq!(screen.take(), [Effect::OpenEditor { file: file("/home/ann/acme/ebb.toml"), line: 12 }]);
}

#[test]
fn a_file_in_a_repository_is_not_here() {
    let mut screen = screen();
    screen.press("j e");
    assert_eq!(screen.take(), []);
    assert!(screen.text().contains("in the repository"), "{}", screen.text());
}

#[test]
fn its_project_can_be_synced_again() {
    let mut screen = screen();
    screen.press("s");
    assert_eq!(screen.take(), [Effect::SyncProject { project: "billing".to_owned() }]);
}

#[test]
fn a_report_is_ascii_and_whole() {
    let report = page::report(&wrong_path(1), super::super::fixtures::noon());
    assert!(report.is_ascii(), "{report}");
    assert!(report.contains("DBT-PROJECT-PATH") && report.contains("transform/dbt_project.yml"));
    let mut screen = screen();
    screen.press("y t");
    assert!(matches!(screen.take().as_slice(), [Effect::CopyText(copy)] if copy.text == report));
}

#[test]
fn a_long_raw_message_scrolls() {
    let raw: String = (0..200).map(|line| format!("remote: line {line}\n")).collect::<Vec<_>>().concat();
    let problem = Problem::new(Code::new("GIT-UNKNOWN"), crate::problem::Subject::Store, "Git failed").with_raw(raw);
    let mut screen = Screen::new(Tab::Troubleshooting, 80, 24);
    screen.load_problems(vec![record(1, problem, 1)]);
    screen.press("enter G");
    assert!(screen.text().contains("remote: line 199"), "{}", screen.text());
}

#[test]
fn a_problem_without_fixes_says_so() {
    let mut screen = screen();
    screen.press("j j f");
    assert!(screen.text().contains("nothing is known that mends this"), "{}", screen.text());
}

#[test]
fn without_problems_nothing_can_be_applied() {
    let mut screen = Screen::new(Tab::Troubleshooting, 80, 24);
    screen.load_problems(Vec::new());
    screen.take();
    screen.press("f e enter");
    assert_eq!(screen.take(), []);
    assert!(screen.text().contains("No problems."), "{}", screen.text());
}

#[test]
fn a_number_applies_its_fix() {
    let mut screen = screen();
    screen.press("F 2");
    assert_eq!(screen.take(), [apply(1, 1)]);
    screen.press("F 3");
    assert!(screen.asked(&Query::FixPreview { problem: ProblemId(1), fix: 2 }).is_some());
}

#[test]
fn the_list_of_fixes_can_be_walked_and_left() {
    let mut screen = screen();
    screen.press("F");
    assert!(screen.text().contains("Apply which fix?"), "{}", screen.text());
    screen.press("j 9 esc");
    assert_eq!((screen.take(), screen.state.overlays.len()), (Vec::new(), 0));
    screen.press("F enter");
    assert_eq!(screen.take(), [apply(1, 1)], "the marked one");
}

#[test]
fn nothing_to_choose_from_says_so() {
    let mut screen = screen();
    screen.press("j j F");
    assert!(screen.state.overlays.is_empty() && screen.text().contains("nothing is known"), "{}", screen.text());
}
