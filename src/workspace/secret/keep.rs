//! Where a secret goes that a person typed: into the system's keyring where there is one, else into a file of
//! our own that nobody else can read. Never into `ebb.toml`.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use super::command::{self, Ended};
use super::resolve::TIME_OUT;
use super::{Secret, SecretRef};
use crate::workspace::environment::Environment;
use crate::workspace::paths::{Paths, make_private_folder};

/// Most words that a keyring program's answer may have.
const LONGEST: u64 = 4096;
/// How many names are tried where files of the first ones are there.
const MOST_NAMES: u32 = 1000;

/// Keeps a secret under a name of our choice, which begins with `name`, and says where it is. Blocks for as long
/// as the keyring takes, 10 seconds at most. A file is made in `folder`; one that is there is never changed.
pub fn keep(name: &str, secret: &Secret, folder: &Path, environment: &Environment) -> io::Result<SecretRef> {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() || letter == '_' { letter } else { '-' };
    let name: String = name.chars().take(60).map(plain).collect();
    if let Some(kept) = in_keyring(&name, secret, environment) {
        return Ok(kept);
    }
    make_private_folder(folder)?;
    for number in 1..MOST_NAMES {
        let path = folder.join(if number == 1 { name.clone() } else { format!("{name}_{number}") });
        match OpenOptions::new().write(true).create_new(true).mode(Paths::FILE_MODE).open(&path) {
            Ok(mut file) => {
                file.write_all(secret.expose().as_bytes())?;
                file.write_all(b"\n")?;
                file.sync_all()?;
                return Ok(SecretRef::File(path));
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

/// In the keyring of the desktop, where one runs, and where it gives the secret back. An entry of another secret
/// is not replaced. (macOS's program would want the secret among its arguments, which everybody can read.)
fn in_keyring(name: &str, secret: &Secret, environment: &Environment) -> Option<SecretRef> {
    environment.variable("DBUS_SESSION_BUS_ADDRESS")?;
    if !command::installed("secret-tool", environment) {
        return None;
    }
    let (kept, here) = (SecretRef::Keyring(name.to_owned()), environment.working_directory());
    if let Ok(there) = kept.resolve(here, environment) {
        return (there == *secret).then_some(kept);
    }
    let label = format!("--label=ebb {name}");
    let arguments = ["store", label.as_str(), "service", "ebb", "account", name];
    let input = Some(secret.clone());
    let stored = command::run_with(input, "secret-tool", &arguments, here, environment, TIME_OUT, LONGEST);
    let is_stored = matches!(stored, Ok(Ended::Well { .. })) && kept.resolve(here, environment).ok()? == *secret;
    is_stored.then_some(kept)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn environment(place: &Path, variables: &[(&str, &str)]) -> Environment {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Environment::new(variables, place, place)
    }

    #[test]
    fn without_a_keyring_it_is_a_file_for_us_alone() {
        let place = tempfile::tempdir().unwrap();
        let environment = environment(place.path(), &[]);
        let (folder, secret) = (place.path().join("secrets"), Secret::new("ghp_typed"));
        let SecretRef::File(first) = keep("git/acme", &secret, &folder, &environment).unwrap() else { panic!() };
        assert_eq!(first, folder.join("git-acme"));
        assert_eq!(fs::metadata(&first).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        let other = keep("git/acme", &Secret::new("another"), &folder, &environment).unwrap();
        assert_ne!(other, SecretRef::File(first.clone()), "a secret that is there is not changed");
        assert_eq!(SecretRef::File(first).resolve(place.path(), &environment).unwrap(), secret);
    }

    /// A keyring that keeps entries in files.
    const TOOL: &str = "#!/bin/sh\nfor last; do :; done\ncase $1 in\n\
        store) cat > \"$HOME/entry-$last\" ;;\nlookup) cat \"$HOME/entry-$last\" ;;\nesac\n";

    #[test]
    fn a_keyring_takes_it_and_gives_it_back() {
        let place = tempfile::tempdir().unwrap();
        let tool = place.path().join("secret-tool");
        fs::write(&tool, TOOL).unwrap();
        fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!("{}:/usr/bin:/bin", place.path().display());
        let home = place.path().display().to_string();
        let variables = [("PATH", path.as_str()), ("HOME", home.as_str()), ("DBUS_SESSION_BUS_ADDRESS", "unix:x")];
        let environment = environment(place.path(), &variables);
        let (folder, secret) = (place.path().join("secrets"), Secret::new("ghp_typed"));
        let kept = keep("acme", &secret, &folder, &environment).unwrap();
        assert_eq!(kept, SecretRef::Keyring("acme".to_owned()));
        assert_eq!(keep("acme", &secret, &folder, &environment).unwrap(), kept, "the same secret is there already");
        let other = keep("acme", &Secret::new("another"), &folder, &environment).unwrap();
        assert!(matches!(other, SecretRef::File(_)), "another one's entry is not replaced: {other:?}");
    }
}
