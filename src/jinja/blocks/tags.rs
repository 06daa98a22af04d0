//! Finds tags as dbt's `TagIterator` does: comments, raw blocks, expressions and strings hide what
//! looks like one in them.

use super::{complaint, span};
use crate::jinja::error::Error;
use crate::jinja::lexer::is_space;

/// One `{% word name ... %}`.
#[derive(Clone, Debug)]
pub(super) struct Tag<'s> {
    pub(super) word: &'s str,
    pub(super) name: Option<&'s str>,
    pub(super) args: &'s str,
    /// With the white space that a `-` takes.
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Debug)]
pub(super) struct Tags<'s> {
    source: &'s str,
    position: usize,
}

impl<'s> Tags<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Self { source, position: 0 }
    }

    fn tail(&self, from: usize) -> &'s str {
        self.source.get(from..).unwrap_or("")
    }

    pub(super) fn next_tag(&mut self) -> Result<Option<Tag<'s>>, Error> {
        loop {
            let Some(brace) = self.next_brace() else { return Ok(None) };
            match self.source.as_bytes().get(brace + 1) {
                Some(b'#') => {
                    let close = self.find(brace + 2, "#}", "#}")?;
                    self.position = close + 2;
                }
                Some(b'{') => self.expression(brace)?,
                _ => {
                    if let Some(tag) = self.tag(brace)? {
                        return Ok(Some(tag));
                    }
                }
            }
        }
    }

    /// The next `{%`, `{{` or `{#`.
    fn next_brace(&self) -> Option<usize> {
        let mut from = self.position;
        loop {
            let brace = from + self.tail(from).find('{')?;
            if matches!(self.source.as_bytes().get(brace + 1), Some(b'%' | b'{' | b'#')) {
                return Some(brace);
            }
            from = brace + 1;
        }
    }

    /// Past `{{ ... }}`; strings in it may hold braces.
    fn expression(&mut self, brace: usize) -> Result<(), Error> {
        self.position = brace + 2;
        loop {
            let from = self.position;
            let next = self.tail(from).char_indices().find(|(offset, character)| {
                matches!(character, '\'' | '"') || self.tail(from + offset).starts_with("}}")
            });
            let Some((offset, character)) = next else { return Err(self.end_of_file(from, "}}")) };
            if character == '}' {
                self.position = from + offset + 2;
                return Ok(());
            }
            self.string(from + offset)?;
        }
    }

    fn tag(&mut self, brace: usize) -> Result<Option<Tag<'s>>, Error> {
        let inside = self.tail(brace + 2);
        let dash = inside.starts_with('-');
        let rest = inside.get(usize::from(dash)..).unwrap_or("").trim_start_matches(is_space);
        let word = name_at(rest);
        if word.is_empty() {
            // Not a tag that dbt's patterns know (`{%+ if %}` is none of them either).
            self.position = brace + 2;
            return Ok(None);
        }
        let start = if dash { self.with_space_before(brace) } else { brace };
        if word == "raw" {
            self.raw(brace)?;
            return Ok(Some(Tag { word, name: None, args: "", start, end: self.position }));
        }
        let after = rest.get(word.len()..).unwrap_or("");
        let name = name_at(after.trim_start_matches(is_space));
        let name = (after.starts_with(is_space) && !name.is_empty()).then_some(name);
        let after_name = name.map_or(after, |name| after.trim_start_matches(is_space).get(name.len()..).unwrap_or(""));
        self.position = self.source.len() - after_name.len();
        let args_start = self.position;
        let close = self.close(args_start)?;
        let args = self.source.get(args_start..close).unwrap_or("");
        Ok(Some(Tag { word, name, args, start, end: self.position }))
    }

    /// White space before a `{%-` belongs to the tag, as far as no other tag has taken it.
    fn with_space_before(&self, brace: usize) -> usize {
        let before = self.source.get(self.position..brace).unwrap_or("");
        self.position + before.trim_end_matches(is_space).len()
    }

    /// Past the tag's end; returns where its `%}` or `-%}` starts.
    fn close(&mut self, from: usize) -> Result<usize, Error> {
        let mut from = from;
        loop {
            let next = self.tail(from).char_indices().find(|(offset, character)| {
                matches!(character, '\'' | '"')
                    || self.tail(from + offset).starts_with("%}")
                    || self.tail(from + offset).starts_with("-%}")
            });
            let Some((offset, character)) = next else { return Err(self.end_of_file(from, "tag close (\"%}\")")) };
            let at = from + offset;
            match character {
                '%' => {
                    self.position = at + 2;
                    return Ok(at);
                }
                '-' => {
                    let rest = self.tail(at + 3);
                    self.position = self.source.len() - rest.trim_start_matches(is_space).len();
                    return Ok(at);
                }
                _ => {
                    self.string(at)?;
                    from = self.position;
                }
            }
        }
    }

    /// Past the string that starts at `at`.
    fn string(&mut self, at: usize) -> Result<(), Error> {
        let quote = self.source.as_bytes().get(at).copied().unwrap_or(b'"');
        let mut escaped = false;
        for (offset, byte) in self.tail(at + 1).bytes().enumerate() {
            if escaped {
                escaped = false;
            } else if byte == b'\\' {
                escaped = true;
            } else if byte == quote {
                self.position = at + offset + 2;
                return Ok(());
            }
        }
        Err(self.end_of_file(at, "string"))
    }

    /// Past the `{% endraw %}` of the raw block at `brace`.
    fn raw(&mut self, brace: usize) -> Result<(), Error> {
        let mut from = brace + 2;
        loop {
            let close = self.find(from, "{%", "{% raw %}...{% endraw %}")?;
            from = close + 2;
            let rest = self.tail(from);
            let rest = rest.strip_prefix('-').unwrap_or(rest).trim_start_matches(is_space);
            let Some(rest) = rest.strip_prefix("endraw") else { continue };
            let rest = rest.trim_start_matches(is_space);
            let (rest, dash) = rest.strip_prefix('-').map_or((rest, false), |rest| (rest, true));
            let Some(rest) = rest.strip_prefix("%}") else { continue };
            let rest = if dash { rest.trim_start_matches(is_space) } else { rest };
            self.position = self.source.len() - rest.len();
            return Ok(());
        }
    }

    fn find(&self, from: usize, wanted: &str, expected: &str) -> Result<usize, Error> {
        self.tail(from).find(wanted).map(|offset| from + offset).ok_or_else(|| self.end_of_file(from, expected))
    }

    fn end_of_file(&self, from: usize, expected: &str) -> Error {
        const SHOWN: usize = 200;
        let got: String = self.tail(from).chars().take(SHOWN).collect();
        let line = span(self.source, from);
        let message = format!("unexpected EOF, expected {expected}, got \"{got}\"");
        complaint(self.source, line.start as usize, message)
    }
}

/// The identifier at the start of a text.
fn name_at(text: &str) -> &str {
    let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    if !first {
        return "";
    }
    let length = text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    text.get(..length).unwrap_or("")
}
