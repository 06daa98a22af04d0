//! The text of `ebb.toml`: read with bounds, and places in it for messages.

use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::literal;
use crate::problem::{Action, Code, Excerpt, Fix, Grade, Place, Problem, Subject};
use crate::workspace::secret::MASK;

/// Largest file read, in bytes. A workspace of 10,000 projects has less.
pub(in crate::workspace) const LARGEST: u64 = 4 * 1024 * 1024;

/// What some editors write before the first character; not part of any line.
pub(in crate::workspace) const BYTE_ORDER_MARK: char = '\u{feff}';

/// What a file's bytes were: equal versions mean equal bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version(String);

impl Version {
    pub fn of(bytes: &[u8]) -> Self {
        Self(hexadecimal(&Sha256::digest(bytes)))
    }
}

/// Two digits a byte.
pub(in crate::workspace) fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}

/// A file's text and name, and what of it must not be shown.
#[derive(Clone, Debug)]
pub(in crate::workspace) struct SourceText {
    pub(in crate::workspace) file: String,
    pub(in crate::workspace) text: String,
    /// Sorted, apart from each other, none with a line break in it.
    hidden: Vec<Range<usize>>,
}

impl SourceText {
    pub(in crate::workspace) fn new(file: String, text: String) -> Self {
        Self { file, text, hidden: Vec::new() }
    }

    /// Hides these stretches, and whatever else looks like a secret, from every place made later.
    pub(in crate::workspace) fn hide(&mut self, stretches: impl IntoIterator<Item = Range<usize>>) {
        let mut all: Vec<Range<usize>> = literal::stretches(&self.text);
        all.extend(stretches);
        let mut lines: Vec<Range<usize>> = all.into_iter().flat_map(|range| self.by_line(range)).collect();
        lines.sort_by_key(|range| (range.start, range.end));
        self.hidden.clear();
        for range in lines {
            match self.hidden.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => self.hidden.push(range),
            }
        }
    }

    fn by_line(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let mut start = range.start;
        let pieces = self.text.get(range).unwrap_or_default().split_inclusive('\n');
        let ranges = pieces.map(|piece| {
            let here = start;
            start += piece.len();
            here..here + piece.trim_end_matches(['\n', '\r']).len()
        });
        ranges.filter(|range| !range.is_empty()).collect()
    }

    /// The text as it may be shown, and where in it a byte offset of the real text is.
    fn shown(&self, offset: usize) -> (String, usize) {
        let (mut text, mut end, mut moved) = (String::new(), 0, offset);
        for range in &self.hidden {
            text.push_str(self.text.get(end..range.start).unwrap_or_default());
            if offset > range.start {
                moved = text.len() + MASK.len() + offset.saturating_sub(range.end);
            }
            text.push_str(MASK);
            end = range.end;
        }
        text.push_str(self.text.get(end..).unwrap_or_default());
        if self.hidden.iter().all(|range| offset <= range.start) {
            moved = offset;
        }
        (text, moved)
    }

    /// Reads a file; a pipe, a device or something huge is refused before it is read.
    pub(in crate::workspace) fn read(path: &Path) -> Result<Self, Box<Problem>> {
        let name = path.display().to_string();
        let unreadable = |what: String, fix: &str| {
            Problem::new(Code::new("CONFIG-UNREADABLE"), Subject::Workspace, what)
                .with_place(Place::at(name.clone(), 0, 0))
                .with_fix(Fix::new(fix, Grade::Show, Action::Read))
        };
        let bytes = read_bytes(path).map_err(|error| {
            let fix = "Make it a file that you can read, or name another one with --workspace";
            Box::new(unreadable(format!("{name} cannot be read"), fix).with_raw(error.to_string()))
        })?;
        String::from_utf8(bytes).map(|text| Self::new(name.clone(), text)).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes().get(..good).unwrap_or_default()).into_owned();
            let mut source = Self::new(name.clone(), text);
            source.hide([]);
            let problem = unreadable("the file is not UTF-8 text".to_owned(), "Save the file as UTF-8")
                .with_cause("The excerpt ends at the first byte that is no character")
                .with_place(source.place(good..good));
            Box::new(problem)
        })
    }

    /// The place of a stretch of bytes, with the lines around it and a caret under its first line.
    /// Call [`SourceText::hide`] before.
    pub(in crate::workspace) fn place(&self, span: Range<usize>) -> Place {
        let (line, column) = line_and_column(&self.text, span.start);
        let (shown, start) = self.shown(span.start);
        let (_, end) = self.shown(span.end);
        let marked = shown.get(start..end.max(start)).unwrap_or_default();
        let width = marked.lines().next().unwrap_or_default().chars().count().max(1);
        let (_, shown_column) = line_and_column(&shown, start);
        let shown = shown.trim_start_matches(BYTE_ORDER_MARK);
        let mut excerpt = Excerpt::around(shown, line, shown_column, width as u32);
        for line in excerpt.iter_mut().flat_map(|excerpt| &mut excerpt.lines) {
            *line = line.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
        }
        Place { file: self.file.clone(), line, column, excerpt }
    }
}

/// Line and column, both from 1, of a byte offset; columns count characters.
fn line_and_column(text: &str, offset: usize) -> (u32, u32) {
    let before = text.get(..offset).unwrap_or(text).trim_start_matches(BYTE_ORDER_MARK);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line as u32, column as u32)
}

/// The bytes of a regular file of bounded size.
pub(in crate::workspace) fn read_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let refused = |why: &str| Err(std::io::Error::other(why.to_owned()));
    // Asked before opening: opening a pipe would wait for its other end.
    let metadata = path.metadata()?;
    if !metadata.is_file() {
        return refused(if metadata.is_dir() { "is a folder" } else { "is not a regular file" });
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return refused("is larger than 4 MiB");
    }
    Ok(bytes)
}
