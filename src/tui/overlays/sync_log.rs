//! The log of a sync, line by line as it was told; it goes on while the sync runs.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{After, Answer};
use crate::engine::{Event, EventKind, Outcome};
use crate::problem::Problem;
use crate::store::SyncId;
use crate::tui::commands::{Command, Lookup};
use crate::tui::effect::{Effect, Generation, Query};
use crate::tui::key::{Key, KeyCode};
use crate::tui::live;
use crate::tui::state::{Fetched, Shown, State};
use crate::tui::text;
use crate::tui::theme::{Look, Role};
use crate::tui::widgets::frame::Frame;
use crate::tui::widgets::list::Motion;
use crate::tui::widgets::progress;

/// Whose log it is, what has been told, and how far a person has scrolled up from its end.
#[derive(Clone, Debug)]
pub struct SyncLog {
    project: String,
    sync: SyncId,
    events: Fetched<Vec<Event>>,
    up: usize,
}

/// Cells in front of the words of a line.
const TIME: usize = 10;

impl SyncLog {
    pub(super) fn new(project: String, sync: SyncId) -> Self {
        Self { project, sync, events: Fetched::default(), up: 0 }
    }

    /// Asks for what has been told until now.
    pub(super) fn ask(&mut self, now: Timestamp) -> Effect {
        Effect::Load { query: Query::SyncLog(self.sync), generation: self.events.ask(now) }
    }

    pub(super) fn loaded(&mut self, generation: Generation, events: Vec<Event>, at: Timestamp) {
        self.events.answer(generation, events, at);
    }

    pub(super) fn failed(&mut self, generation: Generation, problem: Box<Problem>) {
        self.events.fail(generation, problem);
    }

    pub(super) fn pressed(&mut self, key: Key, state: &State) -> Answer {
        if key.code == KeyCode::Enter {
            return Answer::Closes(After::ShowSync(self.sync));
        }
        if let Some(motion) = super::motion(key, state) {
            self.go(motion, Self::area(state));
            return Answer::Stays;
        }
        match state.keymap.lookup(&[key], state.tab) {
            Lookup::Command(Command::Quit | Command::ShowWork) => Answer::Closes(After::Nothing),
            _ => Answer::Stays,
        }
    }

    fn go(&mut self, motion: Motion, area: Rect) {
        let height = height(area);
        let most = self.lines(usize::from(area.width.saturating_sub(4))).len().saturating_sub(height);
        // The window's top row moves; its distance from the end is what is kept.
        let top = most.saturating_sub(self.up);
        let target = motion.target(top, height, most + 1);
        self.up = most - target.min(most);
    }

    pub(super) fn area(state: &State) -> Rect {
        state.areas().overlay(100.min(state.columns.saturating_sub(2)), state.rows.saturating_sub(4).min(26))
    }

    /// What is told, wrapped.
    fn lines(&self, width: usize) -> Vec<(Role, String)> {
        let events = match self.events.shown() {
            Shown::NeverLoaded | Shown::LoadingSince(_) => return vec![(Role::Dim, "reading the log".to_owned())],
            Shown::Failed(problem) => return vec![(Role::Failure, text::clean(&problem.summary).into_owned())],
            Shown::Value(events, _) if events.is_empty() => {
                return vec![(Role::Dim, "nothing is kept of it".to_owned())];
            }
            Shown::Value(events, _) => events,
        };
        let mut lines = Vec::new();
        for event in events {
            let (role, words) = told(&event.kind);
            let time = event.at.to_zoned(TimeZone::UTC).strftime("%H:%M:%S").to_string();
            let words = text::clean(&words).into_owned();
            for (row, part) in text::wrap(&words, width.saturating_sub(TIME).max(8)).iter().enumerate() {
                let time = if row == 0 { time.as_str() } else { "" };
                lines.push((role, format!("{time:<TIME$}{part}")));
            }
        }
        lines
    }

    pub(super) fn draw(&self, look: Look<'_>, area: Rect, buffer: &mut Buffer) {
        super::clear(area, look, buffer);
        let title = format!("Log of sync {} of {}", self.sync.0, text::clean(&self.project));
        let inside = Frame::new(&title).focused(true).draw(look, area, buffer);
        let width = usize::from(inside.width.saturating_sub(2));
        let (lines, height) = (self.lines(width), height(area));
        let first = lines.len().saturating_sub(height).saturating_sub(self.up);
        for ((role, line), y) in lines.iter().skip(first).take(height).zip(inside.y..) {
            buffer.set_stringn(inside.x + 1, y, line, width, look.style(*role));
        }
        let hint = "times are UTC · enter shows the sync · esc closes".replace('·', look.glyphs.separator);
        let hint = text::truncate(&hint, width, look.glyphs.ellipsis);
        buffer.set_stringn(inside.x + 1, inside.bottom().saturating_sub(1), hint, width, look.style(Role::Dim));
    }
}

/// Rows of the log: the last two of the box are air and a hint.
fn height(area: Rect) -> usize {
    usize::from(area.height.saturating_sub(4))
}

/// One event in words.
fn told(kind: &EventKind) -> (Role, String) {
    match kind {
        EventKind::SyncStarted { cause, .. } => (Role::Text, format!("began ({})", live::cause_word(*cause))),
        EventKind::StageStarted { stage, .. } => (Role::Dim, progress::doing(*stage).to_owned()),
        EventKind::StageFinished { record, .. } => {
            let took = text::duration(record.elapsed_ms);
            let detail = if record.detail.is_empty() { String::new() } else { format!(": {}", record.detail) };
            (Role::Text, format!("{} took {took}{detail}", progress::stage_name(record.stage)))
        }
        EventKind::CancelRequested { .. } => (Role::Warning, "its end was asked for".to_owned()),
        EventKind::SyncFinished { outcome, summary, .. } => {
            let (role, word) = match outcome {
                Outcome::Succeeded => (Role::Success, "ok"),
                Outcome::Partial => (Role::Warning, "partial"),
                Outcome::Failed => (Role::Failure, "failed"),
                Outcome::Cancelled => (Role::Dim, "cancelled"),
            };
            let summary = if summary.is_empty() { String::new() } else { format!(": {summary}") };
            (role, format!("{word}{summary}"))
        }
        EventKind::SyncRefused { problem, .. } => (Role::Failure, format!("could not begin: {}", problem.summary)),
        EventKind::SyncWithdrawn { .. } => (Role::Warning, "cancelled before it began".to_owned()),
        EventKind::FixApplied { title, error: None, .. } => (Role::Success, format!("fix applied: {title}")),
        EventKind::FixApplied { title, error: Some(error), .. } => {
            (Role::Failure, format!("fix not applied: {title}: {error}"))
        }
        EventKind::WorkspaceChanged | EventKind::StoreChanged => (Role::Dim, "the workspace changed".to_owned()),
    }
}
