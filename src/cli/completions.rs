//! `ebb completions`: what a shell needs to complete our commands and options.

use clap::CommandFactory;
use clap_complete::Shell;

use super::Exit;
use super::arguments::Arguments;
use super::failure::Failure;
use super::print::Output;

pub(super) fn run(shell: Shell, output: &mut Output) -> Result<Exit, Failure> {
    if output.json {
        return Err(Failure::wrong_use("completions are a script for the shell: there is no JSON form of them"));
    }
    // Made in memory first: the generator panics when its writer fails.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "ebb", &mut script);
    output.raw().write_all(&script)?;
    Ok(Exit::Done)
}
