//! `ebb git add`: looks what a repository offers, tests it, and writes it to `ebb.toml`.

use std::io::BufRead as _;
use std::path::Path;

use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::git_arguments::GitAdd;
use crate::cli::print::{Ink, Output, words};
use crate::cli::session::{Opened, Session};
use crate::engine::{NewProject, Tried, connect};
use crate::workspace::ProviderName;

use super::access::{access, folder};
use super::test::{Teller, follow};
use super::trust;

/// Most projects listed to choose from.
const MOST_LISTED: usize = 20;

pub(super) fn run(session: &Session, wanted: &GitAdd, output: &mut Output) -> Result<Exit, Failure> {
    let folder = folder(session);
    let access = access(&wanted.access, session, output)?;
    let mut new = NewProject {
        address: wanted.address.clone(),
        branch: wanted.branch.clone().unwrap_or_default(),
        project_path: wanted.project_path.clone().unwrap_or_default(),
        provider: wanted.access.provider.map(ProviderName::from),
        connection_name: wanted.connection_name.clone().unwrap_or_default(),
        access,
    };
    let opened = session.open_or_begin()?;
    let mut tried = tried(&opened, &folder, new.clone(), output)?;
    if !tried.choose.is_empty() {
        new = NewProject { project_path: chosen(&tried.choose, output)?, ..tried.new };
        tried = self::tried(&opened, &folder, new, output)?;
    }
    if !tried.is_well && !wanted.untested {
        output.remark("nothing was written; --untested writes it all the same")?;
        return Ok(Exit::WorkFailed);
    }
    drop(opened);
    let (file, project) = connect(&folder, &tried.new, &session.environment)?;
    if output.json {
        output.json_line(&json!({ "event": "added", "project": project, "file": file }))?;
    } else {
        let name = output.ink(Ink::Bold, &words(&project));
        output.line(format!("\nadded {name} to {}", words(&file.display().to_string())))?;
        output.remark(&format!("{} brings its models", session.typed(&format!("sync {}", words(&project)))))?;
    }
    Ok(Exit::Done)
}

fn tried(opened: &Opened, folder: &Path, new: NewProject, output: &mut Output) -> Result<Tried, Failure> {
    loop {
        let cancel = CancellationToken::new();
        let mut teller = Teller::new(output, &new.address);
        let test = |told| opened.engine.try_new(folder, new.clone(), told, cancel.clone());
        let tried = opened.wait(follow(test, &cancel, &mut teller))?;
        let unknown = teller.unknown.take();
        // A host that a person trusts now is not asked about again: this ends.
        if tried.is_well || !trust::asked(opened, unknown, output)? {
            return Ok(tried);
        }
    }
}

/// Asks which of several projects is meant, where somebody can be asked.
fn chosen(paths: &[String], output: &mut Output) -> Result<String, Failure> {
    let summary = format!("the repository holds {} dbt projects: say which with --project-path", paths.len());
    let hints = paths.iter().take(MOST_LISTED).map(|path| format!("--project-path {path}")).collect();
    let refused = Failure::WrongUse { summary, hints };
    if !output.can_ask {
        return Err(refused);
    }
    output.line(format!("\nthe repository holds {} dbt projects:", paths.len()))?;
    for (number, path) in paths.iter().enumerate().take(MOST_LISTED) {
        output.line(format!("  {:>2}  {}", number + 1, words(path)))?;
    }
    output.remark("number of the one to add")?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    let number: usize = answer.trim().parse().unwrap_or_default();
    number.checked_sub(1).and_then(|index| paths.get(index)).cloned().ok_or(refused)
}
