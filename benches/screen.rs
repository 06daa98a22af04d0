//! What the screen costs: the release binary in a real pseudo-terminal, with 10,000 models.
//!
//! `cargo bench --bench screen` prints a table of figure, gate and verdict and fails when a gate that
//! does not depend on the machine's speed (bytes, writes, wake-ups) is missed. Wall times are printed
//! beside their gates; on a busy machine they say more about the machine.

#[path = "../tests/support/terminal.rs"]
mod terminal;

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use terminal::{Start, Terminal};

const PROGRAM: &str = env!("CARGO_BIN_EXE_ebb");
const MODELS: usize = 10_000;
const IDLE: Duration = Duration::from_secs(10);
const FRAME_BEGIN: &[u8] = b"\x1b[?2026h";
const FRAME_END: &[u8] = b"\x1b[?2026l";

/// A figure with its gate. `firm` gates do not depend on how fast or busy the machine is.
struct Figure {
    name: &'static str,
    measured: f64,
    gate: f64,
    unit: &'static str,
    firm: bool,
}

fn main() -> ExitCode {
    let place = tempfile::tempdir().unwrap();
    let project = place.path().join("shop");
    write_project(&project);
    let start = || Start::new(PROGRAM, place.path()).folder(&project);
    let mut figures = Vec::new();

    let mut warm = start().run();
    warm.wait_for("10 000");
    quit(&mut warm);

    let mut firsts: Vec<(f64, f64)> = (0..5).map(|_| first_frame(start())).collect();
    firsts.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (milliseconds, bytes) = firsts[firsts.len() / 2];
    figures.push(Figure {
        name: "first frame, median of 5",
        measured: milliseconds,
        gate: 50.0,
        unit: "ms",
        firm: false,
    });
    figures.push(Figure { name: "first frame, 80x24", measured: bytes, gate: 3072.0, unit: "bytes", firm: true });

    let mut screen = start().run();
    screen.wait_for("10 000");
    screen.settle(Duration::from_millis(1500));
    keys(&mut screen, &mut figures);
    idle(&mut screen, &mut figures);
    quit(&mut screen);

    figures.push(writes_per_frame(&start()));
    figures.push(demo(place.path()));
    report(&figures)
}

/// Ten thousand models in folders of fifty, each reading from the one before.
fn write_project(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("dbt_project.yml"), "name: shop\nversion: '1.0'\nprofile: shop\n").unwrap();
    for number in 0..MODELS {
        let below = folder.join(format!("models/area_{:02}/topic_{:03}", number / 1000, number / 50));
        fs::create_dir_all(&below).unwrap();
        let parent = number.checked_sub(1).map_or_else(
            || "select 1 as id".to_owned(),
            |parent| format!("select id from {{{{ ref('model_{parent:05}') }}}}"),
        );
        fs::write(below.join(format!("model_{number:05}.sql")), parent).unwrap();
    }
}

fn quit(screen: &mut Terminal) {
    screen.send("q");
    screen.wait();
}

/// Milliseconds and bytes until the first frame is whole.
fn first_frame(start: Start) -> (f64, f64) {
    let began = Instant::now();
    let mut screen = start.run();
    screen.wait_until("a whole frame", |screen| find(&screen.raw(), FRAME_END).is_some());
    let milliseconds = began.elapsed().as_secs_f64() * 1e3;
    let raw = screen.raw();
    let bytes = find(&raw, FRAME_END).unwrap_or(raw.len());
    screen.wait_for("10 000");
    screen.settle(Duration::from_millis(300));
    quit(&mut screen);
    (milliseconds, bytes as f64)
}

fn keys(screen: &mut Terminal, figures: &mut Vec<Figure>) {
    screen.send("2");
    screen.settle(Duration::from_millis(300));
    let (mut bytes, mut milliseconds) = (Vec::new(), Vec::new());
    for _ in 0..40 {
        let sent = Instant::now();
        screen.send("j");
        bytes.push(screen.settle(Duration::from_millis(120)) as f64);
        let last = screen.chunks.last().map_or(sent, |chunk| chunk.at);
        milliseconds.push(last.saturating_duration_since(sent).as_secs_f64() * 1e3);
    }
    bytes.sort_by(f64::total_cmp);
    milliseconds.sort_by(f64::total_cmp);
    figures.push(Figure { name: "cursor key, median", measured: bytes[20], gate: 300.0, unit: "bytes", firm: true });
    figures.push(Figure {
        name: "cursor key to frame, median",
        measured: milliseconds[20],
        gate: 16.0,
        unit: "ms",
        firm: false,
    });
    figures.push(Figure {
        name: "cursor key to frame, worst of 40",
        measured: milliseconds[39],
        gate: 16.0,
        unit: "ms",
        firm: false,
    });
    screen.send("/");
    screen.settle(Duration::from_millis(200));
    let mut worst: f64 = 0.0;
    for key in ["m", "o", "d", "9", "9"] {
        screen.send(key);
        worst = worst.max(screen.settle(Duration::from_millis(200)) as f64);
    }
    figures.push(Figure { name: "filter key, worst of 5", measured: worst, gate: 2560.0, unit: "bytes", firm: true });
    screen.send("\x1b");
    screen.settle(Duration::from_millis(300));
}

