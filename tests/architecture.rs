//! The house rules, held: who may import whom, what is pure, how long a file may be, what no file may
//! say. Each rule is also tried on a planted violation, so that it can't pass by not looking.

#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it says")]

#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/source.rs"]
mod source;

use std::fs;
use std::path::Path;

use source::SourceFile;

/// Every Rust file of the project, by its path from the project's root.
fn project() -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["src", "tests", "benches"].map(|folder| root.join(folder));
    let mut files: Vec<SourceFile> = folders
        .iter()
        .filter(|folder| folder.is_dir())
        .flat_map(walkdir::WalkDir::new)
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            SourceFile::new(&name, &fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort_by(|left, right| left.path.cmp(&right.path));
    files
}

fn nothing_breaks(rule: fn(&SourceFile) -> Vec<String>) {
    let broken: Vec<String> = project().iter().flat_map(rule).collect();
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn the_project_is_seen_whole() {
    let files = project();
    for module in rules::MODULES {
        let folder = format!("src/{}/", module.name);
        assert!(files.iter().any(|file| file.path.starts_with(&folder)), "no file in {folder}");
    }
    let known: Vec<&str> = rules::MODULES.iter().map(|module| module.name).collect();
    let strange: Vec<&SourceFile> =
        files.iter().filter(|file| file.module().is_some_and(|module| !known.contains(&module))).collect();
    assert!(strange.is_empty(), "a module without an import rule: {strange:?}");
}

#[test]
fn arrows_point_down_only() {
    nothing_breaks(rules::imports);
}

#[test]
fn the_pure_parts_reach_nothing_outside() {
    nothing_breaks(rules::purity);
}

#[test]
fn there_are_no_globals() {
    nothing_breaks(rules::globals);
}

#[test]
fn each_file_opens_with_what_it_is() {
    nothing_breaks(rules::opening);
}

#[test]
fn no_file_is_too_long() {
    nothing_breaks(rules::length);
}

#[test]
fn nothing_is_left_for_later() {
    nothing_breaks(rules::unfinished);
}

/// A planted file and what each rule says of it: the number of complaints.
fn complaints(rule: fn(&SourceFile) -> Vec<String>, path: &str, text: &str) -> usize {
    rule(&SourceFile::new(path, text)).len()
}

#[test]
fn a_planted_import_is_found() {
    let cases = [
        ("src/dbt/load.rs", "use crate::engine::Engine;", 1),
        ("src/dbt/load.rs", "use crate::{problem::Problem, git::{Remote, self}};", 1),
        ("src/dbt/load.rs", "fn f() { crate::store::open(); }", 1),
        ("src/dbt/deep/load.rs", "use super::super::super::workspace::Secret;", 1),
        ("src/dbt/deep/mod.rs", "pub use super::super::tui::run;", 1),
        ("src/dbt/load.rs", "use\n    crate::{\n        store as s,\n};", 1),
        ("src/dbt/load.rs", "use ::ebbtide::store;", 1),
        ("src/problem/value.rs", "use crate::workspace::Secret;", 1),
        ("src/jinja/mod.rs", "use crate::problem::Problem;", 1),
        ("src/tui/view.rs", "use crate::git::Remote;", 1),
        ("src/tui/view.rs", "use crate::cli::run;", 1),
        ("src/cli/sync.rs", "use crate::tui::run;", 1),
        ("src/cli/screen.rs", "use crate::tui::run;", 0),
        ("src/cli/screen.rs", "use crate::git::Remote;", 1),
        ("src/dbt/load.rs", "use crate::{jinja, problem};\nuse super::super::problem::Code;\nuse crate::dbt::node;", 0),
        ("src/dbt/deep/load.rs", "use super::super::store::X;", 0),
        (
            "src/dbt/load.rs",
            "// use crate::engine::Engine;\n/* crate::git::x */ const S: &str = \"crate::store::y\";",
            0,
        ),
        ("src/dbt/load.rs", "#[cfg(test)]\nmod tests {\n    use crate::engine::Engine;\n}\n", 0),
        ("src/dbt/load.rs", "#[cfg(test)]\nmod tests { fn f() {} }\nuse crate::engine::Engine;", 1),
        ("src/dbt/tests.rs", "use crate::engine::Engine;", 0),
        ("src/lib.rs", "pub use crate::engine::Engine;", 0),
    ];
    for (path, text, expected) in cases {
        assert_eq!(complaints(rules::imports, path, text), expected, "{path}: {text}");
    }
}

#[test]
fn a_planted_impurity_is_found() {
    let cases = [
        ("src/dbt/load.rs", "use std::{path::Path, fs};", 1),
        ("src/dbt/load.rs", "fn f() { std::env::var(\"X\"); }", 1),
        ("src/jinja/value/mod.rs", "let now = jiff::Timestamp::now();", 1),
        ("src/jinja/value/mod.rs", "use std::time::Instant;\nfn f() { Instant::now(); }", 1),
        ("src/problem/value.rs", "use tokio::sync::mpsc;", 1),
        ("src/problem/value.rs", "use std::time::{Duration, SystemTime};", 1),
        ("src/tui/update/mod.rs", "use std::process::Command;", 1),
        ("src/tui/update/mod.rs", "std::thread::spawn(work);", 1),
        ("src/tui/state/mod.rs", "use std::net::TcpStream as Stream;", 1),
        ("src/tui/terminal/mod.rs", "use std::fs;", 0),
        ("src/tui/commands/table.rs", "use crate::tui::commands::Command;\nlet c = Command::new(1);", 0),
        ("src/git/fetch.rs", "use std::{fs, env};", 0),
        ("src/dbt/load.rs", "let name = env!(\"CARGO_PKG_VERSION\"); // std::fs", 0),
        ("src/dbt/load.rs", "let quote = '\"'; let text = r#\"std::fs\"#; let a: &'static str = \"\\\"std::fs\";", 0),
    ];
    for (path, text, expected) in cases {
        assert_eq!(complaints(rules::purity, path, text), expected, "{path}: {text}");
    }
}

#[test]
fn a_planted_global_is_found() {
    let cases = [
        ("static CACHE: LazyLock<Vec<u8>> = LazyLock::new(Vec::new);", 1),
        ("pub static mut COUNT: u32 = 0;", 1),
        ("static A: AtomicBool = AtomicBool::new(false);", 1),
        ("thread_local! { static X: u8 = 1; }", 1),
        ("#[global_allocator]\nstatic A: Mi = Mi;", 0),
        ("#[global_allocator]\nstatic A: Mi = Mi;\nstatic B: u8 = 1;", 1),
        ("const NAMES: [&'static str; 1] = [\"static\"];\nfn f() -> &'static str { \"\" }", 0),
    ];
    for (text, expected) in cases {
        assert_eq!(complaints(rules::globals, "src/git/x.rs", text).min(1), expected, "{text}");
    }
}

#[test]
fn a_planted_omission_is_found() {
    assert_eq!(complaints(rules::opening, "src/x.rs", "use std::fs;\n"), 1);
    assert_eq!(complaints(rules::opening, "src/x.rs", ""), 1);
    assert_eq!(complaints(rules::opening, "src/x.rs", "//! What it is.\n"), 0);
    assert_eq!(complaints(rules::opening, "src/git/tests.rs", "use super::*;\n"), 0);
    assert_eq!(complaints(rules::opening, "tests/tests.rs", "use super::*;\n"), 1);
    assert_eq!(complaints(rules::length, "tests/x.rs", &"\n".repeat(rules::LONGEST + 1)), 1);
    assert_eq!(complaints(rules::length, "src/x.rs", &"\n".repeat(rules::LONGEST)), 0);
    let later = [
        concat!("// TO", "DO: later"),
        concat!("/* FIX", "ME */"),
        concat!("fn f() { to", "do!() }"),
        concat!("fn f() { unimple", "mented!(\"x\") }"),
        concat!("#[test]\n#[ig", "nore]\nfn f() {}"),
        concat!("#[ig", "nore = \"slow\"]"),
    ];
    for text in later {
        assert_eq!(complaints(rules::unfinished, "src/x.rs", text), 1, "{text}");
    }
    assert_eq!(complaints(rules::unfinished, "src/x.rs", "let ignored = ignore(1);"), 0);
}
