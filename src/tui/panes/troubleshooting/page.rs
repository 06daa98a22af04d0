//! A problem as a page: what happened and what mends it come first, then why, where, the evidence, and
//! the raw message as a whole.

use jiff::Timestamp;

use super::super::page::Page;
use super::super::words;
use crate::problem::{Excerpt, Place, Problem};
use crate::store::{ProblemRecord, ProblemState};
use crate::tui::glyphs::Glyphs;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::role_line::RoleLine;
use crate::tui::widgets::textview::Document;

/// Cells of the words that say how far a fix goes by itself.
const GRADE: usize = 8;

/// The page about a problem. `chosen` is the fix that the key would apply; `key` is that key.
pub(super) fn page(
    record: &ProblemRecord,
    chosen: Option<(usize, &str)>,
    width: usize,
    now: Timestamp,
    glyphs: &Glyphs,
) -> Document {
    let problem = &record.problem;
    let mut page = Page::new(width);
    head(&mut page, record, now, glyphs);
    fixes(&mut page, record, chosen, glyphs);
    if !problem.cause.is_empty() {
        page.heading("why");
        page.prose(Role::Text, 2, &problem.cause);
    }
    if let Some(place) = &problem.place {
        page.heading("where");
        self::place(&mut page, place, glyphs);
    }
    evidence(&mut page, problem);
    if !problem.raw.is_empty() {
        page.heading("the message, whole");
        page.verbatim(Role::Text, 2, &problem.raw);
    }
    page.heading("more");
    page.prose(Role::Dim, 2, &format!("ebb explain {} tells all that is known of this code", problem.code));
    page.into_document()
}

fn head(page: &mut Page, record: &ProblemRecord, now: Timestamp, glyphs: &Glyphs) {
    let problem = &record.problem;
    let shown = words::severity(problem.severity, glyphs);
    let role = if record.state == ProblemState::Open { shown.role } else { Role::Dim };
    let mut facts = vec![words::subject(&problem.subject)];
    if record.occurrences > 1 {
        facts.push(format!("met {} times", text::number(record.occurrences)));
    }
    facts.push(text::ago(record.last_at, now));
    let separator = format!(" {} ", glyphs.separator);
    if let ProblemState::Mended { at, how } = &record.state {
        let mended = words::mended(glyphs);
        let mark = RoleLine::of(mended.role, format!("{} {} ", mended.glyph, mended.word));
        let how = if how.is_empty() { String::new() } else { format!(": {how}") };
        page.item(&mark, Role::Success, &format!("{}{how}", text::ago(*at, now)));
    }
    let title = if record.state == ProblemState::Open { Role::Title } else { Role::Dim };
    page.item(&RoleLine::new(), title, &problem.summary);
    page.line(
        RoleLine::of(role, format!("{} {} ", shown.glyph, shown.word))
            .with(Role::Text, text::clean(problem.code.as_str()))
            .with(Role::Dim, text::clean(&format!("{separator}{}", facts.join(&separator)))),
    );
}

/// Numbered, each with how far it goes by itself; the one that the key applies is marked.
fn fixes(page: &mut Page, record: &ProblemRecord, chosen: Option<(usize, &str)>, glyphs: &Glyphs) {
    let fixes = &record.problem.fixes;
    if fixes.is_empty() {
        return;
    }
    page.heading(if record.state == ProblemState::Open { "fixes" } else { "fixes that were offered" });
    for (index, fix) in fixes.iter().enumerate() {
        let here = chosen.is_some_and(|(chosen, _)| chosen == index);
        let (grade_role, grade) = words::grade(fix.grade);
        let mark = RoleLine::of(Role::BorderFocused, if here { glyphs.marker } else { " " })
            .with(Role::Key, format!("{} ", index + 1))
            .with(grade_role, format!("{grade:<GRADE$}"));
        let role = if here { Role::Title } else { Role::Text };
        let key = chosen.filter(|_| here).map(|(_, key)| format!(" [{key}]")).unwrap_or_default();
        page.item(&mark, role, &format!("{}{key}", fix.title));
    }
}

fn place(page: &mut Page, place: &Place, glyphs: &Glyphs) {
    let mut words = place.file.clone();
    for number in [place.line, place.column].iter().take_while(|number| **number > 0) {
        words.extend([":", &number.to_string()]);
    }
    page.prose(Role::Link, 2, &words);
    if let Some(excerpt) = &place.excerpt {
        self::excerpt(page, excerpt, glyphs);
    }
}

/// Lines of the file with their numbers, and carets under what is meant.
fn excerpt(page: &mut Page, excerpt: &Excerpt, glyphs: &Glyphs) {
    let last = excerpt.first_line.saturating_add(excerpt.lines.len() as u32);
    let width = last.max(1).ilog10() as usize + 1;
    for (line, number) in excerpt.lines.iter().zip(excerpt.first_line..) {
        let here = number == excerpt.line;
        let (role, marker) = if here { (Role::Text, glyphs.right) } else { (Role::Dim, " ") };
        page.line(
            RoleLine::of(Role::Failure, format!("  {marker} "))
                .with(Role::Dim, format!("{number:>width$} {} ", glyphs.vertical))
                .with(role, text::clean(line)),
        );
        if let Some((before, under)) = carets(line, excerpt).filter(|_| here) {
            page.line(
                RoleLine::of(Role::Dim, format!("    {:width$} {} ", "", glyphs.vertical))
                    .with(Role::Failure, format!("{:before$}{}", "", glyphs.caret.repeat(under))),
            );
        }
    }
}

/// Cells in front of the carets, and how many; none where nothing is to be underlined.
fn carets(line: &str, excerpt: &Excerpt) -> Option<(usize, usize)> {
    let before: String = line.chars().take((excerpt.column as usize).checked_sub(1)?).collect();
    let meant: String = line.chars().skip(before.chars().count()).take(excerpt.width as usize).collect();
    if excerpt.width == 0 {
        return None;
    }
    let start = text::width(&text::clean(&before));
    // Tabs make later text wider, so what is meant is measured together with what stands before it.
    let end = text::width(&text::clean(&format!("{before}{meant}")));
    Some((start, end.saturating_sub(start).max(1)))
}

fn evidence(page: &mut Page, problem: &Problem) {
    if problem.evidence.is_empty() {
        return;
    }
    page.heading("evidence");
    for evidence in &problem.evidence {
        page.prose(Role::Text, 2, &evidence.label);
        for line in &evidence.lines {
            page.verbatim(Role::Accent, 4, line);
        }
    }
}

/// The page as plain text, for a ticket.
pub(super) fn report(record: &ProblemRecord, now: Timestamp) -> String {
    let document = page(record, None, 100, now, &Glyphs::ascii());
    let lines: Vec<&str> = document.lines().iter().map(RoleLine::text).collect();
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests;
