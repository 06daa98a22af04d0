//! Foreign text made fit for the terminal: model names, Git and server output, file contents.
//!
//! Escape sequences and invisible characters go; other control characters and bidirectional controls,
//! which could make the screen lie, become a visible dot.

use std::borrow::Cow;

/// Columns from one tab stop to the next.
const TAB: usize = 4;
/// Zero-width characters kept in a row: enough for any script and emoji, too few to flood a cell.
const COMBINING: usize = 8;
/// What stands for a character that may not be shown.
const HIDDEN: char = '·';

/// One line without anything that moves the cursor, colours, hides or reverses text. Line breaks
/// become a space. Linear in the text's length.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Cow::Borrowed(text);
    }
    let mut cleaner = Cleaner { out: String::with_capacity(text.len()), column: 0, combining: 0, unended: false };
    cleaner.run(text);
    Cow::Owned(cleaner.out)
}

/// The lines of a text, each cleaned. A final line break makes no empty last line.
pub fn clean_lines(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    text.lines().map(clean)
}

struct Cleaner {
    out: String,
    column: usize,
    combining: usize,
    /// Set once a control string was found to have no end, so that its end is not searched again.
    unended: bool,
}

impl Cleaner {
    fn run(&mut self, text: &str) {
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            rest = rest.get(character.len_utf8()..).unwrap_or_default();
            match character {
                '\u{1b}' => rest = self.escape(rest),
                '\u{9b}' => rest = control_sequence(rest),
                '\t' => self.tab(),
                '\r' if rest.is_empty() || rest.starts_with('\n') => {}
                '\n' | '\r' | '\u{2028}' | '\u{2029}' => self.push(' '),
                _ if is_invisible(character) => {}
                _ if character.is_control() || is_bidirectional(character) => self.push(HIDDEN),
                _ => self.push(character),
            }
        }
    }

    fn push(&mut self, character: char) {
        let width = unicode_width::UnicodeWidthChar::width(character).unwrap_or(0);
        self.combining = if width == 0 { self.combining + 1 } else { 0 };
        if self.combining <= COMBINING {
            self.out.push(character);
            self.column += width;
        }
    }

    fn tab(&mut self) {
        for _ in 0..TAB - self.column % TAB {
            self.push(' ');
        }
    }

    /// What follows an escape sequence whose ESC has been read.
    fn escape<'t>(&mut self, text: &'t str) -> &'t str {
        let Some(kind) = text.chars().next() else { return text };
        let rest = text.get(kind.len_utf8()..).unwrap_or_default();
        match kind {
            '[' => control_sequence(rest),
            // OSC, DCS, SOS, PM, APC: a string up to BEL or ESC \.
            ']' | 'P' | 'X' | '^' | '_' => self.control_string(rest),
            ' '..='/' => skip_final(rest.trim_start_matches(|c| (' '..='/').contains(&c)), '0'..='~'),
            '0'..='~' => rest,
            // No sequence: the character stands for itself.
            _ => text,
        }
    }

    /// Without an end only the introducer goes, or a hostile name could hide all that follows.
    fn control_string<'t>(&mut self, text: &'t str) -> &'t str {
        if self.unended {
            return text;
        }
        let end = text.char_indices().find_map(|(at, character)| match character {
            '\u{7}' | '\u{9c}' => Some(at + character.len_utf8()),
            '\u{1b}' if text.get(at + 1..).is_some_and(|rest| rest.starts_with('\\')) => Some(at + 2),
            _ => None,
        });
        self.unended = end.is_none();
        text.get(end.unwrap_or(0)..).unwrap_or_default()
    }
}

/// What follows the parameters and the final byte of a control sequence.
fn control_sequence(text: &str) -> &str {
    skip_final(text.trim_start_matches(|c| (' '..='?').contains(&c)), '@'..='~')
}

fn skip_final(text: &str, finals: std::ops::RangeInclusive<char>) -> &str {
    text.strip_prefix(|c| finals.contains(&c)).unwrap_or(text)
}

fn is_bidirectional(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Characters that show nothing and that no script needs. The joiners and variation selectors stay.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}
