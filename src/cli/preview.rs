//! `ebb preview`: the first rows of a model, as a table, as CSV or as JSON.

use std::io;

use clap::Args;
use serde_json::{Map, Value as Json, json};
use tokio_util::sync::CancellationToken;

use crate::engine::{CellValue, ColumnProfile, Estimate, Preview as Rows, PreviewRequest, ResultColumn};
use crate::problem::Problem;

use super::Exit;
use super::failure::Failure;
use super::follow::stop_signal;
use super::print::{self, Cell, Ink, Output, Table};
use super::session::{Opened, Session};
use super::show::find;

/// Most bytes that are read without asking, where they are paid for.
const MOST_BYTES: u64 = 1_000_000_000;
/// Most cells of one column on a terminal.
const WIDEST: usize = 40;

#[derive(Args, Clone, Debug)]
pub(super) struct Preview {
    /// Name or unique_id
    #[arg(value_name = "MODEL")]
    model: String,
    /// The project that it is in
    #[arg(long, value_name = "PROJECT")]
    project: Option<String>,
    /// How many rows, at most
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    limit: u32,
    /// Print CSV: an empty field is null, "" is an empty text
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// What the columns' values are like, over all rows: nulls, distinct values, least and greatest
    #[arg(long, conflicts_with_all = ["csv", "limit"])]
    profile: bool,
    /// Say what it would cost, and run nothing
    #[arg(long, conflicts_with_all = ["csv", "profile"])]
    cost: bool,
    /// Run it whatever it costs
    #[arg(long)]
    yes: bool,
}

pub(super) fn run(session: &Session, wanted: &Preview, output: &mut Output) -> Result<Exit, Failure> {
    let opened = session.open_and_read()?;
    if let Some(project) = &wanted.project {
        opened.known_project(project)?;
    }
    let models = opened.engine.models()?;
    let model = find(&models, &wanted.model, wanted.project.as_deref(), "preview")?;
    let request = PreviewRequest {
        project: model.project.to_string(),
        unique_id: model.unique_id.to_string(),
        limit: wanted.limit,
        most_bytes: (!wanted.yes).then_some(MOST_BYTES),
    };
    let cancel = CancellationToken::new();
    if wanted.cost {
        let estimate = until_stopped(&opened, &cancel, opened.engine.preview_cost(&request, &cancel))?;
        print_cost(&estimate, output)?;
    } else if wanted.profile {
        let profiles = until_stopped(&opened, &cancel, opened.engine.column_profiles(&request, &cancel))?;
        print_profiles(&profiles, output)?;
    } else {
        let rows = until_stopped(&opened, &cancel, opened.engine.preview(&request, &cancel))?;
        print_rows(&rows, wanted.csv, output)?;
    }
    Ok(Exit::Done)
}

/// Waits for an answer; a signal has the warehouse stop.
fn until_stopped<T>(
    opened: &Opened,
    cancel: &CancellationToken,
    answer: impl Future<Output = Result<T, Problem>>,
) -> Result<T, Failure> {
    opened.wait(async {
        let mut answer = std::pin::pin!(answer);
        tokio::select! {
            biased;
            number = stop_signal() => {
                cancel.cancel();
                // The server is told to stop before we go.
                let _stopped = answer.await;
                Err(Failure::Signal(number))
            }
            found = &mut answer => found.map_err(Failure::from),
        }
    })
}

fn print_rows(preview: &Rows, csv: bool, output: &mut Output) -> io::Result<()> {
    if output.json {
        let names = names(&preview.columns);
        return output.json_lines(preview.rows.iter().map(|row| {
            Json::Object(names.iter().cloned().zip(row.iter().map(CellValue::to_json)).collect::<Map<_, _>>())
        }));
    }
    if csv {
        write_csv(preview, output)?;
    } else {
        table(preview, output)?;
    }
    let count = preview.rows.len();
    let rows = if count == 1 { "1 row" } else { &format!("{count} rows") };
    let more = if preview.more { "; there are more" } else { "" };
    let time = print::duration(preview.elapsed_ms);
    output.remark(&format!("{rows} {}, in {time}{more}", print::words(&preview.origin.words())))
}

/// The columns' names; a second one of the same name has its place behind it, so that no cell is lost.
fn names(columns: &[ResultColumn]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(columns.len());
    for column in columns {
        let mut name = column.name.clone();
        let mut number = 2;
        while names.contains(&name) {
            name = format!("{}_{number}", column.name);
            number += 1;
        }
        names.push(name);
    }
    names
}

