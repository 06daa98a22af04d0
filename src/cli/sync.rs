//! `ebb sync`: model syncs now, followed to their end.

use std::io;

use crate::engine::{Engine, Event, Outcome, ProgressBoard};
use crate::problem::{Problem, Severity};
use crate::store::{ProblemFilter, ProblemRecord, StageRecord};

use super::Exit;
use super::arguments::Sync;
use super::failure::Failure;
use super::follow::{Ending, Endings, Reporter};
use super::print::{self, Cell, Ink, Output, ProgressLine, Table};
use super::session::Session;

/// Problems told of after a sync; `ebb problems` has all.
const MOST_PROBLEMS: usize = 5;

pub(super) fn run(session: &Session, sync: &Sync, output: &mut Output) -> Result<Exit, Failure> {
    let opened = session.open()?;
    for project in &sync.projects {
        opened.known_project(project)?;
    }
    let mut projects = sync.projects.clone();
    projects.sort();
    projects.dedup();
    if projects.is_empty() {
        projects = opened.engine.workspace().settings.projects.keys().cloned().collect();
    }
    if projects.is_empty() {
        return Err(Failure::wrong_use("this workspace has no project yet: add one to its ebb.toml"));
    }
    let endings = opened.sync(&projects, &mut Follower::new(output))?;
    report(session, &opened.engine, &endings, output)
}

/// Prints events as they happen, as JSON; for a person only the progress.
pub(super) struct Follower<'a> {
    output: &'a mut Output,
    line: ProgressLine,
}

impl<'a> Follower<'a> {
    pub(super) fn new(output: &'a mut Output) -> Self {
        Self { output, line: ProgressLine::default() }
    }
}

impl Reporter for Follower<'_> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if self.output.json { self.output.json_line(event) } else { Ok(()) }
    }

    fn progress(&mut self, board: &ProgressBoard) -> io::Result<()> {
        self.line.draw(self.output, board)
    }
}

impl Drop for Follower<'_> {
    fn drop(&mut self) {
        // A line that could not be taken away is no reason to fail.
        let _ = self.line.clear(self.output);
    }
}

/// Says how the syncs ended (as JSON that has been said already) and what is wrong now.
pub(super) fn report(
    session: &Session,
    engine: &Engine,
    endings: &Endings,
    output: &mut Output,
) -> Result<Exit, Failure> {
    if !endings.refused.is_empty() {
        return Err(Failure::Work(endings.refused.clone()));
    }
    let failed = endings.syncs.iter().any(|ending| matches!(ending.outcome, Outcome::Failed | Outcome::Cancelled));
    if !output.json {
        let mut table = Table::new();
        for ending in sorted(&endings.syncs) {
            table.row(row(engine, ending)?);
        }
        output.table(&table)?;
        for ending in sorted(&endings.syncs) {
            tell_problems(session, engine, ending, output)?;
        }
    }
    Ok(if failed { Exit::WorkFailed } else { Exit::Done })
}

fn sorted(endings: &[Ending]) -> Vec<&Ending> {
    let mut sorted: Vec<&Ending> = endings.iter().collect();
    sorted.sort_by(|one, other| one.project.cmp(&other.project));
    sorted
}

fn row(engine: &Engine, ending: &Ending) -> Result<Vec<Cell>, Problem> {
    let view = ending.sync.map(|sync| engine.sync_view(sync)).transpose()?.flatten();
    let stages: &[StageRecord] = view.as_ref().map(|view| view.record.stages.as_slice()).unwrap_or_default();
    let took: u64 = stages.iter().map(|stage| stage.elapsed_ms).sum();
    let (word, ink) = outcome_in_words(ending.outcome);
    let loaded = matches!(ending.outcome, Outcome::Succeeded | Outcome::Partial);
    let models = if loaded { print::count(ending.counts.models, "model") } else { String::new() };
    let commit = view.as_ref().and_then(|view| view.record.commit.as_ref());
    let commit = commit.map(|commit| commit.id.chars().take(7).collect::<String>()).unwrap_or_default();
    let changes = if ending.unchanged { "unchanged".to_owned() } else { ending.summary.clone() };
    Ok(vec![
        Cell::new(&ending.project).ink(Ink::Bold),
        Cell::new(word).ink(ink),
        Cell::figure(models),
        Cell::new(commit).ink(Ink::Dim),
        Cell::figure(print::duration(took)),
        Cell::new(changes),
    ])
}

/// The problems that the sync met, shortly. A whole failure is told whole: it is why nothing is here.
fn tell_problems(session: &Session, engine: &Engine, ending: &Ending, output: &mut Output) -> Result<(), Failure> {
    let Some(sync) = ending.sync else { return Ok(()) };
    let met = engine.problems(&ProblemFilter { sync: Some(sync), open_only: true, ..ProblemFilter::default() })?;
    let hurting: Vec<&ProblemRecord> = met.iter().filter(|found| found.problem.severity != Severity::Notice).collect();
    if ending.outcome == Outcome::Failed {
        let hint = session.typed("fix");
        for found in hurting {
            let page = print::problem_whole(&found.problem, Some(found.id), output.width(), output.colors());
            output.line(format!("\n{page}"))?;
            if super::fix::applicable(&found.problem).next().is_some() {
                let command = output.ink(Ink::Name, &format!("{hint} {}", found.id.0));
                output.line(format!("\nApply it with: {command}"))?;
            }
        }
        return Ok(());
    }
    let mut table = Table::indented(2);
    for found in hurting.iter().take(MOST_PROBLEMS) {
        table.row(super::problems::short(found));
    }
    output.table(&table)?;
    if hurting.len() > MOST_PROBLEMS {
        let more = hurting.len() - MOST_PROBLEMS;
        output.line(format!(
            "  and {more} more: {} --project {}",
            session.typed("problems"),
            print::words(&ending.project)
        ))?;
    }
    Ok(())
}

pub(super) fn outcome_in_words(outcome: Outcome) -> (&'static str, Ink) {
    match outcome {
        Outcome::Succeeded => ("succeeded", Ink::Good),
        Outcome::Partial => ("partial", Ink::Warning),
        Outcome::Failed => ("failed", Ink::Bad),
        Outcome::Cancelled => ("cancelled", Ink::Dim),
    }
}
