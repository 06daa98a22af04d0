//! What it costs to bring a dbt project out of Git, against `git` itself, in one run: bytes counted on
//! the wire by a proxy of ours, requests by the server (over SSH: connections), and time.
//!
//! `cargo bench --bench git` prints a table and fails where a promise is not kept. The servers are
//! `git http-backend` and, where it is installed, `sshd`; the repositories are made anew. Times are the best of a few runs; each run begins
//! with an empty cache.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a bench")]
#![allow(clippy::print_stdout, unreachable_pub, dead_code, reason = "a bench prints, and uses a part of the support")]

#[path = "git/cancel.rs"]
mod cancel;
#[path = "git/generate.rs"]
mod generate;
#[path = "git/road.rs"]
mod road;
#[path = "../tests/support/mod.rs"]
mod support;
#[path = "git/wire.rs"]
mod wire;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use ebbtide::git::{FetchLimits, FetchProgress, FetchRequest, Fetched, Repository, fetch};
use generate::{FILES, MODELS, PROJECT, monorepo, single};
use road::Road;
use support::git;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

const RUNS: usize = 3;
const LIMITS: FetchLimits = FetchLimits {
    connect: Duration::from_mins(1),
    stall: Duration::from_mins(5),
    total: Duration::from_mins(30),
    pack_bytes: 1 << 32,
};

/// What one way of fetching cost.
#[derive(Clone, Copy, Debug)]
struct Cost {
    bytes: u64,
    requests: usize,
    time: Duration,
}

/// The repositories, a way to them, and a place for what is fetched.
struct Scene<'a> {
    place: &'a Path,
    road: Road,
    runtime: tokio::runtime::Runtime,
}

impl<'a> Scene<'a> {
    fn new(place: &'a Path, road: Road) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        Self { place, road, runtime }
    }

    fn served(&self, name: &str) -> PathBuf {
        self.place.join("served").join(name)
    }

    /// Does `work` and says what it cost.
    fn cost(&self, work: impl FnOnce()) -> Cost {
        self.road.taken();
        let started = Instant::now();
        work();
        let time = started.elapsed();
        // What was sent last may still be on its way through the proxy.
        std::thread::sleep(Duration::from_millis(100));
        let (bytes, requests) = self.road.taken();
        Cost { bytes, requests, time }
    }

    /// The least of a few runs, each in a folder of its own.
    fn best(&self, mut work: impl FnMut(&Path)) -> Cost {
        let costs = (0..RUNS).map(|_| {
            let folder = tempfile::tempdir_in(self.place).unwrap();
            self.cost(|| work(folder.path()))
        });
        costs.min_by_key(|cost| cost.time).unwrap()
    }

    fn clone(&self, name: &str, options: &[&str], folder: &str) -> Cost {
        self.best(|place| {
            let (url, more) = (self.road.url(name), self.road.options());
            let options = options.iter().copied().chain(more.iter().map(String::as_str));
            let arguments: Vec<&str> = ["clone", "-q"].into_iter().chain(options).chain([&*url, "clone"]).collect();
            git(place, &arguments);
            if arguments.contains(&"--sparse") {
                git(&place.join("clone"), &["sparse-checkout", "set", folder]);
            }
            assert!(place.join("clone").join(folder).join("dbt_project.yml").exists());
        })
    }

    fn fetch(&self, name: &str, folder: &str, cache: &Path) -> Fetched {
        let request = FetchRequest {
            remote: self.road.remote(name),
            credential: self.road.credential(),
            branch: "main".to_owned(),
            any_revision: false,
            folder: folder.to_owned(),
            expected: Some(format!("{folder}/dbt_project.yml").trim_start_matches('/').to_owned()),
            cache: cache.to_owned(),
            trust: self.road.trust(),
            limits: LIMITS,
        };
        let (progress, _) = watch::channel(FetchProgress::START);
        let remote = request.remote.clone();
        let fetched = self.runtime.block_on(fetch(request, progress, CancellationToken::new())).unwrap();
        let reader = Repository::of(&remote, cache).unwrap().reader(&fetched.commit.id).unwrap();
        let listing = reader.list(folder).unwrap();
        assert!(listing.files.len() > MODELS, "every file of the project is there");
        for file in &listing.files {
            reader.read(&file.path).unwrap();
        }
        fetched
    }

    fn ebb(&self, name: &str, folder: &str) -> Cost {
        self.best(|place| _ = self.fetch(name, folder, &place.join("cache/repository.git")))
    }
}

/// A promise and whether it is kept.
struct Verdicts(bool);

impl Verdicts {
    fn holds(&mut self, what: &str, holds: bool) {
        println!("{}  {what}", if holds { "kept  " } else { "BROKEN" });
        self.0 &= holds;
    }
}

fn row(what: &str, cost: Cost) -> Cost {
    println!("{what:<44} {:>12} B {:>4} requests {:>8.3} s", cost.bytes, cost.requests, cost.time.as_secs_f64());
    cost
}

