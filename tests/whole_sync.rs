//! The whole way, by the real program: a repository on a real Git server, over HTTP and over SSH, ends
//! as models that a person can list; and what goes wrong on the way ends as the right problem.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use support::{Answer, HttpGitServer, SshGitServer, repositories};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_ebb");

/// The demo's own repositories, as they would lie on a server.
fn served() -> TempDir {
    let place = tempfile::tempdir().unwrap();
    ebbtide::engine::demo::write(place.path(), false).unwrap();
    for name in ["shop.git", "support.git"] {
        repositories::allow_filters(&place.path().join(name), true);
    }
    place
}

/// A workspace with everything of its own in one folder.
struct Place {
    home: TempDir,
}

impl Place {
    fn new(settings: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("ebb.toml"), settings).unwrap();
        Self { home }
    }

    fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(arguments, &[])
    }

    fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        let mut command = Command::new(PROGRAM);
        command.current_dir(self.home.path()).env_clear().args(arguments);
        command.env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", self.home.path());
        command
            .env("EBB_STATE_DIR", self.home.path().join("state"))
            .env("EBB_DATA_DIR", self.data())
            .env("EBB_CACHE_DIR", self.home.path().join("cache"));
        command.envs(variables.iter().copied()).output().unwrap()
    }

    /// Names of the models that `ebb models` lists.
    fn models(&self) -> BTreeSet<String> {
        let lines = lines(&self.run(&["models", "--json"]));
        let models = lines.iter().filter(|line| line["kind"] == "model");
        models.map(|line| line["name"].as_str().unwrap().to_owned()).collect()
    }

    fn problem_codes(&self) -> Vec<String> {
        let lines = lines(&self.run(&["problems", "--json"]));
        lines.iter().map(|line| line["problem"]["code"].as_str().unwrap().to_owned()).collect()
    }
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line:?} is no JSON"))).collect()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Names of the model files of the demo's shop.
fn shop_models() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/shop/models");
    let files = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    let models = files.filter(|file| file.path().extension().is_some_and(|extension| extension == "sql"));
    models.map(|file| file.path().file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

fn project(repository: &str, more: &str) -> String {
    format!("[projects.shop]\nrepository = \"{repository}\"\nbranch = \"main\"\n{more}")
}

#[test]
fn over_http_every_model_arrives() {
    let repositories = served();
    let server = HttpGitServer::start(repositories.path());
    let place = Place::new(&project(&server.url("shop"), ""));
    let first = place.run(&["sync", "--json"]);
    assert!(first.status.success(), "{}", told(&first));
    let events: Vec<String> = lines(&first).iter().map(|line| line["event"].as_str().unwrap().to_owned()).collect();
    assert_eq!(events.first().unwrap(), "sync_started");
    assert_eq!(events.last().unwrap(), "sync_finished");
    assert_eq!(place.models(), shop_models());
    server.seen();
    let second = place.run(&["sync", "--json"]);
    assert_eq!(lines(&second).last().unwrap()["unchanged"], true);
    assert!(server.seen().len() <= 2, "an unmoved branch is one question, after one for what the server can do");
}

#[test]
fn over_ssh_every_model_arrives() {
    let Some(server) = SshGitServer::start("over_ssh_every_model_arrives", true) else { return };
    let repositories = served();
    let url = server.url(&repositories.path().join("shop.git"));
    let key = format!("[git.ours]\nprovider = \"git\"\nauth = {{ ssh_key = \"{}\" }}\n", server.key().display());
    let place = Place::new(&(project(&url, "git = \"ours\"\n") + &key));
    server.be_known(&place.data());
    let output = place.run(&["sync"]);
    assert!(output.status.success(), "{}", told(&output));
    assert_eq!(place.models(), shop_models());
}

#[test]
fn a_locked_key_opens_its_repository_with_its_passphrase_alone() {
    let test = "a_locked_key_opens_its_repository_with_its_passphrase_alone";
    let Some(server) = SshGitServer::start(test, true) else { return };
    let mut lock = std::process::Command::new("ssh-keygen");
    lock.args(["-q", "-p", "-P", "", "-N", "hunter2", "-f"]).arg(server.key());
    assert!(lock.status().unwrap().success());
    let repositories = served();
    let url = server.url(&repositories.path().join("shop.git"));
    let key = format!(
        "[git.ours]\nprovider = \"git\"\nauth = {{ ssh_private_key = {{ key = {{ file = \"{}\" }}, \
         passphrase = {{ env = \"PASSPHRASE\" }} }} }}\n",
        server.key().display()
    );
    let place = Place::new(&(project(&url, "git = \"ours\"\n") + &key));
    server.be_known(&place.data());
    let wrong = place.run_with(&["sync"], &[("PASSPHRASE", "hunter3")]);
    assert_eq!(place.problem_codes(), ["GIT-SSH-PASSPHRASE-WRONG"], "{}", told(&wrong));
    let right = place.run_with(&["sync"], &[("PASSPHRASE", "hunter2")]);
    assert!(right.status.success(), "{}", told(&right));
    assert_eq!(place.models(), shop_models());
}

#[test]
fn a_host_whose_key_nobody_knows_is_refused() {
    let Some(server) = SshGitServer::start("a_host_whose_key_nobody_knows_is_refused", true) else { return };
    let repositories = served();
    let url = server.url(&repositories.path().join("shop.git"));
    let key = format!("[git.ours]\nprovider = \"git\"\nauth = {{ ssh_key = \"{}\" }}\n", server.key().display());
    let place = Place::new(&(project(&url, "git = \"ours\"\n") + &key));
    let output = place.run(&["sync"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert_eq!(place.problem_codes(), ["GIT-SSH-HOSTKEY-UNKNOWN"]);
    let shown = told(&place.run(&["problems", "--json"]));
    assert!(shown.contains(&server.fingerprint("host_key")), "{shown}");
    // Nobody is asked: without a yes nothing is trusted.
    place.run(&["fix", "1"]);
    assert!(!place.data().join("known_hosts").exists());
    let fixed = place.run(&["fix", "1", "--yes"]);
    assert!(fixed.status.success(), "{}", told(&fixed));
    assert_eq!(place.models(), shop_models());
    assert!(place.problem_codes().is_empty());
}

#[test]
fn a_host_whose_key_has_changed_is_told_with_both_keys_and_cannot_be_trusted() {
    let test = "a_host_whose_key_has_changed_is_told_with_both_keys_and_cannot_be_trusted";
    let Some(server) = SshGitServer::start(test, true) else { return };
    let repositories = served();
    let url = server.url(&repositories.path().join("shop.git"));
    let key = format!("[git.ours]\nprovider = \"git\"\nauth = {{ ssh_key = \"{}\" }}\n", server.key().display());
    let place = Place::new(&(project(&url, "git = \"ours\"\n") + &key));
    server.be_known_wrongly(&place.data());
    place.run(&["sync"]);
    assert_eq!(place.problem_codes(), ["GIT-SSH-HOSTKEY-CHANGED"]);
    let shown = told(&place.run(&["problems", "--json"]));
    for expected in ["known: ", "offered: ", &server.fingerprint("host_key"), &server.fingerprint("other_key")] {
        assert!(shown.contains(expected), "{expected}: {shown}");
    }
    let before = fs::read(place.data().join("known_hosts")).unwrap();
    place.run(&["fix", "1", "--yes"]);
    assert_eq!(fs::read(place.data().join("known_hosts")).unwrap(), before);
}

#[test]
fn a_refused_token_ends_as_the_problem_that_says_why() {
    let repositories = served();
    let server = HttpGitServer::start(repositories.path());
    let token = "[git.hub]\nprovider = \"github\"\nauth = { token = { env = \"TOKEN\" } }\n";
    let place = Place::new(&(project(&server.url("shop"), "git = \"hub\"\n") + token));
    for (status, said, code) in [
        // One that has ended, one for another repository, one that may not see it, one without single sign-on.
        (
            401,
            "Invalid username or token. Password authentication is not supported for Git operations.",
            "GIT-GH-TOKEN-INVALID",
        ),
        (403, "Write access to repository not granted.", "GIT-GH-NOT-GRANTED"),
        (404, "Repository not found.", "GIT-GH-NOT-FOUND"),
        (
            403,
            "The `acme' organization has enabled or enforced SAML SSO. To access this repository, you must use the HTTPS remote with a personal access token.",
            "GIT-GH-SAML",
        ),
    ] {
        server.answer(Answer::Refuse(status, "text/plain", said));
        let output = place.run_with(&["sync"], &[("TOKEN", "ghp_secretsecretsecret")]);
        assert_eq!(output.status.code(), Some(1), "{}", told(&output));
        let problems = lines(&place.run(&["problems", "--json"]));
        let [record] = problems.as_slice() else { panic!("{problems:#?}") };
        let problem = &record["problem"];
        assert_eq!(problem["code"], code);
        assert!(problem["raw"].as_str().unwrap().contains(said), "{problem:#}");
        assert!(!problem["cause"].as_str().unwrap().is_empty(), "{problem:#}");
        assert!(problem["evidence"].to_string().contains("connection hub"), "{problem:#}");
        assert!(!problem["fixes"].as_array().unwrap().is_empty(), "{problem:#}");
        assert!(!problem.to_string().contains("secretsecret") && !told(&output).contains("secretsecret"));
    }
    server.answer(Answer::Serve);
    assert!(place.run_with(&["sync"], &[("TOKEN", "ghp_secretsecretsecret")]).status.success());
    assert!(place.problem_codes().is_empty(), "what was met is mended");
}

#[test]
fn a_token_opens_its_repository_and_is_never_shown() {
    let repositories = served();
    let server = HttpGitServer::start(repositories.path());
    server.require("x-access-token", "ghp_secretsecretsecret");
    let token = "[git.hub]\nprovider = \"github\"\nauth = { token = { env = \"TOKEN\" } }\n";
    let place = Place::new(&(project(&server.url("shop"), "git = \"hub\"\n") + token));
    let right = place.run_with(&["sync", "--json"], &[("TOKEN", "ghp_secretsecretsecret")]);
    assert!(right.status.success(), "{}", told(&right));
    let wrong = place.run_with(&["sync", "--json"], &[("TOKEN", "ghp_othersecretsecret")]);
    assert_eq!(wrong.status.code(), Some(1), "{}", told(&wrong));
    let missing = place.run(&["sync"]);
    assert_eq!(place.problem_codes().first().map(String::as_str), Some("SECRET-MISSING"), "{}", told(&missing));
    let shown = [right, wrong, missing, place.run(&["problems", "--json"]), place.run(&["history", "--json"])];
    let everything: String = shown.iter().map(told).collect();
    assert!(!everything.contains("secretsecret"), "{everything}");
}

#[test]
fn a_refusal_keeps_the_server_s_words_and_says_what_is_missing() {
    let repositories = served();
    let server = HttpGitServer::start(repositories.path());
    server.answer(Answer::Refuse(403, "text/plain", "Write access to repository not granted."));
    let place = Place::new(&project(&server.url("shop"), ""));
    assert_eq!(place.run(&["sync"]).status.code(), Some(1));
    assert_eq!(place.problem_codes(), ["GIT-GH-NOT-GRANTED"]);
    let problem = lines(&place.run(&["problems", "--json"])).remove(0);
    assert!(
        problem["problem"]["raw"].as_str().unwrap().contains("Write access to repository not granted"),
        "{problem}"
    );
    assert!(!problem["problem"]["cause"].as_str().unwrap().is_empty(), "{problem}");
}

#[test]
fn the_wrong_path_is_fixed_from_the_command_line() {
    let repositories = served();
    let server = HttpGitServer::start(repositories.path());
    let wrong =
        project(&server.url("support"), "project_path = \"main/transform/dbt_project.yml\" # typed in a hurry\n");
    let place = Place::new(&wrong);
    assert_eq!(place.run(&["sync"]).status.code(), Some(1));
    let problem = lines(&place.run(&["problems", "--json"])).remove(0);
    assert_eq!(problem["problem"]["code"], "DBT-PROJECT-PATH");
    let fixed = place.run(&["fix", &problem["id"].to_string()]);
    assert!(fixed.status.success(), "{}", told(&fixed));
    let settings = fs::read_to_string(place.home.path().join("ebb.toml")).unwrap();
    assert!(settings.contains("project_path = \"transform/dbt_project.yml\" # typed in a hurry"), "{settings}");
    assert!(place.models().contains("customers_waiting"));
    assert!(place.problem_codes().is_empty());
}

#[test]
fn a_missing_branch_and_an_empty_repository_say_so() {
    let repositories = served();
    repositories::empty(repositories.path(), "nothing");
    let server = HttpGitServer::start(repositories.path());
    let missing = Place::new(&project(&server.url("shop"), "").replace("\"main\"", "\"mian\""));
    assert_eq!(missing.run(&["sync"]).status.code(), Some(1));
    assert_eq!(missing.problem_codes(), ["GIT-BRANCH-MISSING"]);
    let empty = Place::new(&project(&server.url("nothing"), ""));
    assert_eq!(empty.run(&["sync"]).status.code(), Some(1));
    assert_eq!(empty.problem_codes(), ["GIT-EMPTY-REPO"]);
}

#[test]
fn hostile_files_cost_neither_time_nor_the_good_models() {
    let repositories = tempfile::tempdir().unwrap();
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n\
                d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n";
    let huge = vec![b'x'; 20 << 20];
    let files: Vec<(&str, &[u8])> = vec![
        ("dbt_project.yml", b"name: shop\nversion: '1.0'\nprofile: shop\n"),
        ("models/binary.sql", &[0, 159, 146, 150, 0, 1, 2]),
        ("models/bomb.yml", bomb.as_bytes()),
        ("models/cycle_one.sql", b"select * from {{ ref('cycle_two') }}"),
        ("models/cycle_two.sql", b"select * from {{ ref('cycle_one') }}"),
        ("models/endless.sql", b"{% for i in range(90000) %}{% for j in range(90000) %}x{% endfor %}{% endfor %}"),
        ("models/good.sql", b"select 1 as id"),
        ("models/huge.sql", &huge),
        ("models/one/twice.sql", b"select 1"),
        ("models/two/twice.sql", b"select 2"),
    ];
    repositories::with_files(repositories.path(), "shop", &files);
    let server = HttpGitServer::start(repositories.path());
    let place = Place::new(&project(&server.url("shop"), ""));
    let output = place.run(&["sync"]);
    assert!(place.models().contains("good"), "{}", told(&output));
    let codes: BTreeSet<String> = place.problem_codes().into_iter().collect();
    for code in ["DBT-ENCODING", "DBT-YAML-BOMB", "DBT-CYCLE", "DBT-JINJA-LIMIT", "DBT-FILE-TOO-LARGE", "DBT-DUP-NAME"]
    {
        assert!(codes.contains(code), "{code} is not among {codes:?}");
    }
}

#[test]
fn a_server_that_went_away_leaves_the_models_as_they_were() {
    let repositories = served();
    let server = HttpGitServer::start(repositories.path());
    let place = Place::new(&project(&server.url("shop"), ""));
    assert!(place.run(&["sync"]).status.success());
    drop(server);
    assert_eq!(place.run(&["sync"]).status.code(), Some(1));
    assert_eq!(place.models(), shop_models());
    assert_eq!(place.problem_codes(), ["GIT-NET"]);
}

#[test]
fn what_of_a_project_cannot_be_read_is_told_and_the_rest_is_loaded() {
    let served = tempfile::tempdir().unwrap();
    let repository = repositories::shop(served.path(), true);
    repositories::odd_shop(served.path(), &repository);
    let server = HttpGitServer::start(served.path());
    let place = Place::new(&project(&server.url("shop"), "project_path = \"transform/dbt_project.yml\"\n"));
    let output = place.run(&["sync"]);
    let codes = place.problem_codes();
    for expected in ["GIT-SUBMODULE-NOT-READ", "GIT-LINK-NOT-FOLLOWED", "GIT-NAME-NOT-READ", "GIT-LFS"] {
        assert!(codes.iter().any(|code| code == expected), "{expected} is not in {codes:?}: {}", told(&output));
    }
    assert!(place.models().contains("orders"), "{:?}", place.models());
}

#[test]
fn a_folder_with_more_files_than_are_read_is_told() {
    let served = tempfile::tempdir().unwrap();
    let repository = repositories::shop(served.path(), true);
    repositories::crowd(&repository, 200_001);
    let server = HttpGitServer::start(served.path());
    let place = Place::new(&project(&server.url("shop"), "project_path = \"transform/dbt_project.yml\"\n"));
    let output = place.run(&["sync"]);
    assert!(place.problem_codes().contains(&"GIT-TREE-TOO-LARGE".to_owned()), "{}", told(&output));
}
