//! `ebb git`: repositories added and listed, connections tested, hosts trusted. One file a command.

mod access;
mod add;
mod list;
mod test;
mod trust;

use super::Exit;
use super::failure::Failure;
use super::git_arguments::GitCommand;
use super::print::Output;
use super::session::Session;
use crate::engine::Listing;

pub(super) fn run(session: &Session, command: GitCommand, output: &mut Output) -> Result<Exit, Failure> {
    match command {
        GitCommand::Test(wanted) => test::run(session, &wanted, output),
        GitCommand::Trust(wanted) => trust::run(session, &wanted, output),
        GitCommand::Add(wanted) => add::run(session, &wanted, output),
        GitCommand::Repositories(wanted) => list::repositories(session, &wanted, output),
        GitCommand::Branches(wanted) => list::look(session, Listing::Branches, &wanted, output),
        GitCommand::Projects(wanted) => list::look(session, Listing::ProjectPaths, &wanted, output),
    }
}
