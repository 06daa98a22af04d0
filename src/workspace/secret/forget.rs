//! What becomes of a secret that nothing in `ebb.toml` refers to any more: one that ebb has kept is removed, and of
//! any other a person is told where it stays and how to remove it.

use std::path::Path;

use super::SecretRef;
use super::command::{self, Ended, quoted};
use super::resolve::TIME_OUT;
use crate::workspace::environment::Environment;

/// Most words of a keyring program's answer that are read.
const LONGEST: u64 = 64 * 1024;

/// What becomes of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is ebb's own and goes.
    Goes { place: String },
    /// It stays, and this removes it.
    Stays { place: String, remove: String },
    /// It is not kept by anybody that could be told: a variable, or what a command prints.
    Elsewhere,
}

impl SecretRef {
    /// What [`SecretRef::forget`] would do. `folder` holds the files of secrets that ebb has kept; paths start at
    /// `base`. Blocks for as long as the keyring takes.
    pub fn fate(&self, folder: &Path, base: &Path, environment: &Environment) -> Fate {
        match self {
            Self::Env(_) | Self::Command(_) => Fate::Elsewhere,
            Self::File(path) => {
                let path = environment.resolve_path(path, base);
                let place = path.display().to_string();
                if path.parent() == Some(folder) {
                    Fate::Goes { place }
                } else {
                    Fate::Stays { remove: format!("rm {}", quoted(&place)), place }
                }
            }
            Self::Keyring(name) if is_own_entry(name, base, environment) => {
                Fate::Goes { place: format!("the keyring entry {name}") }
            }
            Self::Keyring(name) => Fate::Stays {
                place: format!("the keyring entry {name}"),
                remove: format!("secret-tool clear service ebb account {}", quoted(name)),
            },
        }
    }

    /// Removes a secret that ebb has kept; what could not be removed, or is not ours, stays.
    pub fn forget(&self, folder: &Path, base: &Path, environment: &Environment) -> Fate {
        let fate = self.fate(folder, base, environment);
        let Fate::Goes { place } = &fate else { return fate };
        let (is_gone, remove) = match self {
            Self::File(path) => {
                let path = environment.resolve_path(path, base);
                (std::fs::remove_file(&path).is_ok() || !path.exists(), format!("rm {}", quoted(place)))
            }
            Self::Keyring(name) => {
                let arguments = ["clear", "service", "ebb", "account", name.as_str()];
                let cleared = command::run("secret-tool", &arguments, base, environment, TIME_OUT, LONGEST);
                let remove = format!("secret-tool clear service ebb account {}", quoted(name));
                (matches!(cleared, Ok(Ended::Well { .. })), remove)
            }
            Self::Env(_) | Self::Command(_) => return fate,
        };
        if is_gone { fate } else { Fate::Stays { place: place.clone(), remove } }
    }
}

/// Whether the entry has the label that ebb gives to those that it makes.
fn is_own_entry(name: &str, base: &Path, environment: &Environment) -> bool {
    if environment.variable("DBUS_SESSION_BUS_ADDRESS").is_none() || !command::installed("secret-tool", environment) {
        return false;
    }
    let arguments = ["search", "service", "ebb", "account", name];
    let found = command::run("secret-tool", &arguments, base, environment, TIME_OUT, LONGEST);
    let Ok(Ended::Well { stdout }) = found else { return false };
    // It tells the secret as well: what was read is wiped.
    let told = super::Secret::new(String::from_utf8_lossy(&stdout));
    told.expose().lines().any(|line| line.trim() == format!("label = ebb {name}"))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::workspace::{Secret, keep_secret};

    /// A keyring that keeps entries and their labels in files.
    const TOOL: &str = "#!/bin/sh\nfor last; do :; done\ncase $1 in\n\
        store) echo \"${2#--}\" | sed 's/=/ = /' > \"$HOME/label-$last\"; cat > \"$HOME/entry-$last\" ;;\n\
        lookup) cat \"$HOME/entry-$last\" ;;\n\
        search) cat \"$HOME/label-$last\" && echo \"secret = x\" ;;\n\
        clear) rm \"$HOME/entry-$last\" \"$HOME/label-$last\" ;;\nesac\n";

    fn with_keyring(place: &Path) -> Environment {
        let tool = place.join("secret-tool");
        fs::write(&tool, TOOL).unwrap();
        fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).unwrap();
        let (path, home) = (format!("{}:/usr/bin:/bin", place.display()), place.display().to_string());
        let variables = [("PATH", path), ("HOME", home), ("DBUS_SESSION_BUS_ADDRESS", "unix:x".to_owned())];
        Environment::new(variables.map(|(name, value)| (name.to_owned(), value)), place, place)
    }

    #[test]
    fn a_file_of_ours_goes_and_one_of_a_person_stays() {
        let place = tempfile::tempdir().unwrap();
        let environment = Environment::new(Vec::<(String, String)>::new(), place.path(), place.path());
        let folder = place.path().join("secrets");
        let kept = keep_secret("acme", &Secret::new("x"), &folder, &environment).unwrap();
        let ours = folder.join("acme");
        assert_eq!(kept.fate(&folder, place.path(), &environment), Fate::Goes { place: ours.display().to_string() });
        assert!(ours.exists(), "only told");
        kept.forget(&folder, place.path(), &environment);
        assert!(!ours.exists());
        let theirs = place.path().join("my token");
        fs::write(&theirs, "x").unwrap();
        let fate = SecretRef::File("my token".into()).forget(&folder, place.path(), &environment);
        let Fate::Stays { remove, .. } = fate else { panic!("{fate:?}") };
        assert!(theirs.exists() && remove == format!("rm '{}'", theirs.display()), "{remove}");
        for reference in [SecretRef::Env("TOKEN".to_owned()), SecretRef::Command("op read x".to_owned())] {
            assert_eq!(reference.forget(&folder, place.path(), &environment), Fate::Elsewhere);
        }
    }

    #[test]
    fn an_entry_of_the_keyring_goes_where_ebb_has_made_it() {
        let place = tempfile::tempdir().unwrap();
        let environment = with_keyring(place.path());
        let folder = place.path().join("secrets");
        let kept = keep_secret("acme", &Secret::new("x"), &folder, &environment).unwrap();
        assert_eq!(kept, SecretRef::Keyring("acme".to_owned()));
        fs::write(place.path().join("entry-theirs"), "y").unwrap();
        fs::write(place.path().join("label-theirs"), "label = theirs\n").unwrap();
        assert!(matches!(kept.forget(&folder, place.path(), &environment), Fate::Goes { .. }));
        assert!(!place.path().join("entry-acme").exists());
        for name in ["theirs", "missing"] {
            let fate = SecretRef::Keyring(name.to_owned()).forget(&folder, place.path(), &environment);
            let Fate::Stays { remove, .. } = fate else { panic!("{fate:?}") };
            assert!(remove.starts_with("secret-tool clear service ebb account "), "{remove}");
        }
        assert!(place.path().join("entry-theirs").exists());
    }
}
