//! YAML as dbt reads it: `PyYAML`'s YAML 1.1 with a place on every value. The parser crate stays
//! behind this folder. Says nothing about what the keys mean.
//!
//! Bounded: a document may nest 128 deep, and what its aliases expand to is counted against
//! [`parse::EXPANSION_LIMIT`].

mod depth;
mod error;
mod parse;
mod scalar;
#[cfg(test)]
mod tests;
mod tree;

pub(crate) use error::YamlErrorKind;
pub(crate) use parse::parse;
pub(crate) use tree::{Document, Mark, Yaml, YamlMap, YamlValue};
