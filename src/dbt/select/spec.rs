//! Criteria put together: what `--select` and `--exclude` give, and what can be wrong about it.

use serde_json::Value;
use thiserror::Error;

use super::criterion::{Criterion, Indirect, Method};
use super::definitions::Selectors;
use crate::dbt::problems::codes;
use crate::problem::{Fix, Problem, Subject, nearest_few};

/// What nodes are wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec(pub(super) Part);

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    One(Criterion),
    Union(Group),
    Intersection(Group),
    /// The first without the others.
    Difference(Group),
}

impl Part {
    /// How many parts it has, and how many levels of them.
    pub(super) fn extent(&self) -> (usize, usize) {
        match self {
            Self::One(_) => (1, 1),
            Self::Union(group) | Self::Intersection(group) | Self::Difference(group) => {
                let of_part = |(parts, depth): (usize, usize), part: &Self| {
                    let (more, below) = part.extent();
                    (parts + more, depth.max(below + 1))
                };
                group.parts.iter().fold((1, 1), of_part)
            }
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Group {
    pub(super) parts: Vec<Part>,
    pub(super) indirect: Indirect,
    /// As it was typed, where a match is expected: finding nothing is then worth a remark.
    pub(super) expected: Option<String>,
}

/// Why a selection makes no sense, in dbt's words.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SelectError {
    #[error("Invalid selector spec \"{raw}\"")]
    InvalidSpec { raw: String },
    #[error("'{name}' is not a valid method name")]
    UnknownMethod { name: String },
    #[error("Invalid node spec {raw} - \"@\" prefix and \"+\" suffix are incompatible")]
    Incompatible { raw: String },
    /// A value that its method does not take.
    #[error("{0}")]
    Value(String),
    #[error("Could not find selector named {name}, expected one of [{}]", quoted(known))]
    UnknownSelector { name: String, known: Vec<String> },
    /// A method that compares, without anything to compare with.
    #[error("{0}")]
    NoState(&'static str),
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ")
}

impl SelectError {
    /// As a problem about a project.
    pub fn to_problem(&self, project: &str) -> Problem {
        let subject = Subject::Project { name: project.to_owned() };
        let message = self.to_string();
        let summary = message.lines().next().unwrap_or_default();
        let problem = Problem::new(codes::SELECTOR, subject, summary).with_raw(&message);
        let near = match self {
            Self::UnknownMethod { name } => {
                nearest_few(name, Method::names(), 1).first().map(|near| (*near).to_owned())
            }
            Self::UnknownSelector { name, known } => {
                nearest_few(name, known.iter().map(String::as_str), 1).first().map(|near| (*near).to_owned())
            }
            _ => None,
        };
        match near {
            Some(near) => problem.with_fix(Fix::read(format!("Write {near}, if that is meant"))),
            None => problem,
        }
    }
}

/// What a command line says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// `--select`
    pub select: Vec<String>,
    /// `--exclude`
    pub exclude: Vec<String>,
    /// `--selector`: one of `selectors.yml`, and the others are not looked at
    pub selector: Option<String>,
    /// `--indirect-selection`
    pub indirect: Indirect,
}

impl Asked {
    /// What it means in a project with these selectors: one of them, its default one when nothing is
    /// said, or what is said.
    pub fn spec(&self, selectors: &Selectors) -> Result<Spec, SelectError> {
        let is_silent = self.select.is_empty() && self.exclude.is_empty();
        match (&self.selector, selectors.default_one()) {
            (Some(name), _) => selectors.named(name).cloned(),
            (None, Some((_, spec))) if is_silent => Ok(spec.clone()),
            (None, _) => Spec::from_words(&self.select, &self.exclude, self.indirect),
        }
    }
}

/// What is selected when nobody says anything.
const EVERYTHING: [&str; 5] = ["fqn:*", "source:*", "exposure:*", "metric:*", "semantic_model:*"];

impl Spec {
    /// What `--select` and `--exclude` mean: spaces unite, commas intersect.
    pub fn from_words(select: &[String], exclude: &[String], indirect: Indirect) -> Result<Self, SelectError> {
        let included = if select.is_empty() {
            union(EVERYTHING.iter().copied(), indirect, false)?
        } else {
            union(select.iter().flat_map(|words| words.split(' ')), indirect, true)?
        };
        let excluded = union(exclude.iter().flat_map(|words| words.split(' ')), indirect, !exclude.is_empty())?;
        Ok(Self(Part::Difference(Group { parts: vec![included, excluded], indirect, expected: None })))
    }
}

fn union<'w>(words: impl Iterator<Item = &'w str>, indirect: Indirect, expected: bool) -> Result<Part, SelectError> {
    let intersection = |raw: &str| {
        let parts = raw.split(',').map(|part| Criterion::parse(part, indirect).map(Part::One));
        let parts = parts.collect::<Result<Vec<_>, _>>()?;
        Ok(Part::Intersection(Group { parts, indirect, expected: expected.then(|| raw.to_owned()) }))
    };
    let parts = words.map(intersection).collect::<Result<Vec<_>, _>>()?;
    Ok(Part::Union(Group { parts, indirect, expected: None }))
}

/// A word of a message that came as a value.
pub(super) fn shown(value: &Value) -> String {
    crate::dbt::python::text(value)
}
