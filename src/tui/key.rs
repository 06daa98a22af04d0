//! Keys and chords as values: what a person presses, how it is written in `ebb.toml` and shown.
//!
//! Keys that old terminals send as one byte (Ctrl-I and
//! Tab, Ctrl-M and Enter, Ctrl-H and Backspace) are one key here, too.

use std::fmt;

use ratatui::crossterm::event::{KeyCode as TerminalCode, KeyEvent, KeyModifiers};

/// The part of a key without its modifiers. Letters carry their case, so there is no Shift for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyCode {
    Char(char),
    Enter,
    Esc,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    Function(u8),
}

/// One key press.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    pub code: KeyCode,
    pub ctrl: bool,
    pub alt: bool,
}

const NAMES: [(&str, KeyCode); 20] = [
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("shift-tab", KeyCode::BackTab),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pgup", KeyCode::PageUp),
    ("pgdn", KeyCode::PageDown),
    ("space", KeyCode::Char(' ')),
    // Other spellings that people try; the first of a code is the one that is shown.
    ("return", KeyCode::Enter),
    ("escape", KeyCode::Esc),
    ("backtab", KeyCode::BackTab),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
];

impl Key {
    pub const fn plain(code: KeyCode) -> Self {
        Self { code, ctrl: false, alt: false }
    }

    pub const fn char(letter: char) -> Self {
        Self::plain(KeyCode::Char(letter))
    }

    pub const fn ctrl(letter: char) -> Self {
        Self { code: KeyCode::Char(letter), ctrl: true, alt: false }
    }

    /// Reads one key as it is written in `ebb.toml`: `s`, `G`, `ctrl-s`, `alt-x`, `pgdn`, `f5`.
    ///
    /// # Errors
    /// Says in a sentence what is not understood, or which combination no terminal can send apart.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut rest = text;
        let mut key = Self::plain(KeyCode::Enter);
        loop {
            if let Some(after) = strip_modifier(rest, "ctrl-") {
                (key.ctrl, rest) = (true, after);
            } else if let Some(after) = strip_modifier(rest, "alt-") {
                (key.alt, rest) = (true, after);
            } else {
                break;
            }
        }
        key.code =
            parse_code(rest).ok_or_else(|| format!("`{text}` is no key; write `s`, `G`, `ctrl-s`, `pgdn`, `f5`"))?;
        key.folded().ok_or_else(|| format!("`{text}` reaches a program as another key in most terminals"))
    }

    /// Ctrl with a letter has no case; three of them are other keys and can't be told apart.
    fn folded(mut self) -> Option<Self> {
        if let (true, KeyCode::Char(letter)) = (self.ctrl, self.code) {
            let lower = letter.to_ascii_lowercase();
            if matches!(lower, 'i' | 'm' | 'h' | '[') {
                return None;
            }
            self.code = KeyCode::Char(lower);
        }
        Some(self)
    }

    /// What a terminal sent; none for keys that nothing can be bound to (media keys, lone modifiers).
    pub fn from_event(event: KeyEvent) -> Option<Self> {
        let code = match event.code {
            TerminalCode::Char(letter) => KeyCode::Char(letter),
            TerminalCode::Enter => KeyCode::Enter,
            TerminalCode::Esc => KeyCode::Esc,
            TerminalCode::Tab => KeyCode::Tab,
            TerminalCode::BackTab => KeyCode::BackTab,
            TerminalCode::Backspace => KeyCode::Backspace,
            TerminalCode::Delete => KeyCode::Delete,
            TerminalCode::Up => KeyCode::Up,
            TerminalCode::Down => KeyCode::Down,
            TerminalCode::Left => KeyCode::Left,
            TerminalCode::Right => KeyCode::Right,
            TerminalCode::Home => KeyCode::Home,
            TerminalCode::End => KeyCode::End,
            TerminalCode::PageUp => KeyCode::PageUp,
            TerminalCode::PageDown => KeyCode::PageDown,
            TerminalCode::F(number) => KeyCode::Function(number),
            _ => return None,
        };
        let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
        let alt = event.modifiers.contains(KeyModifiers::ALT);
        match (ctrl, code) {
            (true, KeyCode::Char('h' | 'H')) => Some(Self::plain(KeyCode::Backspace)),
            (true, KeyCode::Char(letter)) => Some(Self { code: KeyCode::Char(letter.to_ascii_lowercase()), ctrl, alt }),
            _ => Some(Self { code, ctrl, alt }),
        }
    }

    /// As the terminal library writes it, for inputs.
    pub fn to_event(self) -> KeyEvent {
        let code = match self.code {
            KeyCode::Char(letter) => TerminalCode::Char(letter),
            KeyCode::Enter => TerminalCode::Enter,
            KeyCode::Esc => TerminalCode::Esc,
            KeyCode::Tab => TerminalCode::Tab,
            KeyCode::BackTab => TerminalCode::BackTab,
            KeyCode::Backspace => TerminalCode::Backspace,
            KeyCode::Delete => TerminalCode::Delete,
            KeyCode::Up => TerminalCode::Up,
            KeyCode::Down => TerminalCode::Down,
            KeyCode::Left => TerminalCode::Left,
            KeyCode::Right => TerminalCode::Right,
            KeyCode::Home => TerminalCode::Home,
            KeyCode::End => TerminalCode::End,
            KeyCode::PageUp => TerminalCode::PageUp,
            KeyCode::PageDown => TerminalCode::PageDown,
            KeyCode::Function(number) => TerminalCode::F(number),
        };
        let mut modifiers = KeyModifiers::NONE;
        modifiers.set(KeyModifiers::CONTROL, self.ctrl);
        modifiers.set(KeyModifiers::ALT, self.alt);
        KeyEvent::new(code, modifiers)
    }

    /// The letter typed, if the key types one.
    pub fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(letter) if !self.ctrl && !self.alt => Some(letter),
            _ => None,
        }
    }
}

