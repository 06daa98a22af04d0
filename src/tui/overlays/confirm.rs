//! Questions before something is done. What changes nothing is the default.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{After, Answer};
use crate::tui::effect::Effect;
use crate::tui::key::{Key, KeyCode};
use crate::tui::state::State;
use crate::tui::text;
use crate::tui::theme::{Look, Role};
use crate::tui::widgets::diff;
use crate::tui::widgets::frame::Frame;
use crate::tui::widgets::textview::{self, Document, TextView};

/// "Do this?", with what it would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirm {
    pub title: String,
    /// What it would change; a diff or plain words.
    pub lines: Vec<String>,
    /// An imperative for the second button: "Apply".
    pub verb: String,
    pub effects: Vec<Effect>,
    pub chosen: bool,
}

impl Confirm {
    pub(super) fn pressed(&mut self, key: Key) -> Answer {
        match key.code {
            KeyCode::Char('y') => Answer::Closes(After::Do(self.effects.clone())),
            KeyCode::Enter if self.chosen => Answer::Closes(After::Do(self.effects.clone())),
            KeyCode::Char('n' | 'q') | KeyCode::Enter => Answer::Closes(After::Nothing),
            KeyCode::Left | KeyCode::Right | KeyCode::Tab | KeyCode::BackTab | KeyCode::Char('h' | 'l') => {
                self.chosen = !self.chosen;
                Answer::Stays
            }
            _ => Answer::Stays,
        }
    }

    pub(super) fn area(&self, state: &State) -> Rect {
        let widest = self.lines.iter().map(|line| text::width(line)).max().unwrap_or(0).max(text::width(&self.title));
        let columns = (widest as u16).saturating_add(6).clamp(44, 100);
        let rows = (self.lines.len() as u16).saturating_add(5).min(state.rows.saturating_sub(2));
        state.areas().overlay(columns.min(state.columns.saturating_sub(2)), rows)
    }

    pub(super) fn draw(&self, look: Look<'_>, area: Rect, buffer: &mut Buffer) {
        super::clear(area, look, buffer);
        let inside = Frame::new(&self.title).focused(true).draw(look, area, buffer);
        let air = u16::from(inside.width > 1);
        let body = Rect {
            x: inside.x + air,
            width: inside.width.saturating_sub(2 * air),
            height: inside.height.saturating_sub(2),
            ..inside
        };
        // Wrapped: what is to be confirmed must not be cut.
        let lines = Document::new(diff::from_unified(&self.lines));
        textview::draw(look, body, &TextView::default().with_wrap(), &lines, buffer);
        let buttons = [("Cancel", !self.chosen, 'n'), (self.verb.as_str(), self.chosen, 'y')];
        draw_buttons(&buttons, look, inside, buffer);
    }
}

fn draw_buttons(buttons: &[(&str, bool, char)], look: Look<'_>, inside: Rect, buffer: &mut Buffer) {
    let mut spans = Vec::new();
    for (label, chosen, key) in buttons {
        let role = if *chosen { Role::Selection } else { Role::Text };
        let marker = if *chosen { look.glyphs.marker } else { " " };
        spans.push(Span::styled(format!("{marker}{label} "), look.style(role)));
        spans.push(Span::styled(format!("{key}   "), look.style(Role::Key)));
    }
    if inside.height > 0 {
        buffer.set_line(inside.x + 1, inside.bottom() - 1, &Line::from(spans), inside.width.saturating_sub(1));
    }
}

/// "A sync is running": stay is the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QuitQuestion {
    leave: bool,
}

impl QuitQuestion {
    pub(super) fn pressed(&mut self, key: Key) -> Answer {
        match key.code {
            KeyCode::Char('y') => Answer::Closes(After::Leave),
            KeyCode::Enter if self.leave => Answer::Closes(After::Leave),
            KeyCode::Char('n' | 'q') | KeyCode::Enter => Answer::Closes(After::Nothing),
            KeyCode::Left | KeyCode::Right | KeyCode::Tab | KeyCode::BackTab | KeyCode::Char('h' | 'l') => {
                self.leave = !self.leave;
                Answer::Stays
            }
            _ => Answer::Stays,
        }
    }

    pub(super) fn area(state: &State) -> Rect {
        state.areas().overlay(58.min(state.columns.saturating_sub(2)), 7)
    }

    pub(super) fn draw(self, state: &State, look: Look<'_>, area: Rect, buffer: &mut Buffer) {
        super::clear(area, look, buffer);
        let inside = Frame::new("Leave?").focused(true).draw(look, area, buffer);
        let own: Vec<&str> = state
            .work
            .running
            .iter()
            .filter(|running| running.job.is_some())
            .map(|running| running.project.as_str())
            .collect();
        let names = text::clean(&own.join(", ")).into_owned();
        let lines = [format!("Syncing now: {names}"), "Leaving cancels it; what is recorded stays.".to_owned()];
        for (line, y) in lines.iter().zip(inside.y..inside.bottom()) {
            let width = usize::from(inside.width.saturating_sub(2));
            buffer.set_stringn(
                inside.x + 1,
                y,
                text::truncate(line, width, look.glyphs.ellipsis),
                width,
                look.style(Role::Text),
            );
        }
        draw_buttons(&[("Stay", !self.leave, 'n'), ("Cancel it and leave", self.leave, 'y')], look, inside, buffer);
    }
}
