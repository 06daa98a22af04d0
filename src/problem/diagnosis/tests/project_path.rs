//! Typed project paths, the repository they were typed for, and what must be said and offered.

use crate::problem::diagnosis::{FoundProjectPath, WantedProjectPath, found_project_paths, project_path};
use crate::problem::{Action, Grade};

const ONE: &[&str] = &["README.md", "transform/dbt_project.yml", "transform/models/a.sql"];
const MANY: &[&str] = &[
    "analytics/dbt_project.yml",
    "analytics/models/a.sql",
    "legacy/dbt/dbt_project.yml",
    "legacy/dbt/macros/m.sql",
    "transform/dbt_project.yml",
    "transform/models/staging/b.sql",
];

struct Case {
    typed: &'static str,
    files: &'static [&'static str],
    /// The first offer.
    offer: &'static str,
    grade: Grade,
    /// Part of the cause.
    says: &'static str,
}

const fn case(
    typed: &'static str,
    files: &'static [&'static str],
    offer: &'static str,
    grade: Grade,
    says: &'static str,
) -> Case {
    Case { typed, files, offer, grade, says }
}

fn wanted(path: &str) -> WantedProjectPath<'_> {
    WantedProjectPath {
        project: "shop",
        path,
        branch: "main",
        repository: "git@github.com:acme/warehouse.git",
        worked_before: false,
    }
}

fn found(files: &[&str]) -> Vec<FoundProjectPath> {
    found_project_paths(files.iter().copied())
}

const CASES: &[Case] = {
    use Grade::{Ask, Safe};
    const FILE: &str = "transform/dbt_project.yml";
    &[
        // the branch in front
        case("main/transform/dbt_project.yml", MANY, FILE, Safe, "main/ in front is the name of a branch"),
        case("main/transform/dbt_project.yml", ONE, FILE, Safe, "exactly one dbt project"),
        case(
            "origin/main/transform/dbt_project.yml",
            MANY,
            FILE,
            Safe,
            "origin/main/ in front is the name of a branch",
        ),
        case("refs/heads/main/transform/dbt_project.yml", MANY, FILE, Safe, "name of a branch"),
        case("/main/transform/dbt_project.yml", MANY, FILE, Safe, "name of a branch"),
        case("master/transform/dbt_project.yml", MANY, FILE, Safe, "master/ in front is the name of a branch"),
        case("main/transform", MANY, FILE, Ask, "the file's name is missing"),
        case("main", &["dbt_project.yml", "x/dbt_project.yml"], "dbt_project.yml", Ask, "name of a branch"),
        // pages of hosts
        case(
            "https://github.com/acme/warehouse/blob/main/transform/dbt_project.yml",
            MANY,
            FILE,
            Safe,
            "copied from a browser",
        ),
        case("https://github.com/acme/warehouse/blob/main/transform/dbt_project.yml#L3", MANY, FILE, Safe, "browser"),
        case("https://github.com/acme/warehouse/tree/main/transform", MANY, FILE, Ask, "the file's name is missing"),
        case("https://github.com/acme/warehouse/blob/other/transform/dbt_project.yml", MANY, FILE, Safe, "browser"),
        case(
            "https://gitlab.com/g/sub/p/-/blob/main/transform/dbt_project.yml?ref_type=heads",
            MANY,
            FILE,
            Safe,
            "browser",
        ),
        case("https://bitbucket.org/acme/warehouse/src/main/transform/dbt_project.yml", MANY, FILE, Safe, "browser"),
        case(
            "https://raw.githubusercontent.com/acme/warehouse/refs/heads/main/transform/dbt_project.yml",
            MANY,
            FILE,
            Safe,
            "browser",
        ),
        case(
            "https://dev.azure.com/a/b/_git/c?path=%2Ftransform%2Fdbt_project.yml&version=GBmain",
            MANY,
            FILE,
            Safe,
            "browser",
        ),
        case("acme/warehouse/blob/main/transform/dbt_project.yml", MANY, FILE, Safe, "browser"),
        case("blob/main/transform/dbt_project.yml", MANY, FILE, Safe, "browser"),
        // the repository in front
        case(
            "warehouse/transform/dbt_project.yml",
            MANY,
            FILE,
            Ask,
            "warehouse/ in front is the name of the repository",
        ),
        case("acme/warehouse/transform/dbt_project.yml", MANY, FILE, Ask, "acme/warehouse/ in front"),
        case("warehouse/main/transform/dbt_project.yml", MANY, FILE, Ask, "name of the repository"),
        // the end
        case("transform", MANY, FILE, Ask, "the file's name is missing"),
        case("transform/", MANY, FILE, Ask, "the file's name is missing"),
        case("", &["dbt_project.yml"], "dbt_project.yml", Safe, "exactly one"),
        case("transform/profiles.yml", MANY, FILE, Ask, "ends with profiles.yml"),
        case("transform/dbt-project.yml", MANY, FILE, Ask, "ends with dbt-project.yml"),
        case("transform/dbt_project", MANY, FILE, Ask, "ends with dbt_project, which"),
        case("transform/models/staging/b.sql", ONE, FILE, Safe, "exactly one"),
        case("transform/dbt_project.yml/dbt_project.yml", MANY, FILE, Ask, "is too much"),
        case("transform/dbt_project.yaml", MANY, FILE, Ask, "ends in .yml"),
        case(
            "t/dbt_project.yml",
            &["a/dbt_project.yml", "t/dbt_project.yaml"],
            "t/dbt_project.yaml",
            Ask,
            "ends in .yaml",
        ),
        // letters
        case("Transform/dbt_project.yml", MANY, FILE, Ask, "Upper and lower case differ"),
        case("transform/DBT_PROJECT.YML", MANY, FILE, Ask, "Upper and lower case differ"),
        case("tranform/dbt_project.yml", MANY, FILE, Ask, "no folder tranform, but there is transform"),
        // form
        case("/transform/dbt_project.yml", MANY, FILE, Safe, "as Git writes paths"),
        case("./transform/dbt_project.yml", MANY, FILE, Safe, "as Git writes paths"),
        case("transform\\dbt_project.yml", MANY, FILE, Safe, "as Git writes paths"),
        case(" \"transform/dbt_project.yml\" ", MANY, FILE, Safe, "as Git writes paths"),
        // folders in front
        case("/home/jane/srv/transform/dbt_project.yml", MANY, FILE, Ask, "no home/jane/srv/ in front"),
        case("dbt/dbt_project.yml", MANY, "legacy/dbt/dbt_project.yml", Ask, "legacy/ is missing in front"),
        case("dbt_project.yml", ONE, FILE, Safe, "transform/ is missing in front"),
        // nothing like it
        case("dbt_project.yml", MANY, "analytics/dbt_project.yml", Ask, "3 dbt projects"),
        case("elsewhere/x/dbt_project.yml", MANY, "analytics/dbt_project.yml", Ask, "or looks like it"),
        case("elsewhere/dbt_project.yml", ONE, FILE, Safe, "exactly one"),
        case(
            "x/dbt_project.yml",
            &["integration_tests/dbt_project.yml"],
            "integration_tests/dbt_project.yml",
            Ask,
            "exactly one",
        ),
    ]
};

