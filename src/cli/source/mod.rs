//! `ebb source`: warehouses listed, tested, looked into. One file a command.

mod list;
mod test;

use clap::{Args, Subcommand};

use super::Exit;
use super::failure::Failure;
use super::print::Output;
use super::session::Session;

/// What can be typed after `ebb source`. The texts are the help.
#[derive(Clone, Debug, Subcommand)]
pub(super) enum SourceCommand {
    /// List the warehouses of this workspace
    List,
    /// Go every step to a warehouse, from its settings to a first read, and say exactly what is missing
    Test(SourceTest),
    /// List the schemas of a warehouse, or the tables and views of one of them
    Relations(SourceRelations),
}

#[derive(Args, Clone, Debug)]
pub(super) struct SourceTest {
    /// Name of a source [default: all that have a connection]
    #[arg(value_name = "NAME")]
    pub(super) name: Option<String>,
}

#[derive(Args, Clone, Debug)]
pub(super) struct SourceRelations {
    /// Name of a source
    #[arg(value_name = "NAME")]
    pub(super) name: String,
    /// A schema [default: the schemas are listed]
    #[arg(value_name = "SCHEMA")]
    pub(super) schema: Option<String>,
}

pub(super) fn run(session: &Session, command: &SourceCommand, output: &mut Output) -> Result<Exit, Failure> {
    match command {
        SourceCommand::List => list::sources(session, output),
        SourceCommand::Test(wanted) => test::run(session, wanted, output),
        SourceCommand::Relations(wanted) => list::relations(session, wanted, output),
    }
}
