//! From what was typed after `ebb git` to how a repository is reached; a token is read from standard input,
//! without showing it.

use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::cli::failure::Failure;
use crate::cli::git_arguments::{AccessArguments, ProviderArgument};
use crate::cli::print::Output;
use crate::cli::session::Session;
use crate::engine::{GivenSecret, NewAccess};
use crate::workspace::{Location, Paths, ProviderName, Secret, SecretRef};

/// Longest secret on standard input, in bytes.
const LONGEST: u64 = 64 * 1024;

/// The folder whose `ebb.toml` is meant: the workspace's, or the one where a first one would be made.
pub(super) fn folder(session: &Session) -> PathBuf {
    match session.location() {
        Location::File(file) => file.parent().map_or_else(PathBuf::new, Path::to_path_buf),
        Location::Folder(_) | Location::None => Paths::of(&session.environment).config_dir,
    }
}

/// How the repository is reached.
pub(super) fn access(wanted: &AccessArguments, session: &Session, output: &mut Output) -> Result<NewAccess, Failure> {
    // A path is meant from here, and stands in a file elsewhere.
    let here = |path: &PathBuf| session.environment.resolve_path(path, session.environment.working_directory());
    let token = |secret| NewAccess::Token { secret, username: wanted.username.clone() };
    let at = |reference| token(GivenSecret::At(reference));
    Ok(if let Some(name) = &wanted.connection {
        NewAccess::Existing(name.clone())
    } else if let Some(path) = &wanted.ssh_key {
        match passphrase(wanted, output)? {
            None => NewAccess::SshKey(here(path)),
            passphrase => {
                let private_key = GivenSecret::At(SecretRef::File(here(path)));
                NewAccess::SshPrivateKey { private_key, passphrase }
            }
        }
    } else if wanted.ssh_agent {
        NewAccess::SshAgent
    } else if let Some(variable) = &wanted.token_env {
        at(SecretRef::Env(variable.clone()))
    } else if let Some(path) = &wanted.token_file {
        at(SecretRef::File(here(path)))
    } else if let Some(command) = &wanted.token_command {
        at(SecretRef::Command(command.clone()))
    } else if let Some(name) = &wanted.token_keyring {
        at(SecretRef::Keyring(name.clone()))
    } else if wanted.token_stdin {
        token(GivenSecret::Typed(typed("token", output)?))
    } else if let (Some(app_id), Some(key)) = (wanted.app, &wanted.app_key) {
        let private_key = GivenSecret::At(SecretRef::File(here(key)));
        NewAccess::GithubApp { app_id, installation_id: wanted.installation, private_key }
    } else {
        NewAccess::Suggested
    })
}

/// What unlocks the SSH key, where it is locked.
fn passphrase(wanted: &AccessArguments, output: &mut Output) -> Result<Option<GivenSecret>, Failure> {
    if wanted.passphrase_stdin {
        return Ok(Some(GivenSecret::Typed(typed("passphrase", output)?)));
    }
    Ok(wanted.passphrase_env.clone().map(|variable| GivenSecret::At(SecretRef::Env(variable))))
}

/// A secret of one line from standard input.
fn typed(what: &str, output: &mut Output) -> Result<Secret, Failure> {
    let mut text = String::new();
    if std::io::stdin().is_terminal() {
        let _quiet = Quiet::begin()?;
        output.remark(&format!("{what} (it is not shown; enter ends it)"))?;
        std::io::stdin().read_line(&mut text)?;
    } else {
        std::io::stdin().take(LONGEST).read_to_string(&mut text)?;
    }
    let secret = Secret::new(text.trim());
    // The copy is wiped like the secret itself.
    drop(Secret::new(text));
    if secret.expose().is_empty() || secret.expose().contains('\n') {
        return Err(Failure::wrong_use(format!("standard input holds no {what}: one line is wanted")));
    }
    Ok(secret)
}

/// As long as it lives, the terminal does not show what is typed.
struct Quiet(Termios);

impl Quiet {
    fn begin() -> Result<Self, Failure> {
        let before = tcgetattr(std::io::stdin()).map_err(|error| Failure::System(error.into()))?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        let set = tcsetattr(std::io::stdin(), OptionalActions::Flush, &quiet);
        set.map_err(|error| Failure::System(error.into()))?;
        Ok(Self(before))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // A terminal that has gone needs no echo.
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &self.0);
    }
}

impl From<ProviderArgument> for ProviderName {
    fn from(provider: ProviderArgument) -> Self {
        match provider {
            ProviderArgument::Github => Self::Github,
            ProviderArgument::Gitlab => Self::Gitlab,
            ProviderArgument::Bitbucket => Self::Bitbucket,
            ProviderArgument::Git => Self::Git,
        }
    }
}
