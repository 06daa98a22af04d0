//! Text, print statements and tags.

use super::targets::TupleRules;
use super::{MacroNaming, Parser};
use crate::jinja::ast::{Body, Expr, ExprKind, For, Statement, Target};
use crate::jinja::error::{Error, Span};
use crate::jinja::lexer::TokenKind;

impl Parser<'_> {
    /// Statements up to one of `ends`, which becomes the current token; with no ends, the whole
    /// template.
    pub(super) fn statements(&mut self, ends: &'static [&'static str]) -> Result<Vec<Statement>, Error> {
        if !ends.is_empty() {
            self.ends.push(ends);
        }
        let mut statements = Vec::new();
        loop {
            match self.current.kind {
                TokenKind::Data => {
                    let token = self.advance()?;
                    statements.push(Statement::Text(self.text(token).into()));
                }
                TokenKind::VariableBegin => {
                    self.advance()?;
                    let printed = self.tuple(TupleRules::default())?;
                    self.expect(TokenKind::VariableEnd)?;
                    statements.push(Statement::Print(printed));
                }
                TokenKind::BlockBegin => {
                    self.advance()?;
                    if self.at(TokenKind::Name) && ends.contains(&self.text(self.current)) {
                        self.ends.pop();
                        return Ok(statements);
                    }
                    if self.at_name("print") {
                        statements.extend(self.print_tag()?);
                    } else {
                        statements.push(self.tag()?);
                        self.expect(TokenKind::BlockEnd)?;
                    }
                }
                _ if ends.is_empty() => return Ok(statements),
                _ => return Err(self.unknown_tag(None, self.current.span)),
            }
        }
    }

    /// The statements of a block: after its opening tag, up to one of `ends`.
    pub(super) fn block(&mut self, ends: &'static [&'static str]) -> Result<Vec<Statement>, Error> {
        self.skip(TokenKind::Colon)?;
        self.expect(TokenKind::BlockEnd)?;
        self.deeper(|parser| parser.statements(ends))
    }

    /// As [`Parser::block`], past the end's word, with variables of its own.
    pub(super) fn body(&mut self, ends: &'static [&'static str]) -> Result<Body, Error> {
        let conditional = std::mem::replace(&mut self.conditional, false);
        let statements = self.block(ends)?;
        self.advance()?;
        self.conditional = conditional;
        Ok(Body { loads: Vec::new(), statements })
    }

    fn tag(&mut self) -> Result<Statement, Error> {
        let token = self.current;
        if token.kind != TokenKind::Name {
            return Err(self.fail("tag name expected"));
        }
        let tag = self.text(token);
        self.tags.push(tag);
        let statement = match tag {
            "set" => self.set()?,
            "if" => self.if_block()?,
            "for" => self.for_block()?,
            "do" => {
                self.advance()?;
                Statement::Do(self.tuple(TupleRules::default())?)
            }
            "macro" => self.macro_block()?,
            "test" => self.test_block()?,
            "materialization" => self.materialization_block()?,
            "docs" => self.docs_block()?,
            "call" => self.call_block()?,
            "filter" => self.filter_block()?,
            "with" => self.with_block()?,
            "break" | "continue" => self.loop_control(tag == "break")?,
            "extends" | "block" | "include" | "import" | "from" | "autoescape" => {
                return Err(
                    self.fail(format!("the tag '{tag}' is not for dbt: it knows no template but the one it renders"))
                );
            }
            _ => {
                self.tags.pop();
                return Err(self.unknown_tag(Some(tag), token.span));
            }
        };
        self.tags.pop();
        Ok(statement)
    }

    fn set(&mut self) -> Result<Statement, Error> {
        self.advance()?;
        let target = self.target(true)?;
        if self.skip(TokenKind::Assign)? {
            return Ok(Statement::Set(target, self.tuple(TupleRules::default())?));
        }
        let filter = if self.at(TokenKind::Pipe) {
            let block_text = Expr::new(ExprKind::BlockText, Span::default())?;
            Some(self.filters(block_text, false)?)
        } else {
            None
        };
        let body = self.body(&["endset"])?;
        Ok(Statement::SetBlock { target, filter, body })
    }

    fn if_block(&mut self) -> Result<Statement, Error> {
        let conditional = std::mem::replace(&mut self.conditional, true);
        let mut branches = Vec::new();
        let mut otherwise = Vec::new();
        self.advance()?;
        loop {
            let test = self.tuple(TupleRules { without_conditional: true, ..TupleRules::default() })?;
            let statements = self.block(&["elif", "else", "endif"])?;
            branches.push((test, statements));
            let end = self.advance()?;
            match self.text(end) {
                "elif" => {}
                "else" => {
                    otherwise = self.block(&["endif"])?;
                    self.advance()?;
                    break;
                }
                _ => break,
            }
        }
        self.conditional = conditional;
        Ok(Statement::If { branches, otherwise })
    }

    fn for_block(&mut self) -> Result<Statement, Error> {
        let span = self.advance()?.span;
        let target = self.target(false)?;
        if assigns_loop(&target, &self.texts) {
            return Err(Error::syntax("Can't assign to special loop variable in for-loop target", span));
        }
        self.expect_name("in")?;
        let rules = TupleRules { without_conditional: true, ..TupleRules::default() };
        let items = self.tuple(rules)?;
        let test = if self.skip_name("if")? { Some(self.expression()?) } else { None };
        let recursive = self.skip_name("recursive")?;
        let span = self.span_from(span);
        let conditional = std::mem::replace(&mut self.conditional, false);
        self.loops += 1;
        let statements = self.block(&["endfor", "else"])?;
        self.loops -= 1;
        let end = self.advance()?;
        let otherwise = if self.text(end) == "endfor" { Body::default() } else { self.body(&["endfor"])? };
        self.conditional = conditional;
        let body = Body { loads: Vec::new(), statements };
        Ok(Statement::For(Box::new(For { span, target, items, test, loop_slot: None, recursive, body, otherwise })))
    }

    fn loop_control(&mut self, is_break: bool) -> Result<Statement, Error> {
        if self.loops == 0 {
            let message = if is_break { "'break' outside loop" } else { "'continue' not properly in loop" };
            return Err(self.fail(message));
        }
        self.advance()?;
        Ok(if is_break { Statement::Break } else { Statement::Continue })
    }

    /// `{% print a, b %}`
    fn print_tag(&mut self) -> Result<Vec<Statement>, Error> {
        let tag = self.advance()?;
        self.tags.push(self.text(tag));
        let mut printed = Vec::new();
        while !self.at(TokenKind::BlockEnd) {
            if !printed.is_empty() {
                self.expect(TokenKind::Comma)?;
            }
            printed.push(Statement::Print(self.expression()?));
        }
        self.tags.pop();
        self.expect(TokenKind::BlockEnd)?;
        Ok(printed)
    }

    fn filter_block(&mut self) -> Result<Statement, Error> {
        self.advance()?;
        let block_text = Expr::new(ExprKind::BlockText, Span::default())?;
        let filter = self.filters(block_text, true)?;
        let body = self.body(&["endfilter"])?;
        Ok(Statement::FilterBlock { filter, body })
    }

    fn with_block(&mut self) -> Result<Statement, Error> {
        self.advance()?;
        let (mut targets, mut values) = (Vec::new(), Vec::new());
        while !self.at(TokenKind::BlockEnd) {
            if !targets.is_empty() {
                self.expect(TokenKind::Comma)?;
            }
            targets.push(self.target(false)?);
            self.expect(TokenKind::Assign)?;
            values.push(self.expression()?);
        }
        let body = self.body(&["endwith"])?;
        Ok(Statement::With { targets, values, body })
    }

    pub(super) fn macro_name(&self, name: &str) -> String {
        match self.naming {
            MacroNaming::Dbt => format!("dbt_macro__{name}"),
            MacroNaming::AsWritten => name.to_owned(),
        }
    }
}

/// Whether a target assigns `loop`.
fn assigns_loop(target: &Target, texts: &super::Texts) -> bool {
    match target {
        Target::Name { name, .. } => texts.get(*name) == "loop",
        Target::Tuple(targets, _) => targets.iter().any(|target| assigns_loop(target, texts)),
        Target::Attribute { .. } => false,
    }
}
