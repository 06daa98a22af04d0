//! Connections: Git connections and projects, with how their last sync went and how the running one
//! goes. Without any configuration: the ways to begin.

mod detail;
mod rows;

use std::ops::Range;
use std::path::PathBuf;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::filtered_list::{FilteredList, refresh};
use super::parts::{Detail, Empty, Typed, draw_words, instead_of_rows};
use super::{Copy, Pane, PaneContext, Subject};
use crate::engine::{ProjectView, Removal};
use crate::tui::commands::Command;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::layout::{Focus, inside};
use crate::tui::live;
use crate::tui::state::PaneMemory;
use crate::tui::theme::Look;
use crate::tui::widgets::frame::Frame;
use crate::tui::widgets::list::{self, Motion};
use crate::tui::widgets::popup;
use crate::tui::widgets::textview::TextView;

use rows::{Begin, Row};

/// The pane's state.
#[derive(Debug)]
pub struct Connections {
    rows: Vec<Row>,
    /// Grows with every change of the rows.
    revision: u64,
    list: FilteredList<String>,
    detail: Detail,
    /// Whose lines the detail holds.
    shown: Option<String>,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            revision: 0,
            list: FilteredList::default(),
            detail: Detail::with_view(TextView::default().with_wrap()),
            shown: None,
        }
    }
}

const EMPTY: Empty<'_> = Empty {
    never: "not loaded yet: {refresh} reads the workspace",
    loading: "reading the workspace",
    empty: &["no project yet: {add} connects a repository"],
};

impl Connections {
    fn hits(&self) -> rows::Hits<'_> {
        rows::Hits { rows: &self.rows, hits: self.list.filter.hits() }
    }

    fn row(&self) -> Option<&Row> {
        let id = self.list.selected()?;
        self.rows.iter().find(|row| row.id() == *id)
    }

    fn project<'a>(&self, context: &PaneContext<'a>) -> Option<&'a ProjectView> {
        match self.row()? {
            Row::Project { name } => context.overview.value()?.projects.iter().find(|project| project.name == *name),
            Row::Connection { .. } | Row::Begin(_) => None,
        }
    }

    /// The Git connection of the selected row: itself, or the one that its project uses.
    pub fn connection(&self, context: &PaneContext<'_>) -> Option<String> {
        match self.row()? {
            Row::Connection { name } => Some(name.clone()),
            Row::Project { .. } => self.project(context)?.connection.clone(),
            Row::Begin(_) => None,
        }
    }

    /// What would be taken out of `ebb.toml`.
    pub fn removal(&self, context: &PaneContext<'_>) -> Option<Removal> {
        match self.row()? {
            Row::Connection { name } => Some(Removal::Connection(name.clone())),
            Row::Project { name } => {
                let is_written = !self.project(context)?.folder;
                is_written.then(|| Removal::Project(name.clone()))
            }
            Row::Begin(_) => None,
        }
    }

    fn refresh_rows(&mut self, context: &PaneContext<'_>) {
        let wanted =
            context.overview.value().map(|overview| rows::rows(overview, context.surroundings)).unwrap_or_default();
        if wanted != self.rows {
            self.rows = wanted;
            self.revision += 1;
        }
        self.list.apply(self.rows.as_slice(), self.revision);
        self.list.state.set_height(context.areas.list_height());
        // The rows are few: looking at them again costs nothing.
        let hits = rows::Hits { rows: &self.rows, hits: self.list.filter.hits() };
        refresh(&mut self.list.state, &mut self.list.wanted, &hits);
    }

    /// Cells of the detail that the live view of a running sync takes.
    fn live_height(&self, context: &PaneContext<'_>) -> u16 {
        let running = self.project(context).and_then(|project| context.work.of_project(&project.name));
        if running.is_some() { 7 } else { 0 }
    }

    fn detail_area(&self, context: &PaneContext<'_>) -> Rect {
        let area = inside(context.areas.detail);
        let air = u16::from(area.width > 2);
        let live = self.live_height(context).min(area.height);
        Rect { x: area.x + air, y: area.y + live, width: area.width - air, height: area.height - live }
    }
}

