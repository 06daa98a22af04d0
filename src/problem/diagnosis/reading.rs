//! How a typed project path may have been meant: with the parts taken away, or added, that people
//! usually get wrong.

use super::super::nearest::is_near;
use super::project_path::{FoundProjectPath, WantedProjectPath};

/// What is wrong with a typed path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The branch's name stands in front.
    Branch(String),
    /// It is a page's address, or the tail of one.
    Page,
    /// The repository's name stands in front.
    Repository(String),
    /// Folders stand in front that the repository does not have.
    Front(String),
    /// Folders are missing in front.
    FrontMissing(String),
    /// A folder differs by a few letters: the typed one and the real one.
    Mistyped(String, String),
    /// It begins with `/` or `./`, has quotes around it, or backslashes in it.
    Form,
    /// It ends with the folder.
    FileMissing,
    /// It ends with another file.
    OtherFile(String),
    /// It goes on after the file.
    Behind(String),
    /// Upper and lower case differ.
    Case,
    /// `.yml` and `.yaml` are mixed up; the one that is there.
    Extension(&'static str),
}

/// A real path that may have been meant, and what is wrong with the typed one if it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) path: String,
    pub(super) faults: Vec<Fault>,
}

/// Names that branches usually have; also tried when another branch is set.
const USUAL_BRANCHES: [&str; 6] = ["main", "master", "develop", "dev", "trunk", "production"];
/// What stands before the branch in the addresses of pages.
const PAGES: [&str; 7] = ["blob", "tree", "raw", "src", "edit", "blame", "commits"];
const PROJECT_FILE: &str = "dbt_project.yml";
/// Longest typed path that is looked at, in bytes.
const LONGEST: usize = 4096;
/// Most real paths that are compared with it.
const MOST_FOUND: usize = 2000;

/// The real path that the typed one comes nearest to; nothing when none is near, or when two are
/// equally near.
pub(super) fn best_reading(wanted: &WantedProjectPath<'_>, found: &[FoundProjectPath]) -> Option<Reading> {
    if wanted.path.len() > LONGEST {
        return None;
    }
    let found = found.get(..MOST_FOUND).unwrap_or(found);
    let mut readings: Vec<(usize, Reading)> = Vec::new();
    for (meant, faults, cost) in fronts(wanted).iter().flat_map(ends) {
        // folders cannot be missing where others were taken away
        let allows_front = !faults.iter().any(|fault| matches!(fault, Fault::Front(_)));
        for real in found {
            if let Some((fault, more)) = compare(&meant, &real.path, allows_front) {
                let faults = faults.iter().cloned().chain(fault).collect();
                readings.push((cost + more, Reading { path: real.path.clone(), faults }));
            }
        }
    }
    let least = readings.iter().map(|(cost, _)| *cost).min();
    let mut best = readings.into_iter().filter(|(cost, _)| Some(*cost) == least).map(|(_, reading)| reading);
    let first = best.next().filter(|first| best.all(|other| other.path == first.path));
    first.or_else(|| mistyped(wanted, found))
}

/// The one real path whose folders are the typed ones but for mistypings.
fn mistyped(wanted: &WantedProjectPath<'_>, found: &[FoundProjectPath]) -> Option<Reading> {
    let typed = tidy(wanted.path).path;
    let has_file = typed.rsplit('/').next().is_some_and(is_project_file_name);
    let typed = if has_file { typed.rsplit_once('/')?.0 } else { typed.as_str() };
    let is_meant = |real: &str| {
        let same_depth = real.split('/').count() == typed.split('/').count();
        same_depth && real.split('/').zip(typed.split('/')).all(|(real, typed)| is_near(typed, real))
    };
    let mut meant = found.iter().filter_map(|found| {
        let (folder, _) = found.path.rsplit_once('/')?;
        is_meant(folder).then_some((folder, &found.path))
    });
    let (folder, path) = meant.next().filter(|_| meant.next().is_none())?;
    Some(Reading { path: path.clone(), faults: vec![Fault::Mistyped(typed.to_owned(), folder.to_owned())] })
}

/// A typed path without some of what may be wrong at its front, and how far-fetched that is.
#[derive(Clone, Debug)]
struct Front {
    path: String,
    faults: Vec<Fault>,
    cost: usize,
    /// Nothing may be left of it only where what was taken away is known by name.
    named: bool,
}

impl Front {
    fn without(&self, front: &str, fault: Fault, cost: usize, named: bool) -> Option<Self> {
        let rest = self.path.strip_prefix(front)?;
        let rest = if rest.is_empty() { rest } else { rest.strip_prefix('/')? };
        let faults = self.faults.iter().cloned().chain([fault]).collect();
        Some(Self { path: rest.to_owned(), faults, cost: self.cost + cost, named })
    }
}

