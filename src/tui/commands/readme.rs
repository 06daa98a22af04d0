//! The README's key table, written from the command table so that it can't drift.

use std::fmt::Write as _;

use super::{COMMANDS, Group, Keymap};

/// The default keys as Markdown, one table a group.
pub fn key_table() -> String {
    let keymap = Keymap::default();
    let mut text = String::new();
    for group in Group::ALL {
        // Writing to a String never fails.
        let _ = writeln!(text, "**{}**\n\n| keys | id | does |\n|---|---|---|", group.title());
        for info in COMMANDS.iter().filter(|info| info.group == group) {
            let keys: Vec<String> = keymap.chords(info.command).map(|chord| format!("`{chord}`")).collect();
            let _ = writeln!(text, "| {} | `{}` | {} |", keys.join(" "), info.id, info.about);
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}
