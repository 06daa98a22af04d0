//! `ebb git add`: looked at, tested, and only then written.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::support::HttpGitServer;
use crate::support::repositories::{SHOP, push, shop};

pub(crate) struct Place {
    home: TempDir,
    server: HttpGitServer,
}

impl Place {
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        shop(&home.path().join("served/acme"), true);
        let server = HttpGitServer::start(&home.path().join("served"));
        Self { home, server }
    }

    fn add(&self, arguments: &[&str], input: &str) -> Output {
        self.git(&[&["add"], arguments].concat(), input)
    }

    pub(crate) fn git(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ebb"));
        command.current_dir(self.home.path()).env_clear().arg("git").args(arguments);
        command.env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", self.home.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that asks for nothing may have ended before it is written.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn server(&self) -> &HttpGitServer {
        &self.server
    }

    pub(crate) fn url(&self) -> String {
        self.server.url("acme/shop")
    }

    pub(crate) fn repository(&self) -> PathBuf {
        self.home.path().join("served/acme/shop.git")
    }

    /// A secret in a file that only we can read.
    pub(crate) fn secret(&self, name: &str, value: &str) -> PathBuf {
        let file = self.home.path().join(name);
        fs::write(&file, value).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        file
    }

    pub(crate) fn write(&self, settings: &str) {
        fs::create_dir_all(self.config()).unwrap();
        fs::write(self.config().join("ebb.toml"), settings).unwrap();
    }

    fn config(&self) -> PathBuf {
        self.home.path().join(".config/ebb")
    }

    fn written(&self) -> String {
        fs::read_to_string(self.config().join("ebb.toml")).unwrap_or_default()
    }
}

pub(crate) fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn branch_and_path_are_found_by_looking() {
    let place = Place::new();
    let output = place.add(&[&place.server.url("acme/shop")], "");
    assert!(output.status.success(), "{}", told(&output));
    let text = place.written();
    assert!(text.contains("branch = \"main\"") && text.contains("\"transform/dbt_project.yml\""), "{text}");
    assert!(told(&output).contains("added shop"), "{}", told(&output));
}

#[test]
fn a_page_of_a_branch_with_slashes_is_taken_apart() {
    let place = Place::new();
    push(&place.home.path().join("served/acme/shop.git"), "release/2026", SHOP);
    let page = format!("{}/tree/release/2026/transform", place.server.url("acme/shop").trim_end_matches(".git"));
    fs::rename(place.home.path().join("served/acme/shop.git"), place.home.path().join("served/acme/shop")).unwrap();
    let output = place.add(&[&page.replace("/acme/shop", "/acme/shop/-")], "");
    assert!(output.status.success(), "{}", told(&output));
    let text = place.written();
    assert!(text.contains("branch = \"release/2026\"") && text.contains("\"transform/dbt_project.yml\""), "{text}");
}

#[test]
fn several_projects_are_listed_to_choose_from() {
    let place = Place::new();
    let more: Vec<(&str, &[u8])> =
        SHOP.iter().copied().chain([("other/dbt_project.yml", &b"name: other\n"[..])]).collect();
    push(&place.home.path().join("served/acme/shop.git"), "main", &more);
    let output = place.add(&[&place.server.url("acme/shop")], "");
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(told(&output).contains("--project-path other/dbt_project.yml"), "{}", told(&output));
    let output = place.add(&[&place.server.url("acme/shop"), "--project-path", "other/dbt_project.yml"], "");
    assert!(output.status.success() && place.written().contains("other/dbt_project.yml"), "{}", told(&output));
}

#[test]
fn a_token_that_is_typed_never_stands_in_the_file() {
    let place = Place::new();
    place.server.require("x-access-token", "ghp_typed");
    let url = place.server.url("acme/shop");
    let output = place.add(&[&url, "--provider", "github", "--token-stdin"], "ghp_typed\n");
    assert!(output.status.success(), "{}", told(&output));
    let secret = place.config().join("secrets/shop");
    assert_eq!(fs::read_to_string(&secret).unwrap(), "ghp_typed\n");
    assert_eq!(fs::metadata(&secret).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(place.written().contains("secrets/shop") && !place.written().contains("ghp_typed"));
    assert!(!told(&output).contains("ghp_typed"));
}

#[test]
fn what_does_not_work_is_not_written_and_its_secret_is_removed() {
    let place = Place::new();
    place.server.require("x-access-token", "ghp_right");
    let url = place.server.url("acme/shop");
    let output = place.add(&[&url, "--provider", "github", "--token-stdin"], "ghp_wrong\n");
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("failed authentication"), "{}", told(&output));
    assert_eq!(place.written(), "");
    assert!(!place.config().join("secrets").exists(), "a secret that does not work is kept nowhere");
    let output = place.add(&[&url, "--provider", "github", "--token-env", "TOKEN", "--untested"], "");
    assert!(output.status.success() && place.written().contains("env = \"TOKEN\""), "{}", told(&output));
}

#[test]
fn ways_to_sign_in_exclude_each_other() {
    let place = Place::new();
    let output = place.add(&["https://git.example/x", "--ssh-agent", "--token-env", "TOKEN"], "");
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
}

#[test]
fn a_passphrase_goes_with_the_key_that_it_unlocks() {
    let place = Place::new();
    let key = place.secret("key", "no key at all");
    let path = key.display().to_string();
    let arguments = ["git@127.0.0.1:acme/shop.git", "--ssh-key", &path, "--passphrase-stdin", "--untested"];
    let output = place.add(&arguments, "open sesame\n");
    assert!(output.status.success(), "{}", told(&output));
    let text = place.written();
    assert!(text.contains("ssh_private_key") && text.contains("secrets/shop"), "{text}");
    assert!(!text.contains("sesame") && !told(&output).contains("sesame"));
    let output = place.add(&["https://git.example/x", "--passphrase-env", "WORD"], "");
    assert_eq!(output.status.code(), Some(2), "a passphrase without a key: {}", told(&output));
}
