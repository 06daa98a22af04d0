//! `dbt_project.yml`: found, read, rendered, checked. What the keys of the trees in it mean for a
//! node is the business of `config`.

mod contract;
mod find;
mod load;
mod version;

#[cfg(test)]
mod tests;

pub use find::{FoundProject, find_projects};
pub(crate) use load::{ProjectFile, read_project};
