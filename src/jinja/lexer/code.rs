//! Inside of tags: names, literals, operators, and the tag's end.

use super::{Lexer, State, Token, TokenKind, is_space};
use crate::jinja::error::Error;
use crate::jinja::value::repr;

impl Lexer<'_> {
    pub(super) fn code(&mut self) -> Result<Token, Error> {
        loop {
            let start = self.position;
            let rest = self.tail(start);
            if self.brackets.is_empty()
                && let Some((kind, length, strip)) = tag_end(rest, self.state)
            {
                let token = self.token(kind, start, start + length);
                self.position = start + length;
                if strip {
                    self.skip_space();
                }
                self.state = State::Root;
                return Ok(token);
            }
            let Some(first) = rest.chars().next() else { return Ok(self.end()) };
            if is_space(first) {
                self.skip_space();
                continue;
            }
            return self.code_token(start, rest, first);
        }
    }

    fn code_token(&mut self, start: usize, rest: &str, first: char) -> Result<Token, Error> {
        let after_dot = start > 0 && self.byte(start - 1) == Some(b'.');
        let found = match first {
            '0'..='9' => match float_length(rest).filter(|_| !after_dot) {
                Some(length) => Some((TokenKind::Float, length)),
                None => Some((TokenKind::Integer, integer_length(rest))),
            },
            '\'' | '"' => string_length(rest).map(|length| (TokenKind::String, length)),
            _ if is_word(first) => {
                let length = rest.find(|character| !is_word(character)).unwrap_or(rest.len());
                Some((TokenKind::Name, length))
            }
            _ => operator(rest),
        };
        let Some((kind, length)) = found else {
            let span = self.span(start, start + first.len_utf8());
            let index = self.source.get(..start).map_or(0, |before| before.chars().count());
            let shown = repr::of_str(first.encode_utf8(&mut [0; 4]));
            return Err(Error::syntax(format!("unexpected char {shown} at {index}"), span));
        };
        let token = self.token(kind, start, start + length);
        if kind == TokenKind::Name && !(first.is_alphabetic() || first == '_') {
            return Err(Error::syntax("Invalid character in identifier", token.span));
        }
        self.balance(token, first)?;
        self.position = start + length;
        Ok(token)
    }

    /// An open bracket hides the tag's end; a closing one must fit.
    fn balance(&mut self, token: Token, character: char) -> Result<(), Error> {
        match token.kind {
            TokenKind::LeftBrace => self.brackets.push('}'),
            TokenKind::LeftParenthesis => self.brackets.push(')'),
            TokenKind::LeftBracket => self.brackets.push(']'),
            TokenKind::RightBrace | TokenKind::RightParenthesis | TokenKind::RightBracket => {
                match self.brackets.pop() {
                    None => return Err(Error::syntax(format!("unexpected '{character}'"), token.span)),
                    Some(expected) if expected != character => {
                        let message = format!("unexpected '{character}', expected '{expected}'");
                        return Err(Error::syntax(message, token.span));
                    }
                    Some(_) => {}
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// The end of the tag, its length, and whether it takes the white space after it.
fn tag_end(rest: &str, state: State) -> Option<(TokenKind, usize, bool)> {
    if !matches!(rest.as_bytes().first(), Some(b'}' | b'%' | b'-' | b'+')) {
        return None;
    }
    let (kind, close) = match state {
        State::Variable => (TokenKind::VariableEnd, "}}"),
        _ => (TokenKind::BlockEnd, "%}"),
    };
    if rest.starts_with(close) {
        return Some((kind, 2, false));
    }
    if rest.strip_prefix('-').is_some_and(|rest| rest.starts_with(close)) {
        return Some((kind, 3, true));
    }
    let keep = state == State::Block && rest.strip_prefix('+').is_some_and(|rest| rest.starts_with(close));
    keep.then_some((kind, 3, false))
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Length of digits with single underscores between them.
fn digits_length(text: &str, accepts: fn(&u8) -> bool) -> usize {
    let mut length = 0;
    let bytes = text.as_bytes();
    loop {
        let at = length + usize::from(length > 0 && bytes.get(length) == Some(&b'_'));
        if !bytes.get(at).is_some_and(accepts) {
            return length;
        }
        length = at + 1;
    }
}

fn float_length(text: &str) -> Option<usize> {
    let whole = digits_length(text, u8::is_ascii_digit);
    let fraction = text.get(whole..)?.strip_prefix('.').map_or(0, |rest| digits_length(rest, u8::is_ascii_digit));
    let mantissa = if fraction > 0 { whole + 1 + fraction } else { whole };
    let exponent = text.get(mantissa..)?.strip_prefix(['e', 'E']).map_or(0, |rest| {
        let digits = rest.strip_prefix(['+', '-']).unwrap_or(rest);
        match digits_length(digits, u8::is_ascii_digit) {
            0 => 0,
            length => 1 + rest.len() - digits.len() + length,
        }
    });
    (fraction > 0 || exponent > 0).then_some(mantissa + exponent)
}

fn integer_length(text: &str) -> usize {
    let prefixed = |accepts: fn(&u8) -> bool| {
        let rest = text.get(2..).unwrap_or("");
        let rest = rest.strip_prefix('_').unwrap_or(rest);
        match digits_length(rest, accepts) {
            0 => None,
            length => Some(text.len() - rest.len() + length),
        }
    };
    let special = match text.as_bytes() {
        [b'0', b'b' | b'B', ..] => prefixed(|byte| matches!(byte, b'0' | b'1')),
        [b'0', b'o' | b'O', ..] => prefixed(|byte| matches!(byte, b'0'..=b'7')),
        [b'0', b'x' | b'X', ..] => prefixed(u8::is_ascii_hexdigit),
        _ => None,
    };
    special.unwrap_or_else(|| {
        if text.starts_with('0') {
            digits_length(text, |byte| *byte == b'0')
        } else {
            digits_length(text, u8::is_ascii_digit)
        }
    })
}

fn string_length(text: &str) -> Option<usize> {
    let quote = *text.as_bytes().first()?;
    let mut escaped = false;
    for (index, byte) in text.bytes().enumerate().skip(1) {
        if escaped {
            escaped = false;
        } else if byte == b'\\' {
            escaped = true;
        } else if byte == quote {
            return Some(index + 1);
        }
    }
    None
}

fn operator(text: &str) -> Option<(TokenKind, usize)> {
    use TokenKind as T;
    let kind = match text.as_bytes() {
        [b'/', b'/', ..] => return Some((T::FloorDivide, 2)),
        [b'*', b'*', ..] => return Some((T::Power, 2)),
        [b'=', b'=', ..] => return Some((T::Equal, 2)),
        [b'!', b'=', ..] => return Some((T::NotEqual, 2)),
        [b'>', b'=', ..] => return Some((T::GreaterOrEqual, 2)),
        [b'<', b'=', ..] => return Some((T::LessOrEqual, 2)),
        [b'+', ..] => T::Add,
        [b'-', ..] => T::Subtract,
        [b'/', ..] => T::Divide,
        [b'*', ..] => T::Multiply,
        [b'%', ..] => T::Remainder,
        [b'~', ..] => T::Tilde,
        [b'[', ..] => T::LeftBracket,
        [b']', ..] => T::RightBracket,
        [b'(', ..] => T::LeftParenthesis,
        [b')', ..] => T::RightParenthesis,
        [b'{', ..] => T::LeftBrace,
        [b'}', ..] => T::RightBrace,
        [b'>', ..] => T::Greater,
        [b'<', ..] => T::Less,
        [b'=', ..] => T::Assign,
        [b'.', ..] => T::Dot,
        [b':', ..] => T::Colon,
        [b'|', ..] => T::Pipe,
        [b',', ..] => T::Comma,
        [b';', ..] => T::Semicolon,
        _ => return None,
    };
    Some((kind, 1))
}
