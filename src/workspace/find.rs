//! Which workspace is meant: asks the disk what is there, reads nothing.

use std::path::{Path, PathBuf};

use super::environment::Environment;
use super::paths::Paths;

/// Name of the configuration file.
pub const FILE_NAME: &str = "ebb.toml";
/// Name of the file that makes a folder a dbt project.
const DBT_PROJECT: &str = "dbt_project.yml";

/// Where the workspace is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Location {
    /// A configuration file; it may turn out to be missing when it was asked for by name.
    File(PathBuf),
    /// A dbt project opened without any set-up.
    Folder(PathBuf),
    /// Nothing: the person is asked what to do.
    None,
}

impl Location {
    /// The file or the folder.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) | Self::Folder(path) => Some(path),
            Self::None => None,
        }
    }

    /// The folder that relative paths of the configuration start at; none where it is the working
    /// directory.
    pub fn base(&self) -> Option<&Path> {
        match self {
            Self::File(path) => path.parent().filter(|folder| !folder.as_os_str().is_empty()),
            Self::Folder(path) => Some(path),
            Self::None => None,
        }
    }
}

/// The workspace that is meant: `requested` (`--workspace`, a file or a folder), else `EBB_WORKSPACE`,
/// else `ebb.toml` in the working directory, else the dbt project in the working directory, else
/// `ebb.toml` in the user's configuration directory, else none.
///
/// What was asked for by name is never replaced by something else: when it is not there, loading it
/// says so.
pub fn find(requested: Option<&Path>, environment: &Environment) -> Location {
    let working_directory = environment.working_directory();
    let named = requested.or_else(|| environment.variable("EBB_WORKSPACE").map(Path::new));
    if let Some(named) = named {
        let path = environment.resolve_path(named, working_directory);
        return if path.is_dir() {
            in_folder(&path).unwrap_or(Location::File(path.join(FILE_NAME)))
        } else {
            Location::File(path)
        };
    }
    if let Some(here) = in_folder(working_directory) {
        return here;
    }
    let own = Paths::of(environment).config_dir.join(FILE_NAME);
    if exists(&own) { Location::File(own) } else { Location::None }
}

fn in_folder(folder: &Path) -> Option<Location> {
    let file = folder.join(FILE_NAME);
    if exists(&file) {
        Some(Location::File(file))
    } else if folder.join(DBT_PROJECT).is_file() {
        Some(Location::Folder(folder.to_path_buf()))
    } else {
        None
    }
}

/// Also true for a dangling link and for a file that may not be read: both deserve a message instead
/// of being passed over.
fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Makes `files` in a fresh home and says what is found, relative to that home. The working
    /// directory is `here`.
    fn found(files: &[&str], requested: Option<&str>, variable: Option<&str>) -> String {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("here")).unwrap();
        for file in files {
            let path = home.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let variables = variable.map(|value| ("EBB_WORKSPACE".to_owned(), value.to_owned()));
        let environment = Environment::new(variables, home.path(), home.path().join("here"));
        let location = find(requested.map(Path::new), &environment);
        let path = location.path().map(|path| path.strip_prefix(home.path()).unwrap().display().to_string());
        match location {
            Location::File(_) => format!("file {}", path.unwrap()),
            Location::Folder(_) => format!("folder {}", path.unwrap()),
            Location::None => "none".to_owned(),
        }
    }

    #[test]
    fn the_nearest_word_wins() {
        let all = ["here/ebb.toml", "here/dbt_project.yml", ".config/ebb/ebb.toml", "a/ebb.toml", "b/ebb.toml"];
        assert_eq!(found(&all, Some("../a"), Some("../b")), "file a/ebb.toml");
        assert_eq!(found(&all, None, Some("../b")), "file b/ebb.toml");
        assert_eq!(found(&all, None, None), "file here/ebb.toml");
        assert_eq!(found(&all[1..], None, None), "folder here");
        assert_eq!(found(&all[2..], None, None), "file .config/ebb/ebb.toml");
        assert_eq!(found(&[], None, None), "none");
    }

    #[test]
    fn a_request_may_name_a_file_or_a_folder() {
        assert_eq!(found(&["a/team.toml"], Some("../a/team.toml"), None), "file a/team.toml");
        assert_eq!(found(&["a/dbt_project.yml"], Some("~/a"), None), "folder a");
    }

    #[test]
    fn a_request_is_never_replaced_by_something_else() {
        assert_eq!(found(&["here/ebb.toml"], Some("../gone"), None), "file gone");
        assert_eq!(found(&["here/ebb.toml", "a/x"], Some("../a"), None), "file a/ebb.toml");
        assert_eq!(found(&["here/ebb.toml"], None, Some("~/gone")), "file gone");
    }

    #[test]
    fn a_bare_file_name_starts_at_the_working_directory() {
        assert_eq!(Location::File("ebb.toml".into()).base(), None);
        assert_eq!(Location::File("/srv/ebb.toml".into()).base(), Some(Path::new("/srv")));
    }

    #[test]
    fn a_dangling_link_is_found_so_that_it_can_be_spoken_of() {
        let home = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/gone/ebb.toml", home.path().join("ebb.toml")).unwrap();
        let environment = Environment::new([], home.path(), home.path());
        assert_eq!(find(None, &environment), Location::File(home.path().join("ebb.toml")));
    }
}
