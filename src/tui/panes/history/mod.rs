//! History: the model syncs of all projects, newest first, and what each of them did. A running one is
//! followed live.

mod page;
mod rows;

use std::ops::Range;

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::filtered_list::FilteredList;
use super::parts::{Detail, Empty};
use super::table_list::{self, TableList};
use super::{Copy, Pane, PaneContext, Subject};
use crate::engine::SyncView;
use crate::problem::Problem;
use crate::store::{ProblemState, SyncId, SyncRecord};
use crate::tui::commands::Command;
use crate::tui::effect::{Effect, Generation, Query};
use crate::tui::key::Key;
use crate::tui::layout::{Focus, inside};
use crate::tui::live;
use crate::tui::state::{Fetched, PaneMemory, Running, Shown, Tab};
use crate::tui::theme::Look;
use crate::tui::widgets::frame::Frame;
use crate::tui::widgets::list::Motion;
use crate::tui::widgets::{popup, table};

use rows::{COLUMNS, Rows};

/// Milliseconds that the selection rests on a sync before it is read whole: running through the list
/// asks for nothing.
const FOLLOW: u64 = 80;
/// Syncs of the same project whose times are compared.
const LATELY: usize = 24;
/// Cells of the detail that the live stages of a running sync take, with a line of air.
const LIVE: u16 = 7;

/// The pane's state.
#[derive(Debug, Default)]
pub struct History {
    syncs: Fetched<Vec<SyncRecord>>,
    rows: Rows,
    list: FilteredList<SyncId>,
    opened: Fetched<SyncView>,
    /// The sync that `opened` was asked for.
    asked: Option<SyncId>,
    /// Which one is asked for next, and when.
    due: Option<(SyncId, u64)>,
    /// Columns after the first that are scrolled out at the left.
    hidden: usize,
    detail: Detail,
    /// Which sync the detail's lines are about.
    shown: Option<SyncId>,
}

const EMPTY: Empty<'_> = Empty {
    never: "not loaded yet: {refresh} reads the history",
    loading: "reading the history",
    empty: &["No sync yet.", "{sync} syncs the selected project, {sync-all} every project."],
};

const NO_MATCH: Empty<'_> = Empty { empty: &["No sync matches.", "{back} takes the filter away."], ..EMPTY };

const LIST: TableList = TableList { tab: Tab::History, columns: &COLUMNS, empty: EMPTY, no_match: NO_MATCH };

impl History {
    pub(crate) fn syncs_loaded(&mut self, generation: Generation, syncs: Vec<SyncRecord>, at: Timestamp) {
        if self.syncs.answer(generation, syncs, at) {
            // What is open may have gone on.
            self.asked = None;
            self.rows.stale = true;
        }
    }

    pub(crate) fn sync_loaded(&mut self, generation: Generation, sync: Option<Box<SyncView>>, at: Timestamp) {
        if let Some(sync) = sync {
            self.opened.answer(generation, *sync, at);
        }
    }

    pub(crate) fn query_failed(&mut self, query: &Query, generation: Generation, problem: Box<Problem>) {
        if *query == Query::Syncs {
            self.syncs.fail(generation, problem);
        } else {
            self.opened.fail(generation, problem);
        }
    }

    /// The selected sync and its project.
    pub(crate) fn subject_of_log(&self) -> Option<(String, SyncId)> {
        self.sync().map(|sync| (sync.project.clone(), sync.id))
    }

    fn sync(&self) -> Option<&SyncRecord> {
        self.list.selected().and_then(|id| self.rows.get(*id))
    }

    /// The selected sync as a whole, where it has been read.
    fn view(&self) -> Option<&SyncView> {
        self.opened.value().filter(|view| Some(&view.record.id) == self.list.selected())
    }

