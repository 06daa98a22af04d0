//! The engine: use cases, jobs, events. The only module that does everything; faces reach the rest
//! of the house through it.
//!
//! Handed out as a cheap handle: submit, cancel, subscribe, and queries. Every job has an id, a cause
//! and a cancellation token and emits the same typed events, whoever looks.

mod change_connection;
mod compiled;
mod connect;
mod connection_test;
mod credentials;
mod dbt_command;
mod dbt_folder;
pub mod demo;
mod diagnosis;
mod events;
mod fix;
mod folder;
mod handle;
mod host_trust;
mod jobs;
mod kept;
mod listing;
mod loaders;
mod log;
mod manifest_file;
mod new_access;
mod new_project;
mod old_secrets;
mod open;
mod outlines;
mod packages;
mod polling;
mod profiles;
mod project_folder;
mod queries;
mod reach;
mod recognised;
mod record;
mod repositories;
mod sources;
mod stages;
mod state;
mod store_watch;
mod sync;
mod sync_log;
mod target;
#[cfg(test)]
mod tests;
mod views;
mod watch;
mod world;

pub use crate::dbt::packages::NewPackage;
pub use crate::dbt::{Asked, Form, Indirect, RESOURCE_TYPES, is_selection, listed, resource_types};
pub use crate::warehouse::{
    Column as ResultColumn, Estimate, Kind as CellKind, Relation, RelationKind, SourceStep, StepEvent,
    StepOutcome as SourceOutcome, Value as CellValue,
};
pub use change_connection::{NewCredential, Removal, RemovalPreview};
pub use compiled::CompiledFile;
pub use connect::{NewProject, connect};
pub use connection_test::{OnProbe, Probe, ProbeOutcome, ProbeStep};
pub use dbt_folder::{FolderProject, FolderRequest, WrittenFiles, load_folder};
pub use events::{Event, EventKind, JobId, Outcome, Progress, Request, Unit};
pub use handle::{Engine, Subscription};
pub use host_trust::{MetHost, Published, TrustedKey};
pub use jobs::ProgressBoard;
pub use listing::{ListedThing, Listing, OnListed};
pub use new_access::{GivenSecret, NewAccess};
pub use new_project::Tried;
pub use packages::{
    DepsReport, DepsRequest, DownloadError, DownloadRequest, Downloads, HttpDownloads, InstalledPackage, LockState,
};
pub use profiles::ProfileChoice;
pub use recognised::{Recognised, recognised};
pub use repositories::GitRepositories;
pub use sources::{ColumnProfile, OnSourceProbe, Preview, PreviewOrigin, PreviewRequest, SourceProbe, SourceView};
pub use views::{
    ConnectionView, FixPreview, LiveJob, MacroSummary, MacroView, ModelView, Overview, ProjectView, Selection, SyncView,
};
pub use world::{Answer, Clock, Drivers, OnProgress, Providers, Repositories, SystemClock, Warehouses, World};
