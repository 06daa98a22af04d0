//! A dbt project loaded once for a command such as `ebb ls`, and nothing recorded: one in a folder of this
//! machine, where dbt's own options decide, or a project of the workspace.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::dbt::packages::SharedTree;
use crate::dbt::{self, Asked, EnvAccess, LoadOptions, ManifestFacts, Project, Selected, Selectors, State, Wanted};
use crate::problem::{Catalogue, Code, Problem, Severity, Subject};
use crate::workspace::{Environment, Loader, Location, Paths, Workspace};

use super::compiled::{self, CompiledFile};
use super::folder;
use super::handle::Engine;
use super::kept::{KeptPlace, Unwritten};
use super::loaders;
use super::manifest_file;
use super::packages::ForSync;
use super::profiles::ProfileChoice;
use super::state;
use super::target::Target;

/// Which project, and what dbt's own options say.
#[derive(Clone, Debug, Default)]
pub struct FolderRequest {
    /// The folder of `dbt_project.yml`.
    pub folder: PathBuf,
    pub profile: ProfileChoice,
    /// `--vars` as it was typed: YAML.
    pub vars: Option<String>,
    /// `--state`: a folder with the `manifest.json` of another time, perhaps its `run_results.json`.
    pub state: Option<PathBuf>,
}

/// A loaded folder.
#[derive(Debug)]
pub struct FolderProject {
    pub project: Project,
    pub selectors: Selectors,
    /// What `state:` compares with.
    state: Option<State>,
    /// Where it lies.
    folder: PathBuf,
    /// `target-path` of its `dbt_project.yml`.
    target_path: Option<String>,
    facts: ManifestFacts,
    /// What the next load will want to know.
    unwritten: Option<Unwritten>,
    /// Described, in the order in which they were met; none of them kept the project from loading.
    pub problems: Vec<Problem>,
}

impl FolderProject {
    /// Writes what the next load will want to know: the last thing before the program ends.
    pub fn keep(self) {
        if let Some(unwritten) = &self.unwritten {
            unwritten.write(&self.project);
        }
        // To take apart millions of values would take longer than to print them; the process gives them all back.
        std::mem::forget(self);
    }

    /// Whether anything is wrong that dbt might have stopped at.
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// The nodes that are asked for, of the kinds that are wanted; those without any text only
    /// `with_empty`.
    pub fn select(&self, asked: &Asked, resource_types: &[&str], with_empty: bool) -> Result<Selected, Problem> {
        let wanted = Wanted { resource_types, with_empty, state: self.state.as_ref() };
        let selected = asked.spec(&self.selectors).and_then(|spec| dbt::select(&self.project, &spec, &wanted));
        selected.map_err(|error| described(error.to_problem(&self.project.name)))
    }
}

/// What a compile has written.
#[derive(Debug)]
pub struct WrittenFiles {
    pub target: PathBuf,
    pub files: Vec<CompiledFile>,
}

impl FolderProject {
    /// Writes the compiled SQL of these nodes into the target folder: the one asked for, else the one of
    /// `DBT_TARGET_PATH`, else the project's own.
    pub fn write_compiled(
        &self,
        ids: &[String],
        asked: Option<&Path>,
        environment: &Environment,
    ) -> Result<WrittenFiles, Problem> {
        let target = self.target_folder(asked, environment);
        let files = compiled::write(&self.project, ids, &target).map_err(described)?;
        Ok(WrittenFiles { target, files })
    }

    /// Writes `manifest.json` into the same folder; gives its path.
    pub fn write_manifest(&self, asked: Option<&Path>, environment: &Environment) -> Result<PathBuf, Problem> {
        let target = self.target_folder(asked, environment);
        manifest_file::write(&self.project, &self.facts, &target).map_err(described)
    }

    fn target_folder(&self, asked: Option<&Path>, environment: &Environment) -> PathBuf {
        let named = asked.or_else(|| environment.variable("DBT_TARGET_PATH").map(Path::new));
        let own = Path::new(self.target_path.as_deref().unwrap_or("target"));
        match named {
            Some(path) => environment.resolve_path(path, environment.working_directory()),
            None => environment.resolve_path(own, &self.folder),
        }
    }
}

/// What the manifest of a load says besides the project.
fn facts_of(options: &LoadOptions<'_>, folder: &Path, selectors: &Selectors) -> ManifestFacts {
    let (EnvAccess::Only(env) | EnvAccess::Process(env)) = &options.env;
    let custom =
        |(name, value): (&String, &String)| Some((name.strip_prefix("DBT_ENV_CUSTOM_ENV_")?.to_owned(), value.clone()));
    ManifestFacts {
        dbt_version: options.dbt_version.clone(),
        generated_at: options.run_started_at,
        invocation_id: options.invocation_id.clone(),
        adapter: options.adapter,
        env: env.iter().filter_map(custom).collect(),
        root_path: folder.display().to_string(),
        selectors: selectors.written().clone(),
    }
}

