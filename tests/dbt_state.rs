//! What `state:` finds changed between two projects, judged by dbt Core 1.7.20: the changes and its answers
//! stand in `tests/dbt/state/`, where `regenerate.py` asks it again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "dbt/support.rs"]
mod support;

use std::collections::BTreeMap;
use std::path::Path;

use ebbtide::dbt::{Asked, Form, Indirect, Project, Selectors, State, Wanted, listed, resource_types, select};

const CHANGES: &str = include_str!("dbt/state/changes.txt");
const ANSWERS: &str = include_str!("dbt/state/dbt.txt");

/// The questions that are asked of every change.
const QUESTIONS: [&str; 8] = [
    "new",
    "modified",
    "modified.body",
    "modified.configs",
    "modified.persisted_descriptions",
    "modified.relation",
    "modified.macros",
    "modified.contract",
];

fn files() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dbt/state/project");
    let files =
        walkdir::WalkDir::new(&root).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    let file = |entry: walkdir::DirEntry| {
        let path = entry.path().strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        (path, std::fs::read_to_string(entry.path()).unwrap())
    };
    files.map(file).collect()
}

fn load(files: BTreeMap<String, String>) -> Project {
    let loaded = support::load(files);
    let told: Vec<&str> = loaded.problems.iter().map(|problem| problem.raw.as_str()).collect();
    assert_eq!(told, Vec::<&str>::new());
    loaded.project.unwrap()
}

/// The project with the change of a case.
fn changed(name: &str) -> Project {
    let block = CHANGES.split("\n#### ").find_map(|block| block.strip_prefix(&format!("{name}\n"))).unwrap_or_default();
    let mut files = files();
    for part in format!("\n{block}").split("\n--- ").skip(1) {
        let (path, text) = part.split_once('\n').unwrap_or((part, ""));
        if text.trim().is_empty() {
            files.remove(path.trim());
        } else {
            files.insert(path.trim().to_owned(), text.to_owned());
        }
    }
    load(files)
}

/// dbt's answer to each question that any node answers.
fn answers(name: &str) -> BTreeMap<String, Vec<String>> {
    let section = ANSWERS.split("\n## ").find_map(|text| text.strip_prefix(&format!("{name}\n"))).unwrap();
    let answer = |block: &str| {
        let mut lines = block.lines().map(str::to_owned);
        (lines.next().unwrap_or_default(), lines.filter(|line| !line.is_empty()).collect())
    };
    format!("\n{section}").split("\n$ ").skip(1).map(answer).collect()
}

fn ask(project: &Project, state: &State, question: &str) -> Vec<String> {
    let asked = Asked { select: vec![format!("state:{question}")], indirect: Indirect::Empty, ..Asked::default() };
    let spec = asked.spec(&Selectors::default()).unwrap();
    let kinds = resource_types(&["all".to_owned()]);
    let wanted = Wanted { resource_types: &kinds, with_empty: true, state: Some(state) };
    let found = select(project, &spec, &wanted).unwrap();
    found.ids.iter().map(|id| listed(&project.nodes[id], project, Form::Selector, &[])).collect()
}

fn holds(name: &str) {
    let state = State::of_project(load(files()));
    let project = changed(name);
    let expected = answers(name);
    for question in QUESTIONS {
        let dbts = expected.get(question).cloned().unwrap_or_default();
        assert_eq!(ask(&project, &state, question), dbts, "state:{question}");
    }
}

