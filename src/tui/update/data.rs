//! Answers of the engine: each goes to the pane that asked, unless it comes too late.

use crate::problem::Problem;
use crate::tui::effect::{Effect, Generation, Query};
use crate::tui::message::Message;
use crate::tui::overlays::{self, Overlay};
use crate::tui::state::{State, Tab, Tone};

/// Asks for everything anew; what is shown stays until the answers come.
pub(crate) fn refresh_all(state: &mut State) -> Vec<Effect> {
    let mut effects = vec![load_overview(state)];
    for tab in Tab::ALL {
        let (pane, context) = state.pane_of(tab);
        effects.extend(pane.refresh(&context));
    }
    effects
}

fn load_overview(state: &mut State) -> Effect {
    Effect::Load { query: Query::Overview, generation: state.overview.ask(state.now.wall) }
}

pub(super) fn loaded(state: &mut State, message: Message) -> Vec<Effect> {
    let at = state.now.wall;
    match message {
        Message::OverviewLoaded { generation, overview } => {
            let live = overview.live.clone();
            if state.overview.answer(generation, *overview, at) {
                state.work.reconcile(&live);
            }
        }
        Message::ModelsLoaded { generation, models } => state.models.models_loaded(generation, models, at),
        Message::ModelLoaded { generation, model } => state.models.model_loaded(generation, model, at),
        Message::MacroLoaded { generation, one } => state.models.macro_loaded(generation, one, at),
        Message::PreviewLoaded { generation, preview } => state.models.preview_loaded(generation, *preview, at),
        Message::SelectionLoaded { generation, selection } => state.models.selection_loaded(generation, selection, at),
        Message::SyncsLoaded { generation, syncs } => state.history.syncs_loaded(generation, syncs, at),
        Message::SyncLoaded { generation, sync } => state.history.sync_loaded(generation, sync, at),
        Message::SyncLogLoaded { generation, events } => overlays::log_loaded(state, generation, events),
        Message::ProblemsLoaded { generation, problems } => {
            state.troubleshooting.problems_loaded(generation, problems, at);
        }
        Message::FixPreviewed { problem, fix, preview } => {
            let question = state.troubleshooting.fix_previewed(problem, fix, preview);
            state.overlays.extend(question.map(Overlay::Confirm));
        }
        Message::RemovalPreviewed { removal, preview } => overlays::ask_removal(state, removal, preview),
        Message::QueryFailed { query, generation, problem } => failed(state, &query, generation, problem),
        other => debug_assert!(false, "no answer of the engine: {other:?}"),
    }
    Vec::new()
}

/// The old value stays; the pane says why there is no newer one.
fn failed(state: &mut State, query: &Query, generation: Generation, problem: Box<Problem>) {
    match query {
        Query::Overview => {
            state.overview.fail(generation, problem);
        }
        Query::Models | Query::Model { .. } | Query::Macro { .. } | Query::Preview { .. } | Query::Selection(_) => {
            state.models.query_failed(query, generation, problem);
        }
        Query::Syncs | Query::Sync(_) => state.history.query_failed(query, generation, problem),
        Query::SyncLog(_) => overlays::log_failed(state, generation, problem),
        Query::Problems => state.troubleshooting.query_failed(query, generation, problem),
        Query::FixPreview { .. } | Query::Removal(_) => state.say(Tone::Failed, problem.summary),
    }
}
