//! The rows of the history: recorded syncs newest first, and what runs but is not recorded yet.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;

use super::super::filtered_list::Records;
use super::super::words::{self, Shown};
use crate::store::{SyncId, SyncRecord, SyncState};
use crate::tui::glyphs::Glyphs;
use crate::tui::live;
use crate::tui::state::{Running, Work};
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::filter::Candidates;
use crate::tui::widgets::progress;
use crate::tui::widgets::table::{Cell, Column};

/// The columns, in their order. A narrow list keeps state, project, time and counts.
pub(super) const COLUMNS: [Column; 8] = [
    Column::fixed("state", 11, 10),
    Column::flexible("project", 8, 14, 9),
    Column::fixed("when", 10, 8),
    Column::fixed("models", 10, 7),
    Column::fixed("took", 9, 5).right(),
    Column::fixed("cause", 13, 4),
    Column::fixed("commit", 7, 3),
    Column::flexible("what happened", 24, 90, 6),
];

/// Fields that a filter may ask for.
const FIELDS: [&str; 3] = ["project", "state", "cause"];

/// All syncs to show. Cheap to clone; a new value has another revision.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    pub(super) syncs: Arc<[SyncRecord]>,
    pub(super) revision: u64,
    /// Newer records have been loaded than these were made of.
    pub(super) stale: bool,
}

impl Rows {
    /// Takes recorded syncs over; what runs and is not among them stands in front.
    pub(super) fn replace(&mut self, recorded: &[SyncRecord], work: &Work) {
        let mut syncs: Vec<SyncRecord> = unrecorded(recorded, work).collect();
        syncs.extend(recorded.iter().cloned());
        // Newest first, whatever the order of the answer; a number is given when a sync begins.
        syncs.sort_by_key(|sync| std::cmp::Reverse(sync.id));
        self.set(syncs);
    }

    /// Puts in front what began since. What has ended stays until it is recorded.
    pub(super) fn add_running(&mut self, work: &Work) {
        let mut new: Vec<SyncRecord> = unrecorded(&self.syncs, work).collect();
        if !new.is_empty() {
            new.sort_by_key(|sync| std::cmp::Reverse(sync.id));
            new.extend(self.syncs.iter().cloned());
            self.set(new);
        }
    }

    fn set(&mut self, syncs: Vec<SyncRecord>) {
        self.syncs = syncs.into();
        self.revision += 1;
        self.stale = false;
    }

    pub(super) fn get(&self, id: SyncId) -> Option<&SyncRecord> {
        self.syncs.iter().find(|sync| sync.id == id)
    }
}

fn unrecorded<'a>(recorded: &'a [SyncRecord], work: &'a Work) -> impl Iterator<Item = SyncRecord> + 'a {
    let known = |id: SyncId| recorded.iter().any(|sync| sync.id == id);
    work.running.iter().filter(move |running| !known(running.sync)).map(record_of)
}

/// A running sync as a record, as far as it goes.
fn record_of(running: &Running) -> SyncRecord {
    SyncRecord {
        id: running.sync,
        project: running.project.clone(),
        cause: running.cause,
        state: SyncState::Running,
        started_at: running.started_at,
        finished_at: None,
        branch: String::new(),
        commit: None,
        stages: running.finished.clone(),
        counts: crate::store::SyncCounts::default(),
        summary: String::new(),
        unchanged: false,
    }
}

impl Candidates for Rows {
    fn len(&self) -> usize {
        self.syncs.len()
    }

    fn text(&self, index: usize) -> Cow<'_, str> {
        let Some(sync) = self.syncs.get(index) else { return Cow::Borrowed("") };
        let commit = sync.commit.as_ref().map_or("", |commit| short_commit(&commit.id));
        Cow::Owned(format!("{} {commit} {}", sync.project, sync.summary))
    }

    fn fields(&self) -> &[&str] {
        &FIELDS
    }

    fn each_value(&self, index: usize, field: &str, take: &mut dyn FnMut(&str)) {
        let Some(sync) = self.syncs.get(index) else { return };
        match field {
            "project" => take(&sync.project),
            "state" => take(words::sync_state(sync.state, &Glyphs::ascii()).word),
            "cause" => take(live::cause_word(sync.cause)),
            _ => {}
        }
    }
}

