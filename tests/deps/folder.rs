//! `ebb deps` in a folder: what it writes, what it says, and the fix that does it by a key.

use std::fs;

use serde_json::Value;

use crate::hub::Manner;
use crate::place::{Place, write};

const UTILS: (&str, &str) = ("packages.yml", "packages:\n  - package: acme/utils\n    version: 1.0.0\n");

#[test]
fn the_second_time_needs_no_network() {
    let place = Place::with(&[UTILS]);
    let first = place.deps(&[]);
    assert_eq!((&first["lock"], &first["packages"][0]["from_cache"]), (&"written".into(), &false.into()));
    assert_eq!(first["packages"][0]["newer"], "1.10.0");
    place.hub.seen();
    place.hub.be(Manner::Down);
    fs::remove_dir_all(place.project().join("dbt_packages")).unwrap();
    let second = place.deps(&[]);
    assert_eq!((&second["lock"], &second["packages"][0]["from_cache"]), (&"honoured".into(), &true.into()));
    assert_eq!(place.hub.seen(), Vec::<String>::new());
    assert_eq!(place.read("dbt_packages/utils/dbt_project.yml"), "name: utils\nversion: '1.0'\n");
}

#[test]
fn what_is_not_asked_for_any_more_goes() {
    let place = Place::with(&[UTILS, ("dbt_packages/old/dbt_project.yml", "name: old\n")]);
    place.deps(&[]);
    assert_eq!(place.files("dbt_packages").len(), 2);
    place.write("packages.yml", "packages: []\n");
    let report = place.deps(&[]);
    assert_eq!(report["lock"], "none");
    assert!(place.files("dbt_packages").is_empty());
}

#[test]
fn a_package_is_added_and_brought() {
    let place =
        Place::with(&[("packages.yml", "# ours\npackages:\n  - package: acme/utils # why\n    version: 1.0.0\n")]);
    place.deps(&["--add-package", "acme/dates@0.1.0"]);
    let report = place.deps(&["--add-package", "acme/utils@>=1.0.0,<1.2.0"]);
    assert_eq!(
        place.read("packages.yml"),
        "# ours\npackages:\n  - package: acme/dates\n    version: 0.1.0\n  - package: acme/utils\n    version:\n      - '>=1.0.0'\n      - <1.2.0\n"
    );
    assert!(report["notes"].to_string().contains("removing: package: acme/utils"), "{report}");
    assert_eq!(place.deps(&[])["lock"], "honoured", "the lock is the one of the new file");
}

#[test]
fn a_folder_may_be_named_and_a_project_found_upwards() {
    let place = Place::with(&[UTILS, ("models/deep/a.sql", "select 1 as id")]);
    let output = place.run_in(&place.project().join("models/deep"), &["deps"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.contains("utils") && text.contains("acme/utils 1.0.0") && text.contains("1.10.0 is the newest"),
        "{text}"
    );
    let shop = place.project();
    assert!(place.run_in(&place.path(""), &["deps", shop.to_str().unwrap()]).status.success());
    let nowhere = place.run_in(&place.path(""), &["deps"]);
    assert_eq!(nowhere.status.code(), Some(2));
}

#[test]
fn variables_are_for_the_packages_file() {
    let text = "packages:\n  - package: acme/utils\n    version: \"{{ var('utils') }}\"\n";
    let place = Place::with(&[("packages.yml", text)]);
    let report = place.deps(&["--vars", "{utils: 1.1.0}"]);
    assert_eq!(report["packages"][0]["package"], "acme/utils 1.1.0");
    let problems = place.fails(&["--vars", "[1]"]);
    assert_eq!(crate::place::codes(&problems), ["DBT-VARS-INVALID"]);
    assert_eq!(crate::place::codes(&place.fails(&[])), ["DBT-VAR-MISSING"]);
}

#[test]
fn a_folder_outside_is_copied_and_one_inside_linked() {
    let text = "packages:\n  - local: ../shared\n  - local: inner\n";
    let place = Place::with(&[("packages.yml", text), ("inner/dbt_project.yml", "name: inner\n")]);
    write(&place.path("shared/dbt_project.yml"), "name: shared\n");
    write(&place.path("shared/macros/m.sql"), "x");
    place.deps(&[]);
    assert_eq!(place.read("dbt_packages/shared/macros/m.sql"), "x");
    let link = place.project().join("dbt_packages/inner");
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(place.read("dbt_packages/inner/dbt_project.yml"), "name: inner\n");
}

#[test]
fn moving_revisions_and_renamed_packages_are_remarked() {
    let text =
        "packages:\n  - git: \"{{ env_var('REPOSITORIES') }}/tools.git\"\n  - package: old/names\n    version: 1.0.0\n";
    let place = Place::with(&[("packages.yml", text)]);
    let notes = place.deps(&[])["notes"].to_string();
    assert!(notes.contains("is not pinned") && notes.contains("in favor of `acme/utils`"), "{notes}");
    assert_eq!(place.deps(&[])["notes"], Value::Array(Vec::new()), "what is locked does not move");
}

#[test]
fn the_packages_are_there_for_the_next_load() {
    let place = Place::with(&[UTILS, ("models/a.sql", "select {{ utils.from_utils() }} as version")]);
    place.deps(&[]);
    let shown = place.run(&["show", "a", "--json"]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("'1.0.0'"), "{}", String::from_utf8_lossy(&shown.stdout));
}

#[test]
fn what_is_missing_is_mended_by_its_fix() {
    let place = Place::with(&[UTILS, ("models/a.sql", "select {{ utils.from_utils() }} as version")]);
    place.run(&["sync"]);
    let problems = place.run(&["problems", "--json"]);
    let text = String::from_utf8_lossy(&problems.stdout).into_owned();
    assert!(text.contains("DBT-DEPS-NOT-RUN"), "{text}");
    let fixed = place.run(&["fix", "DBT-DEPS-NOT-RUN", "--yes"]);
    assert!(
        fixed.status.success(),
        "{}{}",
        String::from_utf8_lossy(&fixed.stdout),
        String::from_utf8_lossy(&fixed.stderr)
    );
    assert!(place.read("package-lock.yml").contains("acme/utils"));
    let problems = place.run(&["problems", "--json"]);
    assert_eq!(String::from_utf8_lossy(&problems.stdout), "", "nothing is wrong any more");
}
