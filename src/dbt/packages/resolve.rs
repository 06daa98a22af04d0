//! Which packages, in which version: dbt's resolver (`deps/resolver.py`). Breadth first; what several
//! ask of one package is taken together; a version once chosen is not taken back.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::Value;

use super::asked::{Owner, read_asked};
use super::error::ResolveError;
use super::hub::HubPackage;
use super::pinned::{Pinned, Resolved};
use super::requirement::{Package, Requirement};
use super::version::{Range, Version, VersionGrammar, are_compatible};
use crate::dbt::problems::Problems;
use crate::dbt::render::NativeRenderer;
use crate::dbt::tree::FileTree;
use crate::dbt::yaml;
use crate::problem::nearest_few;

/// Rounds after which packages that ask for each other are given up: dbt would go on for ever.
const MOST_ROUNDS: usize = 40;
/// Projects of a repository that are named as what may be meant.
const MOST_PROJECTS: usize = 10;
/// Packages of one project.
const MOST_PACKAGES: usize = 500;

/// A package's files, shared between threads.
pub type SharedTree = Arc<dyn FileTree + Send + Sync>;

/// Where packages come from. Each is asked as often as the resolver needs it: remembering is up to
/// the source.
pub trait PackageSources {
    type Error;

    /// Every name of the hub.
    fn index(&self) -> Result<Arc<Vec<String>>, Self::Error>;

    /// One package of the hub.
    fn hub(&self, name: &str) -> Result<Arc<HubPackage>, Self::Error>;

    /// A repository at a revision (its default branch where none is named): the commit, and its files
    /// below `subdirectory`.
    fn git(
        &self,
        address: &str,
        revision: Option<&str>,
        subdirectory: Option<&str>,
    ) -> Result<(String, SharedTree), Self::Error>;

    /// A folder, from the root project's.
    fn local(&self, path: &str) -> Result<SharedTree, Self::Error>;
}

/// What is wanted of one package, by everybody.
#[derive(Clone, Debug, Default)]
struct Listing {
    packages: IndexMap<String, Vec<Requirement>>,
}

impl Listing {
    /// The key under which a package is listed: one that is there already under another spelling of
    /// its address keeps that.
    fn key(&self, package: &Package) -> String {
        let names = names(package);
        let known = names.iter().find(|name| self.packages.contains_key(*name));
        known.or(names.first()).cloned().unwrap_or_default()
    }

    fn add<E>(&mut self, wanted: impl IntoIterator<Item = Requirement>) -> Result<(), ResolveError<E>> {
        for requirement in wanted {
            let key = self.key(&requirement.package);
            let all = self.packages.entry(key).or_default();
            if let Some(first) = all.first()
                && std::mem::discriminant(&first.package) != std::mem::discriminant(&requirement.package)
            {
                return Err(ResolveError::Kinds { wanted: vec![first.clone(), requirement] });
            }
            all.push(requirement);
        }
        Ok(())
    }
}

/// What a package may be listed under; a repository with and without `.git` is one.
fn names(package: &Package) -> Vec<String> {
    match package {
        Package::Git { address, subdirectory, .. } => {
            let other = address.strip_suffix(".git").map_or_else(|| format!("{address}.git"), str::to_owned);
            let below = |address: &str| match subdirectory {
                Some(folder) => format!("{address}/{folder}"),
                None => address.to_owned(),
            };
            vec![below(address), below(&other)]
        }
        Package::Hub { name, .. } => vec![name.clone()],
        Package::Local { path } => vec![path.clone()],
        Package::Tarball { address, .. } => vec![address.clone()],
    }
}

/// What is resolved, and with what.
pub(super) struct Resolver<'a, S> {
    pub(super) sources: &'a S,
    pub(super) renderer: &'a dyn NativeRenderer,
    pub(super) grammar: VersionGrammar,
    /// The dbt version that packages must allow; none to take any.
    pub(super) dbt_version: Option<&'a str>,
    /// The root project's name.
    pub(super) root: &'a str,
    /// What each package that was looked at says of itself.
    known: HashMap<Pinned, Facts>,
}