fn idle(screen: &mut Terminal, figures: &mut Vec<Figure>) {
    screen.settle(Duration::from_millis(1500));
    let before = (wake_ups(screen.pid()), ticks(screen.pid()));
    let began = Instant::now();
    let mut bytes = 0;
    while began.elapsed() < IDLE {
        bytes += screen.settle(Duration::from_millis(500));
    }
    let after = (wake_ups(screen.pid()), ticks(screen.pid()));
    figures.push(Figure { name: "idle for 10 s", measured: bytes as f64, gate: 0.0, unit: "bytes", firm: true });
    figures.push(Figure {
        name: "idle for 10 s",
        measured: (after.0 - before.0) as f64,
        gate: 1.0,
        unit: "wake-ups",
        firm: true,
    });
    figures.push(Figure {
        name: "idle for 10 s",
        measured: (after.1 - before.1) as f64,
        gate: 0.0,
        unit: "CPU ticks",
        firm: true,
    });
    let memory = status(screen.pid(), "VmRSS:") as f64 / 1024.0;
    figures.push(Figure { name: "memory, 10,000 models", measured: memory, gate: 80.0, unit: "MiB", firm: false });
}

/// Voluntary context switches of all threads.
fn wake_ups(pid: u32) -> u64 {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).unwrap().flatten();
    threads
        .map(|thread| {
            field(&fs::read_to_string(thread.path().join("status")).unwrap_or_default(), "voluntary_ctxt_switches:")
        })
        .sum()
}

fn status(pid: u32, name: &str) -> u64 {
    field(&fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default(), name)
}

fn field(text: &str, name: &str) -> u64 {
    let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|value| value.parse().ok()).unwrap_or(0)
}

/// Ticks of CPU time of the whole process.
fn ticks(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    after_name.split_whitespace().skip(11).take(2).filter_map(|value| value.parse::<u64>().ok()).sum()
}

/// System calls that write a frame, counted by strace, over frames.
fn writes_per_frame(start: &Start) -> Figure {
    let name = "write calls a frame (strace)";
    let log = start.folder.join("strace.log");
    if Command::new("strace").arg("-V").output().is_err() {
        println!("skipped: {name}: there is no strace here");
        return Figure { name, measured: 1.0, gate: 1.0, unit: "skipped", firm: false };
    }
    let mut traced = start.clone();
    traced.program = "strace".into();
    let file = log.display().to_string();
    traced = traced.arguments(&["-f", "-qq", "-e", "trace=write,writev", "-s", "65536", "-o", &file, PROGRAM]);
    let mut screen = traced.run();
    screen.wait_for("10 000");
    for _ in 0..10 {
        screen.send("j");
        screen.settle(Duration::from_millis(150));
    }
    quit(&mut screen);
    let raw = screen.raw();
    let frames = raw.windows(FRAME_BEGIN.len()).filter(|window| *window == FRAME_BEGIN).count();
    let log = fs::read_to_string(log).unwrap_or_default();
    // Every write to the terminal that holds a part of a frame: one that begins it, or one that
    // follows a write which did not end it.
    let calls = log.lines().filter(|line| line.contains("write(1, ") && line.contains("\\33[")).count();
    let others = log
        .lines()
        .filter(|line| line.contains("write(1, ") && line.contains("\\33[") && !line.contains("?2026"))
        .count();
    println!("writes: {calls} to the terminal, {others} of them outside of frames, {frames} frames");
    Figure {
        name,
        measured: (calls - others.min(calls)) as f64 / frames.max(1) as f64,
        gate: 1.0,
        unit: "calls",
        firm: true,
    }
}

/// From nothing to both projects synced, without a terminal.
fn demo(home: &Path) -> Figure {
    let folder = home.join("demo");
    let began = Instant::now();
    let start = Start::new(PROGRAM, home);
    let mut command = Command::new(PROGRAM);
    command.args(["demo", "--dir"]).arg(&folder).env_clear().envs(start.environment).current_dir(home);
    let output = command.output().unwrap();
    let seconds = began.elapsed().as_secs_f64();
    assert!(String::from_utf8_lossy(&output.stdout).contains("shop"), "the demo did not say what it did");
    Figure { name: "demo workspace ready", measured: seconds, gate: 1.0, unit: "s", firm: false }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted).map(|at| at + wanted.len())
}

fn report(figures: &[Figure]) -> ExitCode {
    println!("\n{:<36} {:>12} {:>10}  {:<10} verdict", "figure", "measured", "gate", "unit");
    let mut missed = false;
    for Figure { name, measured, gate, unit, firm } in figures {
        let held = measured <= gate;
        missed |= !held && *firm;
        let verdict = match (held, firm) {
            (true, _) => "holds",
            (false, true) => "MISSED",
            (false, false) => "missed here (depends on the machine)",
        };
        println!("{name:<36} {measured:>12.1} {gate:>10.1}  {unit:<10} {verdict}");
    }
    if missed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