    fn running<'a>(&self, context: &PaneContext<'a>) -> Option<&'a Running> {
        let id = self.list.selected()?;
        context.work.running.iter().find(|running| running.sync == *id)
    }

    fn settle_rows(&mut self, context: &PaneContext<'_>) {
        if let Some(syncs) = self.syncs.value().filter(|_| self.rows.stale) {
            self.rows.replace(syncs, context.work);
        } else {
            self.rows.add_running(context.work);
        }
        self.list.settle(&self.rows, table_list::body(context).height);
    }

    /// Asks for the selected sync once the selection rests on it.
    fn follow(&mut self, context: &PaneContext<'_>) -> Vec<Effect> {
        let Some(id) = self.list.selected().copied().filter(|id| self.asked != Some(*id)) else {
            self.due = None;
            return Vec::new();
        };
        let again = self.view().is_some();
        if self.due.is_none_or(|(wanted, _)| wanted != id) {
            self.due = Some((id, context.now.millis + if again { 0 } else { FOLLOW }));
        }
        if self.due.is_some_and(|(_, due)| due > context.now.millis) {
            return Vec::new();
        }
        if !again {
            self.opened.clear();
        }
        (self.asked, self.due) = (Some(id), None);
        vec![Effect::Load { query: Query::Sync(id), generation: self.opened.ask(context.now.wall) }]
    }

    fn settle_detail(&mut self, context: &PaneContext<'_>) {
        let area = self.detail_area(context);
        let selected = self.list.selected().copied();
        let failure = match self.opened.shown() {
            Shown::Failed(problem) if self.asked == selected => Some(problem),
            Shown::Failed(_) | Shown::NeverLoaded | Shown::LoadingSince(_) | Shown::Value(..) => None,
        };
        let document = self.sync().map(|sync| {
            let recent = rows::recent(&self.rows.syncs, sync, LATELY);
            let live = self.running(context).is_some();
            let sources = page::Sources { sync, view: self.view(), failure, live, recent: &recent };
            page::page(sources, usize::from(area.width), context.now.wall, context.glyphs)
        });
        let document = document.unwrap_or_default();
        if selected == self.shown {
            self.detail.update(document);
        } else {
            self.detail.replace(document);
            self.shown = selected;
        }
        self.detail.set_size(area);
    }

    fn detail_area(&self, context: &PaneContext<'_>) -> Rect {
        let area = inside(context.areas.detail);
        let air = u16::from(area.width > 2);
        let live = if self.running(context).is_some() { LIVE.min(area.height) } else { 0 };
        Rect { x: area.x + air, y: area.y + live, width: area.width - air, height: area.height - live }
    }

    fn draw_list(&self, look: Look<'_>, context: &PaneContext<'_>, buffer: &mut Buffer) {
        let turn = look.glyphs.running;
        LIST.draw::<Rows, _>((&self.list, self.hidden), &self.syncs, (look, context), buffer, |row| {
            let sync = self.rows.syncs.get(row);
            let cells = sync.map(|sync| {
                let running = context.work.running.iter().find(|running| running.sync == sync.id);
                rows::cells(sync, running, turn, context.now.wall, look.glyphs)
            });
            cells.unwrap_or_default()
        });
    }

    fn draw_detail(&self, look: Look<'_>, context: &PaneContext<'_>, buffer: &mut Buffer) {
        let title =
            self.sync().map_or_else(|| "Sync".to_owned(), |sync| format!("Sync {} of {}", sync.id.0, sync.project));
        let frame = Frame::new(&title).focused(context.focus == Focus::Detail);
        let area = self.detail.frame(frame, look).draw(look, context.areas.detail, buffer);
        if let Some(running) = self.running(context) {
            let lines = live::stages(running, context.now, look, area.width);
            popup::draw_lines(Rect { height: area.height.min(LIVE - 1), ..area }, lines, buffer);
        }
        self.detail.draw(look, self.detail_area(context).intersection(area), buffer);
    }
}

impl Pane for History {
    fn refresh(&mut self, context: &PaneContext<'_>) -> Vec<Effect> {
        vec![Effect::Load { query: Query::Syncs, generation: self.syncs.ask(context.now.wall) }]
    }

    fn settle(&mut self, context: &PaneContext<'_>) -> Vec<Effect> {
        self.settle_rows(context);
        let effects = self.follow(context);
        self.settle_detail(context);
        effects
    }

    fn step(&mut self, motion: Motion, context: &PaneContext<'_>) -> Vec<Effect> {
        if context.focus == Focus::Detail {
            self.detail.step(motion);
        } else {
            self.list.go(motion, &self.rows);
        }
        Vec::new()
    }

