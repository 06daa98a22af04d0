//! `ebb show`: one model, whole.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::engine::ModelView;
use crate::problem::{clean, nearest_few};
use crate::store::{ColumnRecord, ModelSummary, tests_in_words};

use super::Exit;
use super::arguments::Show;
use super::failure::Failure;
use super::print::{self, Cell, Ink, Output, Table};
use super::session::Session;

pub(super) fn run(session: &Session, show: &Show, output: &mut Output) -> Result<Exit, Failure> {
    let opened = session.open_and_read()?;
    if let Some(project) = &show.project {
        opened.known_project(project)?;
    }
    let models = opened.engine.models()?;
    let meant = find(&models, &show.model, show.project.as_deref(), "show")?;
    let Some(view) = opened.engine.model(&meant.project, &meant.unique_id)? else {
        return Err(not_found(&models, &show.model));
    };
    if output.json {
        output.json_line(&view)?;
    } else {
        page(&view, output)?;
    }
    Ok(Exit::Done)
}

/// The model that is meant: by its `unique_id`, else by its name, which must then be the only one.
pub(super) fn find<'a>(
    models: &'a [ModelSummary],
    wanted: &str,
    project: Option<&str>,
    command: &str,
) -> Result<&'a ModelSummary, Failure> {
    let in_project = |model: &&ModelSummary| project.is_none_or(|project| project == &*model.project);
    let of_id = || models.iter().filter(in_project).filter(|model| *model.unique_id == *wanted);
    let of_name = || models.iter().filter(in_project).filter(|model| *model.name == *wanted);
    let found: Vec<&ModelSummary> = if of_id().next().is_some() { of_id().collect() } else { of_name().collect() };
    match found.as_slice() {
        [only] => Ok(only),
        [] => Err(not_found(models, wanted)),
        several => {
            let summary = format!("{wanted:?} is the name of several models; say which one:");
            let hints = several
                .iter()
                .map(|model| format!("ebb {command} {} --project {}", model.unique_id, model.project))
                .collect();
            Err(Failure::WrongUse { summary, hints })
        }
    }
}

fn not_found(models: &[ModelSummary], wanted: &str) -> Failure {
    let names: BTreeSet<&str> = models.iter().map(|model| &*model.name).collect();
    let near = nearest_few(wanted, names, 3);
    let mut hints = Vec::new();
    if models.is_empty() {
        hints.push("no model is recorded yet: run `ebb sync`".to_owned());
    } else if !near.is_empty() {
        hints.push(format!("did you mean {}?", near.join(", ")));
    }
    Failure::WrongUse { summary: format!("there is no model called {wanted:?}"), hints }
}

fn page(view: &ModelView, output: &mut Output) -> Result<(), Failure> {
    let model = &view.record;
    let title = output.ink(Ink::Bold, &print::words(&model.name));
    output.line(format!("{title}  {}", print::words(&model.unique_id)))?;
    if !model.description.is_empty() {
        output.line(format!("{}\n", clean(&model.description).trim()))?;
    }
    output.table(&facts(view))?;
    if !model.columns.is_empty() {
        heading("columns", output)?;
        output.table(&columns(&model.columns))?;
    }
    for (name, ids) in [("parents", &model.parents), ("children", &model.children)] {
        if !ids.is_empty() {
            heading(name, output)?;
            ids.iter().try_for_each(|id| output.line(format!("  {}", print::words(id))))?;
        }
    }
    for found in &view.problems {
        let page = print::problem_whole(&found.problem, Some(found.id), output.width(), output.colors());
        output.line(format!("\n{page}"))?;
    }
    let (name, code) = match &model.compiled_code {
        Some(code) => ("compiled SQL", code),
        None => ("SQL", &model.raw_code),
    };
    if !code.trim().is_empty() {
        heading(name, output)?;
        output.line(clean(code).trim_end())?;
    }
    Ok(())
}

fn facts(view: &ModelView) -> Table {
    let model = &view.record;
    let mut table = Table::new();
    let mut fact = |name: &str, value: String| {
        if !value.is_empty() {
            table.row([Cell::new(name).ink(Ink::Dim), Cell::new(value)]);
        }
    };
    fact("project", view.project.clone());
    fact("relation", model.relation.clone().unwrap_or_else(|| "none".to_owned()));
    fact("materialized", model.materialized.clone());
    fact("path", model.path.clone());
    fact("tags", model.tags.join(", "));
    fact("tests", tests_in_words(&model.tests));
    fact("constraints", model.constraints.join(", "));
    fact("enabled", if model.enabled { String::new() } else { "no".to_owned() });
    let now = Timestamp::now();
    if let (Some(newest), true) = (view.versions.first(), view.versions.len() > 1) {
        let commit = newest.commit.as_ref().map(|commit| format!(" in {:.7} by {}", commit.id, commit.author));
        fact("changed", format!("{}{}", print::age(now, newest.at), commit.unwrap_or_default()));
    }
    if let Some(sync) = &view.as_of {
        let commit = sync.commit.as_ref().map(|commit| format!(", commit {:.7}", commit.id)).unwrap_or_default();
        fact("as of", format!("{}{commit}", print::age(now, sync.started_at)));
    }
    table
}

fn columns(columns: &[ColumnRecord]) -> Table {
    let mut table = Table::indented(2);
    for column in columns {
        table.row([
            Cell::new(&column.name),
            Cell::new(&column.data_type).ink(Ink::Dim),
            Cell::new(tests_in_words(&column.tests)).ink(Ink::Name),
            Cell::new(&column.description),
        ]);
    }
    table
}

fn heading(name: &str, output: &mut Output) -> Result<(), Failure> {
    let name = output.ink(Ink::Dim, name);
    Ok(output.line(format!("\n{name}"))?)
}
