//! `ebb events`: what the syncs and fixes of every process told, and what they tell next.

use serde::Serialize;
use serde_json::{Map, Value};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::engine::{Event, EventKind};
use crate::store::{EventFilter, StoredEvent};

use super::Exit;
use super::arguments::Events;
use super::failure::Failure;
use super::follow::stop_signal;
use super::history::cause_in_words;
use super::print::{self, Ink, Output};
use super::session::{Opened, Session};
use super::sync::outcome_in_words;

pub(super) fn run(session: &Session, events: &Events, output: &mut Output) -> Result<Exit, Failure> {
    let opened = session.open()?;
    if let Some(project) = &events.project {
        opened.known_project(project)?;
    }
    if events.follow && !opened.engine.hears_other_processes() {
        return Err(Failure::wrong_use("this system does not tell of what other processes write: leave out --follow"));
    }
    // Listening begins before looking, so that nothing in between is missed.
    let told = opened.engine.subscribe().events;
    let newest = opened.engine.last_event()?;
    let filter = EventFilter { after: 0, project: events.project.clone(), limit: Some(events.limit) };
    let found = opened.engine.events(&filter)?;
    print(&found, output)?;
    if events.follow {
        let after = found.last().map_or(newest, |event| event.seq);
        return opened.wait(follow(&opened, EventFilter { after, limit: None, ..filter }, told, output));
    }
    if found.is_empty() && events.limit > 0 {
        output.remark("Nothing has happened yet: run `ebb sync`")?;
    }
    Ok(Exit::Done)
}

/// Prints what comes after `filter.after` whenever another process has written, until a signal.
async fn follow(
    opened: &Opened,
    mut filter: EventFilter,
    mut told: Receiver<Event>,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let mut stopped = std::pin::pin!(stop_signal());
    loop {
        let found = opened.engine.events(&filter)?;
        filter.after = found.last().map_or(filter.after, |event| event.seq);
        print(&found, output)?;
        tokio::select! {
            biased;
            number = &mut stopped => return Err(Failure::Signal(number)),
            event = told.recv() => match event {
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return Ok(Exit::Done),
            },
        }
    }
}

fn print(found: &[StoredEvent], output: &mut Output) -> Result<(), Failure> {
    if output.json {
        output.json_lines(found.iter().map(Line::of))?;
        return Ok(());
    }
    for stored in found {
        let line = match serde_json::from_str::<Event>(&stored.body) {
            Ok(event) => in_words(&event, output),
            // A later version has told of something that this one has no words for.
            Err(_) => print::words(&stored.body),
        };
        output.line(line)?;
    }
    Ok(output.flush()?)
}

/// An event as `ebb sync --json` prints it, and where it stands in the log.
#[derive(Serialize)]
struct Line<'a> {
    seq: i64,
    process: &'a str,
    #[serde(flatten)]
    event: Map<String, Value>,
}

impl<'a> Line<'a> {
    fn of(stored: &'a StoredEvent) -> Self {
        // Only objects are ever written.
        let event = serde_json::from_str(&stored.body).unwrap_or_default();
        Self { seq: stored.seq, process: &stored.process, event }
    }
}

/// `2026-11-23 13:05  shop  sync 7 began (manual)`
fn in_words(event: &Event, output: &Output) -> String {
    let (project, what, ink) = match &event.kind {
        EventKind::SyncStarted { project, sync, cause, .. } => {
            (project.as_str(), format!("sync {} began ({})", sync.0, cause_in_words(*cause)), Ink::Plain)
        }
        EventKind::StageStarted { project, stage, .. } => {
            (project.as_str(), format!("{} …", print::stage_in_words(*stage)), Ink::Dim)
        }
        EventKind::StageFinished { project, record, .. } => {
            let (stage, took) = (print::stage_in_words(record.stage), print::duration(record.elapsed_ms));
            let detail = if record.detail.is_empty() { String::new() } else { format!(": {}", record.detail) };
            (project.as_str(), format!("{stage} took {took}{detail}"), Ink::Dim)
        }
        EventKind::CancelRequested { project, .. } => (project.as_str(), "cancel requested".to_owned(), Ink::Warning),
        EventKind::SyncFinished { project, sync, outcome, summary, .. } => {
            let (word, ink) = outcome_in_words(*outcome);
            (project.as_str(), format!("sync {} {word}: {summary}", sync.0), ink)
        }
        EventKind::SyncRefused { project, problem, .. } => {
            (project.as_str(), format!("sync could not begin: {}", problem.summary), Ink::Bad)
        }
        EventKind::SyncWithdrawn { project, .. } => {
            (project.as_str(), "cancelled before it began".to_owned(), Ink::Warning)
        }
        EventKind::FixApplied { project, problem, title, error, .. } => {
            let project = project.as_deref().unwrap_or("-");
            match error {
                None => (project, format!("fix of problem {} applied: {title}", problem.0), Ink::Good),
                Some(error) => (project, format!("fix of problem {} not applied: {error}", problem.0), Ink::Bad),
            }
        }
        EventKind::WorkspaceChanged => ("-", "ebb.toml was read again".to_owned(), Ink::Dim),
        EventKind::StoreChanged => ("-", "another process wrote".to_owned(), Ink::Dim),
    };
    let (time, project) = (print::local_time(event.at), output.ink(Ink::Bold, &print::words(project)));
    format!("{time}  {project}  {}", output.ink(ink, &print::words(&what)))
}