/// Ten digits say nothing that seven do not.
pub(super) fn short_commit(id: &str) -> &str {
    id.get(..7).unwrap_or(id)
}

/// Milliseconds from begin to end; none while it runs.
pub(super) fn took(sync: &SyncRecord) -> Option<u64> {
    let finished = sync.finished_at?;
    u64::try_from(finished.as_millisecond() - sync.started_at.as_millisecond()).ok()
}

/// `+2 ~1`, without what there is none of.
pub(super) fn changes(sync: &SyncRecord) -> String {
    let counts = &sync.counts;
    match sync.state {
        SyncState::Running | SyncState::Failed | SyncState::Cancelled | SyncState::Interrupted => String::new(),
        SyncState::Succeeded | SyncState::Partial => {
            let all = [("+", counts.added), ("~", counts.changed), ("-", counts.removed)];
            let some: Vec<String> =
                all.iter().filter(|(_, count)| *count > 0).map(|(sign, count)| format!("{sign}{count}")).collect();
            if some.is_empty() { "no change".to_owned() } else { some.join(" ") }
        }
    }
}

impl Records for Rows {
    type Id = SyncId;

    fn id_at(&self, index: usize) -> Option<SyncId> {
        self.syncs.get(index).map(|sync| sync.id)
    }

    fn revision(&self) -> u64 {
        self.revision
    }
}

/// One cell for each of [`COLUMNS`].
pub(super) fn cells(
    sync: &SyncRecord,
    running: Option<&Running>,
    turn: &'static str,
    now: Timestamp,
    glyphs: &Glyphs,
) -> Vec<Cell> {
    let Shown { role, glyph, word } = words::sync_state(sync.state, glyphs);
    let state = match running {
        Some(running) if running.cancelling => (Role::Running, format!("{turn} cancelling")),
        Some(_) => (Role::Running, format!("{turn} running")),
        None => (role, format!("{glyph} {word}")),
    };
    let summary = match running {
        Some(running) => running.stage.map_or("starting", progress::doing).to_owned(),
        None => text::clean(&sync.summary).into_owned(),
    };
    let took = match running {
        Some(_) => elapsed(sync, now),
        None => took(sync).map(text::duration).unwrap_or_default(),
    };
    vec![
        state,
        (Role::Text, text::clean(&sync.project).into_owned()),
        (Role::Dim, text::ago(sync.started_at, now)),
        (Role::Text, changes(sync)),
        (Role::Dim, took),
        (Role::Dim, live::cause_word(sync.cause).to_owned()),
        (Role::Dim, sync.commit.as_ref().map_or("", |commit| short_commit(&commit.id)).to_owned()),
        (Role::Text, summary),
    ]
}

/// Milliseconds of so many syncs of the same project up to this one that came to their end, oldest
/// first.
pub(super) fn recent(syncs: &[SyncRecord], sync: &SyncRecord, most: usize) -> Vec<u64> {
    let whole = |record: &&SyncRecord| {
        record.project == sync.project
            && record.id <= sync.id
            && matches!(record.state, SyncState::Succeeded | SyncState::Partial)
    };
    let mut times: Vec<u64> = syncs.iter().filter(whole).filter_map(took).take(most).collect();
    times.reverse();
    times
}

fn elapsed(sync: &SyncRecord, now: Timestamp) -> String {
    text::seconds(u64::try_from(now.as_millisecond() - sync.started_at.as_millisecond()).unwrap_or(0))
}

/// The row as people paste it: its cells separated by tabs.
pub(super) fn tab_separated(sync: &SyncRecord) -> String {
    let finished = sync.finished_at.map(|at| at.to_string()).unwrap_or_default();
    let commit = sync.commit.as_ref().map_or("", |commit| commit.id.as_str());
    [
        &sync.id.0.to_string(),
        &sync.project,
        words::sync_state(sync.state, &Glyphs::ascii()).word,
        live::cause_word(sync.cause),
        &sync.started_at.to_string(),
        &finished,
        commit,
        &sync.summary,
    ]
    .join("\t")
}
