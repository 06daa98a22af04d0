//! `ebb problems`: what is wrong now, a line each; `ebb fix` shows one whole.

use crate::problem::Severity;
use crate::problem::text::subject_words;
use crate::store::{ProblemFilter, ProblemRecord, ProblemState};

use super::Exit;
use super::arguments::Problems;
use super::failure::Failure;
use super::print::{Cell, Ink, Output, Table};
use super::session::Session;

pub(super) fn run(session: &Session, problems: &Problems, output: &mut Output) -> Result<Exit, Failure> {
    let opened = session.open_and_read()?;
    if let Some(project) = &problems.project {
        opened.known_project(project)?;
    }
    let filter =
        ProblemFilter { project: problems.project.clone(), open_only: !problems.all, ..ProblemFilter::default() };
    let found = opened.engine.problems(&filter)?;
    if output.json {
        output.json_lines(&found)?;
        return Ok(Exit::Done);
    }
    if found.is_empty() {
        output.remark("No problem is open")?;
        return Ok(Exit::Done);
    }
    let mut table = Table::with_head(&["problem", "", "code", "about", "what"]);
    for found in &found {
        table.row(short(found));
    }
    output.table(&table)?;
    output.remark("`ebb fix PROBLEM` shows one whole and applies its fix")?;
    Ok(Exit::Done)
}

/// A problem in one line: number, severity or state, code, subject, summary.
pub(super) fn short(found: &ProblemRecord) -> [Cell; 5] {
    let (word, ink) = match (&found.state, found.problem.severity) {
        (ProblemState::Mended { .. }, _) => ("mended", Ink::Good),
        (ProblemState::Open, Severity::Error) => ("error", Ink::Bad),
        (ProblemState::Open, Severity::Warning) => ("warning", Ink::Warning),
        (ProblemState::Open, Severity::Notice) => ("notice", Ink::Dim),
    };
    [
        Cell::figure(found.id.0.to_string()),
        Cell::new(word).ink(ink),
        Cell::new(found.problem.code.as_str()).ink(Ink::Bold),
        Cell::new(subject_words(&found.problem.subject)),
        Cell::new(&found.problem.summary),
    ]
}
