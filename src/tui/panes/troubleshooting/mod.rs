//! Troubleshooting: problems with their causes, evidence and fixes. The fix that goes furthest by itself
//! is one key away, and the sync that tries it is followed live until the problem is mended.

mod fixes;
mod page;
mod rows;

use std::ops::Range;
use std::path::PathBuf;

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::filtered_list::FilteredList;
use super::parts::{Detail, Empty};
use super::table_list::{self, TableList};
use super::{Copy, Pane, PaneContext, Subject, words};
use crate::engine::FixPreview;
use crate::problem::{Fix, Place, Problem};
use crate::store::{ProblemId, ProblemRecord, ProblemState};
use crate::tui::commands::Command;
use crate::tui::effect::{Effect, Generation, Query};
use crate::tui::key::Key;
use crate::tui::layout::{Focus, inside};
use crate::tui::live;
use crate::tui::overlays::{Confirm, Fixes, Offer};
use crate::tui::state::{Fetched, PaneMemory, Running, Tab};
use crate::tui::theme::Look;
use crate::tui::widgets::frame::Frame;
use crate::tui::widgets::list::Motion;
use crate::tui::widgets::popup;

use rows::{COLUMNS, Rows};

/// Cells of the detail that the live stages of the project's sync take, with a line of air.
const LIVE: u16 = 7;

/// The pane's state.
#[derive(Debug, Default)]
pub struct Troubleshooting {
    problems: Fetched<Vec<ProblemRecord>>,
    rows: Rows,
    list: FilteredList<ProblemId>,
    /// Which fix of the selected problem the key applies.
    fix: usize,
    /// Columns after the first that are scrolled out at the left.
    hidden: usize,
    detail: Detail,
    /// Which problem the detail's lines are about.
    shown: Option<ProblemId>,
}

const EMPTY: Empty<'_> = Empty {
    never: "not loaded yet: {refresh} reads the problems",
    loading: "reading the problems",
    empty: &[
        "No problems. Everything that was synced is whole.",
        "{sync} syncs the selected project, {sync-all} every project.",
    ],
};

const NO_MATCH: Empty<'_> = Empty { empty: &["No problem matches.", "{back} takes the filter away."], ..EMPTY };

const LIST: TableList = TableList { tab: Tab::Troubleshooting, columns: &COLUMNS, empty: EMPTY, no_match: NO_MATCH };

impl Troubleshooting {
    pub(crate) fn problems_loaded(&mut self, generation: Generation, problems: Vec<ProblemRecord>, at: Timestamp) {
        if self.problems.answer(generation, problems, at) {
            self.rows.replace(self.problems.value().map(Vec::as_slice).unwrap_or_default());
        }
    }

    /// The question to ask, unless the problem has gone meanwhile.
    pub(crate) fn fix_previewed(&mut self, problem: ProblemId, index: usize, preview: FixPreview) -> Option<Confirm> {
        let record = self.rows.get(problem).filter(|record| record.state == ProblemState::Open)?;
        let fix = record.problem.fixes.get(index)?;
        Some(fixes::question(problem, index, fix, preview))
    }

    pub(crate) fn query_failed(&mut self, query: &Query, generation: Generation, problem: Box<Problem>) {
        if *query == Query::Problems {
            self.problems.fail(generation, problem);
        }
    }

    /// The fixes of the selected problem, to choose from.
    pub(crate) fn offers(&self) -> Fixes {
        let fixes = self.record().map(|record| record.problem.fixes.as_slice()).unwrap_or_default();
        let offer = |fix: &Fix| Offer { title: fix.title.clone(), grade: words::grade(fix.grade) };
        Fixes::new(fixes.iter().map(offer).collect(), self.fix)
    }

    /// Marks a fix as the one that the key applies.
    pub(crate) fn mark(&mut self, index: usize) {
        self.fix = index;
    }

    fn record(&self) -> Option<&ProblemRecord> {
        self.list.selected().and_then(|id| self.rows.get(*id))
    }

    fn chosen(&self) -> Option<(&ProblemRecord, &Fix)> {
        let record = self.record()?;
        Some((record, record.problem.fixes.get(self.fix)?))
    }

