//! One regular expression: an automaton, whose time grows with the text alone, wherever the pattern has
//! nothing but what an automaton can do; else (look-around, back-references, atomic groups) one that goes back
//! and tries again, within bounds of its own.

use crate::jinja::{Error, Interpreter};

/// Memory that one compiled pattern may take.
const PATTERN_BYTES: usize = 1 << 20;
/// Steps of making a pattern: most take far less memory, and time, than they may.
const STEPS_OF_SIZES: [(usize, u64); 3] = [(1 << 14, 500), (1 << 16, 5_000), (PATTERN_BYTES, 50_000)];
/// Bytes of a text that a pattern with look-around is tried on. Each place of it may look at all the rest.
const RETRIED_BYTES: usize = 16 << 10;
/// How often one search may go back.
const RETRIES: usize = 20_000;
/// Steps that one search with look-around costs, be it ever so short.
const RETRIED_STEPS: u64 = 5_000;

pub(super) const IGNORECASE: i64 = 2;
pub(super) const MULTILINE: i64 = 8;
pub(super) const DOTALL: i64 = 16;

/// Where a pattern was found: the whole, then each group that took part; in bytes.
pub(super) type Found = Vec<Option<(usize, usize)>>;

#[derive(Clone)]
enum Engine {
    /// And at most as many places of the pattern are tried at each byte of a text.
    Automaton(regex::Regex, u64),
    Retrying(Box<fancy_regex::Regex>),
}

#[derive(Clone)]
pub(super) struct Pattern {
    engine: Engine,
    /// As it was written.
    pub(super) source: String,
    flags: i64,
}

impl Pattern {
    pub(super) fn new(interpreter: &mut Interpreter<'_>, source: &str, flags: i64) -> Result<Self, Error> {
        let engine = match automaton(interpreter, source, flags)? {
            Ok((automaton, width)) => Engine::Automaton(automaton, width),
            Err(regex::Error::Syntax(_)) => Engine::Retrying(Box::new(retrying(source, flags)?)),
            Err(error) => return Err(unusable(&error)),
        };
        Ok(Self { engine, source: source.to_owned(), flags })
    }

    /// The same, from the first character to the last.
    pub(super) fn whole(&self, interpreter: &mut Interpreter<'_>) -> Result<Self, Error> {
        Self::new(interpreter, &format!(r"\A(?:{})\z", self.source), self.flags)
    }

    /// The first place at or after a byte of `text`.
    pub(super) fn find(
        &self,
        interpreter: &mut Interpreter<'_>,
        text: &str,
        from: usize,
    ) -> Result<Option<Found>, Error> {
        let left = text.len().saturating_sub(from);
        match &self.engine {
            Engine::Automaton(automaton, width) => {
                // The first look may well be at the whole text; later ones mostly end soon, but for hostile patterns.
                let left = left as u64;
                let look =
                    if from == 0 { left.saturating_mul(*width) / 8 } else { left.saturating_mul(*width / 16) / 64 };
                interpreter.charge(1 + left / 256 + look)?;
                let found = automaton.captures_at(text, from);
                Ok(found
                    .map(|found| found.iter().map(|group| group.map(|group| (group.start(), group.end()))).collect()))
            }
            Engine::Retrying(retrying) => {
                if text.len() > RETRIED_BYTES {
                    let why = format!("the text has {} bytes; with look-around at most {RETRIED_BYTES}", text.len());
                    return Err(unusable(&why));
                }
                interpreter.charge(RETRIED_STEPS)?;
                let found = retrying.captures_from_pos(text, from).map_err(|error| unusable(&error))?;
                let found: Option<Found> = found
                    .map(|found| found.iter().map(|group| group.map(|group| (group.start(), group.end()))).collect());
                let end = found.as_ref().and_then(|found| found.first().copied().flatten());
                let tried = end.map_or(left, |(_, end)| end.saturating_sub(from));
                interpreter.charge(tried as u64 * left as u64 / 8)?;
                Ok(found)
            }
        }
    }

    /// All places, from left to right, at most `limit` of them. As in Python an empty place may follow a
    /// place that is not empty.
    pub(super) fn find_all(
        &self,
        interpreter: &mut Interpreter<'_>,
        text: &str,
        limit: usize,
    ) -> Result<Vec<Found>, Error> {
        let mut all = Vec::new();
        let mut from = 0;
        while all.len() < limit && from <= text.len() {
            let Some(found) = self.find(interpreter, text, from)? else { break };
            let Some((start, end)) = found.first().copied().flatten() else { break };
            from = if start < end {
                end
            } else {
                end + text.get(end..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
            };
            all.push(found);
        }
        Ok(all)
    }

    /// The groups' names, the whole first.
    pub(super) fn names(&self) -> Vec<Option<String>> {
        match &self.engine {
            Engine::Automaton(automaton, _) => automaton.capture_names().map(|name| name.map(str::to_owned)).collect(),
            Engine::Retrying(retrying) => retrying.capture_names().map(|name| name.map(str::to_owned)).collect(),
        }
    }
}

/// An automaton and its width, or why it can't be one.
fn automaton(
    interpreter: &mut Interpreter<'_>,
    source: &str,
    flags: i64,
) -> Result<Result<(regex::Regex, u64), regex::Error>, Error> {
    let mut builder = regex::RegexBuilder::new(source);
    builder.case_insensitive(flags & IGNORECASE != 0);
    builder.multi_line(flags & MULTILINE != 0).dot_matches_new_line(flags & DOTALL != 0);
    for (size, steps) in STEPS_OF_SIZES {
        interpreter.charge(steps)?;
        match builder.size_limit(size).build() {
            Err(regex::Error::CompiledTooBig(_)) => {}
            built => return Ok(built.map(|automaton| (automaton, width(source, size)))),
        }
    }
    Ok(Err(regex::Error::CompiledTooBig(PATTERN_BYTES)))
}

/// At most as many places of the pattern are tried at each byte of a text: its length, with what is repeated
/// written out, and no more than its size has room for.
pub(in crate::dbt::context) fn width(pattern: &str, size: usize) -> u64 {
    /// Bytes of the smallest place.
    const PLACE: u64 = 64;
    let (mut places, mut times) = (pattern.len() as u64, 1_u64);
    for (at, _) in pattern.match_indices('{') {
        let (before, after) = pattern.split_at(at);
        let counts = after.get(1..).unwrap_or_default().split('}').next().unwrap_or_default();
        let most = counts.split(',').filter_map(|count| count.trim().parse::<u64>().ok()).max().unwrap_or(1).max(1);
        if before.ends_with([')', '}', '?', '*', '+']) {
            times = times.saturating_mul(most);
        } else {
            places = places.saturating_add(most);
        }
    }
    places.saturating_mul(times).min(size as u64 / PLACE).max(1)
}

fn retrying(source: &str, flags: i64) -> Result<fancy_regex::Regex, Error> {
    let mut builder = fancy_regex::RegexBuilder::new(source);
    builder.delegate_size_limit(PATTERN_BYTES).backtrack_limit(RETRIES).case_insensitive(flags & IGNORECASE != 0);
    builder.multi_line(flags & MULTILINE != 0).dot_matches_new_line(flags & DOTALL != 0);
    builder.build().map_err(|error| unusable(&error))
}

fn unusable(why: &impl std::fmt::Display) -> Error {
    Error::value_error(format!("this regular expression can't be used here: {why}"))
}
