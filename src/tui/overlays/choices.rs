//! A filterable list to choose from: the `?` overlay and the command palette.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use super::{After, Answer};
use crate::tui::commands::{self, COMMANDS, Command, Group};
use crate::tui::key::{Key, KeyCode};
use crate::tui::layout::split_first_row;
use crate::tui::state::{State, Tab};
use crate::tui::text;
use crate::tui::theme::{Look, Role};
use crate::tui::update::motion_while_typing;
use crate::tui::widgets::filter::{Candidates, Filter};
use crate::tui::widgets::frame::Frame;
use crate::tui::widgets::input::TextInput;
use crate::tui::widgets::list::{self, ListState, RowsBy};

/// What a row stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    Command(Command),
    /// Something in a pane, by its id there.
    Thing {
        tab: Tab,
        id: String,
    },
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    choice: Choice,
    /// "connections", "Moving" …
    kind: &'static str,
    title: String,
    keys: String,
    about: String,
    /// Why it can't be chosen now.
    disabled: Option<String>,
}

/// Rows, the filter over them, and the selected one.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    rows: Vec<Row>,
    input: TextInput,
    filter: Filter,
    list: ListState<u32>,
}

struct Titles<'a>(&'a [Row]);

impl Candidates for Titles<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn text(&self, index: usize) -> Cow<'_, str> {
        self.0
            .get(index)
            .map_or(Cow::Borrowed(""), |row| Cow::Owned(format!("{} {} {}", row.title, row.keys, row.about)))
    }
}

/// Every command that has a meaning in this pane, by group.
pub(super) fn keys(state: &State) -> Choices {
    // Moving is what people know already.
    let order = [Group::Work, Group::Panes, Group::Copying, Group::Moving, Group::Program];
    let groups = order.into_iter().flat_map(|group| COMMANDS.iter().filter(move |info| info.group == group));
    let here = groups.filter(|info| info.context.holds(state.tab));
    Choices::new(here.map(|info| command_row(info.command, state)).collect())
}

/// Commands, then projects and models.
pub(super) fn palette(state: &State) -> Choices {
    let commands = COMMANDS.iter().filter(|info| info.context.holds(state.tab) && info.group != Group::Moving);
    let mut rows: Vec<Row> = commands.map(|info| command_row(info.command, state)).collect();
    let projects = state.overview.value().map(|overview| overview.projects.as_slice()).unwrap_or_default();
    rows.extend(
        projects
            .iter()
            .map(|project| thing(Tab::Connections, "project", &project.name, &project.name, &project.repository)),
    );
    rows.extend(state.models.summaries().iter().filter(|model| model.kind.is_listed()).map(|model| {
        let id = crate::tui::panes::model_id(&model.project, &model.unique_id);
        thing(Tab::Models, "model", &model.name, &id, &model.path)
    }));
    Choices::new(rows)
}

fn command_row(command: Command, state: &State) -> Row {
    let info = command.info();
    let keys: Vec<String> = state.keymap.chords(command).map(ToString::to_string).collect();
    Row {
        choice: Choice::Command(command),
        kind: info.group.title(),
        title: info.title.to_owned(),
        keys: keys.join(" "),
        about: info.about.replace('`', ""),
        disabled: commands::enabled(command, state).err(),
    }
}

fn thing(tab: Tab, kind: &'static str, title: &str, id: &str, about: &str) -> Row {
    let choice = Choice::Thing { tab, id: id.to_owned() };
    Row { choice, kind, title: title.to_owned(), keys: String::new(), about: about.to_owned(), disabled: None }
}

/// Where the list stands: as much as it may want, in the middle.
pub(super) fn area(state: &State) -> Rect {
    let areas = state.areas();
    areas.overlay(104.min(state.columns.saturating_sub(4)), state.rows.saturating_sub(4).min(30))
}

impl Choices {
    fn new(rows: Vec<Row>) -> Self {
        let mut choices = Self { rows, ..Self::default() };
        choices.refresh(20);
        choices
    }

