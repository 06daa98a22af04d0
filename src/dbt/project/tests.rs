use serde_json::{Value, json};

use super::version::unmet_versions;
use super::*;
use crate::dbt::config::ConfigKind;
use crate::dbt::problems::Problems;
use crate::dbt::render::{NativeRenderer, TemplateError};

struct Marked;

impl NativeRenderer for Marked {
    fn render(&self, text: &str) -> Result<Value, TemplateError> {
        Ok(if text.contains("{{") { Value::from("rendered") } else { Value::from(text) })
    }
}

fn read(text: &str) -> (Option<ProjectFile>, Vec<String>) {
    let mut problems = Problems::default();
    let project = read_project("t/dbt_project.yml", text, "1.7.20", &Marked, &mut problems);
    let told = problems.finish("p").into_iter().map(|problem| {
        let line = problem.place.map_or(0, |place| place.line);
        format!("{}:{line}: {}", problem.code, problem.summary)
    });
    (project, told.collect())
}

#[test]
fn a_plain_project_has_dbts_defaults() {
    let (project, problems) = read("name: p\nversion: 1.0.0\n");
    let project = project.unwrap();
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!((project.name.as_str(), project.folder.as_str()), ("p", "t"));
    assert_eq!(project.model_paths, ["models"]);
    assert_eq!(project.docs_paths, ["models", "seeds", "snapshots", "analyses", "macros"]);
    assert_eq!(project.packages_install_path, "dbt_packages");
}

#[test]
fn old_spellings_of_paths_hold() {
    let (project, _) = read("name: p\nsource-paths: [src]\ndata-paths: [data]\nmodules-path: mods\n");
    let project = project.unwrap();
    assert_eq!((project.model_paths, project.seed_paths), (vec!["src".to_owned()], vec!["data".to_owned()]));
    assert_eq!(project.packages_install_path, "mods");
}

#[test]
fn hooks_and_vars_are_not_rendered_and_the_rest_is() {
    let text = "name: p\nvars: {a: '{{ 1 }}'}\non-run-start: '{{ 1 }}'\nmodels:\n  +schema: '{{ 1 }}'\n  +post-hook: '{{ 1 }}'\n";
    let project = read(text).0.unwrap();
    assert_eq!(project.vars["a"], json!("{{ 1 }}"));
    assert_eq!(project.on_run_start, ["{{ 1 }}"]);
    assert_eq!(project.tree(ConfigKind::Model).unwrap(), &json!({"+schema": "rendered", "+post-hook": "{{ 1 }}"}));
}

#[test]
fn what_dbt_refuses_is_told_in_its_words_and_the_rest_loads() {
    let table = [
        ("- a\n", "DBT-PROJECT-NOT-DICT:1: dbt_project.yml does not parse to a dictionary", false),
        ("", "DBT-PROJECT-NOT-DICT:1: dbt_project.yml does not parse to a dictionary", false),
        ("name: p\n version: 1\n", "DBT-YAML-SYNTAX:2: mapping values are not allowed in this context", false),
        ("version: 1\n", "DBT-PROJECT-NO-NAME:1: Required \"name\" field not present in project", true),
        (
            "name: my-project\n",
            "DBT-PROJECT-INVALID:1: at path ['name']: 'my-project' does not match '^[^\\\\d\\\\W]\\\\w*$'",
            true,
        ),
        ("name: config\n", "DBT-PROJECT-INVALID:1: at path []: Invalid project name: config is a reserved word", true),
        (
            "name: p\nmodelss: {}\n",
            "DBT-PROJECT-INVALID:2: at path []: Additional properties are not allowed ('modelss' was unexpected)",
            true,
        ),
        ("name: p\nmodels: 3\n", "DBT-PROJECT-INVALID:2: at path ['models']: 3 is not of type 'object'", true),
        (
            "name: p\nrequire-dbt-version: '>=1.8.0'\n",
            "DBT-VERSION-REQUIRE:2: This version of dbt is not supported with the 'p' package",
            true,
        ),
        ("name: p\nname: q\n", "DBT-YAML-DUP-KEY:2: duplicate entry with key \"name\"", true),
    ];
    for (text, expected, loads) in table {
        let (project, problems) = read(text);
        assert_eq!(problems, [expected], "{text}");
        assert_eq!(project.is_some(), loads, "{text}");
    }
}

#[test]
fn version_ranges_are_dbts_own() {
    let table = [
        ("1.7.20", ">=1.3.0,<2.0.0", true),
        ("1.7.20", "<1.7.20", false),
        ("1.7.20", "1.7.20", true),
        ("1.7.20", "=1.7.0", false),
        ("1.8.0-b1", ">=1.8.0", false),
        ("1.8.0-b1", "<1.8.0", false),
        ("1.7.20", "anything", true),
    ];
    for (installed, required, met) in table {
        assert_eq!(unmet_versions(installed, &[required.to_owned()]).is_empty(), met, "{installed} {required}");
    }
}
