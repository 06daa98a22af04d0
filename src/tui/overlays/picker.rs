//! A list to choose from that comes while one looks: repositories, branches, dbt projects. What is typed
//! filters it, and may be taken as it is where nothing matches.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use super::{After, Answer, SetUp};
use crate::engine::{ListedThing, Listing, NewProject};
use crate::problem::Problem;
use crate::tui::effect::{Effect, Generation};
use crate::tui::key::{Key, KeyCode};
use crate::tui::layout::split_first_row;
use crate::tui::state::State;
use crate::tui::text;
use crate::tui::theme::{Look, Role};
use crate::tui::update::motion_while_typing;
use crate::tui::widgets::filter::{Candidates, Filter};
use crate::tui::widgets::frame::Frame;
use crate::tui::widgets::input::TextInput;
use crate::tui::widgets::list::{self, ListState, RowsBy};

/// What has come so far, the filter over it, and the selected row.
#[derive(Clone, Debug)]
pub struct Picker {
    listing: Listing,
    generation: Generation,
    rows: Vec<ListedThing>,
    input: TextInput,
    filter: Filter,
    list: ListState<u32>,
    /// Whether it came whole, or why there is no more of it; none while it comes.
    ended: Option<Result<bool, Box<Problem>>>,
}

struct Names<'a>(&'a [ListedThing]);

impl Candidates for Names<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn text(&self, index: usize) -> Cow<'_, str> {
        self.0.get(index).map_or(Cow::Borrowed(""), |row| Cow::Borrowed(row.name.as_str()))
    }
}

impl Picker {
    pub(super) fn new(listing: Listing, generation: Generation) -> Self {
        Self {
            listing,
            generation,
            rows: Vec::new(),
            input: TextInput::default(),
            filter: Filter::default(),
            list: ListState::default(),
            ended: None,
        }
    }

    /// With everything there already.
    pub(super) fn of(listing: Listing, generation: Generation, values: Vec<String>) -> Self {
        let row = |value: String| ListedThing { name: value.clone(), value, about: String::new() };
        let mut picker = Self::new(listing, generation);
        picker.rows = values.into_iter().map(row).collect();
        picker.ended = Some(Ok(true));
        picker.refresh();
        picker
    }

    pub(super) fn ask(&self, new: Box<NewProject>) -> Effect {
        Effect::List { listing: self.listing, new, generation: self.generation }
    }

    pub(super) fn grew(&mut self, generation: Generation, found: Vec<ListedThing>) {
        if generation == self.generation {
            self.rows.extend(found);
            self.refresh();
        }
    }

    pub(super) fn ended(&mut self, generation: Generation, result: Result<bool, Box<Problem>>) {
        if generation == self.generation {
            self.ended = Some(result);
        }
    }

    /// The selection stays on its row where that is still there.
    fn refresh(&mut self) {
        self.filter.apply(self.input.value(), &Names(&self.rows), self.rows.len() as u64);
        let hits = self.filter.hits();
        self.list.refresh(&RowsBy::new(hits.len(), |index| hits.get(index).copied()));
    }

    pub(super) fn pressed(&mut self, key: Key, state: &State) -> Answer {
        if let Some(motion) = motion_while_typing(key) {
            let hits = self.filter.hits();
            self.list.set_height(self.height(Self::area(state)));
            self.list.go(motion, &RowsBy::new(hits.len(), |index| hits.get(index).copied()));
            return Answer::Stays;
        }
        if key.code == KeyCode::Enter {
            let selected = self.list.selected().and_then(|index| self.rows.get(*index as usize));
            let typed = Some(self.input.value().trim().to_owned()).filter(|typed| !typed.is_empty());
            // What is not in the list may be right all the same.
            let value = selected.map(|row| row.value.clone()).or(typed);
            return value.map_or(Answer::Stays, |value| Answer::Closes(After::Pick(self.listing, value)));
        }
        if self.input.key(key.to_event()) {
            self.typed();
        }
        Answer::Stays
    }

    pub(super) fn pasted(&mut self, line: &str) {
        self.input.paste(line);
        self.typed();
    }

    /// Other words: the best hit is selected.
    fn typed(&mut self) {
        self.list = ListState::default();
        self.refresh();
    }

    pub(super) fn area(state: &State) -> Rect {
        // It covers the form that it was opened from.
        SetUp::area(state)
    }

