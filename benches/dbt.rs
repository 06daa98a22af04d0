//! What the native dbt engine costs, on generated projects of 100, 1,000 and 10,000 models.
//!
//! `cargo bench --bench dbt` prints a table. Each figure is the best of a few loads, each in a process
//! of its own, so that memory is that of one load. `-- write FOLDER MODELS` writes a project and stops;
//! `-- load FOLDER` loads one once, prints its figures as one line of JSON and stops: that is what the
//! scripts beside this file run.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, reason = "a bench")]
#![allow(unreachable_pub, reason = "its files are shared with an example")]

#[path = "dbt/folder.rs"]
mod folder;
#[path = "dbt/generate.rs"]
mod generate;
#[path = "dbt/macros.rs"]
mod macros;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use ebbtide::dbt::{Adapter, Before, EnvAccess, KeptBytes, LoadOptions, LoadProgress, LoadStage, load, load_again};
use serde_json::{Value, json};

/// As the program itself has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SIZES: [usize; 3] = [100, 1_000, 10_000];
const LOADS: usize = 5;

/// The parts of a load, in their order: the project, its list of files and its macros; nodes and YAML, each file
/// read and parsed; configuration, tests and links; rendered SQL; what is checked and put together at the end.
const STAGES: [&str; 5] = ["1 macros", "2 files", "3 links", "4 compile", "5 finish"];

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["write", folder, models] => generate::write(Path::new(folder), models.parse().unwrap()).unwrap(),
        ["load", folder] => println!("{}", load_once(Path::new(folder))),
        ["again", folder, kept] => println!("{}", load_again_once(Path::new(folder), Path::new(kept))),
        sizes => table(&sizes.iter().map(|size| size.parse().unwrap()).collect::<Vec<_>>()),
    }
}

/// How every load is made.
fn options(cancelled: &AtomicBool) -> LoadOptions<'_> {
    LoadOptions {
        project_path: "dbt_project.yml".to_owned(),
        database: "harbour".to_owned(),
        schema: "dbt_dev".to_owned(),
        connection: indexmap::IndexMap::default(),
        target_name: "dev".to_owned(),
        adapter: Adapter::Postgres,
        vars: indexmap::IndexMap::default(),
        env: EnvAccess::Only(BTreeMap::new()),
        dbt_version: "1.7.20".to_owned(),
        run_started_at: jiff::Timestamp::UNIX_EPOCH,
        invocation_id: "bench".to_owned(),
        cancelled,
    }
}

/// Loads the project in `folder` and says what that cost: milliseconds, and bytes of memory at most.
fn load_once(folder: &Path) -> Value {
    let cancelled = AtomicBool::new(false);
    let options = options(&cancelled);
    let started = Instant::now();
    // When each stage began or ended, first come first kept.
    let moments: [OnceLock<Duration>; 4] = Default::default();
    let [begun, read, parsed, compiled] = &moments;
    let note = |moment: &OnceLock<Duration>| {
        moment.get_or_init(|| started.elapsed());
    };
    let progress = |LoadProgress { stage, done, total }: LoadProgress| match stage {
        LoadStage::Parse if done == 0 => note(begun),
        LoadStage::Parse if done == total => note(read),
        LoadStage::Compile if done == 0 => note(parsed),
        LoadStage::Compile if done == total => note(compiled),
        LoadStage::Parse | LoadStage::Compile => {}
    };
    let loaded = load(&folder::Folder(folder.to_path_buf()), &options, &progress);
    let whole = started.elapsed();
    let project = loaded.project.unwrap();
    let stages = [begun, read, parsed, compiled].map(|moment| *moment.get().unwrap());
    let ends = stages.iter().copied().chain([whole]);
    let starts = [Duration::ZERO].into_iter().chain(stages);
    let lasted: Vec<f64> = ends.zip(starts).map(|(end, start)| milliseconds(end.saturating_sub(start))).collect();
    json!({
        "parse": milliseconds(stages[2]),
        "whole": milliseconds(whole),
        "stages": STAGES.into_iter().zip(lasted).collect::<BTreeMap<_, _>>(),
        "memory": memory("VmHWM:"),
        "nodes": project.nodes.len(),
        "compiled": project.nodes.values().filter(|node| node.compiled_code.is_some()).count(),
        "problems": loaded.problems.len(),
    })
}

