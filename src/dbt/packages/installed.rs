//! The packages that are there: those in the packages folder and local ones in the repository; and
//! what is wrong between what was asked for and what is there.

use super::asked::{Asked, Owner, read_asked};
use super::requirement::Package;
use crate::dbt::problems::{Problems, codes};
use crate::dbt::project::{ProjectFile, read_project};
use crate::dbt::render::NativeRenderer;
use crate::dbt::tree::FileTree;
use crate::problem::{Fix, Problem};

/// Reads every package of a root project, sorted by folder.
pub(crate) fn read_packages(
    tree: &dyn FileTree,
    root: &ProjectFile,
    dbt_version: &str,
    renderer: &dyn NativeRenderer,
    problems: &mut Problems,
) -> Vec<ProjectFile> {
    let owner = Owner { tree, folder: &root.folder, package: None };
    // A template that cannot be rendered here matters only to whoever fetches the packages.
    let asked = read_asked(owner, renderer, problems);
    let found = Found::of(tree, root, &asked);
    let mut packages: Vec<ProjectFile> = Vec::new();
    for folder in &found.folders {
        let path = format!("{folder}/dbt_project.yml");
        let Ok(bytes) = tree.read(&path) else { continue };
        let Some(project) = read_project(&path, &String::from_utf8_lossy(&bytes), dbt_version, renderer, problems)
        else {
            continue;
        };
        let is_known = project.name == root.name || packages.iter().any(|known| known.name == project.name);
        if is_known {
            let sentence = format!(
                "Found duplicate project \"{}\". This occurs when a dependency has the same project name as some other dependency.",
                project.name
            );
            problems.file(codes::DEPS_MULTI_VERSION, &path, &sentence);
        } else {
            packages.push(project);
        }
    }
    if packages.len() < asked.requirements.len() && found.is_incomplete(&asked) {
        let problem = not_installed(root, &asked, packages.len(), problems);
        problems.push(problem);
    }
    packages
}

/// Folders of packages.
pub(super) struct Found {
    /// Those of the packages folder, then those of local packages that are not in it.
    folders: Vec<String>,
    /// How many are in the packages folder.
    installed: usize,
}

impl Found {
    pub(super) fn of(tree: &dyn FileTree, root: &ProjectFile, asked: &Asked) -> Self {
        let mut folders = installed_folders(tree, root);
        let installed = folders.len();
        for requirement in &asked.requirements {
            let Package::Local { path } = &requirement.package else { continue };
            let Some(local) = resolve_local(&root.folder, path) else { continue };
            if !folders.contains(&local) && !is_installed_copy(tree, &folders, &local) {
                folders.push(local);
            }
        }
        Self { folders, installed }
    }

    /// Whether fewer are there than were asked for.
    pub(super) fn is_incomplete(&self, asked: &Asked) -> bool {
        self.installed < asked.requirements.len() && self.folders.len() < asked.requirements.len()
    }
}

fn not_installed(root: &ProjectFile, asked: &Asked, installed: usize, problems: &Problems) -> Problem {
    let count = asked.requirements.len();
    let file = asked.path.rsplit('/').next().unwrap_or_default();
    let sentence = format!(
        "dbt found {count} package(s) specified in {file}, but only {installed} package(s) installed in {}. Run \"dbt deps\" to install package dependencies",
        root.packages_install_path
    );
    let first = asked.requirements.first().and_then(|requirement| requirement.place.clone());
    let entries = asked.requirements.iter().map(|requirement| requirement.package.in_words()).collect();
    Problem::new(codes::DEPS_NOT_RUN, problems.file_subject(&asked.path), sentence)
        .with_place(first.unwrap_or_else(|| crate::problem::Place::at(&asked.path, 0, 0)))
        .with_cause(format!(
            "The folder {} does not hold the packages that {file} asks for",
            root.path(&root.packages_install_path)
        ))
        .with_evidence("Packages asked for", entries)
        .with_fix(Fix::copy("Fetch the packages into the packages folder", "ebb deps"))
}

/// Folders directly in the packages folder that hold a project.
fn installed_folders(tree: &dyn FileTree, root: &ProjectFile) -> Vec<String> {
    let base = root.path(root.packages_install_path.trim_matches('/'));
    let files = tree.list(&base).unwrap_or_default();
    let mut folders: Vec<String> = files
        .iter()
        .filter_map(|file| {
            let folder = file.path.strip_suffix("/dbt_project.yml")?;
            let name = folder.strip_prefix(&base)?.strip_prefix('/')?;
            (!name.contains('/') && !name.starts_with("__")).then(|| folder.to_owned())
        })
        .collect();
    folders.sort_unstable();
    folders
}

/// Whether a local package was also put into the packages folder.
fn is_installed_copy(tree: &dyn FileTree, folders: &[String], local: &str) -> bool {
    let text = |folder: &str| tree.read(&format!("{folder}/dbt_project.yml")).ok();
    let own = text(local);
    own.is_some() && folders.iter().any(|folder| text(folder) == own)
}

/// `../shared` of a project in `transform` -> `shared`; nothing when it leads out of the tree.
pub fn resolve_local(project: &str, folder: &str) -> Option<String> {
    if folder.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = project.split('/').filter(|part| !part.is_empty()).collect();
    for part in folder.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop()?;
        } else {
            parts.push(part);
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}
