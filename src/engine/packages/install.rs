//! Packages put into the packages folder of a project on this machine: beside it first, then in its place
//! in one step, so that a failure or a kill leaves what was there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::dbt::packages::SharedTree;

/// What a package's folder is made of.
pub(super) enum Content {
    Files(SharedTree),
    /// A folder of the same project, which stays where it is.
    Link(PathBuf),
}

/// Why packages could not be put into their folder.
#[derive(Debug, Error)]
pub(super) enum InstallError {
    #[error("{path} holds {entry}, which is no package; it is left as it is")]
    NotOurs { path: PathBuf, entry: String },
    #[error("{path}: {error}")]
    File { path: PathBuf, error: io::Error },
    #[error("{path} could not be read: {reason}")]
    Package { path: String, reason: String },
}

/// Makes `folder` hold exactly `packages`. What was there goes, as in dbt; but a folder that holds
/// anything besides packages is not touched.
pub(super) fn install(folder: &Path, packages: &[(String, Content)]) -> Result<(), InstallError> {
    check_ours(folder)?;
    let making = beside(folder, "new");
    let old = beside(folder, "old");
    for leftover in [&making, &old] {
        remove(leftover)?;
    }
    let made = make(&making, packages).and_then(|()| swap(folder, &making, &old));
    if made.is_err() {
        // The failure is what counts; the next time begins by removing what is left.
        let _removed = remove(&making);
    }
    made
}

/// Everything in a packages folder is a package, or a link to one.
fn check_ours(folder: &Path) -> Result<(), InstallError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(file(folder, error)),
    };
    for entry in entries {
        let entry = entry.map_err(|error| file(folder, error))?;
        let path = entry.path();
        let is_link = path.symlink_metadata().is_ok_and(|facts| facts.is_symlink());
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        if !is_link && !is_hidden && !path.join("dbt_project.yml").is_file() {
            let entry = entry.file_name().to_string_lossy().into_owned();
            return Err(InstallError::NotOurs { path: folder.to_path_buf(), entry });
        }
    }
    Ok(())
}

fn make(making: &Path, packages: &[(String, Content)]) -> Result<(), InstallError> {
    create_folder(making)?;
    for (name, content) in packages {
        let place = making.join(name);
        match content {
            Content::Files(tree) => write_tree(&place, tree)?,
            Content::Link(target) => {
                std::os::unix::fs::symlink(target, &place).map_err(|error| file(&place, error))?;
            }
        }
    }
    Ok(())
}

fn write_tree(place: &Path, tree: &SharedTree) -> Result<(), InstallError> {
    let package = |error: crate::dbt::ReadError| InstallError::Package {
        path: place.display().to_string(),
        reason: error.to_string(),
    };
    create_folder(place)?;
    for entry in tree.list("").map_err(package)? {
        let path = place.join(&entry.path);
        // Trees give plain paths alone; this holds it.
        let is_plain = Path::new(&entry.path).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        if !is_plain {
            return Err(InstallError::Package { path: entry.path, reason: "it leads out of the package".to_owned() });
        }
        create_folder(path.parent().unwrap_or(place))?;
        fs::write(&path, tree.read(&entry.path).map_err(package)?).map_err(|error| file(&path, error))?;
    }
    Ok(())
}

/// The new folder in the place of the old one.
fn swap(folder: &Path, making: &Path, old: &Path) -> Result<(), InstallError> {
    if let Some(parent) = folder.parent() {
        create_folder(parent)?;
    }
    let had = folder.symlink_metadata().is_ok();
    if had {
        fs::rename(folder, old).map_err(|error| file(folder, error))?;
    }
    if let Err(error) = fs::rename(making, folder) {
        if had {
            // Back to what was there; where even that fails, it is still beside its place.
            let _restored = fs::rename(old, folder);
        }
        return Err(file(folder, error));
    }
    remove(old)
}

fn create_folder(path: &Path) -> Result<(), InstallError> {
    fs::create_dir_all(path).map_err(|error| file(path, error))
}

fn remove(path: &Path) -> Result<(), InstallError> {
    let removed = match path.symlink_metadata() {
        Err(_) => return Ok(()),
        Ok(facts) if facts.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
    };
    removed.map_err(|error| file(path, error))
}

/// `dbt_packages` -> `.dbt_packages.ebb-new`.
fn beside(folder: &Path, what: &str) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    folder.with_file_name(format!(".{name}.ebb-{what}"))
}

fn file(path: &Path, error: io::Error) -> InstallError {
    InstallError::File { path: path.to_path_buf(), error }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::dbt::MemoryTree;

    fn files(files: &[(&str, &str)]) -> Content {
        Content::Files(Arc::new(MemoryTree::new(files.iter().copied())))
    }

    fn entries(folder: &Path) -> Vec<String> {
        let walk = walkdir::WalkDir::new(folder).sort_by_file_name().min_depth(1);
        walk.into_iter()
            .flatten()
            .map(|entry| entry.path().strip_prefix(folder).unwrap().display().to_string())
            .collect()
    }

    #[test]
    fn the_folder_holds_exactly_the_packages() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("deep/dbt_packages");
        install(&folder, &[("a".to_owned(), files(&[("dbt_project.yml", "name: a"), ("macros/m.sql", "x")]))]).unwrap();
        assert_eq!(entries(&folder), ["a", "a/dbt_project.yml", "a/macros", "a/macros/m.sql"]);
        install(&folder, &[("b".to_owned(), files(&[("dbt_project.yml", "name: b")]))]).unwrap();
        assert_eq!(
            entries(place.path()),
            ["deep", "deep/dbt_packages", "deep/dbt_packages/b", "deep/dbt_packages/b/dbt_project.yml"]
        );
    }

    #[test]
    fn a_folder_of_the_project_is_linked() {
        let place = tempfile::tempdir().unwrap();
        let own = place.path().join("shared");
        fs::create_dir(&own).unwrap();
        fs::write(own.join("dbt_project.yml"), "name: shared").unwrap();
        let folder = place.path().join("dbt_packages");
        for _ in 0..2 {
            install(&folder, &[("shared".to_owned(), Content::Link(own.clone()))]).unwrap();
        }
        assert_eq!(fs::read_to_string(folder.join("shared/dbt_project.yml")).unwrap(), "name: shared");
        assert!(own.join("dbt_project.yml").is_file(), "what a link leads to is not removed");
    }

    #[test]
    fn a_folder_that_holds_other_things_is_not_touched() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("models")).unwrap();
        let error = install(place.path(), &[]).unwrap_err();
        assert!(matches!(error, InstallError::NotOurs { entry, .. } if entry == "models"));
        assert_eq!(entries(place.path()), ["models"]);
    }

    #[test]
    fn a_failure_leaves_what_was_there() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("dbt_packages");
        install(&folder, &[("a".to_owned(), files(&[("dbt_project.yml", "name: a")]))]).unwrap();
        let error = install(&folder, &[("b".to_owned(), files(&[("../out", "x")]))]).unwrap_err();
        assert!(matches!(error, InstallError::Package { .. }), "{error}");
        assert_eq!(entries(place.path()), ["dbt_packages", "dbt_packages/a", "dbt_packages/a/dbt_project.yml"]);
    }
}