    fn run(&mut self, command: Command, context: &PaneContext<'_>) -> Option<Vec<Effect>> {
        if context.focus == Focus::Detail {
            return self.detail.run(command).then(Vec::new);
        }
        match command {
            Command::Filter => {
                self.list.begin_filter();
                Some(Vec::new())
            }
            Command::Back => self.list.clear_filter().then(Vec::new),
            Command::ScrollLeft | Command::ScrollRight => {
                self.hidden = table::scrolled(&COLUMNS, self.hidden, command == Command::ScrollRight);
                Some(Vec::new())
            }
            Command::Wrap => self.detail.run(command).then(Vec::new),
            _ => None,
        }
    }

    fn can(&self, command: Command, context: &PaneContext<'_>) -> Option<Result<(), String>> {
        match command {
            Command::Open | Command::Right | Command::ShowLog if self.sync().is_none() => {
                Some(Err("no sync is selected".to_owned()))
            }
            Command::Filter | Command::ShowLog => Some(Ok(())),
            _ if context.focus == Focus::Detail => self.detail.can(command),
            Command::ScrollLeft | Command::ScrollRight => Some(Ok(())),
            Command::Wrap => self.detail.can(command),
            _ => None,
        }
    }

    fn click(&mut self, row: usize, _context: &PaneContext<'_>) -> bool {
        table_list::row_below_titles(row).is_some_and(|row| self.list.click(row, &self.rows))
    }

    fn rows_in_sight(&self, _context: &PaneContext<'_>) -> Range<usize> {
        // The first row holds the titles of the columns.
        1..self.list.state.in_sight() + 1
    }

    fn typing(&self) -> bool {
        self.list.line.typing() || self.detail.typing()
    }

    fn type_key(&mut self, key: Key, _context: &PaneContext<'_>) -> Vec<Effect> {
        if self.detail.typing() {
            self.detail.key(key);
        } else {
            self.list.key(key, &self.rows);
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

    fn subject(&self, _context: &PaneContext<'_>) -> Subject {
        let problems = self.view().map(|view| view.problems.as_slice()).unwrap_or_default();
        let open = problems.iter().filter(|record| record.state == ProblemState::Open);
        let worst = open.max_by_key(|record| (record.problem.severity, record.last_at));
        Subject {
            project: self.sync().map(|sync| sync.project.clone()),
            problem: worst.map(|record| record.id),
            file: Some(Err("a sync has no file".to_owned())),
        }
    }

    fn copy(&self, what: Copy, context: &PaneContext<'_>) -> Option<String> {
        let sync = self.sync()?;
        match what {
            Copy::Id => Some(sync.id.0.to_string()),
            Copy::Json => match self.view() {
                Some(view) => serde_json::to_string_pretty(view).ok(),
                None => serde_json::to_string_pretty(sync).ok(),
            },
            Copy::Row => Some(rows::tab_separated(sync)),
            Copy::Link => Some(format!("ebb history --project {}", sync.project)),
            Copy::Report => {
                let sources = page::Sources { sync, view: self.view(), failure: None, live: false, recent: &[] };
                Some(page::report(sources, context.now.wall))
            }
            Copy::Sql | Copy::Path => None,
        }
    }

    fn crumbs(&self, _context: &PaneContext<'_>) -> Vec<String> {
        self.sync().map(|sync| vec![sync.project.clone(), format!("sync {}", sync.id.0)]).unwrap_or_default()
    }

    fn selected(&self) -> Option<String> {
        self.list.selected().map(|id| id.0.to_string())
    }

    fn select(&mut self, id: &str) {
        if let Ok(number) = id.parse() {
            self.list.clear_filter();
            self.list.want(SyncId(number));
        }
    }

    fn deadline(&self) -> Option<u64> {
        self.due.map(|(_, due)| due)
    }

    fn memory(&self) -> PaneMemory {
        PaneMemory { selected: self.selected(), filter: self.list.line.text().to_owned(), ..PaneMemory::default() }
    }

    fn remember(&mut self, memory: &PaneMemory) {
        self.list.line.set(&memory.filter);
        if let Some(number) = memory.selected.as_ref().and_then(|id| id.parse().ok()) {
            self.list.want(SyncId(number));
        }
    }

    fn draw(&self, look: Look<'_>, context: &PaneContext<'_>, buffer: &mut Buffer) -> Option<Position> {
        self.draw_list(look, context, buffer);
        self.draw_detail(look, context, buffer);
        self.list.draw_choices(look, context.areas.list, buffer);
        self.list.line.cursor(context.areas.list).or_else(|| self.detail.cursor(context.areas.detail))
    }
}

#[cfg(test)]
mod tests;
