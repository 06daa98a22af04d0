//! The state of the screen: plain data that `update` changes and `view` draws.
//!
//! No I/O, no task, no clock, no terminal: the time comes in with every message.

mod fetched;
mod saved;
mod tips;
mod toast;
mod trail;
mod work;

use std::path::PathBuf;

use jiff::Timestamp;

use crate::engine::Overview;
use crate::workspace::Motion as MotionSetting;

use super::commands::Keymap;
use super::effect::{Effect, Generation, Query};
use super::glyphs::Glyphs;
use super::key::Key;
use super::layout::{Areas, Focus, Split};
use super::overlays::Overlay;
use super::panes::{Connections, History, Models, Pane, PaneContext, Troubleshooting};
use super::theme::Patches;

pub use fetched::{Fetched, Shown};
pub use saved::{PaneMemory, Saved};
pub use tips::{Tip, Tips};
pub use toast::{Toast, Tone};
pub use trail::{Place, Trail};
pub use work::{Running, Work};

/// The panes that have a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tab {
    #[default]
    Connections,
    Models,
    History,
    Troubleshooting,
}

impl Tab {
    pub const ALL: [Self; 4] = [Self::Connections, Self::Models, Self::History, Self::Troubleshooting];

    pub fn title(self) -> &'static str {
        match self {
            Self::Connections => "Connections",
            Self::Models => "Models",
            Self::History => "History",
            Self::Troubleshooting => "Troubleshooting",
        }
    }

    /// The number that stands in front of its title and is its key.
    pub fn number(self) -> u8 {
        match self {
            Self::Connections => 1,
            Self::Models => 2,
            Self::History => 3,
            Self::Troubleshooting => 4,
        }
    }

    /// The tab so many places to the right, round the corner.
    #[must_use]
    pub fn beside(self, places: isize) -> Self {
        let count = Self::ALL.len() as isize;
        let index = (isize::from(self.number()) - 1 + places).rem_euclid(count);
        Self::ALL.into_iter().nth(index as usize).unwrap_or(self)
    }
}

/// The time, as it comes with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    pub wall: Timestamp,
    /// Milliseconds on a clock that never goes back, for deadlines.
    pub millis: u64,
}

/// What cannot change while the screen runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The folder with a `dbt_project.yml` in which the program was started.
    pub folder: Option<PathBuf>,
    /// The folder of the workspace's relative paths, for `$EDITOR`.
    pub base: PathBuf,
    /// The folder in which the program was started, for files that it is asked to write.
    pub here: PathBuf,
}

/// Keys pressed that are not a command yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    pub keys: Vec<Key>,
    pub count: Option<u32>,
    /// Milliseconds on the screen's clock.
    pub since: u64,
}

/// Everything that the screen knows.
#[derive(Debug)]
pub struct State {
    pub now: Now,
    pub columns: u16,
    pub rows: u16,
    pub tab: Tab,
    pub focus: Focus,
    pub zoomed: bool,
    pub split: Split,
    /// Whether the terminal's window has the focus.
    pub watched: bool,
    pub mouse: bool,
    pub motion: MotionSetting,
    pub keymap: Keymap,
    pub glyphs: Glyphs,
    /// Number of the newest test of a connection.
    pub tests: Generation,
    /// The person's own styles.
    pub patches: Patches,
    pub pending: Pending,
    /// Milliseconds at which Ctrl-C was pressed once.
    pub ctrl_c_at: Option<u64>,
    pub overview: Fetched<Overview>,
    pub work: Work,
    pub connections: Connections,
    pub models: Models,
    pub history: History,
    pub troubleshooting: Troubleshooting,
    /// The last one is on top and has the keys.
    pub overlays: Vec<Overlay>,
    pub toast: Option<Toast>,
    pub trail: Trail,
    pub tips: Tips,
    pub surroundings: Surroundings,
    /// What was last saved, so that only changes are.
    pub saved: Saved,
    pub save_due: Option<u64>,
    pub quitting: bool,
}

impl State {
    /// Milliseconds between two pictures of a spinner.
    pub const SPINNER: u64 = 250;
    /// Milliseconds between two looks at the figures of running work: they cost more bytes than a
    /// spinner does.
    pub const FIGURES: u64 = 600;
    /// Milliseconds after which a prefix shows what may follow.
    pub const PREFIX_HELP: u64 = 300;
    /// Milliseconds after the last change until it is saved.
    pub const SAVE_AFTER: u64 = 2_000;

