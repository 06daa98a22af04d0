//! `ebb git test`: every step on the way to the repositories of a connection, told as it happens.

use std::io;
use std::pin::pin;
use std::sync::Arc;

use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::engine::{OnProbe, Probe, ProbeOutcome, ProbeStep, TrustedKey};
use crate::problem::Problem;

use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::follow::stop_signal;
use crate::cli::git_arguments::GitTest;
use crate::cli::print::{self, Ink, Output};
use crate::cli::session::Session;

use super::trust;

pub(super) fn run(session: &Session, wanted: &GitTest, output: &mut Output) -> Result<Exit, Failure> {
    let opened = session.open()?;
    let all = opened.engine.workspace();
    let names: Vec<String> = match &wanted.name {
        Some(name) => vec![name.clone()],
        None => all.settings.git.keys().cloned().collect(),
    };
    if names.is_empty() {
        return Err(Failure::wrong_use("this workspace has no Git connection yet"));
    }
    let mut is_well = true;
    for name in &names {
        is_well &= loop {
            let mut teller = Teller::new(output, name);
            let cancel = CancellationToken::new();
            let test = |told| opened.engine.test_connection_for(name, wanted.write, told, cancel.clone());
            let one_is_well = opened.wait(follow(test, &cancel, &mut teller))?;
            let unknown = teller.unknown.take();
            // A host that a person trusts now is not asked about again: this ends.
            if one_is_well || !trust::asked(&opened, unknown, output)? {
                break one_is_well;
            }
        };
    }
    Ok(if is_well { Exit::Done } else { Exit::WorkFailed })
}

/// Runs the test and tells of it as it goes on; a signal ends it.
pub(super) async fn follow<R, T: Future<Output = Result<R, Problem>>>(
    test: impl FnOnce(OnProbe) -> T,
    cancel: &CancellationToken,
    teller: &mut Teller<'_>,
) -> Result<R, Failure> {
    let (sender, mut probes) = mpsc::unbounded_channel();
    let told = Arc::new(move |probe| {
        // Who does not listen any more has ended.
        let _gone = sender.send(probe);
    });
    let mut test = pin!(test(told));
    let mut stopped = pin!(stop_signal());
    teller.begin()?;
    let result = loop {
        tokio::select! {
            biased;
            number = &mut stopped => {
                cancel.cancel();
                return Err(Failure::Signal(number));
            }
            Some(probe) = probes.recv() => teller.tell(&probe)?,
            done = &mut test => break done?,
        }
    };
    while let Ok(probe) = probes.try_recv() {
        teller.tell(&probe)?;
    }
    Ok(result)
}

/// Cells of a step's name.
const STEP: usize = 15;
/// Cells of its time.
const TIME: usize = 8;

/// Prints what is told.
pub(super) struct Teller<'a> {
    pub(super) output: &'a mut Output,
    pub(super) connection: &'a str,
    /// A host that was met and is not trusted, with its fingerprint.
    pub(super) unknown: Option<(TrustedKey, String)>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(output: &'a mut Output, connection: &'a str) -> Self {
        Self { output, connection, unknown: None }
    }

    fn begin(&mut self) -> io::Result<()> {
        if self.output.json {
            return Ok(());
        }
        let name = self.output.ink(Ink::Bold, &print::words(self.connection));
        self.output.line(name)?;
        self.output.flush()
    }

    fn tell(&mut self, probe: &Probe) -> io::Result<()> {
        if let Probe::ProblemFound { problem } = probe {
            self.unknown = trust::offered(problem);
        }
        if self.output.json {
            let mut line = json!(probe);
            if let Some(line) = line.as_object_mut() {
                line.insert("connection".to_owned(), json!(self.connection));
            }
            self.output.json_line(&line)?;
            return self.output.flush();
        }
        match probe {
            Probe::ProjectBegan { project, repository } => {
                let project = self.output.ink(Ink::Bold, &print::words(project));
                self.output.line(format!("\n{project}  {}", print::words(repository)))?;
            }
            Probe::StepBegan { .. } => {}
            Probe::StepEnded { step, outcome, detail, elapsed_ms } => {
                self.step(*step, *outcome, detail, *elapsed_ms)?;
            }
            Probe::Noted { words } => {
                let mark = self.output.ink(Ink::Warning, "note");
                self.output.line(format!("  {mark}  {}", print::words(words)))?;
            }
            Probe::ProblemFound { problem } => {
                let page = print::problem_whole(problem, None, self.output.width(), self.output.colors());
                self.output.line(format!("\n{page}"))?;
            }
        }
        self.output.flush()
    }

    fn step(&mut self, step: ProbeStep, outcome: ProbeOutcome, detail: &str, elapsed_ms: u64) -> io::Result<()> {
        let (mark, ink) = match outcome {
            ProbeOutcome::Passed => ("ok     ", Ink::Good),
            ProbeOutcome::Failed => ("failed ", Ink::Bad),
            ProbeOutcome::Skipped => ("-      ", Ink::Dim),
        };
        let time = match outcome {
            ProbeOutcome::Skipped => String::new(),
            ProbeOutcome::Passed | ProbeOutcome::Failed => print::duration(elapsed_ms),
        };
        let mark = self.output.ink(ink, mark);
        let time = self.output.ink(Ink::Dim, &format!("{time:>TIME$}"));
        self.output.line(format!("  {mark}{:<STEP$}{time}  {}", step.title(), print::words(detail)))
    }
}
