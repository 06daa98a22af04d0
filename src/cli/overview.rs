//! `ebb` without a command where there is no terminal: connections, projects and problems at a glance.

use jiff::Timestamp;

use crate::engine::{LiveJob, Overview, ProjectView};
use crate::workspace::Location;

use super::Exit;
use super::failure::Failure;
use super::history::state_in_words;
use super::print::{self, Cell, Ink, Output, Table};
use super::session::Session;

/// What to do where there is nothing yet.
const BEGIN: &str = "\
There is no workspace here yet. Begin with one of these:
  ebb demo        a workspace to try, without account or network
  cd PROJECT      and `ebb` in the folder of a dbt project: its models at once
  ebb             in a terminal, to connect a repository step by step
`ebb --help` says everything else.";

pub(super) fn run(session: &Session, output: &mut Output) -> Result<Exit, Failure> {
    if session.location() == Location::None {
        if output.json {
            output.json_line(&Overview::default())?;
        } else {
            output.line(BEGIN)?;
        }
        return Ok(Exit::Done);
    }
    let opened = session.open_and_read()?;
    let overview = opened.engine.overview()?;
    if output.json {
        output.json_line(&overview)?;
        return Ok(Exit::Done);
    }
    let name = output.ink(Ink::Bold, &print::words(&overview.workspace));
    let file = overview.file.as_deref().map(print::words).unwrap_or_default();
    output.line(format!("{name}  {file}").trim_end())?;
    output.table(&projects(&overview))?;
    let open = overview.open_problems;
    if open > 0 {
        output.line(format!("{}: see `ebb problems`", print::count(open, "open problem")))?;
    }
    Ok(Exit::Done)
}

fn projects(overview: &Overview) -> Table {
    let mut table = Table::indented(2);
    let now = Timestamp::now();
    for project in &overview.projects {
        let live = overview.live.iter().find(|live| live.project == project.name);
        table.row(row(project, live, now));
    }
    table
}

fn row(project: &ProjectView, live: Option<&LiveJob>, now: Timestamp) -> [Cell; 5] {
    let (state, ink) = match (live, &project.last_sync) {
        (Some(_), _) => ("running", Ink::Name),
        (None, Some(sync)) => state_in_words(sync.state),
        (None, None) => ("never synced", Ink::Dim),
    };
    let when = project.last_sync.as_ref().map(|sync| print::age(now, sync.started_at)).unwrap_or_default();
    let models = if project.last_good.is_some() { print::count(project.models, "model") } else { String::new() };
    [
        Cell::new(&project.name).ink(Ink::Bold),
        Cell::new(state).ink(ink),
        Cell::new(when).ink(Ink::Dim),
        Cell::figure(models),
        Cell::new(&project.repository).ink(Ink::Dim),
    ]
}