#[test]
fn typed_paths_and_what_is_offered() {
    for case in CASES {
        let diagnosis = project_path(&wanted(case.typed), &found(case.files));
        let first = diagnosis.fixes.first().unwrap_or_else(|| panic!("{}: nothing is offered", case.typed));
        let Action::Set { key, value, sync } = &first.action else { panic!("{}: {first:?}", case.typed) };
        assert_eq!(value, &format!("\"{}\"", case.offer), "{}: {}", case.typed, diagnosis.cause);
        assert_eq!((key.as_str(), sync.as_deref()), ("projects.shop.project_path", Some("shop")));
        assert_eq!(first.grade, case.grade, "{}: {}", case.typed, diagnosis.cause);
        assert_eq!(first.title, format!("Set project_path to {} and sync again", case.offer));
        assert!(diagnosis.cause.contains(case.says), "{}: {}", case.typed, diagnosis.cause);
        assert!(diagnosis.fixes[1..].iter().all(|fix| fix.grade == Grade::Ask), "{}", case.typed);
    }
}

#[test]
fn the_common_mistake_reads_well() {
    let diagnosis = project_path(&wanted("main/transform/dbt_project.yml"), &found(ONE));
    assert_eq!(
        diagnosis.cause,
        "main/ in front is the name of a branch: a project path is counted from the repository's root and has no branch \
         in it. The file is transform/dbt_project.yml. The repository has exactly one dbt project."
    );
    assert_eq!(diagnosis.evidence[0].lines, ["main/transform/dbt_project.yml"]);
    assert_eq!(diagnosis.evidence[1].label, "dbt project files on the branch main");
    assert_eq!(diagnosis.evidence[1].lines, ["transform/dbt_project.yml"]);
    assert_eq!(diagnosis.fixes.len(), 1);
}

