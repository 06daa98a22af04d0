//! Markdown's events, one after the other, become lines.

use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};

use super::table::Table;
use super::wrapping::wrapped;
use crate::tui::glyphs::Glyphs;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::highlight;
use crate::tui::widgets::role_line::RoleLine;

/// Levels of lists and quotes that are indented; deeper ones stand where the last of these does.
const DEEPEST: usize = 8;
/// Cells that are left for text at least, whatever is around it.
const NARROWEST: usize = 4;
/// Letters of a link's address that are shown.
const LONGEST_ADDRESS: usize = 120;
/// Lines that one text may have.
const MOST_LINES: usize = 20_000;

/// What stands in front of the lines of a list item or a quote.
#[derive(Debug)]
struct Lead {
    /// In front of its first line, once: a bullet, a number.
    first: Option<String>,
    /// In front of the others.
    rest: String,
}

/// A code block while it is read.
#[derive(Debug)]
struct Code {
    is_sql: bool,
    text: String,
}

/// Writes the lines of a text.
#[derive(Debug)]
pub(super) struct Writer<'s> {
    source: &'s str,
    width: usize,
    glyphs: &'s Glyphs,
    lines: Vec<RoleLine>,
    /// The paragraph, heading or cell that is being read.
    line: RoleLine,
    roles: Vec<Role>,
    leads: Vec<Lead>,
    /// For each open list the number of its next item, where it counts.
    lists: Vec<Option<u64>>,
    addresses: Vec<String>,
    code: Option<Code>,
    table: Option<Table>,
}

impl<'s> Writer<'s> {
    pub(super) fn new(source: &'s str, width: usize, glyphs: &'s Glyphs) -> Self {
        Self {
            source,
            width,
            glyphs,
            lines: Vec::new(),
            line: RoleLine::new(),
            roles: Vec::new(),
            leads: Vec::new(),
            lists: Vec::new(),
            addresses: Vec::new(),
            code: None,
            table: None,
        }
    }

    /// The next event, which begins at byte `at` of the source.
    pub(super) fn take(&mut self, event: Event<'_>, at: usize) {
        if self.lines.len() > MOST_LINES {
            return;
        }
        match event {
            Event::Start(tag) => self.begin(tag, at),
            Event::End(tag) => self.end(tag),
            Event::Text(words) => self.words(&words),
            Event::Code(words) => self.line.push(Role::SqlString, &words),
            Event::SoftBreak => self.push(" "),
            Event::HardBreak => self.flush(),
            Event::Rule => {
                self.gap(at);
                let rule = self.glyphs.horizontal.repeat(self.room().min(40));
                self.line.push(Role::Dim, &rule);
                self.flush();
            }
            Event::Html(html) | Event::InlineHtml(html) => self.html(&html),
            Event::TaskListMarker(done) => self.line.push(Role::Accent, if done { "[x] " } else { "[ ] " }),
            Event::FootnoteReference(words) | Event::InlineMath(words) | Event::DisplayMath(words) => self.push(&words),
        }
    }

    pub(super) fn finish(mut self) -> Vec<RoleLine> {
        self.flush();
        while self.lines.last().is_some_and(|line| line.text().trim().is_empty()) {
            self.lines.pop();
        }
        self.lines
    }

