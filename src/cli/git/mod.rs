//! `ebb git`: repositories added, connections tested. One file a command.

mod add;
mod test;

use super::Exit;
use super::arguments::GitCommand;
use super::failure::Failure;
use super::print::Output;
use super::session::Session;

pub(super) fn run(session: Session, command: GitCommand, output: &mut Output) -> Result<Exit, Failure> {
    match command {
        GitCommand::Test(wanted) => test::run(&session, &wanted, output),
        GitCommand::Add(wanted) => add::run(&session, *wanted, output),
    }
}
