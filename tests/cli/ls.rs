//! `ebb ls` in the folder of a dbt project, as a script meets it.

use crate::place::{Place, demo};

fn project() -> Place {
    let place = Place::new();
    for (path, text) in [
        ("dbt_project.yml", "name: shop\nversion: '1'\nprofile: shop\n"),
        (
            "profiles.yml",
            "shop: {target: dev, outputs: {dev: {type: duckdb, path: lake.duckdb}, prod: {type: bigquery, method: oauth, project: p, dataset: \"d_{{ var('who', 'x') }}\"}}}",
        ),
        ("models/a.sql", "select 1 as id"),
        ("models/b.sql", "{{ config(tags='nightly') }} select * from {{ ref('a') }}"),
        ("models/s.yml", "models: [{name: a, columns: [{name: id, tests: [unique]}]}]"),
        ("selectors.yml", "selectors: [{name: night, definition: 'tag:nightly'}]"),
    ] {
        place.write(path, text);
    }
    place
}

#[test]
fn nodes_are_listed_in_dbts_forms() {
    let place = project();
    let table: [(&[&str], &str); 7] = [
        (&[], "shop.a\nshop.b\nshop.unique_a_id\n"),
        (&["--select", "+b", "--output", "name"], "a\nb\nunique_a_id\n"),
        (&["-s", "a", "b", "--exclude", "test_type:generic", "--output", "path"], "models/a.sql\nmodels/b.sql\n"),
        (&["--selector", "night"], "shop.b\n"),
        (&["--resource-type", "test"], "shop.unique_a_id\n"),
        (&["-m", "a"], "shop.a\n"),
        (
            &["-s", "b", "--output", "json", "--output-keys", "name", "tags"],
            "{\"name\": \"b\", \"tags\": [\"nightly\"]}\n",
        ),
    ];
    for (arguments, expected) in table {
        let ran = place.run(&[&["ls"], arguments].concat()).exits(0);
        assert_eq!((ran.out.as_str(), ran.error.as_str()), (expected, ""), "{arguments:?}");
    }
    assert_eq!(place.made().len(), 7, "nothing is written but what the cache keeps");
}

#[test]
fn the_project_may_be_elsewhere() {
    let place = project();
    let folder = place.path("").display().to_string();
    let elsewhere = Place::new();
    let ran = elsewhere.run(&["ls", "--project-dir", &folder, "-s", "b"]).exits(0);
    assert_eq!(ran.out, "shop.b\n");
}

#[test]
fn the_profile_decides_the_names() {
    let place = project();
    let relation = |arguments: &[&str]| {
        let asked = ["ls", "-s", "b", "--output", "json", "--output-keys", "relation_name"];
        place.run(&[&asked, arguments].concat()).exits(0).out
    };
    assert_eq!(relation(&[]), "{\"relation_name\": \"\\\"lake\\\".\\\"main\\\".\\\"b\\\"\"}\n");
    let prod = ["--target", "prod", "--vars", "{who: ada}"];
    assert_eq!(relation(&prod), "{\"relation_name\": \"`p`.`d_ada`.`b`\"}\n");
}

#[test]
fn what_makes_no_sense_is_told_with_its_code() {
    let place = project();
    let table: [(&[&str], &str); 5] = [
        (&["--select", "tags:x"], "DBT-SELECTOR"),
        (&["--selector", "nihgt"], "DBT-SELECTOR"),
        (&["--target", "stage"], "DBT-PROFILE-TARGET"),
        (&["--profile", "stop"], "DBT-PROFILE-MISSING"),
        (&["--vars", "who"], "DBT-VARS-INVALID"),
    ];
    for (arguments, code) in table {
        let ran = place.run(&[&["ls"], arguments].concat()).exits(1);
        assert!(ran.error.contains(code) && ran.out.is_empty(), "{ran:?}");
    }
}

#[test]
fn a_selection_without_nodes_is_no_failure() {
    let ran = project().run(&["ls", "-s", "nowhere"]).exits(0);
    assert_eq!(ran.out, "");
    assert!(ran.error.contains("The selection criterion 'nowhere' does not match any nodes"), "{ran:?}");
}

#[test]
fn a_broken_project_is_listed_as_far_as_it_goes() {
    let place = project();
    place.write("models/c.sql", "select * from {{ ref('nowhere') }}");
    let ran = place.run(&["ls", "--output", "name"]).exits(1);
    assert_eq!(ran.out, "a\nb\nc\nunique_a_id\n");
    assert!(ran.error.contains("DBT-REF-MISSING"), "{ran:?}");
}

#[test]
fn nodes_are_compared_with_the_manifest_of_another_time() {
    let place = project();
    let node = |name: &str, text: &str| {
        serde_json::json!({
            "resource_type": "model", "name": name, "package_name": "shop", "original_file_path": format!("models/{name}.sql"),
            "path": format!("{name}.sql"), "fqn": ["shop", name], "raw_code": text, "config": {"enabled": true},
            "access": "protected",
        })
    };
    let manifest = serde_json::json!({
        "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v11.json", "project_name": "shop"},
        "nodes": {"model.shop.a": node("a", "select 1 as id"), "model.shop.gone": node("gone", "select 1")},
    });
    place.write("before/manifest.json", &manifest.to_string());
    place.write("before/run_results.json", "{\"results\": [{\"unique_id\": \"model.shop.a\", \"status\": \"error\"}]}");
    let asked = |select: &str| place.run(&["ls", "-m", select, "--state", "before", "--output", "name"]).exits(0).out;
    assert_eq!((asked("state:new").as_str(), asked("state:old").as_str()), ("b\n", "a\n"));
    assert_eq!(asked("result:error+"), "a\nb\n");
    place.write("models/a.sql", "select 2 as id");
    assert_eq!(asked("state:modified.body"), "a\nb\n");
    let ran = place.run(&["ls", "--state", "nowhere"]).exits(1);
    assert!(ran.error.contains("DBT-MANIFEST"), "{ran:?}");
    let ran = place.run(&["ls", "-s", "state:modified"]).exits(1);
    assert!(ran.error.contains("no comparison manifest"), "{ran:?}");
}

#[test]
fn a_project_of_the_workspace_is_listed_and_compiled_as_its_last_sync_found_it() {
    let place = demo();
    let asked = ["--project", "shop", "-s", "1+dim_customers", "--resource-type", "model", "--output", "name"];
    let ran = place.run(&[&["ls"], &asked[..]].concat()).exits(0);
    assert_eq!(ran.out, "dim_customers\nint_customer_orders\nstg_customers\n");
    let ran = place.run(&["compile", "--project", "shop", "dim_customers", "--target-path", "out"]).exits(0);
    assert!(ran.out.contains("stg_customers") && !ran.out.contains("ref("), "{}", ran.out);
    let written = place.path("out/compiled/shop/models/marts/core/dim_customers.sql");
    assert_eq!(std::fs::read_to_string(written).unwrap().trim(), ran.out.trim());
}

#[test]
fn a_project_that_was_never_synced_well_or_is_not_there_says_so() {
    let place = demo();
    for (name, words) in [("support", "has not been synced yet"), ("shopp", "did you mean shop?")] {
        let ran = place.run(&["ls", "--project", name]).exits(2);
        assert!(ran.error.contains(words), "{}", ran.error);
    }
    place.run(&["ls", "--project", "shop", "--profile", "x"]).exits(2);
}