/// Loads a folder. Blocks until it is done.
///
/// A profile or variables that were asked for and are wrong stop it, as they stop dbt; what is wrong
/// within the project does not.
pub fn load_folder(environment: &Environment, request: &FolderRequest) -> Result<FolderProject, Vec<Problem>> {
    let location = Location::Folder(request.folder.clone());
    let mut workspace = folder::as_workspace(Workspace::load(location, environment, &[])?);
    let Some((name, settings)) = workspace.settings.projects.iter_mut().next() else { return Err(Vec::new()) };
    let name = name.clone();
    if let Some(vars) = &request.vars {
        settings.vars = dbt::parse_vars(vars).map_err(|sentence| vec![wrong_vars(&name, &sentence)])?;
    }
    let target = Target::of(&workspace, &name, Path::new(""), environment).map_err(|problem| vec![problem])?;
    let (target, profile) = target.with_profile(&request.profile);
    if let Some(problem) = profile.as_ref().filter(|problem| problem.severity == Severity::Error) {
        return Err(vec![described(problem.clone())]);
    }
    let tree = target.open(&request.folder).map_err(|error| {
        let problem = super::diagnosis::folder(&target, &error);
        vec![described(problem)]
    })?;
    let cancelled = AtomicBool::new(false);
    let options = target.load_options(&cancelled, Timestamp::now());
    let place = KeptPlace::new(&Paths::of(environment).cache_dir, &target.kept_name());
    let (loaded, unwritten) = place.load(&tree, &options, &|_| {});
    let problems = all_described(profile.into_iter().chain(loaded.problems));
    let Some(project) = loaded.project else { return Err(problems) };
    let selectors = dbt::read_selectors(&tree, &project.root, &project.name, &options).map_err(all_described)?;
    let state = match &request.state {
        Some(folder) => Some(state::read(folder, &name).map_err(|problem| vec![described(problem)])?),
        None => None,
    };
    let (folder, target_path) = (request.folder.clone(), target.project_setting("target-path"));
    let facts = facts_of(&options, &folder, &selectors);
    Ok(FolderProject { project, selectors, state, folder, target_path, facts, unwritten, problems })
}

impl Engine {
    /// Loads a project of the workspace once, as its last good sync found it, with the packages that it needs;
    /// one that is a folder as it lies there. Nothing is recorded. `vars` are those of `--vars`.
    ///
    /// None where no sync of the project was good yet: then there is no commit to load.
    pub async fn load_project(
        &self,
        name: &str,
        vars: Option<&str>,
        state: Option<&Path>,
    ) -> Result<Option<FolderProject>, Vec<Problem>> {
        let one = |problem: Problem| vec![described(problem)];
        let mut target = self.core.target(name).map_err(one)?;
        if let Some(vars) = vars {
            target.settings.vars = dbt::parse_vars(vars).map_err(|sentence| vec![wrong_vars(name, &sentence)])?;
        }
        let cancel = CancellationToken::new();
        let Some((tree, without_packages)) = self.tree_of(&target, &cancel).await.map_err(one)? else {
            return Ok(None);
        };
        let (started_at, shared) = (self.core.now(), Arc::clone(&tree));
        let wanted = loaders::Wanted { target: target.clone(), tree, started_at, cancel };
        let loaded = loaders::load(&self.core, wanted, |_| {}).await.map_err(one)?;
        let problems = all_described(without_packages.into_iter().chain(loaded.problems));
        let Some(project) = loaded.project else { return Err(problems) };
        let never = AtomicBool::new(false);
        let options = target.clone().with_repository_profile(&*shared).0.load_options(&never, started_at);
        let selectors = dbt::read_selectors(&*shared, &project.root, &project.name, &options).map_err(all_described)?;
        let state = state.map(|folder| state::read(folder, name)).transpose().map_err(one)?;
        let here = self.core.world.environment.working_directory().to_path_buf();
        let (folder, target_path) = (target.folder.clone().unwrap_or(here), None);
        let facts = facts_of(&options, &folder, &selectors);
        Ok(Some(FolderProject { project, selectors, state, folder, target_path, facts, unwritten: None, problems }))
    }

    /// A project's files with its packages, and why some of these are missing.
    async fn tree_of(
        &self,
        target: &Target,
        cancel: &CancellationToken,
    ) -> Result<Option<(SharedTree, Vec<Problem>)>, Problem> {
        if let Some(folder) = &target.folder {
            let opened = target.open(folder).map_err(|error| super::diagnosis::folder(target, &error))?;
            return Ok(Some((Arc::new(opened), Vec::new())));
        }
        let store = &self.core.world.store;
        let Some(commit) = store.last_good(&target.name)?.and_then(|sync| sync.commit) else { return Ok(None) };
        let request = target.fetch_request(&self.core.world, cancel).await?;
        let repositories = Arc::clone(&self.core.world.repositories);
        let (remote, cache) = (request.remote.clone(), request.cache.clone());
        let tree = self.core.blocking(move || repositories.tree(&remote, &cache, &commit.id)).await?;
        let tree = tree.map_err(|error| super::diagnosis::remote(&self.core, target, &request, &error))?;
        if target.settings.loader == Loader::Manifest {
            return Ok(Some((tree, Vec::new())));
        }
        let missing = ForSync {
            world: self.core.world.clone(),
            target: target.clone(),
            tree,
            credential: request.credential,
            cancel: cancel.clone(),
            now: self.core.now(),
        };
        let placed = self.core.blocking(move || missing.place(&|| {})).await?;
        Ok(Some((placed.tree, placed.problems)))
    }
}

fn wrong_vars(project: &str, sentence: &str) -> Problem {
    let subject = Subject::Project { name: project.to_owned() };
    described(Problem::new(Code::new("DBT-VARS-INVALID"), subject, sentence).with_raw(sentence))
}

fn described(mut problem: Problem) -> Problem {
    Catalogue::builtin().describe(&mut problem);
    problem
}

/// What the catalogue knows of each; one catalogue remembers what it has read.
fn all_described(problems: impl IntoIterator<Item = Problem>) -> Vec<Problem> {
    let catalogue = Catalogue::builtin();
    let described = |mut problem: Problem| {
        catalogue.describe(&mut problem);
        problem
    };
    problems.into_iter().map(described).collect()
}
