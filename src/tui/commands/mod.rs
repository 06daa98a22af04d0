//! The one command table: it makes the keymap, the `?` overlay, the footer, the palette, the
//! README's key table, and the checks of a person's own keys.
//!
//! Says what there is and whether it can be used now; what a command does is in `update`.

mod enabled;
mod hints;
mod keymap;
mod readme;
mod table;

pub use enabled::enabled;
pub use hints::{ALWAYS, hints};
pub use keymap::{Keymap, Lookup};
pub use readme::key_table;
pub use table::COMMANDS;

use super::state::Tab;

/// Everything that a key, the palette or a click can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Command {
    Down,
    Up,
    PageDown,
    PageUp,
    HalfPageDown,
    HalfPageUp,
    Top,
    Bottom,
    Left,
    Right,
    ScrollLeft,
    ScrollRight,
    NextMatch,
    PreviousMatch,
    Jump,
    Open,
    Back,
    NextTab,
    PreviousTab,
    ShowConnections,
    ShowModels,
    ShowHistory,
    ShowTroubleshooting,
    NextView,
    PreviousView,
    GoBack,
    GoForward,
    Zoom,
    Widen,
    Narrow,
    Fold,
    FoldAll,
    UnfoldAll,
    ToggleCompiled,
    Preview,
    Wrap,
    Filter,
    Sync,
    SyncAll,
    Cancel,
    Refresh,
    Edit,
    ApplyFix,
    ChooseFix,
    ShowProblem,
    AddProject,
    TestConnection,
    ChangeCredential,
    Remove,
    ShowWork,
    ShowLog,
    CopyId,
    CopySql,
    CopyJson,
    CopyRow,
    CopyPath,
    CopyLink,
    CopyReport,
    DismissTip,
    Palette,
    Keys,
    Mouse,
    Suspend,
    Quit,
    ForceQuit,
}

/// Where a command's keys count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Context {
    Everywhere,
    In(Tab),
}

impl Context {
    /// Whether there is a place where both count.
    pub fn overlaps(self, other: Self) -> bool {
        match (self, other) {
            (Self::Everywhere, _) | (_, Self::Everywhere) => true,
            (Self::In(tab), Self::In(second)) => tab == second,
        }
    }

    pub fn holds(self, tab: Tab) -> bool {
        self.overlaps(Self::In(tab))
    }
}

/// Headings of the `?` overlay and of the README's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    Moving,
    Panes,
    Work,
    Copying,
    Program,
}

impl Group {
    pub const ALL: [Self; 5] = [Self::Moving, Self::Panes, Self::Work, Self::Copying, Self::Program];

    pub fn title(self) -> &'static str {
        match self {
            Self::Moving => "Moving",
            Self::Panes => "Panes and views",
            Self::Work => "Work",
            Self::Copying => "Copying",
            Self::Program => "Program",
        }
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandInfo {
    pub command: Command,
    /// Its name in `ebb.toml`'s `[ui.keys]`.
    pub id: &'static str,
    /// One or two words: footer and palette.
    pub title: &'static str,
    /// Default keys as they would be written in `ebb.toml`.
    pub keys: &'static [&'static str],
    pub context: Context,
    pub group: Group,
    /// A sentence without its full stop.
    pub about: &'static str,
}

impl Command {
    /// Its row of the table.
    pub fn info(self) -> &'static CommandInfo {
        // A test holds that every command has a row; the first one stands in for the compiler's sake.
        COMMANDS.iter().find(|info| info.command == self).unwrap_or(&table::FIRST)
    }

    pub fn by_id(id: &str) -> Option<Self> {
        COMMANDS.iter().find(|info| info.id == id).map(|info| info.command)
    }
}

#[cfg(test)]
mod tests;
