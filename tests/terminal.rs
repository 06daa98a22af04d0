//! The real program in a real pseudo-terminal, from the first frame to the last, as a person drives it.

#![allow(dead_code, unreachable_pub, reason = "the terminal is shared by several files")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "support/terminal.rs"]
mod terminal;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use terminal::{Start, Terminal};

const PROGRAM: &str = env!("CARGO_BIN_EXE_ebb");
/// Leaves the alternate screen; shows the cursor.
const LEFT: &str = "\x1b[?1049l";
const CURSOR: &str = "\x1b[?25h";

fn home() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn demo(home: &Path) -> Start {
    Start::new(PROGRAM, home).arguments(&["demo", "--dir", "demo"])
}

/// A dbt project of `models` models in `home/shop`.
fn project(home: &Path, models: usize) -> PathBuf {
    let folder = home.join("shop");
    fs::create_dir_all(folder.join("models")).unwrap();
    fs::write(folder.join("dbt_project.yml"), "name: shop\nversion: '1.0'\nprofile: shop\n").unwrap();
    for number in 0..models {
        fs::write(folder.join(format!("models/model_{number:04}.sql")), format!("select {number} as id")).unwrap();
    }
    folder
}

fn left_whole(terminal: &Terminal) {
    let raw = String::from_utf8_lossy(&terminal.raw()).into_owned();
    let left = raw.rfind(LEFT).unwrap_or_else(|| panic!("the alternate screen was never left"));
    let entered = raw.rfind("\x1b[?1049h").unwrap_or(0);
    assert!(left > entered, "the alternate screen was entered again and not left");
    assert!(raw.rfind(CURSOR) > raw.rfind("\x1b[?25l"), "the cursor stayed hidden");
}

#[test]
fn the_demo_goes_from_a_failed_sync_to_green_by_one_key() {
    let home = home();
    let mut screen = demo(home.path()).size(120, 40).run();
    screen.wait_for("1 problem");
    screen.send("4");
    screen.wait_for("DBT-PROJECT-PATH");
    screen.wait_for("transform/dbt_project.yml");
    screen.send("f");
    screen.wait_for("mended just now");
    let settings = fs::read_to_string(home.path().join("demo/ebb.toml")).unwrap();
    assert!(settings.contains("project_path = \"transform/dbt_project.yml\""), "{settings}");
    assert!(settings.contains("# The support desk. Its path is wrong on purpose"), "comments stay");
    screen.send("2");
    screen.wait_for("support");
    screen.send("q");
    assert!(screen.wait().success());
    left_whole(&screen);
}

#[test]
fn a_folder_with_a_dbt_project_opens_without_set_up() {
    let home = home();
    let folder = project(home.path(), 12);
    let mut screen = Start::new(PROGRAM, home.path()).folder(&folder).size(120, 40).run();
    screen.wait_for("model_0011");
    assert!(!folder.join("ebb.toml").exists(), "nothing is written into the folder");
    screen.send("q");
    assert!(screen.wait().success());
}

#[test]
fn without_anything_the_three_ways_to_begin_are_offered() {
    let home = home();
    let mut screen = Start::new(PROGRAM, home.path()).run();
    screen.wait_for("demo");
    screen.wait_for("repository");
    screen.send("q");
    assert!(screen.wait().success());
    left_whole(&screen);
}

#[test]
fn a_sync_that_is_killed_leaves_a_whole_workspace() {
    let home = home();
    let mut killed = demo(home.path()).run();
    killed.wait_until("a first frame", |screen| !screen.raw().is_empty());
    killed.signal("KILL");
    killed.wait();
    let mut screen = demo(home.path()).size(120, 40).run();
    screen.send("2");
    screen.wait_for("dim_customers");
    screen.send("4");
    screen.wait_for("DBT-PROJECT-PATH");
    screen.send("q");
    assert!(screen.wait().success());
}