    pub fn new(now: Now, columns: u16, rows: u16) -> Self {
        Self {
            now,
            columns,
            rows,
            tab: Tab::default(),
            focus: Focus::default(),
            zoomed: false,
            split: Split::default(),
            watched: true,
            mouse: false,
            motion: MotionSetting::Full,
            keymap: Keymap::default(),
            glyphs: Glyphs::unicode(),
            tests: Generation::default(),
            patches: Patches::NONE,
            pending: Pending::default(),
            ctrl_c_at: None,
            overview: Fetched::default(),
            work: Work::default(),
            connections: Connections::default(),
            models: Models::default(),
            history: History::default(),
            troubleshooting: Troubleshooting::default(),
            overlays: Vec::new(),
            toast: None,
            trail: Trail::default(),
            tips: Tips::default(),
            surroundings: Surroundings::default(),
            saved: Saved::default(),
            save_due: None,
            quitting: false,
        }
    }

    pub fn areas(&self) -> Areas {
        let tip = u16::from(self.tip().is_some());
        Areas::new(self.columns, self.rows - tip, self.focus, self.zoomed, self.split).above(tip)
    }

    /// The pane that is shown, with what it may know of the rest.
    pub fn pane(&self) -> (&dyn Pane, PaneContext<'_>) {
        let pane: &dyn Pane = match self.tab {
            Tab::Connections => &self.connections,
            Tab::Models => &self.models,
            Tab::History => &self.history,
            Tab::Troubleshooting => &self.troubleshooting,
        };
        (
            pane,
            PaneContext {
                now: self.now,
                areas: self.areas(),
                focus: self.focus,
                motion: self.motion,
                overview: &self.overview,
                work: &self.work,
                surroundings: &self.surroundings,
                glyphs: &self.glyphs,
                keymap: &self.keymap,
            },
        )
    }

    /// As [`State::pane`], to be changed.
    pub fn pane_mut(&mut self) -> (&mut dyn Pane, PaneContext<'_>) {
        self.pane_of(self.tab)
    }

    pub fn pane_of(&mut self, tab: Tab) -> (&mut dyn Pane, PaneContext<'_>) {
        let areas = self.areas();
        let pane: &mut dyn Pane = match tab {
            Tab::Connections => &mut self.connections,
            Tab::Models => &mut self.models,
            Tab::History => &mut self.history,
            Tab::Troubleshooting => &mut self.troubleshooting,
        };
        (
            pane,
            PaneContext {
                now: self.now,
                areas,
                focus: self.focus,
                motion: self.motion,
                overview: &self.overview,
                work: &self.work,
                surroundings: &self.surroundings,
                glyphs: &self.glyphs,
                keymap: &self.keymap,
            },
        )
    }

    /// What the screen asks for when it opens.
    pub fn opening(&mut self) -> Vec<Effect> {
        let mut effects = vec![Effect::Load { query: Query::Overview, generation: self.overview.ask(self.now.wall) }];
        for tab in Tab::ALL {
            let (pane, context) = self.pane_of(tab);
            effects.extend(pane.refresh(&context));
        }
        effects
    }

    /// Says something in the line above the footer.
    pub fn say(&mut self, tone: Tone, text: impl Into<String>) {
        self.toast = Some(Toast { text: text.into(), tone, since: self.now.millis });
    }

    /// Whether the spinner turns: work is to be seen by somebody, and motion is wanted.
    pub fn spins(&self) -> bool {
        !self.work.is_idle() && self.watched && self.motion == MotionSetting::Full
    }

    /// Milliseconds until the running time on the screen grows old.
    fn work_interval(&self) -> u64 {
        if self.spins() { Self::SPINNER } else { 1_000 }
    }

    /// When [`super::message::Message::TimerFired`] is wanted; none while nothing waits or moves.
    pub fn next_deadline(&self) -> Option<u64> {
        let toast = self.toast.as_ref().and_then(Toast::until);
        let prefix = (!self.pending.keys.is_empty())
            .then_some(self.pending.since + Self::PREFIX_HELP)
            .filter(|due| *due > self.now.millis);
        let work = (!self.work.is_idle()).then(|| next_multiple(self.now.millis, self.work_interval()));
        let (pane, _) = self.pane();
        [toast, prefix, work, self.save_due, pane.deadline()].into_iter().flatten().min()
    }
}

fn next_multiple(now: u64, interval: u64) -> u64 {
    (now / interval + 1) * interval
}