/// A package's own name and what it asks for.
#[derive(Clone, Debug)]
struct Facts {
    pinned: Pinned,
    name: String,
    wants: Vec<Requirement>,
}

impl<'a, S: PackageSources> Resolver<'a, S> {
    pub(super) fn new(
        sources: &'a S,
        renderer: &'a dyn NativeRenderer,
        dbt_version: Option<&'a str>,
        root: &'a str,
    ) -> Self {
        Self { sources, renderer, grammar: VersionGrammar::default(), dbt_version, root, known: HashMap::new() }
    }

    /// The packages in the order in which dbt writes them to its lock file.
    pub(super) fn resolve(&mut self, wanted: &[Requirement]) -> Result<Vec<Resolved>, ResolveError<S::Error>> {
        let mut pending = Listing::default();
        pending.add(wanted.iter().cloned())?;
        let mut settled = Listing::default();
        let mut rounds = 0;
        while !pending.packages.is_empty() {
            rounds += 1;
            let mut next = Listing::default();
            for requirements in pending.packages.into_values() {
                let Some(first) = requirements.first().cloned() else { continue };
                settled.add(requirements)?;
                if rounds > MOST_ROUNDS || settled.packages.len() > MOST_PACKAGES {
                    return Err(ResolveError::Endless { wanted: first });
                }
                let all = settled.packages.get(&settled.key(&first.package)).cloned().unwrap_or_default();
                next.add(self.facts(&all)?.wants)?;
            }
            pending = next;
        }
        let resolved: Vec<Facts> =
            settled.packages.values().map(|wanted| self.facts(wanted)).collect::<Result<_, _>>()?;
        self.check_names(&resolved)?;
        Ok(resolved.into_iter().map(|facts| Resolved { name: facts.name, package: facts.pinned }).collect())
    }

    fn check_names(&self, resolved: &[Facts]) -> Result<(), ResolveError<S::Error>> {
        for (index, facts) in resolved.iter().enumerate() {
            if !is_folder_name(&facts.name) {
                return Err(ResolveError::Name { name: facts.name.clone(), package: facts.pinned.in_words() });
            }
            let same = resolved.iter().take(index).find(|other| other.name == facts.name);
            if let Some(other) = same {
                let packages = vec![other.pinned.in_words(), facts.pinned.in_words()];
                return Err(ResolveError::Duplicate { project: facts.name.clone(), packages });
            }
            if facts.name == self.root {
                return Err(ResolveError::NamedAsRoot {
                    project: facts.name.clone(),
                    package: facts.pinned.in_words(),
                });
            }
        }
        Ok(())
    }

    /// Chooses the version that all of `wanted` admit, and reads what it says of itself.
    fn facts(&mut self, wanted: &[Requirement]) -> Result<Facts, ResolveError<S::Error>> {
        let Some(first) = wanted.first() else { return Err(ResolveError::Kinds { wanted: Vec::new() }) };
        let pinned = match &first.package {
            Package::Hub { name, .. } => self.pin_hub(name, wanted)?,
            Package::Git { .. } => pin_git(wanted)?,
            Package::Local { path } => Pinned::Local { path: path.clone() },
            Package::Tarball { address, written, name } => {
                Pinned::Tarball { address: address.clone(), written: written.clone(), name: name.clone() }
            }
        };
        if let Some(facts) = self.known.get(&pinned) {
            return Ok(facts.clone());
        }
        let facts = self.read(pinned.clone(), first)?;
        self.known.insert(pinned, facts.clone());
        Ok(facts)
    }

