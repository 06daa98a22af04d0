//! Running work as it is seen: stages, figures, spinner, the end.

use std::sync::Arc;

use crate::engine::{Event, EventKind, JobId, Outcome, Progress, Unit};
use crate::store::{Cause, Stage, StageRecord, SyncCounts, SyncId};
use crate::tui::effect::{Effect, Query};
use crate::tui::message::Message;
use crate::tui::panes::fixtures::{Screen, started};
use crate::tui::panes::model_fixtures::connected;
use crate::tui::state::{State, Tab};
use crate::workspace::Motion;

fn syncing() -> Screen {
    let mut screen = Screen::new(Tab::Connections, 120, 40);
    screen.load(connected());
    screen.press("j");
    screen.happen(started("shop", 20, Cause::Manual));
    let project = "shop".to_owned();
    let record = StageRecord { stage: Stage::Connect, elapsed_ms: 120, detail: "8f31c2d on main".to_owned() };
    screen.happen(EventKind::StageFinished { job: JobId(1), project: project.clone(), record });
    screen.happen(EventKind::StageStarted { job: JobId(1), project, stage: Stage::Fetch });
    screen
}

fn figures(done: u64, total: Option<u64>) -> Message {
    let progress =
        Progress { stage: Stage::Fetch, done, total, unit: Unit::Objects, bytes: 3_100_000, elapsed_ms: 4_000 };
    Message::ProgressChanged(vec![(JobId(1), Arc::from("shop"), progress)])
}

pub(super) fn finished(outcome: Outcome, summary: &str) -> EventKind {
    EventKind::SyncFinished {
        job: JobId(1),
        project: "shop".to_owned(),
        sync: SyncId(20),
        outcome,
        counts: SyncCounts::default(),
        summary: summary.to_owned(),
        unchanged: false,
    }
}

#[test]
fn a_known_total_is_a_bar_and_percent() {
    let mut screen = syncing();
    screen.send(figures(1_200, Some(1_936)));
    let text = screen.text();
    for part in ["✓ connect", "8f31c2d on main", "61 %", "· parse", "· record"] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    screen.press("2");
    assert!(screen.text().contains("▰▰▰"), "{}", screen.text());
}

#[test]
fn an_unknown_total_is_a_count_and_never_a_bar() {
    let mut screen = syncing();
    screen.send(figures(1_200, None));
    let text = screen.text();
    assert!(text.contains("1 200 objects") && !text.contains('▰') && !text.contains('%'), "{text}");
}

#[test]
fn running_work_is_in_the_status_line_of_every_pane() {
    let mut screen = syncing();
    for key in ["1", "2", "3", "4"] {
        screen.press(key);
        assert!(screen.text().lines().next().unwrap().contains("shop"), "pane {key}");
    }
}

#[test]
fn the_spinner_turns_four_times_a_second_and_only_while_it_may() {
    let mut screen = syncing();
    let next = |screen: &Screen| screen.state.next_deadline().map(|due| due - screen.state.now.millis);
    assert!(next(&screen).is_some_and(|wait| wait <= State::SPINNER));
    let before = screen.text();
    screen.wait(State::SPINNER);
    assert_ne!(before, screen.text());
    screen.send(Message::FocusLost);
    assert!(next(&screen).is_some_and(|wait| wait > State::SPINNER));
    screen.send(Message::FocusGained);
    screen.state.motion = Motion::Reduced;
    assert!(next(&screen).is_some_and(|wait| wait > State::SPINNER) && screen.text().contains('◌'));
}

#[test]
fn the_end_is_said_and_stops_the_clock() {
    for (outcome, summary, words) in [
        (Outcome::Succeeded, "2 added", "shop: synced: 2 added"),
        (Outcome::Partial, "2 models have problems", "shop: synced with problems: 2 models have problems"),
        (Outcome::Failed, "no route to host", "shop: sync failed: no route to host"),
        (Outcome::Cancelled, "", "shop: sync cancelled"),
    ] {
        let mut screen = syncing();
        screen.happen(finished(outcome, summary));
        assert!(screen.text().contains(words), "{words} in\n{}", screen.text());
        assert!(screen.state.work.is_idle());
    }
}

#[test]
fn a_slow_link_is_noticed_once_and_told() {
    let mut screen = syncing();
    screen.send(Message::LinkFoundSlow);
    assert_eq!(screen.state.motion, Motion::Slow);
    assert!(screen.text().contains("the connection is slow"));
    assert!(!screen.take().contains(&Effect::SetMouse(false)), "it was off");
}

