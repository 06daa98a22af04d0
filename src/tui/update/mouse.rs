//! The mouse: what is under it comes from the same rectangles that are drawn.

use ratatui::layout::Position;

use crate::tui::commands::Command;
use crate::tui::effect::Effect;
use crate::tui::layout::{Focus, list_row_at};
use crate::tui::message::{Mouse, MouseAction};
use crate::tui::overlays;
use crate::tui::state::State;
use crate::tui::view;
use crate::tui::widgets::list::Motion;

use super::{command, travel};

/// Rows that one notch of the wheel moves.
const NOTCH: usize = 3;

pub(super) fn moved(state: &mut State, mouse: Mouse) -> Vec<Effect> {
    if !state.overlays.is_empty() {
        return overlays::mouse(state, mouse);
    }
    match mouse.action {
        MouseAction::ScrolledDown => wheel(state, mouse, Motion::Down(NOTCH)),
        MouseAction::ScrolledUp => wheel(state, mouse, Motion::Up(NOTCH)),
        MouseAction::Pressed => click(state, Position::new(mouse.column, mouse.row)),
    }
}

/// The wheel moves what is under it, whatever has the focus.
fn wheel(state: &mut State, mouse: Mouse, motion: Motion) -> Vec<Effect> {
    let place = Position::new(mouse.column, mouse.row);
    let under = if state.areas().detail.contains(place) { Focus::Detail } else { Focus::List };
    let (pane, mut context) = state.pane_mut();
    context.focus = under;
    pane.step(motion, &context)
}

/// What is drawn at a place does what it says.
pub(crate) fn click(state: &mut State, place: Position) -> Vec<Effect> {
    let areas = state.areas();
    if let Some(tab) = view::tab_at(state, place) {
        return travel::to_tab(state, tab);
    }
    if let Some(command) = view::hint_at(state, place) {
        return command::run(state, command, None);
    }
    if areas.tip.contains(place) {
        return command::run(state, Command::DismissTip, None);
    }
    if areas.detail.contains(place) {
        state.focus = Focus::Detail;
        let (pane, context) = state.pane_mut();
        if let Some(view) = pane.views(&context).iter().position(|view| view.contains(place)) {
            pane.show_view(view);
        }
        return Vec::new();
    }
    let Some(row) = list_row_at(&areas, place.x, place.y) else { return Vec::new() };
    state.focus = Focus::List;
    let (pane, context) = state.pane_mut();
    if pane.click(row, &context) {
        return command::run(state, Command::Open, None);
    }
    Vec::new()
}
