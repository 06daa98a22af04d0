//! "dbt project file not found": what is wrong with the typed project path, and which of the
//! repository's real ones was meant.

use std::collections::HashMap;

use super::super::fix::{Action, Fix, Grade, key_part};
use super::super::value::Evidence;
use super::reading::{Fault, Reading, best_reading};
use super::{Diagnosis, shortened};

/// A dbt project file that a commit holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundProjectPath {
    /// Path from the repository's root.
    pub path: String,
    /// Whether a `models` folder with files lies beside it.
    pub has_models: bool,
}

/// What was asked for and not found.
#[derive(Clone, Copy, Debug)]
pub struct WantedProjectPath<'a> {
    /// Name of the project in `ebb.toml`.
    pub project: &'a str,
    /// Its `project_path` as typed.
    pub path: &'a str,
    pub branch: &'a str,
    /// The repository's address, whose last part people put in front of the path.
    pub repository: &'a str,
    /// True when an earlier sync loaded the project with this very path.
    pub worked_before: bool,
}

/// Most projects offered as fixes.
const MOST_OFFERS: usize = 5;

/// Folders that hold what others wrote or what programs made; their projects are nobody's choice.
const VENDORED: [&str; 9] = [
    "dbt_packages",
    "dbt_modules",
    "dbt_internal_packages",
    "target",
    "venv",
    ".venv",
    "site-packages",
    "node_modules",
    ".git",
];

/// Every dbt project file among a commit's paths, those of vendored folders left out.
pub fn found_project_paths<'a, I>(paths: I) -> Vec<FoundProjectPath>
where
    I: IntoIterator<Item = &'a str>,
    I::IntoIter: Clone,
{
    let paths = paths.into_iter();
    let is_ours = |path: &&str| is_project_file(path) && !path.split('/').any(|part| VENDORED.contains(&part));
    let found: Vec<&str> = paths.clone().filter(is_ours).collect();
    let mut has_models: HashMap<&str, bool> = found.iter().map(|path| (folder_of(path), false)).collect();
    for path in paths {
        for (at, _) in path.match_indices("models/") {
            let folder = if at == 0 { Some("") } else { path[..at].strip_suffix('/') };
            if let Some(seen) = folder.and_then(|folder| has_models.get_mut(folder)) {
                *seen = true;
            }
        }
    }
    let with_models = |path: &str| has_models.get(folder_of(path)).copied().unwrap_or_default();
    found.into_iter().map(|path| FoundProjectPath { path: path.to_owned(), has_models: with_models(path) }).collect()
}

/// Compares the typed path with the repository's real ones, says what is wrong with it, and offers
/// the real ones, the likeliest first.
///
/// The first offer is `safe` when the repository has exactly one project, or when the typed path is
/// one of its projects as soon as the branch is taken out; every other is `ask`.
pub fn project_path(wanted: &WantedProjectPath<'_>, found: &[FoundProjectPath]) -> Diagnosis {
    if found.is_empty() {
        return no_project(wanted);
    }
    if found.iter().any(|found| found.path == wanted.path) {
        return it_is_there(wanted);
    }
    let reading = best_reading(wanted, found);
    let ranked = ranked(wanted, found, reading.as_ref());
    let sure = reading.as_ref().is_some_and(|reading| reading.faults.iter().all(Fault::is_sure));
    let only = found.len() == 1 && !ranked.iter().any(|found| is_for_tests(&found.path));
    let offers = ranked.iter().take(MOST_OFFERS).enumerate().map(|(index, found)| {
        let grade = if index == 0 && (sure || only) { Grade::Safe } else { Grade::Ask };
        let title = format!("Set project_path to {} and sync again", found.path);
        Fix::set_project_key(title, grade, wanted.project, "project_path", &found.path, true)
    });
    Diagnosis {
        cause: cause(wanted, found.len(), reading.as_ref()),
        evidence: vec![
            Evidence::new("Project path as it is set", vec![wanted.path.to_owned()]),
            Evidence::new(
                format!("dbt project files on the branch {}", wanted.branch),
                shortened(ranked.iter().map(|found| line(found))),
            ),
        ],
        fixes: offers.collect(),
    }
}

fn cause(wanted: &WantedProjectPath<'_>, count: usize, reading: Option<&Reading>) -> String {
    let why = match reading {
        Some(reading) => {
            let sentences: Vec<String> = reading.faults.iter().map(|fault| fault.sentence(wanted)).collect();
            format!("{} The file is {}.", sentences.join(" "), reading.path)
        }
        None if wanted.worked_before => "An earlier sync loaded the project from this path, so it was moved or \
             renamed since."
            .to_owned(),
        None => format!("Nothing on the branch {} is at this path or looks like it.", wanted.branch),
    };
    let how_many = match count {
        1 => "The repository has exactly one dbt project.".to_owned(),
        _ => format!("The repository has {count} dbt projects."),
    };
    format!("{why} {how_many}")
}

fn it_is_there(wanted: &WantedProjectPath<'_>) -> Diagnosis {
    let again = Action::Sync { project: wanted.project.to_owned() };
    Diagnosis {
        cause: format!(
            "The branch {} holds {} now; it came, or could be read, only since.",
            wanted.branch, wanted.path
        ),
        evidence: Vec::new(),
        fixes: vec![Fix::new("Sync again", Grade::Safe, again)],
    }
}

fn no_project(wanted: &WantedProjectPath<'_>) -> Diagnosis {
    let since = if wanted.worked_before { " An earlier sync found it there, so it was removed since." } else { "" };
    Diagnosis {
        cause: format!(
            "The branch {} holds no dbt_project.yml at all, apart from those of installed packages.{since} The \
             project is on another branch, or in another repository.",
            wanted.branch
        ),
        evidence: vec![Evidence::new("Project path as it is set", vec![wanted.path.to_owned()])],
        fixes: vec![
            Fix::read(format!(
                "Check the branch: if the dbt project is not on {} yet, set projects.{}.branch to where it is",
                wanted.branch,
                key_part(wanted.project)
            )),
            Fix::read(format!("Check the repository: {} may not be the one with the dbt project", wanted.repository)),
        ],
    }
}

/// What was meant first, then what shares folders with it, then by place: with models, near the
/// root, short; projects that only test a package last.
fn ranked<'a>(
    wanted: &WantedProjectPath<'_>,
    found: &'a [FoundProjectPath],
    reading: Option<&Reading>,
) -> Vec<&'a FoundProjectPath> {
    let typed: Vec<&str> = wanted.path.trim_matches('/').rsplit('/').skip(1).collect();
    let shared = |path: &str| path.rsplit('/').skip(1).zip(&typed).take_while(|(left, right)| left == *right).count();
    let mut ranked: Vec<&FoundProjectPath> = found.iter().collect();
    ranked.sort_by_cached_key(|found| {
        let path = &found.path;
        let meant = reading.is_some_and(|reading| reading.path == *path);
        let order = (!meant, is_for_tests(path), usize::MAX - shared(path), !found.has_models);
        (order, path.matches('/').count(), path.len(), path.clone())
    });
    ranked
}

fn line(found: &FoundProjectPath) -> String {
    let models = if found.has_models { "" } else { " (no models folder beside it)" };
    format!("{}{models}", found.path)
}

fn is_project_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.eq_ignore_ascii_case("dbt_project.yml") || name.eq_ignore_ascii_case("dbt_project.yaml")
}

fn is_for_tests(path: &str) -> bool {
    path.split('/').any(|part| part == "integration_tests")
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
