//! What is known of every code: title, patterns, cause, fixes; data from `assets/problems/`.

/// Placeholder types until the catalogue lands.
#[derive(Debug)]
pub struct Catalogue;
#[derive(Debug)]
pub struct Entry;
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    Git,
    Dbt,
}