    fn pin_hub(&self, name: &str, wanted: &[Requirement]) -> Result<Pinned, ResolveError<S::Error>> {
        let source = |error| ResolveError::Source { wanted: wanted.to_vec(), error };
        let index = self.sources.index().map_err(source)?;
        if !index.iter().any(|known| known == name) {
            let nearest = nearest_in_hub(name, &index);
            return Err(ResolveError::NotInHub { name: name.to_owned(), nearest, wanted: wanted.to_vec() });
        }
        let no_version = |error| ResolveError::Version { error, wanted: wanted.to_vec() };
        let mut asked: Vec<Version> = Vec::new();
        for requirement in wanted {
            if let Package::Hub { versions, .. } = &requirement.package {
                asked.extend(self.grammar.read_all(versions.iter().map(String::as_str)).map_err(no_version)?);
            }
        }
        let Ok(range) = Range::reduce(&asked) else {
            let options = asked.iter().map(Version::to_string).collect();
            return Err(ResolveError::Conflict { name: name.to_owned(), options, wanted: wanted.to_vec() });
        };
        let package = self.sources.hub(name).map_err(source)?;
        let prereleases = asked.iter().any(Version::is_prerelease)
            || wanted
                .first()
                .is_some_and(|first| matches!(first.package, Package::Hub { install_prerelease: true, .. }));
        let compatible = self.compatible(&package).map_err(no_version)?;
        let installable = self.grammar.installable(&compatible, prereleases).map_err(no_version)?;
        let chosen = self.grammar.highest(&range, &installable).map_err(no_version)?;
        match (chosen, installable.last()) {
            (Some(version), Some(latest)) => {
                Ok(Pinned::Hub { name: name.to_owned(), version, latest: Some(latest.clone()) })
            }
            _ => Err(ResolveError::NoneFits {
                name: name.to_owned(),
                range: range.to_string(),
                installable,
                all: package
                    .versions
                    .iter()
                    .map(|(text, version)| (text.clone(), version.require_dbt_version.clone()))
                    .collect(),
                dbt_version: self.dbt_version.map(str::to_owned),
                wanted: wanted.to_vec(),
            }),
        }
    }

    /// The versions that work with this dbt.
    fn compatible(&self, package: &HubPackage) -> Result<Vec<String>, super::version::NoVersion> {
        let Some(dbt_version) = self.dbt_version else { return Ok(package.versions.keys().cloned().collect()) };
        let installed = self.grammar.read(dbt_version)?;
        let mut compatible = Vec::new();
        for (text, version) in &package.versions {
            let required = self.grammar.read_all(version.require_dbt_version.iter().map(String::as_str))?;
            if required.is_empty() || are_compatible(std::iter::once(&installed).chain(&required)) {
                compatible.push(text.clone());
            }
        }
        Ok(compatible)
    }

    fn read(&self, pinned: Pinned, wanted: &Requirement) -> Result<Facts, ResolveError<S::Error>> {
        let source = |error| ResolveError::Source { wanted: vec![wanted.clone()], error };
        match &pinned {
            Pinned::Hub { name, version, .. } => {
                let package = self.sources.hub(name).map_err(source)?;
                let found = package.versions.get(version).cloned().unwrap_or_default();
                let wants = hub_entries(&format!("{name} {version}"), &found.packages)
                    .map_err(|sentence| ResolveError::HubEntry { name: name.clone(), sentence })?;
                Ok(Facts { name: found.name, wants, pinned })
            }
            Pinned::Git { address, written, revision, subdirectory, warn_unpinned } => {
                let branch = revision.as_deref();
                let (commit, tree) = self.sources.git(address, branch, subdirectory.as_deref()).map_err(source)?;
                let commit = Pinned::Git {
                    address: address.clone(),
                    written: written.clone(),
                    revision: Some(commit),
                    subdirectory: subdirectory.clone(),
                    // Told once, for the revision that was asked for.
                    warn_unpinned: *warn_unpinned && is_moving(branch),
                };
                self.read_tree(&*tree, commit, wanted)
            }
            Pinned::Local { path } => {
                let tree = self.sources.local(path).map_err(source)?;
                self.read_tree(&*tree, pinned, wanted)
            }
            Pinned::Tarball { name, .. } => Ok(Facts { name: name.clone(), wants: Vec::new(), pinned }),
        }
    }

