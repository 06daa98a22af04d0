//! From key presses to commands: what has the keys now, counts, chords, and the way out.

use crate::tui::commands::{Command, Lookup};
use crate::tui::effect::Effect;
use crate::tui::key::{Key, KeyCode};
use crate::tui::overlays;
use crate::tui::state::{Pending, State, Toast, Tone};
use crate::tui::widgets::list::Motion;

use super::command;

/// Milliseconds within which a second Ctrl-C leaves.
const TWICE: u64 = 2_000;
/// Largest count that is kept: more rows than any list has.
const MOST: u32 = 999_999;

pub(super) fn pressed(state: &mut State, key: Key) -> Vec<Effect> {
    if key == Key::ctrl('c') {
        return ctrl_c(state);
    }
    state.ctrl_c_at = None;
    if state.toast.as_ref().is_some_and(|toast: &Toast| toast.seen_by_key(state.now.millis)) {
        state.toast = None;
    }
    if !state.overlays.is_empty() {
        return overlays::pressed(state, key);
    }
    if state.pane().0.typing() && state.pending.keys.is_empty() {
        return typed(state, key);
    }
    chord(state, key)
}

/// Always leaves at the second press, whatever is on the screen.
fn ctrl_c(state: &mut State) -> Vec<Effect> {
    let now = state.now.millis;
    if state.ctrl_c_at.is_some_and(|at| now <= at + TWICE) {
        return command::leave(state);
    }
    state.ctrl_c_at = Some(now);
    state.say(Tone::Note, "press ctrl-c again to leave");
    Vec::new()
}

/// A key while a filter or a search is being typed: the list can be moved meanwhile.
fn typed(state: &mut State, key: Key) -> Vec<Effect> {
    let (pane, context) = state.pane_mut();
    match motion_while_typing(key) {
        Some(motion) => pane.step(motion, &context),
        None => pane.type_key(key, &context),
    }
}

/// Moving keys that are no text.
pub(crate) fn motion_while_typing(key: Key) -> Option<Motion> {
    let plain = !key.ctrl && !key.alt;
    match key.code {
        KeyCode::Down if plain => Some(Motion::Down(1)),
        KeyCode::Up if plain => Some(Motion::Up(1)),
        KeyCode::PageDown if plain => Some(Motion::PageDown),
        KeyCode::PageUp if plain => Some(Motion::PageUp),
        KeyCode::Char('n') if key.ctrl => Some(Motion::Down(1)),
        KeyCode::Char('p') if key.ctrl => Some(Motion::Up(1)),
        _ => None,
    }
}

/// A key that is (part of) a command.
fn chord(state: &mut State, key: Key) -> Vec<Effect> {
    if key == Key::plain(KeyCode::Esc) && (!state.pending.keys.is_empty() || state.pending.count.is_some()) {
        state.pending = Pending::default();
        return Vec::new();
    }
    if counted(state, key) {
        return Vec::new();
    }
    state.pending.keys.push(key);
    state.pending.since = state.now.millis;
    match state.keymap.lookup(&state.pending.keys, state.tab) {
        Lookup::Prefix(_) => Vec::new(),
        Lookup::Nothing => {
            state.pending = Pending::default();
            Vec::new()
        }
        Lookup::Command(command) => {
            let pending = std::mem::take(&mut state.pending);
            command::run(state, command, pending.count)
        }
    }
}

/// Digits that are no command of their own begin a count (`5j`, `03j`), and all digits go on with it.
fn counted(state: &mut State, key: Key) -> bool {
    let Some(digit) = key.typed().and_then(|letter| letter.to_digit(10)) else { return false };
    let bound = state.keymap.lookup(&[key], state.tab) != Lookup::Nothing;
    if !state.pending.keys.is_empty() || (state.pending.count.is_none() && bound) {
        return false;
    }
    let count = state.pending.count.unwrap_or(0);
    state.pending.count = Some(count.saturating_mul(10).saturating_add(digit).min(MOST));
    true
}

pub(super) fn pasted(state: &mut State, text: &str) -> Vec<Effect> {
    let line = text.trim_matches(['\r', '\n']);
    if line.contains(['\r', '\n']) && !overlays::takes_lines(state) {
        state.say(Tone::Note, "only one line can be pasted here");
        return Vec::new();
    }
    if !state.overlays.is_empty() {
        return overlays::pasted(state, line);
    }
    let (pane, context) = state.pane_mut();
    if pane.typing() {
        return pane.paste(line, &context);
    }
    // Without an input, pasted text must not run as commands.
    let words = state.keymap.fill("nothing to paste into: press {filter} to filter");
    state.say(Tone::Note, words);
    Vec::new()
}

/// The step that a moving command makes, and how often.
pub(super) fn motion_of(command: Command, count: Option<u32>) -> Option<(Motion, u32)> {
    let times = count.unwrap_or(1).max(1);
    let rows = times as usize;
    Some(match command {
        Command::Down => (Motion::Down(rows), 1),
        Command::Up => (Motion::Up(rows), 1),
        Command::PageDown => (Motion::PageDown, times),
        Command::PageUp => (Motion::PageUp, times),
        Command::HalfPageDown => (Motion::HalfPageDown, times),
        Command::HalfPageUp => (Motion::HalfPageUp, times),
        Command::Top => (count.map_or(Motion::First, row_number), 1),
        Command::Bottom => (count.map_or(Motion::Last, row_number), 1),
        _ => return None,
    })
}

fn row_number(count: u32) -> Motion {
    Motion::To((count as usize).saturating_sub(1))
}

/// More pages than this lead to the same end in any list.
pub(super) const MOST_STEPS: u32 = 10_000;
