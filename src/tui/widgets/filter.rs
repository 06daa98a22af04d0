//! The filter of a list: fuzzy words and fields, ranked hits, matched characters.
//!
//! The syntax of the words is nucleo's: `^begin`, `end$`, `'exact`, `!not`, a space is "and". Words
//! like `tag:nightly` are fields where the candidates have such a field. Refining a query tests only
//! the hits of the query before.

use std::borrow::Cow;
use std::fmt;

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::style::Style;
use ratatui::text::Span;
use unicode_segmentation::UnicodeSegmentation;

mod completion;

pub use completion::Completion;

/// Longest query that is taken, in bytes; the rest is ignored.
const LONGEST: usize = 256;

/// What can be filtered.
pub trait Candidates {
    fn len(&self) -> usize;

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text that fuzzy words are matched with.
    fn text(&self, index: usize) -> Cow<'_, str>;

    /// Names of the fields that a query may ask for.
    fn fields(&self) -> &[&str] {
        &[]
    }

    /// Words that may stand in front of a colon besides the fields: they are completed, and mean something
    /// to whoever the candidates belong to.
    fn methods(&self) -> &[&str] {
        &[]
    }

    /// Whether a candidate is meant at all by such a query.
    fn is_meant(&self, _index: usize, _query: &Query) -> bool {
        true
    }

    /// Hands over every value that a candidate has in a field or for a method.
    fn each_value(&self, _index: usize, _field: &str, _take: &mut dyn FnMut(&str)) {}
}

/// Names as they stand in a slice.
impl<S: AsRef<str>> Candidates for [S] {
    fn len(&self) -> usize {
        self.len()
    }

    fn text(&self, index: usize) -> Cow<'_, str> {
        Cow::Borrowed(self.get(index).map_or("", AsRef::as_ref))
    }
}

/// `name:value` or `!name:value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    pub value: String,
    pub negated: bool,
}

impl Field {
    /// Whether one of a candidate's values begins with what was asked for, whatever the case. A field
    /// without a value is being typed and accepts everything.
    fn accepts(&self, candidates: &(impl Candidates + ?Sized), index: usize) -> bool {
        if self.value.is_empty() {
            return true;
        }
        let mut found = false;
        candidates.each_value(index, &self.name, &mut |value| found |= begins(value, &self.value));
        found != self.negated
    }
}

/// Whether a text begins with another, whatever the case.
fn begins(text: &str, beginning: &str) -> bool {
    let mut letters = text.chars().flat_map(char::to_lowercase);
    beginning.chars().flat_map(char::to_lowercase).all(|wanted| letters.next() == Some(wanted))
}

/// What a person typed, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pub fields: Vec<Field>,
    /// The fuzzy words.
    pub words: String,
}

impl Query {
    pub fn parse(text: &str, fields: &[&str]) -> Self {
        let mut query = Self::default();
        for word in text.split_whitespace() {
            let (negated, bare) = word.strip_prefix('!').map_or((false, word), |bare| (true, bare));
            match bare.split_once(':') {
                Some((name, value)) if fields.contains(&name) => {
                    query.fields.push(Field { name: name.to_owned(), value: value.to_owned(), negated });
                }
                _ => {
                    if !query.words.is_empty() {
                        query.words.push(' ');
                    }
                    query.words.push_str(word);
                }
            }
        }
        query
    }

    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.words.is_empty()
    }

    fn pattern(&self) -> Pattern {
        Pattern::parse(&self.words, CaseMatching::Smart, Normalization::Smart)
    }
}

/// A filter with its hits.
#[derive(Clone, Default)]
pub struct Filter {
    text: String,
    query: Query,
    /// Revision of the candidates that the hits are of.
    revision: Option<u64>,
    hits: Vec<u32>,
    /// Candidates tested for the last query.
    #[cfg(test)]
    tested: usize,
}

impl Filter {
    /// Applies a query to the candidates; `revision` says whether they are the same as last time.
    /// True when the hits are new.
    pub fn apply(&mut self, text: &str, candidates: &(impl Candidates + ?Sized), revision: u64) -> bool {
        let text = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or_default();
        let same_rows = self.revision == Some(revision);
        if same_rows && self.text == text {
            return false;
        }
        let query = Query::parse(text, candidates.fields());
        let narrows =
            same_rows && !self.query.is_empty() && narrows(&self.text, text) && query.fields == self.query.fields;
        let meant = (0..candidates.len() as u32).filter(|index| candidates.is_meant(*index as usize, &query));
        let tested: Vec<u32> = if narrows { std::mem::take(&mut self.hits) } else { meant.collect() };
        #[cfg(test)]
        {
            self.tested = tested.len();
        }
        self.hits = if query.is_empty() || candidates.is_empty() { tested } else { ranked(&query, candidates, tested) };
        text.clone_into(&mut self.text);
        self.query = query;
        self.revision = Some(revision);
        true
    }

