//! The rules themselves. Each takes a file and gives its complaints, one line each.

use super::source::SourceFile;

/// A module and the modules that it may import.
pub(crate) struct Module {
    pub(crate) name: &'static str,
    imports: &'static [&'static str],
}

/// The house, from the top down.
pub(crate) const MODULES: [Module; 10] = [
    Module { name: "cli", imports: &["engine", "problem", "workspace", "store"] },
    Module { name: "tui", imports: &["engine", "problem", "workspace", "store"] },
    Module { name: "engine", imports: &["git", "dbt", "warehouse", "jinja", "problem", "workspace", "store"] },
    Module { name: "git", imports: &["problem", "workspace", "store"] },
    Module { name: "dbt", imports: &["jinja", "problem"] },
    Module { name: "warehouse", imports: &["problem", "workspace"] },
    Module { name: "jinja", imports: &[] },
    Module { name: "store", imports: &["problem"] },
    Module { name: "workspace", imports: &["problem"] },
    Module { name: "problem", imports: &[] },
];

/// The one place where a face reaches another: `ebb` without a command opens the screen.
const DOOR: (&str, &str) = ("src/cli/screen.rs", "tui");

/// Longest file, in lines.
pub(crate) const LONGEST: usize = 450;

/// Modules without I/O, tasks and clocks.
const PURE: [&str; 4] = ["jinja", "dbt", "problem", "tui"];
/// The parts of the screen that do touch the terminal and the clock.
const SCREEN_OUTSIDE: [&str; 3] = ["run", "terminal", "clipboard"];
/// What reaches outside.
const OUTSIDE: [&str; 8] =
    ["std::fs", "std::net", "std::process", "std::env", "std::thread", "std::os::unix::net", "tokio", "rusqlite"];
/// Clocks, wherever they are imported from.
const CLOCKS: [&str; 5] = ["Instant::now", "Timestamp::now", "Zoned::now", "SystemTime", "UNIX_EPOCH"];

pub(crate) fn imports(file: &SourceFile) -> Vec<String> {
    let Some(rule) = MODULES.iter().find(|module| file.module() == Some(module.name)) else { return Vec::new() };
    let known = |name: &str| MODULES.iter().any(|module| module.name == name);
    let targets = file.paths().into_iter().filter_map(|(line, path)| {
        let target = path.strip_prefix("crate::")?.split("::").next()?.to_owned();
        let allowed = rule.imports.contains(&target.as_str()) || (file.path.as_str(), target.as_str()) == DOOR;
        (known(&target) && target != rule.name && !allowed).then_some((line, target))
    });
    unique(targets.map(|(line, target)| format!("{}:{line}: {} must not import {target}", file.path, rule.name)))
}

pub(crate) fn purity(file: &SourceFile) -> Vec<String> {
    let mut parts = file.path.trim_end_matches(".rs").split('/').skip(1);
    let (module, part) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if !file.path.starts_with("src/") || !PURE.contains(&module) || (module == "tui" && SCREEN_OUTSIDE.contains(&part))
    {
        return Vec::new();
    }
    let found = file.paths().into_iter().filter_map(|(line, path)| {
        let within = |outside: &str| path == outside || path.starts_with(&format!("{outside}::"));
        let ends = |clock: &str| path == clock || path.ends_with(&format!("::{clock}"));
        let culprit = OUTSIDE.iter().find(|outside| within(outside));
        let culprit = culprit.or_else(|| CLOCKS.iter().find(|clock| ends(clock)))?;
        Some(format!("{}:{line}: pure code must not reach {culprit}", file.path))
    });
    unique(found)
}

pub(crate) fn globals(file: &SourceFile) -> Vec<String> {
    if !file.path.starts_with("src/") {
        return Vec::new();
    }
    // Rust knows the allocator by a static, and by no other way.
    let is_allocator = |number: usize| {
        number > 0 && file.code.lines().nth(number - 1).is_some_and(|line| line == "#[global_allocator]")
    };
    let lines = file.code.lines().enumerate().filter(|(number, line)| {
        let line = line.trim_start();
        if is_allocator(*number) {
            return false;
        }
        let line = line.strip_prefix("pub").map_or(line, |rest| rest.trim_start_matches(|c| c != ' ').trim_start());
        line.starts_with("static ") || line.contains("thread_local!") || line.contains("lazy_static!")
    });
    lines.map(|(number, _)| format!("{}:{}: no globals", file.path, number + 1)).collect()
}

/// A module's `tests.rs` needs no words: it stands beside the module that it tests.
pub(crate) fn opening(file: &SourceFile) -> Vec<String> {
    let beside =
        file.path.starts_with("src/") && (file.path.ends_with("/tests.rs") || file.path.ends_with("/tests/mod.rs"));
    if beside || file.text.starts_with("//! ") {
        return Vec::new();
    }
    vec![format!("{}:1: the file must open with `//!` and what it is", file.path)]
}

pub(crate) fn length(file: &SourceFile) -> Vec<String> {
    let lines = file.text.lines().count();
    if lines <= LONGEST {
        return Vec::new();
    }
    vec![format!("{}: {lines} lines, more than {LONGEST}: split it by subject", file.path)]
}

pub(crate) fn unfinished(file: &SourceFile) -> Vec<String> {
    // Put together here, so that this file does not break its own rule.
    let words = ["TO_DO", "FIX_ME", "to_do!", "unimple_mented!", "#[ig_nore"].map(|word| word.replace('_', ""));
    let lines = file.text.lines().enumerate();
    let found = lines.filter_map(|(number, line)| Some((number, words.iter().find(|word| line.contains(*word))?)));
    found.map(|(number, word)| format!("{}:{}: {word}", file.path, number + 1)).collect()
}

fn unique(complaints: impl Iterator<Item = String>) -> Vec<String> {
    let mut complaints: Vec<String> = complaints.collect();
    complaints.sort();
    complaints.dedup();
    complaints
}
