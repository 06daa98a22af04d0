//! The rows of the troubleshooting pane: open problems, worst and newest first, then mended ones.

use std::borrow::Cow;
use std::cmp::Reverse;

use jiff::Timestamp;

use super::super::filtered_list::Records;
use super::super::words;
use crate::problem::Severity;
use crate::store::{ProblemId, ProblemRecord, ProblemState};
use crate::tui::glyphs::Glyphs;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::filter::Candidates;
use crate::tui::widgets::table::{Cell, Column};

/// The columns, in their order. A narrow list keeps state, code and subject.
pub(super) const COLUMNS: [Column; 6] = [
    Column::fixed("state", 9, 10),
    Column::flexible("code", 16, 18, 9),
    Column::flexible("subject", 12, 24, 8),
    Column::fixed("last met", 10, 7),
    Column::fixed("times", 5, 5).right(),
    Column::flexible("what happened", 20, 90, 6),
];

/// Fields that a filter may ask for.
const FIELDS: [&str; 4] = ["project", "code", "severity", "state"];

/// The problems in the order in which they are shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    pub(super) records: Vec<ProblemRecord>,
    pub(super) revision: u64,
}

impl Rows {
    pub(super) fn replace(&mut self, records: &[ProblemRecord]) {
        self.records = records.to_vec();
        self.records.sort_by_cached_key(order);
        self.revision += 1;
    }

    pub(super) fn get(&self, id: ProblemId) -> Option<&ProblemRecord> {
        self.records.iter().find(|record| record.id == id)
    }
}

fn order(record: &ProblemRecord) -> (bool, Reverse<Severity>, Reverse<Timestamp>, Reverse<ProblemId>) {
    let id = Reverse(record.id);
    match &record.state {
        ProblemState::Open => (false, Reverse(record.problem.severity), Reverse(record.last_at), id),
        // What was mended last stands first, whatever it was.
        ProblemState::Mended { at, .. } => (true, Reverse(Severity::Error), Reverse(*at), id),
    }
}

impl Candidates for Rows {
    fn len(&self) -> usize {
        self.records.len()
    }

    fn text(&self, index: usize) -> Cow<'_, str> {
        let Some(record) = self.records.get(index) else { return Cow::Borrowed("") };
        let problem = &record.problem;
        Cow::Owned(format!("{} {} {}", problem.code, words::subject(&problem.subject), problem.summary))
    }

    fn fields(&self) -> &[&str] {
        &FIELDS
    }

    fn each_value(&self, index: usize, field: &str, take: &mut dyn FnMut(&str)) {
        let Some(record) = self.records.get(index) else { return };
        let problem = &record.problem;
        match field {
            "project" => problem.subject.project().into_iter().for_each(take),
            "code" => take(problem.code.as_str()),
            "severity" => take(words::severity(problem.severity, &Glyphs::ascii()).word),
            "state" => take(if record.state == ProblemState::Open { "open" } else { "mended" }),
            _ => {}
        }
    }
}

impl Records for Rows {
    type Id = ProblemId;

    fn id_at(&self, index: usize) -> Option<ProblemId> {
        self.records.get(index).map(|record| record.id)
    }

    fn revision(&self) -> u64 {
        self.revision
    }
}

/// One cell for each of [`COLUMNS`].
pub(super) fn cells(record: &ProblemRecord, now: Timestamp, glyphs: &Glyphs) -> Vec<Cell> {
    let problem = &record.problem;
    let open = record.state == ProblemState::Open;
    let state = if open { words::severity(problem.severity, glyphs) } else { words::mended(glyphs) };
    let text_role = if open { Role::Text } else { Role::Dim };
    let times = if record.occurrences > 1 { text::number(record.occurrences) } else { String::new() };
    vec![
        (state.role, format!("{} {}", state.glyph, state.word)),
        (text_role, text::clean(problem.code.as_str()).into_owned()),
        (text_role, text::clean(&words::subject(&problem.subject)).into_owned()),
        (Role::Dim, text::ago(record.last_at, now)),
        (Role::Dim, times),
        (text_role, text::clean(&problem.summary).into_owned()),
    ]
}

/// The row as people paste it: its cells separated by tabs.
pub(super) fn tab_separated(record: &ProblemRecord) -> String {
    let problem = &record.problem;
    let id = record.id.0.to_string();
    [
        id.as_str(),
        problem.code.as_str(),
        words::severity(problem.severity, &Glyphs::ascii()).word,
        &words::subject(&problem.subject),
        if record.state == ProblemState::Open { "open" } else { "mended" },
        &record.last_at.to_string(),
        &record.occurrences.to_string(),
        &problem.summary,
    ]
    .join("\t")
}
