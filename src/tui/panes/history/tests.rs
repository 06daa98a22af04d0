use super::super::fixtures::{Screen, noon, started, sync, syncs};
use super::*;
use crate::engine::{EventKind, JobId, Outcome, Progress, Unit};
use crate::store::{Cause, ProblemId, Stage, StageRecord, SyncCounts, SyncState};
use crate::tui::effect::CopiedText;
use crate::tui::message::Message;
use crate::tui::state::Tab;

fn screen() -> Screen {
    let mut screen = Screen::new(Tab::History, 120, 40);
    screen.load_overview();
    screen.load_syncs(syncs());
    screen
}

/// The syncs that are listed, by number.
fn listed(screen: &Screen) -> Vec<i64> {
    let history = &screen.state.history;
    let rows = history.list.filter.hits().iter().filter_map(|row| history.rows.syncs.get(*row as usize));
    rows.map(|sync| sync.id.0).collect()
}

fn view_of(record: SyncRecord) -> SyncView {
    SyncView {
        record,
        problems: vec![super::super::fixtures::wrong_path(1)],
        added: vec!["model.shop.fct_refunds".to_owned(), "seed.shop.countries".to_owned()],
        changed: vec!["model.shop.fct_orders".to_owned()],
        removed: Vec::new(),
    }
}

/// Waits until the selected sync is asked for, and answers.
fn open(screen: &mut Screen, record: SyncRecord) {
    screen.wait(100);
    let generation = screen.asked(&Query::Sync(record.id)).unwrap();
    screen.send(Message::SyncLoaded { generation, sync: Some(Box::new(view_of(record))) });
}

#[test]
fn syncs_stand_newest_first() {
    let mut screen = Screen::new(Tab::History, 120, 40);
    screen.load_syncs(syncs().into_iter().rev().collect());
    assert_eq!(listed(&screen), [14, 13, 12, 11, 10]);
    assert_eq!(screen.state.history.selected().as_deref(), Some("14"));
}

#[test]
fn a_filter_asks_for_words_and_fields() {
    for (typed, wanted) in [
        ("state:failed", vec![14]),
        ("project:shop", vec![13, 12, 10]),
        ("project:shop !state:ok", vec![12, 10]),
        ("cause:scheduled", vec![12]),
        ("problems", vec![12]),
        ("8f31c2d", vec![14, 13, 12, 11, 10]),
        ("nothing like it", vec![]),
    ] {
        let mut screen = screen();
        screen.press("/");
        screen.send(Message::Pasted(typed.to_owned()));
        let mut found = listed(&screen);
        found.sort_by_key(|id| std::cmp::Reverse(*id));
        assert_eq!(found, wanted, "{typed}");
    }
}

#[test]
fn esc_gives_the_selection_back() {
    let mut screen = screen();
    screen.press("j j /");
    screen.send(Message::Pasted("billing".to_owned()));
    assert_eq!(screen.state.history.selected().as_deref(), Some("14"));
    screen.press("esc");
    assert_eq!(screen.state.history.selected().as_deref(), Some("12"));
}

#[test]
fn running_through_the_list_asks_for_nothing() {
    let mut screen = screen();
    screen.wait(100);
    screen.take();
    screen.press("j j j");
    assert_eq!(screen.take(), []);
    screen.wait(100);
    assert!(screen.asked(&Query::Sync(SyncId(11))).is_some());
    assert_eq!(screen.take().len(), 1);
    screen.wait(1_000);
    assert_eq!(screen.take(), [], "asked once");
}

#[test]
fn a_sync_that_begins_stands_first_at_once() {
    let mut screen = screen();
    screen.happen(started("shop", 15, Cause::Manual));
    assert_eq!(listed(&screen), [15, 14, 13, 12, 11, 10]);
    assert_eq!(screen.state.history.selected().as_deref(), Some("14"), "the selection stays");
}

