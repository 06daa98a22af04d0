//! Text to tree. The one place that knows the parser crate.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::Deserialize;
use serde::de::value::{EnumAccessDeserializer, UnitDeserializer};
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, Visitor};
use serde_yaml::{Spanned, Timestamp};

use super::depth::too_deep;
use super::error::YamlError;
use super::scalar::resolve_plain;
use crate::jinja::QuickSet;

use super::tree::{Document, DuplicateKey, Entry, Mark, Yaml, YamlMap, YamlValue};

/// How much one document may expand to: bytes of text, plus [`VALUE_COST`] for every value.
pub(super) const EXPANSION_LIMIT: usize = 64 << 20;
const VALUE_COST: usize = 32;
/// A value that far to the right and not reached from its neighbour (so behind an alias) keeps the
/// parser crate's reading of it.
const FARTHEST_JUMP: u32 = 4096;

/// Reads one YAML document; an empty text is null.
pub(crate) fn parse(text: &str) -> Result<Document, YamlError> {
    if let Some((line, column)) = too_deep(text) {
        return Err(YamlError::bomb(line, column, "brackets nest too deep"));
    }
    let reader = Reader::new(text);
    serde_yaml::spanned::set_marker(serde_yaml::Marker::start());
    let result = ValueSeed { reader: &reader }.deserialize(serde_yaml::Deserializer::from_str(text));
    serde_yaml::spanned::reset_marker();
    let state = reader.state.into_inner();
    match (result, state.error) {
        (_, Some(error)) => Err(error),
        (Ok(root), None) => Ok(Document { root, duplicates: state.duplicates }),
        (Err(error), None) => {
            let location = error.location().map(|mark| (mark.line() as u32, mark.column() as u32));
            Err(YamlError::from_parser(&error.to_string(), location))
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    line_starts: Vec<usize>,
    cursor: Cell<(Mark, usize)>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    spent: usize,
    duplicates: Vec<DuplicateKey>,
    /// Our own objection, which the parser crate would garble.
    error: Option<YamlError>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, line_starts, cursor: Cell::default(), state: RefCell::default() }
    }

    /// Where the parser stands now.
    fn mark() -> Mark {
        // The parser crate tells its place only to values that it wraps: a wrapped nothing will do.
        let unit: UnitDeserializer<serde_yaml::Error> = UnitDeserializer::new();
        Spanned::<()>::deserialize(unit).map_or_else(
            |_| Mark::default(),
            |here| Mark { line: here.span().start.line as u32, column: here.span().start.column as u32 },
        )
    }

    /// The source from a mark on, without anchor and tag; empty where the mark is not in the text.
    fn source(&self, at: Mark) -> &'a str {
        let mut source: &str = self.offset(at).and_then(|offset| self.text.get(offset..)).unwrap_or_default();
        while source.starts_with(['&', '!']) {
            source =
                source.find(char::is_whitespace).and_then(|end| source.get(end..)).unwrap_or_default().trim_start();
        }
        source
    }

    /// Bytes before a mark. Walks on from the last mark asked for, so that one long line is not
    /// walked once for every value on it.
    fn offset(&self, at: Mark) -> Option<usize> {
        let (from, start) = match self.cursor.get() {
            (mark, offset) if mark.line == at.line && mark.column <= at.column => (mark.column, offset),
            _ if at.column > FARTHEST_JUMP => return None,
            _ => (1, *self.line_starts.get(at.line.checked_sub(1)? as usize)?),
        };
        let (walked, _) = self.text.get(start..)?.char_indices().nth((at.column - from) as usize)?;
        self.cursor.set((at, start + walked));
        Some(start + walked)
    }

    /// The source text of a plain number; nothing where it stands behind an alias.
    fn number_text(&self, at: Mark) -> Option<&'a str> {
        let source = self.source(at);
        let end = source.find(|c: char| !(c.is_ascii_alphanumeric() || "_.+:-".contains(c))).unwrap_or(source.len());
        source.get(..end).filter(|text| !text.is_empty()).map(|text| text.trim_end_matches(':'))
    }

    fn is_plain(&self, at: Mark) -> bool {
        !self.source(at).starts_with(['"', '\'', '|', '>', '*'])
    }

    fn spend<E: serde::de::Error>(&self, cost: usize, at: Mark) -> Result<(), E> {
        let mut state = self.state.borrow_mut();
        state.spent = state.spent.saturating_add(cost + VALUE_COST);
        if state.spent > EXPANSION_LIMIT {
            state.error = Some(YamlError::bomb(at.line, at.column, "the document's aliases expand to too much"));
            return Err(E::custom("limit"));
        }
        Ok(())
    }

    fn refuse<E: serde::de::Error>(&self, at: Mark, sentence: &str) -> E {
        self.state.borrow_mut().error.get_or_insert_with(|| YamlError::syntax(at.line, at.column, sentence));
        E::custom("refused")
    }

    /// Puts entries into a mapping: those of `<<` first, a later key over an earlier one.
    fn build_map<E: serde::de::Error>(&self, entries: Vec<(String, Entry)>) -> Result<YamlMap, E> {
        let mut map = YamlMap::default();
        map.reserve(entries.len());
        for (_, entry) in entries.iter().filter(|(key, _)| key == "<<") {
            match &entry.value.value {
                YamlValue::Map(merged) => map.extend(merged.clone()),
                YamlValue::List(items) => {
                    for item in items.iter().rev() {
                        let merged = item.as_map().ok_or_else(|| {
                            self.refuse(item.at, "expected a mapping for merging, but found something else")
                        })?;
                        map.extend(merged.clone());
                    }
                }
                _ => {
                    return Err(self.refuse(
                        entry.value.at,
                        "expected a mapping or list of mappings for merging, but found scalar",
                    ));
                }
            }
        }
        // A key that stands here as well as in what was merged is no duplicate.
        let merged: QuickSet<String> = map.keys().cloned().collect();
        let mut replaced: QuickSet<String> = QuickSet::default();
        for (key, entry) in entries {
            if key == "<<" {
                continue;
            }
            let is_first = merged.contains(&key) && replaced.insert(key.clone());
            if let Some(old) = map.get(&key).filter(|_| !is_first) {
                let duplicate = DuplicateKey { key: key.clone(), first: old.key_at, second: entry.key_at };
                self.state.borrow_mut().duplicates.push(duplicate);
            }
            map.insert(key, entry);
        }
        Ok(map)
    }
}