fn fronts(wanted: &WantedProjectPath<'_>) -> Vec<Front> {
    let base = tidy(wanted.path);
    let mut fronts = vec![base.clone()];
    fronts.extend(pages(&base, wanted.branch));
    let repository = repository_name(wanted.repository);
    let after_repository = repository.and_then(|(owner, name)| {
        let both = base.without(&format!("{owner}/{name}"), Fault::Repository(format!("{owner}/{name}")), 2, true);
        both.or_else(|| base.without(name, Fault::Repository(name.to_owned()), 2, true))
    });
    for start in [Some(&base), after_repository.as_ref()].into_iter().flatten() {
        fronts.extend(branches(start, wanted.branch));
    }
    fronts.extend(after_repository);
    let parts: Vec<&str> = base.path.split('/').collect();
    for count in 1..parts.len().min(32) {
        let front = parts.get(..count).unwrap_or_default().join("/");
        fronts.extend(base.without(&front, Fault::Front(front.clone()), 4 + count, false));
    }
    fronts
}

/// Without a branch's name in front, bare or as `origin/…` or `refs/heads/…`.
fn branches(start: &Front, branch: &str) -> Vec<Front> {
    let known = [branch].into_iter().filter(|branch| !branch.is_empty()).map(|branch| (branch, 1));
    let usual = USUAL_BRANCHES.into_iter().filter(|usual| *usual != branch).map(|usual| (usual, 3));
    let names = known.chain(usual).flat_map(|(name, cost)| {
        [name.to_owned(), format!("origin/{name}"), format!("refs/heads/{name}")].map(|name| (name, cost))
    });
    names.filter_map(|(name, cost)| start.without(&name, Fault::Branch(name.clone()), cost, true)).collect()
}

