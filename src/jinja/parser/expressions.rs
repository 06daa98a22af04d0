//! Names, literals, brackets, and what follows them: attributes, items, calls, filters and tests.

use std::sync::Arc;

use super::Parser;
use crate::jinja::ast::{Binding, CallArgs, CallExpr, Expr, ExprKind, FilterExpr, TestExpr};
use crate::jinja::error::{Error, Span};
use crate::jinja::lexer::{self, Number, TokenKind};
use crate::jinja::value::repr;
use crate::jinja::{filters, predicates};

impl Parser<'_> {
    /// `with_namespace`: a dotted name is the target of `{% set namespace.attribute = ... %}`.
    pub(super) fn primary(&mut self, with_namespace: bool) -> Result<Expr, Error> {
        let token = self.current;
        let span = token.span;
        match token.kind {
            TokenKind::Name => {
                self.advance()?;
                let kind = match self.text(token) {
                    "true" | "True" => ExprKind::Bool(true),
                    "false" | "False" => ExprKind::Bool(false),
                    "none" | "None" => ExprKind::None,
                    name => ExprKind::Name { name: self.texts.id(name), binding: Binding::Global },
                };
                let node = self.node(kind, span)?;
                if with_namespace && matches!(node.kind, ExprKind::Name { .. }) && self.skip(TokenKind::Dot)? {
                    let attribute = self.expect(TokenKind::Name)?;
                    let attribute = self.texts.id(self.text(attribute));
                    return self.node(ExprKind::Attribute(Box::new(node), attribute), span);
                }
                Ok(node)
            }
            TokenKind::String => self.strings(),
            TokenKind::Integer | TokenKind::Float => {
                let number = lexer::number(self.text(token)).map_err(|message| self.fail(message))?;
                self.advance()?;
                let kind = match number {
                    Number::Int(number) => ExprKind::Int(number),
                    Number::Big(number) => ExprKind::BigInt(Arc::new(number)),
                    Number::Float(number) => ExprKind::Float(number),
                };
                self.node(kind, span)
            }
            TokenKind::LeftParenthesis => {
                self.advance()?;
                let node = self.tuple(super::targets::TupleRules { parenthesized: true, ..Default::default() })?;
                self.expect(TokenKind::RightParenthesis)?;
                Ok(node)
            }
            TokenKind::LeftBracket => self.list(),
            TokenKind::LeftBrace => self.dict(),
            _ => Err(self.fail(format!("unexpected {}", repr::of_str(self.describe(token))))),
        }
    }

    /// Adjacent strings are one.
    fn strings(&mut self) -> Result<Expr, Error> {
        let span = self.current.span;
        let mut text = String::new();
        while self.at(TokenKind::String) {
            text.push_str(&lexer::string(self.text(self.current)).map_err(|message| self.fail(message))?);
            self.advance()?;
        }
        let text = self.texts.id(&text);
        self.node(ExprKind::Text(text), span)
    }

    fn list(&mut self) -> Result<Expr, Error> {
        let span = self.expect(TokenKind::LeftBracket)?.span;
        let mut items = Vec::new();
        while !self.at(TokenKind::RightBracket) {
            if !items.is_empty() {
                self.expect(TokenKind::Comma)?;
            }
            if self.at(TokenKind::RightBracket) {
                break;
            }
            items.push(self.expression()?);
        }
        self.expect(TokenKind::RightBracket)?;
        self.node(ExprKind::List(items), span)
    }

    fn dict(&mut self) -> Result<Expr, Error> {
        let span = self.expect(TokenKind::LeftBrace)?.span;
        let mut entries = Vec::new();
        while !self.at(TokenKind::RightBrace) {
            if !entries.is_empty() {
                self.expect(TokenKind::Comma)?;
            }
            if self.at(TokenKind::RightBrace) {
                break;
            }
            let key = self.expression()?;
            self.expect(TokenKind::Colon)?;
            entries.push((key, self.expression()?));
        }
        self.expect(TokenKind::RightBrace)?;
        self.node(ExprKind::Dict(entries), span)
    }

    /// Attributes, items and calls.
    pub(super) fn postfix(&mut self, mut node: Expr) -> Result<Expr, Error> {
        loop {
            node = match self.current.kind {
                TokenKind::Dot => self.attribute(node)?,
                TokenKind::LeftBracket => self.item(node)?,
                TokenKind::LeftParenthesis => self.call(node)?,
                _ => return Ok(node),
            };
        }
    }

    /// Filters and tests, and calls of what they give.
    pub(super) fn filter_chain(&mut self, mut node: Expr) -> Result<Expr, Error> {
        loop {
            node = match self.current.kind {
                TokenKind::Pipe => self.filters(node, false)?,
                TokenKind::Name if self.at_name("is") => self.test(node)?,
                TokenKind::LeftParenthesis => self.call(node)?,
                _ => return Ok(node),
            };
        }
    }

    fn attribute(&mut self, node: Expr) -> Result<Expr, Error> {
        let span = node.span;
        self.expect(TokenKind::Dot)?;
        let token = self.advance()?;
        let kind = match token.kind {
            TokenKind::Name => {
                let name = self.texts.id(self.text(token));
                ExprKind::Attribute(Box::new(node), name)
            }
            TokenKind::Integer => {
                let index =
                    self.text(token).parse().map_err(|_| Error::syntax("expected name or number", token.span))?;
                ExprKind::Item(Box::new(node), Box::new(self.node(ExprKind::Int(index), token.span)?))
            }
            _ => return Err(Error::syntax("expected name or number", token.span)),
        };
        self.node(kind, span)
    }

    fn item(&mut self, node: Expr) -> Result<Expr, Error> {
        let span = node.span;
        let bracket = self.expect(TokenKind::LeftBracket)?.span;
        let mut keys = Vec::new();
        while !self.at(TokenKind::RightBracket) {
            if !keys.is_empty() {
                self.expect(TokenKind::Comma)?;
            }
            keys.push(self.subscript()?);
        }
        self.expect(TokenKind::RightBracket)?;
        let key = if keys.len() == 1 { keys.pop() } else { None };
        let key = match key {
            Some(key) => key,
            None => self.node(ExprKind::Tuple(keys), bracket)?,
        };
        self.node(ExprKind::Item(Box::new(node), Box::new(key)), span)
    }

    fn subscript(&mut self) -> Result<Expr, Error> {
        let span = self.current.span;
        let start = if self.at(TokenKind::Colon) {
            None
        } else {
            let key = self.expression()?;
            if !self.at(TokenKind::Colon) {
                return Ok(key);
            }
            Some(key)
        };
        self.expect(TokenKind::Colon)?;
        let ends = [TokenKind::Colon, TokenKind::RightBracket, TokenKind::Comma];
        let stop = if ends.contains(&self.current.kind) { None } else { Some(self.expression()?) };
        let step = if self.skip(TokenKind::Colon)? && !ends.contains(&self.current.kind) {
            Some(self.expression()?)
        } else {
            None
        };
        self.node(ExprKind::Slice(Box::new([start, stop, step])), span)
    }

    fn call(&mut self, callee: Expr) -> Result<Expr, Error> {
        let span = callee.span;
        let args = self.call_args()?;
        let call = CallExpr { callee, args };
        self.record_call(&call, self.span_from(span));
        self.node(ExprKind::Call(Box::new(call)), span)
    }

    /// `|name(...)`, any number; `bare` when the first has no `|`, as in `{% filter name %}`.
    pub(super) fn filters(&mut self, mut input: Expr, mut bare: bool) -> Result<Expr, Error> {
        while bare || self.at(TokenKind::Pipe) {
            if !bare {
                self.advance()?;
            }
            bare = false;
            let span = self.current.span;
            let name = self.dotted_name()?;
            let args = if self.at(TokenKind::LeftParenthesis) { self.call_args()? } else { CallArgs::default() };
            let filter = filters::find(&name);
            if filter.is_none() {
                self.unknown("filter", &name, span);
            }
            let start = if input.span.line == 0 { span } else { input.span };
            let name = self.texts.id(&name);
            input = self.node(ExprKind::Filter(Box::new(FilterExpr { input, name, filter, args })), start)?;
        }
        Ok(input)
    }

    fn test(&mut self, input: Expr) -> Result<Expr, Error> {
        let span = input.span;
        self.expect_name("is")?;
        let negated = self.skip_name("not")?;
        let name_span = self.current.span;
        let name = self.dotted_name()?;
        let mut args = CallArgs::default();
        match self.current.kind {
            TokenKind::LeftParenthesis => args = self.call_args()?,
            TokenKind::Name if self.at_name("is") => {
                return Err(self.fail("You cannot chain multiple tests with is"));
            }
            TokenKind::Name if ["else", "or", "and"].contains(&self.text(self.current)) => {}
            TokenKind::Name
            | TokenKind::String
            | TokenKind::Integer
            | TokenKind::Float
            | TokenKind::LeftBracket
            | TokenKind::LeftBrace => {
                let argument = self.primary(false)?;
                args.positional.push(self.postfix(argument)?);
            }
            _ => {}
        }
        let test = predicates::find(&name);
        if test.is_none() {
            self.unknown("test", &name, name_span);
        }
        let name = self.texts.id(&name);
        let node = self.node(ExprKind::Test(Box::new(TestExpr { input, name, test, args })), span)?;
        if negated { self.node(ExprKind::Not(Box::new(node)), span) } else { Ok(node) }
    }

    fn dotted_name(&mut self) -> Result<String, Error> {
        let token = self.expect(TokenKind::Name)?;
        let mut name = self.text(token).to_owned();
        while self.skip(TokenKind::Dot)? {
            let token = self.expect(TokenKind::Name)?;
            name.push('.');
            name.push_str(self.text(token));
        }
        Ok(name)
    }

    fn unknown(&mut self, what: &str, name: &str, span: Span) {
        if !self.conditional && self.late.is_none() {
            self.late = Some(Error::syntax(format!("No {what} named {}.", repr::of_str(name)), span));
        }
    }
}
