//! The workspace: `ebb.toml` found, read, checked and edited in place; secrets; where things are
//! kept on this machine.
//!
//! Reads files and the environment when told to; never the network, never the store.

mod secret;
mod settings;

pub use secret::{Secret, SecretRef};
pub use settings::{
    Auth, Git, Glyphs, Motion, Mouse, Project, ProviderName, Settings, Source, SourceType, SyncSettings, Theme, Ui,
};
