//! A single line that a person types: editing keys, and a window that follows the cursor.

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::{Position, Rect};
use tui_input::{Input, InputRequest};

use crate::tui::text;
use crate::tui::theme::{Look, Role};

/// Longest text, in bytes.
const LONGEST: usize = 4_096;

/// A line of input.
#[derive(Clone, Debug, Default)]
pub struct TextInput {
    input: Input,
}

impl TextInput {
    pub fn value(&self) -> &str {
        self.input.value()
    }

    pub fn set(&mut self, value: &str) {
        self.input.reset();
        self.insert(value);
    }

    /// Takes an editing key; true where it was one. Enter, Esc, Tab and the keys that move through a
    /// list are not.
    pub fn key(&mut self, key: KeyEvent) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        let request = match key.code {
            KeyCode::Char('a') if control => InputRequest::GoToStart,
            KeyCode::Char('e') if control => InputRequest::GoToEnd,
            KeyCode::Char('b') if control => InputRequest::GoToPrevChar,
            KeyCode::Char('f') if control => InputRequest::GoToNextChar,
            KeyCode::Char('d') if control => InputRequest::DeleteNextChar,
            KeyCode::Char('h') if control => InputRequest::DeletePrevChar,
            KeyCode::Char('w') if control => InputRequest::DeletePrevWord,
            KeyCode::Char('u') if control => InputRequest::DeleteFromStart,
            KeyCode::Char('k') if control => InputRequest::DeleteTillEnd,
            KeyCode::Char('y') if control => InputRequest::Yank,
            KeyCode::Char('b') if alt => InputRequest::GoToPrevWord,
            KeyCode::Char('f') if alt => InputRequest::GoToNextWord,
            KeyCode::Char('d') if alt => InputRequest::DeleteNextWord,
            KeyCode::Backspace if control || alt => InputRequest::DeletePrevWord,
            KeyCode::Char(character) if !control && !alt => {
                self.insert(character.encode_utf8(&mut [0; 4]));
                return true;
            }
            KeyCode::Backspace => InputRequest::DeletePrevChar,
            KeyCode::Delete => InputRequest::DeleteNextChar,
            KeyCode::Left if control => InputRequest::GoToPrevWord,
            KeyCode::Right if control => InputRequest::GoToNextWord,
            KeyCode::Left => InputRequest::GoToPrevChar,
            KeyCode::Right => InputRequest::GoToNextChar,
            KeyCode::Home => InputRequest::GoToStart,
            KeyCode::End => InputRequest::GoToEnd,
            _ => return false,
        };
        self.input.handle(request);
        true
    }

    /// Takes pasted text; refuses (false) what has more than one line, since the lines after the
    /// first would be lost without a word. A line break at the very end is forgiven.
    pub fn paste(&mut self, pasted: &str) -> bool {
        let line = pasted.trim_end_matches(['\r', '\n']);
        if line.contains(['\r', '\n']) {
            return false;
        }
        self.insert(line);
        true
    }

    fn insert(&mut self, added: &str) {
        for character in text::clean(added).chars() {
            if self.value().len() + character.len_utf8() > LONGEST {
                break;
            }
            self.input.handle(InputRequest::InsertChar(character));
        }
    }

    /// Draws the part around the cursor and says where the cursor goes. `placeholder` shows while
    /// there is no text.
    pub fn draw(&self, look: Look<'_>, area: Rect, placeholder: &str, buffer: &mut Buffer) -> Option<Position> {
        let area = Rect { height: 1, ..area }.intersection(buffer.area);
        if area.is_empty() {
            return None;
        }
        Some(self.draw_text(self.value(), look, area, placeholder, buffer))
    }

    /// As [`TextInput::draw`], with a dot in the place of every letter.
    pub fn draw_masked(&self, look: Look<'_>, area: Rect, placeholder: &str, buffer: &mut Buffer) -> Option<Position> {
        let area = Rect { height: 1, ..area }.intersection(buffer.area);
        if area.is_empty() {
            return None;
        }
        // As many as fit: how long a secret is need not be seen.
        let dots = self.value().chars().count().min(usize::from(area.width.saturating_sub(1)).min(24));
        let masked = look.glyphs.bullet.repeat(dots);
        let place = self.draw_text(&masked, look, area, placeholder, buffer);
        let column = self.input.cursor().min(dots).min(usize::from(area.width) - 1);
        Some(Position { x: area.x + column as u16, ..place })
    }

    fn draw_text(&self, shown: &str, look: Look<'_>, area: Rect, placeholder: &str, buffer: &mut Buffer) -> Position {
        let room = usize::from(area.width);
        if shown.is_empty() {
            let hint = text::truncate(placeholder, room, look.glyphs.ellipsis);
            buffer.set_stringn(area.x, area.y, hint, room, look.style(Role::Dim));
            return Position::new(area.x, area.y);
        }
        let cursor = self.input.visual_cursor();
        // One cell at the right is the cursor's own.
        let hidden = (cursor + 1).saturating_sub(room);
        buffer.set_stringn(area.x, area.y, text::skip_cells(shown, hidden), room, look.style(Role::Input));
        let column = (cursor - hidden).min(room - 1);
        Position::new(area.x + column as u16, area.y)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tui::glyphs::Glyphs;
    use crate::tui::theme::Theme;

    fn typed(value: &str) -> TextInput {
        let mut input = TextInput::default();
        input.set(value);
        input
    }

    fn press(input: &mut TextInput, keys: &str) {
        for key in keys.split(' ') {
            let (modifiers, name) = match key.split_once('-') {
                Some(("c", name)) => (KeyModifiers::CONTROL, name),
                Some(("a", name)) => (KeyModifiers::ALT, name),
                _ => (KeyModifiers::NONE, key),
            };
            let code = match name {
                "left" => KeyCode::Left,
                "right" => KeyCode::Right,
                "home" => KeyCode::Home,
                "end" => KeyCode::End,
                "bs" => KeyCode::Backspace,
                "del" => KeyCode::Delete,
                "enter" => KeyCode::Enter,
                "space" => KeyCode::Char(' '),
                _ => KeyCode::Char(name.chars().next().unwrap()),
            };
            input.key(KeyEvent::new(code, modifiers));
        }
    }

    #[test]
    fn editing_keys() {
        for (keys, wanted) in [
            ("a b c", "abc"),
            ("a b left c", "acb"),
            ("a b home c", "cab"),
            ("a b c-a c c-e d", "cabd"),
            ("a b bs", "a"),
            ("a b home del", "b"),
            ("a space b c-w", "a "),
            ("a space b c-u", ""),
            ("a b left c-k", "a"),
            ("a space b a-b c", "a cb"),
            ("a c-x b", "ab"),
            ("bs del left right", ""),
        ] {
            let mut input = TextInput::default();
            press(&mut input, keys);
            assert_eq!(input.value(), wanted, "{keys}");
        }
    }

    #[test]
    fn enter_is_not_taken() {
        let mut input = TextInput::default();
        for code in [KeyCode::Enter, KeyCode::Esc, KeyCode::Tab, KeyCode::Up, KeyCode::PageDown] {
            assert!(!input.key(KeyEvent::new(code, KeyModifiers::NONE)));
        }
    }

    #[test]
    fn pasted_lines_are_refused() {
        let mut input = TextInput::default();
        assert!(!input.paste("one\ntwo"));
        assert_eq!(input.value(), "");
        assert!(input.paste("one\r\n"));
        assert_eq!(input.value(), "one");
    }

    #[test]
    fn pasted_escape_sequences_go() {
        let mut input = TextInput::default();
        assert!(input.paste("a\u{1b}[31mb"));
        assert_eq!(input.value(), "ab");
    }

    #[test]
    fn a_flood_is_cut() {
        let mut input = TextInput::default();
        input.paste(&"x".repeat(100_000));
        assert_eq!(input.value().len(), LONGEST);
    }

    fn drawn(input: &TextInput, width: u16) -> (String, Option<Position>) {
        let glyphs = Glyphs::ascii();
        let area = Rect::new(0, 0, width, 1);
        let mut buffer = Buffer::empty(area);
        let cursor = input.draw(Look::new(Theme::mono(), &glyphs), area, "type a name", &mut buffer);
        ((0..width).map(|x| buffer[(x, 0)].symbol()).collect(), cursor)
    }

    #[test]
    fn the_window_follows_the_cursor() {
        let mut input = typed("abcdefgh");
        assert_eq!(drawn(&input, 5), ("efgh ".to_owned(), Some(Position::new(4, 0))));
        press(&mut input, "home");
        assert_eq!(drawn(&input, 5), ("abcde".to_owned(), Some(Position::new(0, 0))));
    }

    #[test]
    fn an_empty_input_says_what_to_type() {
        assert_eq!(drawn(&TextInput::default(), 6), ("type ~".to_owned(), Some(Position::new(0, 0))));
    }

    proptest! {
        #[test]
        fn an_input_draws_anywhere(value in "\\PC{0,30}", lefts in 0_usize..40, width in 0_u16..12) {
            let mut input = typed(&value);
            for _ in 0..lefts {
                press(&mut input, "left");
            }
            let (_, cursor) = drawn(&input, width);
            prop_assert!(cursor.is_none_or(|cursor| cursor.x < width));
        }
    }
}
