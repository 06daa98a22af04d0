//! `ebb source test`: every step to a warehouse, told as it happens.

use std::io;
use std::pin::pin;
use std::sync::Arc;

use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::follow::stop_signal;
use crate::cli::print::{self, Ink, Output};
use crate::cli::session::{Opened, Session};
use crate::engine::{SourceOutcome, SourceProbe, StepEvent};

use super::SourceTest;

/// Cells of a step's name.
const STEP: usize = 15;
/// Cells of its time.
const TIME: usize = 8;

pub(super) fn run(session: &Session, wanted: &SourceTest, output: &mut Output) -> Result<Exit, Failure> {
    let opened = session.open()?;
    let names: Vec<String> = if let Some(name) = &wanted.name {
        vec![name.clone()]
    } else {
        let connected = opened.engine.sources().into_iter().filter(|source| !source.place.is_empty());
        connected.map(|source| source.name).collect()
    };
    if names.is_empty() {
        return Err(Failure::wrong_use("this workspace has no source with a connection yet"));
    }
    let mut is_well = true;
    for name in &names {
        is_well &= opened.wait(tested(&opened, name, output))?;
    }
    Ok(if is_well { Exit::Done } else { Exit::WorkFailed })
}

/// Runs one test and tells of it as it goes on; a signal ends it.
async fn tested(opened: &Opened, name: &str, output: &mut Output) -> Result<bool, Failure> {
    let (sender, mut probes) = mpsc::unbounded_channel();
    let told = Arc::new(move |probe| {
        // Who does not listen any more has ended.
        let _gone = sender.send(probe);
    });
    let cancel = CancellationToken::new();
    let mut test = pin!(opened.engine.test_source(name, told, cancel.clone()));
    let mut stopped = pin!(stop_signal());
    if !output.json {
        let title = output.ink(Ink::Bold, &print::words(name));
        output.line(title)?;
        output.flush()?;
    }
    let is_well = loop {
        tokio::select! {
            biased;
            number = &mut stopped => {
                cancel.cancel();
                return Err(Failure::Signal(number));
            }
            Some(probe) = probes.recv() => tell(name, &probe, output)?,
            done = &mut test => break done?,
        }
    };
    while let Ok(probe) = probes.try_recv() {
        tell(name, &probe, output)?;
    }
    Ok(is_well)
}

fn tell(name: &str, probe: &SourceProbe, output: &mut Output) -> io::Result<()> {
    if output.json {
        let mut line = json!(probe);
        if let Some(line) = line.as_object_mut() {
            line.insert("source".to_owned(), json!(name));
        }
        return output.json_line(&line);
    }
    match probe {
        SourceProbe::Step(StepEvent::StepBegan { .. }) => {}
        SourceProbe::Step(StepEvent::StepEnded { step, outcome, detail, elapsed_ms }) => {
            let (mark, ink) = match outcome {
                SourceOutcome::Passed => ("ok     ", Ink::Good),
                SourceOutcome::Failed => ("failed ", Ink::Bad),
                SourceOutcome::Skipped => ("-      ", Ink::Dim),
            };
            let time = match outcome {
                SourceOutcome::Skipped => String::new(),
                SourceOutcome::Passed | SourceOutcome::Failed => print::duration(*elapsed_ms),
            };
            let (mark, time) = (output.ink(ink, mark), output.ink(Ink::Dim, &format!("{time:>TIME$}")));
            output.line(format!("  {mark}{:<STEP$}{time}  {}", step.title(), print::words(detail)))?;
        }
        SourceProbe::Step(StepEvent::Noted { words }) => {
            let mark = output.ink(Ink::Warning, "note");
            output.line(format!("  {mark}  {}", print::words(words)))?;
        }
        SourceProbe::Problem { problem } => {
            let page = print::problem_whole(problem, None, output.width(), output.colors());
            output.line(format!("\n{page}"))?;
        }
    }
    output.flush()
}
