//! What dbt's selection syntax means, judged by dbt Core 1.7.20: the cases and its answers stand in
//! `tests/dbt/select/`, where `regenerate.py` asks it again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "dbt/support.rs"]
mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use ebbtide::dbt::{
    self, Asked, Form, Indirect, MemoryTree, Project, Selectors, Wanted, listed, read_selectors, resource_types, select,
};

/// One question and dbt's answer.
struct Case {
    asked: String,
    answered: Vec<String>,
}

/// The cases of one section of an answers file.
fn section(answers: &str, name: &str) -> Vec<Case> {
    let sections = answers.split("\n## ").skip(1);
    let own = sections.filter_map(|text| text.split_once('\n')).find(|(title, _)| *title == name);
    let (_, text) = own.unwrap_or_else(|| panic!("no section {name}"));
    let case = |block: &str| {
        let mut lines = block.lines().map(str::to_owned);
        Case { asked: lines.next().unwrap_or_default(), answered: lines.filter(|line| !line.is_empty()).collect() }
    };
    let cases: Vec<Case> = format!("\n{text}").split("\n$ ").skip(1).map(case).collect();
    assert!(!cases.is_empty(), "{name} has no cases");
    cases
}

fn files() -> BTreeMap<String, Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dbt/select/project");
    let files =
        walkdir::WalkDir::new(&root).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    let file = |entry: walkdir::DirEntry| {
        let path = entry.path().strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        (path, std::fs::read(entry.path()).unwrap())
    };
    files.map(file).collect()
}

fn load(files: BTreeMap<String, Vec<u8>>) -> (Project, Result<Selectors, String>) {
    let cancelled = AtomicBool::new(false);
    let options = support::options(&cancelled);
    let tree = MemoryTree::new(files);
    let loaded = dbt::load(&tree, &options, &|_| {});
    let errors: Vec<&str> = loaded.problems.iter().map(|problem| problem.raw.as_str()).collect();
    assert_eq!(errors, Vec::<&str>::new());
    let selectors = read_selectors(&tree, "", "shop", &options).map_err(|problems| problems[0].raw.clone());
    (loaded.project.unwrap(), selectors)
}

