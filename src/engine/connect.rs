//! The use case "connect a repository": what a person pasted becomes a project in `ebb.toml`, and a secret
//! that they typed goes to the keyring or a file of ours.

use std::path::{Path, PathBuf};

use crate::git::{Address, Provider, Remote, RemoteError};
use crate::problem::{Code, Problem, Subject};
use crate::workspace::edit::{self, Change};
use crate::workspace::{
    Environment, FILE_NAME, Git, Location, Paths, ProviderName, Secret, SecretRef, Workspace, keep_secret,
    make_private_folder,
};

use super::new_access::{NewAccess, TypedPlaces};

/// A repository as a person describes it. Only the address is needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewProject {
    /// A clone URL, a path, or a page copied from a browser, which may say branch and path as well.
    pub address: String,
    /// Wins over what the address says; empty: what it says, else the remote's default branch.
    pub branch: String,
    /// Path of `dbt_project.yml`; empty: what the address says, else the repository's root.
    pub project_path: String,
    /// Who hosts it; none: as the host's name says.
    pub provider: Option<ProviderName>,
    /// Name of its new Git connection; empty: that of the project.
    pub connection_name: String,
    pub access: NewAccess,
}

impl NewProject {
    /// A relative path was meant from where the person is, not from where `ebb.toml` stands.
    #[must_use]
    pub fn from_here(self, environment: &Environment) -> Self {
        let here = environment.resolve_path(self.address.as_ref(), environment.working_directory());
        if here.exists() { Self { address: here.display().to_string(), ..self } } else { self }
    }
}

/// What a change would make of the workspace, with nothing written.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) workspace: Workspace,
    pub(super) project: String,
    pub(super) address: Address,
    /// What a person typed, and where the draft says that it is.
    pub(super) typed: Vec<(SecretRef, Secret)>,
}

/// The workspace as it would be with the project in it.
pub(super) fn draft(folder: &Path, new: &NewProject, environment: &Environment) -> Result<Draft, Problem> {
    let address = Address::parse(&new.address, folder).map_err(|error| not_an_address(&error))?;
    let file = folder.join(FILE_NAME);
    let (text, project) = if file.is_file() {
        let workspace = loaded(&file, environment)?;
        let names = Names::of(new, &address.remote, Some(&workspace))?;
        let changes = changes(new, &address, &names, &TypedPlaces::Nowhere)?;
        let edited = edit::preview(&file, &workspace.version, &changes, environment);
        (edited.map_err(|error| unwritable(&file, &error.to_string()))?.after, names.project)
    } else {
        let names = Names::of(new, &address.remote, None)?;
        let edited = edit::preview_new(&file, &changes(new, &address, &names, &TypedPlaces::Nowhere)?, environment);
        (edited.map_err(|error| unwritable(&file, &error.to_string()))?.after, names.project)
    };
    let workspace = Workspace::from_text(Location::File(file.clone()), text, environment, &[]);
    let workspace = workspace.map_err(|problems| first(&file, problems))?;
    Ok(Draft { workspace, project, address, typed: new.access.typed_nowhere() })
}

/// The workspace in a file.
pub(super) fn loaded(file: &Path, environment: &Environment) -> Result<Workspace, Problem> {
    let workspace = Workspace::load(Location::File(file.to_path_buf()), environment, &[]);
    workspace.map_err(|problems| first(file, problems))
}

fn taken(workspace: &Workspace) -> Vec<&str> {
    workspace.settings.projects.keys().chain(workspace.settings.git.keys()).map(String::as_str).collect()
}

/// Adds the project to the `ebb.toml` in `folder`, which is made when it is not there. A typed secret is kept
/// first, and removed again where the file could not be written. Gives the file and the project's name.
pub fn connect(folder: &Path, new: &NewProject, environment: &Environment) -> Result<(PathBuf, String), Problem> {
    let address = Address::parse(&new.address, folder).map_err(|error| not_an_address(&error))?;
    let file = folder.join(FILE_NAME);
    let there = if file.is_file() { Some(loaded(&file, environment)?) } else { None };
    let names = Names::of(new, &address.remote, there.as_ref())?;
    with_kept(&names.connection, &new.access, environment, |places| {
        let changes = changes(new, &address, &names, places)?;
        let edited = if let Some(workspace) = &there {
            edit::apply(&file, &workspace.version, &changes, environment)
        } else {
            make_private_folder(folder).map_err(|error| unwritable(&file, &error.to_string()))?;
            edit::create(&file, &changes, environment)
        };
        edited.map_err(|error| unwritable(&file, &error.to_string()))?;
        Ok((file.clone(), names.project.clone()))
    })
}

/// What the new parts of `ebb.toml` are called.
struct Names {
    project: String,
    connection: String,
}

impl Names {
    /// `there` is the workspace that they come into.
    fn of(new: &NewProject, remote: &Remote, there: Option<&Workspace>) -> Result<Self, Problem> {
        let project = free_name(&name_of(remote), &there.map(taken).unwrap_or_default());
        let wanted = new.connection_name.trim();
        if there.is_some_and(|workspace| workspace.settings.git.contains_key(wanted)) {
            let summary = format!("There is a Git connection called {wanted:?} already: choose it, or another name");
            let subject = Subject::Connection { name: wanted.to_owned() };
            return Err(Problem::new(Code::new("CONFIG-REFERENCE"), subject, summary));
        }
        let connection = if wanted.is_empty() { project.clone() } else { wanted.to_owned() };
        Ok(Self { project, connection })
    }
}

