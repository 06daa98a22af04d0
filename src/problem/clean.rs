//! Foreign text made harmless: nothing from a repository, a server or another program may steer the
//! terminal or change the order in which text is read.

use std::borrow::Cow;
use std::iter::Peekable;
use std::str::CharIndices;

/// The text without escape sequences, control characters, bidirectional controls and invisible
/// marks. Tabs and line breaks stay; `\r\n`, `\r` and Unicode's own line breaks become `\n`.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| c == '\n' || c == '\t' || is_plain(c)) {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len());
    let mut escapes = Escapes { text, unterminated: false };
    let mut chars = text.char_indices().peekable();
    while let Some((_, c)) = chars.next() {
        match c {
            '\n' | '\t' => cleaned.push(c),
            '\r' => {
                chars.next_if(|(_, next)| *next == '\n');
                cleaned.push('\n');
            }
            '\u{85}' | '\u{2028}' | '\u{2029}' => cleaned.push('\n'),
            _ if is_plain(c) => cleaned.push(c),
            _ => escapes.skip(c, &mut chars),
        }
    }
    Cow::Owned(cleaned)
}

/// As [`clean`], on one line: runs of line breaks and tabs become one space, and the ends are trimmed.
pub fn clean_line(text: &str) -> String {
    let cleaned = clean(text);
    let parts = cleaned.split(['\n', '\t']).map(str::trim).filter(|part| !part.is_empty());
    let mut line = String::with_capacity(cleaned.len());
    for part in parts {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(part);
    }
    line
}

/// A line of source text with every character in its column: what may not be shown becomes `�`, a
/// tab one space.
pub fn clean_columns(line: &str) -> String {
    let shown = |c| match c {
        '\t' => ' ',
        _ if is_plain(c) => c,
        _ => char::REPLACEMENT_CHARACTER,
    };
    line.chars().map(shown).collect()
}

/// False for everything that is not simply shown.
fn is_plain(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            // bidirectional controls: they show text in another order than it is read
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}'
            // line breaks of Unicode's own
            | '\u{2028}' | '\u{2029}'
            // invisible: zero-width space, word joiner and friends, byte order mark, annotations, tags
            | '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// Knows how long an escape sequence is.
struct Escapes<'a> {
    text: &'a str,
    /// A string sequence was found that never ends, so no later one ends either. Without this a text
    /// full of them would be searched to its end again and again.
    unterminated: bool,
}

impl Escapes<'_> {
    /// Skips the rest of the sequence that starts with the control character `c`; a control
    /// character that starts none is dropped alone.
    fn skip(&mut self, c: char, chars: &mut Peekable<CharIndices<'_>>) {
        let kind = match c {
            '\u{1b}' => match chars.next_if(|(_, next)| matches!(next, '\u{20}'..='\u{7e}')) {
                Some((_, kind)) => kind,
                None => return,
            },
            '\u{80}'..='\u{9f}' => char::from_u32(c as u32 - 0x40).unwrap_or(c),
            _ => return,
        };
        match kind {
            '[' => skip_control_sequence(chars),
            ']' | 'P' | 'X' | '^' | '_' => self.skip_string(chars),
            '\u{20}'..='\u{2f}' if c == '\u{1b}' => {
                while chars.next_if(|(_, next)| matches!(next, '\u{20}'..='\u{2f}')).is_some() {}
                chars.next_if(|(_, next)| matches!(next, '\u{30}'..='\u{7e}'));
            }
            _ => {}
        }
    }

    /// Skips to the string's end: BEL, ST, or `ESC \`. One that never ends hides nothing: then only
    /// its start is dropped.
    fn skip_string(&mut self, chars: &mut Peekable<CharIndices<'_>>) {
        if self.unterminated {
            return;
        }
        let Some(start) = chars.peek().map(|(at, _)| *at) else { return };
        let rest = &self.text[start..];
        let after = rest.char_indices().find_map(|(offset, c)| match c {
            '\u{7}' | '\u{9c}' => Some(start + offset + c.len_utf8()),
            '\u{1b}' if rest[offset..].starts_with("\u{1b}\\") => Some(start + offset + 2),
            _ => None,
        });
        match after {
            Some(after) => while chars.next_if(|(at, _)| *at < after).is_some() {},
            None => self.unterminated = true,
        }
    }
}