    /// Takes hits that were found elsewhere, as far as the fields of the text accept them. `revision` is
    /// another with every change of these hits, and none that [`Filter::apply`] is given.
    pub fn hold(&mut self, text: &str, candidates: &(impl Candidates + ?Sized), revision: u64, hits: Vec<u32>) {
        let Query { fields, .. } = Query::parse(text, candidates.fields());
        let accepts = |index: &u32| fields.iter().all(|field| field.accepts(candidates, *index as usize));
        self.hits = hits.into_iter().filter(accepts).collect();
        text.clone_into(&mut self.text);
        (self.query, self.revision) = (Query { fields, words: String::new() }, Some(revision));
    }

    /// Whether these hits are those of the text and revision already.
    pub fn is_of(&self, text: &str, revision: u64) -> bool {
        self.text == text && self.revision == Some(revision)
    }

    /// Indices of the candidates that match, best first; all of them in their order where the query
    /// is empty.
    pub fn hits(&self) -> &[u32] {
        &self.hits
    }

    /// Whether a word of the text is one of the query's fields, with a value.
    pub fn is_field(&self, word: &str) -> bool {
        let bare = word.strip_prefix('!').unwrap_or(word);
        let parts = bare.split_once(':').filter(|(_, value)| !value.is_empty());
        parts.is_some_and(|(name, _)| self.query.fields.iter().any(|field| field.name == name))
    }

    /// Finds matched characters for the rows in sight. Make one for a frame.
    pub fn highlighter(&self) -> Option<Highlighter> {
        (!self.query.words.is_empty()).then(|| Highlighter {
            pattern: self.query.pattern(),
            matcher: Matcher::new(Config::DEFAULT),
            characters: Vec::new(),
        })
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filter").field("text", &self.text).field("hits", &self.hits.len()).finish_non_exhaustive()
    }
}

/// Whether all hits of the longer text are hits of the shorter one, so that these alone need a test.
/// Not so when the words end in, or have, one of the signs that change what a word means.
fn narrows(shorter: &str, longer: &str) -> bool {
    longer.starts_with(shorter) && !longer.contains(['!', '^', '$', '\'', '\\'])
}

fn ranked(query: &Query, candidates: &(impl Candidates + ?Sized), indices: Vec<u32>) -> Vec<u32> {
    let pattern = query.pattern();
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut characters = Vec::new();
    let mut scored: Vec<(u32, usize, u32)> = indices
        .into_iter()
        .filter(|index| query.fields.iter().all(|field| field.accepts(candidates, *index as usize)))
        .filter_map(|index| {
            let text = candidates.text(index as usize);
            let score = pattern.score(Utf32Str::new(&text, &mut characters), &mut matcher)?;
            Some((score, text.len(), index))
        })
        .collect();
    if !query.words.is_empty() {
        // Best score first; of two equal ones the shorter, then the earlier.
        scored.sort_unstable_by_key(|(score, length, index)| (std::cmp::Reverse(*score), *length, *index));
    }
    scored.into_iter().map(|(_, _, index)| index).collect()
}

/// Finds the characters of a row that the query matched.
pub struct Highlighter {
    pattern: Pattern,
    matcher: Matcher,
    characters: Vec<char>,
}

impl fmt::Debug for Highlighter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Highlighter").finish_non_exhaustive()
    }
}

impl Highlighter {
    /// Positions of the matched graphemes, ascending.
    pub fn positions(&mut self, text: &str) -> Vec<u32> {
        let mut positions = Vec::new();
        self.pattern.indices(Utf32Str::new(text, &mut self.characters), &mut self.matcher, &mut positions);
        positions.sort_unstable();
        positions.dedup();
        positions
    }

    /// The text in spans, its matched characters in another style.
    pub fn spans(&mut self, text: &str, plain: Style, matched: Style) -> Vec<Span<'static>> {
        let positions = self.positions(text);
        let mut spans: Vec<(String, bool)> = Vec::new();
        for (index, grapheme) in text.graphemes(true).enumerate() {
            let hit = positions.binary_search(&(index as u32)).is_ok();
            match spans.last_mut() {
                Some((run, same)) if *same == hit => run.push_str(grapheme),
                _ => spans.push((grapheme.to_owned(), hit)),
            }
        }
        spans.into_iter().map(|(run, hit)| Span::styled(run, if hit { matched } else { plain })).collect()
    }
}

#[cfg(test)]
mod tests;
