//! What a project asks for, and what is there of it.

use super::*;

fn told(files: &[(&str, &str)]) -> Vec<String> {
    let problems = wanted(files).unwrap_err();
    problems
        .iter()
        .map(|problem| format!("{} {}", problem.code, problem.raw.lines().last().unwrap_or_default()))
        .collect()
}

fn names(files: &[(&str, &str)]) -> Vec<String> {
    wanted(files).unwrap().requirements.iter().map(|wanted| wanted.package.in_words()).collect()
}

#[test]
fn every_kind_of_entry_is_read() {
    let text = "packages:
  - {package: a/b, version: ['>=1.0.0', <2.0.0]}
  - {git: https://x/y.git, revision: v1, subdirectory: sub}
  - {local: ../shared}
  - {tarball: https://x/t.tgz, name: t}";
    assert_eq!(
        names(&[("packages.yml", text)]),
        ["a/b >=1.0.0, <2.0.0", "https://x/y.git/sub v1", "local ../shared", "https://x/t.tgz"]
    );
}

#[test]
fn dependencies_yml_is_read_where_packages_yml_asks_for_nothing() {
    let dependencies =
        ("dependencies.yml", "projects: [{name: other}]\npackages: [{package: a/b, version: '{{ x }}'}]");
    assert_eq!(names(&[dependencies]), ["a/b {{ x }}"], "it is not rendered");
    assert_eq!(names(&[]), Vec::<String>::new());
}

#[test]
fn entries_that_dbt_refuses_are_refused_in_its_words() {
    let one = |entry: &str| told(&[("packages.yml", &format!("packages: [{entry}]"))]);
    let cases = [
        (
            "{package: a/b}",
            "a/b is missing the version. When installing from the Hub package index, version is a required property",
        ),
        (
            "{package: b, version: 1}",
            "b was not found in the package index. Packages on the index require a namespace, e.g dbt-labs/dbt_utils",
        ),
        ("{git: 7}", "{'git': 7} is not valid under any of the given schemas"),
        ("{local: a, git: b}", "{'local': 'a', 'git': 'b'} is not valid under any of the given schemas"),
        ("{tarball: x}", "{'tarball': 'x'} is not valid under any of the given schemas"),
        (
            "{package: a/b, version: true}",
            "{'package': 'a/b', 'version': True} is not valid under any of the given schemas",
        ),
        ("text", "'text' is not valid under any of the given schemas"),
    ];
    for (entry, sentence) in cases {
        assert_eq!(one(entry), [format!("DBT-DEPS-MALFORMED {sentence}")], "{entry}");
    }
}

#[test]
fn a_mistyped_key_is_named_with_the_one_that_is_meant() {
    let cause = |text: &str| wanted(&[("packages.yml", text)]).unwrap_err()[0].cause.clone();
    assert_eq!(cause("packages: [{git: x, revison: v1}]"), "An entry with git: has no key revison; revision is meant");
    assert_eq!(
        cause("packages: [{package: a/b, version: 1.0.0, colour: red}]"),
        "An entry with package: has no key colour; it may have package, version, install_prerelease"
    );
    assert_eq!(cause("packages: [{name: x}]"), "An entry needs one of the keys package, git, local and tarball");
}

#[test]
fn the_two_files_may_not_both_ask() {
    let one = "packages: [{package: a/b, version: 1.0.0}]";
    let both = told(&[("packages.yml", one), ("dependencies.yml", one)]);
    assert!(both[0].starts_with("DBT-DEPS-MALFORMED The 'packages' key cannot be specified in both"), "{both:?}");
    let projects = told(&[("packages.yml", "projects: []")]);
    assert_eq!(projects, ["DBT-DEPS-MALFORMED The 'projects' key cannot be specified in packages.yml"]);
}

#[test]
fn a_variable_that_is_missing_is_told_with_its_place() {
    let text = "packages:\n  - git: https://{{ env_var('NOT_THERE') }}@x/y.git\n";
    let problem = wanted(&[("packages.yml", text)]).unwrap_err().remove(0);
    assert_eq!(problem.code.as_str(), "DBT-ENV-VAR");
    assert_eq!(problem.place.map(|place| (place.file, place.line)), Some(("packages.yml".to_owned(), 2)));
}

#[test]
fn packages_are_there_when_as_many_are_as_were_asked_for() {
    let packages = ("packages.yml", "packages: [{package: a/b, version: 1.0.0}, {local: shared}]");
    let shared = ("shared/dbt_project.yml", "name: shared");
    let b = ("dbt_packages/b/dbt_project.yml", "name: b");
    assert!(!wanted(&[packages, shared]).unwrap().is_installed);
    assert!(wanted(&[packages, shared, b]).unwrap().is_installed);
    assert!(wanted(&[]).unwrap().is_installed, "nothing is asked for");
}

#[test]
fn a_local_path_stays_inside_of_the_tree() {
    let cases = [
        ("transform", "../shared", Some("shared")),
        ("", "./a/./b", Some("a/b")),
        ("", "../x", None),
        ("a", "/etc", None),
        ("a", "..", None),
    ];
    for (project, path, expected) in cases {
        assert_eq!(resolve_local(project, path).as_deref(), expected, "{project} {path}");
    }
}

fn added(text: &str, kind: &str, name: &str, version: Option<&str>) -> Option<(String, Vec<String>)> {
    let new = NewPackage { kind: kind.to_owned(), name: name.to_owned(), version: version.map(str::to_owned) };
    add_package(text, &new)
}

#[test]
fn an_entry_is_added_and_comments_stay() {
    let text = "# ours\npackages:\n  - package: a/b # why\n    version: 1.0.0\n\n# the end\n";
    let (text, gone) = added(text, "package", "c/d", Some(">=1.0.0,<2.0.0")).unwrap();
    assert_eq!(
        text,
        "# ours
packages:
  - package: a/b # why
    version: 1.0.0
  - package: c/d
    version:
      - '>=1.0.0'
      - <2.0.0

# the end
"
    );
    assert!(gone.is_empty());
}

#[test]
fn an_entry_of_the_same_package_goes() {
    let text = "packages:\n- package: a/b\n  version:\n  - '>=1.0.0'\n  - <2.0.0\n- local: x\n";
    let (text, gone) = added(text, "package", "a/b", Some("1.2.0")).unwrap();
    assert_eq!(text, "packages:\n- local: x\n- package: a/b\n  version: 1.2.0\n");
    assert_eq!(gone, ["package: a/b"]);
}

#[test]
fn a_file_without_entries_gets_its_first() {
    for text in ["", "packages:\n", "packages: []\n"] {
        let (text, _) = added(text, "git", "https://x/y.git", Some("v1")).unwrap();
        assert_eq!(text, "packages:\n  - git: https://x/y.git\n    revision: v1\n");
    }
    let (text, _) = added("packages: []\n", "local", "../x", None).unwrap();
    assert_eq!(text, "packages:\n  - local: ../x\n");
}

#[test]
fn what_cannot_be_added_to_line_by_line_is_left_alone() {
    for text in ["packages: [{package: a/b, version: 1.0.0}]\n", "other: 1\n", "a: b: c\n", "packages: x\n"] {
        assert_eq!(added(text, "package", "c/d", Some("1.0.0")), None, "{text}");
    }
}
