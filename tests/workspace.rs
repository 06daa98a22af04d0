//! The workspace from outside: files that are wrong and what is said of them, the example that shows
//! every setting, and properties that hold for any file.

#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it says")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use ebbtide::problem::{Problem, Severity};
use ebbtide::workspace::{Assignment, Environment, Location, Settings, ThemeRoles, Version, Workspace, edit, schema};
use proptest::prelude::*;

fn environment(variables: &[(&str, &str)]) -> Environment {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Environment::new(variables, "/home/ada", "/srv")
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
    let location = Location::File("/srv/acme/ebb.toml".into());
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
    assert_eq!(switched_on.ui.keys.remove("sync").as_deref(), Some("ctrl-s"), "no default");
    assert_ne!(switched_on.ui.theme_roles, ThemeRoles::default(), "it says how the theme looks");
    switched_on.ui.theme_roles = ThemeRoles::default();
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

/// Lines of a file: settings that are right, comments, blank lines.
fn any_file() -> impl Strategy<Value = String> {
    let name = "[a-z][a-z0-9-]{0,6}";
    let project = (name, "[a-z/]{1,8}", prop::option::of("# [ -~]{0,12}")).prop_map(|(name, repository, comment)| {
        let comment = comment.unwrap_or_default();
        format!("{comment}\n[projects.{name}] {comment}\nrepository   = '{repository}'\n  schema = \"s\" {comment}\n")
    });
    let sync =
        (1u32..60, "[ -~]{0,12}").prop_map(|(n, words)| format!("# {words}\n[sync]\nparallel = {n} # {words}\n"));
    let ui = Just("ui = { theme = 'mono' } # inline\n".to_owned());
    (ui, prop::collection::vec(project, 0..4), sync, "#[ -~]{0,20}")
        .prop_map(|(ui, projects, sync, end)| format!("{ui}{}{sync}{end}", projects.concat()))
        .prop_filter("names are distinct", |text| toml::from_str::<toml::Table>(text).is_ok())
}

/// Key, value, and the same as JSON.
fn any_change() -> impl Strategy<Value = (String, String)> {
    prop_oneof![
        ("[a-z][a-z0-9-]{0,6}", "[a-z]{1,6}")
            .prop_map(|(name, branch)| (format!("projects.{name}.branch"), format!("'{branch}'"))),
        (1u32..60).prop_map(|n| ("sync.keep".to_owned(), n.to_string())),
        (1u32..60).prop_map(|n| ("sync.parallel".to_owned(), n.to_string())),
        Just(("ui.theme".to_owned(), "\"auto\"".to_owned())),
        "[ -~]{0,9}".prop_map(|words| ("name".to_owned(), edit::text(&words))),
        Just(("sources.w".to_owned(), "{ type = 'duckdb', database = 'd' }".to_owned())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_load_or_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ebb.toml");
        fs::write(&path, &bytes).unwrap();
        if let Err(problems) = Workspace::load(Location::File(path), &environment(&[]), &[]) {
            prop_assert!(!problems.is_empty());
        }
    }

    #[test]
    fn any_toml_like_text_loads_or_is_refused_with_a_place(text in "([a-z_.\\[\\]{}=\"'#, 0-9-]|\n|token|git|projects|潮){0,80}") {
        if let Err(problems) = load(&text, &[], &[]) {
            prop_assert!(problems.iter().all(|problem| problem.place.is_some()), "{problems:?}");
        }
    }

    #[test]
    fn any_variable_and_flag_load_or_are_refused(
        name in "EBB_(GIT|PROJECTS|SYNC|UI|NAME|SOURCES)?[A-Z_]{0,20}", key in "[a-z.\"]{0,12}", value in "\\PC{0,12}"
    ) {
        let loaded = load("[projects.a]\nrepository = 'x'\n", &[(&name, &value)], &[(&key, &value)]);
        prop_assert!(loaded.is_ok() || loaded.is_err_and(|problems| !problems.is_empty()));
    }

    #[test]
    fn an_edit_changes_one_key_and_keeps_every_comment(text in any_file(), (key, value) in any_change()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ebb.toml");
        fs::write(&path, &text).unwrap();
        let result = edit::set(&path, &Version::of(text.as_bytes()), &key, &value, &environment(&[]));
        let now = fs::read_to_string(&path).unwrap();
        match result {
            Err(edit::EditError::WouldNotLoad { .. }) => prop_assert_eq!(now, text),
            Err(error) => prop_assert!(false, "{}", error),
            Ok(edited) => {
                prop_assert_eq!(&now, &edited.after);
                let mut expected: toml::Table = toml::from_str(&text).unwrap();
                let overlay: toml::Table = toml::from_str(&format!("{key} = {value}")).unwrap();
                lay_over(&mut expected, overlay, &key);
                prop_assert_eq!(&toml::from_str::<toml::Table>(&now).unwrap(), &expected);
                prop_assert_eq!(comments(&now), comments(&text));
            }
        }
    }
}

/// Puts the one leaf of `overlay` at `key` into `table`.
fn lay_over(table: &mut toml::Table, overlay: toml::Table, key: &str) {
    for (name, value) in overlay {
        match (key.split_once('.'), table.get_mut(&name), value) {
            (Some((_, rest)), Some(toml::Value::Table(below)), toml::Value::Table(value)) => {
                lay_over(below, value, rest);
            }
            (_, _, value) => {
                table.insert(name, value);
            }
        }
    }
}

/// Every comment, in order; no value of these files has a `#` in it.
fn comments(text: &str) -> Vec<String> {
    let name = |line: &str| line.starts_with("name = ");
    text.lines().filter(|line| !name(line)).filter_map(|line| Some(line.split_once('#')?.1.to_owned())).collect()
}