impl Pane for Connections {
    fn refresh(&mut self, _context: &PaneContext<'_>) -> Vec<Effect> {
        // Everything here comes with the overview, which is asked for by the screen itself.
        Vec::new()
    }

    fn settle(&mut self, context: &PaneContext<'_>) -> Vec<Effect> {
        self.refresh_rows(context);
        let lines = detail::document(self.row(), self.detail_area(context).width, context);
        let shown = self.list.selected().cloned();
        if shown == self.shown {
            self.detail.update(lines);
        } else {
            self.detail.replace(lines);
            self.shown = shown;
        }
        let area = self.detail_area(context);
        self.detail.set_size(area);
        Vec::new()
    }

    fn step(&mut self, motion: Motion, context: &PaneContext<'_>) -> Vec<Effect> {
        if context.focus == Focus::Detail {
            self.detail.step(motion);
        } else {
            self.list.state.go(motion, &rows::Hits { rows: &self.rows, hits: self.list.filter.hits() });
        }
        Vec::new()
    }

    fn means(&self, command: Command, context: &PaneContext<'_>) -> Command {
        match (command, self.row(), context.focus) {
            (Command::Open, Some(Row::Begin(Begin::Connect)), Focus::List) => Command::AddProject,
            _ => command,
        }
    }

    fn run(&mut self, command: Command, context: &PaneContext<'_>) -> Option<Vec<Effect>> {
        if context.focus == Focus::Detail {
            return self.detail.run(command).then(Vec::new);
        }
        match (command, self.row()) {
            (Command::Open, Some(Row::Begin(begin))) => Some(begin.effects()),
            (Command::Filter, _) => {
                self.list.begin_filter();
                Some(Vec::new())
            }
            (Command::Back, _) => self.list.clear_filter().then(Vec::new),
            (Command::Wrap | Command::ScrollLeft | Command::ScrollRight, _) => self.detail.run(command).then(Vec::new),
            _ => None,
        }
    }

    fn can(&self, command: Command, context: &PaneContext<'_>) -> Option<Result<(), String>> {
        match command {
            Command::Filter => Some(Ok(())),
            Command::TestConnection | Command::ChangeCredential if self.connection(context).is_some() => Some(Ok(())),
            Command::Remove if self.removal(context).is_some() => Some(Ok(())),
            Command::CopySql => Some(Err("no model is selected".to_owned())),
            Command::Right if matches!(self.row(), Some(Row::Begin(_))) => {
                Some(Err(context.keymap.fill("{open} begins")))
            }
            _ if context.focus == Focus::Detail => self.detail.can(command),
            Command::Wrap | Command::ScrollLeft | Command::ScrollRight => self.detail.can(command),
            _ => None,
        }
    }

    fn click(&mut self, row: usize, _context: &PaneContext<'_>) -> bool {
        let Some(index) = self.list.state.index_at(row) else { return false };
        let again = self.list.state.index() == Some(index);
        self.list.state.go(Motion::To(index), &rows::Hits { rows: &self.rows, hits: self.list.filter.hits() });
        again
    }

    fn rows_in_sight(&self, _context: &PaneContext<'_>) -> Range<usize> {
        0..self.list.state.in_sight()
    }

    fn typing(&self) -> bool {
        self.list.line.typing() || self.detail.typing()
    }

    fn type_key(&mut self, key: Key, _context: &PaneContext<'_>) -> Vec<Effect> {
        if self.detail.typing() {
            self.detail.key(key);
        } else if self.list.key(key, self.rows.as_slice()) == Typed::Changed {
            self.list.apply(self.rows.as_slice(), self.revision);
        }
        Vec::new()
    }

    fn paste(&mut self, text: &str, _context: &PaneContext<'_>) -> Vec<Effect> {
        if self.detail.typing() {
            self.detail.paste(text);
        } else {
            self.list.line.paste(text);
        }
        Vec::new()
    }