/// Puts typed secrets where secrets are kept for as long as `write` takes, and for good where it succeeds.
pub(super) fn with_kept<T>(
    name: &str,
    access: &NewAccess,
    environment: &Environment,
    write: impl FnOnce(&TypedPlaces) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let folder = Paths::of(environment).config_dir.join("secrets");
    let mut kept = Vec::new();
    let mut keep = || {
        for (secret, suffix) in access.typed().into_iter().zip(["", "_passphrase"]) {
            let place = keep_secret(&format!("{name}{suffix}"), secret, &folder, environment);
            kept.push(place.map_err(|error| unwritable(&folder, &error.to_string()))?);
        }
        Ok(())
    };
    let written = keep().and_then(|()| write(&TypedPlaces::Kept(kept.clone())));
    if written.is_err() {
        for place in &kept {
            if let SecretRef::File(file) = place {
                // Nothing refers to it. That it could not be removed is no second failure.
                let _ = std::fs::remove_file(file);
            }
        }
    }
    written
}

/// `typed` is where typed secrets are.
fn changes(new: &NewProject, address: &Address, names: &Names, typed: &TypedPlaces) -> Result<Vec<Change>, Problem> {
    let Names { project: name, connection: its_connection } = names;
    let mut changes = Vec::new();
    let mut set =
        |key: &[&str], value: &str| changes.push(Change::Set { key: edit::key(key), value: edit::text(value) });
    if let NewAccess::Existing(connection) = &new.access {
        set(&["projects", name, "git"], connection);
    } else if needs_connection(&address.remote, new) {
        set(&["projects", name, "git"], its_connection);
    }
    set(&["projects", name, "repository"], &address.remote.display());
    let branch = if new.branch.is_empty() { address.branch.clone().unwrap_or_default() } else { new.branch.clone() };
    if !branch.is_empty() {
        set(&["projects", name, "branch"], &branch);
    }
    set(&["projects", name, "project_path"], &project_path(new, address));
    let auth = new.access.auth(typed).filter(|_| needs_connection(&address.remote, new));
    if let Some(auth) = auth {
        let provider = new.provider.unwrap_or_else(|| provider_name(address.remote.provider()));
        let username = new.access.username();
        let connection = edit::connection(its_connection, &Git { username, ..Git::of(provider, auth) });
        changes.extend(connection.map_err(|error| error.to_problem())?);
    }
    Ok(changes)
}

pub(super) fn provider_name(provider: Provider) -> ProviderName {
    match provider {
        Provider::GitHub => ProviderName::Github,
        Provider::GitLab => ProviderName::Gitlab,
        Provider::Bitbucket => ProviderName::Bitbucket,
        Provider::Other => ProviderName::Git,
    }
}

/// A typed path stays as it is typed, right or wrong: the first sync says what is wrong with it.
fn project_path(new: &NewProject, address: &Address) -> String {
    const FILE: &str = "dbt_project.yml";
    match (new.project_path.as_str(), &address.path) {
        ("", Some(path)) if is_a_file(path) => path.clone(),
        ("", Some(path)) if !path.is_empty() => format!("{}/{FILE}", path.trim_end_matches('/')),
        ("", _) => FILE.to_owned(),
        (typed, _) => typed.to_owned(),
    }
}

fn is_a_file(path: &str) -> bool {
    let extension = Path::new(path).extension();
    extension.is_some_and(|extension| extension.eq_ignore_ascii_case("yml") || extension.eq_ignore_ascii_case("yaml"))
}

fn needs_connection(remote: &Remote, new: &NewProject) -> bool {
    match remote {
        Remote::Ssh { .. } => true,
        Remote::Http { .. } => new.access != NewAccess::Suggested,
        Remote::Local { .. } => false,
    }
}

/// The repository's own name, as a bare key.
fn name_of(remote: &Remote) -> String {
    let shown = remote.display();
    let last = shown.trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or_default();
    let last = last.strip_suffix(".git").unwrap_or(last);
    let plain = |character: char| if character.is_ascii_alphanumeric() || character == '_' { character } else { '_' };
    let name: String = last.chars().map(plain).collect::<String>().trim_matches('_').to_lowercase();
    if name.is_empty() { "project".to_owned() } else { name }
}

/// `shop`, or `shop_2` where there is a `shop` already.
fn free_name(wanted: &str, taken: &[&str]) -> String {
    let numbered = (2..).map(|number| format!("{wanted}_{number}"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    names.find(|name| !taken.contains(&name.as_str())).unwrap_or_default()
}

pub(super) fn not_an_address(error: &RemoteError) -> Problem {
    let code = error.code().unwrap_or(Code::new("GIT-UNKNOWN-SCHEME"));
    Problem::new(code, Subject::Workspace, error.to_string())
}

pub(super) fn unwritable(file: &Path, why: &str) -> Problem {
    let summary = format!("{} could not be changed: {why}", file.display());
    Problem::new(Code::new("CONFIG-UNREADABLE"), Subject::Workspace, summary)
}

fn first(file: &Path, problems: Vec<Problem>) -> Problem {
    problems.into_iter().next().unwrap_or_else(|| unwritable(file, "it could not be read"))
}

#[cfg(test)]
mod tests;
