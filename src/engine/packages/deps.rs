//! The use case "ebb deps": the packages of a dbt project in a folder of this machine, as `dbt deps` brings
//! them. The lock file is honoured while it fits, and written where it does not.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::install::{Content, InstallError, install};
use super::run::{Ready, fetch_all, resolve};
use super::shelf::write_whole;
use super::source::{Owner, Source};
use crate::dbt::LoadOptions;
use crate::dbt::packages::{
    LOCK_FILE, NewPackage, Pinned, Resolved, WantedPackages, add_package, read_vars, wanted_packages,
};
use crate::engine::folder::Folder;
use crate::engine::handle::Engine;
use crate::engine::target::Target;
use crate::engine::world::World;
use crate::git::Credential;
use crate::problem::{Code, Problem, Subject};

/// How to bring the packages.
#[derive(Clone, Debug, Default)]
pub struct DepsRequest {
    /// Choose the versions anew, whatever the lock file says.
    pub upgrade: bool,
    /// Write the lock file and install nothing.
    pub only_lock: bool,
    /// Take versions that do not allow this dbt, too.
    pub any_dbt_version: bool,
    /// A package to ask for from now on.
    pub add: Option<NewPackage>,
    /// As dbt's `--vars`.
    pub vars: Option<String>,
}

/// What was done.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DepsReport {
    pub packages: Vec<InstalledPackage>,
    pub lock: LockState,
    /// The packages folder; none where nothing was installed.
    pub folder: Option<PathBuf>,
    /// What a person should know besides: moving revisions, renamed packages, removed entries.
    pub notes: Vec<String>,
}

/// A package that is there now.
#[derive(Clone, Debug, Serialize)]
pub struct InstalledPackage {
    /// Folder in the packages folder.
    pub name: String,
    /// `dbt-labs/dbt_utils 1.1.1`
    pub package: String,
    /// A newer version that could be taken.
    pub newer: Option<String>,
    pub from_cache: bool,
}

/// What became of the lock file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LockState {
    /// Nothing is asked for.
    #[default]
    None,
    /// It fitted, and was followed.
    Honoured,
    /// It was written.
    Written,
}

impl Engine {
    /// Brings the packages of a project that lies in a folder of this machine.
    pub async fn install_packages(&self, project: &str, request: DepsRequest) -> Result<DepsReport, Vec<Problem>> {
        let target = self.core.target(project).map_err(|problem| vec![problem])?;
        let Some(folder) = target.folder.clone() else {
            let summary =
                format!("{project} is synced from its repository; its packages are fetched when it is synced");
            return Err(vec![Problem::new(Code::new("DBT-DEPS-INSTALL"), target.subject(), summary)]);
        };
        let vars = request.vars.as_deref().map_or(Some(serde_json::Map::new()), read_vars);
        let Some(vars) = vars else {
            let summary = "--vars is no YAML mapping";
            return Err(vec![Problem::new(Code::new("DBT-VARS-INVALID"), target.subject(), summary)]);
        };
        let (world, now) = (self.core.world.clone(), self.core.now());
        let done = self.core.blocking(move || {
            let never = AtomicBool::new(false);
            let mut options = target.load_options(&never, now);
            options.vars.extend(vars);
            Deps { world, subject: target.subject(), target: target.clone(), folder, options, request }.run()
        });
        let mut done = done.await.map_err(|problem| vec![problem])?;
        if let Err(problems) = &mut done {
            for problem in problems.iter_mut() {
                self.core.world.catalogue.describe(problem);
            }
        }
        done
    }
}

/// One run.
struct Deps<'a> {
    world: World,
    target: Target,
    subject: Subject,
    folder: PathBuf,
    options: LoadOptions<'a>,
    request: DepsRequest,
}

