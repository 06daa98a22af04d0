//! Expressions from the loosest operator to the tightest.

use super::Parser;
use crate::jinja::ast::{CompareOperator, Expr, ExprKind};
use crate::jinja::error::Error;
use crate::jinja::lexer::TokenKind;
use crate::jinja::value::BinaryOperator;

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Result<Expr, Error> {
        self.deeper(Self::conditional)
    }

    /// `a if b else c`; the `else` may be missing.
    fn conditional(&mut self) -> Result<Expr, Error> {
        let span = self.current.span;
        // Unknown filters in any of the three parts are an error only when they are reached; that it is
        // a conditional shows after its first part, so what that part found is taken back.
        let known = self.late.clone();
        let mut then = self.or()?;
        while self.skip_name("if")? {
            self.late.clone_from(&known);
            let outer = std::mem::replace(&mut self.conditional, true);
            let test = Box::new(self.or()?);
            let otherwise = if self.skip_name("else")? { Some(Box::new(self.expression()?)) } else { None };
            self.conditional = outer;
            then = self.node(ExprKind::Conditional { test, then: Box::new(then), otherwise }, span)?;
        }
        Ok(then)
    }

    pub(super) fn or(&mut self) -> Result<Expr, Error> {
        let span = self.current.span;
        let mut left = self.and()?;
        while self.skip_name("or")? {
            let right = self.and()?;
            left = self.node(ExprKind::Or(Box::new([left, right])), span)?;
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Expr, Error> {
        let span = self.current.span;
        let mut left = self.not()?;
        while self.skip_name("and")? {
            let right = self.not()?;
            left = self.node(ExprKind::And(Box::new([left, right])), span)?;
        }
        Ok(left)
    }

    fn not(&mut self) -> Result<Expr, Error> {
        let span = self.current.span;
        if self.skip_name("not")? {
            let operand = self.deeper(Self::not)?;
            return self.node(ExprKind::Not(Box::new(operand)), span);
        }
        self.compare()
    }

    fn compare(&mut self) -> Result<Expr, Error> {
        let span = self.current.span;
        let first = self.sum()?;
        let mut rest = Vec::new();
        while let Some(operator) = self.compare_operator()? {
            rest.push((operator, self.sum()?));
        }
        if rest.is_empty() { Ok(first) } else { self.node(ExprKind::Compare(Box::new(first), rest), span) }
    }

    fn compare_operator(&mut self) -> Result<Option<CompareOperator>, Error> {
        let operator = match self.current.kind {
            TokenKind::Equal => CompareOperator::Equal,
            TokenKind::NotEqual => CompareOperator::NotEqual,
            TokenKind::Less => CompareOperator::Less,
            TokenKind::LessOrEqual => CompareOperator::LessOrEqual,
            TokenKind::Greater => CompareOperator::Greater,
            TokenKind::GreaterOrEqual => CompareOperator::GreaterOrEqual,
            TokenKind::Name if self.at_name("in") => CompareOperator::In,
            TokenKind::Name if self.at_name("not") => {
                let next = self.look()?;
                if next.kind != TokenKind::Name || self.text(next) != "in" {
                    return Ok(None);
                }
                self.advance()?;
                CompareOperator::NotIn
            }
            _ => return Ok(None),
        };
        self.advance()?;
        Ok(Some(operator))
    }

    fn sum(&mut self) -> Result<Expr, Error> {
        let span = self.current.span;
        let mut left = self.concat()?;
        loop {
            let operator = match self.current.kind {
                TokenKind::Add => BinaryOperator::Add,
                TokenKind::Subtract => BinaryOperator::Subtract,
                _ => return Ok(left),
            };
            self.advance()?;
            let right = self.concat()?;
            left = self.node(ExprKind::Binary(operator, Box::new([left, right])), span)?;
        }
    }

    fn concat(&mut self) -> Result<Expr, Error> {
        let span = self.current.span;
        let first = self.product()?;
        if !self.at(TokenKind::Tilde) {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.skip(TokenKind::Tilde)? {
            parts.push(self.product()?);
        }
        self.node(ExprKind::Concat(parts), span)
    }

    fn product(&mut self) -> Result<Expr, Error> {
        let span = self.current.span;
        let mut left = self.power()?;
        loop {
            let operator = match self.current.kind {
                TokenKind::Multiply => BinaryOperator::Multiply,
                TokenKind::Divide => BinaryOperator::Divide,
                TokenKind::FloorDivide => BinaryOperator::FloorDivide,
                TokenKind::Remainder => BinaryOperator::Remainder,
                _ => return Ok(left),
            };
            self.advance()?;
            let right = self.power()?;
            left = self.node(ExprKind::Binary(operator, Box::new([left, right])), span)?;
        }
    }

    fn power(&mut self) -> Result<Expr, Error> {
        let span = self.current.span;
        let mut left = self.unary(true)?;
        while self.skip(TokenKind::Power)? {
            let right = self.unary(true)?;
            left = self.node(ExprKind::Binary(BinaryOperator::Power, Box::new([left, right])), span)?;
        }
        Ok(left)
    }

    fn unary(&mut self, with_filter: bool) -> Result<Expr, Error> {
        let span = self.current.span;
        let node = match self.current.kind {
            TokenKind::Subtract => {
                self.advance()?;
                let operand = self.deeper(|parser| parser.unary(false))?;
                self.node(ExprKind::Negate(Box::new(operand)), span)?
            }
            TokenKind::Add => {
                self.advance()?;
                let operand = self.deeper(|parser| parser.unary(false))?;
                self.node(ExprKind::Plus(Box::new(operand)), span)?
            }
            _ => self.primary(false)?,
        };
        let node = self.postfix(node)?;
        if with_filter { self.filter_chain(node) } else { Ok(node) }
    }
}
