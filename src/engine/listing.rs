//! The use case "choose instead of typing": repositories that a credential sees, branches of a repository,
//! and the dbt projects of a branch, told as they come.

use std::path::Path;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::git::{ApiError, AppRequest, Credential, GitHubApp, InspectRequest, Provider, usual_api};
use crate::problem::{Code, Problem, Subject};
use crate::workspace::Auth;

use super::connect::NewProject;
use super::credentials::of_api;
use super::handle::Engine;
use super::new_access::NewAccess;
use super::recognised::recognised;
use super::target::{Target, provider};

/// Most pages of a provider's list: two thousand repositories.
const MOST_PAGES: usize = 20;

/// What is to be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    Repositories,
    Branches,
    /// Paths of `dbt_project.yml`.
    ProjectPaths,
}

/// Something to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedThing {
    /// What choosing it gives: an address, a branch, a path.
    pub value: String,
    /// What it is called: `acme/shop`.
    pub name: String,
    /// What else is known: its default branch. May be empty.
    pub about: String,
}

impl ListedThing {
    fn named(name: &str, about: &str) -> Self {
        Self { value: name.to_owned(), name: name.to_owned(), about: about.to_owned() }
    }
}

/// Told what was found, page by page; called from any thread, must not block.
pub type OnListed = Arc<dyn Fn(Vec<ListedThing>) + Send + Sync>;

impl Engine {
    /// Lists what may be chosen for a new project, as far as is known of it. False where there is more than
    /// was listed. Ends soon after `cancel`.
    pub async fn list(
        &self,
        listing: Listing,
        folder: &Path,
        new: &NewProject,
        told: OnListed,
        cancel: &CancellationToken,
    ) -> Result<bool, Problem> {
        if listing == Listing::Repositories {
            return self.list_repositories(folder, new, told, cancel).await;
        }
        let look = self.look(folder, new, cancel).await?;
        let branches = self.branches_at(&look, cancel).await?;
        if listing == Listing::Branches {
            let about = |name: &String| if branches.default.as_ref() == Some(name) { "the default one" } else { "" };
            let mut found: Vec<_> = branches.names.iter().map(|name| ListedThing::named(name, about(name))).collect();
            // The likely one first.
            found.sort_by_key(|branch| branch.about.is_empty());
            told(found);
            return Ok(true);
        }
        let branch = look.branch(new, &branches, &look.among(&branches));
        let paths = self.project_paths_at(&look, &branch, cancel).await?;
        if paths.is_empty() {
            let summary = format!("There is no dbt_project.yml on the branch {branch}");
            return Err(self.described(Problem::new(Code::new("DBT-PROJECT-PATH"), Subject::Workspace, summary)));
        }
        told(paths.iter().map(|path| ListedThing::named(path, "")).collect());
        Ok(true)
    }

    async fn list_repositories(
        &self,
        folder: &Path,
        new: &NewProject,
        told: OnListed,
        cancel: &CancellationToken,
    ) -> Result<bool, Problem> {
        let target = self.account(folder, new).await?;
        let request = self.asked_of(&target, new, cancel).await?;
        let mut place = None;
        for _ in 0..MOST_PAGES {
            let page = self.core.world.providers.repositories(request.clone(), place, cancel.clone()).await;
            let page = page.map_err(|error| self.refused(new, &error))?;
            told(
                page.repositories
                    .into_iter()
                    .map(|one| ListedThing {
                        value: one.address,
                        name: one.name,
                        about: one.default_branch.unwrap_or_default(),
                    })
                    .collect(),
            );
            place = page.next;
            if place.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The account behind the access, at some repository of its host: which one is not known yet.
    async fn account(&self, folder: &Path, new: &NewProject) -> Result<Target, Problem> {
        let there = self.core.workspace();
        let connection = match &new.access {
            NewAccess::Existing(name) => there.settings.git.get(name),
            _ => None,
        };
        let mut users = there.settings.projects.values().filter(|project| match &new.access {
            NewAccess::Existing(name) => project.git.as_ref() == Some(name),
            _ => false,
        });
        let typed = recognised(&new.address);
        let origin = typed.origin.clone().or_else(|| users.find_map(|one| recognised(&one.repository).origin));
        let name = connection.map(|git| git.provider).or(new.provider).map_or(typed.provider, provider);
        let usual = match name {
            Provider::GitHub => Some("https://github.com"),
            Provider::GitLab => Some("https://gitlab.com"),
            Provider::Bitbucket => Some("https://bitbucket.org"),
            Provider::Other => None,
        };
        let Some(origin) = origin.or_else(|| usual.map(str::to_owned)) else {
            return Err(self.not_listed("which provider is asked is not known yet: choose one, or type the address"));
        };
        let some = NewProject { address: format!("{origin}/x/x"), ..new.clone() };
        let draft = self.draft(folder, &some).await?;
        self.target_of(&draft)
    }

    /// The question to the provider's API, with its credential.
    async fn asked_of(
        &self,
        target: &Target,
        new: &NewProject,
        cancel: &CancellationToken,
    ) -> Result<InspectRequest, Problem> {
        let remote = target.remote()?;
        let git = target.connection.as_ref().map(|(_, git)| git);
        let api = git.and_then(|git| git.api.clone()).or_else(|| usual_api(target.provider(), &remote));
        let Some(api) = api else {
            return Err(self.not_listed("this Git server has no API that ebb knows: type the address"));
        };
        let credential = match target.auth() {
            Auth::Anonymous => {
                return Err(
                    self.not_listed("without a credential no list is given: choose a token, or type the address")
                );
            }
            Auth::SshAgent | Auth::SshKey(_) | Auth::SshPrivateKey(_) => {
                return Err(self.not_listed("an SSH key opens no list: type the address, or choose a token"));
            }
            Auth::GithubApp(app) => {
                let private_key = target.secret(app.private_key.clone()).await.map_err(|one| self.described(one))?;
                let app =
                    GitHubApp { api: api.clone(), id: app.app_id, installation: app.installation_id, private_key };
                let request =
                    AppRequest { app, repository: String::new(), write: false, authorities: target.authorities() };
                let world = &self.core.world;
                let token = world.providers.installation_token(request, world.clock.now(), cancel.clone()).await;
                let token = token.map_err(|error| self.refused(new, &error))?;
                Credential::Token { provider: Some(target.provider()), token }
            }
            Auth::Token(_) => {
                let found = target.credential(&self.core.world, &remote, cancel).await;
                found.map_err(|problem| self.described(problem))?
            }
        };
        let username = git.and_then(|git| git.username.clone());
        let repository = recognised(&new.address).path;
        let (provider, authorities) = (target.provider(), target.authorities());
        Ok(InspectRequest { provider, api, credential, username, repository, branch: String::new(), authorities })
    }

    /// What the API said. A connection that is not written yet has no name to speak of.
    fn refused(&self, new: &NewProject, error: &ApiError) -> Problem {
        let subject = match &new.access {
            NewAccess::Existing(name) => Subject::Connection { name: name.clone() },
            _ => Subject::Workspace,
        };
        self.described(of_api(&self.core.world.catalogue, subject, error))
    }

    fn not_listed(&self, why: &str) -> Problem {
        let summary = format!("Repositories can't be listed: {why}");
        self.described(Problem::new(Code::new("GIT-LIST-NOT-OFFERED"), Subject::Workspace, summary))
    }
}