    fn refresh(&mut self, height: usize) {
        self.filter.apply(self.input.value(), &Titles(&self.rows), 0);
        self.list = ListState::default();
        self.list.set_height(height);
        let hits = self.filter.hits();
        self.list.refresh(&RowsBy::new(hits.len(), |index| hits.get(index).copied()));
    }

    fn selected(&self) -> Option<&Row> {
        self.rows.get(*self.list.selected()? as usize)
    }

    pub(super) fn pressed(&mut self, key: Key, height: usize) -> Answer {
        if let Some(motion) = motion_while_typing(key) {
            let hits = self.filter.hits();
            self.list.set_height(height);
            self.list.go(motion, &RowsBy::new(hits.len(), |index| hits.get(index).copied()));
            return Answer::Stays;
        }
        if key.code == KeyCode::Enter {
            // A row that can't be chosen answers with its reason, as its key would.
            return self.selected().map_or(Answer::Stays, |row| Answer::Closes(After::Choose(row.choice.clone())));
        }
        if self.input.key(key.to_event()) {
            self.refresh(height);
        }
        Answer::Stays
    }

    pub(super) fn pasted(&mut self, line: &str, height: usize) {
        self.input.paste(line);
        self.refresh(height);
    }

    pub(super) fn draw(
        &self,
        title: &str,
        state: &State,
        look: Look<'_>,
        area: Rect,
        buffer: &mut Buffer,
    ) -> Option<Position> {
        super::clear(area, look, buffer);
        let height = usize::from(area.height.saturating_sub(4));
        let frame = Frame::new(title).focused(true).position(self.list.position()).scroll(self.list.scroll(height));
        let inside = frame.draw(look, area, buffer);
        let (line, rest) = split_first_row(inside);
        let prompt = Rect { x: line.x + 1, width: line.width.saturating_sub(2), ..line };
        let cursor = self.input.draw(look, prompt, "type to filter, enter to choose, esc to close", buffer);
        let rows = Rect { y: rest.y + rest.height.min(1), height: rest.height.saturating_sub(1), ..rest };
        if self.filter.hits().is_empty() {
            buffer.set_stringn(
                rows.x + 1,
                rows.y,
                "nothing matches",
                usize::from(rows.width.saturating_sub(1)),
                look.style(Role::Dim),
            );
        }
        let palette = matches!(state.overlays.last(), Some(super::Overlay::Palette(_)));
        list::draw(look, rows, &self.list, true, buffer, |index, width| {
            let row = self.filter.hits().get(index).and_then(|hit| self.rows.get(*hit as usize));
            row.map_or_else(Line::default, |row| row.line(look, width, palette))
        });
        cursor
    }
}

impl Row {
    fn line<'a>(&self, look: Look<'a>, width: u16, kinds: bool) -> Line<'a> {
        let style = |role| look.style(if self.disabled.is_some() { Role::Disabled } else { role });
        let title = text::pad(&self.title, 16, look.glyphs.ellipsis).into_owned();
        let keys = text::pad(&self.keys, 14, look.glyphs.ellipsis).into_owned();
        let about = match &self.disabled {
            Some(reason) => format!("{} ({reason})", self.about),
            None => self.about.clone(),
        };
        let kind =
            if kinds { format!("{:<9}", self.kind.split(' ').next().unwrap_or_default()) } else { String::new() };
        let used = 16 + 14 + kind.len() + 2;
        let room = usize::from(width).saturating_sub(used);
        Line::from(vec![
            Span::styled(kind, style(Role::Dim)),
            Span::styled(keys, style(Role::Key)),
            Span::raw(" "),
            Span::styled(title, style(Role::Text)),
            Span::raw(" "),
            Span::styled(text::truncate(&about, room, look.glyphs.ellipsis).into_owned(), style(Role::Dim)),
        ])
    }
}