fn strip_modifier<'a>(text: &'a str, modifier: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(modifier.len())?;
    (head.eq_ignore_ascii_case(modifier) && !tail.is_empty()).then_some(tail)
}

fn parse_code(text: &str) -> Option<KeyCode> {
    let mut letters = text.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return (!letter.is_control() && letter != ' ').then_some(KeyCode::Char(letter));
    }
    if let Some((_, code)) = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)) {
        return Some(*code);
    }
    let number: u8 = text.strip_prefix(['f', 'F'])?.parse().ok()?;
    (1..=12).contains(&number).then_some(KeyCode::Function(number))
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("ctrl-")?;
        }
        if self.alt {
            f.write_str("alt-")?;
        }
        match (self.code, NAMES.iter().find(|(_, code)| *code == self.code)) {
            (_, Some((name, _))) => f.write_str(name),
            (KeyCode::Char(letter), None) => write!(f, "{letter}"),
            (KeyCode::Function(number), None) => write!(f, "f{number}"),
            (code, None) => write!(f, "{code:?}"),
        }
    }
}

/// Keys pressed one after the other: `g g`. Most chords are of one key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Chord(pub Vec<Key>);

impl Chord {
    /// Longest chord that can be configured, in keys.
    pub const LONGEST: usize = 3;

    /// Reads keys separated by spaces.
    ///
    /// # Errors
    /// As [`Key::parse`], and for an empty or overlong chord.
    pub fn parse(text: &str) -> Result<Self, String> {
        let keys = text.split_whitespace().map(Key::parse).collect::<Result<Vec<_>, _>>()?;
        match keys.len() {
            0 => Err("no key is written; `none` takes a key away".to_owned()),
            1..=Self::LONGEST => Ok(Self(keys)),
            count => Err(format!("`{text}` has {count} keys; at most {} can follow each other", Self::LONGEST)),
        }
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, key) in self.0.iter().enumerate() {
            // Two plain letters are shown as they are typed: `yy`, `gg`.
            let letters = position > 0 && self.0.iter().all(|key| key.typed().is_some_and(|letter| letter != ' '));
            let gap = if position == 0 || letters { "" } else { " " };
            write!(f, "{gap}{key}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_and_shown_the_same() {
        for text in ["s", "G", "ctrl-s", "alt-x", "pgdn", "f5", "space", "shift-tab", "enter", "?", "-", "ctrl-alt-d"] {
            assert_eq!(Key::parse(text).map(|key| key.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn other_spellings_are_the_same_key() {
        for (spelling, name) in [("Return", "enter"), ("CTRL-S", "ctrl-s"), ("PageDown", "pgdn"), ("F12", "f12")] {
            assert_eq!(Key::parse(spelling).map(|key| key.to_string()).as_deref(), Ok(name));
        }
    }

    #[test]
    fn nonsense_is_refused_with_a_sentence() {
        for text in ["", "hyper-s", "f13", "f0", "ctrl-", "ab", "\u{7}"] {
            let message = Key::parse(text).unwrap_err();
            assert!(message.contains("is no key"), "{text}: {message}");
        }
    }

    #[test]
    fn keys_that_are_one_byte_are_refused() {
        for text in ["ctrl-i", "ctrl-m", "ctrl-h", "ctrl-H", "ctrl-["] {
            assert!(Key::parse(text).unwrap_err().contains("another key"), "{text}");
        }
    }

    #[test]
    fn chords_are_shown_as_they_are_typed() {
        for (text, shown) in [("g g", "gg"), ("ctrl-x s", "ctrl-x s"), ("y y", "yy"), ("G", "G")] {
            assert_eq!(Chord::parse(text).map(|chord| chord.to_string()).as_deref(), Ok(shown));
        }
    }

    #[test]
    fn chords_have_one_to_three_keys() {
        assert!(Chord::parse("  ").unwrap_err().contains("none"));
        assert!(Chord::parse("a b c d").unwrap_err().contains("at most 3"));
    }

    #[test]
    fn keys_go_to_the_terminal_library_and_back() {
        for text in ["s", "G", "ctrl-s", "alt-x", "pgdn", "f5", "shift-tab", "enter", "backspace", "delete", "up"] {
            let key = Key::parse(text).unwrap();
            assert_eq!(Key::from_event(key.to_event()), Some(key), "{text}");
        }
    }

    #[test]
    fn what_old_terminals_send_as_one_byte_is_one_key() {
        let ctrl_h = KeyEvent::new(TerminalCode::Char('h'), KeyModifiers::CONTROL);
        assert_eq!(Key::from_event(ctrl_h), Some(Key::plain(KeyCode::Backspace)));
        assert_eq!(Key::from_event(KeyEvent::new(TerminalCode::CapsLock, KeyModifiers::NONE)), None);
    }

    #[test]
    fn only_plain_letters_are_typed() {
        assert_eq!(Key::char('x').typed(), Some('x'));
        assert_eq!(Key::ctrl('x').typed(), None);
        assert_eq!(Key::plain(KeyCode::Enter).typed(), None);
    }
}
