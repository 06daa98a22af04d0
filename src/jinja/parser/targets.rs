//! Tuples without brackets, and what can be assigned to.

use super::Parser;
use crate::jinja::ast::{Expr, ExprKind, Target};
use crate::jinja::error::{Error, Span};
use crate::jinja::lexer::TokenKind;
use crate::jinja::value::repr;

/// How a comma-separated list is read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TupleRules {
    /// Only names and literals, for targets.
    pub(super) simplified: bool,
    pub(super) without_conditional: bool,
    /// `()` is a tuple.
    pub(super) parenthesized: bool,
    pub(super) with_namespace: bool,
}

impl Parser<'_> {
    /// One expression, or a tuple when there is a comma.
    pub(super) fn tuple(&mut self, rules: TupleRules) -> Result<Expr, Error> {
        let span = self.current.span;
        let mut items = Vec::new();
        let mut is_tuple = false;
        loop {
            if !items.is_empty() {
                self.expect(TokenKind::Comma)?;
            }
            if self.at_tuple_end() {
                break;
            }
            items.push(if rules.simplified {
                self.deeper(|parser| parser.primary(rules.with_namespace))?
            } else if rules.without_conditional {
                self.deeper(Self::or)?
            } else {
                self.expression()?
            });
            if !self.at(TokenKind::Comma) {
                break;
            }
            is_tuple = true;
        }
        if !is_tuple {
            if let Some(only) = items.pop() {
                return Ok(only);
            }
            if !rules.parenthesized {
                let got = repr::of_str(self.describe(self.current));
                return Err(self.fail(format!("Expected an expression, got {got}")));
            }
        }
        self.node(ExprKind::Tuple(items), span)
    }

    /// No word ends a tuple: `for x, in items` is an error of Jinja2's too.
    fn at_tuple_end(&self) -> bool {
        [TokenKind::VariableEnd, TokenKind::BlockEnd, TokenKind::RightParenthesis].contains(&self.current.kind)
    }

    pub(super) fn target(&mut self, with_namespace: bool) -> Result<Target, Error> {
        let rules = TupleRules { simplified: true, with_namespace, ..TupleRules::default() };
        let node = self.tuple(rules)?;
        let (kind, span) = (node_kind(&node), node.span);
        to_target(node).ok_or_else(|| cannot_assign(kind, span))
    }

    /// A plain name as a target: of macros, parameters and the like.
    pub(super) fn name_target(&mut self) -> Result<(String, Span), Error> {
        let token = self.expect(TokenKind::Name)?;
        let name = self.text(token);
        if ["true", "false", "none", "True", "False", "None"].contains(&name) {
            return Err(cannot_assign("name", token.span));
        }
        Ok((name.to_owned(), token.span))
    }
}

fn to_target(node: Expr) -> Option<Target> {
    match node.kind {
        ExprKind::Name { name, binding } => Some(Target::Name { name, binding }),
        ExprKind::Attribute(owner, attribute) => {
            let ExprKind::Name { name, binding } = owner.kind else { return None };
            Some(Target::Attribute { object: name, binding, attribute, span: node.span })
        }
        ExprKind::Tuple(items) => {
            let targets = items.into_iter().map(to_target).collect::<Option<_>>()?;
            Some(Target::Tuple(targets, node.span))
        }
        _ => None,
    }
}

fn cannot_assign(what: &str, span: Span) -> Error {
    Error::syntax(format!("can't assign to '{what}'"), span)
}

/// What Jinja2 calls a node in that message.
fn node_kind(node: &Expr) -> &'static str {
    match &node.kind {
        ExprKind::Tuple(_) => "tuple",
        ExprKind::List(_) => "list",
        ExprKind::Dict(_) => "dict",
        ExprKind::Name { .. } => "name",
        _ => "const",
    }
}
