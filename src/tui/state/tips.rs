//! One line of advice above the footer: what people find last. It never asks for anything, goes when it
//! is dismissed, and stays away in this workspace.

use std::collections::BTreeSet;

use super::State;

/// A piece of advice. The words name keys as [`crate::tui::commands::Keymap::fill`] reads them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tip {
    /// Under which it is remembered.
    pub id: &'static str,
    pub words: &'static str,
}

const fn tip(id: &'static str, words: &'static str) -> Tip {
    Tip { id, words }
}

/// In the order in which they are shown, one a session.
const TIPS: [Tip; 8] = [
    tip("palette", "{palette} finds every command, project and model by name"),
    tip("filter", "{filter} filters by words and by fields such as tag:nightly; tab completes them"),
    tip("problem", "{problem} goes to the problem of the selected thing, and to what mends it"),
    tip("keys", "{keys} lists every key that works here; enter runs the row"),
    tip("jump", "{jump} puts letters on all rows and buttons: typing them goes there"),
    tip("trail", "{go-back} goes back to where you were, {go-forward} forward again"),
    tip("zoom", "{zoom} gives the whole screen to the list or the detail"),
    tip("command", "{copy-link} copies the shell command that shows the same as the screen"),
];

/// Which advice was dismissed, and whether any is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tips {
    pub on: bool,
    /// Ids of those dismissed in this workspace.
    pub dismissed: BTreeSet<String>,
    /// One was dismissed in this session: the next one comes with the next.
    rests: bool,
}

impl Tips {
    /// Fewest rows of a screen that has one to spare.
    pub const ROWS: u16 = 30;

    fn next(&self) -> Option<Tip> {
        let wanted = self.on && !self.rests;
        TIPS.into_iter().find(|tip| wanted && !self.dismissed.contains(tip.id))
    }

    /// Takes away the one that is shown.
    pub fn dismiss(&mut self) {
        self.dismissed.extend(self.next().map(|tip| tip.id.to_owned()));
        self.rests = true;
    }
}

impl State {
    /// The advice that is on the screen.
    pub fn tip(&self) -> Option<Tip> {
        self.tips.next().filter(|_| self.rows >= Tips::ROWS && self.columns >= crate::tui::layout::SMALLEST.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::commands::Keymap;

    #[test]
    fn each_is_shown_once_and_one_a_session() {
        let mut dismissed = BTreeSet::new();
        for wanted in TIPS {
            let mut tips = Tips { on: true, dismissed, ..Tips::default() };
            assert_eq!(tips.next(), Some(wanted));
            tips.dismiss();
            assert_eq!(tips.next(), None);
            dismissed = tips.dismissed;
        }
        assert_eq!(Tips { on: true, dismissed, ..Tips::default() }.next(), None);
    }

    #[test]
    fn they_can_be_switched_off() {
        assert_eq!(Tips::default().next(), None);
    }

    #[test]
    fn every_key_in_them_is_a_commands() {
        for tip in TIPS {
            let words = Keymap::default().fill(tip.words);
            assert!(!words.contains(['{', '}']), "{words}");
            assert!(words.chars().count() <= 90, "{words}");
        }
    }
}
