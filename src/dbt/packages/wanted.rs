//! The questions that whoever fetches packages asks of a project: what is wanted, is it there, is there
//! a lock that fits, and which versions does it come to.

use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;

use super::asked::{Owner, read_asked};
use super::error::ResolveError;
use super::installed::Found;
use super::lock::{LOCK_FILE, Lock, requirements_hash};
use super::pinned::Resolved;
use super::requirement::Requirement;
use super::resolve::{PackageSources, Resolver, project_name};
use crate::dbt::context::{Context, NativeContext, Phase, Shared, Target};
use crate::dbt::locate::locate;
use crate::dbt::macros::Macros;
use crate::dbt::options::{EnvAccess, LoadOptions};
use crate::dbt::problems::Problems;
use crate::dbt::project::read_project;
use crate::dbt::render::NativeRenderer;
use crate::dbt::tree::FileTree;
use crate::dbt::yaml;
use crate::jinja::{Interpreter, Limits};
use crate::problem::Problem;

/// Environment variables whose values are written nowhere.
const SECRET_PREFIX: &str = "DBT_ENV_SECRET_";

/// What a project asks for, and what is there of it.
#[derive(Clone, Debug, Default)]
pub struct WantedPackages {
    /// The project's own name.
    pub project: String,
    /// The project's folder from the tree's root.
    pub folder: String,
    /// `packages-install-path`, as it is set.
    pub install_path: String,
    /// The file that asks, from the tree's root; empty where nothing is asked for.
    pub file: String,
    pub requirements: Vec<Requirement>,
    /// The hash that a lock file for these requirements holds.
    pub hash: String,
    /// What the project's lock file pins; none where there is no file, or one that cannot be read.
    pub lock: Option<Lock>,
    /// False when fewer packages are there than are asked for.
    pub is_installed: bool,
    /// Values that must not be written to a file.
    secrets: Vec<String>,
}

impl WantedPackages {
    /// The lock file, where it was made for what is asked for now.
    pub fn fitting_lock(&self) -> Option<&Lock> {
        self.lock.as_ref().filter(|lock| lock.hash == self.hash)
    }

    /// Where the packages belong, from the tree's root.
    pub fn install_folder(&self) -> String {
        let path = self.install_path.trim_matches('/');
        if self.folder.is_empty() { path.to_owned() } else { format!("{}/{path}", self.folder) }
    }

    /// The text of a lock file for these requirements.
    pub fn lock_text(&self, packages: &[Resolved]) -> String {
        let secrets: Vec<&str> = self.secrets.iter().map(String::as_str).collect();
        Lock::write(packages, &self.hash, &secrets)
    }
}

/// Reads what the project at `options.project_path` asks for. What dbt would refuse comes back as
/// problems, and so does a tree without a project.
pub fn wanted_packages(tree: &dyn FileTree, options: &LoadOptions<'_>) -> Result<WantedPackages, Vec<Problem>> {
    let mut problems = Problems::default();
    let Some((path, text)) = locate(tree, options, &mut problems) else { return Err(problems.finish("")) };
    let root = with_renderer(options, Phase::Project, |renderer| {
        read_project(&path, &text, &options.dbt_version, renderer, &mut problems)
    });
    let Some(root) = root else { return Err(problems.finish("")) };
    // What else is wrong with the project file is told by whoever loads the project.
    let mut problems = Problems::default().named(&root.name);
    let (asked, lock) = with_renderer(options, Phase::Packages, |renderer| {
        let asked = read_asked(Owner { tree, folder: &root.folder, package: None }, renderer, &mut problems);
        (asked, lock_of(tree, &root.path(LOCK_FILE), renderer))
    });
    problems.extend(asked.unrendered.clone());
    let is_installed = !Found::of(tree, &root, &asked).is_incomplete(&asked);
    let problems = problems.finish(&root.name);
    if !problems.is_empty() {
        return Err(problems);
    }
    let (EnvAccess::Only(variables) | EnvAccess::Process(variables)) = &options.env;
    let secrets = variables.iter().filter(|(name, _)| name.starts_with(SECRET_PREFIX));
    Ok(WantedPackages {
        project: root.name,
        folder: root.folder,
        install_path: root.packages_install_path,
        file: asked.path,
        hash: requirements_hash(&asked.requirements),
        requirements: asked.requirements,
        lock,
        is_installed,
        secrets: secrets.map(|(_, value)| value.clone()).collect(),
    })
}

/// Chooses the versions. With `check_versions` only those that work with `options.dbt_version` count.
pub fn resolve_packages<S: PackageSources>(
    wanted: &WantedPackages,
    options: &LoadOptions<'_>,
    check_versions: bool,
    sources: &S,
) -> Result<Vec<Resolved>, ResolveError<S::Error>> {
    with_renderer(options, Phase::Packages, |renderer| {
        let dbt_version = check_versions.then_some(options.dbt_version.as_str());
        Resolver::new(sources, renderer, dbt_version, &wanted.project).resolve(&wanted.requirements)
    })
}

/// Variables as `--vars` gives them: a YAML mapping; none where it is something else.
pub fn read_vars(text: &str) -> Option<serde_json::Map<String, serde_json::Value>> {
    let root = yaml::parse(text).ok()?.root;
    if root.is_null() {
        return Some(serde_json::Map::new());
    }
    root.as_map().map(|map| map.iter().map(|(key, entry)| (key.clone(), entry.value.to_json())).collect())
}

/// The name of the project whose files these are; without one, the projects that are further below.
pub fn package_name(tree: &dyn FileTree) -> Result<String, Vec<String>> {
    project_name(tree)
}

/// A lock file that cannot be read counts as none: what it was made from is there to make it again.
fn lock_of(tree: &dyn FileTree, path: &str, renderer: &dyn NativeRenderer) -> Option<Lock> {
    let text = String::from_utf8(tree.read(path).ok()?).ok()?;
    sound_lock(path, &text, renderer)
}

fn sound_lock(path: &str, text: &str, renderer: &dyn NativeRenderer) -> Option<Lock> {
    let mut problems = Problems::default();
    let lock = Lock::read(path, text, renderer, &mut problems)?;
    problems.finish("").is_empty().then_some(lock)
}

/// The lock that a text holds; none where it is no lock file.
pub fn read_lock(path: &str, text: &str, options: &LoadOptions<'_>) -> Option<Lock> {
    with_renderer(options, Phase::Packages, |renderer| sound_lock(path, text, renderer))
}

fn with_renderer<T>(options: &LoadOptions<'_>, phase: Phase, work: impl FnOnce(&dyn NativeRenderer) -> T) -> T {
    let macros = Macros::empty(options.adapter);
    let bare = Arc::new(Shared::new(Target::new(options), IndexMap::new(), macros));
    let mut interpreter = Interpreter::new(Limits::default(), options.cancelled);
    work(&NativeContext::new(Context::of_package(&bare, phase, "", &Rc::default()), &mut interpreter))
}
