//! `ebb history`: model syncs, newest first.

use crate::store::{Cause, SyncFilter, SyncRecord, SyncState};

use super::Exit;
use super::arguments::History;
use super::failure::Failure;
use super::print::{self, Cell, Ink, Output, Table};
use super::session::Session;

pub(super) fn run(session: &Session, history: &History, output: &mut Output) -> Result<Exit, Failure> {
    let opened = session.open()?;
    if let Some(project) = &history.project {
        opened.known_project(project)?;
    }
    let filter = SyncFilter { project: history.project.clone(), limit: Some(history.limit), ..SyncFilter::default() };
    let syncs = opened.engine.syncs(&filter)?;
    if output.json {
        output.json_lines(&syncs)?;
        return Ok(Exit::Done);
    }
    if syncs.is_empty() {
        output.remark("Nothing has been synced yet: run `ebb sync`")?;
        return Ok(Exit::Done);
    }
    let mut table = Table::with_head(&["sync", "started", "project", "state", "cause", "took", "commit", "what"]);
    for sync in &syncs {
        table.row(row(sync));
    }
    output.table(&table)?;
    Ok(Exit::Done)
}

fn row(sync: &SyncRecord) -> [Cell; 8] {
    let (state, ink) = state_in_words(sync.state);
    let took = sync.finished_at.map(|end| end.as_millisecond().saturating_sub(sync.started_at.as_millisecond()));
    let commit = sync.commit.as_ref().map(|commit| commit.id.chars().take(7).collect::<String>());
    [
        Cell::figure(sync.id.0.to_string()),
        Cell::new(print::local_time(sync.started_at)),
        Cell::new(&sync.project).ink(Ink::Bold),
        Cell::new(state).ink(ink),
        Cell::new(cause_in_words(sync.cause)),
        Cell::figure(took.map(|took| print::duration(took.max(0) as u64)).unwrap_or_default()),
        Cell::new(commit.unwrap_or_default()).ink(Ink::Dim),
        Cell::new(&sync.summary),
    ]
}

pub(super) fn state_in_words(state: SyncState) -> (&'static str, Ink) {
    match state {
        SyncState::Running => ("running", Ink::Name),
        SyncState::Succeeded => ("succeeded", Ink::Good),
        SyncState::Partial => ("partial", Ink::Warning),
        SyncState::Failed => ("failed", Ink::Bad),
        SyncState::Cancelled => ("cancelled", Ink::Dim),
        SyncState::Interrupted => ("interrupted", Ink::Warning),
    }
}

pub(super) fn cause_in_words(cause: Cause) -> &'static str {
    match cause {
        Cause::Initial => "initial",
        Cause::Manual => "manual",
        Cause::Fix => "fix",
        Cause::Schedule => "schedule",
        Cause::Push => "push",
        Cause::Edit => "edit",
    }
}
