//! A hub that fails, archives that are wrong: each with its own problem, and nothing left half done.

use std::fs;

use crate::hub::Manner;
use crate::place::{Place, codes};

const UTILS: (&str, &str) = ("packages.yml", "packages:\n  - package: acme/utils\n    version: 1.0.0\n");

fn evidence(problem: &serde_json::Value) -> String {
    problem["evidence"].to_string()
}

#[test]
fn a_hub_that_fails_for_a_moment_is_asked_again() {
    let place = Place::with(&[UTILS]);
    place.hub.be(Manner::FailFirst(2));
    place.deps(&[]);
    assert_eq!(place.hub.seen()[..3], ["/api/v1/index.json"; 3]);
}

#[test]
fn a_hub_that_is_down_is_told_and_nothing_is_touched() {
    let place = Place::with(&[UTILS, ("dbt_packages/old/dbt_project.yml", "name: old\n")]);
    place.hub.be(Manner::Down);
    let problems = place.fails(&[]);
    assert_eq!(codes(&problems), ["DBT-DEPS-NET"]);
    assert!(problems[0]["summary"].as_str().unwrap().contains("answered 503"), "{problems:?}");
    assert!(evidence(&problems[0]).contains("packages.yml wants acme/utils 1.0.0"));
    assert_eq!(place.read("dbt_packages/old/dbt_project.yml"), "name: old\n");
    assert_eq!(place.read("package-lock.yml"), "");
}

#[test]
fn a_page_in_the_hubs_place_is_told_as_such() {
    let place = Place::with(&[UTILS]);
    place.hub.be(Manner::SignInPage);
    let problems = place.fails(&[]);
    assert_eq!(codes(&problems), ["DBT-DEPS-NET"]);
    assert!(problems[0]["summary"].as_str().unwrap().contains("answered what no package hub answers"));
}

#[test]
fn an_archive_with_another_checksum_is_not_installed() {
    let place = Place::with(&[UTILS]);
    place.hub.be(Manner::OtherArchives);
    let problems = place.fails(&[]);
    assert_eq!(codes(&problems), ["DBT-DEPS-CHECKSUM"]);
    let archives = place.hub.seen().into_iter().filter(|path| path.starts_with("/tarballs")).count();
    assert_eq!(archives, 2, "it is fetched once more before it is believed");
    assert!(place.files("dbt_packages").is_empty());
}

#[test]
fn an_archive_that_leads_out_is_not_installed() {
    let place = Place::with(&[UTILS]);
    place.hub.be(Manner::EvilArchives);
    let problems = place.fails(&[]);
    assert_eq!(codes(&problems), ["DBT-DEPS-ARCHIVE"]);
    assert!(problems[0]["summary"].as_str().unwrap().contains("leads out of the archive"));
    assert!(place.files("").keys().all(|path| !path.contains("evil")));
}

#[test]
fn an_archive_that_is_none_is_told() {
    let place = Place::with(&[UTILS]);
    place.hub.be(Manner::BrokenArchives);
    assert_eq!(codes(&place.fails(&[])), ["DBT-DEPS-ARCHIVE"]);
}

#[test]
fn a_version_that_the_hub_lost_is_told() {
    let place = Place::with(&[UTILS]);
    place.deps(&["--lock"]);
    let lock = place.read("package-lock.yml").replace("1.0.0", "1.0.1");
    place.write("package-lock.yml", &lock);
    let problems = place.fails(&[]);
    assert_eq!(codes(&problems), ["DBT-DEPS-VERSION"]);
    assert!(problems[0]["fixes"].to_string().contains("ebb deps --upgrade"));
}

#[test]
fn names_that_are_like_a_mistyped_one_are_told() {
    let place = Place::with(&[("packages.yml", "packages:\n  - package: acme/utlis\n    version: 1.0.0\n")]);
    let problems = place.fails(&[]);
    assert_eq!(codes(&problems), ["DBT-DEPS-NOT-IN-HUB"]);
    assert!(evidence(&problems[0]).contains("acme/utils"), "{problems:?}");
}

#[test]
fn tags_that_are_like_a_missing_revision_are_told() {
    let text = "packages:\n  - git: \"{{ env_var('REPOSITORIES') }}/tools.git\"\n    revision: v1.0.1\n";
    let place = Place::with(&[("packages.yml", text)]);
    let problems = place.fails(&[]);
    assert_eq!(codes(&problems), ["DBT-DEPS-GIT"]);
    assert!(evidence(&problems[0]).contains("v1.0.0"), "{problems:?}");
    assert_eq!(problems[0]["place"]["line"], 2);
}

#[test]
fn a_local_folder_that_is_not_there_is_told() {
    let place = Place::with(&[("packages.yml", "packages:\n  - local: ../nowhere\n")]);
    assert_eq!(codes(&place.fails(&[])), ["DBT-DEPS-LOCAL"]);
}

#[test]
fn a_packages_folder_that_holds_other_things_is_left_alone() {
    let place = Place::with(&[UTILS, ("dbt_packages/notes/todo.txt", "mine")]);
    assert_eq!(codes(&place.fails(&[])), ["DBT-DEPS-INSTALL"]);
    assert_eq!(place.read("dbt_packages/notes/todo.txt"), "mine");
}

#[test]
fn a_damaged_cache_is_fetched_again() {
    let place = Place::with(&[UTILS]);
    place.deps(&[]);
    for archive in fs::read_dir(place.path("cache/packages/archives")).unwrap() {
        fs::write(archive.unwrap().path(), "damaged").unwrap();
    }
    let report = place.deps(&[]);
    assert_eq!(report["packages"][0]["from_cache"], false);
    assert!(place.read("dbt_packages/utils/macros/m.sql").contains("from_utils"));
}
