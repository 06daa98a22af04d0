//! `dbt_project.yml`: read, rendered, checked. What the keys of the trees in it mean for a
//! node is the business of `config`.

mod contract;
mod load;
mod version;

#[cfg(test)]
mod tests;

pub(crate) use load::{ProjectFile, read_project};
