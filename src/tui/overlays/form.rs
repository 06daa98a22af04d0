//! The form that connects a repository: address, branch, path, and where its token is.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{After, Answer};
use crate::engine::{NewAccess, NewProject};
use crate::tui::effect::Effect;
use crate::tui::key::{Key, KeyCode};
use crate::tui::state::State;
use crate::tui::text;
use crate::tui::theme::{Look, Role};
use crate::tui::widgets::frame::Frame;
use crate::tui::widgets::input::TextInput;
use crate::workspace::SecretRef;

/// What is typed into each field, and which one has the keys.
#[derive(Clone, Debug, Default)]
pub struct AddProject {
    address: TextInput,
    branch: TextInput,
    path: TextInput,
    token: TextInput,
    field: usize,
    /// What is wrong with what was typed.
    complaint: Option<&'static str>,
}

const FIELDS: [(&str, &str); 4] = [
    ("Repository", "git@github.com:acme/shop.git, https://..., or a page's address"),
    ("Branch", "the repository's default branch"),
    ("dbt_project.yml", "dbt_project.yml, or transform/dbt_project.yml"),
    ("Token variable", "name of an environment variable; empty: SSH or public"),
];
/// Cells of the labels.
const LABEL: u16 = 17;

impl AddProject {
    fn inputs(&mut self) -> [&mut TextInput; 4] {
        [&mut self.address, &mut self.branch, &mut self.path, &mut self.token]
    }

    pub(super) fn pressed(&mut self, key: Key) -> Answer {
        let count = FIELDS.len();
        match key.code {
            KeyCode::Tab | KeyCode::Down => self.field = (self.field + 1) % count,
            KeyCode::BackTab | KeyCode::Up => self.field = (self.field + count - 1) % count,
            KeyCode::Enter => return self.entered(),
            _ => {
                let field = self.field;
                if let Some(input) = self.inputs().into_iter().nth(field) {
                    input.key(key.to_event());
                }
                self.complaint = None;
            }
        }
        Answer::Stays
    }

    /// Enter connects, from any field.
    fn entered(&mut self) -> Answer {
        let trimmed = |input: &TextInput| input.value().trim().to_owned();
        let variable = trimmed(&self.token);
        let new = NewProject {
            address: trimmed(&self.address),
            branch: trimmed(&self.branch),
            project_path: trimmed(&self.path),
            provider: None,
            access: if variable.is_empty() {
                NewAccess::Suggested
            } else {
                NewAccess::Token { secret: crate::engine::GivenSecret::At(SecretRef::Env(variable)), username: None }
            },
        };
        if new.address.is_empty() {
            (self.field, self.complaint) = (0, Some("a repository's address is needed"));
            return Answer::Stays;
        }
        Answer::Closes(After::Do(vec![Effect::AddProject(new)]))
    }

    pub(super) fn pasted(&mut self, line: &str) {
        let field = self.field;
        if let Some(input) = self.inputs().into_iter().nth(field) {
            input.paste(line);
        }
        self.complaint = None;
    }

    pub(super) fn area(state: &State) -> Rect {
        state.areas().overlay(78.min(state.columns.saturating_sub(2)), 10)
    }

    pub(super) fn draw(&self, look: Look<'_>, area: Rect, buffer: &mut Buffer) -> Option<Position> {
        super::clear(area, look, buffer);
        let inside = Frame::new("Connect a repository").focused(true).draw(look, area, buffer);
        let inputs = [&self.address, &self.branch, &self.path, &self.token];
        let mut cursor = None;
        for (index, ((label, hint), input)) in FIELDS.iter().zip(inputs).enumerate() {
            let row = Rect { y: inside.y + 1 + index as u16, height: 1, ..inside }.intersection(inside);
            if row.is_empty() {
                break;
            }
            let chosen = index == self.field;
            let marker = if chosen { look.glyphs.marker } else { " " };
            buffer.set_stringn(row.x, row.y, marker, 1, look.style(Role::BorderFocused));
            buffer.set_stringn(row.x + 1, row.y, label, usize::from(LABEL), look.style(Role::Label));
            let value = Rect { x: row.x + LABEL + 1, width: row.width.saturating_sub(LABEL + 2), ..row };
            let place = input.draw(look, value, hint, buffer);
            if chosen {
                cursor = place;
            }
        }
        let (words, role) = match self.complaint {
            Some(complaint) => (complaint, Role::Failure),
            None => ("enter connects · tab next field · esc closes", Role::Dim),
        };
        if inside.height > 1 {
            let width = usize::from(inside.width.saturating_sub(2));
            let words = text::truncate(words, width, look.glyphs.ellipsis);
            buffer.set_stringn(inside.x + 1, inside.bottom() - 1, words, width, look.style(role));
        }
        cursor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(form: &mut AddProject, text: &str) {
        for letter in text.chars() {
            form.pressed(Key::char(letter));
        }
    }

    fn connected(answer: Answer) -> NewProject {
        match answer {
            Answer::Closes(After::Do(effects)) => match effects.as_slice() {
                [Effect::AddProject(project)] => project.clone(),
                other => panic!("{other:?}"),
            },
            _ => panic!("the form stays"),
        }
    }

    #[test]
    fn an_address_is_enough() {
        let mut form = AddProject::default();
        typed(&mut form, "git@github.com:acme/shop.git");
        let project = connected(form.pressed(Key::plain(KeyCode::Enter)));
        assert_eq!((project.address.as_str(), project.branch.as_str()), ("git@github.com:acme/shop.git", ""));
    }

    #[test]
    fn without_an_address_it_stays_and_says_why() {
        let mut form = AddProject::default();
        form.pressed(Key::plain(KeyCode::Tab));
        assert!(matches!(form.pressed(Key::plain(KeyCode::Enter)), Answer::Stays));
        assert_eq!((form.field, form.complaint), (0, Some("a repository's address is needed")));
    }

    #[test]
    fn pasted_text_goes_to_the_field_with_the_keys() {
        let mut form = AddProject::default();
        form.pasted("https://example.com/acme/dbt.git");
        form.pressed(Key::plain(KeyCode::Tab));
        form.pasted("main");
        let project = connected(form.pressed(Key::plain(KeyCode::Enter)));
        assert_eq!((project.address.as_str(), project.branch.as_str()), ("https://example.com/acme/dbt.git", "main"));
    }

    #[test]
    fn fields_go_round() {
        let mut form = AddProject::default();
        form.pressed(Key::plain(KeyCode::Up));
        assert_eq!(form.field, 3);
        form.pressed(Key::plain(KeyCode::Down));
        assert_eq!(form.field, 0);
    }
}
