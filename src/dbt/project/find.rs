//! The real `dbt_project.yml` files of a tree, most likely first: what a wrong project path is
//! answered with.

use crate::dbt::tree::{FileEntry, FileTree, ReadError};

/// A `dbt_project.yml` that is in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundProject {
    /// Path from the tree's root.
    pub path: String,
    /// 1 is the most likely to be meant.
    pub rank: usize,
    /// Whether a `models` folder stands beside it.
    pub has_models: bool,
}

/// Folders whose projects are never the one that is meant.
const NEVER: &[&str] =
    &["dbt_packages", "dbt_modules", "target", "venv", ".venv", "site-packages", "node_modules", ".git"];

/// Every project of the tree: those with a `models` folder and the shortest path first, those of
/// `integration_tests` last; copies inside installed packages and build output are left out.
pub fn find_projects(tree: &dyn FileTree) -> Result<Vec<FoundProject>, ReadError> {
    Ok(find_in(&tree.list("")?))
}

fn find_in(files: &[FileEntry]) -> Vec<FoundProject> {
    let is_project = |path: &str| {
        let mut parts = path.rsplit('/');
        matches!(parts.next(), Some("dbt_project.yml" | "dbt_project.yaml")) && !parts.any(|part| NEVER.contains(&part))
    };
    let mut found: Vec<FoundProject> = files
        .iter()
        .filter(|file| is_project(&file.path))
        .map(|file| {
            let folder = folder_of(&file.path);
            let models = if folder.is_empty() { "models/".to_owned() } else { format!("{folder}/models/") };
            let has_models = files.iter().any(|file| file.path.starts_with(&models));
            FoundProject { path: file.path.clone(), rank: 0, has_models }
        })
        .collect();
    found.sort_by_key(|project| {
        let is_test = project.path.split('/').any(|part| part.starts_with("integration") && part.contains("tests"));
        (is_test, project.path.matches('/').count(), !project.has_models, project.path.clone())
    });
    for (index, project) in found.iter_mut().enumerate() {
        project.rank = index + 1;
    }
    found
}

/// `a/b/c.yml` -> `a/b`; a file at the root is in `""`.
pub(crate) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
