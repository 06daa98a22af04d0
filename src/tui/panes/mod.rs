//! The panes: one file or folder each, with its state, what it does with a command, and its drawing.
//!
//! A pane knows nothing of the others; what it may know of the rest comes as a [`PaneContext`].

mod connections;
mod filtered_list;
#[cfg(test)]
pub(super) mod fixtures;
mod history;
#[cfg(test)]
pub(super) mod model_fixtures;
pub mod models;
mod page;
pub mod parts;
#[cfg(test)]
mod snapshots;
mod stages;
mod table_list;
mod troubleshooting;
mod words;

use std::ops::Range;
use std::path::PathBuf;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::engine::Overview;
use crate::store::ProblemId;
use crate::workspace::Motion as MotionSetting;

use super::commands::{Command, Keymap};
use super::effect::Effect;
use super::glyphs::Glyphs;
use super::key::Key;
use super::layout::{Areas, Focus};
use super::state::{Fetched, Now, PaneMemory, Surroundings, Work};
use super::theme::Look;
use super::widgets::list::Motion;

pub use connections::Connections;
pub use history::History;
pub use models::{Models, model_id};
pub use troubleshooting::Troubleshooting;

/// What a pane may know of the rest of the screen.
#[derive(Clone, Copy, Debug)]
pub struct PaneContext<'a> {
    pub now: Now,
    pub areas: Areas,
    pub focus: Focus,
    pub motion: MotionSetting,
    pub overview: &'a Fetched<Overview>,
    pub work: &'a Work,
    pub surroundings: &'a Surroundings,
    pub glyphs: &'a Glyphs,
    /// To name keys as they are, not as they once were.
    pub keymap: &'a Keymap,
}

/// What is selected, for the commands that mean the same in every pane.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The project that it belongs to.
    pub project: Option<String>,
    /// Its own newest open problem.
    pub problem: Option<ProblemId>,
    /// Its file on this machine and the line (1-based; 0 is the top), or why there is none.
    pub file: Option<Result<(PathBuf, u32), String>>,
}

/// What can be copied of the selected thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copy {
    Id,
    Sql,
    Json,
    Row,
    Path,
    Link,
    /// All that is known of it, as plain text for a ticket.
    Report,
}

/// What `update` and `view` ask of every pane. All of it is pure: what is wanted of the world is
/// handed back as effects.
pub trait Pane {
    /// Asks for the newest data.
    fn refresh(&mut self, context: &PaneContext<'_>) -> Vec<Effect>;

    /// Brings selection, window and detail in line with data, size and focus. Called after every
    /// message for the pane that is shown, so it must be cheap when nothing changed.
    fn settle(&mut self, context: &PaneContext<'_>) -> Vec<Effect>;

    /// A step in the list or, with the focus there, in the detail.
    fn step(&mut self, motion: Motion, context: &PaneContext<'_>) -> Vec<Effect>;

    /// The command that another one means here: Enter on "connect a repository" is "add project".
    fn means(&self, command: Command, _context: &PaneContext<'_>) -> Command {
        command
    }

    /// A command that the pane may know what to do with; none when it is not the pane's.
    fn run(&mut self, command: Command, context: &PaneContext<'_>) -> Option<Vec<Effect>>;

    /// Whether a command of the pane can be used now, else why not; none when it is not the pane's.
    fn can(&self, command: Command, context: &PaneContext<'_>) -> Option<Result<(), String>>;

    /// A click on a row of the list, counted from the first one in sight. True when it was on the
    /// row that was selected before.
    fn click(&mut self, row: usize, context: &PaneContext<'_>) -> bool;

    /// The rows of the list in sight, counted as [`Pane::click`] counts them.
    fn rows_in_sight(&self, context: &PaneContext<'_>) -> Range<usize>;

    /// Where the titles of the detail's views are; none where it has no views.
    fn views(&self, _context: &PaneContext<'_>) -> Vec<Rect> {
        Vec::new()
    }

    /// Shows the view with this index of [`Pane::views`].
    fn show_view(&mut self, _view: usize) {}

    /// Whether keys are text now.
    fn typing(&self) -> bool;

    /// A key that is text, while [`Pane::typing`].
    fn type_key(&mut self, key: Key, context: &PaneContext<'_>) -> Vec<Effect>;

    /// Pasted text of one line, while [`Pane::typing`].
    fn paste(&mut self, text: &str, context: &PaneContext<'_>) -> Vec<Effect>;

    /// What is selected.
    fn subject(&self, context: &PaneContext<'_>) -> Subject;

    /// The text to copy, if the selected thing has such.
    fn copy(&self, what: Copy, context: &PaneContext<'_>) -> Option<String>;

    /// The way to what is selected, below the pane's own name: project, folder, name, view.
    fn crumbs(&self, context: &PaneContext<'_>) -> Vec<String>;

    /// Id of what is selected, to come back to.
    fn selected(&self) -> Option<String>;

    /// Id of where the chosen link of the detail leads; none where it has none, or not the focus.
    fn leads_to(&self, _context: &PaneContext<'_>) -> Option<String> {
        None
    }

    /// Selects the thing with this id, now or when it is loaded.
    fn select(&mut self, id: &str);

    /// Milliseconds on the screen's clock at which [`Pane::settle`] is wanted again.
    fn deadline(&self) -> Option<u64>;

    fn memory(&self) -> PaneMemory;

    fn remember(&mut self, memory: &PaneMemory);

    /// Draws list and detail into their areas; gives the place of the cursor while typing.
    fn draw(&self, look: Look<'_>, context: &PaneContext<'_>, buffer: &mut Buffer) -> Option<Position>;
}
