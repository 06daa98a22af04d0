//! Problems and catalogue entries as lines of text for terminals: wrapped to a width, in ASCII layout,
//! without colours. Every piece has a [`Role`], so that a face can give it a colour of its own.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::catalogue::Entry;
use super::clean::clean_line;
use super::excerpt::{Excerpt, Place};
use super::fix::{Action, Grade};
use super::value::{Problem, Severity, Subject};

/// What a piece of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    Code,
    Severity(Severity),
    /// What the problem is about.
    Subject,
    /// What happened, or an entry's title.
    Title,
    /// The name of a part: "Cause", "Fixes".
    Heading,
    Body,
    /// Another program's own words.
    Raw,
    /// Something found on the spot.
    Evidence,
    /// A file, line and column.
    Place,
    /// A line number or border beside source text.
    Gutter,
    /// Source text.
    Source,
    /// What underlines source text.
    Caret,
    /// A fix's number and grade.
    Grade(Grade),
    /// What a fix does.
    Fix,
    /// Something to copy. Never wrapped, so that it can be copied whole.
    Copy,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub role: Role,
    pub text: String,
}

/// One line; an empty one separates parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    pub spans: Vec<Span>,
}

impl Line {
    /// The line without its roles.
    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}

/// A whole problem: what happened, where, why, with what evidence, and what mends it. `width` is in
/// columns; a narrower one than [`NARROWEST`] is taken as that.
pub fn problem_lines(problem: &Problem, width: usize) -> Vec<Line> {
    let mut page = Page::new(width);
    page.beside([
        (Role::Code, problem.code.as_str()),
        (Role::Severity(problem.severity), severity_word(problem.severity)),
        (Role::Subject, &subject_words(&problem.subject)),
    ]);
    page.wrap("", Role::Title, &problem.summary);
    if let Some(place) = &problem.place {
        page.blank();
        page.place(place);
    }
    if !problem.raw.is_empty() {
        page.heading("Message");
        page.lines("  ", Role::Raw, &problem.raw);
    }
    if !problem.cause.is_empty() {
        page.heading("Cause");
        page.lines("  ", Role::Body, &problem.cause);
    }
    for evidence in &problem.evidence {
        page.heading(&evidence.label);
        for line in &evidence.lines {
            page.wrap("  ", Role::Evidence, line);
        }
    }
    if !problem.fixes.is_empty() {
        page.heading("Fixes");
    }
    for (index, fix) in problem.fixes.iter().enumerate() {
        let detail = match &fix.action {
            Action::Set { key, value, .. } => Some(format!("{key} = {value}")),
            Action::Copy { text } => Some(text.clone()),
            Action::Open { file, line: 0 } => Some(file.clone()),
            Action::Open { file, line } => Some(format!("{file}:{line}")),
            Action::TrustHost { fingerprint, .. } => Some(fingerprint.clone()),
            Action::Sync { .. } | Action::InstallPackages { .. } | Action::Read => None,
        };
        page.fix(index + 1, fix.grade, &fix.title, detail.as_deref());
    }
    page.lines
}

/// An entry of the catalogue, whole: what `ebb explain` prints.
pub fn entry_lines(entry: &Entry, width: usize) -> Vec<Line> {
    let mut page = Page::new(width);
    page.beside([(Role::Code, entry.code.as_str()), (Role::Severity(entry.severity), severity_word(entry.severity))]);
    page.wrap("", Role::Title, &entry.title);
    if !entry.sample.is_empty() {
        page.heading("Looks like");
        page.lines("  ", Role::Raw, &entry.sample);
    }
    page.heading("Cause");
    page.lines("  ", Role::Body, &entry.cause);
    if !entry.see.is_empty() {
        page.heading("See it");
        page.lines("  ", Role::Body, &entry.see);
    }
    page.heading("Fixes");
    for (index, advice) in entry.fixes.iter().enumerate() {
        page.fix(index + 1, advice.grade, &advice.text, advice.copy.as_deref());
    }
    page.lines
}

/// The least width that is laid out for, in columns.
pub const NARROWEST: usize = 20;

/// A severity as it is shown.
pub const fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Notice => "notice",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// A subject in a few words: "project shop", "model model.shop.orders".
pub fn subject_words(subject: &Subject) -> String {
    clean_line(&match subject {
        Subject::Workspace => "configuration".to_owned(),
        Subject::Store => "store".to_owned(),
        Subject::Connection { name } => format!("Git connection {name}"),
        Subject::Source { name } => format!("source {name}"),
        Subject::Project { name } => format!("project {name}"),
        Subject::Model { project, model } => format!("project {project}, {model}"),
        Subject::File { project, path } => format!("project {project}, {path}"),
    })
}

