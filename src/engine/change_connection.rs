//! The use cases "change a connection's credential" and "remove": tested or shown first, then written.

use std::path::PathBuf;

use tokio_util::sync::CancellationToken;

use crate::problem::{Code, Problem, Subject};
use crate::workspace::edit::{self, Change};
use crate::workspace::{Git, Location, ProviderName, Workspace};

use super::connect::{loaded, with_kept};
use super::connection_test::{OnProbe, Probe, test_project};
use super::handle::Engine;
use super::new_access::{NewAccess, TypedPlaces};
use super::old_secrets;
use super::target::Target;

/// Another credential for a Git connection that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCredential {
    pub connection: String,
    /// None: as it is.
    pub provider: Option<ProviderName>,
    pub access: NewAccess,
}

/// What is to be taken out of `ebb.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Removal {
    Connection(String),
    /// What was recorded of it stays in the store.
    Project(String),
}

/// What a removal would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemovalPreview {
    /// Projects that use the connection: they would be read without a credential.
    pub users: Vec<String>,
    /// What becomes of secrets that nothing refers to any more, in sentences.
    pub secrets: Vec<String>,
    /// Of `ebb.toml`, as a unified diff without file names.
    pub diff: Vec<String>,
}

impl Engine {
    /// Tests every project that uses the connection with the new credential. Nothing is written.
    pub async fn try_credential(
        &self,
        new: &NewCredential,
        told: OnProbe,
        cancel: CancellationToken,
    ) -> Result<bool, Problem> {
        let (file, workspace) = self.on_disk().await?;
        let changes = credential_changes(&workspace, new, &TypedPlaces::Nowhere)?;
        let environment = self.core.world.environment.clone();
        let edited = edit::preview(&file, &workspace.version, &changes, &environment);
        let text = edited.map_err(|error| error.to_problem())?.after;
        let changed = Workspace::from_text(Location::File(file), text, &environment, &[]);
        let changed = changed.map_err(|problems| without_reason(problems.into_iter().next()))?;
        let typed = new.access.typed_nowhere();
        for words in self.told_of_secrets(&workspace, &changed).await? {
            told(Probe::Noted { words });
        }
        let users = users(&changed, &new.connection);
        if users.is_empty() {
            let words = "no project uses this connection: there is no repository to test it with".to_owned();
            told(Probe::Noted { words });
        }
        let cache = self.core.world.paths.cache_dir.join("git");
        let mut is_well = true;
        for project in users {
            let target = Target::of(&changed, &project, &cache, &environment)?.with_typed(typed.clone());
            is_well &= test_project(&self.core, target, &told, &cancel).await;
            if cancel.is_cancelled() {
                return Ok(false);
            }
        }
        Ok(is_well)
    }

    /// Writes the new credential and takes it up. Gives what became of the secrets of the old one, in sentences.
    pub async fn change_credential(&self, new: &NewCredential) -> Result<Vec<String>, Problem> {
        let (file, workspace) = self.on_disk().await?;
        let before = workspace.clone();
        let (new, environment) = (new.clone(), self.core.world.environment.clone());
        let written = self.core.blocking(move || {
            with_kept(&new.connection, &new.access, &environment, |place| {
                let changes = credential_changes(&workspace, &new, place)?;
                let edited = edit::apply(&file, &workspace.version, &changes, &environment);
                edited.map(drop).map_err(|error| error.to_problem())
            })
        });
        written.await??;
        self.taken_up().await?;
        self.forget_secrets(before).await
    }

    /// What a removal would change.
    pub async fn preview_removal(&self, removal: &Removal) -> Result<RemovalPreview, Problem> {
        let (file, workspace) = self.on_disk().await?;
        let users = match removal {
            Removal::Connection(name) => users(&workspace, name),
            Removal::Project(_) => Vec::new(),
        };
        let changes = removal_changes(&workspace, removal)?;
        let edited = edit::preview(&file, &workspace.version, &changes, &self.core.world.environment);
        let edited = edited.map_err(|error| error.to_problem())?;
        let environment = &self.core.world.environment;
        let after = Workspace::from_text(Location::File(file), edited.after, environment, &[]);
        let after = after.map_err(|problems| without_reason(problems.into_iter().next()))?;
        let secrets = self.told_of_secrets(&workspace, &after).await?;
        Ok(RemovalPreview { users, secrets, diff: edited.diff })
    }

