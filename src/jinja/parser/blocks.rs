//! Blocks that define macros, and `{% call %}`. dbt's own tags become macros of dbt's names.

use std::sync::Arc;

use super::Parser;
use crate::jinja::ast::{Binding, Body, Expr, ExprKind, Function, MacroDefinition, Parameter, Statement, Target};
use crate::jinja::error::{Error, Span};
use crate::jinja::lexer::TokenKind;

impl Parser<'_> {
    pub(super) fn macro_block(&mut self) -> Result<Statement, Error> {
        let span = self.advance()?.span;
        let (name, _) = self.name_target()?;
        let parameters = self.signature()?;
        self.definition(self.macro_name(&name), parameters, span, &["endmacro"])
    }

    /// `{% test name(model, column_name) %}`.
    pub(super) fn test_block(&mut self) -> Result<Statement, Error> {
        let span = self.advance()?.span;
        let (name, _) = self.name_target()?;
        let parameters = self.signature()?;
        self.definition(format!("dbt_macro__test_{name}"), parameters, span, &["endtest"])
    }

    /// `{% docs name %}`.
    pub(super) fn docs_block(&mut self) -> Result<Statement, Error> {
        let span = self.advance()?.span;
        let (name, _) = self.name_target()?;
        self.definition(format!("dbt_docs__{name}"), Vec::new(), span, &["enddocs"])
    }

    /// `{% materialization name, adapter='x' %}` or `{% materialization name, default %}`.
    pub(super) fn materialization_block(&mut self) -> Result<Statement, Error> {
        let span = self.advance()?.span;
        let (name, _) = self.name_target()?;
        let mut adapter = "default".to_owned();
        let mut languages = None;
        while self.skip(TokenKind::Comma)? {
            let (argument, at) = self.name_target()?;
            match argument.as_str() {
                "default" => {}
                "adapter" => {
                    self.expect(TokenKind::Assign)?;
                    let value = self.expression()?;
                    if let ExprKind::Text(text) = value.kind {
                        self.texts.get(text).clone_into(&mut adapter);
                    }
                }
                "supported_languages" => {
                    self.expect(TokenKind::Assign)?;
                    languages = Some(self.expression()?);
                }
                _ => {
                    let message = format!("materialization '{name}' received unknown argument '{argument}'.");
                    return Err(Error::syntax(message, at));
                }
            }
        }
        let languages = match languages {
            Some(languages) => languages,
            None => self.sql_only(span)?,
        };
        let parameter = Parameter { name: self.texts.id("supported_languages"), default: Some(languages) };
        let name = format!("dbt_macro__materialization_{name}_{adapter}");
        self.definition(name, vec![parameter], span, &["endmaterialization"])
    }

    /// `['sql']`
    fn sql_only(&mut self, span: Span) -> Result<Expr, Error> {
        let sql = ExprKind::Text(self.texts.id("sql"));
        let sql = Expr::new(sql, span)?;
        Expr::new(ExprKind::List(vec![sql]), span)
    }

    /// `{% call(a, b) name(...) %}`.
    pub(super) fn call_block(&mut self) -> Result<Statement, Error> {
        let span = self.advance()?.span;
        let parameters = if self.at(TokenKind::LeftParenthesis) { self.signature()? } else { Vec::new() };
        let call = self.expression()?;
        if !matches!(call.kind, ExprKind::Call(_)) {
            return Err(Error::syntax("expected call", span));
        }
        let body = self.function_body(&["endcall"])?;
        let body = Arc::new(self.macro_definition(None, parameters, span, body)?);
        Ok(Statement::CallBlock { call, body })
    }

    fn signature(&mut self) -> Result<Vec<Parameter>, Error> {
        let mut parameters: Vec<Parameter> = Vec::new();
        self.expect(TokenKind::LeftParenthesis)?;
        while !self.at(TokenKind::RightParenthesis) {
            if !parameters.is_empty() {
                self.expect(TokenKind::Comma)?;
            }
            let (name, span) = self.name_target()?;
            let name = self.texts.id(&name);
            let default = if self.skip(TokenKind::Assign)? {
                Some(self.expression()?)
            } else if parameters.iter().any(|parameter| parameter.default.is_some()) {
                return Err(self.fail("non-default argument follows default argument"));
            } else {
                None
            };
            if parameters.iter().any(|parameter| parameter.name == name) {
                let message = format!("duplicate argument '{}' in function definition", self.texts.get(name));
                self.late.get_or_insert_with(|| Error::syntax(message, span));
            }
            parameters.push(Parameter { name, default });
        }
        self.expect(TokenKind::RightParenthesis)?;
        Ok(parameters)
    }

    /// A function's body: loops around it are none of its business.
    fn function_body(&mut self, ends: &'static [&'static str]) -> Result<Body, Error> {
        let loops = std::mem::take(&mut self.loops);
        let body = self.body(ends)?;
        self.loops = loops;
        Ok(body)
    }

    fn definition(
        &mut self,
        name: String,
        parameters: Vec<Parameter>,
        span: Span,
        ends: &'static [&'static str],
    ) -> Result<Statement, Error> {
        let span = self.span_from(span);
        let body = self.function_body(ends)?;
        let name = self.texts.id(&name);
        let definition = Arc::new(self.macro_definition(Some(name), parameters, span, body)?);
        Ok(Statement::Macro { target: Target::Name { name, binding: Binding::Global }, definition })
    }

    fn macro_definition(
        &mut self,
        name: Option<crate::jinja::ast::TextId>,
        parameters: Vec<Parameter>,
        span: Span,
        body: Body,
    ) -> Result<MacroDefinition, Error> {
        let caller = self.texts.id("caller");
        let explicit = parameters.iter().find(|parameter| parameter.name == caller);
        if explicit.is_some_and(|parameter| parameter.default.is_none()) {
            return Err(Error::syntax(
                "When defining macros or call blocks the special \"caller\" argument must be omitted or be given a default.",
                span,
            ));
        }
        let function = Function { body, ..Function::default() };
        Ok(MacroDefinition { name, parameters, caller: None, kwargs: None, varargs: None, function })
    }
}
