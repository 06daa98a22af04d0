//! The packages of a project: those in its packages folder, local ones in the repository, and what is
//! wrong between what was asked for and what is there. Nothing is downloaded here.

use serde_json::Value;

use super::problems::{Problems, codes};
use super::project::{ProjectFile, read_project};
use super::render::NativeRenderer;
use super::tree::FileTree;
use super::yaml::{Mark, Yaml};
use crate::problem::{Action, Fix, Grade, Problem};

/// What `packages.yml` or `dependencies.yml` asks for.
#[derive(Debug, Default)]
struct Wanted {
    /// The file that says so.
    path: String,
    /// One line an entry: `dbt-labs/dbt_utils 1.1.1`.
    entries: Vec<String>,
    /// Folders of local packages, from the tree's root.
    local: Vec<String>,
}

/// Reads every package of a root project, sorted by folder.
pub(crate) fn read_packages(
    tree: &dyn FileTree,
    root: &ProjectFile,
    dbt_version: &str,
    renderer: &dyn NativeRenderer,
    problems: &mut Problems,
) -> Vec<ProjectFile> {
    let wanted = wanted(tree, root, renderer, problems);
    let mut folders = installed_folders(tree, root);
    let installed = folders.len();
    for local in &wanted.local {
        if !folders.contains(local) && !is_installed_copy(tree, &folders, local) {
            folders.push(local.clone());
        }
    }
    let mut packages: Vec<ProjectFile> = Vec::new();
    for folder in &folders {
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
    if packages.len() < wanted.entries.len() && installed < wanted.entries.len() {
        let problem = not_installed(root, &wanted, packages.len(), problems);
        problems.push(problem);
    }
    packages
}

fn not_installed(root: &ProjectFile, wanted: &Wanted, installed: usize, problems: &Problems) -> Problem {
    let count = wanted.entries.len();
    let file = wanted.path.rsplit('/').next().unwrap_or_default();
    let sentence = format!(
        "dbt found {count} package(s) specified in {file}, but only {installed} package(s) installed in {}. Run \"dbt deps\" to install package dependencies",
        root.packages_install_path
    );
    Problem::new(codes::DEPS_NOT_RUN, problems.file_subject(&wanted.path), sentence)
        .with_place(crate::problem::Place::at(&wanted.path, 0, 0))
        .with_cause(format!(
            "The repository does not hold the folder {} with the packages that {file} asks for",
            root.path(&root.packages_install_path)
        ))
        .with_evidence("Packages asked for", wanted.entries.clone())
        .with_fix(Fix::new(
            "Run dbt deps and commit the packages folder",
            Grade::Show,
            Action::Copy { text: "dbt deps".to_owned() },
        ))
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

fn wanted(tree: &dyn FileTree, root: &ProjectFile, renderer: &dyn NativeRenderer, problems: &mut Problems) -> Wanted {
    let read = |name: &str, problems: &mut Problems| -> Option<(String, String, Yaml)> {
        let path = root.path(name);
        let text = String::from_utf8(tree.read(&path).ok()?).ok()?;
        let document = problems.yaml(&path, &text)?;
        Some((path, text, document.root))
    };
    let packages = read("packages.yml", problems);
    let dependencies = read("dependencies.yml", problems);
    let has_packages =
        |read: &Option<(String, String, Yaml)>| read.as_ref().is_some_and(|(.., root)| root.get("packages").is_some());
    if has_packages(&packages) && has_packages(&dependencies) {
        let sentence = "The 'packages' key cannot be specified in both packages.yml and dependencies.yml";
        problems.file(codes::DEPS_MALFORMED, &root.path("packages.yml"), sentence);
    }
    let chosen = if has_packages(&packages) {
        packages.map(|read| (read, true))
    } else {
        dependencies.map(|read| (read, false))
    };
    let Some(((path, text, yaml), is_rendered)) = chosen else { return Wanted::default() };
    let mut wanted = Wanted { path, ..Wanted::default() };
    let Some(section) = yaml.get("packages") else { return wanted };
    let Some(entries) = section.as_list() else {
        if !section.is_null() {
            malformed(&wanted.path, &text, section.at, &section.to_json(), problems);
        }
        return wanted;
    };
    for entry in entries {
        let value = |key: &str| {
            let text = entry.get(key)?.as_text()?.to_owned();
            let rendered = is_rendered.then(|| renderer.render(&text).ok()).flatten();
            Some(rendered.as_ref().map_or(text, crate::dbt::python::text))
        };
        let kinds = ["package", "git", "local", "tarball"];
        match kinds.iter().find_map(|kind| Some((*kind, value(kind)?))) {
            Some(("local", folder)) => {
                wanted.entries.push(format!("local {folder}"));
                wanted.local.extend(resolve_local(root, &folder));
            }
            Some((_, name)) => {
                let version = entry
                    .get("version")
                    .or_else(|| entry.get("revision"))
                    .map(|version| crate::dbt::python::text(&version.to_json()));
                wanted.entries.push(format!("{name} {}", version.unwrap_or_default()).trim_end().to_owned());
            }
            None => malformed(&wanted.path, &text, entry.at, &entry.to_json(), problems),
        }
    }
    wanted
}

fn malformed(path: &str, text: &str, at: Mark, entry: &Value, problems: &mut Problems) {
    let sentence = format!(
        "The packages.yml file in this project is malformed. Please double check\nthe contents of this file and fix any errors before retrying.\n\nYou can find more information on the syntax for this file here:\nhttps://docs.getdbt.com/docs/package-management\n\nValidator Error:\n{} is not valid under any of the given schemas",
        crate::dbt::python::repr(entry)
    );
    problems.at(codes::DEPS_MALFORMED, path, text, at, &sentence);
}

/// `../shared` of a project in `transform` -> `shared`; nothing when it leads out of the tree.
fn resolve_local(root: &ProjectFile, folder: &str) -> Option<String> {
    if folder.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = root.folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in folder.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop()?;
        } else {
            parts.push(part);
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}