    fn begin(&mut self, tag: Tag<'_>, at: usize) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.gap(at),
            Tag::Heading { .. } => {
                self.gap(at);
                self.roles.push(Role::Title);
            }
            Tag::BlockQuote(_) => {
                self.gap(at);
                let bar = format!("{} ", self.glyphs.vertical);
                self.indent(None, bar);
            }
            Tag::CodeBlock(kind) => {
                self.gap(at);
                let is_sql = matches!(&kind, CodeBlockKind::Fenced(word) if word.trim().eq_ignore_ascii_case("sql"));
                self.code = Some(Code { is_sql, text: String::new() });
            }
            Tag::List(first) => {
                self.flush();
                self.lists.push(first);
            }
            Tag::Item => {
                self.gap(at);
                self.begin_item();
            }
            Tag::Table(_) => {
                self.gap(at);
                self.table = Some(Table::default());
            }
            Tag::TableRow => {
                if let Some(table) = &mut self.table {
                    table.begin_row();
                }
            }
            Tag::Emphasis => self.roles.push(Role::Emphasis),
            Tag::Strong => self.roles.push(Role::Title),
            Tag::Strikethrough => self.roles.push(Role::Disabled),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.roles.push(Role::Link);
                self.addresses.push(dest_url.into_string());
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.flush(),
            TagEnd::Heading(_) => {
                self.roles.pop();
                self.flush();
            }
            TagEnd::BlockQuote(_) | TagEnd::Item => {
                self.flush();
                self.leads.pop();
            }
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.line);
                if let Some(table) = &mut self.table {
                    table.push(cell);
                }
            }
            TagEnd::Table => {
                let lines = self.table.take().map(|table| table.lines(self.room(), self.glyphs)).unwrap_or_default();
                self.put(lines);
            }
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {
                self.roles.pop();
            }
            TagEnd::Link | TagEnd::Image => self.end_link(),
            _ => {}
        }
    }

    fn begin_item(&mut self) {
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                let mark = format!("{number}. ");
                *number = number.saturating_add(1);
                mark
            }
            _ => format!("{} ", self.glyphs.bullet),
        };
        let rest = " ".repeat(text::width(&mark));
        self.indent(Some(mark), rest);
    }

    /// Sets in what follows; not where it is too deep, or would have no room.
    fn indent(&mut self, first: Option<String>, rest: String) {
        let has_room = self.leads.len() < DEEPEST && self.room() >= text::width(&rest) + NARROWEST;
        self.leads.push(if has_room { Lead { first, rest } } else { Lead { first: None, rest: String::new() } });
    }

    fn end_link(&mut self) {
        self.roles.pop();
        let Some(address) = self.addresses.pop() else { return };
        // An address in angle brackets is its own text; one within the page leads nowhere here.
        let is_shown = self.line.text().ends_with(&address) || address.starts_with('#');
        if !is_shown && !address.is_empty() {
            let address = text::truncate(&address, LONGEST_ADDRESS, self.glyphs.ellipsis).into_owned();
            self.line.push(Role::Dim, &format!(" ({address})"));
        }
    }

    fn end_code(&mut self) {
        let Some(code) = self.code.take() else { return };
        let rows = if code.is_sql {
            highlight::sql(&code.text)
        } else {
            code.text.lines().map(|line| RoleLine::of(Role::SqlString, line)).collect()
        };
        let room = self.room();
        let rows = rows.iter().map(|row| {
            let indented = RoleLine::of(Role::Text, "  ").with_line(row);
            indented.truncated(room, self.glyphs.ellipsis)
        });
        let rows = rows.collect();
        self.put(rows);
    }

    fn words(&mut self, words: &str) {
        match &mut self.code {
            Some(code) => code.text.push_str(words),
            None => self.push(words),
        }
    }

    /// A line break is one; what else HTML says stays as it was written.
    fn html(&mut self, html: &str) {
        match html.trim().to_ascii_lowercase().as_str() {
            "<br>" | "<br/>" | "<br />" => self.flush(),
            _ => self.line.push(Role::Dim, html.trim_end_matches('\n')),
        }
    }

    fn push(&mut self, words: &str) {
        let role = self.roles.last().copied().unwrap_or(Role::Text);
        self.line.push(role, words);
    }

    /// Cells for text behind what stands in front of it.
    fn room(&self) -> usize {
        let taken: usize = self.leads.iter().map(|lead| text::width(&lead.rest)).sum();
        self.width.saturating_sub(taken).max(1)
    }

    /// Ends what is being read, and leaves an empty line where the source has one above `at`.
    fn gap(&mut self, at: usize) {
        self.flush();
        let is_wanted = self.lines.last().is_some_and(|line| !line.text().is_empty());
        let above = self.source.get(..at).unwrap_or_default().trim_end_matches(['>', ' ', '\t']);
        let is_blank = |line: &str| line.trim_matches(['>', ' ', '\t']).is_empty();
        let line_above = above.strip_suffix('\n').map(|above| above.rsplit('\n').next().unwrap_or_default());
        // The mark of an item that has no line yet stands in front of its first one.
        let is_first = self.leads.last().is_some_and(|lead| lead.first.is_some());
        if is_wanted && !is_first && line_above.is_some_and(is_blank) {
            self.lines.push(RoleLine::new());
        }
    }

    fn flush(&mut self) {
        let line = std::mem::take(&mut self.line);
        if !line.text().is_empty() {
            let rows = wrapped(&line, self.room());
            self.put(rows);
        }
    }

    /// Adds lines with what stands in front of them.
    fn put(&mut self, rows: Vec<RoleLine>) {
        for row in rows {
            let mut line = RoleLine::new();
            for lead in &mut self.leads {
                let before = lead.first.take().unwrap_or_else(|| lead.rest.clone());
                line.push(Role::Dim, &before);
            }
            line.append(&row);
            self.lines.push(line);
        }
    }
}