const fn grade_word(grade: Grade) -> &'static str {
    match grade {
        Grade::Safe => "safe",
        Grade::Ask => "ask",
        Grade::Show => "show",
    }
}

/// Lines that grow downwards.
struct Page {
    width: usize,
    lines: Vec<Line>,
}

impl Page {
    fn new(width: usize) -> Self {
        Self { width: width.max(NARROWEST), lines: Vec::new() }
    }

    fn push(&mut self, spans: impl IntoIterator<Item = (Role, String)>) {
        let spans = spans.into_iter().map(|(role, text)| Span { role, text });
        self.lines.push(Line { spans: spans.collect() });
    }

    fn blank(&mut self) {
        self.lines.push(Line::default());
    }

    /// The pieces on one line where they fit, else below each other.
    fn beside<const N: usize>(&mut self, pieces: [(Role, &str); N]) {
        let used: usize = pieces.iter().map(|(_, text)| text.width() + 2).sum();
        if used > self.width + 2 {
            for (role, text) in pieces {
                self.wrap("", role, text);
            }
            return;
        }
        let gap = |index: usize| if index == 0 { "" } else { "  " };
        self.push(pieces.iter().enumerate().map(|(index, (role, text))| (*role, format!("{}{text}", gap(index)))));
    }

    fn heading(&mut self, text: &str) {
        self.blank();
        self.wrap("", Role::Heading, text);
    }

    /// Text of several lines, each wrapped; tabs become spaces.
    fn lines(&mut self, indent: &str, role: Role, text: &str) {
        for line in text.lines() {
            self.wrap(indent, role, &line.replace('\t', "    "));
        }
    }

    fn wrap(&mut self, indent: &str, role: Role, text: &str) {
        for line in wrap(text, self.width - indent.width()) {
            self.push([(role, format!("{indent}{line}"))]);
        }
    }

    fn fix(&mut self, number: usize, grade: Grade, title: &str, detail: Option<&str>) {
        let mut front = format!("{number:>3}. {:<4}  ", grade_word(grade));
        let indent = " ".repeat(front.len());
        for line in wrap(title, self.width - indent.len()) {
            self.push([(Role::Grade(grade), std::mem::replace(&mut front, indent.clone())), (Role::Fix, line)]);
        }
        for line in detail.unwrap_or_default().lines() {
            self.push([(Role::Copy, format!("{indent}{line}"))]);
        }
    }

    fn place(&mut self, place: &Place) {
        let position = match (place.line, place.column) {
            (0, _) => String::new(),
            (line, 0) => format!(":{line}"),
            (line, column) => format!(":{line}:{column}"),
        };
        self.wrap("", Role::Place, &format!("{}{position}", place.file));
        if let Some(excerpt) = &place.excerpt {
            self.excerpt(excerpt);
        }
    }

    /// Source lines with their numbers, and a caret below the one to point at. All are moved to the
    /// left alike when the caret would stand beyond the width.
    fn excerpt(&mut self, excerpt: &Excerpt) {
        let last = excerpt.first_line as usize + excerpt.lines.len();
        let digits = last.to_string().len();
        let room = self.width.saturating_sub(digits + 4).max(8);
        let column = (excerpt.column as usize).saturating_sub(1);
        let skipped = if column + 4 > room { column.saturating_sub(room / 2) } else { 0 };
        for (number, line) in (excerpt.first_line..).zip(&excerpt.lines) {
            let shown: String = cut(&line.chars().skip(skipped).collect::<String>(), room);
            self.push([(Role::Gutter, format!(" {number:>digits$} | ")), (Role::Source, shown)]);
            if number == excerpt.line && excerpt.width > 0 && excerpt.column > 0 {
                let before: String = line.chars().skip(skipped).take(column - skipped).collect();
                let marked: String = line.chars().skip(column).take(excerpt.width as usize).collect();
                let carets = marked.width().max(1).min(room.saturating_sub(before.width()).max(1));
                let caret = format!("{}{}", " ".repeat(before.width()), "^".repeat(carets));
                self.push([(Role::Gutter, format!(" {:>digits$} | ", "")), (Role::Caret, caret)]);
            }
        }
    }
}

