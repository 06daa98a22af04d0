//! The text of `ebb.toml`: read with bounds, and places in it for messages.

use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::problem::{Code, Place, Problem, Subject};

/// Largest file read, in bytes. A workspace of 10,000 projects has less.
pub(in crate::workspace) const LARGEST: u64 = 8 * 1024 * 1024;

/// What a file's bytes were: equal versions mean equal bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version(String);

impl Version {
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// A file's text and name.
#[derive(Clone, Debug)]
pub(in crate::workspace) struct SourceText {
    pub(in crate::workspace) file: String,
    pub(in crate::workspace) text: String,
}

impl SourceText {
    pub(in crate::workspace) fn empty() -> Self {
        Self { file: String::new(), text: String::new() }
    }

    /// Reads a file; a pipe, a device or something huge is refused before it is read.
    pub(in crate::workspace) fn read(path: &Path) -> Result<Self, Problem> {
        let name = path.display().to_string();
        let unreadable = |what: String| {
            Problem::new(Code::new("CONFIG-UNREADABLE"), Subject::Workspace, what).with_place(Place::at(
                name.clone(),
                0,
                0,
            ))
        };
        let bytes = read_bytes(path)
            .map_err(|error| unreadable(format!("{name} cannot be read")).with_raw(error.to_string()))?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self { file: name, text }),
            Err(error) => {
                let good = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes().get(..good).unwrap_or_default()).into_owned();
                let source = Self { file: name.clone(), text };
                Err(unreadable(format!("{name} is not UTF-8 text")).with_place(source.place(good..good)))
            }
        }
    }

    /// Line and column, both from 1, of a byte offset; columns count characters.
    pub(in crate::workspace) fn line_and_column(&self, offset: usize) -> (u32, u32) {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line as u32, column as u32)
    }

    /// The place of a stretch of bytes, with the lines around it and a caret under its first line.
    pub(in crate::workspace) fn place(&self, span: Range<usize>) -> Place {
        let (line, column) = self.line_and_column(span.start);
        let marked = self.text.get(span).unwrap_or_default();
        let width = marked.lines().next().unwrap_or_default().chars().count().max(1);
        Place::in_text(self.file.clone(), &self.text, line, column, width as u32)
    }
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
        return refused("is larger than 8 MiB");
    }
    Ok(bytes)
}
