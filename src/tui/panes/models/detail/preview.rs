//! The rows of a model as a grid: names and types stay in sight above, the key stays in sight at the left, numbers
//! stand with their last digits below each other, and null is not the empty text.

use jiff::tz::TimeZone;

use crate::engine::{CellValue, Preview, ResultColumn};
use crate::problem::Problem;
use crate::store::ModelRecord;
use crate::tui::panes::PaneContext;
use crate::tui::panes::models::sheet::Sheet;
use crate::tui::state::Shown;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::role_line::RoleLine;

/// Most cells of a column that is no number.
const WIDEST: usize = 40;
/// Cells between two columns.
const GAP: usize = 2;

/// The rows, or what there is to say where they would be.
pub(super) fn sheet(rows: Shown<'_, Preview>, record: &ModelRecord, width: usize, context: &PaneContext<'_>) -> Sheet {
    let dim = |words: &str| Sheet::from(vec![RoleLine::of(Role::Dim, context.keymap.fill(words))]);
    match rows {
        Shown::NeverLoaded => dim("{preview} reads the first rows from the warehouse"),
        Shown::LoadingSince(_) => dim("reading rows; {cancel} stops it"),
        Shown::Failed(problem) => failed(problem, width, context).into(),
        Shown::Value(preview, problem) => {
            let mut sheet = grid(preview, record, width, context);
            if let Some(problem) = problem {
                let again = RoleLine::of(Role::Failure, format!("{} ", context.glyphs.cross))
                    .with(Role::Text, text::clean(&problem.summary));
                sheet.lines.insert(0, again);
                (sheet.frozen.0, sheet.frozen.1) = (sheet.frozen.0 + 1, sheet.frozen.1 + 1);
            }
            sheet
        }
    }
}

fn failed(problem: &Problem, width: usize, context: &PaneContext<'_>) -> Vec<RoleLine> {
    let mut lines = vec![
        RoleLine::of(Role::Failure, format!("{} {}", context.glyphs.cross, problem.code))
            .with(Role::Text, format!(" {}", text::clean(&problem.summary))),
    ];
    let mut paragraph = |role: Role, words: &str| {
        if !words.is_empty() {
            lines.push(RoleLine::new());
            let words: Vec<String> = words.lines().flat_map(|line| text::wrap(&text::clean(line), width)).collect();
            lines.extend(words.iter().map(|line| RoleLine::of(role, line)));
        }
    };
    paragraph(Role::Dim, &problem.raw);
    paragraph(Role::Text, &problem.cause);
    for evidence in &problem.evidence {
        paragraph(Role::Dim, &format!("{}: {}", evidence.label, evidence.lines.join("\n")));
    }
    for fix in &problem.fixes {
        paragraph(Role::Accent, &format!("{} {}", context.glyphs.marker, fix.title));
        if let crate::problem::Action::Copy { text } = &fix.action {
            paragraph(Role::Text, text);
        }
    }
    lines.push(RoleLine::new());
    lines.push(RoleLine::of(Role::Dim, context.keymap.fill("{preview} tries again")));
    lines
}

/// A column as it is shown.
struct Shape {
    /// Its place in the result.
    index: usize,
    width: usize,
    right: bool,
}

fn grid(preview: &Preview, record: &ModelRecord, width: usize, context: &PaneContext<'_>) -> Sheet {
    let cells: Vec<Vec<(Role, String)>> = preview.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    let shapes = shapes(&preview.columns, &cells, record);
    let mut lines = status(preview, context);
    let still = lines.len();
    let heading = |role: Role, words: fn(&ResultColumn) -> &str| {
        let cell = |column: &ResultColumn| (role, text::clean(words(column)).into_owned());
        preview.columns.iter().map(cell).collect::<Vec<_>>()
    };
    lines.push(row(&heading(Role::Title, |column| &column.name), &shapes, context));
    lines.push(row(&heading(Role::Dim, |column| &column.type_name), &shapes, context));
    let head = lines.len();
    lines.extend(cells.iter().map(|cells| row(cells, &shapes, context)));
    if preview.rows.is_empty() {
        lines.push(RoleLine::of(Role::Dim, "no rows"));
    }
    // A key that takes more than a half of the width would leave no room for the others.
    let stub = shapes.first().map_or(0, |key| key.width + GAP);
    let stub = if shapes.len() > 1 && stub * 2 <= width { stub } else { 0 };
    Sheet { lines, frozen: (head, still, stub), ..Sheet::default() }
}

/// How many rows, from where, and when.
fn status(preview: &Preview, context: &PaneContext<'_>) -> Vec<RoleLine> {
    let separator = context.glyphs.separator;
    let count = preview.rows.len() as u64;
    let more = if preview.more { " of more" } else { "" };
    let rows = RoleLine::of(Role::Accent, format!("{}{more}", text::plural(count, "row", "rows")))
        .with(Role::Dim, format!(" {separator} {}", text::duration(preview.elapsed_ms)))
        .with(Role::Dim, format!(" {separator} as of {} UTC", text::date_time(preview.as_of, &TimeZone::UTC)));
    vec![rows, RoleLine::of(Role::Dim, text::clean(&preview.origin.words()))]
}

/// The key first, then the others as they come.
fn shapes(columns: &[ResultColumn], cells: &[Vec<(Role, String)>], record: &ModelRecord) -> Vec<Shape> {
    let is_key = |column: &ResultColumn| {
        let described = record.columns.iter().find(|described| described.name.eq_ignore_ascii_case(&column.name));
        described.is_some_and(|described| described.tests.iter().any(|test| test.name == "unique"))
    };
    let key = columns.iter().position(is_key).unwrap_or(0);
    let others = (0..columns.len()).filter(|index| *index != key);
    let shape = |index: usize| {
        let column = columns.get(index)?;
        let values = cells.iter().filter_map(|row| row.get(index)).map(|(_, words)| text::width(words));
        let names = [text::width(&text::clean(&column.name)), text::width(&text::clean(&column.type_name))];
        let widest = values.chain(names).max().unwrap_or(0);
        let right = column.kind.is_number();
        Some(Shape { index, width: if right { widest } else { widest.min(WIDEST) }, right })
    };
    std::iter::once(key).chain(others).filter_map(shape).collect()
}

fn cell(value: &CellValue) -> (Role, String) {
    match value {
        CellValue::Null => (Role::Dim, "null".to_owned()),
        CellValue::Text(words) if words.is_empty() => (Role::Dim, "\"\"".to_owned()),
        CellValue::Text(words) => (Role::Text, one_line(words)),
        value if value.is_numeric() => (Role::SqlNumber, value.to_string()),
        value => (Role::Text, one_line(&value.to_string())),
    }
}

/// The beginning, on one line: a cell may hold a book.
fn one_line(words: &str) -> String {
    let beginning: String =
        words.chars().take(WIDEST + 1).map(|c| if c == '\n' || c == '\t' { ' ' } else { c }).collect();
    text::clean(&beginning).into_owned()
}

fn row(cells: &[(Role, String)], shapes: &[Shape], context: &PaneContext<'_>) -> RoleLine {
    let mut line = RoleLine::new();
    for shape in shapes {
        let Some((role, words)) = cells.get(shape.index) else { continue };
        let ellipsis = context.glyphs.ellipsis;
        let fitted = if shape.right {
            text::pad_left(words, shape.width, ellipsis)
        } else {
            text::pad(words, shape.width, ellipsis)
        };
        if line.width() > 0 {
            line.push(Role::Text, &" ".repeat(GAP));
        }
        line.push(*role, &fitted);
    }
    line
}
