//! The native dbt engine: reads a dbt project with dbt Core 1.7's semantics.
//!
//! Pure: files come through [`FileTree`], the environment and the time as values; nothing here opens
//! a file, a socket or a clock. [`load`] gives the project *and* its problems; only a tree without a
//! readable `dbt_project.yml` gives no project.
//!
//! ```text
//! locate, project, packages   which projects there are, and their settings
//! profiles                    which warehouse and names a `profiles.yml` says
//! read, yaml                  their files, as text and as trees with places
//! macros, context             what templates can call and name (the engine itself is `crate::jinja`)
//! parse, config, names        each file's nodes, what YAML says of them, how they are configured and called
//! resolve, link, graph, docs  what refers to what
//! compile                     the SQL, ephemeral models put in
//! select                      which nodes are meant: dbt's selection syntax
//! from_manifest               the same project from a `manifest.json`
//! compare                     what differs from an earlier project: `state:`
//! outline                     a project without its texts, to be kept for both
//! load                        all of it in order, side by side; or only what has changed
//! kept                        what one load leaves for the next
//! ```
//!
//! A template of a repository is foreign code: it gets the members of `context` and nothing else, and
//! what it may cost is bounded one by one and in sum.

mod compare;
mod compile;
mod config;
mod context;
mod definitions;
mod docs;
mod from_manifest;
mod graph;
mod kept;
mod link;
mod load;
mod locate;
mod macros;
mod manifest;
mod names;
mod node;
mod options;
mod outline;
pub mod packages;
mod parse;
mod problems;
mod profiles;
mod project;
mod python;
mod read;
mod relation;
mod render;
mod resolve;
mod select;
mod semantic_links;
mod tree;
mod vars;
mod yaml;

pub use compare::{Comparison, State, StateQuestion};
pub use definitions::{DocsDefinition, GroupDefinition, MacroDefinition};
pub use from_manifest::{ManifestError, from_manifest};
pub use kept::{Keeping, KeptBytes};
pub use load::{Again, Before, Work, load, load_again};
pub use manifest::{ManifestFacts, write_manifest};
pub use node::{Children, Column, Node, NodeKind, Nodes, Project, Quoting, Test};
pub use options::{Adapter, EnvAccess, LoadOptions, LoadProgress, LoadStage, Loaded, Progress};
pub use outline::Outline;
pub use profiles::{Profile, ProfileOptions, profile_secret, read_profile, setting_of_project};
pub use select::{
    Asked, Form, Indirect, RESOURCE_TYPES, SelectError, Selected, Selectors, Spec, Wanted, is_selection, listed,
    read_selectors, resource_types, select,
};
pub use tree::{FileEntry, FileTree, MemoryTree, ReadError};
pub use vars::parse_vars;
