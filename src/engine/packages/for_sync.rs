//! The packages of a synced repository that does not hold them: chosen by its lock file where that fits,
//! else by the resolver, fetched into the cache, and put in front of the loader in their folder. Nothing
//! is written to a checkout: there is none.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use super::overlay::WithPackages;
use super::run::{Ready, fetch_all, resolve};
use super::source::{Owner, Source};
use crate::dbt::LoadOptions;
use crate::dbt::packages::{LOCK_FILE, Lock, Pinned, SharedTree, WantedPackages, read_lock, wanted_packages};
use crate::engine::target::Target;
use crate::engine::world::World;
use crate::git::Credential;
use crate::problem::{Problem, Subject};
use crate::workspace::PackagesSetting;

/// How long a choice of versions is kept where the repository has no lock file. Within it a sync needs no
/// network for packages that it has met before.
const CHOICE_HOLDS: SignedDuration = SignedDuration::from_hours(24);
/// How a remembered choice begins; a comment in YAML.
const CHOSEN: &str = "# chosen ";

/// What the loader is given.
pub(in crate::engine) struct Placed {
    pub(in crate::engine) tree: SharedTree,
    /// `2 packages, 1 of them from the cache`; nothing where none had to be put in place.
    pub(in crate::engine) detail: Option<String>,
    /// Why packages are missing.
    pub(in crate::engine) problems: Vec<Problem>,
}

/// A sync that needs packages.
pub(in crate::engine) struct ForSync {
    pub(in crate::engine) world: World,
    pub(in crate::engine) target: Target,
    pub(in crate::engine) tree: SharedTree,
    pub(in crate::engine) credential: Credential,
    pub(in crate::engine) cancel: CancellationToken,
    pub(in crate::engine) now: Timestamp,
}

impl ForSync {
    /// Puts the packages in place. Blocking, and inside of the tokio runtime. `begin` is called before
    /// anything is fetched.
    pub(in crate::engine) fn place(self, begin: &dyn Fn()) -> Placed {
        let unchanged = |tree, problems| Placed { tree, detail: None, problems };
        let never = AtomicBool::new(false);
        let options = self.target.load_options(&never, self.now);
        let wanted = match wanted_packages(&*self.tree, &options) {
            Ok(wanted) => wanted,
            // What is wrong with the file is told by the loader; a template that cannot be rendered is not.
            Err(problems) => {
                let told_by_loader = |problem: &Problem| {
                    problem.code.as_str() != "DBT-ENV-VAR" && problem.code.as_str() != "DBT-VAR-MISSING"
                };
                let vendored = self.target.settings.packages == PackagesSetting::Vendored;
                let ours = problems.into_iter().filter(|problem| !vendored && !told_by_loader(problem)).collect();
                return unchanged(self.tree, ours);
            }
        };
        if wanted.is_installed || self.target.settings.packages == PackagesSetting::Vendored {
            return unchanged(self.tree, Vec::new());
        }
        begin();
        let owner = Owner::Repository { tree: Arc::clone(&self.tree), project_folder: wanted.folder.clone() };
        let source =
            Source::new(self.world.clone(), self.target.clone(), owner, self.credential.clone(), self.cancel.clone());
        let subject = self.target.subject();
        let chosen = self.choose(&source, &wanted, &options, &subject);
        match chosen.and_then(|packages| fetch_all(&source, &wanted, &packages, false, &subject)) {
            Ok(ready) => {
                let detail = Some(in_words(&ready));
                let packages = ready.into_iter().map(|ready| (ready.fetched.name, ready.fetched.tree)).collect();
                let tree: SharedTree = Arc::new(WithPackages::new(self.tree, &wanted.install_folder(), packages));
                Placed { tree, detail, problems: Vec::new() }
            }
            Err(problems) => unchanged(self.tree, problems),
        }
    }

    /// The versions: of the repository's lock file, of a choice that is not old yet, or chosen now.
    fn choose(
        &self,
        source: &Source,
        wanted: &WantedPackages,
        options: &LoadOptions<'_>,
        subject: &Subject,
    ) -> Result<Vec<Pinned>, Vec<Problem>> {
        if let Some(lock) = wanted.fitting_lock() {
            return Ok(lock.packages.clone());
        }
        let key = format!("{} {} {}", source.hub_address(), options.dbt_version, wanted.hash);
        let (chosen_at, remembered) = self.remembered(source, &key, wanted, options).unzip();
        let is_fresh = chosen_at.is_some_and(|at| self.now.duration_since(at) < CHOICE_HOLDS);
        if let Some(lock) = remembered.as_ref().filter(|_| is_fresh) {
            return Ok(lock.packages.clone());
        }
        match resolve(source, wanted, options, true, subject) {
            Ok(resolved) => {
                let text = format!("{CHOSEN}{}\n{}", self.now, wanted.lock_text(&resolved));
                // What cannot be remembered is found out again the next time.
                let _remembered = source.shelf().remember(&key, &text);
                Ok(resolved.into_iter().map(|resolved| resolved.package).collect())
            }
            // An old choice is better than none.
            Err(unresolved) => match remembered.filter(|_| unresolved.unreachable) {
                Some(lock) => Ok(lock.packages),
                None => Err(unresolved.problems),
            },
        }
    }

    /// When versions were chosen for these requirements, and which.
    fn remembered(
        &self,
        source: &Source,
        key: &str,
        wanted: &WantedPackages,
        options: &LoadOptions<'_>,
    ) -> Option<(Timestamp, Lock)> {
        let text = source.shelf().recall(key)?;
        let at: Timestamp = text.lines().next()?.strip_prefix(CHOSEN)?.parse().ok()?;
        let lock = read_lock(LOCK_FILE, &text, options)?;
        (lock.hash == wanted.hash).then_some((at, lock))
    }
}

fn in_words(ready: &[Ready]) -> String {
    let kept = ready.iter().filter(|ready| ready.fetched.was_kept).count();
    let packages = match ready.len() {
        1 => "1 package".to_owned(),
        count => format!("{count} packages"),
    };
    match kept {
        0 => format!("{packages} fetched"),
        _ if kept == ready.len() => format!("{packages} from the cache"),
        _ => format!("{packages}, {kept} of them from the cache"),
    }
}
