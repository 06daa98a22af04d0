//! The lexer under the highlighting: a scanner over bytes that stops at ASCII signs only, so that
//! every token begins and ends between characters.

use super::words;
use crate::tui::theme::Role;

/// Longest tag of a dollar quote, in bytes; what is longer is no tag.
const LONGEST_TAG: usize = 64;

/// A part of the source with one role. Tokens follow each other without gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) role: Role,
}

/// What the scanner is inside of; Jinja can stand inside of any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inside {
    Nothing,
    Quoted(u8),
    LineComment,
    /// How deep: block comments nest in Postgres and in the standard.
    BlockComment(usize),
    /// Range of the tag with both its dollars.
    Dollar(usize, usize),
}

impl Inside {
    fn role(self) -> Role {
        match self {
            // A quoted name is a name.
            Self::Nothing | Self::Quoted(b'"' | b'`') => Role::Text,
            Self::Quoted(_) | Self::Dollar(..) => Role::SqlString,
            Self::LineComment | Self::BlockComment(_) => Role::SqlComment,
        }
    }
}

pub(super) fn lex(source: &str) -> Vec<Token> {
    let mut lexer = Lexer { source, bytes: source.as_bytes(), at: 0, inside: Inside::Nothing, tokens: Vec::new() };
    while lexer.at < lexer.bytes.len() {
        lexer.step();
    }
    lexer.tokens
}

struct Lexer<'s> {
    source: &'s str,
    bytes: &'s [u8],
    at: usize,
    inside: Inside,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn starts_with(&self, text: &[u8]) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(text))
    }

    /// Takes so many bytes as part of a token.
    fn take(&mut self, count: usize, role: Role) {
        let start = self.at;
        let end = (start + count.max(1)).min(self.bytes.len());
        self.at = end;
        match self.tokens.last_mut() {
            Some(last) if last.role == role => last.end = end,
            _ => self.tokens.push(Token { start, end, role }),
        }
    }

    /// Bytes from here on, as long as they belong.
    fn run(&self, belongs: impl Fn(u8) -> bool) -> usize {
        self.bytes.get(self.at..).unwrap_or_default().iter().take_while(|byte| belongs(**byte)).count()
    }

    fn step(&mut self) {
        if self.byte(0) == b'{' && matches!(self.byte(1), b'{' | b'%' | b'#') {
            return if self.byte(1) == b'#' { self.jinja_comment() } else { self.jinja() };
        }
        match self.inside {
            Inside::Nothing => self.outside(),
            Inside::Quoted(quote) => {
                let closes = self.byte(0) == quote;
                self.take(1, self.inside.role());
                if closes {
                    self.inside = Inside::Nothing;
                }
            }
            Inside::LineComment => {
                if self.byte(0) == b'\n' {
                    self.inside = Inside::Nothing;
                }
                self.take(1, Role::SqlComment);
            }
            Inside::BlockComment(depth) => self.block_comment(depth),
            Inside::Dollar(start, end) => {
                let closes = self.bytes.get(start..end).is_some_and(|tag| self.starts_with(tag));
                self.take(if closes { end - start } else { 1 }, Role::SqlString);
                if closes {
                    self.inside = Inside::Nothing;
                }
            }
        }
    }

    fn block_comment(&mut self, depth: usize) {
        if self.starts_with(b"*/") {
            self.take(2, Role::SqlComment);
            self.inside = if depth > 1 { Inside::BlockComment(depth - 1) } else { Inside::Nothing };
        } else if self.starts_with(b"/*") {
            self.take(2, Role::SqlComment);
            self.inside = Inside::BlockComment(depth + 1);
        } else {
            self.take(1, Role::SqlComment);
        }
    }

    fn outside(&mut self) {
        match self.byte(0) {
            b'-' if self.byte(1) == b'-' => self.open(Inside::LineComment, 2),
            b'/' if self.byte(1) == b'*' => self.open(Inside::BlockComment(1), 2),
            quote @ (b'\'' | b'"' | b'`') => self.open(Inside::Quoted(quote), 1),
            b'$' => self.dollar(),
            b'0'..=b'9' => {
                let digits = self.run(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_');
                self.take(digits, Role::SqlNumber);
            }
            byte if is_word(byte) => {
                let length = self.run(|byte| is_word(byte) || byte.is_ascii_digit() || byte == b'$');
                let word = self.source.get(self.at..self.at + length).unwrap_or_default();
                self.take(length, if words::is_sql(word) { Role::SqlKeyword } else { Role::Text });
            }
            _ => self.take(1, Role::Text),
        }
    }

    fn open(&mut self, inside: Inside, length: usize) {
        self.inside = inside;
        self.take(length, inside.role());
    }

    /// `$$` or `$tag$` opens a string; `$1` is a parameter.
    fn dollar(&mut self) {
        let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
        let tag = rest.iter().take(LONGEST_TAG).take_while(|byte| is_word(**byte) || byte.is_ascii_digit()).count();
        let opens = rest.get(tag) == Some(&b'$') && !rest.first().is_some_and(u8::is_ascii_digit);
        if opens {
            self.open(Inside::Dollar(self.at, self.at + tag + 2), tag + 2);
        } else {
            self.take(1, Role::Text);
        }
    }

    fn jinja_comment(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.windows(2).position(|pair| pair == b"#}").map_or(rest.len(), |end| end + 2);
        self.take(length, Role::SqlComment);
    }

    /// An expression or a statement, up to its end or the end of the text. Braces of a dict inside
    /// are counted, so that they don't close it.
    fn jinja(&mut self) {
        let close: &[u8] = if self.byte(1) == b'{' { b"}}" } else { b"%}" };
        self.take(2 + usize::from(matches!(self.byte(2), b'-' | b'+')), Role::Jinja);
        let mut braces = 0_usize;
        while self.at < self.bytes.len() {
            if braces == 0 && self.starts_with(close) {
                return self.take(2, Role::Jinja);
            }
            match self.byte(0) {
                b'{' => {
                    braces += 1;
                    self.take(1, Role::Jinja);
                }
                b'}' => {
                    braces = braces.saturating_sub(1);
                    self.take(1, Role::Jinja);
                }
                b'\'' | b'"' => self.jinja_string(),
                b'0'..=b'9' => {
                    let digits = self.run(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_');
                    self.take(digits, Role::SqlNumber);
                }
                byte if is_word(byte) => {
                    let length = self.run(|byte| is_word(byte) || byte.is_ascii_digit());
                    let word = self.source.get(self.at..self.at + length).unwrap_or_default();
                    self.take(length, if words::is_jinja(word) { Role::Jinja } else { Role::JinjaName });
                }
                _ => self.take(1, Role::Jinja),
            }
        }
    }

    fn jinja_string(&mut self) {
        let quote = self.byte(0);
        self.take(1, Role::SqlString);
        while self.at < self.bytes.len() {
            match self.byte(0) {
                b'\\' => {
                    self.take(1, Role::SqlString);
                    // What is escaped may be a character of several bytes: the loop goes on inside it.
                    self.take(1, Role::SqlString);
                }
                byte => {
                    self.take(1, Role::SqlString);
                    if byte == quote {
                        return;
                    }
                }
            }
        }
    }
}

/// Letters, the underscore and everything beyond ASCII.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}