/// Words as a shell splits them; quotes are single and stand around whole words.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, piece) in line.split('\'').enumerate() {
        if index % 2 == 1 {
            words.push(piece.to_owned());
        } else {
            words.extend(piece.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// Our answer to a question, in the form in which dbt's is written down.
fn answer(project: &Project, selectors: &Selectors, question: &str) -> Vec<String> {
    let (mut asked, mut kinds, mut keys, mut form) = (Asked::default(), Vec::new(), Vec::new(), Form::Selector);
    let mut option = String::new();
    let mut models = false;
    for word in words(question) {
        if word.starts_with("--") {
            option = word;
            continue;
        }
        match option.as_str() {
            "--select" => asked.select.push(word),
            "--models" => {
                models = true;
                asked.select.push(word);
            }
            "--exclude" => asked.exclude.push(word),
            "--selector" => asked.selector = Some(word),
            "--indirect-selection" => asked.indirect = Indirect::of(&word).unwrap(),
            "--resource-type" => kinds.push(word),
            "--output-keys" => keys.push(word),
            "--output" => {
                form = match word.as_str() {
                    "name" => Form::Name,
                    "path" => Form::Path,
                    "json" => Form::Json,
                    _ => Form::Selector,
                }
            }
            other => panic!("{other} of {question}"),
        }
    }
    let kinds = if models { vec!["model"] } else { resource_types(&kinds) };
    let wanted = Wanted { resource_types: &kinds, with_empty: kinds != ["test"], state: None };
    match asked.spec(selectors).and_then(|spec| select(project, &spec, &wanted)) {
        Ok(found) => {
            let remarks = found.remarks.iter().map(|remark| format!("? {remark}"));
            let nodes = found.ids.iter().map(|id| listed(&project.nodes[id], project, form, &keys));
            remarks.chain(nodes).collect()
        }
        Err(error) => vec![format!("! {error}")],
    }
}

/// dbt's refusals begin with a kind of error, which we leave to the problem's code.
fn plain(line: &str) -> String {
    line.replace("! Runtime Error ", "! ").replace("! Internal Error ", "! ").replace("Runtime Error ", "")
}

fn section_holds(name: &str) {
    let (project, selectors) = load(files());
    let selectors = selectors.unwrap();
    let mut differ = Vec::new();
    for case in section(include_str!("dbt/select/dbt.txt"), name) {
        let expected: Vec<String> = case.answered.iter().map(|line| plain(line)).collect();
        let ours = answer(&project, &selectors, &case.asked);
        if ours != expected {
            differ.push(format!("$ {}\n{:#?}\nbut dbt says\n{expected:#?}", case.asked, ours));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n\n"));
}

/// dbt ends some messages with a dump of the YAML; the beginning must be the same.
fn definition_holds(name: &str) {
    let text = include_str!("dbt/select/definitions.txt");
    let block = text.split("\n#### ").find_map(|block| block.strip_prefix(&format!("{name}\n"))).unwrap();
    let mut files = files();
    files.insert("selectors.yml".to_owned(), block.as_bytes().to_vec());
    let (project, selectors) = load(files);
    let ours = match selectors {
        Ok(selectors) => answer(&project, &selectors, "--selector wanted"),
        Err(sentence) => vec![format!("! {sentence}")],
    };
    let cases = section(include_str!("dbt/select/definitions.dbt.txt"), name);
    let expected: Vec<String> = cases[0].answered.iter().map(|line| plain(line)).collect();
    match (ours.as_slice(), expected.as_slice()) {
        ([ours], [expected]) if expected.contains("Could not parse selector file data") => {
            assert!(ours.contains("Could not read selector file data") && ours.contains("No lists."), "{ours}");
        }
        ([ours], [expected]) if expected.starts_with("! ") => {
            let ours = ours.trim_start_matches("! ").trim_start_matches("Could not read selector file data: ");
            let expected = expected.trim_start_matches("! ").trim_start_matches("Could not read selector file data: ");
            assert!(expected.starts_with(ours), "{ours}\nbut dbt says\n{expected}");
        }
        _ => assert_eq!(ours, expected),
    }
}

/// A `#[test]` for every section of an answers file; a section without one fails.
macro_rules! sections {
    ($file:literal, $check:path, $all:ident; $($name:ident)*) => {
        $(#[test] fn $name() { $check(stringify!($name)); })*

        #[test]
        fn $all() {
            let names = include_str!($file).split("\n## ").skip(1).filter_map(|text| text.split('\n').next());
            assert_eq!(names.collect::<Vec<_>>(), [$(stringify!($name)),*]);
        }
    };
}

sections! {
    "dbt/select/dbt.txt", section_holds, every_section_has_its_test;
    forms
    neighbours
    tags
    paths
    files_by_name
    qualified_names
    configurations
    sources
    exposures_and_metrics
    packages
    kinds
    tests_by_kind_and_name
    access_and_groups
    versions
    what_is_refused
    unions_and_intersections
    exclusions
    nothing_found
    kinds_that_are_kept
    models_only
    indirect_selection
    named_selectors
    corners
}

sections! {
    "dbt/select/definitions.dbt.txt", definition_holds, every_definition_has_its_test;
    plain_text
    unknown_method
    unknown_method_as_key
    two_keys
    two_keys_with_union
    union_is_no_list
    numbers_in_a_union
    two_exclusions
    later_selector
    two_defaults
    no_name
    no_definition
    definition_is_a_list
    no_selectors
    selectors_is_a_text
    incompatible_signs
    wrong_indirect_selection
    not_there
    nested_sets
    empty_union
    only_an_exclusion
    depth_as_text
}
