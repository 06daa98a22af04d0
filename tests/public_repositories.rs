//! Public dbt projects, as `ebb` brings them out of Git: each is cloned over HTTP from a smart-HTTP
//! server and over SSH from an sshd, both started here, and must show exactly the models that dbt Core
//! finds. None of their code is in this repository: `EBB_PUBLIC_REPOSITORIES` names a folder that
//! `tests/public_repositories/prepare.sh` has filled. Without it these tests say so and are skipped.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "a test that is skipped says so, and the others what they saw")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use support::{HttpGitServer, SshGitServer, git};

/// A repository that was made ready.
struct Public {
    name: String,
    repository: PathBuf,
    branch: String,
    /// Lines of TOML beyond the address and the branch.
    settings: String,
    /// Unique ids, from `dbt ls`.
    models: BTreeSet<String>,
}

/// The repositories to try, and their folder; `None`, with a loud word, where no folder is named.
fn repositories(test: &str) -> Option<(PathBuf, Vec<Public>)> {
    let Some(folder) = std::env::var_os("EBB_PUBLIC_REPOSITORIES").map(PathBuf::from) else {
        eprintln!("SKIPPED {test}: EBB_PUBLIC_REPOSITORIES names no folder");
        return None;
    };
    let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let bare = entries.filter(|path| path.extension().is_some_and(|extension| extension == "git"));
    let mut found: Vec<Public> = bare.map(|path| public(&path)).collect();
    found.sort_by(|left, right| left.name.cmp(&right.name));
    assert!(!found.is_empty(), "no repository NAME.git in {}", folder.display());
    Some((folder, found))
}

fn public(repository: &Path) -> Public {
    let beside = |extension: &str| fs::read_to_string(repository.with_extension(extension));
    let models: BTreeSet<String> = beside("models").unwrap().lines().map(str::to_owned).collect();
    assert!(!models.is_empty(), "dbt Core found no model in {}", repository.display());
    Public {
        name: repository.file_stem().unwrap().to_str().unwrap().to_owned(),
        repository: repository.to_owned(),
        branch: git(repository, &["symbolic-ref", "--short", "HEAD"]),
        settings: beside("toml").unwrap_or_default(),
        models,
    }
}

/// Syncs one project in a workspace of its own and compares its models with dbt Core's.
fn brings_every_model(public: &Public, url: &str, more: &str, prepare: impl FnOnce(&Path)) {
    let home = tempfile::tempdir().unwrap();
    let Public { branch, settings, .. } = public;
    let text = format!("{more}[projects.public]\nrepository = \"{url}\"\nbranch = \"{branch}\"\n{settings}");
    let text = if more.is_empty() { text } else { text + "git = \"ours\"\n" };
    fs::write(home.path().join("ebb.toml"), text).unwrap();
    prepare(&home.path().join("data"));
    let synced = run(home.path(), &["sync"]);
    let listed = run(home.path(), &["models", "--json"]);
    let models = String::from_utf8(listed.stdout).unwrap();
    let models = models.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let models = models.filter(|model| model["kind"] == "model" && model["enabled"] == true);
    let models: BTreeSet<String> = models.map(|model| model["unique_id"].as_str().unwrap().to_owned()).collect();
    let told = String::from_utf8_lossy(&synced.stdout).into_owned() + &String::from_utf8_lossy(&synced.stderr);
    let missing: Vec<_> = public.models.difference(&models).collect();
    let extra: Vec<_> = models.difference(&public.models).collect();
    assert!(missing.is_empty() && extra.is_empty(), "{}: missing {missing:?}, extra {extra:?}\n{told}", public.name);
    eprintln!("{}: {} models, dbt Core {}", public.name, models.len(), public.models.len());
}

fn run(home: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ebb"));
    command.current_dir(home).env_clear().args(arguments);
    command.env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", home);
    command.env("EBB_STATE_DIR", home.join("state")).env("EBB_CACHE_DIR", home.join("cache"));
    command.env("EBB_DATA_DIR", home.join("data")).output().unwrap()
}

#[test]
fn over_http_they_have_the_models_that_dbt_core_finds() {
    let Some((folder, found)) = repositories("over_http_they_have_the_models_that_dbt_core_finds") else { return };
    let server = HttpGitServer::start(&folder);
    for public in &found {
        brings_every_model(public, &server.url(&public.name), "", |_| ());
    }
    let packs = server.seen().into_iter().filter(|seen| seen.method == "POST" && seen.bytes_out > 0);
    assert!(packs.count() >= found.len(), "each came over the wire");
}

#[test]
fn over_ssh_they_have_the_models_that_dbt_core_finds() {
    let test = "over_ssh_they_have_the_models_that_dbt_core_finds";
    let Some((_, found)) = repositories(test) else { return };
    let Some(server) = SshGitServer::start(test, true) else { return };
    let key = format!("[git.ours]\nprovider = \"git\"\nauth = {{ ssh_key = \"{}\" }}\n", server.key().display());
    for public in &found {
        brings_every_model(public, &server.url(&public.repository), &key, |data| server.be_known(data));
    }
}
