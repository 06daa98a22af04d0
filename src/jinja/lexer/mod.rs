//! Cuts a template into tokens, as Jinja2's lexer does with dbt's settings: no `trim_blocks`, no
//! `lstrip_blocks`, one trailing newline dropped. Lazy, so that the first error in reading order wins.

mod code;
mod literal;
mod root;
mod token;

use std::collections::VecDeque;

use super::error::{Error, Span};

pub(super) use literal::{Number, number, string};
pub(super) use token::{Token, TokenKind};

/// `\r\n` and `\r` become `\n`, and one trailing newline goes.
pub(super) fn normalize(source: &str) -> String {
    let mut text =
        if source.contains('\r') { source.replace("\r\n", "\n").replace('\r', "\n") } else { source.to_owned() };
    if text.ends_with('\n') {
        text.pop();
    }
    text
}

/// What Python's `\s` and `str.strip` take for white space.
pub(super) fn is_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\x1c'..='\x1f')
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Root,
    Block,
    Variable,
}

/// The lexer over one (normalized) source.
#[derive(Debug)]
pub(super) struct Lexer<'s> {
    source: &'s str,
    position: usize,
    state: State,
    /// Closing brackets that are still to come.
    brackets: Vec<char>,
    /// Tokens found ahead of their turn: a tag after its text.
    ready: VecDeque<Token>,
    /// Line and column of `marked`, so that each place is counted once.
    line: u32,
    column: u32,
    marked: usize,
    /// Where the last token began: the end of the template is told there, as Jinja2 does.
    last: Span,
}

impl<'s> Lexer<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        let ready = VecDeque::new();
        let last = Span { line: 1, column: 1, ..Span::default() };
        let brackets = Vec::new();
        Self { source, position: 0, state: State::Root, brackets, ready, line: 1, column: 1, marked: 0, last }
    }

    pub(super) fn next_token(&mut self) -> Result<Token, Error> {
        if let Some(token) = self.ready.pop_front() {
            return Ok(token);
        }
        match self.state {
            State::Root => self.root(),
            State::Block | State::Variable => self.code(),
        }
    }

    fn tail(&self, from: usize) -> &'s str {
        self.source.get(from..).unwrap_or("")
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.source.as_bytes().get(at).copied()
    }

    /// The span of a text; places must be asked for in reading order.
    fn span(&mut self, start: usize, end: usize) -> Span {
        for byte in self.source.as_bytes().get(self.marked..start).unwrap_or(&[]) {
            if *byte == b'\n' {
                self.line += 1;
                self.column = 1;
            } else if *byte & 0xc0 != 0x80 {
                self.column += 1;
            }
        }
        self.marked = start.max(self.marked);
        Span { line: self.line, column: self.column, start: start as u32, end: end as u32 }
    }

    fn token(&mut self, kind: TokenKind, start: usize, end: usize) -> Token {
        self.last = self.span(start, end);
        Token { kind, span: self.last }
    }

    /// Goes past white space.
    fn skip_space(&mut self) {
        let rest = self.tail(self.position);
        self.position = self.source.len() - rest.trim_start_matches(is_space).len();
    }
}
