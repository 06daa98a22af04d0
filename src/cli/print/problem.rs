//! A problem, whole, in words: what, where, why, evidence, the other side's own words, fixes.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use crate::problem::{Action, Excerpt, Fix, Grade, Place, Problem, Severity, Subject, clean, clean_columns};
use crate::store::ProblemId;

use super::{Ink, painted, words};

/// Width of the labels at the left.
const LABEL: usize = 10;
/// Most lines shown of another program's words; `--json` has them all.
const MOST_RAW_LINES: usize = 40;

/// Several lines, without a last line break.
pub(in crate::cli) fn whole(problem: &Problem, id: Option<ProblemId>, width: usize, colors: bool) -> String {
    let mut page = Page { text: String::new(), width, colors };
    page.title(problem, id);
    page.section("why", &problem.cause);
    if let Some(place) = &problem.place {
        page.place(place);
    }
    for evidence in &problem.evidence {
        page.lines(&words(&evidence.label), &evidence.lines);
    }
    if !problem.raw.is_empty() {
        let raw = clean(&problem.raw);
        let mut lines: Vec<String> = raw.lines().take(MOST_RAW_LINES).map(str::to_owned).collect();
        let more = raw.lines().count() - lines.len();
        if more > 0 {
            lines.push(format!("… and {more} more lines"));
        }
        page.lines("in its own words", &lines);
    }
    // Where all are for a person's hands there is nothing to tell apart.
    let some_are_ours = problem.fixes.iter().any(|fix| fix.grade != Grade::Show);
    for (index, fix) in problem.fixes.iter().enumerate() {
        let mark = if some_are_ours && fix.grade == Grade::Show { " (by hand)" } else { "" };
        page.fix(index + 1, fix, mark);
    }
    page.text.truncate(page.text.trim_end().len());
    page.text
}

struct Page {
    text: String,
    width: usize,
    colors: bool,
}

impl Page {
    fn title(&mut self, problem: &Problem, id: Option<ProblemId>) {
        let (severity, ink) = match problem.severity {
            Severity::Error => ("error", Ink::Bad),
            Severity::Warning => ("warning", Ink::Warning),
            Severity::Notice => ("notice", Ink::Dim),
        };
        let code = painted(ink, &format!("{severity} {}", words(problem.code.as_str())), self.colors);
        let number = id.map(|id| format!("problem {}  ", id.0)).unwrap_or_default();
        let subject = subject_in_words(&problem.subject);
        let subject = if subject.is_empty() { subject } else { format!("  {subject}") };
        self.put(&format!("{number}{code}{subject}"));
        for line in wrapped(&words(&problem.summary), self.width.saturating_sub(2)) {
            let line = painted(Ink::Bold, &line, self.colors);
            self.put(&format!("  {line}"));
        }
    }

    /// A label and a text that is broken into lines beside it.
    fn section(&mut self, label: &str, text: &str) {
        let mut label = label;
        for line in wrapped(&words(text), self.width.saturating_sub(LABEL + 2)) {
            self.labelled(label, &line);
            label = "";
        }
    }

    fn place(&mut self, place: &Place) {
        let mut spot = words(&place.file);
        if place.line > 0 {
            let _ = write!(spot, ":{}", place.line);
        }
        if place.line > 0 && place.column > 0 {
            let _ = write!(spot, ":{}", place.column);
        }
        self.labelled("where", &spot);
        if let Some(excerpt) = &place.excerpt {
            self.excerpt(excerpt);
        }
    }

    fn excerpt(&mut self, excerpt: &Excerpt) {
        for (number, line) in (excerpt.first_line..).zip(&excerpt.lines) {
            let line = clean_columns(line);
            let bar = painted(Ink::Dim, &format!("{number:>6} | "), self.colors);
            self.labelled("", &format!("{bar}{line}"));
            if number == excerpt.line && excerpt.width > 0 && excerpt.column > 0 {
                let before: String = line.chars().take(excerpt.column as usize - 1).collect();
                let under: String =
                    line.chars().skip(excerpt.column as usize - 1).take(excerpt.width as usize).collect();
                let marks = painted(Ink::Bad, &"^".repeat(under.width().max(1)), self.colors);
                let bar = painted(Ink::Dim, "       | ", self.colors);
                self.labelled("", &format!("{bar}{}{marks}", " ".repeat(before.width())));
            }
        }
    }

    /// A label on a line of its own, and lines below it as they are.
    fn lines(&mut self, label: &str, lines: &[String]) {
        let label = painted(Ink::Dim, label, self.colors);
        self.put(&format!("  {label}"));
        for line in lines {
            self.labelled("", clean(line).trim_end());
        }
    }

    fn fix(&mut self, number: usize, fix: &Fix, mark: &str) {
        self.section(&format!("fix {number}"), &format!("{}{mark}", fix.title));
        if let Action::Copy { text } = &fix.action {
            for line in clean(text).lines() {
                let line = painted(Ink::Name, line, self.colors);
                self.labelled("", &line);
            }
        }
    }

    fn labelled(&mut self, label: &str, line: &str) {
        let gap = " ".repeat(LABEL.saturating_sub(label.width()));
        let label = painted(Ink::Dim, label, self.colors);
        self.put(format!("  {label}{gap}{line}").trim_end());
    }

    fn put(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// What the problem is about, shortly; nothing for the workspace and the store, which are named by
/// the summary.
pub(in crate::cli) fn subject_in_words(subject: &Subject) -> String {
    match subject {
        Subject::Workspace | Subject::Store => String::new(),
        Subject::Connection { name } | Subject::Project { name } => words(name),
        Subject::Model { project, model } => words(&format!("{project} {model}")),
        Subject::File { project, path } => words(&format!("{project} {path}")),
    }
}

/// Breaks at spaces; a word that is longer than a line stands on one of its own.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