#[test]
fn a_running_sync_is_followed_live() {
    let mut screen = screen();
    screen.happen(started("shop", 15, Cause::Manual));
    screen.press("g g");
    screen.happen(EventKind::StageFinished {
        job: JobId(1),
        project: "shop".to_owned(),
        record: StageRecord { stage: Stage::Connect, elapsed_ms: 120, detail: "8f31c2d on main".to_owned() },
    });
    let progress = Progress {
        stage: Stage::Fetch,
        done: 120,
        total: Some(480),
        unit: Unit::Objects,
        bytes: 90_000,
        elapsed_ms: 900,
    };
    screen.send(Message::ProgressChanged(vec![(JobId(1), "shop".into(), progress)]));
    let text = screen.text();
    for words in ["running", "8f31c2d on main", "25 %", "120/480"] {
        assert!(text.contains(words), "{words} in\n{text}");
    }
}

#[test]
fn a_finished_sync_keeps_its_row_until_it_is_recorded() {
    let mut screen = screen();
    screen.happen(started("shop", 15, Cause::Manual));
    screen.happen(EventKind::SyncFinished {
        job: JobId(1),
        project: "shop".to_owned(),
        sync: SyncId(15),
        outcome: Outcome::Succeeded,
        counts: SyncCounts::default(),
        summary: String::new(),
        unchanged: false,
    });
    assert_eq!(listed(&screen).first(), Some(&15));
    let mut recorded = vec![sync(15, "shop", SyncState::Succeeded, 0)];
    recorded.extend(syncs());
    screen.load_syncs(recorded);
    assert_eq!(listed(&screen), [15, 14, 13, 12, 11, 10]);
}

#[test]
fn what_is_open_is_read_again_with_the_list() {
    let mut screen = screen();
    open(&mut screen, syncs().remove(0));
    screen.take();
    screen.press("r");
    screen.load_syncs(syncs());
    assert!(screen.asked(&Query::Sync(SyncId(14))).is_some());
    assert!(screen.text().contains("problems"), "the old page stays meanwhile");
}

#[test]
fn the_page_tells_all_of_it() {
    let mut screen = screen();
    open(&mut screen, syncs().remove(0));
    let text = screen.text();
    for words in [
        "failed billing",
        "There is no dbt_project.yml",
        "8f31c2d on main by Ann Example, 2 h ago",
        "Count refunds once",
        "DBT-PROJECT-PATH",
        "added (2)",
        "fct_refunds",
        "countries  seed",
        "changed (1)",
        "2026-11-23 11:57:00 UTC",
    ] {
        assert!(text.contains(words), "{words} in\n{text}");
    }
}

#[test]
fn a_late_page_of_another_sync_is_not_shown() {
    let mut screen = screen();
    screen.wait(100);
    let late = screen.asked(&Query::Sync(SyncId(14))).unwrap();
    screen.press("j");
    screen.wait(100);
    screen.send(Message::SyncLoaded { generation: late, sync: Some(Box::new(view_of(syncs().remove(0)))) });
    assert!(screen.state.history.view().is_none());
}

#[test]
fn the_worst_open_problem_is_one_key_away() {
    let mut screen = screen();
    open(&mut screen, syncs().remove(0));
    screen.press("!");
    assert_eq!(screen.state.tab, Tab::Troubleshooting);
    screen.load_problems(super::super::fixtures::problems());
    assert_eq!(screen.state.troubleshooting.selected().as_deref(), Some("1"));
}

#[test]
fn from_a_failed_sync_to_its_fix_are_two_keys() {
    let mut screen = screen();
    screen.load_problems(super::super::fixtures::problems());
    open(&mut screen, syncs().remove(0));
    screen.take();
    screen.press("! f");
    assert!(screen.take().contains(&Effect::ApplyFix { problem: ProblemId(1), fix: 1 }));
}

#[test]
fn a_sync_can_be_tried_again() {
    let mut screen = screen();
    screen.take();
    screen.press("s");
    assert!(screen.take().contains(&Effect::SyncProject { project: "billing".to_owned() }));
}

#[test]
fn a_row_is_copied_with_tabs() {
    let mut screen = screen();
    screen.take();
    screen.press("y r");
    let Some(Effect::CopyText(CopiedText { text, .. })) = screen.take().pop() else { panic!("nothing was copied") };
    assert_eq!(text.split('\t').take(3).collect::<Vec<_>>(), ["14", "billing", "failed"]);
}

