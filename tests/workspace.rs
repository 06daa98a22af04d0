//! The workspace from outside: files that are wrong and what is said of them, the example that shows
//! every setting, and properties that hold for any file.

#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it says")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use ebbtide::problem::{Problem, Severity};
use ebbtide::workspace::{Assignment, Environment, Location, Settings, Workspace, schema};

fn environment(variables: &[(&str, &str)]) -> Environment {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Environment::new(variables, "/home/ada", "/work")
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// A problem as text: what the faces show of it, without their looks.
fn shown(problems: &[Problem]) -> String {
    let mut text = String::new();
    for problem in problems {
        let severity = if problem.severity == Severity::Error { "error" } else { "warning" };
        writeln!(text, "{severity} {}: {}", problem.code, problem.summary).unwrap();
        if let Some(place) = &problem.place {
            let file = Path::new(&place.file).file_name().unwrap_or_default().to_string_lossy();
            writeln!(text, "  at {file}:{}:{}", place.line, place.column).unwrap();
        }
        if let Some(excerpt) = problem.place.as_ref().and_then(|place| place.excerpt.as_ref()) {
            for (line, number) in excerpt.lines.iter().zip(excerpt.first_line..) {
                writeln!(text, "  {number:>3} | {line}").unwrap();
                if number == excerpt.line {
                    let blank = " ".repeat(excerpt.column as usize - 1);
                    writeln!(text, "      | {blank}{}", "^".repeat(excerpt.width as usize)).unwrap();
                }
            }
        }
        for (label, words) in [("raw", &problem.raw), ("cause", &problem.cause)] {
            if !words.is_empty() {
                writeln!(text, "  {label}: {words}").unwrap();
            }
        }
        for fix in &problem.fixes {
            writeln!(text, "  fix: {}", fix.title).unwrap();
        }
        text.push('\n');
    }
    text
}

fn said_of(path: &Path) -> String {
    match Workspace::load(Location::File(path.to_path_buf()), &environment(&[]), &[]) {
        Ok(workspace) => format!("loads\n\n{}", shown(&workspace.warnings)),
        Err(problems) => format!("does not load\n\n{}", shown(&problems)),
    }
}

#[test]
fn each_wrong_file_says_what_where_and_what_to_do() {
    let mut files: Vec<PathBuf> = fs::read_dir(folder("invalid_settings"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    assert!(files.len() >= 25, "{} files", files.len());
    for path in files {
        let said = said_of(&path);
        assert!(!said.contains("hunter2") && !said.contains("0123456789abcdef"), "a secret is shown: {said}");
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        insta::with_settings!({
            snapshot_path => folder("invalid_settings"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, { insta::assert_snapshot!(name, said) });
    }
}

/// The example with its commented settings switched on, too: every `# key = value` line.
fn example(switched_on: bool) -> String {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("config.example.toml")).unwrap();
    let switch = |line: &str| match line.strip_prefix("# ") {
        Some(rest) if switched_on && is_setting(rest) => rest.to_owned(),
        _ => line.to_owned(),
    };
    text.lines().map(|line| switch(line) + "\n").collect()
}

/// Prose has no `=`, or blanks before it.
fn is_setting(line: &str) -> bool {
    line.split_once(" = ").is_some_and(|(key, _)| key.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
}

fn load(text: &str, variables: &[(&str, &str)], flags: &[(&str, &str)]) -> Result<Workspace, Vec<Problem>> {
    let flags: Vec<Assignment> =
        flags.iter().map(|(key, value)| Assignment { key: (*key).to_owned(), value: (*value).to_owned() }).collect();
    let location = Location::File("/work/acme/ebb.toml".into());
    Workspace::from_text(location, text.to_owned(), &environment(variables), &flags)
}

#[test]
fn the_example_loads_without_a_word() {
    for switched_on in [false, true] {
        let workspace = load(&example(switched_on), &[], &[]).map_err(|problems| shown(&problems)).unwrap();
        assert!(workspace.warnings.is_empty(), "{}", shown(&workspace.warnings));
    }
}

#[test]
fn what_the_example_calls_a_default_is_one() {
    let as_is = load(&example(false), &[], &[]).unwrap().settings;
    let mut switched_on = load(&example(true), &[], &[]).unwrap().settings;
    assert_eq!(switched_on.ui.keys.remove("sync").as_deref(), Some("ctrl-s"), "the only one that is no default");
    assert_eq!(as_is, switched_on);
    assert_eq!(as_is.sync, Settings::default().sync);
    assert_eq!(as_is.ui, Settings::default().ui);
}

#[test]
fn every_setting_stands_in_the_example() {
    let example: toml::Table = toml::from_str(&example(true)).unwrap();
    let schema = schema();
    let mut missing = Vec::new();
    walk(&schema, &schema, &[&example.into()], "", &mut missing);
    assert!(missing.is_empty(), "config.example.toml lacks: {missing:?}");
}

/// Follows the schema and the values together. A key counts as shown when one of the values at its
/// place has it; a word, when one of them is it or a comment names it.
fn walk(
    schema: &serde_json::Value,
    root: &serde_json::Value,
    values: &[&toml::Value],
    path: &str,
    missing: &mut Vec<String>,
) {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.trim_start_matches("#/$defs/");
        return walk(&root["$defs"][name], root, values, path, missing);
    }
    for (key, below) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{key}");
        let found: Vec<&toml::Value> = values.iter().filter_map(|value| value.get(key)).collect();
        if found.is_empty() {
            missing.push(path);
        } else {
            walk(below, root, &found, &path, missing);
        }
    }
    if schema["additionalProperties"].is_object() {
        let found: Vec<&toml::Value> = values.iter().filter_map(|v| v.as_table()).flat_map(|t| t.values()).collect();
        walk(&schema["additionalProperties"], root, &found, &format!("{path}.*"), missing);
    }
    for alternative in schema["oneOf"].as_array().into_iter().flatten() {
        if alternative["properties"].is_object() {
            walk(alternative, root, values, path, missing);
        }
        let words = alternative["enum"].as_array().into_iter().flatten().chain(alternative.get("const"));
        missing.extend(words.filter(|word| !names(word.as_str().unwrap())).map(|word| format!("{path} = {word}")));
    }
}

fn names(word: &str) -> bool {
    example(false).split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|other| other == word)
}

#[test]
fn a_setting_that_the_example_lacks_is_found() {
    let schema = schema();
    let mut missing = Vec::new();
    walk(&schema, &schema, &[&toml::from_str("name = 'x'\n[sync]\nkeep = 1\n[git.a]").unwrap()], "", &mut missing);
    assert!(missing.contains(&".sync.parallel".to_owned()) && missing.contains(&".git.*.provider".to_owned()));
    assert!(!missing.contains(&".name".to_owned()));
}
