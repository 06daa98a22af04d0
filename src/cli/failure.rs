//! How a command fails, and what its exit code is then.

use std::io;
use std::process::ExitCode;

use crate::problem::{Problem, Subject};

use super::Exit;
use super::print::{self, Output};

/// Why a command could not do its work.
#[derive(Debug)]
pub(super) enum Failure {
    /// The work failed.
    Work(Vec<Problem>),
    /// The configuration is wrong.
    Configuration(Vec<Problem>),
    /// What was asked for makes no sense here; the hints say what would.
    WrongUse { summary: String, hints: Vec<String> },
    /// Nobody reads what we print any more.
    ClosedPipe,
    /// The system refused something basic: what is printed could not be written, e.g. onto a full
    /// disk, or no thread could be started.
    System(io::Error),
    /// A signal of this number asked for the end.
    Signal(u8),
}

impl Failure {
    /// A workspace that could not be opened: its configuration is wrong, or its history unusable.
    pub(super) fn of_opening(problems: Vec<Problem>) -> Self {
        if problems.iter().any(|problem| problem.subject == Subject::Store) {
            Self::Work(problems)
        } else {
            Self::Configuration(problems)
        }
    }

    /// There is neither a configuration nor a dbt project here.
    pub(super) fn no_workspace() -> Self {
        Self::WrongUse {
            summary: "there is no workspace here: neither an ebb.toml nor a dbt_project.yml".to_owned(),
            hints: vec!["name one with --workspace PATH".to_owned(), "or try `ebb demo`".to_owned()],
        }
    }

    pub(super) fn wrong_use(summary: impl Into<String>) -> Self {
        Self::WrongUse { summary: summary.into(), hints: Vec::new() }
    }

    /// Says what went wrong on standard error, and gives the exit code.
    pub(super) fn report(self, output: &mut Output) -> ExitCode {
        // What was printed so far comes first. Whoever closed both streams hears nothing more.
        let _ = output.flush();
        let (_said, exit) = match self {
            Self::Work(problems) => (print::failure(output, &problems), Exit::WorkFailed),
            Self::Configuration(problems) => (print::failure(output, &problems), Exit::WrongUse),
            Self::WrongUse { summary, hints } => (output.error_line(&summary, &hints), Exit::WrongUse),
            Self::System(error) => (output.error_line(&error.to_string(), &[]), Exit::WorkFailed),
            // What a program gets that does not handle the signal: 128 + SIGPIPE.
            Self::ClosedPipe => return ExitCode::from(128 + 13),
            Self::Signal(number) => return ExitCode::from(128 + number),
        };
        exit.into()
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::ClosedPipe } else { Self::System(error) }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Work(vec![problem])
    }
}
