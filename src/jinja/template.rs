//! Parsed templates: immutable, cheap to clone, shared by threads.

use std::rc::Rc;
use std::sync::Arc;

use super::ast::{Function, MacroDefinition, Statement};
use super::blocks::Block;
use super::error::{Error, Span};
use super::lexer;
use super::parser::{self, MacroNaming};
use super::resolver;

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

/// A parsed source.
#[derive(Debug)]
pub(super) struct Unit {
    name: String,
    path: String,
    source: String,
    texts: Vec<Arc<str>>,
    calls: Vec<Call>,
    function: Function,
    /// Set for the unit of a macro: its only statement.
    definition: Option<Arc<MacroDefinition>>,
}

impl Unit {
    fn parse(name: &str, path: &str, source: &str, naming: MacroNaming) -> Result<Self, Error> {
        let source = lexer::normalize(source);
        let parsed = parser::parse(&source, naming).map_err(|error| error.leave(name, path))?;
        let function = resolver::resolve(parsed.statements, &parsed.texts)?;
        Ok(Self {
            name: name.to_owned(),
            path: path.to_owned(),
            source,
            texts: parsed.texts,
            calls: parsed.calls,
            function,
            definition: None,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn texts(&self) -> impl Iterator<Item = Rc<str>> + '_ {
        self.texts.iter().map(|text| Rc::from(text.as_ref()))
    }

    pub(super) fn function(&self) -> &Function {
        &self.function
    }

    pub(super) fn definition(&self) -> Option<&Arc<MacroDefinition>> {
        self.definition.as_ref()
    }
}

/// A template, ready to be rendered any number of times.
#[derive(Clone, Debug)]
pub struct Template(Arc<Unit>);

impl Template {
    /// Parses a template as dbt's environment does: a `{% macro x %}` in it is named `dbt_macro__x`.
    /// The name is for messages: a path.
    pub fn parse(name: &str, source: &str) -> Result<Self, Error> {
        Self::parse_with(name, source, MacroNaming::Dbt)
    }

    pub fn parse_with(name: &str, source: &str, naming: MacroNaming) -> Result<Self, Error> {
        Unit::parse(name, name, source, naming).map(|unit| Self(Arc::new(unit)))
    }

    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The text that spans speak of.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// The calls of plain (dotted) names, in the order of the source.
    pub fn calls(&self) -> &[Call] {
        &self.0.calls
    }

    /// Whether it is text alone: no tag and no expression.
    pub fn is_plain(&self) -> bool {
        self.0.function.body.statements.iter().all(|statement| matches!(statement, Statement::Text(_)))
    }

    pub(super) fn unit(&self) -> &Arc<Unit> {
        &self.0
    }
}

/// One macro, test or materialization, parsed from its block's text alone: it sees its arguments, its
/// own locals and the scope it is called with, and nothing of its file.
#[derive(Clone, Debug)]
pub struct MacroUnit(Arc<Unit>);

impl MacroUnit {
    /// `name` and `path` are for messages; `source` is the whole block.
    pub fn parse(name: &str, path: &str, source: &str) -> Result<Self, Error> {
        let mut unit = Unit::parse(name, path, source, MacroNaming::Dbt)?;
        let mut definitions = unit.function.body.statements.iter().filter_map(|statement| match statement {
            Statement::Macro { definition, .. } => Some(definition),
            _ => None,
        });
        let (Some(definition), None) = (definitions.next(), definitions.next()) else {
            let span = Span { line: 1, column: 1, ..Span::default() };
            let message = format!("{name} is to be one macro, test or materialization");
            return Err(Error::syntax(message, span).leave(name, path));
        };
        unit.definition = Some(Arc::clone(definition));
        Ok(Self(Arc::new(unit)))
    }

    /// As [`MacroUnit::parse`], of what [`super::scan_blocks`] found. Spans count from the block's
    /// start; [`Block::span`] says where that is in the file.
    pub fn from_block(name: &str, path: &str, block: &Block) -> Result<Self, Error> {
        Self::parse(name, path, &block.full)
    }

    pub fn name(&self) -> &str {
        &self.0.name
    }

    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The macro's name as dbt's environment has it: `dbt_macro__x`, `dbt_macro__test_x`,
    /// `dbt_macro__materialization_x_default`.
    pub fn dbt_name(&self) -> &str {
        self.definition_text(|definition| definition.name)
    }

    /// The names of the parameters, and whether each has a default.
    pub fn parameters(&self) -> Vec<(&str, bool)> {
        let parameters = self.0.definition.iter().flat_map(|definition| &definition.parameters);
        parameters.map(|parameter| (self.text(parameter.name.0), parameter.default.is_some())).collect()
    }

    /// The calls of plain (dotted) names, in the order of the source.
    pub fn calls(&self) -> &[Call] {
        &self.0.calls
    }

    /// The block's own text.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    pub(super) fn unit(&self) -> &Arc<Unit> {
        &self.0
    }

    fn definition_text(&self, which: impl Fn(&MacroDefinition) -> Option<super::ast::TextId>) -> &str {
        self.0.definition.as_deref().and_then(which).map_or("", |text| self.text(text.0))
    }

    fn text(&self, index: u32) -> &str {
        self.0.texts.get(index as usize).map_or("", |text| text.as_ref())
    }
}
