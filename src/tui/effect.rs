//! Effects: everything that the screen wants done, as imperatives. Carried out by `run`, never by
//! `update`.

use std::path::PathBuf;

use crate::engine::{Listing, NewCredential, NewProject, Removal, TrustedKey};
use crate::store::{ProblemId, SyncId};

/// Number of an asking: an answer with an older one comes too late and is dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Generation(pub u64);

/// A question to the engine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Query {
    Overview,
    Models,
    Model {
        project: String,
        unique_id: String,
    },
    Macro {
        project: String,
        unique_id: String,
    },
    /// The first rows of a model.
    Preview {
        project: String,
        unique_id: String,
    },
    /// What a selection in dbt's syntax means.
    Selection(String),
    Syncs,
    Sync(SyncId),
    /// What was told of a sync, line by line.
    SyncLog(SyncId),
    Problems,
    FixPreview {
        problem: ProblemId,
        fix: usize,
    },
    /// What a removal would change.
    Removal(Removal),
}

/// Text on its way to the clipboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedText {
    /// Names it in the toast: "SQL".
    pub what: String,
    pub text: String,
    /// The file that it would be written into where no clipboard takes it.
    pub file: PathBuf,
}

/// Something to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask the engine; the answer comes as a message with the same generation.
    Load {
        query: Query,
        generation: Generation,
    },
    SyncProject {
        project: String,
    },
    /// Ask the end of a project's running sync.
    CancelSync {
        project: String,
    },
    ApplyFix {
        problem: ProblemId,
        fix: usize,
    },
    /// Send text to the clipboard.
    CopyText(CopiedText),
    /// Write text that no clipboard takes into its file, which must not be there yet. A relative path
    /// is meant from the working directory.
    WriteCopy(CopiedText),
    /// Hand the terminal to `$EDITOR`. `line` is 1-based; 0 is the top.
    OpenEditor {
        file: PathBuf,
        line: u32,
    },
    /// Write a new project (and its connection) to `ebb.toml` and sync it.
    AddProject(NewProject),
    /// Test a Git connection; what is told of it carries the same generation.
    TestConnection {
        connection: String,
        generation: Generation,
    },
    /// Try a project that is not written yet; what is told of it carries the same generation.
    TryProject {
        new: Box<NewProject>,
        generation: Generation,
    },
    /// Try another credential of a connection in the same way.
    TryCredential {
        new: Box<NewCredential>,
        generation: Generation,
    },
    /// Nobody looks at the test that runs any more.
    StopTest,
    /// Write the key of a host that a person trusts into the file of such keys.
    TrustHost(TrustedKey),
    /// List what may be chosen for a project that is set up; every page carries the same generation.
    List {
        listing: Listing,
        new: Box<NewProject>,
        generation: Generation,
    },
    /// Nobody waits for the rows any more.
    StopPreview,
    /// Nobody looks at the list any more.
    StopListing,
    /// Write another credential of a connection.
    ChangeCredential(Box<NewCredential>),
    /// Take something out of `ebb.toml`.
    Remove(Removal),
    /// Leave this workspace for the demo's.
    StartDemo,
    /// Leave this workspace for the dbt project in a folder.
    OpenFolder(PathBuf),
    SetMouse(bool),
    /// Stop as a job of the shell until it brings us back.
    Suspend,
    SaveScreen,
    Quit,
}
