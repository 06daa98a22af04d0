//! The engine: use cases, jobs, events. The only module that does everything; faces reach the rest
//! of the house through it.
//!
//! Handed out as a cheap handle: submit, cancel, subscribe, and queries. Every job has an id, a cause
//! and a cancellation token and emits the same typed events, whoever looks.

mod events;
mod views;

pub use events::{Event, EventKind, JobId, Outcome, Progress, Request, Unit};
pub use views::{ConnectionView, FixPreview, LiveJob, ModelView, Overview, ProjectView, SyncView};
