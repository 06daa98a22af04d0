//! The form drawn: a row a field, what the chosen one means, and the keys.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::fields::{Field, Kind, title};
use super::help::help;
use super::{Purpose, SetUp};
use crate::tui::state::State;
use crate::tui::text;
use crate::tui::theme::{Look, Role};
use crate::tui::widgets::frame::Frame;

/// Cells of the labels.
const LABEL: u16 = 16;
/// Rows of the help, at most.
const HELP: u16 = 3;
/// Most fields that are there at once.
const MOST_FIELDS: u16 = 11;

impl SetUp {
    pub(in crate::tui::overlays) fn area(state: &State) -> Rect {
        state.areas().overlay(100.min(state.columns.saturating_sub(2)), MOST_FIELDS + HELP + 6)
    }

    pub(in crate::tui::overlays) fn draw(&self, look: Look<'_>, area: Rect, buffer: &mut Buffer) -> Option<Position> {
        super::super::clear(area, look, buffer);
        let heading = match &self.purpose {
            Purpose::New => "Connect a repository".to_owned(),
            Purpose::Change(name) => format!("Another credential for {}", text::clean(name)),
        };
        let inside = Frame::new(&heading).focused(true).draw(look, area, buffer);
        let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
        // A small box has no room for air.
        let air = u16::from(inside.height >= MOST_FIELDS + HELP + 3);
        let about = HELP.min(inside.height.saturating_sub(3));
        let rows = inside.height.saturating_sub(about + 1 + 2 * air);
        let fields = self.fields();
        let focused = self.focused();
        let at = fields.iter().position(|field| *field == focused).unwrap_or(0);
        let first = (at + 1).saturating_sub(usize::from(rows));
        let mut cursor = None;
        for (field, y) in fields.iter().skip(first).zip(inside.y + air..inside.y + air + rows) {
            let row = Rect { y, height: 1, ..inside };
            let place = self.draw_field(*field, *field == focused, look, row, buffer);
            cursor = cursor.or(place);
        }
        if air > 0 {
            let rule = look.glyphs.horizontal.repeat(usize::from(inside.width));
            buffer.set_string(inside.x, inside.y + air + rows, rule, look.style(Role::Border));
        }
        self.draw_help(focused, look, Rect { y: inside.y + 2 * air + rows, height: about, ..inside }, buffer);
        let (words, role) = match self.complaint {
            Some(complaint) => (complaint.to_owned(), Role::Failure),
            None => (self.keys(focused, look), Role::Dim),
        };
        let words = text::truncate(&words, usize::from(inside.width), look.glyphs.ellipsis);
        let y = inside.bottom().saturating_sub(1);
        buffer.set_stringn(inside.x, y, words, usize::from(inside.width), look.style(role));
        cursor
    }

    fn draw_field(
        &self,
        field: Field,
        focused: bool,
        look: Look<'_>,
        row: Rect,
        buffer: &mut Buffer,
    ) -> Option<Position> {
        let marker = if focused { look.glyphs.marker } else { " " };
        buffer.set_stringn(row.x, row.y, marker, 1, look.style(Role::BorderFocused));
        let role = if focused { Role::Accent } else { Role::Label };
        buffer.set_stringn(row.x + 1, row.y, field.label(), usize::from(LABEL), look.style(role));
        let value = Rect { x: row.x + LABEL + 1, width: row.width.saturating_sub(LABEL + 1), ..row };
        if field.is_choice() {
            let words = self.choice_in_words(field);
            let (left, right) = (look.glyphs.left, look.glyphs.right);
            let words = if focused { format!("{left} {words} {right}") } else { words };
            let width = usize::from(value.width);
            let words = text::truncate(&words, width, look.glyphs.ellipsis);
            let role = if focused { Role::Accent } else { Role::Text };
            buffer.set_stringn(value.x, value.y, words, width, look.style(role));
            return None;
        }
        if let Some(key) = field.pasted_key().and_then(|which| self.keys.get(&which)) {
            let words = text::truncate(&key.words(), usize::from(value.width), look.glyphs.ellipsis).into_owned();
            buffer.set_stringn(value.x, value.y, words, usize::from(value.width), look.style(Role::Text));
            return None;
        }
        let empty = crate::tui::widgets::input::TextInput::default();
        let input = self.inputs.get(&field).unwrap_or(&empty);
        let hint = field.placeholder().replace('…', look.glyphs.ellipsis);
        let place = if field.is_secret() {
            input.draw_masked(look, value, &hint, buffer)
        } else {
            input.draw(look, value, &hint, buffer)
        };
        place.filter(|_| focused)
    }

    fn choice_in_words(&self, field: Field) -> String {
        match field {
            Field::Connection => {
                let known = self.connection().and_then(|name| self.known.iter().find(|known| known.name == name));
                known.map_or("a new one".to_owned(), |known| {
                    format!("{} ({})", text::clean(&known.name), text::clean(&known.about))
                })
            }
            Field::Provider => {
                let read = self.read();
                match (self.chosen_provider, read.host) {
                    (Some(_), _) => title(self.provider()).to_owned(),
                    (None, Some(host)) => format!("{} (by its host, {})", title(read.provider), text::clean(&host)),
                    (None, None) => "as the address says".to_owned(),
                }
            }
            Field::Kind if self.kind() == Kind::Suggested && self.read().is_ssh => "your SSH agent".to_owned(),
            Field::Kind => self.kind().words().to_owned(),
            Field::Place(which) => self.place(which).words(which).to_owned(),
            _ => String::new(),
        }
    }

    fn draw_help(&self, focused: Field, look: Look<'_>, area: Rect, buffer: &mut Buffer) {
        let width = usize::from(area.width);
        let words = help(self, focused);
        for (line, y) in text::wrap(&text::clean(&words), width).iter().zip(area.y..area.bottom()) {
            buffer.set_stringn(area.x, y, line, width, look.style(Role::Text));
        }
    }

    /// The keys that count in this field.
    fn keys(&self, focused: Field, look: Look<'_>) -> String {
        let own = match focused {
            field if field.is_choice() => format!("{}{} changes", look.glyphs.left, look.glyphs.right),
            Field::Address => "ctrl-l lists repositories".to_owned(),
            Field::Branch => "ctrl-l lists branches".to_owned(),
            Field::Path => "ctrl-l lists projects".to_owned(),
            field if field.pasted_key().is_some() => "backspace takes it out".to_owned(),
            _ => String::new(),
        };
        let all = ["enter tests it", own.as_str(), "tab next field", "esc closes"];
        let all: Vec<&str> = all.into_iter().filter(|words| !words.is_empty()).collect();
        all.join(&format!(" {} ", look.glyphs.separator))
    }
}
