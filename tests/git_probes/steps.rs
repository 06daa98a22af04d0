//! The steps, told one by one, and what is missing at their end.

use std::fs;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::forge::Forge;
use crate::support::{Answer, HttpGitServer, SshGitServer, repositories};

struct Place {
    home: TempDir,
    git: HttpGitServer,
    forge: Forge,
}

impl Place {
    /// A connection to GitHub with a token, and the shop behind it.
    fn new(project: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        repositories::shop(&home.path().join("served/acme"), true);
        let git = HttpGitServer::start(&home.path().join("served"));
        git.require("x-access-token", "ghp_right");
        let forge = Forge::start();
        let headers =
            [("x-oauth-scopes", "gist"), ("github-authentication-token-expiration", "2026-11-01 12:00:00 UTC")];
        forge.answers("/user", 200, &headers, json!({ "login": "jane" }));
        let settings = format!(
            "[git.acme]\nprovider = \"github\"\napi = \"{}\"\nauth = {{ token = {{ env = \"TOKEN\" }} }}\n\
             [projects.shop]\ngit = \"acme\"\nrepository = \"{}\"\n{project}\n",
            forge.api(""),
            git.url("acme/shop"),
        );
        fs::write(home.path().join("ebb.toml"), settings).unwrap();
        Self { home, git, forge }
    }

    fn sees_the_shop(&self) {
        let shop = json!({ "full_name": "acme/shop", "archived": false, "permissions": { "push": true } });
        self.forge.answers("/repos/acme/shop", 200, &[], shop);
    }

    fn run(&self, arguments: &[&str], token: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ebb"));
        command.current_dir(self.home.path()).env_clear().args(arguments);
        command.env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", self.home.path());
        command.env("TOKEN", token).output().unwrap()
    }

    /// What `ebb git test --json` tells, and its exit code.
    fn probes(&self, token: &str) -> (Vec<Value>, Option<i32>) {
        let output = self.run(&["git", "test", "acme", "--json"], token);
        let text = String::from_utf8(output.stdout).unwrap();
        (text.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), output.status.code())
    }
}

/// The steps with how they ended: `authentication failed`.
fn ends(probes: &[Value]) -> Vec<String> {
    let ended = probes.iter().filter(|probe| probe["event"] == "step_ended");
    ended.map(|probe| format!("{} {}", probe["step"].as_str().unwrap(), probe["outcome"].as_str().unwrap())).collect()
}

fn problem(probes: &[Value]) -> &Value {
    &probes.iter().find(|probe| probe["event"] == "problem_found").unwrap_or_else(|| panic!("{probes:#?}"))["problem"]
}

const GOOD: &str = "project_path = \"transform/dbt_project.yml\"";

#[test]
fn all_is_well_and_every_step_says_what_it_found() {
    let place = Place::new(GOOD);
    place.sees_the_shop();
    let (probes, code) = place.probes("ghp_right");
    assert_eq!(code, Some(0), "{probes:#?}");
    assert_eq!(
        ends(&probes),
        [
            "credential passed",
            "name passed",
            "connection passed",
            "security skipped",
            "authentication passed",
            "repository passed",
            "branch passed",
            "read passed",
            "project_path passed",
            "write skipped",
        ]
    );
    let began = probes.iter().filter(|probe| probe["event"] == "step_began").count();
    assert_eq!(began, 7, "each step that takes a while is told when it begins");
    let notes: Vec<&str> = probes.iter().filter_map(|probe| probe["words"].as_str()).collect();
    assert!(notes.iter().any(|note| note.contains("2026-11-01")), "{notes:?}");
    assert!(probes.iter().all(|probe| !probe.to_string().contains("ghp_right")));
}

