//! The workspace: `ebb.toml` found, read, checked and edited in place; secrets; where things are
//! kept on this machine.
//!
//! Reads files and the environment when told to; never the network, never the store.

pub mod edit;
mod environment;
mod find;
mod load;
mod paths;
mod schema;
mod secret;
mod settings;
mod source;
mod theme_roles;

pub use environment::Environment;
pub use find::{FILE_NAME, Location, find};
pub use load::{Assignment, Version, Workspace};
pub use paths::{Paths, make_private_folder};
pub use schema::schema;
pub use secret::{Fate, Scrubber, Secret, SecretError, SecretRef, keep_secret};
pub use settings::{
    AppSettings, Auth, Git, Glyphs, Loader, Motion, Mouse, PackagesSetting, PrivateKeySettings, Project, ProviderName,
    Settings, SyncSettings, Theme, Tips, Ui,
};
pub use source::{Source, SourceKey, SourceType, TlsSetting};
pub use theme_roles::{RoleColor, RoleStyle, ThemeRoles};
