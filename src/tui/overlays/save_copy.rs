//! Where to write a copy that no clipboard takes. The path is shown whole and can be changed; a file that
//! is there is never replaced.

use std::path::PathBuf;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{After, Answer};
use crate::tui::effect::{CopiedText, Effect};
use crate::tui::key::{Key, KeyCode};
use crate::tui::state::State;
use crate::tui::text;
use crate::tui::theme::{Look, Role};
use crate::tui::widgets::frame::Frame;
use crate::tui::widgets::input::TextInput;

/// The copy, why it is still here, and the path that is being typed.
#[derive(Clone, Debug)]
pub struct SaveCopy {
    copy: CopiedText,
    reason: String,
    path: TextInput,
}

impl SaveCopy {
    pub(super) fn new(copy: CopiedText, reason: String) -> Self {
        let mut path = TextInput::default();
        path.set(&copy.file.to_string_lossy());
        Self { copy, reason, path }
    }

    pub(super) fn pressed(&mut self, key: Key) -> Answer {
        if key.code != KeyCode::Enter {
            self.path.key(key.to_event());
            return Answer::Stays;
        }
        let file = PathBuf::from(self.path.value().trim());
        if file.as_os_str().is_empty() {
            "a path is needed".clone_into(&mut self.reason);
            return Answer::Stays;
        }
        Answer::Closes(After::Do(vec![Effect::WriteCopy(CopiedText { file, ..self.copy.clone() })]))
    }

    pub(super) fn pasted(&mut self, line: &str) {
        self.path.paste(line);
    }

    pub(super) fn area(state: &State) -> Rect {
        state.areas().overlay(78.min(state.columns.saturating_sub(2)), 8)
    }

    pub(super) fn draw(&self, state: &State, look: Look<'_>, area: Rect, buffer: &mut Buffer) -> Option<Position> {
        super::clear(area, look, buffer);
        let inside = Frame::new("Write it into a file").focused(true).draw(look, area, buffer);
        let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
        let width = usize::from(inside.width);
        let folder = format!("in {}", state.surroundings.here.display());
        let lines = [
            (0, Role::Text, format!("{}: {}", self.copy.what, self.reason)),
            (3, Role::Dim, text::clean(&folder).into_owned()),
            (5, Role::Dim, "enter writes it; a file that is there stays as it is · esc closes".to_owned()),
        ];
        for (row, role, words) in lines {
            if row < inside.height {
                let words = text::truncate(&words, width, look.glyphs.ellipsis);
                buffer.set_stringn(inside.x, inside.y + row, words, width, look.style(role));
            }
        }
        let line = Rect { y: inside.y + 2, height: 1, ..inside }.intersection(inside);
        self.path.draw(look, line, "a path", buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> SaveCopy {
        let copy = CopiedText { what: "SQL".to_owned(), text: "select 1".to_owned(), file: "ebb-a.sql".into() };
        SaveCopy::new(copy, "60 kB is more than a terminal copies (56 kB)".to_owned())
    }

    fn written(answer: Answer) -> Option<PathBuf> {
        match answer {
            Answer::Closes(After::Do(effects)) => match effects.as_slice() {
                [Effect::WriteCopy(copy)] if copy.text == "select 1" => Some(copy.file.clone()),
                other => panic!("{other:?}"),
            },
            _ => None,
        }
    }

    #[test]
    fn enter_takes_the_path_that_is_offered() {
        assert_eq!(written(form().pressed(Key::plain(KeyCode::Enter))), Some(PathBuf::from("ebb-a.sql")));
    }

    #[test]
    fn another_path_can_be_typed_or_pasted() {
        let mut form = form();
        form.pressed(Key::ctrl('u'));
        form.pasted("/tmp/x");
        form.pressed(Key::char('y'));
        assert_eq!(written(form.pressed(Key::plain(KeyCode::Enter))), Some(PathBuf::from("/tmp/xy")));
    }

    #[test]
    fn no_path_is_no_answer() {
        let mut form = form();
        form.pressed(Key::ctrl('u'));
        assert_eq!(written(form.pressed(Key::plain(KeyCode::Enter))), None);
        assert_eq!(form.reason, "a path is needed");
    }
}
