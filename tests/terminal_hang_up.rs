//! A terminal that goes away under the program, as when an SSH connection is lost.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Generous: machines are shared. A program that spins or waits for its terminal never ends at all.
const PATIENCE: Duration = Duration::from_secs(90);

fn until(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_closed_terminal_ends_the_program() {
    if Command::new("script").arg("--version").output().is_err() {
        eprintln!("SKIPPED a_closed_terminal_ends_the_program: the program script is not installed");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(home.path().join("models")).unwrap();
    fs::write(home.path().join("dbt_project.yml"), "name: shop\nversion: '1.0'\nprofile: shop\n").unwrap();
    fs::write(home.path().join("models/model_0000.sql"), "select 1").unwrap();
    let inside = format!("stty rows 24 cols 80; echo $$ > pid; exec {}", env!("CARGO_BIN_EXE_ebb"));
    // `script` holds the terminal; with it killed, nobody does.
    let mut holder = Command::new("script")
        .args(["-qfc", &inside, "/dev/null"])
        .current_dir(home.path())
        .env("HOME", home.path())
        .env("TERM", "xterm-256color")
        .env_remove("XDG_STATE_HOME")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = holder.stdout.take().unwrap();
    let mut seen = Vec::new();
    let mut buffer = [0; 4096];
    while !String::from_utf8_lossy(&seen).contains("model_0000") {
        let read = output.read(&mut buffer).unwrap();
        assert!(read > 0, "the program ended early: {}", String::from_utf8_lossy(&seen));
        seen.extend_from_slice(buffer.get(..read).unwrap());
    }
    let pid = fs::read_to_string(home.path().join("pid")).unwrap().trim().to_owned();
    let process = Path::new("/proc").join(&pid);
    assert!(process.exists());
    holder.kill().unwrap();
    holder.wait().unwrap();
    let gone = || fs::read_to_string(process.join("stat")).map_or(true, |stat| stat.contains(") Z "));
    until("the program has ended", gone);
}
