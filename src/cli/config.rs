//! `ebb config`: is `ebb.toml` right, and what may stand in it.

use crate::problem::Problem;
use crate::workspace::{Location, schema};

use super::Exit;
use super::arguments::ConfigCommand;
use super::failure::Failure;
use super::print::{self, Output};
use super::session::Session;

pub(super) fn run(session: &Session, command: ConfigCommand, output: &mut Output) -> Result<Exit, Failure> {
    match command {
        ConfigCommand::Check => check(session, output),
        ConfigCommand::Schema => {
            let schema = serde_json::to_string_pretty(&schema()).map_err(std::io::Error::from)?;
            output.line(schema)?;
            Ok(Exit::Done)
        }
    }
}

/// Errors and warnings are what was asked for: they go to standard output.
fn check(session: &Session, output: &mut Output) -> Result<Exit, Failure> {
    if session.location() == Location::None {
        return Err(Failure::no_workspace());
    }
    match session.load() {
        Ok(workspace) => {
            tell(&workspace.warnings, output)?;
            let place = workspace.location.path().map(|path| path.display().to_string()).unwrap_or_default();
            let projects = print::count(workspace.settings.projects.len() as u64, "project");
            if !output.json {
                output.line(format!("{} is right: {projects}", print::words(&place)))?;
            }
            Ok(Exit::Done)
        }
        Err(problems) => {
            tell(&problems, output)?;
            Ok(Exit::WrongUse)
        }
    }
}

fn tell(problems: &[Problem], output: &mut Output) -> Result<(), Failure> {
    if output.json {
        return Ok(output.json_lines(problems)?);
    }
    for problem in problems {
        let page = print::problem_whole(problem, None, output.width(), output.colors());
        output.line(format!("{page}\n"))?;
    }
    Ok(())
}