    /// The running sync of the selected problem's project, while the problem is open.
    fn running<'a>(&self, context: &PaneContext<'a>) -> Option<&'a Running> {
        let record = self.record().filter(|record| record.state == ProblemState::Open)?;
        context.work.of_project(record.problem.subject.project()?)
    }

    fn settle_rows(&mut self, context: &PaneContext<'_>) {
        self.list.settle(&self.rows, table_list::body(context).height);
    }

    fn settle_detail(&mut self, context: &PaneContext<'_>) {
        let selected = self.list.selected().copied();
        let fixes = self.record().map(|record| record.problem.fixes.as_slice()).unwrap_or_default();
        let chosen = if selected == self.shown { self.fix } else { fixes::best(fixes) };
        self.fix = chosen.min(fixes.len().saturating_sub(1));
        let area = self.detail_area(context);
        let document = self.record().map(|record| {
            let open = record.state == ProblemState::Open;
            let key = context.keymap.shown(Command::ApplyFix);
            let chosen = open.then_some((self.fix, key.as_str()));
            page::page(record, chosen, usize::from(area.width), context.now.wall, context.glyphs)
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

    fn apply(&self) -> Vec<Effect> {
        self.chosen().map(|(record, fix)| fixes::apply(record.id, self.fix, fix)).unwrap_or_default()
    }

    fn choose(&mut self, step: isize) {
        let count = self.record().map_or(0, |record| record.problem.fixes.len());
        if count > 0 {
            self.fix = (self.fix as isize + step).rem_euclid(count as isize) as usize;
        }
    }

    fn draw_list(&self, look: Look<'_>, context: &PaneContext<'_>, buffer: &mut Buffer) {
        LIST.draw::<Rows, _>((&self.list, self.hidden), &self.problems, (look, context), buffer, |row| {
            let record = self.rows.records.get(row);
            record.map(|record| rows::cells(record, context.now.wall, look.glyphs)).unwrap_or_default()
        });
    }

    fn draw_detail(&self, look: Look<'_>, context: &PaneContext<'_>, buffer: &mut Buffer) {
        let title = self.record().map_or_else(|| "Problem".to_owned(), |record| record.problem.code.to_string());
        let frame = Frame::new(&title).focused(context.focus == Focus::Detail);
        let area = self.detail.frame(frame, look).draw(look, context.areas.detail, buffer);
        if let Some(running) = self.running(context) {
            let lines = live::stages(running, context.now, look, area.width);
            popup::draw_lines(Rect { height: area.height.min(LIVE - 1), ..area }, lines, buffer);
        }
        self.detail.draw(look, self.detail_area(context).intersection(area), buffer);
    }
}

/// The file of a place on this machine: `ebb.toml`, or a file of a project opened from a folder.
fn local_file(place: &Place, project: Option<&str>, context: &PaneContext<'_>) -> Result<(PathBuf, u32), String> {
    let overview = context.overview.value();
    if overview.and_then(|overview| overview.file.as_deref()) == Some(place.file.as_str()) {
        return Ok((PathBuf::from(&place.file), place.line));
    }
    let projects = overview.map(|overview| overview.projects.as_slice()).unwrap_or_default();
    match projects.iter().find(|candidate| Some(candidate.name.as_str()) == project) {
        Some(project) if project.folder => Ok((PathBuf::from(&project.repository).join(&place.file), place.line)),
        Some(_) => Err("the file is in the repository, not on this machine".to_owned()),
        None => Ok((PathBuf::from(&place.file), place.line)),
    }
}

impl Pane for Troubleshooting {
    fn refresh(&mut self, context: &PaneContext<'_>) -> Vec<Effect> {
        vec![Effect::Load { query: Query::Problems, generation: self.problems.ask(context.now.wall) }]
    }

    fn settle(&mut self, context: &PaneContext<'_>) -> Vec<Effect> {
        self.settle_rows(context);
        self.settle_detail(context);
        Vec::new()
    }

    fn step(&mut self, motion: Motion, context: &PaneContext<'_>) -> Vec<Effect> {
        if context.focus == Focus::Detail {
            self.detail.step(motion);
        } else {
            self.list.go(motion, &self.rows);
        }
        Vec::new()
    }

    /// Enter on an open problem applies the marked fix: its page has nothing deeper to go into.
    fn means(&self, command: Command, context: &PaneContext<'_>) -> Command {
        match (command, context.focus) {
            (Command::Open, Focus::Detail) => Command::ApplyFix,
            _ => command,
        }
    }

    fn run(&mut self, command: Command, context: &PaneContext<'_>) -> Option<Vec<Effect>> {
        match command {
            Command::ApplyFix => return Some(self.apply()),
            Command::NextView => self.choose(1),
            Command::PreviousView => self.choose(-1),
            _ if context.focus == Focus::Detail => return self.detail.run(command).then(Vec::new),
            Command::Filter => self.list.begin_filter(),
            Command::Back => return self.list.clear_filter().then(Vec::new),
            Command::Wrap | Command::ScrollLeft | Command::ScrollRight => {
                return self.detail.run(command).then(Vec::new);
            }
            _ => return None,
        }
        Some(Vec::new())
    }

    fn can(&self, command: Command, context: &PaneContext<'_>) -> Option<Result<(), String>> {
        let Some(record) = self.record() else {
            let needs_one = matches!(command, Command::ApplyFix | Command::ChooseFix | Command::Open | Command::Right);
            return match command {
                Command::Filter => Some(Ok(())),
                _ => needs_one.then(|| Err("no problem is selected".to_owned())),
            };
        };
        match command {
            Command::ApplyFix => Some(fixes::can_apply(record, self.fix, self.running(context).is_some())),
            Command::ChooseFix if record.problem.fixes.is_empty() => Some(Err(fixes::NONE.to_owned())),
            Command::ChooseFix if record.state != ProblemState::Open => Some(Err("it is mended".to_owned())),
            Command::NextView | Command::PreviousView if record.problem.fixes.len() < 2 => {
                Some(Err("there is no other fix".to_owned()))
            }
            Command::Filter | Command::ChooseFix | Command::NextView | Command::PreviousView => Some(Ok(())),
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

    fn subject(&self, context: &PaneContext<'_>) -> Subject {
        let Some(record) = self.record() else { return Subject::default() };
        let problem = &record.problem;
        let project = problem.subject.project();
        Subject {
            project: project.map(str::to_owned),
            problem: Some(record.id),
            file: Some(match &problem.place {
                Some(place) => local_file(place, project, context),
                None => Err("this problem has no place in a file".to_owned()),
            }),
        }
    }

    fn copy(&self, what: Copy, context: &PaneContext<'_>) -> Option<String> {
        let record = self.record()?;
        match what {
            Copy::Id => Some(record.problem.code.to_string()),
            Copy::Json => serde_json::to_string_pretty(record).ok(),
            Copy::Row => Some(rows::tab_separated(record)),
            Copy::Path => record.problem.place.as_ref().map(|place| place.file.clone()),
            Copy::Link => Some(format!("ebb explain {}", record.problem.code)),
            Copy::Report => Some(page::report(record, context.now.wall)),
            Copy::Sql => None,
        }
    }

    fn crumbs(&self, _context: &PaneContext<'_>) -> Vec<String> {
        let problem = self.record().map(|record| &record.problem);
        problem.map(|problem| vec![words::subject(&problem.subject), problem.code.to_string()]).unwrap_or_default()
    }

    fn selected(&self) -> Option<String> {
        self.list.selected().map(|id| id.0.to_string())
    }

    fn select(&mut self, id: &str) {
        if let Ok(number) = id.parse() {
            self.list.clear_filter();
            self.list.want(ProblemId(number));
        }
    }

    fn deadline(&self) -> Option<u64> {
        None
    }

    fn memory(&self) -> PaneMemory {
        PaneMemory { selected: self.selected(), filter: self.list.line.text().to_owned(), ..PaneMemory::default() }
    }

    fn remember(&mut self, memory: &PaneMemory) {
        self.list.line.set(&memory.filter);
        if let Some(number) = memory.selected.as_ref().and_then(|id| id.parse().ok()) {
            self.list.want(ProblemId(number));
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