struct ValueSeed<'r, 'a> {
    reader: &'r Reader<'a>,
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_, '_> {
    type Value = Yaml;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Yaml, D::Error> {
        let at = Reader::mark();
        let value = deserializer.deserialize_any(ValueVisitor { reader: self.reader, at })?;
        Ok(Yaml { value, at })
    }
}

struct ValueVisitor<'r, 'a> {
    reader: &'r Reader<'a>,
    at: Mark,
}

impl ValueVisitor<'_, '_> {
    fn number<E: serde::de::Error>(&self, fallback: YamlValue) -> Result<YamlValue, E> {
        self.reader.spend(0, self.at)?;
        Ok(self.reader.number_text(self.at).map_or(fallback, resolve_plain))
    }
}

impl<'de> Visitor<'de> for ValueVisitor<'_, '_> {
    type Value = YamlValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_bool<E: serde::de::Error>(self, flag: bool) -> Result<YamlValue, E> {
        self.reader.spend(0, self.at)?;
        Ok(YamlValue::Bool(flag))
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<YamlValue, E> {
        self.number(YamlValue::Int(number))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<YamlValue, E> {
        self.number(i64::try_from(number).map_or(YamlValue::Float(number as f64), YamlValue::Int))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<YamlValue, E> {
        self.number(YamlValue::Float(number))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<YamlValue, E> {
        self.reader.spend(text.len(), self.at)?;
        Ok(if self.reader.is_plain(self.at) { resolve_plain(text) } else { YamlValue::Text(text.to_owned()) })
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<YamlValue, E> {
        self.reader.spend(0, self.at)?;
        Ok(YamlValue::Null)
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<YamlValue, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<YamlValue, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<YamlValue, A::Error> {
        self.reader.spend(0, self.at)?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(ValueSeed { reader: self.reader })? {
            list.push(item);
        }
        Ok(YamlValue::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<YamlValue, A::Error> {
        self.reader.spend(0, self.at)?;
        let mut list = Vec::new();
        while let Some(key) = entries.next_key_seed(ValueSeed { reader: self.reader })? {
            let key_at = key.at;
            let key = match key.value {
                YamlValue::Text(text) | YamlValue::Date(text) => text,
                YamlValue::Null => "None".to_owned(),
                YamlValue::Bool(flag) => (if flag { "True" } else { "False" }).to_owned(),
                YamlValue::Int(number) => number.to_string(),
                YamlValue::Float(number) => number.to_string(),
                YamlValue::List(_) | YamlValue::Map(_) => {
                    return Err(self.reader.refuse(key_at, "found unhashable key"));
                }
            };
            let value = entries.next_value_seed(ValueSeed { reader: self.reader })?;
            list.push((key, Entry { key_at, value }));
        }
        self.reader.build_map(list).map(YamlValue::Map)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<YamlValue, A::Error> {
        self.reader.spend(0, self.at)?;
        // The parser crate hands dates over as an enum of its own; everything else is a foreign tag.
        match Timestamp::deserialize(EnumAccessDeserializer::new(access)) {
            Ok(timestamp) => Ok(YamlValue::Date(python_date(&timestamp))),
            Err(error) => {
                let tag = self.reader.text_at_tag(self.at);
                let sentence = format!("could not determine a constructor for the tag '{tag}'");
                let refused: A::Error = self.reader.refuse(self.at, &sentence);
                drop(error);
                Err(refused)
            }
        }
    }
}

impl Reader<'_> {
    fn text_at_tag(&self, at: Mark) -> String {
        let line = self.text.lines().nth(at.line.saturating_sub(1) as usize).unwrap_or_default();
        let rest: String = line.chars().skip(at.column.saturating_sub(1) as usize).collect();
        rest.split_whitespace().find(|word| word.starts_with('!')).unwrap_or("!").to_owned()
    }
}

/// A date as Python's `str()` prints it.
fn python_date(timestamp: &Timestamp) -> String {
    let (year, month, day) = timestamp.date();
    let date = format!("{year:04}-{month:02}-{day:02}");
    let Some(time) = timestamp.time() else { return date };
    let fraction = if time.nanosecond == 0 { String::new() } else { format!(".{:06}", time.nanosecond / 1000) };
    let offset = timestamp.tz_minutes().map_or_else(String::new, |minutes| {
        let sign = if minutes < 0 { '-' } else { '+' };
        format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
    });
    format!("{date} {:02}:{:02}:{:02}{fraction}{offset}", time.hour, time.minute, time.second)
}