/// Parameters, intermediates and the final byte of `ESC [`.
fn skip_control_sequence(chars: &mut Peekable<CharIndices<'_>>) {
    while chars.next_if(|(_, next)| matches!(next, '\u{20}'..='\u{3f}')).is_some() {}
    chars.next_if(|(_, next)| matches!(next, '\u{40}'..='\u{7e}'));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_foreign_text() {
        let cases = [
            ("plain ünïcode 模型 🦀", "plain ünïcode 模型 🦀"),
            ("kept\n\tlayout", "kept\n\tlayout"),
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("\u{1b}[38;2;1;2;3mred\u{1b}[m", "red"),
            ("\u{9b}31mred", "red"),
            ("\u{1b}[2J\u{1b}[Hgone", "gone"),
            ("\u{1b}]0;title\u{7}after", "after"),
            ("\u{1b}]8;;https://evil\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link"),
            ("\u{9d}52;c;aGk=\u{9c}after", "after"),
            ("\u{1b}Pq sixel\u{1b}\\after", "after"),
            ("\u{1b}(0after", "after"),
            ("\u{1b}cafter", "after"),
            ("\u{1b}]52;c;never ends", "52;c;never ends"),
            ("\u{1b}\u{1b}[1mbold", "bold"),
            ("ends with \u{1b}", "ends with "),
            ("ends with \u{1b}[", "ends with "),
            ("10%\r20%\r\ndone", "10%\n20%\ndone"),
            ("a\u{0}b\u{8}c\u{7f}d\u{85}e\u{2028}f", "abcd\ne\nf"),
            ("admin\u{202e}txt.exe\u{2066}x\u{200f}", "admintxt.exex"),
            ("\u{feff}bom\u{200b}zero", "bomzero"),
            ("👩\u{200d}🔬 joined", "👩\u{200d}🔬 joined"),
        ];
        for (text, cleaned) in cases {
            assert_eq!(clean(text), cleaned, "{text:?}");
        }
    }

    #[test]
    fn clean_text_is_not_copied() {
        assert!(matches!(clean("plain\ntext"), Cow::Borrowed(_)));
    }

    #[test]
    fn cleaning_twice_changes_nothing() {
        for text in ["\u{1b}]\u{1b}]x\u{7}", "\u{1b}[\u{1b}[31m", "\u{9d}\u{9b}m", "\r\r\n\n"] {
            let once = clean(text).into_owned();
            assert_eq!(clean(&once), once.as_str(), "{text:?}");
        }
    }

    #[test]
    fn one_line_is_one_line() {
        assert_eq!(clean_line("  remote: no\r\n\n\tfatal: yes\u{1b}[0m \n"), "remote: no fatal: yes");
        assert_eq!(clean_line("\n\n"), "");
    }

    #[test]
    fn columns_stay_where_they_are() {
        let line = "\tselect\u{1b}[31m a\u{202e}b";
        let shown = clean_columns(line);
        assert_eq!(shown, " select�[31m a�b");
        assert_eq!(shown.chars().count(), line.chars().count());
    }

    proptest::proptest! {
        #[test]
        fn nothing_that_steers_is_left(text in "[\\x00-\\x7f\u{80}-\u{a0}\u{202a}-\u{202e}é]{0,60}") {
            let cleaned = clean(&text);
            proptest::prop_assert!(cleaned.chars().all(|c| c == '\n' || c == '\t' || is_plain(c)), "{:?}", cleaned);
            proptest::prop_assert_eq!(clean(&cleaned), cleaned.as_ref());
        }
    }

    #[test]
    fn a_text_full_of_strings_without_an_end_is_read_once() {
        let text = "\u{1b}]".repeat(200_000);
        assert_eq!(clean(&text), "");
    }
}