    pub(super) fn draw(&self, look: Look<'_>, area: Rect, buffer: &mut Buffer) -> Option<Position> {
        super::clear(area, look, buffer);
        let title = match self.listing {
            Listing::Repositories => "Repositories",
            Listing::Branches => "Branches",
            Listing::ProjectPaths => "dbt projects",
        };
        let height = self.height(area);
        let mut frame = Frame::new(title).focused(true);
        if height > 0 {
            frame = frame.position(self.list.position()).scroll(self.list.scroll(height));
        }
        let inside = frame.draw(look, area, buffer);
        let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
        let (line, rest) = split_first_row(inside);
        let cursor = self.input.draw(look, line, "type to filter", buffer);
        let rows = Rect { y: rest.y + rest.height.min(1), height: height as u16, ..rest };
        list::draw(look, rows, &self.list, true, buffer, |index, width| self.row(index, width, look));
        if let Some(Err(problem)) = &self.ended {
            let below = Rect { y: rows.bottom(), height: room(area).saturating_sub(height) as u16, ..rows };
            draw_problem(problem, look, below, buffer);
        }
        let words =
            text::truncate(&self.state_in_words(look), usize::from(inside.width), look.glyphs.ellipsis).into_owned();
        let role = if matches!(self.ended, Some(Err(_))) { Role::Failure } else { Role::Dim };
        let y = inside.bottom().saturating_sub(1);
        buffer.set_stringn(inside.x, y, words, usize::from(inside.width), look.style(role));
        cursor
    }

    /// Rows of the list. What came stays when the rest fails.
    fn height(&self, area: Rect) -> usize {
        match &self.ended {
            Some(Err(_)) if self.rows.is_empty() => 0,
            Some(Err(_)) => room(area).saturating_sub(PROBLEM),
            _ => room(area),
        }
    }

    fn row<'a>(&'a self, index: usize, width: u16, look: Look<'_>) -> Line<'a> {
        let row = self.filter.hits().get(index).and_then(|hit| self.rows.get(*hit as usize));
        let Some(row) = row else { return Line::default() };
        let about = text::clean(&row.about);
        let room = usize::from(width).saturating_sub(text::width(&about) + 2).max(8);
        let name = text::truncate_middle(&text::clean(&row.name), room, look.glyphs.ellipsis).into_owned();
        let (plain, matched) = (look.style(Role::Text), look.style(Role::Match));
        let mut spans = match self.filter.highlighter() {
            Some(mut highlighter) => highlighter.spans(&name, plain, matched),
            None => vec![Span::styled(name, plain)],
        };
        spans.push(Span::styled(format!("  {about}"), look.style(Role::Dim)));
        Line::from(spans)
    }

    fn state_in_words(&self, look: Look<'_>) -> String {
        let separator = look.glyphs.separator;
        let nothing = self.filter.hits().is_empty();
        match &self.ended {
            Some(Err(_)) if self.rows.is_empty() => format!("no list: type it by hand {separator} esc goes back"),
            Some(Err(_)) if nothing => format!("nothing matches {separator} enter takes what is typed"),
            Some(Err(_)) => {
                let count = self.rows.len();
                format!("the first {count}, the rest did not come; type what is not here {separator} enter takes it")
            }
            None if self.rows.is_empty() => format!("asking{} {separator} esc stops it", look.glyphs.ellipsis),
            None => format!("{} so far, more are coming {separator} enter takes it", self.rows.len()),
            Some(Ok(_)) if self.rows.is_empty() => format!("there is none {separator} esc goes back"),
            Some(Ok(_)) if nothing => format!("nothing matches {separator} enter takes what is typed"),
            Some(Ok(false)) => {
                format!("the first {}; type what is not here {separator} enter takes it", self.rows.len())
            }
            Some(Ok(true)) => format!("enter takes it {separator} esc goes back"),
        }
    }
}

/// Rows for what came and why there is no more: the rest is the filter, air, and a line of words.
fn room(area: Rect) -> usize {
    usize::from(area.height.saturating_sub(6))
}

/// Rows that a problem takes below those that came before it.
const PROBLEM: usize = 5;

fn draw_problem(problem: &Problem, look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    let width = usize::from(area.width);
    let wrapped = |role: Role, words: &str| {
        text::wrap(&text::clean(words), width).into_iter().map(move |line| (role, line)).collect::<Vec<_>>()
    };
    let mut lines = wrapped(Role::Failure, &format!("{}: {}", problem.code, problem.summary));
    lines.extend(wrapped(Role::Text, &problem.cause));
    for fix in &problem.fixes {
        lines.extend(wrapped(Role::Accent, &format!("{} {}", look.glyphs.bullet, fix.title)));
    }
    for ((role, line), y) in lines.iter().zip(area.y..area.bottom()) {
        buffer.set_stringn(area.x, y, line, width, look.style(*role));
    }
}
