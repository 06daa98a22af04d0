//! Random keys, events and sizes: nothing panics, and the screen is a function of the state.

use std::sync::Arc;

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::engine::{EventKind, JobId, Outcome, Progress, Unit};
use crate::store::{Cause, Stage, SyncCounts, SyncId};
use crate::tui::key::{Key, KeyCode};
use crate::tui::message::{Message, Mouse, MouseAction};
use crate::tui::panes::fixtures::{Screen, started, syncs};
use crate::tui::panes::model_fixtures::{connected, models};
use crate::tui::state::Tab;
use crate::tui::theme::{Look, Theme};
use crate::tui::view;

/// Something that may happen.
#[derive(Clone, Debug)]
enum Happening {
    Key(Key),
    Paste(String),
    Size(u16, u16),
    Mouse(MouseAction, u16, u16),
    Wait(u64),
    Start(bool),
    Progress(u64, Option<u64>),
    Finish,
    Load,
    Focus(bool),
}

fn key() -> impl Strategy<Value = Key> {
    let letters = prop_oneof![
        prop::char::range(' ', '~').prop_map(Key::char),
        "[a-z]".prop_map(|text| Key::ctrl(text.chars().next().unwrap_or('a')))
    ];
    let others = prop::sample::select(vec![
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Backspace,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::Delete,
    ]);
    prop_oneof![2 => letters, 1 => others.prop_map(Key::plain)]
}

fn happening() -> impl Strategy<Value = Happening> {
    let mouse = prop::sample::select(vec![MouseAction::Pressed, MouseAction::ScrolledUp, MouseAction::ScrolledDown]);
    prop_oneof![
        12 => key().prop_map(Happening::Key),
        1 => "\\PC{0,12}".prop_map(Happening::Paste),
        2 => (1_u16..=300, 1_u16..=100).prop_map(|(columns, rows)| Happening::Size(columns, rows)),
        2 => (mouse, 0_u16..300, 0_u16..100).prop_map(|(action, column, row)| Happening::Mouse(action, column, row)),
        1 => (0_u64..5_000).prop_map(Happening::Wait),
        1 => any::<bool>().prop_map(Happening::Start),
        1 => (any::<u64>(), any::<Option<u64>>()).prop_map(|(done, total)| Happening::Progress(done, total)),
        1 => Just(Happening::Finish),
        2 => Just(Happening::Load),
        1 => any::<bool>().prop_map(Happening::Focus),
    ]
}

fn happen(screen: &mut Screen, happening: Happening) {
    match happening {
        Happening::Key(key) => screen.send(Message::Key(key)),
        Happening::Paste(text) => screen.send(Message::Pasted(text)),
        Happening::Size(columns, rows) => screen.send(Message::Resized { columns, rows }),
        Happening::Mouse(action, column, row) => screen.send(Message::MouseMoved(Mouse { action, column, row })),
        Happening::Wait(millis) => screen.wait(millis),
        Happening::Start(shop) => screen.happen(started(if shop { "shop" } else { "billing" }, 20, Cause::Manual)),
        Happening::Progress(done, total) => {
            let progress = Progress {
                stage: Stage::Parse,
                done,
                total,
                unit: Unit::Files,
                bytes: done,
                elapsed_ms: done % 100_000,
            };
            screen.send(Message::ProgressChanged(vec![(JobId(1), Arc::from("shop"), progress)]));
        }
        Happening::Finish => screen.happen(EventKind::SyncFinished {
            job: JobId(1),
            project: "shop".to_owned(),
            sync: SyncId(20),
            outcome: Outcome::Partial,
            counts: SyncCounts::default(),
            summary: "2 models have \u{202e}problems\u{7}".to_owned(),
            unchanged: false,
        }),
        Happening::Load => {
            screen.load(connected());
            screen.load_models(models());
            screen.load_syncs(syncs());
        }
        Happening::Focus(true) => screen.send(Message::FocusGained),
        Happening::Focus(false) => screen.send(Message::FocusLost),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_happens_breaks_the_screen(happenings in prop::collection::vec(happening(), 1..60)) {
        let mut screen = Screen::new(Tab::Models, 80, 24);
        for happening in happenings {
            happen(&mut screen, happening);
            let once = screen.buffer(Theme::terminal());
            prop_assert_eq!(&once, &screen.buffer(Theme::terminal()), "drawing changes nothing");
        }
    }

    #[test]
    fn any_size_can_be_drawn_also_one_that_the_state_does_not_know_of(
        told in (0_u16..=300, 0_u16..=100),
        real in (1_u16..=300, 1_u16..=100),
        keys in prop::collection::vec(key(), 0..12),
    ) {
        let mut screen = Screen::new(Tab::Models, 120, 40);
        screen.load(connected());
        screen.load_models(models());
        for key in keys {
            screen.send(Message::Key(key));
        }
        screen.send(Message::Resized { columns: told.0, rows: told.1 });
        let mut buffer = Buffer::empty(Rect::new(0, 0, real.0, real.1));
        view::draw(&screen.state, Look::new(Theme::terminal(), &screen.state.glyphs), &mut buffer);
    }

    #[test]
    fn no_control_character_reaches_the_screen(summary in "\\PC{0,6}[\u{0}-\u{1f}\u{7f}-\u{9f}\u{202a}-\u{202e}]{1,3}\\PC{0,6}") {
        let mut screen = Screen::new(Tab::Connections, 120, 40);
        let mut overview = connected();
        for project in &mut overview.projects {
            project.name.clone_from(&summary);
            project.repository.clone_from(&summary);
        }
        overview.workspace.clone_from(&summary);
        screen.load(overview);
        let text = screen.text();
        let bad = |letter: char| letter != '\n' && (letter.is_control() || ('\u{202a}'..='\u{202e}').contains(&letter));
        prop_assert!(!text.chars().any(bad), "{:?}", text);
    }
}