/// A `#[test]` for every change; a change without one fails.
macro_rules! changes {
    ($($name:ident)*) => {
        $(#[test] fn $name() { holds(stringify!($name)); })*

        #[test]
        fn every_change_has_its_test() {
            let names = CHANGES.split("\n#### ").skip(1).filter_map(|text| text.split('\n').next());
            assert_eq!(names.collect::<Vec<_>>(), [$(stringify!($name)),*]);
        }
    };
}

#[test]
fn what_is_not_new_is_old_and_what_is_not_modified_is_unmodified() {
    let state = State::of_project(load(files()));
    let project = changed("a_model_more");
    let count = |question: &str| ask(&project, &state, question).len();
    let all = count("new") + count("old");
    assert_eq!(all, count("modified") + count("unmodified"));
    assert!(count("new") == 1 && all > 10);
}

#[test]
fn a_question_that_dbt_does_not_know_is_refused_in_its_words() {
    let state = State::of_project(load(files()));
    let project = load(files());
    let ask = |select: &str, state: Option<&State>| {
        let asked = Asked { select: vec![select.to_owned()], ..Asked::default() };
        let wanted = Wanted { resource_types: &["model"], with_empty: true, state };
        select_error(&project, &asked, &wanted)
    };
    assert!(ask("state:changed", Some(&state)).starts_with("Got an invalid selector \"changed\", expected one of"));
    assert_eq!(ask("state:new", None), "Got a state selector method, but no comparison manifest");
    assert_eq!(ask("result:error", Some(&state)), "No comparison run_results");
}

fn select_error(project: &Project, asked: &Asked, wanted: &Wanted<'_>) -> String {
    select(project, &asked.spec(&Selectors::default()).unwrap(), wanted).unwrap_err().to_string()
}

#[test]
fn results_of_an_earlier_run_select_nodes() {
    let results = serde_json::json!({"results": [
        {"unique_id": "model.shop.base", "status": "error"}, {"unique_id": "model.shop.priced", "status": "skipped"}, 3,
    ]});
    let state = State::of_project(load(files())).with_results(&results);
    let project = load(files());
    let asked = Asked { select: vec!["result:error".to_owned()], ..Asked::default() };
    let wanted = Wanted { resource_types: &["model"], with_empty: true, state: Some(&state) };
    let found = select(&project, &asked.spec(&Selectors::default()).unwrap(), &wanted).unwrap();
    assert_eq!(found.ids, ["model.shop.base"]);
}

#[test]
fn a_broken_contract_is_told_in_dbts_words() {
    let state = State::of_project(load(files()));
    let table = [
        ("a_column_of_a_contract_less", "Columns were removed: name"),
        ("another_type_in_a_contract", "Columns with data_type changes: id (int -> bigint)"),
        ("a_contract_switched_off", "Contract enforcement was removed"),
    ];
    for (name, words) in table {
        let project = changed(name);
        let broken = state.compare(&project).unwrap().broken_contract(&project.nodes["model.shop.agreed"]);
        assert!(broken.iter().any(|sentence| sentence.starts_with(words)), "{broken:?}");
    }
    let project = changed("a_column_of_a_contract_more");
    assert!(state.compare(&project).unwrap().broken_contract(&project.nodes["model.shop.agreed"]).is_empty());
}

changes! {
    nothing_changed
    a_text_changed
    a_comment_is_a_change
    a_final_line_break_is_none
    a_model_more
    a_model_less
    a_model_moved
    a_configuration_in_the_file
    a_configuration_in_yaml
    a_configuration_in_the_project
    a_template_that_gives_the_same
    tags_are_none
    meta_is_one
    a_group_is_none
    an_alias
    a_schema
    a_database
    a_hook
    grants
    a_setting_of_an_adapter
    docs_are_one
    a_description_that_stays_here
    a_description_that_is_persisted
    a_column_description_that_stays_here
    a_column_description_that_is_persisted
    persisting_switched_on
    a_macro
    a_macro_of_a_macro
    a_macro_that_nobody_uses
    a_macro_of_a_test
    a_generic_test
    a_macro_more
    a_macro_less
    names_made_otherwise
    a_seed
    a_snapshot
    a_snapshots_configuration
    a_singular_test
    an_analysis
    a_tests_severity
    a_tests_condition
    a_tests_tag
    a_tests_storage
    a_test_more
    a_sources_description
    a_sources_schema
    a_sources_database
    a_sources_identifier
    a_sources_freshness
    a_sources_quoting
    a_sources_place
    a_sources_tags_and_meta
    a_source_more
    an_exposures_description
    an_exposures_owner
    an_exposures_kind
    an_exposures_address
    an_exposures_tags
    what_an_exposure_uses
    an_exposure_more
    a_contract_switched_on
    a_contract_switched_off
    a_column_of_a_contract_more
    a_column_of_a_contract_less
    another_type_in_a_contract
    another_order_in_a_contract
    a_constraint_in_a_contract
    the_latest_version
    a_versions_text
    a_version_more
    an_access
    an_end_of_support
    variables
    a_model_switched_off
    a_configuration_moved_from_file_to_yaml
}