    fn subject(&self, context: &PaneContext<'_>) -> Subject {
        let project = self.project(context);
        let folder = project.filter(|project| project.folder);
        let file = match (folder, context.overview.value().and_then(|overview| overview.file.as_ref())) {
            (Some(project), _) => Ok((PathBuf::from(&project.repository).join(&project.project_path), 0)),
            (None, Some(file)) => Ok((PathBuf::from(file), 0)),
            (None, None) => Err("there is no ebb.toml yet".to_owned()),
        };
        Subject { project: project.map(|project| project.name.clone()), problem: None, file: Some(file) }
    }

    fn copy(&self, what: Copy, context: &PaneContext<'_>) -> Option<String> {
        let project = self.project(context);
        match what {
            Copy::Id => match self.row()? {
                Row::Project { name } | Row::Connection { name } => Some(name.clone()),
                Row::Begin(_) => None,
            },
            Copy::Json => serde_json::to_string_pretty(project?).ok(),
            Copy::Row => {
                let project = project?;
                Some(
                    [&project.name, &project.repository, &project.branch, &project.project_path]
                        .map(String::as_str)
                        .join("\t"),
                )
            }
            Copy::Path => project.map(|project| project.repository.clone()),
            Copy::Link => project.map(|project| format!("ebb models --project {}", project.name)),
            Copy::Sql | Copy::Report => None,
        }
    }

    fn crumbs(&self, _context: &PaneContext<'_>) -> Vec<String> {
        self.row().map(Row::title).into_iter().collect()
    }

    fn selected(&self) -> Option<String> {
        self.list.selected().cloned()
    }

    fn select(&mut self, id: &str) {
        self.list.clear_filter();
        self.list.want(id.to_owned());
    }

    fn deadline(&self) -> Option<u64> {
        None
    }

    fn memory(&self) -> PaneMemory {
        PaneMemory { selected: self.selected(), filter: self.list.line.text().to_owned(), ..PaneMemory::default() }
    }

    fn remember(&mut self, memory: &PaneMemory) {
        self.list.line.set(&memory.filter);
        if let Some(id) = &memory.selected {
            self.list.want(id.clone());
        }
    }

    fn draw(&self, look: Look<'_>, context: &PaneContext<'_>, buffer: &mut Buffer) -> Option<Position> {
        let focused = context.focus == Focus::List;
        let height = context.areas.list_height();
        let frame = Frame::new("Connections")
            .number(1)
            .focused(focused)
            .right(self.list.title(look))
            .position(self.list.state.position())
            .scroll(self.list.state.scroll(height));
        let area = frame.draw(look, context.areas.list, buffer);
        match instead_of_rows(context.overview.shown(), context.now.wall, &EMPTY, self.rows.is_empty(), context.keymap)
        {
            Some(words) => draw_words(&words, look, area, buffer),
            None => list::draw(look, area, &self.list.state, focused, buffer, |index, width| {
                rows::line(self.hits().row(index), context, look, width)
            }),
        }
        self.draw_detail(look, context, buffer);
        self.list.line.cursor(context.areas.list).or_else(|| self.detail.cursor(context.areas.detail))
    }
}

impl Connections {
    fn draw_detail(&self, look: Look<'_>, context: &PaneContext<'_>, buffer: &mut Buffer) {
        let title = self.row().map(Row::title).unwrap_or_default();
        let frame = Frame::new(&title).focused(context.focus == Focus::Detail);
        let area = self.detail.frame(frame, look).draw(look, context.areas.detail, buffer);
        if let Some(running) = self.project(context).and_then(|project| context.work.of_project(&project.name)) {
            let lines = live::stages(running, context.now, look, area.width);
            popup::draw_lines(Rect { height: area.height.min(6), ..area }, lines, buffer);
        }
        self.detail.draw(look, self.detail_area(context).intersection(area), buffer);
    }
}
