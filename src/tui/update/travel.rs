//! From one pane to another, and back.

use crate::tui::effect::Effect;
use crate::tui::layout::Focus;
use crate::tui::state::{Place, State, Tab};

fn here(state: &State) -> Place {
    Place { tab: state.tab, focus: state.focus, id: state.pane().0.selected() }
}

pub(crate) fn to_tab(state: &mut State, tab: Tab) -> Vec<Effect> {
    if tab != state.tab {
        let place = here(state);
        state.trail.leave(place);
        (state.tab, state.focus) = (tab, Focus::List);
    }
    Vec::new()
}

/// To one thing in a pane.
pub(crate) fn to(state: &mut State, tab: Tab, id: &str) -> Vec<Effect> {
    let place = here(state);
    state.trail.leave(place);
    (state.tab, state.focus) = (tab, Focus::List);
    state.pane_mut().0.select(id);
    Vec::new()
}

/// Along a link of the detail, which keeps the focus: one can go on from there.
pub(super) fn along(state: &mut State, id: &str) -> Vec<Effect> {
    let place = here(state);
    state.trail.leave(place);
    state.pane_mut().0.select(id);
    Vec::new()
}

/// To the problem of what is selected, else to the list of problems.
pub(super) fn to_problem(state: &mut State) -> Vec<Effect> {
    let (pane, context) = state.pane();
    match pane.subject(&context).problem {
        Some(problem) => to(state, Tab::Troubleshooting, &problem.0.to_string()),
        None => to_tab(state, Tab::Troubleshooting),
    }
}

pub(super) fn back(state: &mut State) -> Vec<Effect> {
    let place = here(state);
    let target = state.trail.back(place);
    arrive(state, target)
}

pub(super) fn forward(state: &mut State) -> Vec<Effect> {
    let place = here(state);
    let target = state.trail.forward(place);
    arrive(state, target)
}

fn arrive(state: &mut State, target: Option<Place>) -> Vec<Effect> {
    let Some(place) = target else { return Vec::new() };
    (state.tab, state.focus) = (place.tab, place.focus);
    if let Some(id) = place.id {
        state.pane_mut().0.select(&id);
    }
    Vec::new()
}
