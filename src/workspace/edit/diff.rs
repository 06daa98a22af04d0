//! The difference of two texts, as lines to show.

use similar::TextDiff;

/// Unchanged lines shown around a change.
const CONTEXT: usize = 3;

/// A unified diff without file names: `@@ …`, then lines that begin with a blank, `-` or `+`.
pub(super) fn unified(before: &str, after: &str) -> Vec<String> {
    let diff = TextDiff::from_lines(before, after);
    let text = diff.unified_diff().context_radius(CONTEXT).missing_newline_hint(false).to_string();
    text.lines().map(str::to_owned).collect()
}
