//! Pictures of the panes: each pane x size x situation x glyphs, and the roles of one screen of each.
//!
//! `INSTA_UPDATE=always cargo test --lib tui::panes::snapshots` writes them; read what changed.

use super::fixtures::{Screen, mended, problems, started, sync, syncs, wrong_path};
use crate::engine::{EventKind, JobId, Progress, SyncView, Unit};
use crate::store::{Cause, Stage, StageRecord, SyncState};
use crate::tui::effect::Query;
use crate::tui::message::Message;
use crate::tui::state::Tab;

const SIZES: [(u16, u16); 3] = [(60, 15), (80, 24), (120, 40)];

/// A way to bring a new screen into a situation.
type Situation = (&'static str, fn(&mut Screen));

/// Draws a pane in every situation, size and set of glyphs.
fn matrix(tab: Tab, situations: &[Situation]) {
    for (columns, rows) in SIZES {
        for (situation, arrange) in situations {
            for glyphs in ["unicode", "ascii"] {
                let mut screen = Screen::new(tab, columns, rows);
                if glyphs == "ascii" {
                    screen = screen.ascii();
                }
                screen.load_overview();
                arrange(&mut screen);
                let name = format!("{}_{columns}x{rows}_{situation}_{glyphs}", tab.title().to_lowercase());
                let text = screen.text();
                assert!(glyphs == "unicode" || text.is_ascii(), "{name} is not ASCII:\n{text}");
                insta::assert_snapshot!(name, text);
            }
        }
    }
}

fn loading(screen: &mut Screen) {
    screen.wait(3_000);
}

/// A failed sync on top, read whole, while another one runs.
fn history_full(screen: &mut Screen) {
    screen.load_syncs(syncs());
    screen.wait(100);
    let record = sync(14, "billing", SyncState::Failed, 3);
    let generation = screen.asked(&Query::Sync(record.id)).unwrap();
    let view = SyncView {
        record,
        problems: vec![wrong_path(1)],
        added: vec!["model.shop.fct_refunds".to_owned()],
        changed: vec!["model.shop.fct_orders".to_owned(), "seed.shop.countries".to_owned()],
        removed: Vec::new(),
    };
    screen.send(Message::SyncLoaded { generation, sync: Some(Box::new(view)) });
    running(screen, Cause::Schedule, "shop");
}

fn running(screen: &mut Screen, cause: Cause, project: &str) {
    screen.happen(started(project, 15, cause));
    screen.happen(EventKind::StageFinished {
        job: JobId(1),
        project: project.to_owned(),
        record: StageRecord { stage: Stage::Connect, elapsed_ms: 120, detail: "9b21f00 on main".to_owned() },
    });
    let (stage, unit) = (Stage::Fetch, Unit::Objects);
    let progress = Progress { stage, done: 1_200, total: Some(1_936), unit, bytes: 14_000_000, elapsed_ms: 4_500 };
    screen.send(Message::ProgressChanged(vec![(JobId(1), project.into(), progress)]));
}

#[test]
fn history() {
    matrix(
        Tab::History,
        &[
            ("empty", |screen| screen.load_syncs(Vec::new())),
            ("loading", loading),
            ("full", history_full),
            ("running", |screen| {
                history_full(screen);
                screen.press("g g");
            }),
            ("detail", |screen| {
                history_full(screen);
                screen.press("enter");
            }),
            ("error", |screen| screen.fail(Query::Syncs)),
        ],
    );
}

#[test]
fn troubleshooting() {
    matrix(
        Tab::Troubleshooting,
        &[
            ("empty", |screen| screen.load_problems(Vec::new())),
            ("loading", loading),
            ("full", |screen| screen.load_problems(problems())),
            ("detail", |screen| {
                screen.load_problems(problems());
                screen.press("enter");
            }),
            ("choosing", |screen| {
                screen.load_problems(problems());
                screen.press("F");
            }),
            ("trying", |screen| {
                screen.load_problems(problems());
                screen.press("enter");
                running(screen, Cause::Fix, "billing");
            }),
            ("mended", |screen| {
                let mut all = problems();
                all[1] = mended(wrong_path(1));
                screen.load_problems(problems());
                screen.press("enter r");
                screen.load_problems(all);
            }),
            ("error", |screen| screen.fail(Query::Problems)),
        ],
    );
}

#[test]
fn roles() {
    let mut screen = Screen::new(Tab::Troubleshooting, 80, 24);
    screen.load_overview();
    screen.load_problems(problems());
    insta::assert_snapshot!("troubleshooting_roles", screen.roles());
    let mut screen = Screen::new(Tab::History, 80, 24);
    screen.load_overview();
    history_full(&mut screen);
    insta::assert_snapshot!("history_roles", screen.roles());
}
