//! `ebb demo`: writes the demo workspace and shows it: on the full screen, or as what its syncs did.

use std::path::{Path, PathBuf};

use crate::engine::{Outcome, demo};
use crate::problem::Problem;
use crate::workspace::Paths;

use super::Exit;
use super::arguments::Demo;
use super::failure::Failure;
use super::print::{self, Output};
use super::screen;
use super::session::Session;
use super::sync::{self, Follower};

/// Writes it, syncs its projects, and says how that went. One of them fails, as it is meant to: the
/// demo has done its work when any has succeeded.
pub(super) fn run(session: Session, arguments: &Demo, fresh: bool, output: &mut Output) -> Result<Exit, Failure> {
    let file = write(&session, arguments)?;
    if output.can_draw {
        return screen::run(session.at(&file), fresh);
    }
    if !output.json {
        output.line(format!("Demo workspace: {}\n", print::words(&file.display().to_string())))?;
    }
    let session = session.at(&file);
    let opened = session.open()?;
    let projects: Vec<String> = opened.engine.workspace().settings.projects.keys().cloned().collect();
    let endings = opened.sync(&projects, &mut Follower::new(output))?;
    sync::report(&session, &opened.engine, &endings, output)?;
    let good = endings.syncs.iter().any(|end| matches!(end.outcome, Outcome::Succeeded | Outcome::Partial));
    Ok(if good { Exit::Done } else { Exit::WorkFailed })
}

fn write(session: &Session, arguments: &Demo) -> Result<PathBuf, Failure> {
    let environment = &session.environment;
    let folder = match &arguments.dir {
        Some(folder) => environment.resolve_path(folder, environment.working_directory()),
        None => Paths::of(environment).data_dir.join(Path::new("demo")),
    };
    demo::write(&folder, false).map_err(|error| Failure::Work(vec![Problem::from(error)]))
}
