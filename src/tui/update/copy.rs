//! Copying what is selected.

use crate::tui::effect::Effect;
use crate::tui::panes::Copy;
use crate::tui::state::{State, Tone};

pub(super) fn selected(state: &mut State, what: Copy) -> Vec<Effect> {
    let name = match what {
        Copy::Id => "id",
        Copy::Sql => "SQL",
        Copy::Json => "JSON",
        Copy::Row => "row",
        Copy::Path => "path",
        Copy::Link => "command",
        Copy::Report => "report",
    };
    let (pane, context) = state.pane();
    if let Some(text) = pane.copy(what, &context) {
        return vec![Effect::CopyText { what: name.to_owned(), text }];
    }
    state.say(Tone::Note, format!("there is no {name} to copy here"));
    Vec::new()
}
