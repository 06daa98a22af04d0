//! The command line in a real terminal: colours, progress and questions, and where they must not be.

use std::io::{Read, Write};

use ebbtide::git::author::{NewCommit, create};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use super::place::{Place, demo};

/// Runs the program in a terminal of 100 columns, types `keys` into it, and gives all that it wrote and
/// its exit code.
fn in_terminal(place: &Place, arguments: &[&str], variables: &[(&str, &str)], keys: &str) -> (String, u32) {
    let pair = native_pty_system().openpty(PtySize { rows: 30, cols: 100, pixel_width: 0, pixel_height: 0 }).unwrap();
    let plain = place.command(arguments);
    let mut command = CommandBuilder::new(plain.get_program());
    command.args(plain.get_args());
    command.cwd(plain.get_current_dir().unwrap());
    command.env_clear();
    for (name, value) in plain.get_envs() {
        command.env(name, value.unwrap());
    }
    command.env("TERM", "xterm-256color");
    for (name, value) in variables {
        command.env(name, value);
    }
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let output = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // The terminal of a process that has ended reads as an error.
        let _end = reader.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    });
    pair.master.take_writer().unwrap().write_all(keys.as_bytes()).unwrap();
    let code = child.wait().unwrap().exit_code();
    drop(pair.master);
    (output.join().unwrap(), code)
}

/// Sequences that set a colour or an attribute.
fn is_coloured(text: &str) -> bool {
    text.split("\u{1b}[")
        .skip(1)
        .any(|rest| rest.find(|c: char| c.is_ascii_alphabetic()).is_some_and(|end| rest[end..].starts_with('m')))
}

#[test]
fn a_terminal_gets_colours() {
    let (text, code) = in_terminal(&demo(), &["history"], &[], "");
    assert_eq!(code, 0);
    assert!(is_coloured(&text) && text.contains("succeeded"), "{text:?}");
}

#[test]
fn whoever_wants_no_colours_gets_none() {
    let place = demo();
    let table = [
        ("history", ("NO_COLOR", "1")),
        ("history --no-color", ("TERM", "xterm")),
        ("history", ("TERM", "dumb")),
        ("--help --no-color", ("TERM", "xterm")),
    ];
    for (words, variable) in table {
        let arguments: Vec<&str> = words.split(' ').collect();
        let (text, code) = in_terminal(&place, &arguments, &[variable], "");
        assert_eq!(code, 0);
        assert!(!is_coloured(&text) && text.len() > 100, "{words} {variable:?}: {text:?}");
    }
}

#[test]
fn lines_end_with_the_terminal() {
    let place = demo();
    let (text, _) = in_terminal(&place, &["history", "--no-color"], &[], "");
    assert!(text.lines().all(|line| line.trim_end().chars().count() <= 100), "{text}");
    assert!(text.contains('…'), "the failed sync's summary is longer than the terminal: {text}");
    assert!(!place.run(&["history"]).out.contains('…'), "a file has whole lines");
}

#[test]
fn a_terminal_that_cannot_draw_gets_the_overview() {
    let (text, code) = in_terminal(&demo(), &[], &[("TERM", "dumb")], "");
    assert_eq!(code, 0);
    assert!(text.contains("support  failed") && !text.contains('\u{1b}'), "{text:?}");
}

#[test]
fn json_in_a_terminal_is_json_alone() {
    let (text, code) = in_terminal(&demo(), &["sync", "shop", "--json"], &[], "");
    assert_eq!(code, 0);
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        serde_json::from_str::<serde_json::Value>(line.trim()).unwrap();
    }
}

/// A repository with two dbt projects, and a path that is neither: there are two fixes to choose from.
fn two_ways_out() -> Place {
    let place = Place::new();
    let project = "name: tiny\nversion: '1.0'\nprofile: tiny\n";
    let files: [(&str, &[u8]); 4] = [
        ("one/dbt_project.yml", project.as_bytes()),
        ("one/models/a.sql", b"select 1 as id"),
        ("two/dbt_project.yml", project.as_bytes()),
        ("two/models/b.sql", b"select 2 as id"),
    ];
    let at = "2026-01-05T08:00:00Z".parse().unwrap();
    let commit = NewCommit { message: "Begin", author: "Ada", email: "ada@example.com", at, files: &files };
    create(&place.path("tiny.git"), "main", &[commit]).unwrap();
    place.write("ebb.toml", "[projects.tiny]\nrepository = \"tiny.git\"\nproject_path = \"dbt_project.yml\"\n");
    place.run(&["sync"]).exits(1);
    place
}

#[test]
fn where_there_is_a_choice_it_asks_and_a_no_changes_nothing() {
    let place = two_ways_out();
    let settings = place.read("ebb.toml");
    for no in ["n\n", "\n", "perhaps\n"] {
        let (text, code) = in_terminal(&place, &["fix", "1"], &[], no);
        assert_eq!(code, 1, "{text}");
        assert!(text.contains("Apply fix 1? [y/N]"), "{text}");
        assert_eq!(place.read("ebb.toml"), settings);
    }
    let (text, code) = in_terminal(&place, &["fix", "1"], &[], "y\n");
    assert_eq!(code, 0, "{text}");
    assert_ne!(place.read("ebb.toml"), settings);
}

#[test]
fn where_nobody_can_be_asked_nothing_is_changed() {
    let place = two_ways_out();
    let settings = place.read("ebb.toml");
    let ran = place.run(&["fix", "1"]).exits(1);
    assert!(ran.error.contains("ebb fix 1 --fix 1 --yes"), "{}", ran.error);
    assert_eq!(place.read("ebb.toml"), settings);
    place.run(&["fix", "1", "--fix", "2", "--yes"]).exits(0);
    assert!(place.read("ebb.toml").contains("two/dbt_project.yml"), "{}", place.read("ebb.toml"));
}

#[test]
fn the_full_screen_is_for_terminals_and_leaves_no_trace_in_them() {
    let place = demo();
    let (text, code) = in_terminal(&place, &["--fresh"], &[], "q");
    assert_eq!(code, 0, "{text:?}");
    assert!(text.contains("\u{1b}[?1049h") && text.contains("\u{1b}[?1049l"), "{text:?}");
    assert!(place.run(&["--fresh", "sync"]).exits(2).error.contains("--fresh"));
}
