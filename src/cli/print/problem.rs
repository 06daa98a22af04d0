//! Problems and catalogue entries in the inks of a terminal. Their words are laid out by
//! `problem::text`, the same for every face.

use crate::problem::text::{Line, Role, Span, entry_lines, problem_lines};
use crate::problem::{Entry, Grade, Problem, Severity, clean_columns};
use crate::store::ProblemId;

use super::{Ink, painted};

/// A problem, whole, in lines of at most `width` columns; without a last line break.
pub(in crate::cli) fn whole(problem: &Problem, id: Option<ProblemId>, width: usize, colors: bool) -> String {
    let mut lines = problem_lines(problem, width);
    if let (Some(id), Some(first)) = (id, lines.first_mut()) {
        first.spans.insert(0, Span { role: Role::Heading, text: format!("problem {}  ", id.0) });
    }
    page(&lines, colors)
}

/// An entry of the catalogue, likewise.
pub(in crate::cli) fn entry(entry: &Entry, width: usize, colors: bool) -> String {
    page(&entry_lines(entry, width), colors)
}

fn page(lines: &[Line], colors: bool) -> String {
    let painted = |span: &Span| painted(ink(span.role), &clean_columns(&span.text), colors);
    let lines: Vec<String> = lines.iter().map(|line| line.spans.iter().map(painted).collect()).collect();
    lines.join("\n")
}

fn ink(role: Role) -> Ink {
    match role {
        Role::Code | Role::Title => Ink::Bold,
        Role::Severity(Severity::Error) | Role::Caret => Ink::Bad,
        Role::Severity(Severity::Notice) | Role::Heading | Role::Gutter | Role::Grade(Grade::Show) => Ink::Dim,
        Role::Grade(Grade::Safe) => Ink::Good,
        Role::Severity(Severity::Warning) | Role::Grade(Grade::Ask) => Ink::Warning,
        Role::Place | Role::Copy => Ink::Name,
        Role::Subject | Role::Body | Role::Raw | Role::Evidence | Role::Source | Role::Fix => Ink::Plain,
    }
}