/// Quotes, spaces, backslashes, `./` and doubled slashes; none of them is a fault by itself, except
/// that a path begins at the root without saying so.
fn tidy(typed: &str) -> Front {
    let trimmed = typed.trim().trim_matches(['"', '\'', '`']).trim().replace('\\', "/");
    let (address, is_address) = match trimmed.split_once("://") {
        Some((_, address)) => (path_in_query(address).unwrap_or_else(|| before_query(address)), true),
        None => (trimmed.clone(), false),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in address.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    let path = parts.join("/");
    let faults = if path == typed || is_address { Vec::new() } else { vec![Fault::Form] };
    Front { path, faults, cost: 0, named: false }
}

fn before_query(address: &str) -> String {
    address.split(['?', '#']).next().unwrap_or_default().replace("%20", " ")
}

/// Some hosts keep the path in a parameter: `…?path=/transform/dbt_project.yml&version=GBmain`. Such
/// an address reads as that of a page of its branch.
fn path_in_query(address: &str) -> Option<String> {
    let (_, query) = address.split_once('?')?;
    let path = query.split('&').find_map(|parameter| parameter.strip_prefix("path="))?;
    let path = path.replace("%2F", "/").replace("%2f", "/").replace("%20", " ");
    Some(format!("blob/-/{}", path.trim_start_matches('/')))
}

/// The path inside the address of a page: `…/blob/main/PATH`, `…/-/tree/main/PATH`,
/// `…/src/main/PATH`, and raw files, which have no such word.
fn pages(base: &Front, branch: &str) -> Vec<Front> {
    let parts: Vec<&str> = base.path.split('/').take(32).collect();
    let raw = (parts.first() == Some(&"raw.githubusercontent.com")).then_some(3);
    let words = parts.iter().enumerate().filter(|(_, part)| PAGES.contains(part)).map(|(at, _)| at + 1);
    let paths = raw.into_iter().chain(words).filter_map(|after| {
        let rest = parts.get(after..).filter(|rest| !rest.is_empty())?.join("/");
        let rest = rest.strip_prefix("refs/heads/").unwrap_or(&rest);
        let known =
            rest.strip_prefix(branch).filter(|path| !branch.is_empty() && (path.is_empty() || path.starts_with('/')));
        let path = known.unwrap_or_else(|| rest.split_once('/').map_or("", |(_, path)| path));
        Some(path.trim_start_matches('/').to_owned())
    });
    paths.map(|path| Front { path, faults: vec![Fault::Page], cost: 1, named: true }).collect()
}

/// The ways in which the path's end may have been meant, with their faults and cost.
fn ends(front: &Front) -> Vec<(String, Vec<Fault>, usize)> {
    let with = |path: String, fault: Option<Fault>, cost: usize| {
        (path, front.faults.iter().cloned().chain(fault).collect::<Vec<Fault>>(), front.cost + cost)
    };
    let below = |folder: &str| match folder {
        "" => PROJECT_FILE.to_owned(),
        folder => format!("{folder}/{PROJECT_FILE}"),
    };
    let path = front.path.as_str();
    let mut ends = Vec::new();
    if path.is_empty() {
        if front.named {
            ends.push(with(below(""), Some(Fault::FileMissing), 1));
        }
        return ends;
    }
    ends.push(with(path.to_owned(), None, 0));
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if !is_project_file_name(name) {
        ends.push(with(below(path), Some(Fault::FileMissing), 1));
        let is_file = name.contains('.') || name.to_ascii_lowercase().starts_with("dbt_project");
        if is_file && (front.named || front.cost == 0 || !folder.is_empty()) {
            ends.push(with(below(folder), Some(Fault::OtherFile(name.to_owned())), 2));
        }
    }
    let parts: Vec<&str> = path.split('/').collect();
    if let Some(at) = parts.iter().position(|part| is_project_file_name(part)).filter(|at| at + 1 < parts.len()) {
        let (kept, behind) = parts.split_at(at + 1);
        ends.push(with(kept.join("/"), Some(Fault::Behind(behind.join("/"))), 1));
    }
    ends
}

/// Whether a real path is the meant one: exactly, or but for case, extension, or folders in front.
fn compare(meant: &str, real: &str, allows_front: bool) -> Option<(Vec<Fault>, usize)> {
    if meant == real {
        return Some((Vec::new(), 0));
    }
    if meant.to_lowercase() == real.to_lowercase() {
        return Some((vec![Fault::Case], 1));
    }
    if let Some(front) = real.strip_suffix(meant).and_then(|front| front.strip_suffix('/')).filter(|_| allows_front) {
        return Some((vec![Fault::FrontMissing(front.to_owned())], 3));
    }
    let stem = |path: &str| {
        let lower = path.to_lowercase();
        lower.strip_suffix(".yaml").or_else(|| lower.strip_suffix(".yml")).map(str::to_owned)
    };
    let extension = if real.to_lowercase().ends_with(".yaml") { ".yaml" } else { ".yml" };
    (stem(meant)? == stem(real)?).then(|| (vec![Fault::Extension(extension)], 1))
}

fn is_project_file_name(name: &str) -> bool {
    name.eq_ignore_ascii_case("dbt_project.yml") || name.eq_ignore_ascii_case("dbt_project.yaml")
}

/// Owner and name out of a repository's address.
fn repository_name(address: &str) -> Option<(&str, &str)> {
    let address = address.trim_end_matches('/');
    let address = address.strip_suffix(".git").unwrap_or(address);
    let (front, name) = address.rsplit_once('/')?;
    let owner = front.rsplit(['/', ':']).next()?;
    (!name.is_empty() && !owner.is_empty()).then_some((owner, name))
}

impl Fault {
    /// Faults that leave no doubt about what was meant: the branch in it, and mere form.
    pub(super) fn is_sure(&self) -> bool {
        matches!(self, Self::Branch(_) | Self::Page | Self::Form)
    }

    /// The fault in words.
    pub(super) fn sentence(&self, wanted: &WantedProjectPath<'_>) -> String {
        match self {
            Self::Branch(name) => format!(
                "{name}/ in front is the name of a branch: a project path is counted from the repository's root and \
                 has no branch in it."
            ),
            Self::Page => {
                "It was copied from a browser: everything up to the branch belongs to the page's address, not \
                 to the path in the repository."
                    .to_owned()
            }
            Self::Repository(name) => format!(
                "{name}/ in front is the name of the repository: a project path is counted from the repository's root."
            ),
            Self::FrontMissing(front) if wanted.worked_before => {
                format!("An earlier sync found it at this path; it was moved into {front}/ since.")
            }
            Self::FrontMissing(front) => {
                format!("{front}/ is missing in front: the path is counted from the repository's root.")
            }
            Self::Mistyped(typed, real) => format!("There is no folder {typed}, but there is {real}."),
            Self::Front(front) if wanted.worked_before => {
                format!("An earlier sync found it at this path; it was moved out of {front}/ since.")
            }
            Self::Front(front) => format!("The repository has no {front}/ in front of this file."),
            Self::Form => {
                "It is not written as Git writes paths: without quotes, backslashes, and slashes at its ends."
                    .to_owned()
            }
            Self::FileMissing => "It names the folder, and the file's name is missing at its end.".to_owned(),
            Self::OtherFile(name) => format!("It ends with {name}, which is not the dbt project file."),
            Self::Behind(rest) => format!("{rest} at its end is too much: the path ends with the file."),
            Self::Case => "Upper and lower case differ, and Git's paths are exact.".to_owned(),
            Self::Extension(extension) => format!("The file's name ends in {extension}."),
        }
    }
}
