//! The whole way, by the real program: an App, a token of it, the repository, its models.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output};

use jiff::Timestamp;
use tempfile::TempDir;

use crate::double::{APP, GitHubDouble};
use crate::keys::AppKey;
use crate::support::{HttpGitServer, repositories};

/// A workspace whose one project needs the App.
struct Place {
    home: TempDir,
    double: GitHubDouble,
    git: HttpGitServer,
}

impl Place {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        repositories::shop(&home.path().join("served/acme"), true);
        let key = AppKey::new();
        let double = GitHubDouble::start(key.public());
        double.change(|situation| (situation.now, situation.date) = (Timestamp::now(), Timestamp::now()));
        let git = HttpGitServer::start(&home.path().join("served"));
        git.require("x-access-token", "ghs_double1");
        let file = home.path().join("app.pem");
        fs::write(&file, key.pem()).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        let settings = format!(
            "[git.robot]\nprovider = \"github\"\napi = \"{}\"\n\
             auth = {{ github_app = {{ app_id = {APP}, private_key = {{ file = \"app.pem\" }} }} }}\n\
             [projects.shop]\ngit = \"robot\"\nrepository = \"{}\"\nproject_path = \"transform/dbt_project.yml\"\n",
            double.api(),
            git.url("acme/shop"),
        );
        fs::write(home.path().join("ebb.toml"), settings).unwrap();
        Self { home, double, git }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ebb"));
        command.current_dir(self.home.path()).env_clear().args(arguments);
        command.env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", self.home.path()).output().unwrap()
    }
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn a_project_is_synced_with_an_apps_token() {
    let place = Place::new();
    let synced = place.run(&["sync"]);
    assert!(synced.status.success(), "{}", told(&synced));
    assert!(told(&place.run(&["models"])).contains("orders"));
    assert!(place.git.seen().iter().all(|seen| seen.authorization.is_some()));
}

#[test]
fn a_suspended_installation_is_named_and_no_secret_is_told() {
    let place = Place::new();
    place.double.change(|situation| situation.suspended = true);
    let synced = place.run(&["sync"]);
    assert_eq!(synced.status.code(), Some(1));
    let told = told(&synced);
    assert!(told.contains("CI-APP-SUSPENDED") && told.contains("This installation has been suspended"), "{told}");
    assert!(!told.contains("BEGIN RSA"), "{told}");
    assert!(place.git.seen().is_empty(), "nothing was asked of Git");
}

#[test]
fn a_key_that_is_none_is_refused_before_anything_is_asked() {
    let place = Place::new();
    fs::write(place.home.path().join("app.pem"), "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n")
        .unwrap();
    let told = told(&place.run(&["sync"]));
    assert!(told.contains("GIT-GH-APP-KEY") && told.contains("public half"), "{told}");
    assert!(place.double.exchanges().len() <= 1, "{told}");
}
