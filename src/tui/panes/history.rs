//! History: model syncs, newest first, and what each of them did.

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use super::parts::{Detail, Empty, FilteredList, draw_words, instead_of_rows};
use super::{Copy, Pane, PaneContext, Subject};
use crate::engine::SyncView;
use crate::problem::Problem;
use crate::store::{SyncId, SyncRecord};
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
pub struct History {
    syncs: Fetched<Vec<SyncRecord>>,
    list: FilteredList<SyncId>,
    opened: Fetched<SyncView>,
    detail: Detail,
}

const EMPTY: Empty<'_> = Empty {
    never: "not loaded yet: r reads the history",
    loading: "reading the history",
    empty: &["no sync yet: s syncs the selected project, S every project"],
};

impl History {
    pub(crate) fn syncs_loaded(&mut self, generation: Generation, syncs: Vec<SyncRecord>, at: Timestamp) {
        self.syncs.answer(generation, syncs, at);
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
}

impl Pane for History {
    fn refresh(&mut self, context: &PaneContext<'_>) -> Vec<Effect> {
        vec![Effect::Load { query: Query::Syncs, generation: self.syncs.ask(context.now.wall) }]
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
            self.list.want(SyncId(number));
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
        let inside = Frame::new("History").number(3).focused(context.focus == Focus::List).draw(
            look,
            context.areas.list,
            buffer,
        );
        let words = instead_of_rows(self.syncs.shown(), context.now.wall, &EMPTY, true);
        draw_words(&words.unwrap_or_default(), look, inside, buffer);
        let frame = Frame::new("Sync").focused(context.focus == Focus::Detail);
        let inside = self.detail.frame(frame, look).draw(look, context.areas.detail, buffer);
        self.detail.draw(look, inside, buffer);
        None
    }
}
