//! Outside of tags: text, comments, raw blocks, and the openings of tags.

use super::{Lexer, State, Token, TokenKind, is_space};
use crate::jinja::error::Error;

impl Lexer<'_> {
    pub(super) fn root(&mut self) -> Result<Token, Error> {
        loop {
            let start = self.position;
            let Some(offset) = find_tag(self.tail(start)) else {
                self.position = self.source.len();
                self.push_text(start, self.position);
                return Ok(self.ready.pop_front().unwrap_or_else(|| self.end()));
            };
            let tag = start + offset;
            self.push_text(start, self.strip(start, tag));
            let after = tag + 2 + usize::from(matches!(self.byte(tag + 2), Some(b'-' | b'+')));
            match self.byte(tag + 1) {
                Some(b'#') => self.comment(tag, after)?,
                Some(b'{') => self.open(TokenKind::VariableBegin, State::Variable, tag, after),
                _ => match raw_start(self.tail(after)) {
                    Some(length) => self.raw(tag, after + length)?,
                    None => self.open(TokenKind::BlockBegin, State::Block, tag, after),
                },
            }
            if let Some(token) = self.ready.pop_front() {
                return Ok(token);
            }
        }
    }

    pub(super) fn end(&mut self) -> Token {
        Token { kind: TokenKind::End, span: self.last }
    }

    fn open(&mut self, kind: TokenKind, state: State, tag: usize, after: usize) {
        self.state = state;
        self.position = after;
        let token = self.token(kind, tag, after);
        self.ready.push_back(token);
    }

    fn push_text(&mut self, start: usize, end: usize) {
        if start < end {
            let token = self.token(TokenKind::Data, start, end);
            self.ready.push_back(token);
        }
    }

    /// Where text from `start` ends, when the tag at `tag` follows: a `-` takes the white space.
    fn strip(&self, start: usize, tag: usize) -> usize {
        if self.byte(tag + 2) != Some(b'-') {
            return tag;
        }
        let text = self.source.get(start..tag).unwrap_or("");
        start + text.trim_end_matches(is_space).len()
    }

    /// After a closing `-%}` and its like, white space is gone.
    fn go_past(&mut self, end: usize, strip: bool) {
        self.position = end;
        if strip {
            self.skip_space();
        }
    }

    fn comment(&mut self, tag: usize, after: usize) -> Result<(), Error> {
        if after == self.source.len() {
            // An opening that ends the template is, to Jinja2, nothing.
            self.position = after;
            return Ok(());
        }
        let Some(length) = self.tail(after).find("#}") else {
            let span = self.span(tag, after);
            return Err(Error::syntax("Missing end of comment tag", span));
        };
        let close = after + length;
        self.go_past(close + 2, close > after && self.byte(close - 1) == Some(b'-'));
        Ok(())
    }

    fn raw(&mut self, tag: usize, after: usize) -> Result<(), Error> {
        self.go_past(after, self.byte(after - 3) == Some(b'-'));
        let start = self.position;
        if start == self.source.len() {
            return Ok(());
        }
        let mut from = start;
        while let Some(offset) = self.tail(from).find("{%") {
            let close = from + offset;
            if let Some((length, strip)) = raw_end(self.tail(close)) {
                self.push_text(start, self.strip(start, close));
                self.go_past(close + length, strip);
                return Ok(());
            }
            from = close + 2;
        }
        let span = self.span(tag, after);
        Err(Error::syntax("Missing end of raw directive", span))
    }
}

/// The offset of the next `{%`, `{{` or `{#`.
fn find_tag(text: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let brace = from + text.get(from..)?.find('{')?;
        if matches!(text.as_bytes().get(brace + 1), Some(b'%' | b'{' | b'#')) {
            return Some(brace);
        }
        from = brace + 1;
    }
}

/// The length of `raw %}` or `raw -%}`, when the text (after `{%`) starts with it.
fn raw_start(text: &str) -> Option<usize> {
    let rest = text.trim_start_matches(is_space).strip_prefix("raw")?.trim_start_matches(is_space);
    let rest = rest.strip_prefix('-').unwrap_or(rest).strip_prefix("%}")?;
    Some(text.len() - rest.len())
}

/// The length of `{% endraw %}`, and whether it takes the white space after it.
fn raw_end(text: &str) -> Option<(usize, bool)> {
    let rest = text.strip_prefix("{%")?;
    let rest = rest.strip_prefix(['-', '+']).unwrap_or(rest);
    let rest = rest.trim_start_matches(is_space).strip_prefix("endraw")?.trim_start_matches(is_space);
    let after_sign = rest.strip_prefix(['-', '+']).unwrap_or(rest);
    let strip = rest.starts_with('-');
    Some((text.len() - after_sign.strip_prefix("%}")?.len(), strip))
}