/// The same with what the load before left in the file `kept`; leaves it there where there is none.
fn load_again_once(folder: &Path, kept: &Path) -> Value {
    let cancelled = AtomicBool::new(false);
    let started = Instant::now();
    let left = folder::Left::open(kept);
    let before = Before { program: "bench", kept: left.as_ref().map(|left| left as &dyn KeptBytes) };
    let again = load_again(&folder::Folder(folder.to_path_buf()), &options(&cancelled), before, &|_| {});
    let whole = started.elapsed();
    let project = again.loaded.project.unwrap();
    if let (None, Some(keeping)) = (left, again.keeping) {
        keeping.write(&project, &mut fs::File::create(kept).unwrap()).unwrap();
    }
    json!({
        "whole": milliseconds(whole),
        "memory": memory("VmHWM:"),
        "nodes": project.nodes.len(),
        "work": format!("{:?}", again.work),
    })
}

/// The fastest of a few loads again; that each did the work that it was to do is checked.
fn again_in_processes(folder: &Path, kept: &Path, work: &str) -> f64 {
    let loads = (0..LOADS).map(|_| {
        let load = in_a_process(&["again".as_ref(), folder.as_os_str(), kept.as_os_str()]);
        assert_eq!(load["work"], work);
        load["whole"].as_f64().unwrap()
    });
    loads.fold(f64::MAX, f64::min)
}

/// Milliseconds of a load where nothing has changed, and of one where a model has.
fn again_figures(place: &Path) -> (f64, f64) {
    let kept = tempfile::tempdir().unwrap();
    let file = kept.path().join("kept");
    in_a_process(&["again".as_ref(), place.as_os_str(), file.as_os_str()]);
    let unchanged = again_in_processes(place, &file, "Nothing");
    let is_model = |entry: &walkdir::DirEntry| entry.path().extension().is_some_and(|ending| ending == "sql");
    let mut models = walkdir::WalkDir::new(place.join("models")).sort_by_file_name().into_iter().flatten();
    let model = models.find(is_model).unwrap();
    let text = fs::read_to_string(model.path()).unwrap();
    fs::write(model.path(), format!("{text}\n-- one more line")).unwrap();
    let changed = again_in_processes(place, &file, "Files(1)");
    (unchanged, changed)
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e4).round() / 10.0
}

/// A figure of this process's memory, in bytes; 0 where the system does not tell.
fn memory(key: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
    line.split_whitespace().next().and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or_default() * 1024
}

fn table(sizes: &[usize]) {
    let sizes = if sizes.is_empty() { &SIZES } else { sizes };
    println!("| models | nodes | cold: parse | cold: everything compiled | unchanged | one file changed | memory |");
    println!("|---|---|---|---|---|---|---|");
    for models in sizes {
        let place = tempfile::tempdir().unwrap();
        generate::write(place.path(), *models).unwrap();
        let loads: Vec<Value> = (0..LOADS).map(|_| load_in_a_process(place.path())).collect();
        let best = |key: &str| loads.iter().map(|load| load[key].as_f64().unwrap()).fold(f64::MAX, f64::min);
        let (unchanged, changed) = again_figures(place.path());
        println!(
            "| {models} | {} | {} ms | {} ms | {unchanged} ms | {changed} ms | {:.0} MiB |",
            loads[0]["nodes"],
            best("parse"),
            best("whole"),
            best("memory") / f64::from(1 << 20)
        );
    }
}

fn load_in_a_process(folder: &Path) -> Value {
    in_a_process(&["load".as_ref(), folder.as_os_str()])
}

fn in_a_process(arguments: &[&OsStr]) -> Value {
    let output = Command::new(std::env::current_exe().unwrap()).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
