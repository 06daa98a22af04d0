//! A sync that is killed while its pack arrives: the next one finds everything whole.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use support::repositories::{noise, push, shop};
use support::{Answer, HttpGitServer};
use tempfile::TempDir;

/// A workspace with one project, served over HTTP, and a home of its own.
struct Scene {
    folder: TempDir,
    server: HttpGitServer,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let served = folder.path().join("served");
        shop(&served, false);
        let server = HttpGitServer::start(&served);
        let settings = format!(
            "[projects.shop]\nrepository = \"{}\"\nbranch = \"main\"\nproject_path = \"transform/dbt_project.yml\"\n",
            server.url("shop")
        );
        std::fs::create_dir(folder.path().join("home")).unwrap();
        std::fs::write(folder.path().join("ebb.toml"), settings).unwrap();
        Self { folder, server }
    }

    fn ebb(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ebb"));
        let home = self.folder.path().join("home");
        command.args(arguments).arg("--workspace").arg(self.folder.path()).env("HOME", &home);
        for name in ["CACHE", "STATE", "DATA", "CONFIG"] {
            command.env(format!("XDG_{name}_HOME"), home.join(name.to_lowercase()));
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn sync(&self) -> Output {
        self.ebb(&["sync"]).output().unwrap()
    }

    fn models(&self) -> String {
        String::from_utf8(self.ebb(&["models"]).output().unwrap().stdout).unwrap()
    }
}

/// Files below `folder`, with their sizes.
fn files(folder: &Path) -> Vec<(PathBuf, u64)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries
        .flatten()
        .flat_map(|entry| match entry.metadata() {
            Ok(known) if known.is_dir() => files(&entry.path()),
            Ok(known) => vec![(entry.path(), known.len())],
            Err(_) => Vec::new(),
        })
        .collect()
}

/// Kills the process once the cache holds a part of a pack.
fn kill_in_mid_pack(scene: &Scene, mut sync: Child) {
    for _ in 0..3000 {
        let arriving = files(&scene.folder.path().join("home"));
        if arriving.iter().any(|(path, size)| *size > 0 && path.components().any(|part| part.as_os_str() == "incoming"))
        {
            sync.kill().unwrap();
            sync.wait().unwrap();
            return;
        }
        assert!(
            sync.try_wait().unwrap().is_none(),
            "the sync ended before its pack came: {:?}",
            sync.wait_with_output()
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("no pack arrived");
}

#[test]
fn a_killed_sync_leaves_the_one_before_it_and_the_next_is_whole() {
    let scene = Scene::new();
    let first = scene.sync();
    assert!(first.status.success(), "{first:?}");
    assert!(scene.models().contains("orders"), "{}", scene.models());

    let noise = noise(200_000);
    let next: &[(&str, &[u8])] = &[
        ("transform/dbt_project.yml", b"name: shop\nversion: '1.0'\n"),
        ("transform/models/refunds.sql", b"select 3 as id\n"),
        ("transform/noise.bin", &noise),
    ];
    push(&scene.folder.path().join("served/shop.git"), "main", next);
    // More than one packet of the pack: git fills them to 65,520 bytes where it can, and a part of one is not taken in.
    scene.server.answer(Answer::HangAfter(150_000));
    kill_in_mid_pack(&scene, scene.ebb(&["sync"]).spawn().unwrap());
    assert!(scene.models().contains("orders"), "{}", scene.models());

    scene.server.answer(Answer::Serve);
    let third = scene.sync();
    assert!(third.status.success(), "{third:?}");
    assert!(scene.models().contains("refunds") && !scene.models().contains("orders"), "{}", scene.models());
    let left: Vec<_> = files(&scene.folder.path().join("home"))
        .into_iter()
        .filter(|(path, _)| path.components().any(|part| part.as_os_str() == "incoming"))
        .collect();
    assert_eq!(left, []);
}

#[test]
fn a_fetch_killed_at_many_moments_leaves_a_cache_that_works() {
    let scene = Scene::new();
    let noise = noise(400_000);
    let repository = scene.folder.path().join("served/shop.git");
    for round in 0..14_u64 {
        let text = format!("select {round} as id\n");
        let files: &[(&str, &[u8])] = &[
            ("transform/dbt_project.yml", b"name: shop\nversion: '1.0'\n"),
            ("transform/models/refunds.sql", text.as_bytes()),
            ("transform/noise.bin", &noise),
        ];
        push(&repository, "main", files);
        scene.server.answer(if round % 2 == 0 { Answer::Serve } else { Answer::HangAfter(400 << round) });
        let mut sync = scene.ebb(&["sync"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(40 * round));
        sync.kill().unwrap();
        sync.wait().unwrap();
    }
    scene.server.answer(Answer::Serve);
    let last = scene.sync();
    assert!(last.status.success(), "{last:?}");
    assert!(scene.models().contains("refunds"), "{}", scene.models());
    let damaged = scene.folder.path().join("home");
    let aside = files_below(&damaged).into_iter().filter(|path| path.to_string_lossy().contains(".damaged"));
    assert_eq!(aside.collect::<Vec<_>>(), Vec::<PathBuf>::new(), "no kill damages the cache");
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    files(folder).into_iter().map(|(path, _)| path).collect()
}