/// What `ebb git test --write --json` tells.
fn writing(place: &Place) -> Vec<Value> {
    let output = place.run(&["git", "test", "acme", "--write", "--json"], "ghp_right");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_push_is_asked_for_and_not_done_where_it_is_wanted() {
    let place = Place::new(&format!("branch = \"main\"\n{GOOD}"));
    place.sees_the_shop();
    let served = place.home.path().join("served/acme/shop.git");
    let refused = writing(&place);
    assert_eq!(ends(&refused).last().unwrap(), "write failed", "{refused:#?}");
    assert_eq!(problem(&refused)["code"], "GIT-HTTP-403");
    assert!(problem(&refused)["evidence"].to_string().contains("acme/shop"), "{refused:#?}");
    repositories::allow_pushes(&served);
    let tip = || crate::support::git(&served, &["rev-parse", "main"]);
    let before = tip();
    for (protected, expected) in [(None, "are not known"), (Some(true), "is protected"), (Some(false), "not protected")]
    {
        if let Some(protected) = protected {
            place.forge.answers("/repos/acme/shop/branches/main", 200, &[], json!({ "protected": protected }));
        }
        let probes = writing(&place);
        assert_eq!(ends(&probes).last().unwrap(), "write passed", "{probes:#?}");
        let write = probes.iter().find(|probe| probe["step"] == "write" && probe["event"] == "step_ended").unwrap();
        assert!(write["detail"].as_str().unwrap().contains(expected), "{write:#}");
    }
    assert_eq!(tip(), before, "nothing was pushed");
}

#[test]
fn a_person_is_shown_the_steps_in_lines() {
    let place = Place::new(GOOD);
    place.sees_the_shop();
    let output = place.run(&["git", "test"], "ghp_right");
    let text = String::from_utf8(output.stdout).unwrap();
    for words in
        ["acme", "shop", "ok     authentication", "as jane, scopes gist", "a classic GitHub token", "note  the token"]
    {
        assert!(text.contains(words), "{words} is not in:\n{text}");
    }
}

#[test]
fn a_wrong_token_fails_at_the_authentication_with_its_scopes() {
    let place = Place::new(GOOD);
    let (probes, code) = place.probes("ghp_wrong");
    assert_eq!((code, ends(&probes).last().unwrap().as_str()), (Some(1), "authentication failed"));
    let problem = problem(&probes);
    assert!(problem["evidence"].to_string().contains("gist"), "{problem:#}");
    assert!(problem["fixes"].to_string().contains("scope repo"), "{problem:#}");
    assert!(!problem.to_string().contains("ghp_wrong"));
}

#[test]
fn a_secret_that_is_not_there_ends_it_at_once() {
    let place = Place::new(GOOD);
    let (probes, code) = place.probes("");
    assert_eq!((code, ends(&probes)), (Some(1), vec!["credential failed".to_owned()]));
    assert_eq!(problem(&probes)["code"], "SECRET-MISSING");
    assert!(place.git.seen().is_empty() && place.forge.seen().is_empty());
}

#[test]
fn single_sign_on_is_told_by_the_api_where_git_says_nothing_of_it() {
    let place = Place::new(GOOD);
    place.git.answer(Answer::Refuse(404, "text/plain", "Repository not found."));
    let words = "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.";
    let page = [("x-github-sso", "required; url=https://github.com/orgs/acme/sso?authorization_request=A1")];
    place.forge.answers("/repos/acme/shop", 403, &page, json!({ "message": words }));
    let (probes, _) = place.probes("ghp_right");
    assert_eq!(problem(&probes)["code"], "GIT-GH-SAML");
    assert!(ends(&probes).contains(&"repository failed".to_owned()), "{probes:#?}");
    assert!(problem(&probes).to_string().contains("orgs/acme/sso"));
}

#[test]
fn an_ip_allow_list_is_told() {
    let place = Place::new(GOOD);
    place.git.answer(Answer::Refuse(403, "text/plain", "Forbidden"));
    let words = "Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.";
    place.forge.answers("/repos/acme/shop", 403, &[], json!({ "message": words }));
    assert_eq!(problem(&place.probes("ghp_right").0)["code"], "GIT-GH-IP-ALLOW-LIST");
}

#[test]
fn a_branch_that_is_not_there_offers_those_that_are() {
    let place = Place::new("branch = \"mian\"\nproject_path = \"transform/dbt_project.yml\"");
    place.sees_the_shop();
    let (probes, code) = place.probes("ghp_right");
    assert_eq!((code, ends(&probes).last().unwrap().as_str()), (Some(1), "branch failed"));
    assert_eq!(problem(&probes)["code"], "GIT-BRANCH-MISSING");
    assert!(problem(&probes).to_string().contains("main"));
}

#[test]
fn a_wrong_project_path_offers_the_real_one() {
    let place = Place::new("project_path = \"dbt_project.yml\"");
    place.sees_the_shop();
    let (probes, _) = place.probes("ghp_right");
    assert_eq!(ends(&probes).last().unwrap(), "project_path failed");
    assert_eq!(problem(&probes)["code"], "DBT-PROJECT-PATH");
    assert!(problem(&probes).to_string().contains("transform/dbt_project.yml"));
}

#[test]
fn an_archived_repository_is_read_and_said_to_be_so() {
    let place = Place::new(GOOD);
    let shop = json!({ "full_name": "acme/store", "archived": true, "permissions": { "push": false } });
    place.forge.answers("/repos/acme/shop", 200, &[], shop);
    let (probes, code) = place.probes("ghp_right");
    let notes: Vec<&str> = probes.iter().filter_map(|probe| probe["words"].as_str()).collect();
    assert_eq!(code, Some(0));
    assert!(notes.iter().any(|note| note.contains("archived")), "{notes:?}");
    assert!(notes.iter().any(|note| note.contains("acme/store")), "{notes:?}");
}

#[test]
fn a_connection_that_is_not_there_is_wrong_use() {
    let place = Place::new(GOOD);
    let output = place.run(&["git", "test", "acne"], "x");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("acme"), "{output:?}");
}

