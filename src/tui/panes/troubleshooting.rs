//! Troubleshooting: problems with their causes, evidence and fixes.

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use super::parts::{Detail, Empty, FilteredList, draw_words, instead_of_rows};
use super::{Copy, Pane, PaneContext, Subject};
use crate::engine::FixPreview;
use crate::problem::Problem;
use crate::store::{ProblemId, ProblemRecord};
use crate::tui::commands::Command;
use crate::tui::effect::{Effect, Generation, Query};
use crate::tui::key::Key;
use crate::tui::layout::Focus;
use crate::tui::state::{Fetched, PaneMemory};
use crate::tui::theme::Look;
use crate::tui::widgets::frame::Frame;
use crate::tui::widgets::list::Motion;

/// The pane's state.
#[derive(Debug, Default)]
pub struct Troubleshooting {
    problems: Fetched<Vec<ProblemRecord>>,
    list: FilteredList<ProblemId>,
    detail: Detail,
}

const EMPTY: Empty<'_> = Empty {
    never: "not loaded yet: r reads the problems",
    loading: "reading the problems",
    empty: &["no problems: everything that was synced is whole"],
};

impl Troubleshooting {
    pub(crate) fn problems_loaded(&mut self, generation: Generation, problems: Vec<ProblemRecord>, at: Timestamp) {
        self.problems.answer(generation, problems, at);
    }

    pub(crate) fn fix_previewed(&mut self, _problem: ProblemId, _fix: usize, _preview: FixPreview) {}

    pub(crate) fn query_failed(&mut self, query: &Query, generation: Generation, problem: Box<Problem>) {
        if *query == Query::Problems {
            self.problems.fail(generation, problem);
        }
    }
}

impl Pane for Troubleshooting {
    fn refresh(&mut self, context: &PaneContext<'_>) -> Vec<Effect> {
        vec![Effect::Load { query: Query::Problems, generation: self.problems.ask(context.now.wall) }]
    }

    fn settle(&mut self, _context: &PaneContext<'_>) -> Vec<Effect> {
        Vec::new()
    }

    fn step(&mut self, motion: Motion, context: &PaneContext<'_>) -> Vec<Effect> {
        if context.focus == Focus::Detail {
            self.detail.step(motion);
        }
        Vec::new()
    }

    fn run(&mut self, command: Command, context: &PaneContext<'_>) -> Option<Vec<Effect>> {
        (context.focus == Focus::Detail && self.detail.run(command)).then(Vec::new)
    }

    fn can(&self, command: Command, context: &PaneContext<'_>) -> Option<Result<(), String>> {
        if context.focus == Focus::Detail { self.detail.can(command) } else { None }
    }

    fn click(&mut self, _row: usize, _context: &PaneContext<'_>) -> bool {
        false
    }

    fn typing(&self) -> bool {
        self.list.line.typing() || self.detail.typing()
    }

    fn type_key(&mut self, key: Key, _context: &PaneContext<'_>) -> Vec<Effect> {
        if self.detail.typing() {
            self.detail.key(key);
        } else {
            self.list.key(key);
        }
        Vec::new()
    }

    fn paste(&mut self, text: &str, _context: &PaneContext<'_>) -> Vec<Effect> {
        self.list.line.paste(text);
        Vec::new()
    }

    fn subject(&self, _context: &PaneContext<'_>) -> Subject {
        Subject::default()
    }

    fn copy(&self, _what: Copy, _context: &PaneContext<'_>) -> Option<String> {
        None
    }

    fn selected(&self) -> Option<String> {
        self.list.selected().map(|id| id.0.to_string())
    }

    fn select(&mut self, id: &str) {
        if let Ok(number) = id.parse() {
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
        if let Some(id) = &memory.selected {
            self.select(id);
        }
    }

    fn draw(&self, look: Look<'_>, context: &PaneContext<'_>, buffer: &mut Buffer) -> Option<Position> {
        let inside = Frame::new("Troubleshooting").number(4).focused(context.focus == Focus::List).draw(
            look,
            context.areas.list,
            buffer,
        );
        let words = instead_of_rows(self.problems.shown(), context.now.wall, &EMPTY, true);
        draw_words(&words.unwrap_or_default(), look, inside, buffer);
        let frame = Frame::new("Problem").focused(context.focus == Focus::Detail);
        let inside = self.detail.frame(frame, look).draw(look, context.areas.detail, buffer);
        self.detail.draw(look, inside, buffer);
        None
    }
}
