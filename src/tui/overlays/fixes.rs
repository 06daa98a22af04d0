//! The fixes of the selected problem by number: its number's key applies a fix, Enter the marked one.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{After, Answer};
use crate::tui::key::{Key, KeyCode};
use crate::tui::state::State;
use crate::tui::text;
use crate::tui::theme::{Look, Role};
use crate::tui::widgets::frame::Frame;
use crate::tui::widgets::list::{self, ListState, Motion, RowsBy};

/// A fix as it is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub title: String,
    /// How far it goes by itself, in a word.
    pub grade: (Role, &'static str),
}

/// The offers, in the order of their numbers.
#[derive(Clone, Debug)]
pub struct Fixes {
    offers: Vec<Offer>,
    state: ListState<usize>,
}

impl Fixes {
    /// With the one marked that the key would apply without this list.
    pub fn new(offers: Vec<Offer>, marked: usize) -> Self {
        let mut state = ListState::default();
        let rows = RowsBy::new(offers.len(), Some);
        state.refresh(&rows);
        state.go(Motion::To(marked), &rows);
        Self { offers, state }
    }

    pub(super) fn pressed(&mut self, key: Key, state: &State) -> Answer {
        let number = key.typed().and_then(|letter| letter.to_digit(10)).filter(|number| *number > 0);
        if let Some(number) = number {
            let index = number as usize - 1;
            return if index < self.offers.len() { Answer::Closes(After::ApplyFix(index)) } else { Answer::Stays };
        }
        if key.code == KeyCode::Enter {
            return Answer::Closes(self.state.index().map_or(After::Nothing, After::ApplyFix));
        }
        if let Some(motion) = super::motion(key, state) {
            self.state.go(motion, &RowsBy::new(self.offers.len(), Some));
        }
        Answer::Stays
    }

    pub(super) fn area(&self, state: &State) -> Rect {
        let widest = self.offers.iter().map(|offer| text::width(&offer.title)).max().unwrap_or(0);
        let columns = (widest as u16).saturating_add(18).clamp(40, 100).min(state.columns.saturating_sub(2));
        let rows = (self.offers.len() as u16).saturating_add(2);
        state.areas().overlay(columns, rows.min(state.rows.saturating_sub(2)))
    }

    pub(super) fn draw(&self, look: Look<'_>, area: Rect, buffer: &mut Buffer) {
        super::clear(area, look, buffer);
        let inside = Frame::new("Apply which fix?").focused(true).draw(look, area, buffer);
        list::draw(look, inside, &self.state, true, buffer, |index, width| {
            self.offers.get(index).map(|offer| line(offer, index, width, look)).unwrap_or_default()
        });
    }
}

fn line(offer: &Offer, index: usize, width: u16, look: Look<'_>) -> Line<'static> {
    let (role, grade) = offer.grade;
    let title = text::clean(&offer.title);
    let room = usize::from(width).saturating_sub(12);
    Line::from(vec![
        Span::styled(format!("{} ", index + 1), look.style(Role::Key)),
        Span::styled(format!("{grade:<9}"), look.style(role)),
        Span::styled(text::truncate(&title, room, look.glyphs.ellipsis).into_owned(), look.style(Role::Text)),
    ])
}