#[test]
fn a_slow_link_is_as_if_it_had_been_set() {
    let mut screen = syncing();
    screen.state.mouse = true;
    screen.send(Message::LinkFoundSlow);
    assert!(!screen.state.mouse && screen.take().contains(&Effect::SetMouse(false)));
    assert!(screen.text().contains("mouse off (M turns it on)"), "{}", screen.text());
    let wait = screen.state.next_deadline().map(|due| due - screen.state.now.millis);
    assert!(!screen.state.spins() && wait.is_some_and(|wait| wait > State::SPINNER));
    screen.press("M");
    assert!(screen.take().contains(&Effect::SetMouse(true)), "it can be had all the same");
}

#[test]
fn the_list_of_running_work_cancels() {
    let mut screen = syncing();
    screen.press("T");
    assert!(screen.text().contains("Running work") && screen.text().contains("asked for"));
    screen.press("x");
    assert!(screen.text().contains("cancelling"));
    screen.happen(finished(Outcome::Cancelled, ""));
    assert!(screen.text().contains("nothing is running"));
}

#[test]
fn the_list_of_running_work_says_how_far_and_opens_the_log() {
    let mut screen = syncing();
    screen.send(figures(1_200, Some(1_936)));
    screen.press("T");
    let text = screen.text();
    let title = text.lines().find(|line| line.contains("sync 20")).unwrap();
    assert!(title.contains("shop") && title.contains("61 %"), "{text}");
    screen.take();
    screen.press("enter");
    let generation = screen.asked(&Query::SyncLog(SyncId(20))).unwrap();
    assert!(screen.text().contains("reading the log"));
    let at = screen.state.now.wall;
    let record = StageRecord { stage: Stage::Connect, elapsed_ms: 120, detail: "8f31c2d on main".to_owned() };
    let kinds = [
        started("shop", 20, Cause::Manual),
        EventKind::StageFinished { job: JobId(1), project: "shop".to_owned(), record },
        EventKind::StageStarted { job: JobId(1), project: "shop".to_owned(), stage: Stage::Fetch },
    ];
    let events = kinds.map(|kind| Event { at, kind }).to_vec();
    screen.send(Message::SyncLogLoaded { generation, events });
    for words in ["12:00:00  began (asked for)", "connect took 120 ms: 8f31c2d on main", "receiving objects"] {
        assert!(screen.text().contains(words), "{words} in\n{}", screen.text());
    }
    screen.take();
    screen.happen(finished(Outcome::Failed, "no route to host"));
    assert!(screen.asked(&Query::SyncLog(SyncId(20))).is_some(), "it goes on while the sync runs");
    screen.press("enter");
    assert_eq!(screen.state.tab, Tab::History);
}

#[test]
fn a_long_log_shows_its_end_and_scrolls() {
    let mut screen = Screen::new(Tab::History, 80, 24);
    screen.load(connected());
    screen.load_syncs(crate::tui::panes::fixtures::syncs());
    screen.press("g l");
    let generation = screen.asked(&Query::SyncLog(SyncId(14))).unwrap();
    let at = screen.state.now.wall;
    let line = |number| EventKind::FixApplied {
        job: JobId(1),
        project: None,
        problem: crate::store::ProblemId(1),
        title: format!("number {number}"),
        sync: None,
        error: None,
    };
    let events = (0..100).map(|number| Event { at, kind: line(number) }).collect();
    screen.send(Message::SyncLogLoaded { generation, events });
    assert!(screen.text().contains("number 99") && !screen.text().contains("number 70"));
    screen.press("g");
    screen.press("home");
    assert!(screen.text().contains("number 0") && !screen.text().contains("number 99"), "{}", screen.text());
    screen.press("j");
    assert!(!screen.text().contains("number 0 ") && screen.text().contains("number 1"));
    screen.press("end");
    insta::assert_snapshot!("sync_log", screen.text());
}

#[test]
fn without_a_sync_there_is_no_log() {
    let mut screen = Screen::new(Tab::History, 80, 24);
    screen.load(connected());
    screen.load_syncs(Vec::new());
    screen.press("g l");
    assert!(screen.text().contains("log: no sync is selected") && screen.state.overlays.is_empty());
}

#[test]
fn another_process_alone_can_cancel_its_work() {
    let mut screen = Screen::new(Tab::Connections, 120, 40);
    let mut overview = connected();
    overview.live.push(crate::engine::LiveJob {
        job: None,
        sync: SyncId(30),
        project: "shop".to_owned(),
        cause: Cause::Schedule,
        started_at: screen.state.now.wall,
        cancelling: false,
        progress: None,
    });
    screen.load(overview);
    screen.press("j");
    screen.take();
    screen.press("x");
    assert!(screen.take().is_empty() && screen.text().contains("another ebb"));
}
