//! What is kept of the screen from one session to the next: where one was, not what was seen.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{State, Tab};
use crate::tui::layout::Split;

/// What a pane wants to find again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PaneMemory {
    pub selected: Option<String>,
    pub filter: String,
    /// Ids of the closed folders.
    pub folded: Vec<String>,
    /// Name of the view that the detail shows.
    pub view: Option<String>,
    /// Whatever else is on or off.
    pub switches: Vec<String>,
}

/// The file in the state directory, one a workspace. Unknown parts are ignored, missing ones are
/// their defaults: an older or newer program's file is read as far as it goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Saved {
    /// None on a first day: the workspace decides.
    pub tab: Option<Tab>,
    pub zoomed: bool,
    pub split: Split,
    /// Ids of the tips that were dismissed.
    pub dismissed_tips: BTreeSet<String>,
    pub panes: BTreeMap<String, PaneMemory>,
}

impl Saved {
    /// Reads what [`Saved::to_text`] wrote; whatever can't be read is as on a first day.
    pub fn from_text(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    pub fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

fn key(tab: Tab) -> String {
    tab.title().to_lowercase()
}

impl State {
    /// What should be saved now.
    pub fn to_save(&mut self) -> Saved {
        let mut panes = BTreeMap::new();
        for tab in Tab::ALL {
            let (pane, _) = self.pane_of(tab);
            panes.insert(key(tab), pane.memory());
        }
        let dismissed_tips = self.tips.dismissed.clone();
        Saved { tab: Some(self.tab), zoomed: self.zoomed, split: self.split, dismissed_tips, panes }
    }

    /// Takes the screen back to where it was.
    pub fn restore(&mut self, saved: Saved) {
        (self.tab, self.zoomed, self.split) = (saved.tab.unwrap_or(self.tab), saved.zoomed, saved.split);
        self.tips.dismissed.clone_from(&saved.dismissed_tips);
        for tab in Tab::ALL {
            if let Some(memory) = saved.panes.get(&key(tab)) {
                let (pane, _) = self.pane_of(tab);
                pane.remember(memory);
            }
        }
        self.saved = saved;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let mut saved = Saved { tab: Some(Tab::History), zoomed: true, ..Saved::default() };
        saved.panes.insert("models".to_owned(), PaneMemory { filter: "cust".to_owned(), ..PaneMemory::default() });
        assert_eq!(Saved::from_text(&saved.to_text()), saved);
    }

    #[test]
    fn a_damaged_or_foreign_file_is_a_first_day() {
        for text in ["", "{", "[]", "{\"tab\": \"orders\"}", "\u{0}"] {
            assert_eq!(Saved::from_text(text), Saved::default(), "{text}");
        }
        assert!(Saved::from_text("{\"zoomed\": true, \"later\": 1}").zoomed);
    }
}
