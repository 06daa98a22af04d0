//! What this machine and whoever runs us say: variables, home, working directory, standard folders.
//!
//! A value made once in `main` and handed down, so that nothing else asks the process and a test can
//! say what it likes. The rest of the house never reads `std::env`.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::paths::Paths;

/// A copy of the process's surroundings.
#[derive(Clone, PartialEq, Eq)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    home: Option<PathBuf>,
    working_directory: PathBuf,
    /// The platform's usual folders, before `EBB_…_DIR` has its say.
    standard: Paths,
}

impl Environment {
    /// The surroundings of this process. Variables that are not UTF-8 are left out. An error when
    /// the working directory is gone.
    pub fn of_process() -> io::Result<Self> {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let working_directory = std::env::current_dir()?;
        let home = directories::BaseDirs::new().map(|base| base.home_dir().to_path_buf());
        let standard =
            Paths::of_platform().unwrap_or_else(|| Paths::under_home(home.as_deref().unwrap_or(&working_directory)));
        Ok(Self { variables, home, working_directory, standard })
    }

    /// Surroundings made of values: what a test or an embedding program says.
    pub fn new(
        variables: impl IntoIterator<Item = (String, String)>,
        home: impl Into<PathBuf>,
        working_directory: impl Into<PathBuf>,
    ) -> Self {
        let home = home.into();
        let standard = Paths::under_home(&home);
        Self {
            variables: variables.into_iter().collect(),
            home: Some(home),
            working_directory: working_directory.into(),
            standard,
        }
    }

    /// The value of a variable; an empty one counts as not set.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }

    pub fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    pub fn working_directory(&self) -> &Path {
        &self.working_directory
    }

    pub(super) fn standard(&self) -> &Paths {
        &self.standard
    }

    /// A path as a person writes it: `~` is the home directory, a relative one starts at `base`, and
    /// `.` and `..` are taken out without asking the disk.
    pub fn resolve_path(&self, path: &Path, base: &Path) -> PathBuf {
        let mut components = path.components();
        let path = match (components.next(), &self.home) {
            (Some(Component::Normal(first)), Some(home)) if first == "~" => home.join(components.as_path()),
            _ => base.join(path),
        };
        let mut plain = PathBuf::new();
        for component in path.components() {
            match component {
                Component::CurDir => {}
                Component::ParentDir => {
                    plain.pop();
                }
                Component::Prefix(_) | Component::RootDir | Component::Normal(_) => plain.push(component),
            }
        }
        plain
    }
}

/// Names only: a value may be a secret.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("variables", &self.variables.keys().collect::<Vec<_>>())
            .field("home", &self.home)
            .field("working_directory", &self.working_directory)
            .field("standard", &self.standard)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment() -> Environment {
        let variables = [("TOKEN", "hunter22"), ("EMPTY", "")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        Environment::new(variables, "/home/ada", "/srv")
    }

    #[test]
    fn a_path_is_resolved_as_a_person_means_it() {
        let cases = [
            ("~/keys/id", "/home/ada/keys/id"),
            ("~", "/home/ada"),
            ("keys/id", "/etc/ebb/keys/id"),
            ("./keys/../id", "/etc/ebb/id"),
            ("../../../../id", "/id"),
            ("/abs", "/abs"),
            ("~other/id", "/etc/ebb/~other/id"),
        ];
        for (written, meant) in cases {
            let path = environment().resolve_path(Path::new(written), Path::new("/etc/ebb"));
            assert_eq!(path, Path::new(meant), "{written}");
        }
    }

    #[test]
    fn values_of_variables_are_not_printed() {
        let text = format!("{:?}", environment());
        assert!(text.contains("TOKEN") && !text.contains("hunter22"), "{text}");
    }

    #[test]
    fn an_empty_variable_is_not_set() {
        assert_eq!(environment().variable("EMPTY"), None);
        assert_eq!(environment().variable("TOKEN"), Some("hunter22"));
    }
}
