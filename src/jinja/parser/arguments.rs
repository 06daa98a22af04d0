//! The arguments of calls, filters and tests; and the list of calls for static analysis.

use super::Parser;
use crate::jinja::ast::{CallArgs, CallExpr, Expr, ExprKind};
use crate::jinja::error::{Error, Span};
use crate::jinja::lexer::TokenKind;
use crate::jinja::template::{Call, Literal};

impl Parser<'_> {
    pub(super) fn call_args(&mut self) -> Result<CallArgs, Error> {
        let span = self.expect(TokenKind::LeftParenthesis)?.span;
        let mut args = CallArgs::default();
        let mut first = true;
        while !self.at(TokenKind::RightParenthesis) {
            if !first {
                self.expect(TokenKind::Comma)?;
                if self.at(TokenKind::RightParenthesis) {
                    break;
                }
            }
            first = false;
            self.argument(&mut args, span)?;
        }
        self.expect(TokenKind::RightParenthesis)?;
        Ok(args)
    }

    fn argument(&mut self, args: &mut CallArgs, span: Span) -> Result<(), Error> {
        let ensure = |holds: bool| {
            if holds { Ok(()) } else { Err(Error::syntax("invalid syntax for function call expression", span)) }
        };
        if self.skip(TokenKind::Multiply)? {
            ensure(args.star.is_none() && args.double_star.is_none())?;
            args.star = Some(self.expression()?);
        } else if self.skip(TokenKind::Power)? {
            ensure(args.double_star.is_none())?;
            args.double_star = Some(self.expression()?);
        } else if self.at(TokenKind::Name) && self.look()?.kind == TokenKind::Assign {
            ensure(args.double_star.is_none())?;
            let key = self.advance()?;
            self.advance()?;
            let name = self.texts.id(self.text(key));
            if args.keyword.iter().any(|(known, _)| *known == name) {
                let message = format!("keyword argument repeated: {}", self.text(key));
                return Err(Error::syntax(message, key.span));
            }
            args.keyword.push((name, self.expression()?));
        } else {
            ensure(args.star.is_none() && args.double_star.is_none() && args.keyword.is_empty())?;
            args.positional.push(self.expression()?);
        }
        Ok(())
    }

    /// Notes a call of a plain or dotted name.
    pub(super) fn record_call(&mut self, call: &CallExpr, span: Span) {
        let Some(path) = self.path(&call.callee) else { return };
        let positional = call.args.positional.iter().map(|argument| self.literal(argument)).collect();
        let keyword = call.args.keyword.iter();
        let keyword = keyword.map(|(name, value)| (self.texts.get(*name).to_owned(), self.literal(value))).collect();
        self.calls.push(Call { path, positional, keyword, span });
    }

    fn path(&self, callee: &Expr) -> Option<String> {
        match &callee.kind {
            ExprKind::Name { name, .. } => Some(self.texts.get(*name).to_owned()),
            ExprKind::Attribute(owner, name) => {
                let mut path = self.path(owner)?;
                path.push('.');
                path.push_str(self.texts.get(*name));
                Some(path)
            }
            _ => None,
        }
    }

    fn literal(&self, argument: &Expr) -> Option<Literal> {
        match &argument.kind {
            ExprKind::None => Some(Literal::None),
            ExprKind::Bool(flag) => Some(Literal::Bool(*flag)),
            ExprKind::Int(number) => Some(Literal::Int(*number)),
            ExprKind::Float(number) => Some(Literal::Float(*number)),
            ExprKind::Text(text) => Some(Literal::Str(self.texts.shared(*text))),
            _ => None,
        }
    }
}
