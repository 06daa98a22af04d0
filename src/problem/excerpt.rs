//! A place in a file and the lines around it, with a caret. Built from the file's text, which the
//! caller has; nothing is read here.

use serde::{Deserialize, Serialize};

use super::clean::{clean_columns, clean_line};

/// A place in a file. Lines and columns start at 1 and columns count characters; 0 is "not known".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Path from the repository's root, or the path of `ebb.toml`.
    pub file: String,
    pub line: u32,
    pub column: u32,
    pub excerpt: Option<Excerpt>,
}

/// Neighbouring lines of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// Number of the first of `lines`.
    pub first_line: u32,
    pub lines: Vec<String>,
    /// The line to point at.
    pub line: u32,
    /// First column to underline, 1-based, and how many; a width of 0 underlines nothing.
    pub column: u32,
    pub width: u32,
}

impl Place {
    /// A place without text around it.
    pub fn at(file: impl AsRef<str>, line: u32, column: u32) -> Self {
        Self { file: clean_line(file.as_ref()), line, column, excerpt: None }
    }

    /// A place with up to two lines before and one after it, taken from `text`.
    pub fn in_text(file: impl AsRef<str>, text: &str, line: u32, column: u32, width: u32) -> Self {
        Self { excerpt: Excerpt::around(text, line, column, width), ..Self::at(file, line, column) }
    }
}

impl Excerpt {
    /// Longest line kept, in characters; the rest is cut.
    pub const WIDEST: usize = 160;

    /// Up to two lines before `line` and one after it; `None` when the text has no such line. What
    /// may not be shown is replaced character by character, so columns still hold.
    pub fn around(text: &str, line: u32, column: u32, width: u32) -> Option<Self> {
        let first_line = line.saturating_sub(2).max(1);
        let lines: Vec<String> = text
            .lines()
            .skip(first_line as usize - 1)
            .take((line.saturating_add(1) - first_line) as usize + 1)
            .map(|text| {
                clean_columns(text.get(..text.floor_char_boundary(4 * Self::WIDEST)).unwrap_or_default())
                    .chars()
                    .take(Self::WIDEST)
                    .collect()
            })
            .collect();
        if line == 0 || lines.len() <= (line - first_line) as usize {
            return None;
        }
        Some(Self { first_line, lines, line, column, width })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_has_its_neighbours() {
        let excerpt = Excerpt::around("a\nb\nc\nd\ne", 3, 1, 1).unwrap();
        assert_eq!((excerpt.first_line, excerpt.lines.join(",")), (1, "a,b,c,d".to_owned()));
    }

    #[test]
    fn the_first_and_last_line_have_fewer() {
        assert_eq!(Excerpt::around("a\nb", 1, 1, 1).unwrap().lines, ["a", "b"]);
        assert_eq!(Excerpt::around("a\nb", 2, 1, 1).unwrap().lines, ["a", "b"]);
    }

    #[test]
    fn a_line_that_is_not_there_has_no_excerpt() {
        assert_eq!(Excerpt::around("a\nb", 9, 1, 1), None);
        assert_eq!(Excerpt::around("a\nb", 0, 0, 0), None);
        assert_eq!(Excerpt::around("", 1, 1, 1), None);
    }
}