fn main() -> ExitCode {
    let place = tempfile::tempdir().unwrap();
    let served = place.path().join("served");
    std::fs::create_dir(&served).unwrap();
    monorepo(&served.join("monorepo.git"));
    single(&served.join("single.git"));
    let mut verdicts = Verdicts(true);
    for road in [Some(Road::http(&served)), Road::ssh(&served)].into_iter().flatten() {
        let scene = Scene::new(place.path(), road);
        println!("over {}\n", scene.road.name());
        rows(&scene, &mut verdicts);
    }
    println!("cancelled at every stage");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for (stage, took) in cancel::every_stage(&served.join("monorepo.git"), &runtime) {
        println!("{stage:<44} {:>8.3} s", took.as_secs_f64());
        verdicts.holds("at most 500 ms", took <= Duration::from_millis(500));
    }
    if verdicts.0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// All of one way to the repositories.
fn rows(scene: &Scene<'_>, verdicts: &mut Verdicts) {
    let sparse: &[&str] = &["--depth", "1", "--filter=blob:none", "--sparse"];
    println!("a project of {MODELS} models in a repository of {FILES} files");
    let depth = row("git clone --depth 1", scene.clone("monorepo.git", &["--depth", "1"], PROJECT));
    let sparse_clone = row("git clone --depth 1 --filter --sparse", scene.clone("monorepo.git", sparse, PROJECT));
    let ours = row("ebb", scene.ebb("monorepo.git", PROJECT));
    verdicts.holds("at most 1/50 of the bytes of depth 1", ours.bytes * 50 <= depth.bytes);
    verdicts.holds("at most 1/10 of the time of depth 1", ours.time * 10 <= depth.time);
    verdicts.holds("not more bytes than the sparse clone", ours.bytes <= sparse_clone.bytes);

    println!("\na repository that is one dbt project of {MODELS} models");
    let depth = row("git clone --depth 1", scene.clone("single.git", &["--depth", "1"], ""));
    let ours = row("ebb", scene.ebb("single.git", ""));
    verdicts.holds("not more bytes than depth 1", ours.bytes <= depth.bytes);

    println!("\nlater, with the project in the cache");
    later(scene, verdicts);
    println!();
    if matches!(scene.road, Road::Http { .. }) {
        reload(scene, verdicts);
        println!();
    }
}

/// A cache that is asked again: nothing new, news elsewhere, news in the project.
fn later(scene: &Scene<'_>, verdicts: &mut Verdicts) {
    let cache = scene.place.join("kept").join(scene.road.name()).join("monorepo.git");
    let repository = scene.served("monorepo.git");
    let first = scene.fetch("monorepo.git", PROJECT, &cache);
    let unmoved = row("the branch has not moved", scene.cost(|| _ = scene.fetch("monorepo.git", PROJECT, &cache)));
    match scene.road {
        Road::Http { .. } => {
            verdicts.holds("one request, and at most 2 KB", unmoved.requests == 1 && unmoved.bytes <= 2_000);
        }
        // The two sides' offers and keys alone are more than that.
        Road::Ssh { .. } => {
            verdicts.holds("one connection, and at most 10 KB", unmoved.requests == 1 && unmoved.bytes <= 10_000);
        }
    }
    change(&repository, "service01/package00/file00001.ts");
    let mut second = None;
    let elsewhere = row(
        "a commit outside of the folder",
        scene.cost(|| {
            second = Some(scene.fetch("monorepo.git", PROJECT, &cache));
        }),
    );
    verdicts.holds("at most 10 KB", elsewhere.bytes <= 10_000);
    verdicts.holds("the project reads the same", second.unwrap().contents == first.contents);
    change(&repository, &format!("{PROJECT}/models/area01/model_1.sql"));
    row("a commit that changes one model", scene.cost(|| _ = scene.fetch("monorepo.git", PROJECT, &cache)));
}

/// One more commit on `main` that changes one file.
fn change(repository: &Path, file: &str) {
    let mut import = Command::new("git");
    import.arg("-C").arg(repository).args(["fast-import", "--quiet"]).stdin(std::process::Stdio::piped());
    let mut import = import.spawn().unwrap();
    let text = "select 1 as id\n";
    let stream = format!(
        "commit refs/heads/main\ncommitter Ada <ada@acme.example> 1767700000 +0000\ndata 6\nChange\n\
         from refs/heads/main^0\nM 100644 inline {file}\ndata {}\n{text}\n",
        text.len()
    );
    std::io::Write::write_all(&mut import.stdin.take().unwrap(), stream.as_bytes()).unwrap();
    assert!(import.wait().unwrap().success());
}

/// The whole program: a commit elsewhere is recorded as no change, and nothing is loaded.
fn reload(scene: &Scene<'_>, verdicts: &mut Verdicts) {
    let home = scene.place.join("home");
    std::fs::create_dir(&home).unwrap();
    let settings = format!(
        "[projects.shop]\nrepository = \"{}\"\nbranch = \"main\"\nproject_path = \"{PROJECT}/dbt_project.yml\"\n",
        scene.road.url("monorepo.git")
    );
    std::fs::write(home.join("ebb.toml"), settings).unwrap();
    let sync = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ebb"));
        command.current_dir(&home).args(["sync", "--json"]).env("HOME", &home);
        command.env("EBB_STATE_DIR", home.join("state")).env("EBB_CACHE_DIR", home.join("cache"));
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    row("ebb sync, the first", scene.cost(|| _ = sync()));
    change(&scene.served("monorepo.git"), "service02/package00/file00002.ts");
    let mut told = String::new();
    row("ebb sync, after a commit outside", scene.cost(|| told = sync()));
    let last: serde_json::Value = serde_json::from_str(told.lines().last().unwrap_or_default()).unwrap_or_default();
    verdicts.holds("recorded as no change, not loaded", last["unchanged"] == true && !told.contains("\"parse\""));
}
