//! `path:` as Python's `Path.glob` finds paths below the project's root, among the files that the
//! project's nodes come from.

use std::collections::HashSet;
use std::sync::Arc;

use super::pattern;
use super::spec::SelectError;
use crate::dbt::node::{Node, Project};

/// Files and folders of the root project that hold nodes. A package's node is found by the path that
/// it has in its own package, where the root has the same one: so does dbt.
#[derive(Debug)]
pub(super) struct Paths<'p> {
    files: HashSet<&'p str>,
    folders: HashSet<&'p str>,
}

impl<'p> Paths<'p> {
    pub(super) fn of(project: &'p Project) -> Self {
        let own = || project.nodes.values().map(Arc::as_ref).filter(|node| node.package_name == project.name);
        let files: HashSet<&str> = own().flat_map(files_of).collect();
        let folders = files.iter().flat_map(|file| folders_of(file)).collect();
        Self { files, folders }
    }

    /// The paths that a pattern finds.
    pub(super) fn find(&self, wanted: &str) -> Result<HashSet<&'p str>, SelectError> {
        if wanted.starts_with('/') {
            return Err(SelectError::Value("Non-relative patterns are unsupported".to_owned()));
        }
        let parts: Vec<&str> = wanted.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        if parts.is_empty() {
            return Err(SelectError::Value(format!("Unacceptable pattern: '{wanted}'")));
        }
        if parts.iter().any(|part| part.contains("**") && *part != "**") {
            return Err(SelectError::Value("Invalid pattern: '**' can only be an entire path component".to_owned()));
        }
        let ends_in_folders = parts.last() == Some(&"**");
        let files = self.files.iter().filter(|file| !ends_in_folders && is_match(&split(file), &parts));
        let folders = self.folders.iter().filter(|folder| is_match(&split(folder), &parts));
        Ok(files.chain(folders).copied().collect())
    }
}

/// Whether a node's file, its YAML file, or a folder above its file is among `found`.
pub(super) fn is_in(node: &Node, found: &HashSet<&str>) -> bool {
    files_of(node).any(|file| found.contains(file))
        || folders_of(&node.original_file_path).any(|folder| found.contains(folder))
}

fn files_of(node: &Node) -> impl Iterator<Item = &str> {
    let patch = node.patch_path.as_deref().and_then(|path| path.split("://").nth(1));
    std::iter::once(node.original_file_path.as_str()).chain(patch)
}

/// `models/core/a.sql` -> `models/core`, `models`, and the root, which is `""`.
fn folders_of(file: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(file), |path| {
        let parent = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        (!path.is_empty()).then_some(parent)
    })
    .skip(1)
}

fn split(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty()).collect()
}

fn is_match(path: &[&str], parts: &[&str]) -> bool {
    pattern::fits(path, parts, |part| *part == "**", |part, name| pattern::matches(name, part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dbt::node::NodeKind;

    fn project() -> Project {
        let node = |package: &str, path: &str, patch: Option<&str>| {
            let node = Node {
                unique_id: path.to_owned(),
                package_name: package.to_owned(),
                original_file_path: path.to_owned(),
                patch_path: patch.map(|path| format!("{package}://{path}")),
                ..Node::new(NodeKind::Model)
            };
            (format!("{package}/{path}"), Arc::new(node))
        };
        let nodes = [
            node("shop", "models/core/a.sql", Some("models/core/core.yml")),
            node("shop", "models/b.sql", None),
            node("shop", "seeds/c.csv", None),
            node("other", "models/core/d.sql", None),
            node("other", "models/else/e.sql", None),
        ];
        Project { name: "shop".to_owned(), nodes: nodes.into_iter().collect(), ..Project::default() }
    }

    fn found(wanted: &str) -> Vec<String> {
        let project = project();
        let found = Paths::of(&project).find(wanted).unwrap();
        let nodes = project.nodes.values().filter(|node| is_in(node, &found));
        let mut names: Vec<String> = nodes
            .filter_map(|node| Some(node.original_file_path.rsplit('/').next()?.chars().take(1).collect()))
            .collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn files_folders_and_patterns() {
        let table: [(&str, &[&str]); 15] = [
            ("models", &["a", "b", "d", "e"]),
            ("models/", &["a", "b", "d", "e"]),
            ("./models", &["a", "b", "d", "e"]),
            ("models/core", &["a", "d"]),
            ("models/core/a.sql", &["a"]),
            ("models/core/d.sql", &[]),
            ("models/else", &[]),
            ("models/core/core.yml", &["a"]),
            ("models/*.sql", &["b"]),
            ("*/core", &["a", "d"]),
            ("**/core", &["a", "d"]),
            ("**/*.csv", &["c"]),
            ("models/**", &["a", "b", "d", "e"]),
            ("**", &["a", "b", "c", "d", "e"]),
            ("Models", &[]),
        ];
        for (wanted, expected) in table {
            assert_eq!(found(wanted), expected, "{wanted}");
        }
    }

    #[test]
    fn patterns_that_python_refuses() {
        let project = project();
        for wanted in ["", ".", "/models", "a**/b"] {
            assert!(Paths::of(&project).find(wanted).is_err(), "{wanted}");
        }
    }
}
