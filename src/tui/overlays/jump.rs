//! Two letters on everything in sight that can be clicked; typing them is the click.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};

use super::{After, Answer};
use crate::tui::key::{Key, KeyCode};
use crate::tui::layout::inside;
use crate::tui::state::State;
use crate::tui::text;
use crate::tui::theme::{Look, Role};
use crate::tui::view;

/// What was typed of a label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Jump {
    first: Option<char>,
}

/// Letters that are easily reached, the easiest first. Their pairs are more than any screen has places.
const LETTERS: [char; 16] = ['f', 'j', 'd', 'k', 's', 'l', 'a', 'g', 'h', 'r', 'u', 'e', 'i', 'w', 'o', 'n'];

impl Jump {
    pub(super) fn pressed(&mut self, key: Key, state: &State) -> Answer {
        if key.code == KeyCode::Backspace {
            self.first = None;
        }
        let Some(letter) = key.typed().map(|letter| letter.to_ascii_lowercase()) else { return Answer::Stays };
        let Some(first) = self.first else {
            // A letter that no label begins with changes nothing.
            self.first = labelled(state).any(|(label, _)| label[0] == letter).then_some(letter);
            return Answer::Stays;
        };
        match labelled(state).find(|(label, _)| *label == [first, letter]) {
            Some((_, place)) => Answer::Closes(After::Click(place.as_position())),
            None => Answer::Stays,
        }
    }

    pub(super) fn draw(self, state: &State, look: Look<'_>, buffer: &mut Buffer) {
        for (label, place) in labelled(state) {
            if self.first.is_some_and(|first| first != label[0]) {
                continue;
            }
            // A block that stands out from the words it covers; what is typed of it is done.
            let label_style = look.style(Role::Match).add_modifier(Modifier::REVERSED);
            let first_style = if self.first.is_some() { look.style(Role::Dim) } else { label_style };
            buffer.set_style(place, Style::reset());
            buffer.set_stringn(
                place.x,
                place.y,
                " ".repeat(usize::from(place.width)),
                usize::from(place.width),
                Style::new(),
            );
            buffer.set_string(place.x, place.y, label[0].to_string(), first_style);
            buffer.set_string(place.x + 1, place.y, label[1].to_string(), label_style);
        }
    }
}

/// Every place with its letters. The same places have the same letters as long as the screen does not
/// change.
pub(in crate::tui) fn labelled(state: &State) -> impl Iterator<Item = ([char; 2], Rect)> {
    let labels = LETTERS.into_iter().flat_map(|first| LETTERS.map(|second| [first, second]));
    labels.zip(places(state))
}

/// Where the letters of all that can be clicked stand, rows of the list first.
fn places(state: &State) -> Vec<Rect> {
    let areas = state.areas();
    let (pane, context) = state.pane();
    let list = inside(areas.list);
    let at = |place: Position| Rect::new(place.x, place.y, 2, 1);
    let rows = pane.rows_in_sight(&context).map(|row| Position::new(list.x, list.y.saturating_add(row as u16)));
    let mut places: Vec<Rect> = rows.take_while(|place| place.y < list.bottom()).map(at).collect();
    places.extend(pane.views(&context).iter().map(|view| at(view.as_position())));
    if !areas.detail.is_empty() {
        places.push(at(areas.detail.as_position()));
    }
    places.extend(view::tab_places(state, areas.tabs).iter().map(|(_, _, tab)| at(tab.as_position())));
    if !areas.tip.is_empty() {
        places.push(Rect { x: areas.tip.x + 1, width: 3, ..areas.tip });
    }
    // In place of the keys, which these letters stand for.
    let hints = view::hint_places(state, areas.footer);
    places.extend(hints.iter().map(|(_, keys, hint)| Rect { width: (text::width(keys) as u16).max(2), ..*hint }));
    places
}
