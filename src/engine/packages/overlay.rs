//! A project's tree with its packages in their folder, although nobody committed them there.

use crate::dbt::packages::SharedTree;
use crate::dbt::{FileEntry, FileTree, ReadError};

/// A tree, and packages that stand in one of its folders in place of what was there.
pub(super) struct WithPackages {
    tree: SharedTree,
    /// The packages folder from the tree's root, with `/` at its end.
    folder: String,
    /// Name and files, sorted by name.
    packages: Vec<(String, SharedTree)>,
}

impl WithPackages {
    pub(super) fn new(tree: SharedTree, folder: &str, mut packages: Vec<(String, SharedTree)>) -> Self {
        packages.sort_by(|one, other| one.0.cmp(&other.0));
        Self { tree, folder: format!("{}/", folder.trim_end_matches('/')), packages }
    }

    /// The package that a path belongs to, and its path there.
    fn package<'p>(&self, path: &'p str) -> Option<(&SharedTree, &'p str)> {
        let (name, rest) = path.strip_prefix(self.folder.as_str())?.split_once('/')?;
        let (_, tree) = self.packages.iter().find(|(known, _)| known == name)?;
        Some((tree, rest))
    }

    fn is_in_folder(&self, path: &str) -> bool {
        path.starts_with(self.folder.as_str())
    }
}

impl FileTree for WithPackages {
    fn list(&self, folder: &str) -> Result<Vec<FileEntry>, ReadError> {
        let mut files = self.tree.list(folder)?;
        files.retain(|file| !self.is_in_folder(&file.path));
        let inside = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        for (name, tree) in &self.packages {
            let base = format!("{}{name}/", self.folder);
            // What is asked for holds the package, or is a folder in it.
            let below = match inside.strip_prefix(&base) {
                Some(below) => below.trim_end_matches('/'),
                None if base.starts_with(&inside) => "",
                None => continue,
            };
            let found = tree.list(below)?.into_iter();
            files.extend(found.map(|file| FileEntry {
                path: format!("{base}{}", file.path),
                size: file.size,
                stamp: file.stamp,
            }));
        }
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(files)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        match self.package(path) {
            Some((tree, rest)) => tree.read(rest),
            None if self.is_in_folder(path) => Err(ReadError::NotFound { path: path.to_owned() }),
            None => self.tree.read(path),
        }
    }
}

/// The files below one folder of a tree, as a tree of their own.
pub(super) struct Below {
    tree: SharedTree,
    /// With `/` at its end.
    folder: String,
}

impl Below {
    /// `folder` of `tree`; the tree itself where it is empty.
    pub(super) fn of(tree: SharedTree, folder: &str) -> SharedTree {
        match folder.trim_matches('/') {
            "" => tree,
            folder => std::sync::Arc::new(Self { tree, folder: format!("{folder}/") }),
        }
    }
}

impl FileTree for Below {
    fn list(&self, folder: &str) -> Result<Vec<FileEntry>, ReadError> {
        let files = self.tree.list(format!("{}{folder}", self.folder).trim_end_matches('/'))?;
        let inside = files.into_iter().filter_map(|file| {
            let path = file.path.strip_prefix(self.folder.as_str())?.to_owned();
            Some(FileEntry { path, size: file.size, stamp: file.stamp })
        });
        Ok(inside.collect())
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.tree.read(&format!("{}{path}", self.folder))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::dbt::MemoryTree;

    fn tree(files: &[(&str, &str)]) -> SharedTree {
        Arc::new(MemoryTree::new(files.iter().copied()))
    }

    fn project() -> WithPackages {
        let own =
            tree(&[("t/dbt_project.yml", "p"), ("t/models/a.sql", "a"), ("t/dbt_packages/old/dbt_project.yml", "old")]);
        let utils = tree(&[("dbt_project.yml", "u"), ("macros/m.sql", "m")]);
        WithPackages::new(own, "t/dbt_packages", vec![("utils".to_owned(), utils)])
    }

    fn paths(tree: &dyn FileTree, folder: &str) -> Vec<String> {
        tree.list(folder).unwrap().into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn packages_are_listed_where_they_belong() {
        let all = [
            "t/dbt_packages/utils/dbt_project.yml",
            "t/dbt_packages/utils/macros/m.sql",
            "t/dbt_project.yml",
            "t/models/a.sql",
        ];
        assert_eq!(paths(&project(), ""), all);
        assert_eq!(paths(&project(), "t"), all);
        assert_eq!(paths(&project(), "t/dbt_packages"), all[..2]);
        assert_eq!(paths(&project(), "t/dbt_packages/utils/macros"), all[1..2]);
        assert_eq!(paths(&project(), "t/models"), all[3..]);
        assert_eq!(paths(&project(), "t/dbt_packages/util"), Vec::<String>::new());
    }

    #[test]
    fn what_was_in_the_folder_is_hidden() {
        let project = project();
        assert_eq!(project.read("t/dbt_packages/utils/macros/m.sql").unwrap(), b"m");
        assert_eq!(project.read("t/models/a.sql").unwrap(), b"a");
        for path in ["t/dbt_packages/old/dbt_project.yml", "t/dbt_packages/x", "t/dbt_packages/utils/none"] {
            assert!(matches!(project.read(path), Err(ReadError::NotFound { .. })), "{path}");
        }
    }

    #[test]
    fn a_folder_is_a_tree_of_its_own() {
        let whole = tree(&[("a/b/dbt_project.yml", "x"), ("a/b/models/m.sql", "y"), ("a/bc", "z")]);
        let below = Below::of(Arc::clone(&whole), "a/b/");
        assert_eq!(paths(&*below, ""), ["dbt_project.yml", "models/m.sql"]);
        assert_eq!(paths(&*below, "models"), ["models/m.sql"]);
        assert_eq!(below.read("models/m.sql").unwrap(), b"y");
        assert_eq!(Below::of(whole, "").read("a/bc").unwrap(), b"z");
    }
}