impl Deps<'_> {
    fn run(self) -> Result<DepsReport, Vec<Problem>> {
        let mut report = DepsReport::default();
        if let Some(new) = &self.request.add {
            report.notes.extend(self.add(new)?);
        }
        let wanted = self.wanted()?;
        let owner = Owner::Folder(self.folder.join(&wanted.folder));
        let source =
            Source::new(self.world.clone(), self.target.clone(), owner, Credential::SshAgent, CancellationToken::new());
        let packages = match wanted.fitting_lock().filter(|_| !self.request.upgrade) {
            _ if wanted.requirements.is_empty() => Vec::new(),
            Some(lock) => {
                report.lock = LockState::Honoured;
                lock.packages.clone()
            }
            None => {
                report.lock = LockState::Written;
                self.lock(&source, &wanted)?
            }
        };
        report.notes.extend(notes(&packages, &source));
        if !self.request.only_lock {
            self.install(&source, &wanted, &packages, &mut report)?;
        }
        Ok(report)
    }

    fn wanted(&self) -> Result<WantedPackages, Vec<Problem>> {
        let opened = Folder::open(&self.folder);
        let tree = opened.map_err(|error| self.failed("DBT-PROJECT-PATH", &error.to_string()))?;
        wanted_packages(&tree, &self.options)
    }

    /// Chooses the versions and writes them down.
    fn lock(&self, source: &Source, wanted: &WantedPackages) -> Result<Vec<Pinned>, Vec<Problem>> {
        let check = !self.request.any_dbt_version;
        let resolved = resolve(source, wanted, &self.options, check, &self.subject).map_err(|error| error.problems)?;
        let path = self.folder.join(&wanted.folder).join(LOCK_FILE);
        write_whole(&path, wanted.lock_text(&resolved).as_bytes())
            .map_err(|error| self.failed("DBT-DEPS-INSTALL", &format!("{}: {error}", path.display())))?;
        Ok(resolved.into_iter().map(|Resolved { package, .. }| package).collect())
    }

    fn install(
        &self,
        source: &Source,
        wanted: &WantedPackages,
        packages: &[Pinned],
        report: &mut DepsReport,
    ) -> Result<(), Vec<Problem>> {
        let project = self.folder.join(&wanted.folder);
        let folder = self.world.environment.resolve_path(Path::new(&wanted.install_path), &project);
        if packages.is_empty() && !folder.exists() {
            return Ok(());
        }
        let ready = fetch_all(source, wanted, packages, true, &self.subject)?;
        let installed = ready.iter().map(|ready| InstalledPackage {
            name: ready.fetched.name.clone(),
            package: ready.package.in_words(),
            newer: newer(&ready.package),
            from_cache: ready.fetched.was_kept,
        });
        report.packages = installed.collect();
        let contents: Vec<(String, Content)> = ready.into_iter().map(|ready| self.content(ready, &project)).collect();
        install(&folder, &contents).map_err(|error| self.not_installed(&error))?;
        report.folder = Some(folder);
        Ok(())
    }

    /// A folder of the project itself is linked, as dbt does; one outside is copied, because nothing
    /// outside of a project's folder is read when it is loaded.
    fn content(&self, ready: Ready, project: &Path) -> (String, Content) {
        let Ready { package, fetched } = ready;
        let inside = |path: &PathBuf| {
            let real = fs::canonicalize(path).ok()?;
            real.starts_with(fs::canonicalize(project).ok()?).then_some(real)
        };
        let link = match &package {
            Pinned::Local { path } => inside(&self.world.environment.resolve_path(Path::new(path), project)),
            Pinned::Hub { .. } | Pinned::Git { .. } | Pinned::Tarball { .. } => None,
        };
        (fetched.name, link.map_or(Content::Files(fetched.tree), Content::Link))
    }

    /// Writes the new entry, and tells which ones went for it.
    fn add(&self, new: &NewPackage) -> Result<Vec<String>, Vec<Problem>> {
        let project = self.folder.join(&self.target.settings.project_path);
        let folder = project.parent().unwrap_or(&self.folder);
        let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
        let in_dependencies = text("dependencies.yml").lines().any(|line| line.starts_with("packages:"));
        let name = if in_dependencies { "dependencies.yml" } else { "packages.yml" };
        let Some((changed, gone)) = add_package(&text(name), new) else {
            let summary =
                format!("{name} cannot be added to: its packages are not a list with one entry below the other");
            return Err(self.failed("DBT-DEPS-MALFORMED", &summary));
        };
        let path = folder.join(name);
        write_whole(&path, changed.as_bytes())
            .map_err(|error| self.failed("DBT-DEPS-INSTALL", &format!("{}: {error}", path.display())))?;
        let gone = gone.into_iter().map(|entry| format!("Found duplicate package in {name}, removing: {entry}"));
        let added = format!("Added {} to {name}", new.name);
        Ok(gone.chain([added]).collect())
    }

    fn not_installed(&self, error: &InstallError) -> Vec<Problem> {
        self.failed("DBT-DEPS-INSTALL", &error.to_string())
    }

    fn failed(&self, code: &'static str, summary: &str) -> Vec<Problem> {
        vec![Problem::new(Code::new(code), self.subject.clone(), summary)]
    }
}

fn newer(package: &Pinned) -> Option<String> {
    match package {
        Pinned::Hub { version, latest, .. } => latest.clone().filter(|latest| latest != version),
        Pinned::Git { .. } | Pinned::Local { .. } | Pinned::Tarball { .. } => None,
    }
}

fn notes(packages: &[Pinned], source: &Source) -> Vec<String> {
    let moving = packages.iter().filter_map(|package| match package {
        Pinned::Git { written, warn_unpinned: true, .. } => Some(format!(
            "The git package \"{written}\" is not pinned: it may change without warning. Set revision to a tag or a commit"
        )),
        _ => None,
    });
    let moved = source.moved().into_iter().map(|(old, new)| {
        format!("The `{old}` package is deprecated in favor of `{new}`. Please update your `packages.yml` configuration to use `{new}` instead")
    });
    moving.chain(moved).collect()
}
