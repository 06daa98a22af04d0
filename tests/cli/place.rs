//! A folder of its own for each test, with home and standard directories in it, and the program run
//! there.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use serde_json::Value;
use tempfile::TempDir;

/// Where the program is run.
pub(crate) struct Place {
    root: Arc<TempDir>,
    folder: PathBuf,
}

/// What a run printed, and its exit code.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) error: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        let root = TempDir::new().unwrap();
        let folder = root.path().join("work");
        std::fs::create_dir(&folder).unwrap();
        Self { root: Arc::new(root), folder }
    }

    /// The same machine, in a folder below.
    pub(crate) fn in_folder(self, name: &str) -> Self {
        Self { folder: self.folder.join(name), root: self.root }
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ebb"));
        command.args(arguments).current_dir(&self.folder).env_clear().stdin(Stdio::null());
        command.env("HOME", self.root.path().join("home")).env("PATH", std::env::var_os("PATH").unwrap_or_default());
        for (variable, folder) in [("STATE", "state"), ("DATA", "data"), ("CACHE", "cache"), ("CONFIG", "config")] {
            command.env(format!("XDG_{variable}_HOME"), self.root.path().join(folder));
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.folder.join(path)).unwrap()
    }

    /// Every file on this machine, without its folder.
    pub(crate) fn made(&self) -> Vec<String> {
        files(self.root.path()).iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
    }

    /// The only file of this name.
    pub(crate) fn find(&self, name: &str) -> PathBuf {
        files(self.root.path()).into_iter().find(|path| path.ends_with(name)).unwrap()
    }
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap_or(-1), out: text(output.stdout), error: text(output.stderr) }
    }

    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// Standard output, one JSON value a line.
    #[track_caller]
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The same of a run that went well and said nothing else.
    #[track_caller]
    pub(crate) fn json(&self) -> Vec<Value> {
        assert_eq!((self.code, self.error.as_str()), (0, ""), "{}", self.out);
        self.lines()
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// A place with the demo workspace, its syncs run; the program is run in its folder.
pub(crate) fn demo() -> Place {
    let place = Place::new();
    place.run(&["demo", "--dir", "demo"]).exits(0);
    place.in_folder("demo")
}
