//! The marks that are drawn, in two sets: Unicode, and ASCII for terminals and fonts without it.
//!
//! Every glyph is one cell wide in both sets, so that a layout never depends on the set. No emoji
//! (terminals disagree on their width) and nothing that needs a patched font.

use ratatui::symbols::border;

/// A set of marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glyphs {
    pub border: border::Set<'static>,
    /// In front of the selected row: seen without any colour.
    pub marker: &'static str,
    pub fold_open: &'static str,
    pub fold_closed: &'static str,
    pub check: &'static str,
    pub cross: &'static str,
    /// Runs, where nothing turns.
    pub running: &'static str,
    pub pending: &'static str,
    pub cancelled: &'static str,
    pub stale: &'static str,
    pub warning: &'static str,
    pub notice: &'static str,
    pub bullet: &'static str,
    pub dot: &'static str,
    pub ring: &'static str,
    pub separator: &'static str,
    pub ellipsis: &'static str,
    pub up: &'static str,
    pub down: &'static str,
    pub right: &'static str,
    pub left: &'static str,
    /// The head of a line of a graph.
    pub arrow_head: &'static str,
    pub horizontal: &'static str,
    pub vertical: &'static str,
    pub branch: &'static str,
    pub branch_last: &'static str,
    /// Where lines from the left meet a line to the right: first, middle, last row, and alone.
    pub join: Joints,
    pub split: Joints,
    pub caret: &'static str,
    pub bar_full: &'static str,
    pub bar_empty: &'static str,
    /// The part of the right border that says what is seen.
    pub scroll_thumb: &'static str,
    pub spinner: &'static [&'static str],
    /// Eight heights, lowest first.
    pub levels: [&'static str; 8],
}

/// Pieces of a bundle of lines that meet, by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joints {
    pub first: &'static str,
    pub middle: &'static str,
    pub last: &'static str,
    /// The row on which the trunk leaves, where it is also the first, a middle or the last one.
    pub trunk_first: &'static str,
    pub trunk_middle: &'static str,
    pub trunk_last: &'static str,
}

impl Glyphs {
    pub const fn unicode() -> Self {
        Self {
            border: border::ROUNDED,
            marker: "▌",
            fold_open: "▾",
            fold_closed: "▸",
            check: "✓",
            cross: "✗",
            running: "◌",
            pending: "·",
            cancelled: "○",
            stale: "~",
            warning: "!",
            notice: "i",
            bullet: "•",
            dot: "●",
            ring: "○",
            separator: "·",
            ellipsis: "…",
            up: "↑",
            down: "↓",
            right: "→",
            left: "←",
            arrow_head: "▸",
            horizontal: "─",
            vertical: "│",
            branch: "├",
            branch_last: "└",
            join: Joints {
                first: "┐", middle: "┤", last: "┘", trunk_first: "┬", trunk_middle: "┼", trunk_last: "┴"
            },
            split: Joints {
                first: "┌", middle: "├", last: "└", trunk_first: "┬", trunk_middle: "┼", trunk_last: "┴"
            },
            caret: "^",
            bar_full: "▰",
            bar_empty: "▱",
            scroll_thumb: "┃",
            spinner: &["⠋", "⠙", "⠸", "⠴", "⠦", "⠇"],
            levels: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
        }
    }

    pub const fn ascii() -> Self {
        const JOINTS: Joints =
            Joints { first: "+", middle: "+", last: "+", trunk_first: "+", trunk_middle: "+", trunk_last: "+" };
        Self {
            border: border::Set {
                top_left: "+",
                top_right: "+",
                bottom_left: "+",
                bottom_right: "+",
                vertical_left: "|",
                vertical_right: "|",
                horizontal_top: "-",
                horizontal_bottom: "-",
            },
            marker: ">",
            fold_open: "-",
            fold_closed: "+",
            check: "+",
            cross: "x",
            running: "*",
            pending: ".",
            cancelled: "o",
            stale: "~",
            warning: "!",
            notice: "i",
            bullet: "*",
            dot: "*",
            ring: "o",
            separator: "|",
            ellipsis: "~",
            up: "^",
            down: "v",
            right: ">",
            left: "<",
            arrow_head: ">",
            horizontal: "-",
            vertical: "|",
            branch: "|",
            branch_last: "`",
            join: JOINTS,
            split: JOINTS,
            caret: "^",
            bar_full: "#",
            bar_empty: ".",
            scroll_thumb: "#",
            spinner: &["|", "/", "-", "\\"],
            levels: ["_", ".", ":", "-", "=", "+", "*", "#"],
        }
    }

    /// The spinner's picture after so many turns of it.
    pub fn spinner_frame(&self, turn: usize) -> &'static str {
        turn.checked_rem(self.spinner.len()).and_then(|index| self.spinner.get(index)).copied().unwrap_or(self.running)
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    fn all(glyphs: &Glyphs) -> Vec<&'static str> {
        let mut all = vec![
            glyphs.marker,
            glyphs.fold_open,
            glyphs.fold_closed,
            glyphs.check,
            glyphs.cross,
            glyphs.running,
            glyphs.pending,
            glyphs.cancelled,
            glyphs.stale,
            glyphs.warning,
            glyphs.notice,
            glyphs.bullet,
            glyphs.dot,
            glyphs.ring,
            glyphs.separator,
            glyphs.ellipsis,
            glyphs.up,
            glyphs.down,
            glyphs.right,
            glyphs.left,
            glyphs.arrow_head,
            glyphs.horizontal,
            glyphs.vertical,
            glyphs.branch,
            glyphs.branch_last,
            glyphs.caret,
            glyphs.bar_full,
            glyphs.bar_empty,
            glyphs.scroll_thumb,
            glyphs.border.top_left,
            glyphs.border.vertical_right,
            glyphs.border.horizontal_top,
        ];
        for joints in [glyphs.join, glyphs.split] {
            all.extend([joints.first, joints.middle, joints.last]);
            all.extend([joints.trunk_first, joints.trunk_middle, joints.trunk_last]);
        }
        all.extend(glyphs.spinner);
        all.extend(glyphs.levels);
        all
    }

    #[test]
    fn every_glyph_is_one_cell_wide() {
        for glyph in all(&Glyphs::unicode()).into_iter().chain(all(&Glyphs::ascii())) {
            assert_eq!(glyph.width(), 1, "{glyph}");
        }
    }

    #[test]
    fn the_ascii_set_is_ascii() {
        for glyph in all(&Glyphs::ascii()) {
            assert!(glyph.is_ascii(), "{glyph}");
        }
    }

    #[test]
    fn no_glyph_is_an_emoji() {
        // U+2600..U+27BF holds the old emoji; the check mark and the cross of our set are none.
        for glyph in all(&Glyphs::unicode()) {
            let emoji = glyph.chars().any(|c| matches!(c, '✔' | '✖' | '▶' | '◀' | '⚠' | 'ℹ') || c > '\u{FFFF}');
            assert!(!emoji, "{glyph}");
        }
    }

    #[test]
    fn the_spinner_turns_for_ever() {
        let glyphs = Glyphs::ascii();
        assert_eq!(glyphs.spinner_frame(0), glyphs.spinner_frame(4));
        assert_eq!(glyphs.spinner_frame(usize::MAX), "\\");
    }
}