#[test]
fn a_server_that_nobody_listens_on_fails_at_the_connection() {
    let place = Place::new(GOOD);
    let text = fs::read_to_string(place.home.path().join("ebb.toml")).unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let text = text.replace(&format!(":{}/acme/shop.git", place.git.port()), &format!(":{free}/acme/shop.git"));
    fs::write(place.home.path().join("ebb.toml"), text).unwrap();
    let (probes, _) = place.probes("ghp_right");
    assert_eq!(ends(&probes).last().unwrap(), "connection failed");
    assert_eq!(problem(&probes)["code"], "GIT-NET");
}

/// A connection that shows a key to a real `sshd`; `None` where this machine has none.
fn over_ssh(test: &str, is_known: bool, right_key: bool) -> Option<(TempDir, SshGitServer)> {
    let server = SshGitServer::start(test, true)?;
    let home = tempfile::tempdir().unwrap();
    let shop = repositories::shop(home.path(), true);
    let key = if right_key { server.key() } else { server.other_key() };
    let settings = format!(
        "[git.inside]\nprovider = \"git\"\nauth = {{ ssh_key = \"{}\" }}\n\
         [projects.shop]\ngit = \"inside\"\nrepository = \"{}\"\n{GOOD}\n",
        key.display(),
        server.url(&shop),
    );
    fs::write(home.path().join("ebb.toml"), settings).unwrap();
    if is_known {
        server.be_known(&home.path().join(".local/share/ebb"));
    }
    Some((home, server))
}

fn probes_over_ssh(home: &TempDir) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ebb"));
    command.current_dir(home.path()).env_clear().args(["git", "test", "--json"]);
    let output = command.env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", home.path()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_key_over_ssh_goes_every_step() {
    let Some((home, _server)) = over_ssh("a_key_over_ssh_goes_every_step", true, true) else { return };
    let probes = probes_over_ssh(&home);
    let ends = ends(&probes);
    for step in ["security passed", "authentication passed", "repository passed", "project_path passed"] {
        assert!(ends.contains(&step.to_owned()), "{probes:#?}");
    }
}

#[test]
fn an_unknown_host_key_fails_before_the_authentication() {
    let Some((home, _server)) = over_ssh("an_unknown_host_key_fails_before_the_authentication", false, true) else {
        return;
    };
    let probes = probes_over_ssh(&home);
    assert_eq!(ends(&probes).last().unwrap(), "security failed");
    assert_eq!(problem(&probes)["code"], "GIT-SSH-HOSTKEY-UNKNOWN");
}

#[test]
fn a_wrong_key_fails_at_the_authentication() {
    let Some((home, _server)) = over_ssh("a_wrong_key_fails_at_the_authentication", true, false) else { return };
    let probes = probes_over_ssh(&home);
    assert_eq!(ends(&probes).last().unwrap(), "authentication failed", "{probes:#?}");
    assert_eq!(problem(&probes)["code"], "GIT-SSH-PUBKEY");
}
