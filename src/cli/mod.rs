//! The command line: one file a command. No business logic: everything is asked of the engine.
//!
//! Reading `arguments` touches neither configuration nor terminal. What a command says goes through
//! `print`, which cleans foreign text and knows about colours and closed pipes; how it ends is an
//! [`Exit`] or a [`failure::Failure`].

mod arguments;
mod compile;
mod completions;
mod config;
mod dbt_arguments;
mod demo;
mod deps;
mod events;
mod explain;
mod failure;
mod fix;
mod follow;
mod git;
mod git_arguments;
mod history;
mod ls;
mod models;
mod overview;
mod parse;
mod preview;
mod print;
mod problems;
mod screen;
mod session;
mod show;
mod source;
mod sync;
mod told;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{ColorChoice, CommandFactory, FromArgMatches};

use crate::workspace::Environment;

use arguments::{Arguments, Command};
use failure::Failure;
use print::Output;
use session::Session;

/// How a command ended that could do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    Done,
    /// The work was tried and failed; what is to be said about it has been said.
    WorkFailed,
    /// What was asked for makes no sense here, and it has been said why.
    WrongUse,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => Self::SUCCESS,
            Exit::WorkFailed => Self::FAILURE,
            Exit::WrongUse => Self::from(2),
        }
    }
}

/// Reads the arguments (the first is the program's own name) and does what they say.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let words: Vec<OsString> = arguments.into_iter().collect();
    let arguments = match parse(&words) {
        Ok(arguments) => arguments,
        // Help and version end here as well, with exit code 0.
        Err(error) => {
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            return error.print().map_or(ExitCode::FAILURE, |()| ExitCode::from(code));
        }
    };
    let environment = Environment::of_process();
    let mut output = Output::of_process(&arguments.global, environment.as_ref().ok());
    let result =
        environment.map_err(Failure::System).and_then(|environment| carry_out(arguments, environment, &mut output));
    match result.and_then(|exit| output.flush().map(|()| exit).map_err(Failure::from)) {
        Ok(exit) => exit.into(),
        Err(failure) => failure.report(&mut output),
    }
}

fn parse(words: &[OsString]) -> Result<Arguments, clap::Error> {
    let mut command = Arguments::command();
    if words.iter().any(|word| word == "--no-color") {
        command = command.color(ColorChoice::Never);
    }
    Arguments::from_arg_matches(&command.try_get_matches_from(words)?)
}

fn carry_out(arguments: Arguments, environment: Environment, output: &mut Output) -> Result<Exit, Failure> {
    let session = Session::new(arguments.global, environment);
    match arguments.command {
        None if output.can_draw => screen::run(session, arguments.fresh),
        None => overview::run(&session, output),
        Some(Command::Demo(demo)) => demo::run(session, &demo, arguments.fresh, output),
        Some(_) if arguments.fresh => {
            Err(Failure::wrong_use("--fresh is about the full screen, which this command does not open"))
        }
        Some(Command::Deps(deps)) => deps::run(session, deps, output),
        Some(Command::Git(git)) => git::run(&session, git, output),
        Some(Command::Source(wanted)) => source::run(&session, &wanted, output),
        Some(Command::Preview(preview)) => preview::run(&session, &preview, output),
        Some(Command::Sync(sync)) => sync::run(&session, &sync, output),
        Some(Command::Ls(ls)) => ls::run(&session, &ls, output),
        Some(Command::Parse(parse)) => parse::run(&session, &parse, output),
        Some(Command::Compile(compile)) => compile::run(&session, &compile, output),
        Some(Command::Models(models)) => models::run(&session, &models, output),
        Some(Command::Show(show)) => show::run(&session, &show, output),
        Some(Command::History(history)) => history::run(&session, &history, output),
        Some(Command::Events(events)) => events::run(&session, &events, output),
        Some(Command::Problems(problems)) => problems::run(&session, &problems, output),
        Some(Command::Fix(fix)) => fix::run(&session, &fix, output),
        Some(Command::Explain(explain)) => explain::run(&explain, output),
        Some(Command::Config(config)) => config::run(&session, config.command, output),
        Some(Command::Completions(completions)) => completions::run(completions.shell, output),
    }
}