/// The text in lines of at most `width` columns, broken at spaces, and inside a word only where the
/// word alone is too wide. Leading spaces of the text are kept; an empty text is one empty line.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let leading: String = text.chars().take_while(|c| *c == ' ').take(width / 2).collect();
    let mut lines = Vec::new();
    let mut line = leading.clone();
    let mut used = leading.len();
    let mut is_start = true;
    for word in text.split_whitespace() {
        let needed = word.width() + usize::from(!is_start);
        if used + needed > width && !is_start {
            lines.push(std::mem::take(&mut line));
            (used, is_start) = (0, true);
        }
        if !is_start {
            line.push(' ');
            used += 1;
        }
        for grapheme in word.graphemes(true) {
            let columns = grapheme.width();
            if used + columns > width && used > 0 {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push_str(grapheme);
            used += columns;
        }
        is_start = false;
    }
    lines.push(line);
    lines
}

/// As much of the text as fits into `width` columns.
fn cut(text: &str, width: usize) -> String {
    let mut used = 0;
    let fits = text.graphemes(true).take_while(|grapheme| {
        used += grapheme.width();
        used <= width
    });
    fits.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Catalogue, Code, Fix};

    fn shown(lines: &[Line]) -> String {
        lines.iter().map(|line| line.text() + "\n").collect()
    }

    fn problem() -> Problem {
        let text = "select *\nfrom {{ ref('ordrs') }}\nwhere 1 = 1\n";
        let subject = Subject::Model { project: "shop".to_owned(), model: "model.shop.daily".to_owned() };
        Problem::new(Code::new("DBT-REF-MISSING"), subject, "models/daily.sql refers to ordrs, which does not exist")
            .with_raw("Model 'model.shop.daily' (models/daily.sql) depends on a node named 'ordrs' which was not found")
            .with_cause("No model, seed or snapshot is called ordrs; the nearest name is orders.")
            .with_place(Place::in_text("models/daily.sql", text, 2, 14, 5))
            .with_evidence("Names like it", vec!["orders".to_owned(), "stg_orders".to_owned()])
            .with_fix(Fix::set_project_key(
                "Set the branch to main and sync again",
                Grade::Ask,
                "shop",
                "branch",
                "main",
                true,
            ))
            .with_fix(Fix::copy("Correct the name in ref()", "{{ ref('orders') }}"))
    }

    #[test]
    fn a_problem_at_72_columns() {
        insta::assert_snapshot!(shown(&problem_lines(&problem(), 72)));
    }

    #[test]
    fn a_problem_at_30_columns() {
        insta::assert_snapshot!(shown(&problem_lines(&problem(), 30)));
    }

    #[test]
    fn an_entry_at_72_columns() {
        let catalogue = Catalogue::builtin();
        let entry = catalogue.entry(&Code::new("DBT-PROJECT-PATH")).unwrap();
        insta::assert_snapshot!(shown(&entry_lines(entry, 72)));
    }

    #[test]
    fn nothing_but_what_is_copied_is_wider_than_asked() {
        let catalogue = Catalogue::builtin();
        for width in [1, NARROWEST, 33, 80, 200] {
            let pages =
                catalogue.entries().map(|entry| entry_lines(entry, width)).chain([problem_lines(&problem(), width)]);
            for line in pages.flatten() {
                let is_copy = line.spans.iter().any(|span| span.role == Role::Copy);
                assert!(is_copy || line.text().width() <= width.max(NARROWEST), "{width}: {:?}", line.text());
            }
        }
    }

    #[test]
    fn the_caret_stays_below_its_word_in_a_long_line_and_under_wide_letters() {
        let long = format!("{}HERE and on", "x".repeat(120));
        let cases = [(long.as_str(), 121, 4), ("模型 HERE", 4, 4), ("HERE", 1, 4)];
        for (text, column, width) in cases {
            let problem = problem().with_place(Place::in_text("a.sql", text, 1, column, width));
            let lines: Vec<String> = problem_lines(&problem, 60).iter().map(Line::text).collect();
            let caret = lines.iter().position(|line| line.contains("^^^^")).unwrap();
            let at = |line: &str, mark: &str| line.find(mark).map(|at| line[..at].width());
            assert_eq!(at(&lines[caret], "^^^^"), at(&lines[caret - 1], "HERE"), "{text}: {lines:#?}");
        }
    }

    #[test]
    fn words_are_broken_only_when_they_must() {
        let cases: [(&str, usize, &[&str]); 6] = [
            ("one two three", 8, &["one two", "three"]),
            ("abcdefghij", 4, &["abcd", "efgh", "ij"]),
            ("to abcdefghij", 6, &["to", "abcdef", "ghij"]),
            ("模型模型", 5, &["模型", "模型"]),
            ("  indented text", 10, &["  indented", "text"]),
            ("", 10, &[""]),
        ];
        for (text, width, expected) in cases {
            assert_eq!(wrap(text, width), expected, "{text:?}");
        }
    }
}
