//! One text as a YAML scalar, written as PyYAML writes it (`yaml.safe_dump`): plain where it reads back
//! as a text, else in quotes; a long one is folded at its blanks.

use crate::dbt::yaml::{self, YamlValue};

/// Column behind which a line is folded.
const WIDTH: usize = 80;

/// `text` as the value of a key; `column` is where the value's blank stands, `indent` the column of
/// folded lines.
pub(super) fn scalar(text: &str, column: usize, indent: usize) -> String {
    let is_ascii = text.chars().all(|c| matches!(c, '\n' | ' '..='~'));
    if !is_ascii || has_blank_beside_break(text) {
        return double_quoted(text);
    }
    let quoted = !is_plain(text);
    Folding { out: String::new(), column: column + 1, indent, quoted }.write(text)
}

fn has_blank_beside_break(text: &str) -> bool {
    text.contains(" \n") || text.starts_with('\n') && text.len() > 1 && text.trim().is_empty()
}

/// Whether a text may stand without quotes.
fn is_plain(text: &str) -> bool {
    let blank_or_end = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let mut characters = text.chars();
    let Some(first) = characters.next() else { return false };
    let indicator = match first {
        '?' | ':' | '-' => blank_or_end(characters.next()),
        other => "#,[]{}&*!|>'\"%@`".contains(other),
    };
    let inside = text.contains(": ") || text.ends_with(':') || text.contains(" #");
    let marker = text.starts_with("---") || text.starts_with("...");
    let at_ends = text.starts_with(' ') || text.ends_with(' ');
    let special = matches!(text, "=" | "<<");
    !(indicator || inside || marker || at_ends || special || text.contains('\n')) && reads_back(text)
}

fn reads_back(text: &str) -> bool {
    yaml::parse(text).is_ok_and(|document| document.root.value == YamlValue::Text(text.to_owned()))
}

struct Folding {
    out: String,
    column: usize,
    indent: usize,
    quoted: bool,
}

impl Folding {
    fn write(mut self, text: &str) -> String {
        if self.quoted {
            self.push("'");
        }
        let words: Vec<&str> = text.split(' ').collect();
        for (index, word) in words.iter().enumerate() {
            if index > 0 {
                self.blank(index, &words);
            }
            // A line's end is doubled, or it would be read as a blank.
            let word =
                if self.quoted { word.replace('\'', "''").replace('\n', &self.line_end()) } else { (*word).to_owned() };
            self.push(&word);
        }
        if self.quoted {
            self.push("'");
        }
        self.out
    }

    /// The blank before word `index`: the end of the line where that is long enough, unless it is one of
    /// several, or in quotes the first or last of the text.
    fn blank(&mut self, index: usize, words: &[&str]) {
        let word = |index: usize| words.get(index).copied().unwrap_or_default();
        let is_single = !word(index).is_empty() && !word(index - 1).is_empty();
        if is_single && self.column > WIDTH {
            self.out.push('\n');
            self.out.push_str(&" ".repeat(self.indent));
            self.column = self.indent;
        } else {
            self.push(" ");
        }
    }

    fn line_end(&self) -> String {
        format!("\n\n{}", " ".repeat(self.indent))
    }

    fn push(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.chars().count();
    }
}

fn double_quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '\0' => out.push_str("\\0"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\u{1b}' => out.push_str("\\e"),
            '"' | '\\' => out.extend(['\\', c]),
            '\u{85}' => out.push_str("\\N"),
            '\u{a0}' => out.push_str("\\_"),
            '\u{2028}' => out.push_str("\\L"),
            '\u{2029}' => out.push_str("\\P"),
            ' '..='~' => out.push(c),
            c if (c as u32) <= 0xff => out.extend(format!("\\x{:02X}", c as u32).chars()),
            c if (c as u32) <= 0xffff => out.extend(format!("\\u{:04X}", c as u32).chars()),
            c => out.extend(format!("\\U{:08X}", c as u32).chars()),
        }
    }
    out.push('"');
    out
}
