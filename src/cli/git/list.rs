//! `ebb git repositories`, `branches` and `projects`: what could be chosen, one a line.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::follow::stop_signal;
use crate::cli::git_arguments::{AccessArguments, GitLook, GitRepositories};
use crate::cli::print::{Cell, Ink, Output, Table};
use crate::cli::session::Session;
use crate::engine::{ListedThing, Listing, NewAccess, NewProject};
use crate::workspace::ProviderName;

use super::access::{access, folder};

pub(super) fn repositories(session: &Session, wanted: &GitRepositories, output: &mut Output) -> Result<Exit, Failure> {
    let opened = session.open_or_begin()?;
    let of = wanted.of.clone().unwrap_or_default();
    let is_connection = opened.engine.workspace().settings.git.contains_key(&of);
    drop(opened);
    if !is_connection {
        return list(session, Listing::Repositories, &of, None, &wanted.access, output);
    }
    let access = AccessArguments { connection: Some(of), ..wanted.access.clone() };
    list(session, Listing::Repositories, "", None, &access, output)
}

pub(super) fn look(
    session: &Session,
    listing: Listing,
    wanted: &GitLook,
    output: &mut Output,
) -> Result<Exit, Failure> {
    list(session, listing, &wanted.address, wanted.branch.clone(), &wanted.access, output)
}

fn list(
    session: &Session,
    listing: Listing,
    address: &str,
    branch: Option<String>,
    wanted: &AccessArguments,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let access: NewAccess = access(wanted, session, output)?;
    let new = NewProject {
        address: address.to_owned(),
        branch: branch.unwrap_or_default(),
        provider: wanted.provider.map(ProviderName::from),
        access,
        ..NewProject::default()
    };
    let opened = session.open_or_begin()?;
    let found: Arc<Mutex<Vec<ListedThing>>> = Arc::default();
    let told = {
        let found = Arc::clone(&found);
        Arc::new(move |page| found.lock().unwrap_or_else(PoisonError::into_inner).extend(page))
    };
    let (cancel, folder) = (CancellationToken::new(), folder(session));
    let listed = opened.wait(async {
        tokio::select! {
            biased;
            number = stop_signal() => {
                cancel.cancel();
                Err(Failure::Signal(number))
            }
            listed = opened.engine.list(listing, &folder, &new, told, &cancel) => Ok(listed),
        }
    })?;
    let found = std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner));
    match listed {
        Ok(is_whole) => print(listing, &found, is_whole, output)?,
        Err(problem) if found.is_empty() => return Err(problem.into()),
        Err(problem) => {
            // What came before it is worth having; the problem and the exit code say that there is more.
            print(listing, &found, true, output)?;
            output.remark(&format!("these are the first {}; the rest did not come:", found.len()))?;
            return Err(problem.into());
        }
    }
    Ok(Exit::Done)
}

fn print(listing: Listing, found: &[ListedThing], is_whole: bool, output: &mut Output) -> Result<(), Failure> {
    if output.json {
        let line = |one: &ListedThing| match listing {
            Listing::Repositories => json!({ "name": one.name, "address": one.value, "default_branch": one.about }),
            Listing::Branches => json!({ "name": one.name, "is_default": !one.about.is_empty() }),
            Listing::ProjectPaths => json!({ "project_path": one.value }),
        };
        output.json_lines(found.iter().map(line))?;
        return Ok(());
    }
    let mut table = Table::new();
    for one in found {
        let address = if listing == Listing::Repositories { one.value.as_str() } else { "" };
        table.row([Cell::new(&one.name), Cell::new(&one.about).ink(Ink::Dim), Cell::new(address)]);
    }
    output.table(&table)?;
    if !is_whole {
        output
            .remark(&format!("these are the first {}; an address that is not among them works as well", found.len()))?;
    }
    if found.is_empty() {
        output.remark("nothing: the credential sees none")?;
    }
    Ok(())
}
