//! A project that is being set up: what its repository offers to choose from, and a test of it, before
//! anything is written.

use std::path::Path;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::git::{FetchRequest, RemoteError};
use crate::problem::{Problem, diagnosis::found_project_paths};

use super::connect::{self, Draft, NewProject};
use super::connection_test::{OnProbe, test_project};
use super::diagnosis;
use super::handle::Engine;
use super::target::Target;

/// A folder that no tree can have: with it, a fetch brings the names of files and none of their contents.
const NAMES_ALONE: &str = ".git";

/// What a repository offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub branches: Vec<String>,
    /// The one to take: as it was asked for, as a pasted page shows it, else the default one.
    pub branch: Option<String>,
    /// Paths of every `dbt_project.yml` on that branch, the shallowest first. Where a pasted page shows one, or
    /// a folder that holds one, that alone.
    pub project_paths: Vec<String>,
}

impl Engine {
    /// Looks for branches and dbt projects of a repository, with the credential that it would have.
    pub async fn look_into(
        &self,
        folder: &Path,
        new: &NewProject,
        cancel: &CancellationToken,
    ) -> Result<Found, Problem> {
        let draft = self.draft(folder, new).await?;
        let target = self.target_of(&draft)?;
        let request = target.fetch_request(&self.core.world, cancel).await?;
        let repositories = Arc::clone(&self.core.world.repositories);
        let failed = |error: RemoteError| self.described(diagnosis::remote(&self.core, &target, &request, &error));
        let branches = repositories.branches(request.clone(), cancel.clone()).await.map_err(failed)?;
        let address = draft.address.among(&branches.names);
        let asked = Some(new.branch.clone()).filter(|branch| !branch.is_empty());
        let branch = asked.or(address.branch).or(branches.default);
        let wanted = branch.clone().unwrap_or_default();
        let (folder, expected) = (NAMES_ALONE.to_owned(), Some(format!("{NAMES_ALONE}/none")));
        let names = FetchRequest { branch: wanted, folder, expected, ..request.clone() };
        let fetched = repositories.fetch(names, Arc::new(|_| {}), cancel.clone()).await.map_err(failed)?;
        let (remote, cache, commit) = (request.remote.clone(), request.cache.clone(), fetched.commit.id);
        let looked = self.core.blocking(move || {
            let tree = repositories.tree(&remote, &cache, &commit)?;
            let files = tree.list("").unwrap_or_default();
            let found = found_project_paths(files.iter().map(|file| file.path.as_str()));
            Ok::<_, RemoteError>(found.into_iter().map(|found| found.path).collect::<Vec<String>>())
        });
        let mut project_paths = looked.await?.map_err(failed)?;
        if let Some(shown) = address.path {
            let shown = shown.trim_end_matches("dbt_project.yml").trim_end_matches('/').to_owned();
            let exact = project_paths.iter().position(|path| path.rsplit_once('/').map_or("", |(at, _)| at) == shown);
            if let Some(exact) = exact {
                project_paths = vec![project_paths.swap_remove(exact)];
            }
        }
        Ok(Found { branches: branches.names, branch, project_paths })
    }

    /// Tests a project that is not written yet, step by step. True when all is well.
    pub async fn test_new(
        &self,
        folder: &Path,
        new: &NewProject,
        told: OnProbe,
        cancel: CancellationToken,
    ) -> Result<bool, Problem> {
        let draft = self.draft(folder, new).await?;
        Ok(test_project(&self.core, self.target_of(&draft)?, &told, &cancel).await)
    }

    async fn draft(&self, folder: &Path, new: &NewProject) -> Result<Draft, Problem> {
        let (folder, new, environment) = (folder.to_path_buf(), new.clone(), self.core.world.environment.clone());
        self.core.blocking(move || connect::draft(&folder, &new, &environment)).await?
    }

    fn target_of(&self, draft: &Draft) -> Result<Target, Problem> {
        let world = &self.core.world;
        Target::of(&draft.workspace, &draft.project, &world.paths.cache_dir.join("git"), &world.environment)
    }

    fn described(&self, mut problem: Problem) -> Problem {
        self.core.world.catalogue.describe(&mut problem);
        problem
    }
}
