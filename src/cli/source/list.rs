//! `ebb source list` and `ebb source relations`: what there is, one a line.

use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::follow::stop_signal;
use crate::cli::print::{Cell, Ink, Output, Table};
use crate::cli::session::Session;

use super::SourceRelations;

pub(super) fn sources(session: &Session, output: &mut Output) -> Result<Exit, Failure> {
    let opened = session.open()?;
    let sources = opened.engine.sources();
    if output.json {
        output.json_lines(&sources)?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new();
    for source in &sources {
        let place = if source.place.is_empty() { "only the SQL dialect: no connection is set" } else { &source.place };
        let users = match source.projects.as_slice() {
            [] => String::new(),
            projects => format!("used by {}", projects.join(", ")),
        };
        table.row([
            Cell::new(&source.name).ink(Ink::Bold),
            Cell::new(source.kind),
            Cell::new(place),
            Cell::new(users).ink(Ink::Dim),
        ]);
    }
    output.table(&table)?;
    if sources.is_empty() {
        output.remark("this workspace has no source yet: write one under [sources.NAME] in ebb.toml")?;
    }
    Ok(Exit::Done)
}

pub(super) fn relations(session: &Session, wanted: &SourceRelations, output: &mut Output) -> Result<Exit, Failure> {
    let opened = session.open()?;
    let cancel = CancellationToken::new();
    let asked = async {
        match &wanted.schema {
            None => {
                let schemas = opened.engine.source_schemas(&wanted.name, &cancel).await?;
                Ok(schemas.into_iter().map(|schema| (schema, "schema")).collect::<Vec<_>>())
            }
            Some(schema) => {
                let relations = opened.engine.source_relations(&wanted.name, schema, &cancel).await?;
                Ok(relations.into_iter().map(|found| (found.name, found.kind.word())).collect())
            }
        }
    };
    let found = opened.wait(async {
        tokio::select! {
            biased;
            number = stop_signal() => {
                cancel.cancel();
                Err(Failure::Signal(number))
            }
            found = asked => found.map_err(|problem: crate::problem::Problem| Failure::from(problem)),
        }
    })?;
    if output.json {
        output.json_lines(found.iter().map(|(name, kind)| json!({ "name": name, "kind": kind })))?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new();
    for (name, kind) in &found {
        table.row([Cell::new(name), Cell::new(kind).ink(Ink::Dim)]);
    }
    output.table(&table)?;
    if found.is_empty() {
        output.remark("nothing that our user may see")?;
    }
    Ok(Exit::Done)
}
