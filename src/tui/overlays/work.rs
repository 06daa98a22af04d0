//! Everything that runs now, with stages and progress; `x` cancels the selected one.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{After, Answer};
use crate::store::SyncId;
use crate::tui::commands::{Command, Lookup};
use crate::tui::key::{Key, KeyCode};
use crate::tui::live;
use crate::tui::state::{Running, State};
use crate::tui::theme::{Look, Role};
use crate::tui::widgets::frame::Frame;
use crate::tui::widgets::list::Motion;

/// The selected one, by its sync.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkList {
    selected: Option<SyncId>,
}

/// Rows that each running sync takes.
const ROWS: u16 = 3;

impl WorkList {
    fn index(&self, state: &State) -> usize {
        let found = state.work.running.iter().position(|running| Some(running.sync) == self.selected);
        found.unwrap_or(0)
    }

    fn go(&mut self, motion: Motion, state: &State) {
        let target = motion.target(self.index(state), 5, state.work.running.len());
        self.selected = state.work.running.get(target).map(|running| running.sync);
    }

    pub(super) fn pressed(&mut self, key: Key, state: &State) -> Answer {
        let selected = state.work.running.get(self.index(state));
        if key.code == KeyCode::Enter {
            let log = |running: &Running| After::ShowLog(running.project.clone(), running.sync);
            return Answer::Closes(selected.map_or(After::Nothing, log));
        }
        if let Some(motion) = super::motion(key, state) {
            self.go(motion, state);
            return Answer::Stays;
        }
        match state.keymap.lookup(&[key], state.tab) {
            Lookup::Command(Command::Cancel) => {
                selected.map_or(Answer::Stays, |running| Answer::Closes(After::CancelProject(running.project.clone())))
            }
            Lookup::Command(Command::Quit | Command::ShowWork) => Answer::Closes(After::Nothing),
            _ => Answer::Stays,
        }
    }

    pub(super) fn area(state: &State) -> Rect {
        let wanted = (state.work.running.len() as u16).saturating_mul(ROWS).saturating_add(4).clamp(6, 30);
        state.areas().overlay(84.min(state.columns.saturating_sub(2)), wanted)
    }

    pub(super) fn draw(&self, state: &State, look: Look<'_>, area: Rect, buffer: &mut Buffer) {
        super::clear(area, look, buffer);
        let inside = Frame::new("Running work").focused(true).draw(look, area, buffer);
        if state.work.is_idle() {
            buffer.set_stringn(
                inside.x + 1,
                inside.y,
                "nothing is running",
                usize::from(inside.width),
                look.style(Role::Dim),
            );
            return;
        }
        let shown = usize::from((inside.height.saturating_sub(1)) / ROWS).max(1);
        let selected = self.index(state);
        let first = selected.saturating_sub(shown.saturating_sub(1));
        for (slot, running) in state.work.running.iter().enumerate().skip(first).take(shown) {
            let y = inside.y + (slot - first) as u16 * ROWS;
            let row = Rect { y, height: ROWS, ..inside }.intersection(inside);
            live::draw_short(running, state, look, row, slot == selected, buffer);
        }
        let hint = format!("{} cancels · enter shows its log · esc closes", state.keymap.shown(Command::Cancel));
        buffer.set_stringn(
            inside.x + 1,
            inside.bottom().saturating_sub(1),
            hint,
            usize::from(inside.width.saturating_sub(2)),
            look.style(Role::Dim),
        );
    }
}
