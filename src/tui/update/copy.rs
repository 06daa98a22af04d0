//! Copying what is selected.

use std::path::PathBuf;

use crate::tui::effect::{CopiedText, Effect};
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
        let id = pane.copy(Copy::Id, &context).unwrap_or_default();
        return vec![Effect::CopyText(CopiedText { what: name.to_owned(), text, file: file_name(&id, what) })];
    }
    state.say(Tone::Note, format!("there is no {name} to copy here"));
    Vec::new()
}

/// Most characters of an id that become part of a file's name.
const LONGEST: usize = 100;

/// `ebb-model.shop.fct_orders.sql`: of the id only what every file system and shell takes as it is.
fn file_name(id: &str, what: Copy) -> PathBuf {
    let plain =
        |character: char| if character.is_ascii_alphanumeric() || "._-".contains(character) { character } else { '-' };
    let id: String = id.chars().take(LONGEST).map(plain).collect();
    let ending = match what {
        Copy::Sql => "sql",
        Copy::Json => "json",
        Copy::Row => "tsv",
        Copy::Id | Copy::Path | Copy::Link | Copy::Report => "txt",
    };
    PathBuf::from(format!("ebb-{id}.{ending}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_what_is_in_it() {
        for (id, what, wanted) in [
            ("model.shop.fct_orders", Copy::Sql, "ebb-model.shop.fct_orders.sql"),
            ("DBT-PROJECT-PATH", Copy::Report, "ebb-DBT-PROJECT-PATH.txt"),
            ("../../etc/passwd\n", Copy::Json, "ebb-..-..-etc-passwd-.json"),
            ("", Copy::Row, "ebb-.tsv"),
        ] {
            assert_eq!(file_name(id, what), PathBuf::from(wanted));
        }
        assert!(file_name(&"x".repeat(5_000), Copy::Json).as_os_str().len() < 120);
    }
}