#[test]
fn candidates_are_ranked() {
    let files = [
        "a/long/way/down/dbt_project.yml",
        "a/long/way/down/models/m.sql",
        "dbt_project.yml",
        "integration_tests/dbt_project.yml",
        "integration_tests/models/m.sql",
        "near/dbt_project.yml",
        "near/models/m.sql",
    ];
    let diagnosis = project_path(&wanted("nothing/like/it"), &found(&files));
    let lines: Vec<&str> = diagnosis.evidence[1].lines.iter().map(String::as_str).collect();
    let expected = [
        "near/dbt_project.yml",
        "a/long/way/down/dbt_project.yml",
        "dbt_project.yml (no models folder beside it)",
        "integration_tests/dbt_project.yml",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn the_last_folder_of_the_typed_path_counts_when_the_project_moved() {
    let files = [
        "a/dbt_project.yml",
        "a/models/m.sql",
        "warehouse/new/transform/dbt_project.yml",
        "z/transform/dbt_project.yml",
    ];
    let moved = WantedProjectPath { worked_before: true, ..wanted("old/transform/dbt_project.yml") };
    let diagnosis = project_path(&moved, &found(&files));
    assert!(diagnosis.cause.contains("moved or renamed since"), "{}", diagnosis.cause);
    assert!(diagnosis.fixes[0].title.contains("transform/dbt_project.yml"), "{:?}", diagnosis.fixes[0]);
}

#[test]
fn a_project_that_moved_deeper_is_found() {
    let moved = WantedProjectPath { worked_before: true, ..wanted("transform/dbt_project.yml") };
    let diagnosis = project_path(&moved, &found(&["b/dbt_project.yml", "data/transform/dbt_project.yml"]));
    assert!(diagnosis.cause.contains("it was moved into data/ since"), "{}", diagnosis.cause);
}

#[test]
fn what_others_wrote_is_nobodys_choice() {
    let files = [
        "dbt_packages/dbt_utils/dbt_project.yml",
        "x/dbt_modules/a/dbt_project.yml",
        "target/dbt_project.yml",
        "venv/lib/site-packages/dbt/include/starter_project/dbt_project.yml",
        "node_modules/x/dbt_project.yml",
        "models/dbt_project.yml.txt",
        "notdbt_project.yml",
    ];
    assert_eq!(found(&files), []);
}

#[test]
fn a_models_folder_counts_only_beside_the_file() {
    let files =
        ["a/dbt_project.yml", "a/submodels/x.sql", "b/dbt_project.yml", "b/models/x.sql", "c/models/dbt_project.yml"];
    let seen: Vec<(String, bool)> = found(&files).into_iter().map(|found| (found.path, found.has_models)).collect();
    let expected = [("a/dbt_project.yml", false), ("b/dbt_project.yml", true), ("c/models/dbt_project.yml", false)];
    assert_eq!(seen, expected.map(|(path, has)| (path.to_owned(), has)));
}

#[test]
fn no_project_at_all_asks_for_another_branch() {
    let diagnosis = project_path(&wanted("transform/dbt_project.yml"), &[]);
    assert!(diagnosis.cause.contains("holds no dbt_project.yml at all"));
    assert!(diagnosis.fixes.iter().all(|fix| fix.grade == Grade::Show && fix.action == Action::Read));
    assert_eq!(diagnosis.fixes.len(), 2);
}

#[test]
fn a_path_that_is_right_is_synced_again() {
    let diagnosis = project_path(&wanted("transform/dbt_project.yml"), &found(ONE));
    assert_eq!(diagnosis.fixes[0].action, Action::Sync { project: "shop".to_owned() });
}

#[test]
fn only_a_few_of_many_are_offered() {
    let files: Vec<String> = (0..100).map(|n| format!("p{n}/dbt_project.yml")).collect();
    let diagnosis = project_path(&wanted("q"), &found(&files.iter().map(String::as_str).collect::<Vec<_>>()));
    assert_eq!(diagnosis.fixes.len(), 5);
    assert_eq!(diagnosis.evidence[1].lines.len(), 21);
}

#[test]
fn two_that_fit_equally_well_are_both_asked_for() {
    let diagnosis =
        project_path(&wanted("DBT/dbt_project.yml"), &found(&["Dbt/dbt_project.yml", "dbt/dbt_project.yml"]));
    assert_eq!(diagnosis.fixes.iter().map(|fix| fix.grade).collect::<Vec<_>>(), [Grade::Ask, Grade::Ask]);
}

#[test]
fn hostile_input_is_harmless() {
    let long = "a/".repeat(100_000);
    let odd =
        ["", "/", "..", "../../..", "\u{1b}[2J", "main/", "://", "https://", "é/ß", "blob", "blob/", long.as_str()];
    for typed in odd {
        let diagnosis = project_path(&wanted(typed), &found(MANY));
        assert!(diagnosis.fixes.len() >= 3, "{typed:.20}");
    }
}

#[test]
fn a_path_with_quotes_and_escapes_is_set_as_toml() {
    let diagnosis = project_path(&wanted("x"), &found(&["a\"b\u{1b}[31m/dbt_project.yml"]));
    let Action::Set { value, .. } = &diagnosis.fixes[0].action else { panic!() };
    assert_eq!(value, "\"a\\\"b\\u001b[31m/dbt_project.yml\"");
    assert!(!diagnosis.fixes[0].title.contains('\u{1b}'));
}
