//! What a frame may cost on the wire, counted in bytes: the same on every machine.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::Arc;

use ratatui::Terminal;
use ratatui::layout::Size;

use crate::engine::{JobId, Progress, Unit};
use crate::store::{Cause, Stage};
use crate::tui::key::Key;
use crate::tui::message::Message;
use crate::tui::panes::fixtures::{Screen, started};
use crate::tui::panes::model_fixtures::{connected, many};
use crate::tui::state::{State, Tab};
use crate::tui::terminal::FrameBackend;
use crate::tui::theme::Theme;
use crate::tui::view::view;

/// Counts bytes and writes.
#[derive(Clone, Debug, Default)]
struct Wire(Rc<RefCell<(usize, usize)>>);

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut counted = self.0.borrow_mut();
        *counted = (counted.0 + bytes.len(), counted.1 + 1);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A screen at the end of a wire.
struct Remote {
    screen: Screen,
    terminal: Terminal<FrameBackend<Wire>>,
    wire: Wire,
}

impl Remote {
    fn new(tab: Tab, columns: u16, rows: u16, models: usize) -> Self {
        let wire = Wire::default();
        let backend = FrameBackend::new(wire.clone(), Box::new(Size::new(columns, rows)));
        let mut screen = Screen::new(tab, columns, rows);
        screen.load(connected());
        screen.load_models(many(models));
        Self { screen, terminal: Terminal::new(backend).unwrap(), wire }
    }

    /// Draws, and says how many bytes that took; never more than one write.
    fn frame(&mut self) -> usize {
        *self.wire.0.borrow_mut() = (0, 0);
        let state = &self.screen.state;
        self.terminal.draw(|frame| view(state, Theme::terminal(), frame)).unwrap();
        let (bytes, writes) = *self.wire.0.borrow();
        assert!(writes <= 1, "{writes} writes");
        bytes
    }

    fn key(&mut self, key: &str) -> usize {
        self.screen.press(key);
        self.frame()
    }
}

fn median(mut bytes: Vec<usize>) -> usize {
    bytes.sort_unstable();
    bytes[bytes.len() / 2]
}

#[test]
fn the_first_frame_is_small() {
    for (columns, rows, most) in [(80, 24, 3 * 1024), (200, 60, 10 * 1024)] {
        let bytes = Remote::new(Tab::Models, columns, rows, 10_000).frame();
        assert!(bytes <= most, "{columns}x{rows}: {bytes}");
    }
}

#[test]
fn a_frame_without_news_costs_nothing() {
    let mut remote = Remote::new(Tab::Models, 80, 24, 10_000);
    remote.frame();
    assert_eq!((remote.frame(), remote.frame()), (0, 0));
}

#[test]
fn a_key_in_ten_thousand_models_is_a_few_bytes() {
    for (columns, rows, most) in [(80, 24, 300), (200, 60, 600)] {
        let mut remote = Remote::new(Tab::Models, columns, rows, 10_000);
        remote.key("+");
        let keys = ["j"; 12].into_iter().chain(["k"; 6]).collect::<Vec<_>>();
        let bytes = median(keys.into_iter().map(|key| remote.key(key)).collect());
        assert!(bytes <= most, "{columns}x{rows}: {bytes}");
    }
}

#[test]
fn typing_a_filter_and_changing_panes_stay_small() {
    let mut remote = Remote::new(Tab::Models, 80, 24, 10_000);
    remote.frame();
    remote.key("/");
    for letter in "events".chars() {
        remote.screen.send(Message::Key(Key::char(letter)));
        let bytes = remote.frame();
        assert!(bytes <= 2_560, "{letter}: {bytes}");
    }
    remote.key("esc");
    for key in ["1", "2", "3", "4", "2"] {
        let bytes = remote.key(key);
        assert!(bytes <= 4_096, "{key}: {bytes}");
    }
}

#[test]
fn running_work_is_a_trickle() {
    for (tab, watched, most) in [(Tab::Models, true, 400), (Tab::Connections, true, 400), (Tab::Models, false, 120)] {
        let mut remote = Remote::new(tab, 80, 24, 100);
        if tab == Tab::Connections {
            remote.screen.press("j");
        }
        remote.screen.happen(started("shop", 20, Cause::Manual));
        remote.screen.send(if watched { Message::FocusGained } else { Message::FocusLost });
        remote.frame();
        let mut bytes = 0;
        let begin = remote.screen.state.now.millis;
        let mut figures_at = 0;
        while remote.screen.state.now.millis < begin + 4_000 {
            let wait = remote.screen.state.next_deadline().unwrap() - remote.screen.state.now.millis;
            let done = remote.screen.state.now.millis / 3;
            let progress = Progress {
                stage: Stage::Parse,
                done,
                total: Some(10_000),
                unit: Unit::Files,
                bytes: 0,
                elapsed_ms: done,
            };
            if remote.screen.state.now.millis >= figures_at + State::FIGURES {
                figures_at = remote.screen.state.now.millis;
                remote.screen.send(Message::ProgressChanged(vec![(JobId(1), Arc::from("shop"), progress)]));
            }
            remote.screen.wait(wait);
            bytes += remote.frame();
        }
        assert!(bytes / 4 <= most, "{tab:?}, watched {watched}: {} bytes a second", bytes / 4);
    }
}

#[test]
fn running_work_wakes_us_four_times_a_second_at_most() {
    let mut remote = Remote::new(Tab::Models, 80, 24, 100);
    remote.screen.happen(started("shop", 20, Cause::Manual));
    let next = |state: &State| state.next_deadline().unwrap() - state.now.millis;
    remote.screen.wait(next(&remote.screen.state));
    assert_eq!(next(&remote.screen.state), State::SPINNER);
}
