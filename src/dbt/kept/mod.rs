//! What one load leaves for the next: the whole outcome, what it was made from, and what its templates looked
//! at. The next load takes it where nothing has changed and does the rest again.
//!
//! This is a copy and never the truth: one that is damaged, of another program or of other settings is as
//! good as none. Where its bytes lie is the caller's business.
//!
//! ```text
//! bytes     values as bytes and back
//! project   nodes, macros and the like, field by field
//! sections  the file: parts with a length and a checksum each, so that a torn or changed one is known
//! basis     what the outcome depends on besides files: settings, variables, the environment
//! files     the files that it was made from, and what has become of them
//! ```

mod basis;
mod bytes;
mod files;
mod project;
mod sections;
#[cfg(test)]
mod tests;

pub(super) use basis::{Basis, Change};
pub(super) use files::{Hashing, KeptFile, changed_files, may_matter};
pub use sections::KeptBytes;
pub(super) use sections::{Kept, read};

use std::io::{Error, Write};

use super::node::Project;
use crate::problem::Problem;

/// What is to be kept of a load, besides its project.
#[derive(Clone, Debug)]
pub struct Keeping {
    pub(super) basis: Basis,
    pub(super) files: Vec<KeptFile>,
    pub(super) problems: Vec<Problem>,
}

impl Keeping {
    /// Writes it with the project of the same load; fails when `out` does.
    pub fn write(&self, project: &Project, out: &mut dyn Write) -> Result<(), Error> {
        sections::write(self, project, out)
    }
}
