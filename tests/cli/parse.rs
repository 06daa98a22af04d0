//! `ebb parse` in the folder of a dbt project, as a script meets it.

use crate::place::Place;

fn project() -> Place {
    let place = Place::new();
    for (path, text) in [
        ("shop/dbt_project.yml", "name: shop\nprofile: shop\ntarget-path: out\n"),
        (
            "shop/profiles.yml",
            "shop: {target: dev, outputs: {dev: {type: duckdb, schema: lake}, prod: {type: bigquery, method: oauth, project: p, dataset: d}}}",
        ),
        ("shop/models/a.sql", "select {{ var('n', 1) }} as id"),
    ] {
        place.write(path, text);
    }
    place
}

fn manifest(place: &Place, path: &str) -> serde_json::Value {
    let bytes = std::fs::read(place.path(path)).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

#[test]
fn the_manifest_is_where_dbt_writes_it() {
    let place = project();
    let ran = place.run(&["parse", "shop"]).exits(0);
    assert!(ran.error.contains("1 node written into"), "{}", ran.error);
    let manifest = manifest(&place, "shop/out/manifest.json");
    assert_eq!(manifest["metadata"]["project_name"], "shop");
    assert_eq!(manifest["metadata"]["adapter_type"], "duckdb");
    assert_eq!(manifest["nodes"]["model.shop.a"]["schema"], "lake");
}

#[test]
fn dbts_own_options_decide() {
    let place = project();
    place.run(&["parse", "shop", "--target", "prod", "--vars", "n: 5", "--target-path", "there"]).exits(0);
    let manifest = manifest(&place, "there/manifest.json");
    assert_eq!(manifest["nodes"]["model.shop.a"]["relation_name"], "`p`.`d`.`a`");
    assert_eq!(manifest["nodes"]["model.shop.a"]["compiled_code"], "select 5 as id");
}

#[test]
fn a_broken_model_is_told_and_the_manifest_is_there_all_the_same() {
    let place = project();
    place.write("shop/models/b.sql", "select {{ nope() }}");
    let ran = place.run(&["parse", "shop"]).exits(1);
    assert!(ran.error.contains("'nope' is undefined"), "{}", ran.error);
    assert!(manifest(&place, "shop/out/manifest.json")["nodes"]["model.shop.b"].is_object());
}

#[test]
fn a_folder_without_a_project_is_a_problem() {
    let place = Place::new();
    place.write("empty/models/a.sql", "select 1");
    let ran = place.run(&["parse", "empty"]).exits(1);
    assert!(ran.error.contains("DBT-PROJECT-PATH"), "{}", ran.error);
    assert!(ran.error.contains("No dbt_project.yml found at expected path dbt_project.yml"), "{}", ran.error);
}

#[test]
fn a_profile_that_is_not_there_is_a_problem_that_lists_those_that_are() {
    let place = project();
    place.write("shop/dbt_project.yml", "name: shop\nprofile: nope\n");
    let ran = place.run(&["parse", "shop", "--profiles-dir", "shop"]).exits(1);
    assert!(ran.error.contains("DBT-PROFILE-MISSING"), "{}", ran.error);
    assert!(ran.error.contains("Could not find profile named 'nope'"), "{}", ran.error);
    assert!(ran.error.contains("Profiles of that file\n  shop"), "{}", ran.error);
}

#[test]
fn a_selector_of_an_unknown_method_is_a_problem() {
    let place = project();
    place.write("shop/selectors.yml", "selectors:\n  - name: x\n    definition: 'foo:bar'\n");
    let ran = place.run(&["parse", "shop"]).exits(1);
    assert!(ran.error.contains("DBT-SELECTOR"), "{}", ran.error);
    assert!(ran.error.contains("'foo' is not a valid method name"), "{}", ran.error);
    assert!(ran.error.contains("selectors.yml:3:17"), "{}", ran.error);
    assert!(ran.error.contains("project shop, selectors.yml"), "{}", ran.error);
}

#[test]
fn the_selectors_of_the_project_are_in_the_manifest() {
    let place = project();
    place.write("shop/selectors.yml", "selectors:\n  - name: nightly\n    definition: 'tag:nightly+'\n");
    place.run(&["parse", "shop"]).exits(0);
    let definition = serde_json::json!({"method": "tag", "value": "nightly", "children": true});
    let expected = serde_json::json!({"nightly": {"name": "nightly", "definition": definition}});
    assert_eq!(manifest(&place, "shop/out/manifest.json")["selectors"], expected);
}
