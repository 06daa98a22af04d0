//! What the engine tells: work is folded in, and what has grown old is asked for again.

use crate::engine::{Event, EventKind, Outcome};
use crate::tui::effect::Effect;
use crate::tui::overlays;
use crate::tui::state::{State, Tone};

use super::data;

pub(super) fn happened(state: &mut State, event: &Event) -> Vec<Effect> {
    state.work.happened(event.at, &event.kind);
    let mut effects = told(state, event);
    effects.extend(overlays::log_grew(state));
    effects
}

fn told(state: &mut State, event: &Event) -> Vec<Effect> {
    match &event.kind {
        EventKind::SyncFinished { project, outcome, summary, .. } => {
            let (tone, word) = match outcome {
                Outcome::Succeeded => (Tone::Done, "synced"),
                Outcome::Partial => (Tone::Failed, "synced with problems"),
                Outcome::Failed => (Tone::Failed, "sync failed"),
                Outcome::Cancelled => (Tone::Note, "sync cancelled"),
            };
            let text =
                if summary.is_empty() { format!("{project}: {word}") } else { format!("{project}: {word}: {summary}") };
            state.say(tone, text);
            data::refresh_all(state)
        }
        EventKind::SyncRefused { project, problem, .. } => {
            state.say(Tone::Failed, format!("{project}: {}", problem.summary));
            data::refresh_all(state)
        }
        EventKind::SyncWithdrawn { project, .. } => {
            state.say(Tone::Note, format!("{project}: cancelled before it began"));
            Vec::new()
        }
        EventKind::FixApplied { title, error, .. } => {
            match error {
                None => state.say(Tone::Done, format!("done: {title}")),
                Some(error) => state.say(Tone::Failed, format!("{title}: {error}")),
            }
            data::refresh_all(state)
        }
        EventKind::WorkspaceChanged | EventKind::StoreChanged => data::refresh_all(state),
        EventKind::SyncStarted { .. }
        | EventKind::StageStarted { .. }
        | EventKind::StageFinished { .. }
        | EventKind::CancelRequested { .. } => Vec::new(),
    }
}
