//! A repository connected on the real screen, in a real terminal, from a real server; and the questions that
//! `ebb git add` asks a person.

use std::fs;

use crate::adding::Place;
use crate::support::SshGitServer;
use crate::support::repositories::{self, SHOP, push};
use crate::terminal::{Start, Terminal};

const PROGRAM: &str = env!("CARGO_BIN_EXE_ebb");

/// The repository's server wants `ghp_right`.
fn guarded() -> Place {
    let place = Place::new();
    place.server().require("x-access-token", "ghp_right");
    fs::create_dir_all(place.home().join("acme")).unwrap();
    fs::write(place.home().join("acme/ebb.toml"), "name = \"acme\" # ours\n").unwrap();
    place
}

fn settings(place: &Place) -> String {
    fs::read_to_string(place.home().join("acme/ebb.toml")).unwrap()
}

fn on_screen(place: &Place) -> Terminal {
    Start::new(PROGRAM, place.home()).folder(&place.home().join("acme")).size(100, 32).run()
}

/// As terminals send what is pasted.
fn paste(screen: &mut Terminal, text: &str) {
    screen.send(&format!("\x1b[200~{text}\x1b[201~"));
}

/// Describes the repository with a token, from an open form, and has it tested.
fn test_with(screen: &mut Terminal, place: &Place, token: &str) {
    paste(screen, &place.url());
    screen.wait_for("acme/shop");
    // Provider: GitHub, by hand; sign in by a token, typed here.
    screen.send("\t\x1b[C");
    screen.wait_for("GitHub");
    screen.send("\t\x1b[C\x1b[C\x1b[C");
    screen.wait_for("typed here");
    screen.send("\t\t");
    screen.wait_for("Make one at");
    paste(screen, token);
    screen.wait_for("classic GitHub token");
    screen.send("\r");
}

#[test]
fn a_token_that_is_wrong_is_mended_and_the_first_sync_begins() {
    let place = guarded();
    let mut screen = on_screen(&place);
    screen.wait_for("no project yet");
    screen.send("a");
    screen.wait_for("Connect a repository");
    test_with(&mut screen, &place, "ghp_wrong");
    screen.wait_for("something is missing");
    screen.wait_for("Access denied");
    assert_eq!(settings(&place), "name = \"acme\" # ours\n", "nothing is written before all is well");
    screen.send("\x1b");
    screen.wait_for("Sign in by");
    screen.send("\x15");
    paste(&mut screen, "ghp_right");
    screen.send("\r");
    screen.wait_for("all is well");
    screen.send("\r");
    screen.wait_for("✓ shop");
    let text = settings(&place);
    assert!(text.contains("# ours") && text.contains("secrets/shop") && !text.contains("ghp_right"), "{text}");
    let raw = String::from_utf8_lossy(&screen.raw()).into_owned();
    assert!(!raw.contains("ghp_right") && !raw.contains("ghp_wrong"), "a secret was drawn");
    screen.send("q");
    assert!(screen.wait().success());
}

#[test]
fn one_of_several_projects_is_chosen_on_the_screen() {
    let place = guarded();
    let more: Vec<(&str, &[u8])> =
        SHOP.iter().copied().chain([("finance/dbt_project.yml", &b"name: finance\n"[..])]).collect();
    push(&place.repository(), "main", &more);
    let mut screen = on_screen(&place);
    screen.wait_for("no project yet");
    screen.send("a");
    screen.wait_for("Connect a repository");
    test_with(&mut screen, &place, "ghp_right");
    screen.wait_for("dbt projects");
    screen.wait_for("finance/dbt_project.yml");
    screen.send("transf\r");
    screen.wait_for("Connect a repository");
    screen.send("\r");
    screen.wait_for("all is well");
    screen.send("\r");
    screen.wait_for("✓ shop");
    assert!(settings(&place).contains("transform/dbt_project.yml"), "{}", settings(&place));
    screen.send("q");
    assert!(screen.wait().success());
}

#[test]
fn a_key_is_pasted_a_host_is_trusted_and_the_first_sync_begins() {
    let test = "a_key_is_pasted_a_host_is_trusted_and_the_first_sync_begins";
    let Some(server) = SshGitServer::start(test, true) else { return };
    let home = tempfile::tempdir().unwrap();
    let shop = repositories::shop(home.path(), true);
    let mut screen = Start::new(PROGRAM, home.path()).size(100, 32).run();
    screen.wait_for("Try the demo");
    screen.send("a");
    screen.wait_for("Connect a repository");
    paste(&mut screen, &server.url(&shop));
    screen.wait_for("shop.git");
    screen.send("\t\t\x1b[C\x1b[C");
    screen.wait_for("Private key is");
    screen.send("\t\t");
    let key = fs::read_to_string(server.key()).unwrap();
    paste(&mut screen, &key.replace('\n', "\r"));
    screen.wait_for("OPENSSH PRIVATE KEY of");
    screen.send("\t\t");
    paste(&mut screen, "deploy");
    screen.send("\r");
    screen.wait_for("t trusts it");
    screen.send("t");
    screen.wait_for("Trust it, and test again");
    assert!(screen.text().contains(&server.fingerprint("host_key")), "{}", screen.text());
    screen.send("y");
    screen.wait_for("all is well");
    assert!(screen.text().contains("the SSH key that was pasted"), "{}", screen.text());
    screen.send("\r");
    screen.wait_for("✓ shop");
    let settings = fs::read_to_string(home.path().join("config/ebb/ebb.toml")).unwrap();
    assert!(settings.contains("[git.deploy") && settings.contains("git = \"deploy\""), "{settings}");
    assert_eq!(fs::read_to_string(home.path().join("config/ebb/secrets/deploy")).unwrap(), key);
    let raw = String::from_utf8_lossy(&screen.raw()).into_owned();
    assert!(key.lines().all(|line| !raw.contains(line)), "a part of the key was drawn");
    screen.send("q");
    assert!(screen.wait().success());
}

#[test]
fn the_shell_asks_for_a_token_without_echo_and_which_project() {
    let place = guarded();
    let more: Vec<(&str, &[u8])> =
        SHOP.iter().copied().chain([("finance/dbt_project.yml", &b"name: finance\n"[..])]).collect();
    push(&place.repository(), "main", &more);
    let url = place.url();
    let arguments = ["git", "add", url.as_str(), "--provider", "github", "--token-stdin"];
    let start = Start::new(PROGRAM, place.home()).folder(&place.home().join("acme")).size(100, 40);
    let mut shell = start.arguments(&arguments).run();
    shell.wait_for("it is not shown");
    shell.send("ghp_right\r");
    shell.wait_for("2 dbt projects");
    shell.wait_for("number of the one to add");
    shell.send("2\r");
    assert!(shell.wait().success(), "{}", shell.text());
    let raw = String::from_utf8_lossy(&shell.raw()).into_owned();
    assert!(!raw.contains("ghp_right"), "the token was echoed");
    assert!(settings(&place).contains("transform/dbt_project.yml"), "{}", settings(&place));
}
