//! `ebb` on a terminal: the full screen, over one workspace after the other until it is left.

use std::path::Path;

use crate::engine::{connect, demo};
use crate::problem::Problem;
use crate::tui::{self, Start};
use crate::workspace::{Assignment, Paths};

use super::Exit;
use super::failure::Failure;
use super::session::Session;

/// Shows the session's workspace, then what was chosen on the screen.
pub(super) fn run(mut session: Session, fresh: bool) -> Result<Exit, Failure> {
    if session.global.no_color {
        session.global.assignments.push(Assignment { key: "ui.theme".to_owned(), value: "mono".to_owned() });
    }
    let mut project = None;
    loop {
        let opened = session.open_or_begin()?;
        let start = Start { environment: session.environment.clone(), fresh, project: project.take() };
        let left = opened.wait(tui::run(opened.engine.clone(), start)).map_err(Failure::System)?;
        drop(opened);
        let paths = Paths::of(&session.environment);
        session = match left {
            tui::Exit::Quit => return Ok(Exit::Done),
            tui::Exit::Ended(signal) => return Err(Failure::Signal(signal)),
            tui::Exit::StartDemo => {
                let written = demo::write(&paths.data_dir.join(Path::new("demo")), false);
                let file = written.map_err(|error| Failure::Work(vec![Problem::from(error)]))?;
                session.at(&file)
            }
            tui::Exit::OpenFolder(folder) => session.at(&folder),
            tui::Exit::Connect(new) => {
                let new = new.from_here(&session.environment);
                let (file, name) = connect(&paths.config_dir, &new, &session.environment)?;
                project = Some(name);
                session.at(&file)
            }
        };
    }
}
