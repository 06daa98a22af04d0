//! A project that is being set up: tried out step by step before anything is written, with branch and path
//! found where a person left them open.

use std::path::Path;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::git::{Address, Branches, FetchRequest, RemoteError};
use crate::problem::{Problem, diagnosis::found_project_paths};

use super::connect::{self, Draft, NewProject};
use super::connection_test::{OnProbe, test_project};
use super::diagnosis;
use super::handle::Engine;
use super::target::Target;

/// A folder that no tree can have: with it, a fetch brings the names of files and none of their contents.
const NAMES_ALONE: &str = ".git";

/// How a new project did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Everything works.
    pub is_well: bool,
    /// With the branch and the path that were found for it.
    pub new: NewProject,
    /// Paths of several dbt projects, where none was named: nothing was tested.
    pub choose: Vec<String>,
}

impl Engine {
    /// Tries a project that is not written yet: looks for branch and path, then goes every step of a sync.
    pub async fn try_new(
        &self,
        folder: &Path,
        mut new: NewProject,
        told: OnProbe,
        cancel: CancellationToken,
    ) -> Result<Tried, Problem> {
        // Where the look fails, the test says the same, and at which step.
        if let Ok((branch, paths)) = self.look_into(folder, &new, &cancel).await {
            new.branch = branch;
            match (new.project_path.is_empty(), paths.as_slice()) {
                (true, [only]) => new.project_path.clone_from(only),
                (true, [_, _, ..]) => return Ok(Tried { is_well: false, new, choose: paths }),
                _ => {}
            }
        }
        let draft = self.draft(folder, &new).await?;
        let is_well = test_project(&self.core, self.target_of(&draft)?, &told, &cancel).await;
        Ok(Tried { is_well, new, choose: Vec::new() })
    }

    /// The branch to take, and the projects to choose from.
    async fn look_into(
        &self,
        folder: &Path,
        new: &NewProject,
        cancel: &CancellationToken,
    ) -> Result<(String, Vec<String>), Problem> {
        let look = self.look(folder, new, cancel).await?;
        let branches = self.branches_at(&look, cancel).await?;
        let address = look.among(&branches);
        let branch = look.branch(new, &branches, &address);
        let mut paths = self.project_paths_at(&look, &branch, cancel).await?;
        if let Some(shown) = address.path {
            // A pasted page shows one of them, or its folder: that alone is meant.
            let shown = shown.trim_end_matches("dbt_project.yml").trim_end_matches('/').to_owned();
            let exact = paths.iter().position(|path| path.rsplit_once('/').map_or("", |(at, _)| at) == shown);
            if let Some(exact) = exact {
                paths = vec![paths.swap_remove(exact)];
            }
        }
        Ok((branch, paths))
    }

    /// What it takes to look at a new project's repository.
    pub(super) async fn look(
        &self,
        folder: &Path,
        new: &NewProject,
        cancel: &CancellationToken,
    ) -> Result<Look, Problem> {
        let draft = self.draft(folder, new).await?;
        let target = self.target_of(&draft)?;
        let request =
            target.fetch_request(&self.core.world, cancel).await.map_err(|problem| self.described(problem))?;
        Ok(Look { target, request, address: draft.address })
    }

    pub(super) async fn branches_at(&self, look: &Look, cancel: &CancellationToken) -> Result<Branches, Problem> {
        let asked = self.core.world.repositories.branches(look.request.clone(), cancel.clone()).await;
        asked.map_err(|error| self.look_failed(look, &error))
    }

    /// Paths of every `dbt_project.yml` of a branch, the shallowest first; no file is fetched.
    pub(super) async fn project_paths_at(
        &self,
        look: &Look,
        branch: &str,
        cancel: &CancellationToken,
    ) -> Result<Vec<String>, Problem> {
        let repositories = Arc::clone(&self.core.world.repositories);
        let (folder, expected) = (NAMES_ALONE.to_owned(), Some(format!("{NAMES_ALONE}/none")));
        let names = FetchRequest { branch: branch.to_owned(), folder, expected, ..look.request.clone() };
        let fetched = repositories.fetch(names, Arc::new(|_| {}), cancel.clone()).await;
        let commit = fetched.map_err(|error| self.look_failed(look, &error))?.commit.id;
        let (remote, cache) = (look.request.remote.clone(), look.request.cache.clone());
        let looked = self.core.blocking(move || {
            let tree = repositories.tree(&remote, &cache, &commit)?;
            let files = tree.list("").unwrap_or_default();
            let found = found_project_paths(files.iter().map(|file| file.path.as_str()));
            let mut paths: Vec<String> = found.into_iter().map(|found| found.path).collect();
            paths.sort_by_key(|path| path.matches('/').count());
            Ok::<_, RemoteError>(paths)
        });
        looked.await?.map_err(|error| self.look_failed(look, &error))
    }

    fn look_failed(&self, look: &Look, error: &RemoteError) -> Problem {
        self.described(diagnosis::remote(&self.core, &look.target, &look.request, error))
    }

    pub(super) async fn draft(&self, folder: &Path, new: &NewProject) -> Result<Draft, Problem> {
        let (folder, new, environment) = (folder.to_path_buf(), new.clone(), self.core.world.environment.clone());
        let draft = self.core.blocking(move || connect::draft(&folder, &new, &environment)).await?;
        draft.map_err(|problem| self.described(problem))
    }

    pub(super) fn target_of(&self, draft: &Draft) -> Result<Target, Problem> {
        let world = &self.core.world;
        let cache = world.paths.cache_dir.join("git");
        let target = Target::of(&draft.workspace, &draft.project, &cache, &world.environment)?;
        Ok(target.with_typed(draft.typed.clone()))
    }

    pub(super) fn described(&self, mut problem: Problem) -> Problem {
        self.core.world.catalogue.describe(&mut problem);
        problem
    }
}

/// A repository that can be looked at.
pub(super) struct Look {
    target: Target,
    request: FetchRequest,
    address: Address,
}

impl Look {
    /// The branch that is asked for, that a pasted page shows, or the default one.
    pub(super) fn branch(&self, new: &NewProject, branches: &Branches, among: &Address) -> String {
        let asked = Some(new.branch.clone()).filter(|branch| !branch.is_empty());
        asked.or_else(|| among.branch.clone()).or_else(|| branches.default.clone()).unwrap_or_default()
    }

    pub(super) fn among(&self, branches: &Branches) -> Address {
        self.address.clone().among(&branches.names)
    }
}
