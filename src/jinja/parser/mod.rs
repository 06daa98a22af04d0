//! Makes the tree of a template: Jinja2's own parser, with dbt's tags and Jinja2's messages.

mod arguments;
mod blocks;
mod expressions;
mod operators;
mod statements;
mod targets;
mod texts;

use std::sync::Arc;

use super::ast::{Expr, Statement};
use super::error::{Error, Span};
use super::lexer::{Lexer, Token, TokenKind};
use super::template::Call;
use super::value::repr;

use texts::Texts;

/// Blocks within blocks and brackets within brackets; CPython bears as many.
const NESTING: usize = 100;

/// How macros of a template are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MacroNaming {
    /// As dbt's environment names them: `{% macro x %}` is `dbt_macro__x`.
    Dbt,
    /// As written: plain Jinja2.
    AsWritten,
}

/// What the parser makes of a source.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) statements: Vec<Statement>,
    pub(super) texts: Vec<Arc<str>>,
    pub(super) calls: Vec<Call>,
}

pub(super) fn parse(source: &str, naming: MacroNaming) -> Result<Parsed, Error> {
    let mut parser = Parser::new(source, naming)?;
    let statements = parser.statements(&[])?;
    if let Some(late) = parser.late {
        return Err(late);
    }
    parser.calls.sort_by_key(|call| call.span.start);
    Ok(Parsed { statements, texts: parser.texts.into_table(), calls: parser.calls })
}

#[derive(Debug)]
struct Parser<'s> {
    lexer: Lexer<'s>,
    source: &'s str,
    current: Token,
    ahead: Option<Token>,
    /// End of the token before the current one.
    last_end: u32,
    naming: MacroNaming,
    texts: Texts,
    calls: Vec<Call>,
    /// The open tags, and what would end each, for messages.
    tags: Vec<&'s str>,
    ends: Vec<&'static [&'static str]>,
    depth: usize,
    /// Loops around the current statement within its function.
    loops: usize,
    /// Whether an unknown filter is an error only when it is reached, as inside of `{% if %}`.
    conditional: bool,
    /// The first unknown filter or test, or parameter given twice: Jinja2 finds them after all else.
    late: Option<Error>,
}

impl<'s> Parser<'s> {
    fn new(source: &'s str, naming: MacroNaming) -> Result<Self, Error> {
        let mut lexer = Lexer::new(source);
        let current = lexer.next_token()?;
        Ok(Self {
            lexer,
            source,
            current,
            ahead: None,
            last_end: 0,
            naming,
            texts: Texts::default(),
            calls: Vec::new(),
            tags: Vec::new(),
            ends: Vec::new(),
            depth: 0,
            loops: 0,
            conditional: false,
            late: None,
        })
    }

    fn text(&self, token: Token) -> &'s str {
        self.source.get(token.span.start as usize..token.span.end as usize).unwrap_or("")
    }

    fn advance(&mut self) -> Result<Token, Error> {
        let token = self.current;
        self.last_end = token.span.end;
        self.current = match self.ahead.take() {
            Some(token) => token,
            None => self.lexer.next_token()?,
        };
        Ok(token)
    }

    fn look(&mut self) -> Result<Token, Error> {
        if let Some(token) = self.ahead {
            return Ok(token);
        }
        let token = self.lexer.next_token()?;
        self.ahead = Some(token);
        Ok(token)
    }

    fn at(&self, kind: TokenKind) -> bool {
        self.current.kind == kind
    }

    fn at_name(&self, name: &str) -> bool {
        self.current.kind == TokenKind::Name && self.text(self.current) == name
    }

    fn skip(&mut self, kind: TokenKind) -> Result<bool, Error> {
        let found = self.at(kind);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn skip_name(&mut self, name: &str) -> Result<bool, Error> {
        let found = self.at_name(name);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn expect(&mut self, kind: TokenKind) -> Result<Token, Error> {
        if self.at(kind) { self.advance() } else { Err(self.unexpected(kind.describe())) }
    }

    fn expect_name(&mut self, name: &str) -> Result<Token, Error> {
        if self.at_name(name) { self.advance() } else { Err(self.unexpected(name)) }
    }

    fn unexpected(&self, expected: &str) -> Error {
        let expected = repr::of_str(expected);
        if self.at(TokenKind::End) {
            return self.fail(format!("unexpected end of template, expected {expected}."));
        }
        self.fail(format!("expected token {expected}, got {}", repr::of_str(self.describe(self.current))))
    }

    fn describe(&self, token: Token) -> &'s str {
        if token.kind == TokenKind::Name { self.text(token) } else { token.kind.describe() }
    }

    fn fail(&self, message: impl Into<String>) -> Error {
        Error::syntax(message, self.current.span)
    }

    /// From the token that started at `start` to the last one taken.
    fn span_from(&self, start: Span) -> Span {
        Span { end: self.last_end.max(start.end), ..start }
    }

    /// Runs a part of the parser one level deeper.
    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        if self.depth >= NESTING {
            return Err(self.fail("too many nested blocks or brackets"));
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }

    fn node(&self, kind: super::ast::ExprKind, span: Span) -> Result<Expr, Error> {
        Expr::new(kind, self.span_from(span))
    }

    /// Jinja2's words for a tag that is not known, or for the end of the template within a block.
    fn unknown_tag(&self, name: Option<&str>, span: Span) -> Error {
        let mut sentences = vec![match name {
            None => "Unexpected end of template.".to_owned(),
            Some(name) => format!("Encountered unknown tag {}.", repr::of_str(name)),
        }];
        if let Some(looking) = self.ends.last() {
            let looking: Vec<String> = looking.iter().map(|end| repr::of_str(end)).collect();
            let looking = looking.join(" or ");
            sentences.push(if name.is_some_and(|name| self.ends.iter().any(|ends| ends.contains(&name))) {
                format!(
                    "You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for {looking}."
                )
            } else {
                format!("Jinja was looking for the following tags: {looking}.")
            });
        }
        if let Some(tag) = self.tags.last() {
            sentences.push(format!("The innermost block that needs to be closed is {}.", repr::of_str(tag)));
        }
        let message = sentences.join(" ");
        Error::syntax(message, span)
    }
}
