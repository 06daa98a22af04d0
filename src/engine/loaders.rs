//! The three ways to a loaded project: this program itself, a `manifest.json`, the user's own dbt.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::dbt::{self, FileTree, LoadProgress, Loaded};
use crate::problem::{Code, Problem, Subject};
use crate::workspace::Loader;

use super::dbt_command;
use super::handle::Core;
use super::kept::KeptPlace;
use super::profiles::ProfileChoice;
use super::target::Target;

/// Largest manifest read, in bytes: ten times that of a project of 10,000 models.
const LARGEST_MANIFEST: u64 = 1 << 30;

/// What to load, and until when.
pub(super) struct Wanted {
    pub(super) target: Target,
    pub(super) tree: Arc<dyn FileTree + Send + Sync>,
    pub(super) started_at: Timestamp,
    pub(super) cancel: CancellationToken,
}

/// Loads a project as its settings say. Comes to an end soon after `cancel`, with whatever there is.
pub(super) async fn load(
    core: &Arc<Core>,
    wanted: Wanted,
    progress: impl Fn(LoadProgress) + Send + Sync + 'static,
) -> Result<Loaded, Problem> {
    match wanted.target.settings.loader {
        Loader::Native => native(core, wanted, progress).await,
        Loader::Manifest => {
            let (target, tree) = (wanted.target, wanted.tree);
            core.blocking(move || from_manifest(&target, &*tree)).await
        }
        Loader::Dbt => {
            let folder = core.world.paths.cache_dir.join("dbt").join(wanted.target.place_name());
            let (target, tree) = (wanted.target.clone(), Arc::clone(&wanted.tree));
            let place = folder.clone();
            core.blocking(move || {
                dbt_command::lay_out(&*tree, &place).map_err(|error| dbt_command::unwritable(&target, &error))
            })
            .await??;
            dbt_command::run(&wanted.target, &folder, &wanted.cancel).await?;
            let target = wanted.target;
            core.blocking(move || from_folder(&target, &folder)).await
        }
    }
}

async fn native(
    core: &Arc<Core>,
    wanted: Wanted,
    progress: impl Fn(LoadProgress) + Send + Sync + 'static,
) -> Result<Loaded, Problem> {
    let flag = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&flag);
    let Wanted { target, tree, started_at, cancel } = wanted;
    let cache = core.world.paths.cache_dir.clone();
    let work = core.blocking(move || {
        let (target, problem) = match target.folder {
            Some(_) => target.with_profile(&ProfileChoice::default()),
            None => target.with_repository_profile(&*tree),
        };
        let place = KeptPlace::new(&cache, &target.kept_name());
        let (mut loaded, unwritten) = place.load(&*tree, &target.load_options(&raised, started_at), &progress);
        if let (Some(unwritten), Some(project)) = (unwritten, &loaded.project) {
            unwritten.write(project);
        }
        loaded.problems.extend(problem);
        loaded
    });
    let mut work = std::pin::pin!(work);
    tokio::select! {
        answer = &mut work => answer,
        () = cancel.cancelled() => {
            flag.store(true, std::sync::atomic::Ordering::Relaxed);
            work.await
        }
    }
}

/// From a manifest that lies in the repository.
fn from_manifest(target: &Target, tree: &dyn FileTree) -> Loaded {
    let (root, path) = manifest_path(target);
    match tree.read(&path) {
        Ok(bytes) => read(target, &bytes, &root, &path),
        Err(error) => failed(no_manifest(target, &path, &error.to_string())),
    }
}

/// From the manifest that dbt has just written into `folder`.
fn from_folder(target: &Target, folder: &Path) -> Loaded {
    let (root, path) = manifest_path(target);
    let place = folder.join(&path);
    let is_readable = std::fs::metadata(&place).is_ok_and(|facts| facts.is_file() && facts.len() <= LARGEST_MANIFEST);
    match std::fs::read(&place) {
        Ok(bytes) if is_readable => read(target, &bytes, &root, &path),
        Ok(_) => failed(no_manifest(target, &path, "it is larger than any project's")),
        Err(error) => failed(no_manifest(target, &path, &error.to_string())),
    }
}

/// The project's folder and the manifest in it, from the repository's root.
fn manifest_path(target: &Target) -> (String, String) {
    let project = Path::new(&target.settings.project_path);
    let root = project.parent().unwrap_or(Path::new("")).to_path_buf();
    let path: PathBuf = root.join(&target.settings.manifest);
    (root.display().to_string(), path.display().to_string())
}

fn read(target: &Target, bytes: &[u8], root: &str, path: &str) -> Loaded {
    match dbt::from_manifest(bytes, root) {
        Ok(project) => Loaded { project: Some(project), problems: Vec::new() },
        Err(error) => failed(error.to_problem(&target.name, path)),
    }
}

fn failed(problem: Problem) -> Loaded {
    Loaded { project: None, problems: vec![problem] }
}

fn no_manifest(target: &Target, path: &str, reason: &str) -> Problem {
    let subject = Subject::Project { name: target.name.clone() };
    Problem::new(Code::new("DBT-MANIFEST"), subject, format!("There is no manifest at {path}")).with_raw(reason)
}
