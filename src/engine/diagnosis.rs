//! Errors become problems here: the code (typed first, then the catalogue's match on the raw words),
//! evidence gathered on the spot, and fixes that can be carried out.

use crate::dbt::{self, FileTree, ReadError};
use crate::git::{Credential, FetchRequest, RemoteError};
use crate::problem::{Area, Code, Problem, Subject};

use super::handle::Core;
use super::target::Target;

/// A folder that cannot be opened.
pub(super) fn folder(target: &Target, error: &ReadError) -> Problem {
    Problem::new(Code::new("DBT-PROJECT-PATH"), target.subject(), error.to_string())
}

/// A repository that could not be reached or read.
pub(super) fn remote(core: &Core, target: &Target, request: &FetchRequest, error: &RemoteError) -> Problem {
    let raw = error.raw();
    let entry = match error.code() {
        Some(code) => core.world.catalogue.entry(&code),
        None => core.world.catalogue.match_text(Area::Git, raw),
    };
    let code = entry.map_or(Code::new("GIT-UNKNOWN"), |entry| entry.code.clone());
    let summary = match (error, entry) {
        (RemoteError::BranchMissing { .. } | RemoteError::TimedOut { .. }, _) | (_, None) => error.to_string(),
        (_, Some(entry)) => entry.title.clone(),
    };
    let problem = Problem::new(code, target.subject(), summary).with_raw(raw);
    problem.with_evidence("What was asked", asked(target, request))
}

/// Address, branch and kind of credential, as the sync used them.
fn asked(target: &Target, request: &FetchRequest) -> Vec<String> {
    let branch =
        if request.branch.is_empty() { "the default branch".to_owned() } else { format!("branch {}", request.branch) };
    let connection = match (&target.connection, &request.credential) {
        (_, Credential::Anonymous) => "without a credential".to_owned(),
        (Some((name, _)), Credential::Token { .. }) => format!("with the token of connection {name}"),
        (Some((name, _)), Credential::SshKey { path }) => {
            format!("with the SSH key {} of connection {name}", path.display())
        }
        (Some((name, _)), Credential::SshAgent) => format!("with the SSH agent, as connection {name} says"),
        (None, _) => "with the SSH agent".to_owned(),
    };
    vec![format!("{branch} of {}", request.remote.display()), connection]
}

/// The engine names a project by its `dbt_project.yml`; in the workspace it has a name of its own.
pub(super) fn of_project(target: &Target, problem: &mut Problem) {
    let project = target.name.clone();
    problem.subject = match std::mem::replace(&mut problem.subject, Subject::Workspace) {
        Subject::Model { model, .. } => Subject::Model { project, model },
        Subject::File { path, .. } => Subject::File { project, path },
        Subject::Workspace | Subject::Store | Subject::Connection { .. } | Subject::Project { .. } => {
            Subject::Project { name: project }
        }
    };
}

/// There was no `dbt_project.yml` to read: says where the real ones are and offers them.
pub(super) fn no_project(target: &Target, tree: &dyn FileTree, problems: Vec<Problem>) -> Vec<Problem> {
    let _ = (target, dbt::find_projects(tree));
    problems
}
