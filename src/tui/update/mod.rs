//! `update`: one message in, the state changed, effects out. Total: it can't fail, and every message
//! has an arm.

mod command;
mod copy;
mod data;
mod events;
mod keys;
mod mouse;
mod travel;

use super::effect::Effect;
use super::message::Message;
use super::overlays::{self, Overlay};
use super::state::{Now, State, Tone};
use crate::workspace::Motion;

/// Folds a message into the state.
pub fn update(state: &mut State, message: Message, now: Now) -> Vec<Effect> {
    state.now = now;
    let mut effects = happened(state, message);
    effects.extend(command::leave_when_done(state));
    let (pane, context) = state.pane_mut();
    effects.extend(pane.settle(&context));
    effects.extend(keep(state));
    effects
}

fn happened(state: &mut State, message: Message) -> Vec<Effect> {
    match message {
        Message::Key(key) => keys::pressed(state, key),
        Message::Pasted(text) => keys::pasted(state, &text),
        Message::MouseMoved(mouse) => mouse::moved(state, mouse),
        Message::Resized { columns, rows } => {
            (state.columns, state.rows) = (columns, rows);
            Vec::new()
        }
        Message::FocusGained => {
            state.watched = true;
            // Another process may have worked meanwhile.
            data::refresh_all(state)
        }
        Message::FocusLost => {
            state.watched = false;
            Vec::new()
        }
        Message::EngineHappened(event) => events::happened(state, &event),
        Message::ProgressChanged(figures) => {
            state.work.progressed(&figures);
            Vec::new()
        }
        Message::EventsMissed | Message::Resumed => data::refresh_all(state),
        Message::OverviewLoaded { .. }
        | Message::ModelsLoaded { .. }
        | Message::ModelLoaded { .. }
        | Message::MacroLoaded { .. }
        | Message::SelectionLoaded { .. }
        | Message::SyncsLoaded { .. }
        | Message::SyncLoaded { .. }
        | Message::SyncLogLoaded { .. }
        | Message::ProblemsLoaded { .. }
        | Message::PreviewLoaded { .. }
        | Message::FixPreviewed { .. }
        | Message::RemovalPreviewed { .. }
        | Message::QueryFailed { .. } => data::loaded(state, message),
        Message::Probed { generation, probe } => {
            overlays::probed(state, generation, *probe);
            Vec::new()
        }
        Message::ConnectionTested { generation, result } => {
            overlays::tested(state, generation, result);
            Vec::new()
        }
        Message::HostTrusted { host } => {
            state.say(Tone::Done, format!("{host} is trusted"));
            overlays::trusted(state)
        }
        Message::ProjectTried { generation, result } => {
            overlays::tried(state, generation, result);
            Vec::new()
        }
        Message::ListGrew { generation, found } => {
            overlays::listed(state, generation, found);
            Vec::new()
        }
        Message::ListEnded { generation, result } => {
            overlays::listing_ended(state, generation, result);
            Vec::new()
        }
        Message::SetUpSaved { words, project } => {
            overlays::saved(state);
            state.say(Tone::Done, words);
            project.map_or_else(Vec::new, |project| travel::to(state, super::state::Tab::Connections, &project))
        }
        Message::RequestFailed(problem) => {
            state.say(Tone::Failed, problem.summary.clone());
            Vec::new()
        }
        Message::CopyNotTaken { copy, reason } => {
            state.overlays.push(Overlay::save_copy(copy, reason));
            Vec::new()
        }
        Message::Copied { what, how } => {
            state.say(Tone::Done, format!("{what}: {how}"));
            Vec::new()
        }
        Message::EditorClosed { failure } => {
            if let Some(failure) = failure {
                state.say(Tone::Failed, failure);
            }
            data::refresh_all(state)
        }
        Message::LinkFoundSlow => slow_down(state),
        Message::TimerFired => Vec::new(),
    }
}

/// From now on as with `ui.motion = "slow"`: no spinner, one frame a second, no mouse.
fn slow_down(state: &mut State) -> Vec<Effect> {
    state.motion = Motion::Slow;
    let mouse_was_on = std::mem::take(&mut state.mouse);
    let mouse = if mouse_was_on { ", mouse off ({mouse} turns it on)" } else { "" };
    let words = state.keymap.fill(&format!("the connection is slow: drawing less often{mouse}"));
    state.say(Tone::Note, words);
    if mouse_was_on { vec![Effect::SetMouse(false)] } else { Vec::new() }
}

/// What time does: toasts go, prefixes are forgotten when nobody waits, the screen is saved.
fn keep(state: &mut State) -> Vec<Effect> {
    let now = state.now.millis;
    if state.toast.as_ref().and_then(super::state::Toast::until).is_some_and(|until| until <= now) {
        state.toast = None;
    }
    let wanted = state.to_save();
    if wanted == state.saved {
        state.save_due = None;
        return Vec::new();
    }
    let due = *state.save_due.get_or_insert(now + State::SAVE_AFTER);
    if due > now && !state.quitting {
        return Vec::new();
    }
    state.save_due = None;
    state.saved = wanted;
    vec![Effect::SaveScreen]
}

/// A command chosen in an overlay.
pub(super) fn run(state: &mut State, command: super::commands::Command) -> Vec<Effect> {
    command::run(state, command, None)
}

/// The step that a moving command makes.
pub(super) fn motion(command: super::commands::Command) -> Option<super::widgets::list::Motion> {
    keys::motion_of(command, None).map(|(motion, _)| motion)
}

pub(super) use command::{cancel, leave};
pub(super) use keys::motion_while_typing;
pub(super) use mouse::click;
pub(super) use travel::to as travel_to;
