//! The columns of a model as a table: name, type, description, tests, constraints, tags and meta.

use crate::store::{ColumnRecord, ModelRecord, TestRecord, plain};
use crate::tui::panes::PaneContext;
use crate::tui::panes::models::sheet::Sheet;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::markdown;
use crate::tui::widgets::role_line::RoleLine;

/// Widest column of data types, in cells.
const WIDEST_TYPE: usize = 16;
/// A description narrower than this stands below the name instead of beside it.
const NARROWEST: usize = 28;

/// Cells of the table's columns.
struct Widths {
    name: usize,
    kind: usize,
    /// Cells in front of descriptions and tests, and cells for them.
    indent: usize,
    rest: usize,
    /// Whether a description begins on the line of the name.
    beside: bool,
}

impl Widths {
    fn of(columns: &[ColumnRecord], width: usize) -> Self {
        let widest = |values: &mut dyn Iterator<Item = usize>, most: usize| values.max().unwrap_or(0).min(most);
        let name = widest(&mut columns.iter().map(|column| text::width(&column.name)), width / 3).max(4);
        let kind = widest(&mut columns.iter().map(|column| text::width(&column.data_type)), WIDEST_TYPE);
        let hanging = name + kind + if kind == 0 { 2 } else { 4 };
        let beside = width.saturating_sub(hanging) >= NARROWEST;
        let indent = if beside { hanging } else { 2 };
        Self { name, kind, indent, rest: width.saturating_sub(indent), beside }
    }
}

pub(super) fn sheet(record: &ModelRecord, width: usize, context: &PaneContext<'_>) -> Sheet {
    let mut sheet = Sheet::default();
    if !record.tests.is_empty() || !record.constraints.is_empty() {
        sheet.push(RoleLine::of(Role::Label, "On the whole"));
        let widths = Widths { name: 0, kind: 0, indent: 2, rest: width.saturating_sub(2), beside: true };
        constraints(&mut sheet, &record.constraints, &widths);
        tests(&mut sheet, &record.tests, &widths, context);
        sheet.push(RoleLine::new());
    }
    if record.columns.is_empty() {
        sheet.push(RoleLine::of(Role::Dim, "no columns are described in the project's YAML"));
        return sheet;
    }
    let widths = Widths::of(&record.columns, width);
    for described in &record.columns {
        column(&mut sheet, described, &widths, context);
    }
    sheet
}

fn column(sheet: &mut Sheet, column: &ColumnRecord, widths: &Widths, context: &PaneContext<'_>) {
    let cell = |value: &str, cells: usize| text::pad(&text::clean(value), cells, context.glyphs.ellipsis).into_owned();
    let mut head = RoleLine::of(Role::Text, cell(&column.name, widths.name));
    if widths.kind > 0 {
        head.push(Role::Dim, &format!("  {}", cell(&column.data_type, widths.kind)));
    }
    let mut description = markdown::lines(&column.description, widths.rest, context.glyphs).into_iter();
    if widths.beside {
        head.push(Role::Text, "  ");
        head.append(&description.next().unwrap_or_default());
    }
    sheet.push(head);
    sheet.extend(description.map(|line| indented(widths, &line)));
    constraints(sheet, &column.constraints, widths);
    tests(sheet, &column.tests, widths, context);
    let mut notes: Vec<String> = column.tags.iter().map(|tag| format!("tag {tag}")).collect();
    notes.extend(column.meta.iter().map(|(key, value)| format!("{key}: {}", plain(value))));
    wrapped(sheet, Role::Dim, &notes.join(", "), widths);
}

fn indented(widths: &Widths, line: &RoleLine) -> RoleLine {
    RoleLine::of(Role::Text, " ".repeat(widths.indent)).with_line(line)
}

fn wrapped(sheet: &mut Sheet, role: Role, words: &str, widths: &Widths) {
    if !words.is_empty() {
        let rows = text::wrap(&text::clean(words), widths.rest);
        sheet.extend(rows.iter().map(|row| indented(widths, &RoleLine::of(role, row))));
    }
}

fn constraints(sheet: &mut Sheet, constraints: &[String], widths: &Widths) {
    wrapped(sheet, Role::Accent, &constraints.join(", "), widths);
}

/// Tests that are given nothing share a line; each of the others has its own. Every name leads to its test.
fn tests(sheet: &mut Sheet, tests: &[TestRecord], widths: &Widths, context: &PaneContext<'_>) {
    let mark = indented(widths, &RoleLine::of(Role::Success, format!("{} ", context.glyphs.check)));
    let room = widths.rest.saturating_sub(2).max(1);
    let (simple, given): (Vec<_>, Vec<_>) =
        tests.iter().partition(|test| test.arguments.is_empty() && test.severity.is_none());
    let mut line = mark.clone();
    for test in simple {
        let name = text::clean(&test.name);
        let name = text::truncate(&name, room, context.glyphs.ellipsis);
        let used = line.width() - mark.width();
        if used > 0 && used + 2 + text::width(&name) > room {
            sheet.push(std::mem::replace(&mut line, mark.clone()));
        } else if used > 0 {
            line.push(Role::Dim, ", ");
        }
        let start = line.text().len();
        line.push(Role::Dim, &name);
        sheet.link(start..line.text().len(), &test.unique_id);
    }
    if line.width() > mark.width() {
        sheet.push(line);
    }
    for test in given {
        for (index, row) in text::wrap(&text::clean(&test.to_string()), room).iter().enumerate() {
            let lead = if index == 0 { mark.clone() } else { indented(widths, &RoleLine::of(Role::Dim, "  ")) };
            let start = lead.text().len();
            if index == 0 {
                sheet.link(start..start + row.len(), &test.unique_id);
            }
            sheet.push(lead.with(Role::Dim, row));
        }
    }
}
