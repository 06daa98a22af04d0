//! The native dbt engine: reads a dbt project with dbt Core 1.7's semantics.
//!
//! Pure: files come through [`FileTree`], the environment and the time as values; nothing here opens
//! a file, a socket or a clock. [`load`] gives the project *and* its problems; only a tree without a
//! readable `dbt_project.yml` gives no project.

mod config;
mod load;
mod locate;
mod names;
mod node;
mod options;
mod parse;
mod problems;
mod project;
mod python;
mod read;
mod relation;
mod render;
mod tree;
mod yaml;

pub use load::load;
pub use node::{Column, Node, NodeKind, Project, Test};
pub use options::{Adapter, EnvAccess, LoadOptions, LoadProgress, LoadStage, Loaded, Progress};
pub use project::{FoundProject, find_projects};
pub use tree::{FileEntry, FileTree, MemoryTree, ReadError};