    /// The name and the entries of a package whose files are there.
    fn read_tree(
        &self,
        tree: &dyn FileTree,
        pinned: Pinned,
        wanted: &Requirement,
    ) -> Result<Facts, ResolveError<S::Error>> {
        let name = project_name(tree).map_err(|found| ResolveError::NoProject { wanted: wanted.clone(), found })?;
        let mut problems = Problems::default();
        let package = pinned.in_words();
        let owner = Owner { tree, folder: "", package: Some(&package) };
        let asked = read_asked(owner, self.renderer, &mut problems);
        problems.extend(asked.unrendered);
        let problems = problems.finish(self.root);
        if !problems.is_empty() {
            return Err(ResolveError::Package { problems });
        }
        Ok(Facts { name, wants: asked.requirements, pinned })
    }
}

/// The name in a package's `dbt_project.yml`, as it is written. Where there is none: the folders of
/// the package that hold a project.
pub(super) fn project_name(tree: &dyn FileTree) -> Result<String, Vec<String>> {
    let elsewhere = || {
        let files = tree.list("").unwrap_or_default().into_iter().map(|file| file.path);
        let mut found: Vec<String> = files.filter(|path| path.ends_with("/dbt_project.yml")).collect();
        found.sort_by_key(|path| path.matches('/').count());
        found.truncate(MOST_PROJECTS);
        found
    };
    let text = tree.read("dbt_project.yml").ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let document = text.and_then(|text| yaml::parse(&text).ok());
    let name = document.and_then(|document| Some(document.root.get("name")?.as_text()?.to_owned()));
    name.filter(|name| is_folder_name(name)).ok_or_else(elsewhere)
}

/// Whether a package may be installed under this name: one plain folder, nothing that leads elsewhere.
pub fn is_folder_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 200
        && !name.starts_with('.')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' '))
}

/// Whether a revision is one that moves: dbt warns of it.
fn is_moving(revision: Option<&str>) -> bool {
    matches!(revision, None | Some("HEAD" | "main" | "master"))
}

fn pin_git<E>(wanted: &[Requirement]) -> Result<Pinned, ResolveError<E>> {
    let mut revisions: Vec<&str> = Vec::new();
    let mut warn = true;
    for requirement in wanted {
        if let Package::Git { revision, warn_unpinned, .. } = &requirement.package {
            warn &= warn_unpinned;
            if let Some(revision) = revision.as_deref().filter(|revision| !revisions.contains(revision)) {
                revisions.push(revision);
            }
        }
    }
    if let (Some(Package::Git { address, written, subdirectory, .. }), [] | [_]) =
        (wanted.first().map(|first| &first.package), revisions.as_slice())
    {
        return Ok(Pinned::Git {
            address: address.clone(),
            written: written.clone(),
            revision: revisions.first().map(|revision| (*revision).to_owned()),
            subdirectory: subdirectory.clone(),
            warn_unpinned: warn,
        });
    }
    revisions.sort_unstable();
    let revisions = revisions.into_iter().map(str::to_owned).collect();
    Err(ResolveError::Revisions { revisions, wanted: wanted.to_vec() })
}

fn hub_entries(package: &str, entries: &[Value]) -> Result<Vec<Requirement>, String> {
    let read = |entry: &Value| Requirement::read(entry, None, package).map_err(|objection| objection.sentence);
    entries.iter().map(read).collect()
}

/// Packages of the same name elsewhere first, then those with a similar one.
fn nearest_in_hub(name: &str, index: &[String]) -> Vec<String> {
    let last = |full: &str| full.rsplit('/').next().unwrap_or_default().to_lowercase();
    let same = index.iter().filter(|known| last(known) == last(name)).map(String::as_str);
    let mut near: Vec<&str> = same.take(5).collect();
    for close in nearest_few(name, index.iter().map(String::as_str), 5) {
        if !near.contains(&close) {
            near.push(close);
        }
    }
    near.into_iter().take(5).map(str::to_owned).collect()
}