#[test]
fn a_report_is_the_page_in_plain_text() {
    let mut screen = screen();
    open(&mut screen, syncs().remove(0));
    let report = page::report(
        page::Sources { sync: &syncs()[0], view: screen.state.history.view(), failure: None, live: false, recent: &[] },
        noon(),
    );
    assert!(report.is_ascii() && report.contains("x failed billing") && report.contains("DBT-PROJECT-PATH"));
}

#[test]
fn a_page_that_can_not_be_read_says_why() {
    let mut screen = screen();
    screen.wait(100);
    screen.fail(Query::Sync(SyncId(14)));
    let text = screen.text();
    assert!(text.contains("the rest could not be read") && text.contains("STORE-BUSY"), "{text}");
}

#[test]
fn thousands_of_changes_are_counted() {
    let record = sync(1, "shop", SyncState::Succeeded, 1);
    let added = (0..10_000).map(|number| format!("model.shop.m{number}")).collect();
    let view =
        SyncView { record: record.clone(), problems: Vec::new(), added, changed: Vec::new(), removed: Vec::new() };
    let sources = page::Sources { sync: &record, view: Some(&view), failure: None, live: false, recent: &[] };
    let document = page::page(sources, 60, noon(), &crate::tui::glyphs::Glyphs::unicode());
    assert!(document.len() < 600);
    assert!(document.lines().iter().any(|line| line.text().contains("9 500 more")));
}

#[test]
fn a_click_selects_the_row_under_it() {
    let mut screen = screen();
    let (pane, context) = screen.state.pane_mut();
    assert!(!pane.click(0, &context), "the titles of the columns");
    assert!(!pane.click(3, &context));
    assert_eq!(pane.selected().as_deref(), Some("12"));
    assert!(pane.click(3, &context), "again");
}

#[test]
fn hostile_words_do_no_harm() {
    let mut hostile = sync(1, "sh\u{1b}[31mop", SyncState::Failed, 1);
    hostile.summary = "\u{1b}]0;x\u{7}bad\u{202e}".to_owned();
    let mut screen = Screen::new(Tab::History, 120, 40);
    screen.load_syncs(vec![hostile]);
    assert!(!screen.text().contains(['\u{1b}', '\u{7}', '\u{202e}']));
}

#[test]
fn the_time_is_seen_beside_that_of_other_good_syncs() {
    let history: Vec<SyncRecord> = (1..=6)
        .map(|id| {
            let state = if id == 4 { SyncState::Failed } else { SyncState::Succeeded };
            let mut record = sync(id, if id == 2 { "billing" } else { "shop" }, state, 100 - id);
            record.finished_at = Some(record.started_at + jiff::SignedDuration::from_millis(100 * id));
            record
        })
        .rev()
        .collect();
    assert_eq!(rows::recent(&history, &history[0], 9), [100, 300, 500, 600]);
    assert_eq!(rows::recent(&history, &history[1], 2), [300, 500], "up to this one, the newest of them");
    let mut screen = Screen::new(Tab::History, 120, 40);
    screen.load_syncs(history);
    let text = screen.text();
    assert!(text.contains("the last 4 good syncs") && text.contains("mostly 500 ms"), "{text}");
}

#[test]
fn changes_name_what_there_is() {
    let mut record = sync(1, "shop", SyncState::Succeeded, 1);
    assert_eq!(rows::changes(&record), "+2 ~3");
    record.counts = SyncCounts::default();
    assert_eq!(rows::changes(&record), "no change");
    record.state = SyncState::Failed;
    assert_eq!(rows::changes(&record), "");
}

#[test]
fn columns_that_do_not_fit_come_by_scrolling() {
    let mut screen = Screen::new(Tab::History, 60, 15);
    screen.load_syncs(syncs());
    assert!(!screen.text().contains("what happened"), "{}", screen.text());
    screen.press("L L L L L L L L L");
    let text = screen.text();
    assert!(text.contains("state") && text.contains("There is no dbt_project.yml at"), "{text}");
    screen.press("H H H H H H H H");
    assert!(screen.text().contains("3 min ago"));
}

#[test]
fn old_rows_stay_and_say_that_they_are_old() {
    let mut screen = screen();
    screen.press("r");
    screen.fail(Query::Syncs);
    let text = screen.text();
    assert!(text.contains("not refreshed: STORE-BUSY") && text.contains("3 min ago"), "{text}");
}