    /// Removes, and takes the change up. Gives what became of secrets that are not needed any more, in sentences.
    pub async fn remove(&self, removal: &Removal) -> Result<Vec<String>, Problem> {
        let (file, workspace) = self.on_disk().await?;
        let changes = removal_changes(&workspace, removal)?;
        let edited = edit::apply(&file, &workspace.version, &changes, &self.core.world.environment);
        edited.map_err(|error| error.to_problem())?;
        self.taken_up().await?;
        self.forget_secrets(workspace).await
    }

    /// What would become of the secrets that a change leaves without a use.
    async fn told_of_secrets(&self, before: &Workspace, after: &Workspace) -> Result<Vec<String>, Problem> {
        let (unused, before) = (old_secrets::unused(before, after), before.clone());
        let environment = self.core.world.environment.clone();
        self.core.blocking(move || old_secrets::told(&unused, &before, &environment)).await
    }

    /// Removes the secrets of ours that the workspace, as it is now, does not need any more.
    async fn forget_secrets(&self, before: Workspace) -> Result<Vec<String>, Problem> {
        let unused = old_secrets::unused(&before, &self.core.workspace());
        let environment = self.core.world.environment.clone();
        self.core.blocking(move || old_secrets::forget(&unused, &before, &environment)).await
    }

    /// The file as it is now, which may not be as it was loaded.
    async fn on_disk(&self) -> Result<(PathBuf, Workspace), Problem> {
        let Location::File(file) = self.core.workspace().location.clone() else {
            let summary = "There is no ebb.toml in which something could be changed";
            return Err(Problem::new(Code::new("CONFIG-UNREADABLE"), Subject::Workspace, summary));
        };
        let (read, environment) = (file.clone(), self.core.world.environment.clone());
        let workspace = self.core.blocking(move || loaded(&read, &environment)).await??;
        Ok((file, workspace))
    }

    async fn taken_up(&self) -> Result<(), Problem> {
        self.reload().await.map_err(|problems| without_reason(problems.into_iter().next()))
    }
}

fn users(workspace: &Workspace, connection: &str) -> Vec<String> {
    let all = workspace.settings.projects.iter();
    all.filter(|(_, project)| project.git.as_deref() == Some(connection)).map(|(name, _)| name.clone()).collect()
}

fn known<'a>(workspace: &'a Workspace, connection: &str) -> Result<&'a Git, Problem> {
    workspace.settings.git.get(connection).ok_or_else(|| {
        let names: Vec<String> = workspace.settings.git.keys().cloned().collect();
        let summary = format!("There is no Git connection called {connection:?} in this workspace");
        let subject = Subject::Connection { name: connection.to_owned() };
        Problem::new(Code::new("CONFIG-REFERENCE"), subject, summary)
            .with_evidence("Git connections of this workspace", names)
    })
}

fn credential_changes(workspace: &Workspace, new: &NewCredential, typed: &TypedPlaces) -> Result<Vec<Change>, Problem> {
    let old = known(workspace, &new.connection)?;
    let auth = new.access.auth(typed).unwrap_or_else(|| old.auth.clone());
    let provider = new.provider.unwrap_or(old.provider);
    let git = Git { username: new.access.username(), api: old.api.clone(), ..Git::of(provider, auth) };
    let key = |last: &str| edit::key(&["git", &new.connection, last]);
    // What is not said any more must go: another kind of credential has other keys.
    let mut changes = vec![Change::Remove { key: key("auth") }, Change::Remove { key: key("username") }];
    changes.extend(edit::connection(&new.connection, &git).map_err(|error| error.to_problem())?);
    Ok(changes)
}

fn removal_changes(workspace: &Workspace, removal: &Removal) -> Result<Vec<Change>, Problem> {
    match removal {
        Removal::Connection(name) => {
            known(workspace, name)?;
            let freed = users(workspace, name);
            let freed = freed.iter().map(|project| Change::Remove { key: edit::key(&["projects", project, "git"]) });
            Ok(freed.chain([Change::Remove { key: edit::key(&["git", name]) }]).collect())
        }
        Removal::Project(name) => Ok(vec![Change::Remove { key: edit::key(&["projects", name]) }]),
    }
}

fn without_reason(problem: Option<Problem>) -> Problem {
    problem.unwrap_or_else(|| {
        Problem::new(Code::new("CONFIG-UNREADABLE"), Subject::Workspace, "ebb.toml was refused without a reason")
    })
}
