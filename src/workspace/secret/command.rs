//! A program run for its output: without a terminal, bounded in time and in bytes.

use std::io::{self, Read, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use super::Secret;
use crate::workspace::environment::Environment;

/// How often a running program is looked at.
const PAUSE: Duration = Duration::from_millis(2);
/// How long the end of its output may be behind the end of the program.
const GRACE: Duration = Duration::from_secs(1);

/// How a program ended.
#[derive(Debug)]
pub(super) enum Ended {
    Well { stdout: Vec<u8> },
    Badly { stderr: String },
    TimedOut,
}

/// Finds a program in `PATH`.
pub(super) fn installed(program: &str, environment: &Environment) -> bool {
    let path = environment.variable("PATH").unwrap_or_default();
    std::env::split_paths(path).any(|folder| folder.join(program).is_file())
}

/// As [`run_with`], with an empty input.
pub(super) fn run(
    program: &str,
    arguments: &[&str],
    folder: &Path,
    environment: &Environment,
    time_out: Duration,
    longest: u64,
) -> io::Result<Ended> {
    run_with(None, program, arguments, folder, environment, time_out, longest)
}

/// Runs `program` with these arguments in `folder`. It sees the environment's variables but no
/// terminal: its input is `input` and it is in a session of its own, so that a password prompt fails
/// instead of writing over our screen. Output beyond `longest` bytes is an error.
#[expect(clippy::too_many_arguments, reason = "the input alone is one more than usual")]
pub(super) fn run_with(
    input: Option<Secret>,
    program: &str,
    arguments: &[&str],
    folder: &Path,
    environment: &Environment,
    time_out: Duration,
    longest: u64,
) -> io::Result<Ended> {
    let mut command = if installed("setsid", environment) {
        let mut command = Command::new("setsid");
        command.arg(program);
        command
    } else {
        let mut command = Command::new(program);
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command
    };
    command
        .args(arguments)
        .env_clear()
        .envs(environment.variables())
        .env_remove("GPG_TTY")
        .current_dir(folder)
        .stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn()?;
    if let (Some(input), Some(mut stdin)) = (input, child.stdin.take()) {
        // A program that does not read all of it says so by its end.
        thread::spawn(move || stdin.write_all(input.expose().as_bytes()).ok());
    }
    let ended = wait(&mut child, time_out, longest);
    if child.try_wait()?.is_none() {
        end_group(&child);
        child.wait()?;
    }
    ended
}

fn wait(child: &mut Child, time_out: Duration, longest: u64) -> io::Result<Ended> {
    let deadline = Instant::now() + time_out;
    let (sender, outputs) = mpsc::channel();
    collect(child.stdout.take(), longest, sender.clone(), true);
    collect(child.stderr.take(), longest, sender, false);
    // Looked at without taking its number back from the system: the group can still be ended by it.
    let looking = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    while let Some(pid) = pid_of(child)
        && waitid(WaitId::Pid(pid), looking)?.is_none()
    {
        if Instant::now() >= deadline {
            return Ok(Ended::TimedOut);
        }
        thread::sleep(PAUSE);
    }
    // What it left running in the background must not hold our pipes.
    end_group(child);
    let status = child.wait()?;
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        match outputs.recv_timeout(GRACE) {
            Ok((true, bytes)) => stdout = bytes?,
            Ok((false, bytes)) => stderr = bytes?,
            Err(_) => return Err(io::Error::other("something else holds its output open")),
        }
    }
    if status.success() {
        return Ok(Ended::Well { stdout });
    }
    let words = String::from_utf8_lossy(&stderr).trim().to_owned();
    Ok(Ended::Badly { stderr: if words.is_empty() { status.to_string() } else { words } })
}

type Output = (bool, io::Result<Vec<u8>>);

fn collect(pipe: Option<impl Read + Send + 'static>, longest: u64, sender: mpsc::Sender<Output>, stdout: bool) {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = match pipe {
            Some(pipe) => pipe.take(longest + 1).read_to_end(&mut bytes),
            None => Ok(0),
        };
        let bytes = read.and_then(|_| {
            if bytes.len() as u64 > longest {
                Err(io::Error::other(format!("it wrote more than {longest} bytes")))
            } else {
                Ok(bytes)
            }
        });
        // The receiver is gone when time ran out.
        drop(sender.send((stdout, bytes)));
    });
}

fn pid_of(child: &Child) -> Option<Pid> {
    i32::try_from(child.id()).ok().and_then(Pid::from_raw)
}

/// Only for a child that was not waited for yet: later, its number may be another one's.
fn end_group(child: &Child) {
    if let Some(group) = pid_of(child) {
        // Fails when everybody in the group has ended, as it should be.
        kill_process_group(group, Signal::KILL).ok();
    }
}

/// A word for a shell, quoted where it has to be.
pub(super) fn quoted(word: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_./=:@%+,".contains(character);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
