//! The folder of a dbt project with the packages that `dbt deps` and `ebb deps` have only linked into it: those
//! that `packages.yml` calls `local`, which often lie outside of the folder (`local: ../`). Reads; writes nothing.

use std::fs;
use std::path::Path;

use crate::dbt::{FileEntry, FileTree, ReadError};

use super::folder::Folder;
use super::target::Target;

/// A project's folder, and its linked packages.
#[derive(Clone, Debug)]
pub(super) struct ProjectFolder {
    folder: Folder,
    /// Each with its path from the folder's root, `/` at its end.
    linked: Vec<(String, Folder)>,
}

impl Target {
    /// Its folder as a tree, with the packages that are linked into it.
    pub(super) fn open(&self, folder: &Path) -> Result<ProjectFolder, ReadError> {
        let named = |key: &str| self.project_setting(key);
        let packages = named("packages-install-path").or_else(|| named("modules-path"));
        let project = Path::new(&self.settings.project_path).parent().unwrap_or(Path::new(""));
        let packages = project.join(packages.as_deref().unwrap_or("dbt_packages"));
        ProjectFolder::open(folder, &packages)
    }
}

impl ProjectFolder {
    /// The folder at `path`; `packages` is the packages folder in it. A link directly in that one counts as a
    /// package where it leads to a dbt project: whatever else is linked outside of the folder is never read.
    fn open(path: &Path, packages: &Path) -> Result<Self, ReadError> {
        let folder = Folder::open(path)?;
        let entries = fs::read_dir(path.join(packages)).into_iter().flatten().flatten();
        let links = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_symlink()));
        let package = |entry: fs::DirEntry| {
            let at = packages.join(entry.file_name()).to_str()?.trim_start_matches("./").to_owned();
            let package = Folder::open(&entry.path()).ok()?;
            package.read("dbt_project.yml").ok().map(|_| (format!("{at}/"), package))
        };
        Ok(Self { folder, linked: links.filter_map(package).collect() })
    }
}

/// A package's files with the paths that they have in the project's folder.
fn placed(at: &str, files: Vec<FileEntry>) -> impl Iterator<Item = FileEntry> {
    files.into_iter().map(move |file| FileEntry { path: format!("{at}{}", file.path), ..file })
}

impl FileTree for ProjectFolder {
    fn list(&self, folder: &str) -> Result<Vec<FileEntry>, ReadError> {
        let asked = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        for (at, package) in &self.linked {
            if let Some(below) = asked.strip_prefix(at.as_str()) {
                return Ok(placed(at, package.list(below.trim_end_matches('/'))?).collect());
            }
        }
        let mut files = self.folder.list(folder)?;
        let below = self.linked.iter().filter(|(at, _)| at.starts_with(&asked));
        let before = files.len();
        for (at, package) in below {
            files.extend(placed(at, package.list("")?));
        }
        if files.len() > before {
            files.sort_by(|one, other| one.path.cmp(&other.path));
        }
        Ok(files)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let linked = self.linked.iter().find_map(|(at, package)| Some((package, path.strip_prefix(at.as_str())?)));
        match linked {
            Some((package, path)) => package.read(path),
            None => self.folder.read(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// `package` with the project in `package/tests`, which has linked the package, and `elsewhere`.
    fn place() -> tempfile::TempDir {
        let place = tempfile::tempdir().unwrap();
        for (path, text) in [
            ("package/dbt_project.yml", "name: package"),
            ("package/macros/m.sql", "m"),
            ("package/tests/dbt_project.yml", "name: tests"),
            ("package/tests/models/a.sql", "a"),
            ("package/tests/dbt_packages/copied/dbt_project.yml", "name: copied"),
            ("package/tests/inner/dbt_project.yml", "name: inner"),
            ("elsewhere/secret.sql", "s"),
        ] {
            let path = place.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let packages = place.path().join("package/tests/dbt_packages");
        symlink("../..", packages.join("package")).unwrap();
        symlink("../inner", packages.join("inner")).unwrap();
        symlink(place.path().join("elsewhere"), packages.join("elsewhere")).unwrap();
        symlink(place.path().join("package"), place.path().join("package/tests/models/linked")).unwrap();
        place
    }

    fn open(place: &tempfile::TempDir) -> ProjectFolder {
        ProjectFolder::open(&place.path().join("package/tests"), Path::new("dbt_packages")).unwrap()
    }

    fn paths(tree: &ProjectFolder, folder: &str) -> Vec<String> {
        tree.list(folder).unwrap().into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn a_linked_package_is_as_one_that_was_copied() {
        let place = place();
        let tree = open(&place);
        let packages = paths(&tree, "dbt_packages");
        assert!(packages.contains(&"dbt_packages/copied/dbt_project.yml".to_owned()));
        assert!(packages.contains(&"dbt_packages/package/dbt_project.yml".to_owned()));
        assert_eq!(paths(&tree, "dbt_packages/package/macros"), ["dbt_packages/package/macros/m.sql"]);
        assert_eq!(tree.read("dbt_packages/package/macros/m.sql").unwrap(), b"m");
        assert_eq!(tree.read("models/a.sql").unwrap(), b"a");
    }

    #[test]
    fn a_package_that_lies_in_the_folder_is_listed_once() {
        let place = place();
        let tree = open(&place);
        let inner = "dbt_packages/inner/dbt_project.yml".to_owned();
        assert_eq!(paths(&tree, "dbt_packages/inner"), std::slice::from_ref(&inner));
        assert_eq!(paths(&tree, "dbt_packages").iter().filter(|path| **path == inner).count(), 1);
    }

    #[test]
    fn a_link_to_what_is_no_package_is_not_followed_nor_one_elsewhere() {
        let place = place();
        let tree = open(&place);
        assert!(paths(&tree, "").iter().all(|path| !path.contains("secret") && !path.contains("linked")));
        assert!(tree.read("dbt_packages/elsewhere/secret.sql").is_err());
        assert!(tree.read("models/linked/dbt_project.yml").is_err());
        assert!(tree.read("dbt_packages/package/../../../elsewhere/secret.sql").is_err());
    }

    #[test]
    fn a_package_that_holds_the_project_is_not_read_in_circles() {
        let place = place();
        let tree = open(&place);
        let twice = "dbt_packages/package/tests/dbt_packages/package/";
        assert!(paths(&tree, "").iter().all(|path| !path.starts_with(twice)));
    }

    #[test]
    fn without_a_packages_folder_there_is_the_folder_alone() {
        let place = place();
        let tree = ProjectFolder::open(place.path(), Path::new("nowhere")).unwrap();
        assert!(tree.linked.is_empty());
        assert_eq!(tree.read("elsewhere/secret.sql").unwrap(), b"s");
    }
}
