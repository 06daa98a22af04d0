//! A project, a hub, repositories and the program, each in a place of their own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::hub::{Hub, repositories};

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_ebb");

pub(crate) struct Place {
    pub(crate) hub: Hub,
    pub(crate) commits: Vec<(String, &'static str)>,
    root: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("repositories")).unwrap();
        let commits = repositories(&root.path().join("repositories"));
        Self { hub: Hub::start(), commits, root }
    }

    /// A place with a project of these files in its folder `shop`.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let place = Self::new();
        place.write("dbt_project.yml", "name: shop\nversion: '1.0'\n");
        for (path, text) in files {
            place.write(path, text);
        }
        place
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root.path().join(below)
    }

    pub(crate) fn project(&self) -> PathBuf {
        self.path("shop")
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        write(&self.project().join(path), text);
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.project().join(path)).unwrap_or_default()
    }

    /// The program, in the project's folder.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.run_in(&self.project(), arguments)
    }

    pub(crate) fn run_in(&self, folder: &Path, arguments: &[&str]) -> Output {
        let mut command = Command::new(PROGRAM);
        command.current_dir(folder).env_clear().args(arguments);
        command.env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", self.root.path());
        command.env("EBB_STATE_DIR", self.path("state")).env("EBB_CACHE_DIR", self.path("cache"));
        command.env("DBT_PACKAGE_HUB_URL", self.hub.address()).env("HUB", self.hub.address());
        command.env("REPOSITORIES", self.path("repositories")).env("COMMIT", &self.commits[0].0);
        command.output().unwrap()
    }

    /// `ebb deps`, which must do; gives its report.
    pub(crate) fn deps(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[&["deps", "--json"], arguments].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// `ebb deps`, which must fail; gives its problems.
    pub(crate) fn fails(&self, arguments: &[&str]) -> Vec<Value> {
        let output = self.run(&[&["deps", "--json"], arguments].concat());
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        problems(&output)
    }

    /// Files below a folder of the project, by path.
    pub(crate) fn files(&self, folder: &str) -> BTreeMap<String, String> {
        let folder = self.project().join(folder);
        let walk = walkdir::WalkDir::new(&folder).into_iter().flatten().filter(|entry| entry.file_type().is_file());
        walk.map(|entry| {
            let path = entry.path().strip_prefix(&folder).unwrap().display().to_string();
            (path, fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
    }
}

pub(crate) fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

pub(crate) fn problems(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.map(|line| line["problem"].clone()).collect()
}

pub(crate) fn codes(problems: &[Value]) -> Vec<&str> {
    problems.iter().map(|problem| problem["code"].as_str().unwrap()).collect()
}