#[test]
fn any_size_is_drawn() {
    let home = home();
    let folder = project(home.path(), 200);
    let mut screen = Start::new(PROGRAM, home.path()).folder(&folder).run();
    screen.wait_for("model_0003");
    for (columns, rows) in [(60, 15), (1, 1), (300, 100), (5, 40), (120, 2), (80, 24)] {
        screen.resize(columns, rows);
        screen.settle(Duration::from_millis(150));
    }
    screen.wait_for("model_0003");
    screen.resize(59, 14);
    screen.wait_for("60x15");
    screen.resize(60, 15);
    screen.wait_for("model_0003");
    screen.send("q");
    assert!(screen.wait().success());
}

#[test]
fn ctrl_z_gives_the_terminal_back_and_fg_draws_again() {
    let home = home();
    let folder = project(home.path(), 5);
    // Suspending needs a parent that waits: a shell with job control.
    let mut shell = Start::new("bash", home.path()).arguments(&["--norc", "--noprofile", "-i"]).folder(&folder).run();
    shell.send("PS1='ready> '\r");
    shell.wait_for("ready>");
    shell.send(&format!("{PROGRAM}\r"));
    shell.wait_for("model_0004");
    shell.send("\x1a");
    shell.wait_for("Stopped");
    left_whole(&shell);
    shell.send("stty -a | tr ';' '\\n' | grep -o -w -e '-*icanon' -e '-*echo' | tr '\\n' ' '\r");
    shell.wait_for("icanon echo");
    shell.send("fg\r");
    shell.wait_for("model_0004");
    shell.send("j");
    shell.settle(Duration::from_millis(200));
    shell.send("q");
    shell.wait_until("the prompt after the program", |shell| {
        let raw = String::from_utf8_lossy(&shell.raw()).into_owned();
        raw.rfind(LEFT) > raw.rfind("\x1b[?1049h") && shell.text().contains("ready>")
    });
}

#[test]
fn sigterm_restores_the_terminal() {
    let home = home();
    let folder = project(home.path(), 5);
    let mut screen = Start::new(PROGRAM, home.path()).folder(&folder).run();
    screen.wait_for("model_0004");
    screen.signal("TERM");
    assert_eq!(screen.wait().exit_code(), 143);
    left_whole(&screen);
}

#[test]
fn ctrl_c_twice_always_leaves() {
    let home = home();
    let folder = project(home.path(), 5);
    let mut screen = Start::new(PROGRAM, home.path()).folder(&folder).run();
    screen.wait_for("model_0004");
    screen.send("\x03");
    screen.settle(Duration::from_millis(100));
    screen.send("\x03");
    screen.wait();
    left_whole(&screen);
}

#[test]
fn no_color_means_no_colour_and_a_selection_that_shows() {
    let home = home();
    let folder = project(home.path(), 5);
    let mut screen = Start::new(PROGRAM, home.path()).set("NO_COLOR", "1").folder(&folder).run();
    screen.wait_for("model_0004");
    screen.settle(Duration::from_millis(300));
    let mut reversed = false;
    for row in 0..24 {
        for column in 0..80 {
            let cell = screen.screen().cell(row, column).unwrap();
            assert_eq!(
                (cell.fgcolor(), cell.bgcolor()),
                (vt100::Color::Default, vt100::Color::Default),
                "at {row},{column}"
            );
            reversed |= cell.inverse();
        }
    }
    assert!(reversed, "the selection is not to be seen");
    screen.send("q");
    screen.wait();
}

#[test]
fn model_names_cannot_command_the_terminal() {
    let home = home();
    let folder = project(home.path(), 1);
    let evil = "select 1 -- \x1b]0;owned\x07 \x1b[2J \u{202e}gnp.exe";
    fs::write(folder.join("models/model_0000.sql"), evil).unwrap();
    let mut screen = Start::new(PROGRAM, home.path()).folder(&folder).size(120, 40).run();
    screen.wait_for("model_0000");
    screen.send("\r");
    screen.settle(Duration::from_millis(500));
    let raw = String::from_utf8_lossy(&screen.raw()).into_owned();
    assert!(!raw.contains("]0;owned") && !raw.contains('\u{202e}'));
    screen.send("q");
    screen.wait();
}
