//! `ebb models`: every model, seed, snapshot, source, exposure and analysis, a line each.

use crate::store::{Change, Kind, ModelSummary};

use super::Exit;
use super::arguments::Models;
use super::failure::Failure;
use super::print::{Cell, Ink, Output, Table};
use super::session::Session;

pub(super) fn run(session: &Session, models: &Models, output: &mut Output) -> Result<Exit, Failure> {
    let opened = session.open_and_read()?;
    if let Some(project) = &models.project {
        opened.known_project(project)?;
    }
    let all = opened.engine.models()?;
    let wanted = models.project.as_deref();
    let listed = all.iter().filter(|model| model.kind.is_listed());
    let listed = listed.filter(|model| wanted.is_none_or(|project| &*model.project == project));
    if output.json {
        output.json_lines(listed)?;
        return Ok(Exit::Done);
    }
    let mut table = Table::with_head(&["project", "name", "kind", "", "path"]);
    let mut empty = true;
    for model in listed {
        table.row(row(model));
        empty = false;
    }
    if empty {
        output.remark("No model is recorded yet: run `ebb sync`")?;
    } else {
        output.table(&table)?;
    }
    Ok(Exit::Done)
}

fn row(model: &ModelSummary) -> [Cell; 5] {
    let note = match (model.broken, model.enabled, model.change) {
        (true, _, _) => Cell::new("broken").ink(Ink::Bad),
        (_, false, _) => Cell::new("disabled").ink(Ink::Dim),
        (_, _, Some(Change::Added)) => Cell::new("added").ink(Ink::Good),
        (_, _, Some(Change::Changed)) => Cell::new("changed").ink(Ink::Warning),
        (_, _, Some(Change::Removed) | None) => Cell::new(""),
    };
    [
        Cell::new(&model.project).ink(Ink::Dim),
        Cell::new(&model.name),
        Cell::new(kind_in_words(model)),
        note,
        Cell::new(&model.path).ink(Ink::Dim),
    ]
}

/// A model's materialization; of anything else the kind.
pub(super) fn kind_in_words(model: &ModelSummary) -> &str {
    match model.kind {
        Kind::Model => &model.materialized,
        other => other.word(),
    }
}
