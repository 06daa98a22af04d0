//! A line with roles, broken between words.

use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::role_line::RoleLine;

/// The rows of a line, none wider than `width`; roles stay. An empty line has no rows.
pub(super) fn wrapped(line: &RoleLine, width: usize) -> Vec<RoleLine> {
    let mut lines = Vec::new();
    let mut from = 0;
    for row in text::wrap(line.text(), width) {
        let mut out = RoleLine::new();
        // Wrapping drops spaces and nothing else: walk along the source to find the roles again.
        for word in row.split_inclusive(' ') {
            let bare = word.trim_end_matches(' ');
            let Some(start) = line.text().get(from..).and_then(|rest| rest.find(bare)).map(|at| from + at) else {
                out.push(Role::Text, word);
                continue;
            };
            for (role, text) in line.parts(start..start + bare.len()) {
                out.push(role, text);
            }
            from = start + bare.len();
            let space = word.get(bare.len()..).unwrap_or_default();
            let role = line.parts(from..from + 1).next().map_or(Role::Text, |(role, _)| role);
            out.push(role, space);
        }
        lines.push(out);
    }
    lines
}
