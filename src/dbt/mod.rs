//! The native dbt engine: reads a dbt project with dbt Core 1.7's semantics.
//!
//! Pure: files come through [`FileTree`], the environment and the time as values; nothing here opens
//! a file, a socket or a clock. [`load`] gives the project *and* its problems; only a tree without a
//! readable `dbt_project.yml` gives no project.

mod compile;
mod config;
mod context;
mod docs;
mod graph;
mod link;
mod load;
mod locate;
mod macros;
mod names;
mod node;
mod options;
mod packages;
mod parse;
mod problems;
mod project;
mod python;
mod read;
mod relation;
mod render;
mod resolve;
mod tree;
mod yaml;

pub use load::load;
pub use node::{Column, Node, NodeKind, Project, Quoting, Test};
pub use options::{Adapter, EnvAccess, LoadOptions, LoadProgress, LoadStage, Loaded, Progress};
pub use project::{FoundProject, find_projects};
pub use tree::{FileEntry, FileTree, MemoryTree, ReadError};
