//! Recognising another program's words: the patterns of one area as one automaton.

use std::borrow::Cow;

use regex::{RegexSet, RegexSetBuilder};

use super::super::clean::clean;
use super::entry::Entry;

/// Longest text looked at, in bytes; of a longer one both ends are, since programs say the reason
/// first or last.
const LONGEST: usize = 256 * 1024;

/// The patterns of an area's entries.
#[derive(Debug)]
pub(super) struct Matcher {
    patterns: RegexSet,
    /// For every pattern the index of its entry, growing.
    entries: Vec<usize>,
}

impl Matcher {
    pub(super) fn new(entries: &[Entry]) -> Result<Self, regex::Error> {
        let of_entry = |(index, entry): (usize, &Entry)| vec![index; entry.patterns.len()];
        Ok(Self {
            patterns: RegexSetBuilder::new(entries.iter().flat_map(|entry| &entry.patterns))
                .case_insensitive(true)
                .size_limit(64 * 1024 * 1024)
                .build()?,
            entries: entries.iter().enumerate().flat_map(of_entry).collect(),
        })
    }

    /// Index of the first entry that knows the text. Lines are joined first: tools wrap.
    pub(super) fn find(&self, raw: &str) -> Option<usize> {
        let text = clean(&ends(raw)).replace('\n', " ");
        let first = self.patterns.matches(&text).iter().next()?;
        self.entries.get(first).copied()
    }
}

/// The text, or its first and last half of [`LONGEST`] bytes.
fn ends(raw: &str) -> Cow<'_, str> {
    if raw.len() <= LONGEST {
        return Cow::Borrowed(raw);
    }
    let head = &raw[..raw.floor_char_boundary(LONGEST / 2)];
    let tail = &raw[raw.ceil_char_boundary(raw.len() - LONGEST / 2)..];
    Cow::Owned(format!("{head}\n{tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_of_a_long_text_are_kept() {
        let text = format!("first{}last", "é".repeat(LONGEST));
        let ends = ends(&text);
        assert!(ends.len() <= LONGEST + 1);
        assert!(ends.starts_with("first") && ends.ends_with("last"));
    }

    #[test]
    fn a_short_text_is_kept_whole() {
        assert_eq!(ends("short"), "short");
    }
}