fn table(preview: &Rows, output: &mut Output) -> io::Result<()> {
    let mut table = Table::new();
    let heading = |text: &str, column: &ResultColumn, ink: Ink| {
        let cell = if column.kind.is_number() { Cell::figure(short(text)) } else { Cell::new(short(text)) };
        cell.ink(ink)
    };
    table.row(preview.columns.iter().map(|column| heading(&column.name, column, Ink::Bold)));
    table.row(preview.columns.iter().map(|column| heading(&column.type_name, column, Ink::Dim)));
    for row in &preview.rows {
        table.row(row.iter().zip(preview.columns.iter()).map(|(value, column)| match value {
            CellValue::Null if column.kind.is_number() => Cell::figure("null").ink(Ink::Dim),
            CellValue::Null => Cell::new("null").ink(Ink::Dim),
            value if column.kind.is_number() => Cell::figure(value.to_string()),
            value => Cell::new(short(&value.to_string())),
        }));
    }
    output.table(&table)
}

/// Cut where a table's column ends; numbers never are.
fn short(text: &str) -> String {
    if text.chars().count() <= WIDEST {
        return text.to_owned();
    }
    text.chars().take(WIDEST - 1).chain(['…']).collect()
}

fn write_csv(preview: &Rows, output: &mut Output) -> io::Result<()> {
    let head: Vec<String> = names(&preview.columns).iter().map(|name| quoted(name)).collect();
    output.line(head.join(","))?;
    for row in &preview.rows {
        let cells: Vec<String> = row.iter().map(csv_cell).collect();
        output.line(cells.join(","))?;
    }
    output.flush()
}

fn csv_cell(value: &CellValue) -> String {
    match value {
        CellValue::Null => String::new(),
        value => quoted(&value.to_string()),
    }
}

/// A field of RFC 4180; the empty text is in quotes, since null is not.
fn quoted(text: &str) -> String {
    if text.is_empty() || text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn print_profiles(profiles: &[ColumnProfile], output: &mut Output) -> io::Result<()> {
    if output.json {
        return output.json_lines(profiles.iter().map(|found| {
            json!({
                "column": found.column.name, "type": found.column.type_name, "rows": found.rows,
                "nulls": found.nulls, "distinct": found.distinct,
                "least": found.least.to_json(), "greatest": found.greatest.to_json(),
            })
        }));
    }
    let mut table = Table::with_head(&["column", "type", "nulls", "distinct", "least", "greatest"]);
    for found in profiles {
        let distinct = match found.distinct {
            Some(distinct) if distinct == found.rows => "all".to_owned(),
            Some(distinct) => distinct.to_string(),
            None => "-".to_owned(),
        };
        table.row([
            Cell::new(&found.column.name),
            Cell::new(&found.column.type_name).ink(Ink::Dim),
            Cell::figure(found.nulls.to_string()),
            Cell::figure(distinct),
            Cell::new(short(&found.least.to_string())),
            Cell::new(short(&found.greatest.to_string())),
        ]);
    }
    output.table(&table)?;
    let rows = profiles.first().map_or(0, |found| found.rows);
    output.remark(&format!("{rows} rows"))
}

fn print_cost(estimate: &Estimate, output: &mut Output) -> io::Result<()> {
    if output.json {
        return output.json_line(estimate);
    }
    let number = |number: Option<u64>| number.map_or_else(|| "unknown".to_owned(), |number| number.to_string());
    let paid = if estimate.charged { "paid for" } else { "not paid for by the byte" };
    output.line(format!("rows   {}\nbytes  {} ({paid})", number(estimate.rows), number(estimate.bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_and_the_empty_text_differ_in_csv() {
        for (value, field) in [
            (CellValue::Null, ""),
            (CellValue::text(""), "\"\""),
            (CellValue::text("a,b"), "\"a,b\""),
            (CellValue::text("say \"hi\"\n"), "\"say \"\"hi\"\"\n\""),
            (CellValue::Integer(7), "7"),
        ] {
            assert_eq!(csv_cell(&value), field);
        }
    }

    #[test]
    fn a_name_that_comes_twice_keeps_both_cells() {
        let column = |name: &str| ResultColumn::new(name, crate::engine::CellKind::Integer, "int8");
        assert_eq!(names(&["id", "id", "id_2", "id"].map(column)), ["id", "id_2", "id_2_2", "id_3"]);
    }

    #[test]
    fn long_texts_are_cut_by_characters() {
        assert_eq!(short(&"ü".repeat(40)).chars().count(), 40);
        assert!(short(&"ü".repeat(41)).ends_with('…'));
    }
}
