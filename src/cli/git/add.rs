//! `ebb git add`: looks what a repository offers, tests it, and writes it to `ebb.toml`.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::cli::Exit;
use crate::cli::arguments::{GitAdd, ProviderArgument};
use crate::cli::failure::Failure;
use crate::cli::print::{Ink, Output, words};
use crate::cli::session::Session;
use crate::engine::{NewAccess, NewProject, connect};
use crate::workspace::{AppSettings, Location, Paths, ProviderName, Secret, SecretRef, keep_secret};

use super::test::{Teller, follow};

/// Longest secret on standard input, in bytes.
const LONGEST: u64 = 64 * 1024;
/// Most projects listed to choose from.
const MOST_LISTED: usize = 20;

pub(super) fn run(session: &Session, wanted: GitAdd, output: &mut Output) -> Result<Exit, Failure> {
    let paths = Paths::of(&session.environment);
    let folder = match session.location() {
        Location::File(file) => file.parent().map_or_else(PathBuf::new, Path::to_path_buf),
        Location::Folder(_) | Location::None => paths.config_dir.clone(),
    };
    let (access, typed) = access(&wanted, session, &paths)?;
    let mut new = NewProject {
        address: wanted.address.clone(),
        branch: wanted.branch.clone().unwrap_or_default(),
        project_path: wanted.project_path.clone().unwrap_or_default(),
        provider: wanted.provider.map(ProviderName::from),
        access,
    };
    let done = add(session, &folder, &mut new, wanted.untested, output);
    if let (Some(SecretRef::File(file)), false) = (typed, matches!(done, Ok(Exit::Done))) {
        // Nothing refers to it. That it could not be removed is no second failure.
        let _ = std::fs::remove_file(file);
    }
    done
}

fn add(
    session: &Session,
    folder: &Path,
    new: &mut NewProject,
    untested: bool,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let opened = session.open_or_begin()?;
    let cancel = CancellationToken::new();
    // Where the look fails, the test says the same, and at which step.
    if let Ok(found) = opened.wait(opened.engine.look_into(folder, new, &cancel)) {
        new.branch = found.branch.unwrap_or_default();
        match (new.project_path.is_empty(), found.project_paths.as_slice()) {
            (true, [only]) => new.project_path.clone_from(only),
            (true, [_, _, ..]) => return Err(choose(&found.project_paths)),
            _ => {}
        }
    }
    let mut teller = Teller { output: &mut *output, connection: &new.address };
    let test = |told| opened.engine.test_new(folder, new, told, cancel.clone());
    let is_well = opened.wait(follow(test, &cancel, &mut teller))?;
    if !is_well && !untested {
        output.remark("nothing was written; --untested writes it all the same")?;
        return Ok(Exit::WorkFailed);
    }
    drop(opened);
    let (file, project) = connect(folder, new, &session.environment)?;
    if output.json {
        output.json_line(&json!({ "event": "added", "project": project, "file": file }))?;
    } else {
        let name = output.ink(Ink::Bold, &words(&project));
        output.line(format!("\nadded {name} to {}", words(&file.display().to_string())))?;
        output.remark(&format!("{} brings its models", session.typed(&format!("sync {}", words(&project)))))?;
    }
    Ok(Exit::Done)
}

fn choose(paths: &[String]) -> Failure {
    let summary = format!("the repository holds {} dbt projects: say which with --project-path", paths.len());
    let hints = paths.iter().take(MOST_LISTED).map(|path| format!("--project-path {path}")).collect();
    Failure::WrongUse { summary, hints }
}

/// How the repository is reached, and where a secret was put that came in.
fn access(wanted: &GitAdd, session: &Session, paths: &Paths) -> Result<(NewAccess, Option<SecretRef>), Failure> {
    // A path is meant from here, and stands in a file elsewhere.
    let here = |path: &PathBuf| session.environment.resolve_path(path, session.environment.working_directory());
    let token = |secret| NewAccess::Token(secret, wanted.username.clone());
    let (mut access, mut typed) = (NewAccess::Suggested, None);
    if let Some(name) = &wanted.connection {
        access = NewAccess::Existing(name.clone());
    } else if let Some(path) = &wanted.ssh_key {
        access = NewAccess::SshKey(here(path));
    } else if wanted.ssh_agent {
        access = NewAccess::SshAgent;
    } else if let Some(variable) = &wanted.token_env {
        access = token(SecretRef::Env(variable.clone()));
    } else if let Some(path) = &wanted.token_file {
        access = token(SecretRef::File(here(path)));
    } else if let Some(command) = &wanted.token_command {
        access = token(SecretRef::Command(command.clone()));
    } else if let Some(name) = &wanted.token_keyring {
        access = token(SecretRef::Keyring(name.clone()));
    } else if wanted.token_stdin {
        let kept = kept(wanted, session, paths)?;
        typed = Some(kept.clone());
        access = token(kept);
    } else if let (Some(app_id), Some(key)) = (wanted.app, &wanted.app_key) {
        let private_key = SecretRef::File(here(key));
        access = NewAccess::GithubApp(AppSettings { app_id, installation_id: wanted.installation, private_key });
    }
    Ok((access, typed))
}

/// Takes a secret from standard input and puts it where secrets are kept.
fn kept(wanted: &GitAdd, session: &Session, paths: &Paths) -> Result<SecretRef, Failure> {
    let mut text = String::new();
    std::io::stdin().take(LONGEST).read_to_string(&mut text)?;
    let secret = Secret::new(text.trim());
    if secret.expose().is_empty() || secret.expose().contains('\n') {
        return Err(Failure::wrong_use("standard input holds no token: one line is wanted"));
    }
    let name = wanted.address.trim_end_matches('/').trim_end_matches(".git").rsplit(['/', ':']).next();
    let name = name.filter(|name| !name.is_empty()).unwrap_or("token");
    Ok(keep_secret(name, &secret, &paths.config_dir.join("secrets"), &session.environment)?)
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
