//! The README says what the program does: its key table comes from the command table, and every
//! command that it shows exists.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ebbtide::tui::commands::key_table;

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

/// The part of the text between the comments `name` and `/name`.
fn between<'a>(text: &'a str, name: &str) -> &'a str {
    let (_, rest) = text.split_once(&format!("<!-- {name} -->\n")).unwrap();
    rest.split_once(&format!("<!-- /{name} -->")).unwrap().0
}

/// `UPDATE_README=1 cargo test --test readme` writes the table anew.
#[test]
fn the_key_table_is_the_command_table() {
    let text = fs::read_to_string(file()).unwrap();
    let wanted = format!("\n{}\n\n", key_table().trim_end());
    let written = between(&text, "keys");
    if written != wanted && std::env::var_os("UPDATE_README").is_some() {
        let (before, after) = (format!("<!-- keys -->\n{written}<!--"), format!("<!-- keys -->\n{wanted}<!--"));
        fs::write(file(), text.replacen(&before, &after, 1)).unwrap();
        return;
    }
    assert_eq!(written, wanted, "run it with UPDATE_README=1");
}

#[test]
fn every_command_of_the_readme_exists() {
    let text = fs::read_to_string(file()).unwrap();
    let shown = text.split('`').filter_map(|code| code.strip_prefix("ebb "));
    let mut commands: Vec<&str> = shown.filter_map(|code| code.split_whitespace().next()).collect();
    commands.retain(|word| word.chars().all(|c| c.is_ascii_lowercase()));
    commands.sort_unstable();
    commands.dedup();
    assert!(commands.len() > 8, "{commands:?}");
    for command in commands {
        let output = Command::new(env!("CARGO_BIN_EXE_ebb")).args([command, "--help"]).output().unwrap();
        assert!(output.status.success(), "`ebb {command}` does not exist");
    }
}

#[test]
fn the_settings_that_the_readme_shows_are_right() {
    let text = fs::read_to_string(file()).unwrap();
    let settings = text.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("ebb.toml"), settings).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_ebb"))
        .args(["config", "check"])
        .current_dir(place.path())
        .env("HOME", place.path())
        .env("GITHUB_TOKEN", "x")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
