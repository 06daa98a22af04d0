//! Messages: everything that can happen to the screen, in the past tense. The closed set that
//! `update` folds over.

use std::sync::Arc;

use crate::engine::{
    Event, FixPreview, JobId, ListedThing, MacroView, ModelView, Overview, Preview, Probe, Progress, Removal,
    RemovalPreview, Selection, SyncView, Tried,
};
use crate::problem::Problem;
use crate::store::{ModelSummary, ProblemId, ProblemRecord, SyncRecord};

use super::effect::{CopiedText, Generation, Query};
use super::key::Key;

/// What a mouse did, in cells from the upper left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mouse {
    pub action: MouseAction,
    pub column: u16,
    pub row: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MouseAction {
    Pressed,
    ScrolledUp,
    ScrolledDown,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum Message {
    Key(Key),
    Pasted(String),
    MouseMoved(Mouse),
    Resized {
        columns: u16,
        rows: u16,
    },
    FocusGained,
    FocusLost,
    /// The engine told of something.
    EngineHappened(Box<Event>),
    /// The newest progress of every running job; older figures were never seen and are not missed.
    ProgressChanged(Vec<(JobId, Arc<str>, Progress)>),
    /// The event queue overflowed: everything shown may be old.
    EventsMissed,
    OverviewLoaded {
        generation: Generation,
        overview: Box<Overview>,
    },
    ModelsLoaded {
        generation: Generation,
        models: Arc<[ModelSummary]>,
    },
    /// `model` is none when it is gone.
    ModelLoaded {
        generation: Generation,
        model: Option<Box<ModelView>>,
    },
    /// `one` is none when it is gone.
    MacroLoaded {
        generation: Generation,
        one: Option<Box<MacroView>>,
    },
    PreviewLoaded {
        generation: Generation,
        preview: Box<Preview>,
    },
    SelectionLoaded {
        generation: Generation,
        selection: Selection,
    },
    SyncsLoaded {
        generation: Generation,
        syncs: Vec<SyncRecord>,
    },
    SyncLoaded {
        generation: Generation,
        sync: Option<Box<SyncView>>,
    },
    SyncLogLoaded {
        generation: Generation,
        events: Vec<Event>,
    },
    ProblemsLoaded {
        generation: Generation,
        problems: Vec<ProblemRecord>,
    },
    FixPreviewed {
        problem: ProblemId,
        fix: usize,
        preview: FixPreview,
    },
    /// A step of a connection's test began or ended.
    Probed {
        generation: Generation,
        probe: Box<Probe>,
    },
    /// A connection's test ended: whether all is well.
    ConnectionTested {
        generation: Generation,
        result: Result<bool, Box<Problem>>,
    },
    /// A host's key is trusted from now on.
    HostTrusted {
        host: String,
    },
    /// A project that is set up was tried.
    ProjectTried {
        generation: Generation,
        result: Result<Box<Tried>, Box<Problem>>,
    },
    /// A page of a list came.
    ListGrew {
        generation: Generation,
        found: Vec<ListedThing>,
    },
    /// A list ended: whether it is whole.
    ListEnded {
        generation: Generation,
        result: Result<bool, Box<Problem>>,
    },
    /// What was set up stands in `ebb.toml`; in words for a toast.
    SetUpSaved {
        words: String,
        /// The project that is new.
        project: Option<String>,
    },
    RemovalPreviewed {
        removal: Removal,
        preview: RemovalPreview,
    },
    /// A query had no answer.
    QueryFailed {
        query: Query,
        generation: Generation,
        problem: Box<Problem>,
    },
    /// Something asked for could not be begun.
    RequestFailed(Box<Problem>),
    /// No clipboard takes the text, or the file that it was to be written into can't be made.
    CopyNotTaken {
        copy: CopiedText,
        /// In words, without a full stop.
        reason: String,
    },
    /// A copy left for the terminal's or the machine's clipboard.
    Copied {
        what: String,
        /// "sent to terminal", "copied", "written to /home/ann/ebb-shop.json".
        how: String,
    },
    /// `$EDITOR` ended; `failure` says why it could not do its work.
    EditorClosed {
        failure: Option<String>,
    },
    /// Back from Ctrl-Z.
    Resumed,
    /// A frame took so long to write that the link must be slow.
    LinkFoundSlow,
    /// The deadline of [`super::state::State::next_deadline`] came.
    TimerFired,
}
