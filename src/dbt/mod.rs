//! The native dbt engine: reads a dbt project with dbt Core 1.7's semantics.
//!
//! Pure: files come through [`FileTree`], the environment and the time as values; nothing here opens
//! a file, a socket or a clock. [`load`] gives the project *and* its problems; only a tree without a
//! readable `dbt_project.yml` gives no project.

mod node;
mod options;
mod tree;

pub use node::{Column, Node, NodeKind, Project, Test};
pub use options::{Adapter, EnvAccess, LoadOptions, LoadProgress, LoadStage, Loaded};
pub use tree::{FileEntry, FileTree, MemoryTree, ReadError};
