//! Where things are kept on this machine: configuration, state, cache, data.
//!
//! The platform's usual folders, each overridden by a variable. Folders are made for us alone.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::environment::Environment;
use super::find::Location;
use super::load::hexadecimal;

/// The four folders. `EBB_CONFIG_DIR`, `EBB_STATE_DIR`, `EBB_CACHE_DIR` and `EBB_DATA_DIR` win over
/// the platform's (on Linux the XDG ones, e.g. `~/.local/state/ebb`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// Holds the user's own `ebb.toml`.
    pub config_dir: PathBuf,
    /// History: one folder a workspace.
    pub state_dir: PathBuf,
    /// Repositories' objects; may be removed at any time.
    pub cache_dir: PathBuf,
    /// The demo workspace, and host keys that a person accepted.
    pub data_dir: PathBuf,
}

impl Paths {
    /// Permission bits of a folder and of a file made by us.
    pub const FOLDER_MODE: u32 = 0o700;
    pub const FILE_MODE: u32 = 0o600;

    pub fn of(environment: &Environment) -> Self {
        let standard = environment.standard();
        let chosen = |variable: &str, otherwise: &Path| match environment.variable(variable) {
            Some(path) => environment.resolve_path(Path::new(path), environment.working_directory()),
            None => otherwise.to_path_buf(),
        };
        Self {
            config_dir: chosen("EBB_CONFIG_DIR", &standard.config_dir),
            state_dir: chosen("EBB_STATE_DIR", &standard.state_dir),
            cache_dir: chosen("EBB_CACHE_DIR", &standard.cache_dir),
            data_dir: chosen("EBB_DATA_DIR", &standard.data_dir),
        }
    }

    pub(super) fn of_platform() -> Option<Self> {
        let folders = directories::ProjectDirs::from("", "", "ebb")?;
        Some(Self {
            config_dir: folders.config_dir().to_path_buf(),
            state_dir: folders.state_dir().unwrap_or(folders.data_local_dir()).to_path_buf(),
            cache_dir: folders.cache_dir().to_path_buf(),
            data_dir: folders.data_local_dir().to_path_buf(),
        })
    }

    pub(super) fn under_home(home: &Path) -> Self {
        Self {
            config_dir: home.join(".config/ebb"),
            state_dir: home.join(".local/state/ebb"),
            cache_dir: home.join(".cache/ebb"),
            data_dir: home.join(".local/share/ebb"),
        }
    }

    /// Host keys that a person accepted, in the form of OpenSSH's `known_hosts`.
    pub fn known_hosts(&self) -> PathBuf {
        self.data_dir.join("known_hosts")
    }

    /// The state folder of one workspace: `STATE/HASH-NAME`, so that two workspaces never meet and a
    /// person still recognises theirs. The same file reached through a symbolic link is the same one.
    pub fn state_of(&self, location: &Location) -> PathBuf {
        let Some(path) = location.path() else { return self.state_dir.join("no-workspace") };
        let real = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        let digest = Sha256::digest(real.as_os_str().as_encoded_bytes());
        let hash: String = hexadecimal(&digest).chars().take(10).collect();
        let folder = if matches!(location, Location::File(_)) { real.parent() } else { Some(real.as_path()) };
        let name: String = folder
            .and_then(Path::file_name)
            .map(|name| name.to_string_lossy().chars().take(40).map(plain).collect())
            .unwrap_or_default();
        self.state_dir.join(if name.is_empty() { hash } else { format!("{hash}-{name}") })
    }
}

fn plain(character: char) -> char {
    if character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.') { character } else { '-' }
}

/// Makes a folder, and those above it, for us alone. One that is there already is left as it is.
pub fn make_private_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(Paths::FOLDER_MODE).create(path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Environment::new(variables, "/home/ada", "/srv")
    }

    #[test]
    fn each_folder_can_be_overridden_alone() {
        let paths = Paths::of(&environment(&[("EBB_STATE_DIR", "state"), ("EBB_CACHE_DIR", "~/c")]));
        assert_eq!(paths.config_dir, Path::new("/home/ada/.config/ebb"));
        assert_eq!(paths.state_dir, Path::new("/srv/state"));
        assert_eq!(paths.cache_dir, Path::new("/home/ada/c"));
        assert_eq!(paths.data_dir, Path::new("/home/ada/.local/share/ebb"));
    }

    #[test]
    fn a_workspace_has_a_state_folder_of_its_own() {
        let paths = Paths::of(&environment(&[]));
        let shop = paths.state_of(&Location::File("/gone/my shop/ebb.toml".into()));
        let other = paths.state_of(&Location::File("/gone/too/my shop/ebb.toml".into()));
        assert!(shop.to_string_lossy().ends_with("-my-shop"), "{}", shop.display());
        assert_ne!(shop, other);
        assert_eq!(paths.state_of(&Location::None), Path::new("/home/ada/.local/state/ebb/no-workspace"));
    }

    #[test]
    fn a_link_to_a_workspace_has_the_same_state() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("ebb.toml");
        let link = folder.path().join("link.toml");
        fs::write(&real, "").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let paths = Paths::of(&environment(&[]));
        assert_eq!(paths.state_of(&Location::File(real)), paths.state_of(&Location::File(link)));
    }

    #[test]
    fn a_folder_is_made_for_us_alone() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b");
        make_private_folder(&deep).unwrap();
        assert_eq!(fs::metadata(&deep).unwrap().permissions().mode() & 0o777, Paths::FOLDER_MODE);
        assert!(make_private_folder(&deep).is_ok(), "a second time is fine");
    }
}
