//! `ebb compile` in the folder of a dbt project: its files are those that dbt Core 1.7.20 writes
//! (`tests/dbt/select/compiled.dbt.txt`).

use std::collections::BTreeMap;
use std::path::Path;

use crate::place::Place;

const DUCKDB: &str = "shop: {target: dev, outputs: {dev: {type: duckdb, path: ':memory:', schema: dev}}}";

/// The fixture project that the selections are tried on.
fn project() -> Place {
    let place = Place::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dbt/select/project");
    for entry in walkdir::WalkDir::new(&root) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            place.write(&path, &std::fs::read_to_string(entry.path()).unwrap());
        }
    }
    place.write("profiles.yml", DUCKDB);
    place
}

/// Every file below a folder, with its text.
fn written(folder: &Path) -> BTreeMap<String, String> {
    let files = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
    let files = files.filter(|entry| entry.file_type().is_file());
    let file = |entry: walkdir::DirEntry| {
        let path = entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        (path, std::fs::read_to_string(entry.path()).unwrap())
    };
    files.map(file).collect()
}

#[test]
fn the_files_are_those_that_dbt_writes() {
    let place = project();
    let ran = place.run(&["compile"]).exits(0);
    let expected: BTreeMap<String, String> = include_str!("../dbt/select/compiled.dbt.txt")
        .split("\n--- ")
        .skip(1)
        .filter_map(|block| block.split_once('\n'))
        .map(|(path, text)| (path.to_owned(), text.strip_suffix('\n').unwrap_or(text).to_owned()))
        .collect();
    assert!(expected.len() > 25);
    assert_eq!(written(&place.path("target/compiled")), expected);
    assert!(ran.error.contains(&format!("{} compiled nodes", expected.len())), "{ran:?}");
}

#[test]
fn a_selection_is_written_with_the_ephemeral_models_in_it() {
    let place = project();
    let ran = place.run(&["compile", "revenue", "--indirect-selection", "empty"]).exits(0);
    let files: Vec<String> = written(&place.path("target/compiled")).into_keys().collect();
    assert_eq!(files, ["shop/models/marts/finance/revenue.sql", "shop/models/staging/stg_payments.sql"]);
    assert!(ran.out.trim_start().starts_with("with __dbt__cte__stg_payments as ("), "{ran:?}");
}

#[test]
fn the_target_folder_may_be_another() {
    let place = project();
    place.run(&["compile", "-s", "customers", "--target-path", "out"]).exits(0);
    assert!(place.path("out/compiled/shop/models/marts/core/customers.sql").is_file());
    place.write("dbt_project.yml", "name: shop\nprofile: shop\ntarget-path: built\n");
    place.run(&["compile", "-s", "stg_old"]).exits(0);
    assert!(place.path("built/compiled/shop/models/staging/stg_old.sql").is_file());
    assert!(!place.path("target").exists());
}

#[test]
fn what_cannot_be_compiled_is_told_and_the_rest_is_written() {
    let place = project();
    place.write("models/broken.sql", "select {{ nothing_of_that_name() }}");
    let ran = place.run(&["compile", "broken", "stg_old"]).exits(1);
    assert!(ran.error.contains("DBT-MACRO-UNDEFINED") && ran.error.contains("1 compiled node"), "{ran:?}");
    place.run(&["compile", "stg_old"]).exits(0);
}

#[test]
fn as_json_each_node_is_a_line() {
    let lines = project().run(&["compile", "stg_old", "--json"]).json();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["path"], "compiled/shop/models/staging/stg_old.sql");
    assert_eq!(lines[0]["compiled_code"], "select * from \"memory\".\"raw_old\".\"orders\"");
}

#[test]
fn what_stops_dbt_is_told_although_there_is_sql() {
    for (file, text, code) in [
        ("models/looped.sql", "select * from {{ ref('looped') }}", "DBT-CYCLE models/looped.sql"),
        ("models/twin.sql", "{{ config(alias='stg_old') }} select 1", "DBT-DUP-RELATION"),
        ("models/tagged.sql", "{{ config(tags=[1, 2]) }} select 1", "DBT-CONFIG-INVALID models/tagged.sql"),
    ] {
        let place = project();
        place.write(file, text);
        place.write("models/twin_of.sql", "{{ config(alias='stg_old') }} select 2");
        let ran = place.run(&["compile"]).exits(1);
        assert!(ran.error.contains(code), "{ran:?}");
    }
}

#[test]
fn a_mistake_is_told_with_its_place_and_what_dbt_adds() {
    let place = project();
    place.write("models/broken.sql", "select 1,\n  {{ var('nowhere') }}");
    let ran = place.run(&["compile", "broken"]).exits(1);
    assert!(ran.error.contains("DBT-VAR-MISSING models/broken.sql:2:6: Required var 'nowhere'"), "{ran:?}");
    assert!(ran.error.contains("Vars supplied to broken = {"), "{ran:?}");
    assert!(ran.error.contains("    2 |   {{ var('nowhere') }}\n      |      ^^^"), "{ran:?}");
}

#[test]
fn a_linked_package_is_read() {
    let place = project();
    place.write("../tools/dbt_project.yml", "name: tools\n");
    place.write("../tools/macros/m.sql", "{% macro one() %}1{% endmacro %}");
    place.write("packages.yml", "packages:\n  - local: ../tools\n");
    place.write("models/linked.sql", "select {{ tools.one() }}");
    place.run(&["deps"]).exits(0);
    let ran = place.run(&["compile", "linked"]).exits(0);
    assert!(ran.out.contains("select 1"), "{ran:?}");
}
