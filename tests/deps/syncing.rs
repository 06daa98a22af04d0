//! Model syncs of repositories that ask for packages and do not hold them.

use std::fs;
use std::path::{Path, PathBuf};

use ebbtide::git::author::{NewCommit, commit_to_branch, create};
use serde_json::Value;

use crate::hub::Manner;
use crate::place::Place;

const PROJECT: (&str, &str) = ("dbt_project.yml", "name: shop\nversion: '1.0'\n");
const PACKAGES: (&str, &str) = ("packages.yml", "packages:\n  - package: acme/utils\n    version: \">=1.0.0\"\n");
const MODEL: (&str, &str) = ("models/a.sql", "select {{ utils.from_utils() }} as version");

/// A repository of these files, and a workspace that syncs it.
struct Synced {
    place: Place,
    repository: PathBuf,
    workspace: PathBuf,
}

fn push(repository: &Path, files: &[(&str, &str)]) {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
    let at = "2026-01-05T09:00:00Z".parse().unwrap();
    let commit = NewCommit { message: "Change", author: "Ada", email: "ada@acme.example", at, files: &files };
    if repository.exists() {
        commit_to_branch(repository, "main", &commit).unwrap();
    } else {
        create(repository, "main", &[commit]).unwrap();
    }
}

impl Synced {
    fn new(files: &[(&str, &str)], settings: &str) -> Self {
        let place = Place::new();
        let (repository, workspace) = (place.path("shop.git"), place.path("workspace"));
        push(&repository, files);
        fs::create_dir(&workspace).unwrap();
        let text = format!("[projects.shop]\nrepository = \"{}\"\n{settings}", repository.display());
        fs::write(workspace.join("ebb.toml"), text).unwrap();
        Self { place, repository, workspace }
    }

    fn run(&self, arguments: &[&str]) -> String {
        let output = self.place.run_in(&self.workspace, arguments);
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn sync(&self) -> String {
        self.run(&["sync", "--json"])
    }

    fn codes(&self) -> Vec<String> {
        let text = self.run(&["problems", "--json"]);
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let mut codes: Vec<String> = lines.map(|line| line["problem"]["code"].as_str().unwrap().to_owned()).collect();
        codes.sort();
        codes
    }

    fn sql(&self) -> String {
        self.run(&["show", "a", "--json"])
    }
}

#[test]
fn packages_are_fetched_into_the_tree_and_nowhere_else() {
    let synced = Synced::new(&[PROJECT, PACKAGES, MODEL], "");
    let events = synced.sync();
    assert!(events.contains("1 package fetched"), "{events}");
    assert_eq!(synced.codes(), Vec::<String>::new());
    assert!(synced.sql().contains("'1.10.0'"), "{}", synced.sql());
    assert!(!synced.workspace.join("dbt_packages").exists());
}

#[test]
fn the_lock_of_the_repository_decides() {
    let place = Place::with(&[("packages.yml", PACKAGES.1)]);
    place.deps(&["--lock"]);
    let lock = place.read("package-lock.yml").replace("1.10.0", "1.1.0");
    let synced = Synced::new(&[PROJECT, PACKAGES, MODEL, ("package-lock.yml", &lock)], "");
    synced.sync();
    assert!(synced.sql().contains("'1.1.0'"), "{}", synced.sql());
    let asked = synced.place.hub.seen();
    assert_eq!(asked, ["/api/v1/acme/utils.json", "/tarballs/acme/utils/1.1.0.tgz"], "nothing is resolved");
}

#[test]
fn what_was_met_before_needs_no_network() {
    let synced = Synced::new(&[PROJECT, PACKAGES, MODEL], "");
    synced.sync();
    synced.place.hub.be(Manner::Down);
    synced.place.hub.seen();
    push(&synced.repository, &[PROJECT, PACKAGES, MODEL, ("models/b.sql", "select 1 as id")]);
    let events = synced.sync();
    assert!(events.contains("1 package from the cache"), "{events}");
    assert_eq!(synced.codes(), Vec::<String>::new());
    assert_eq!(synced.place.hub.seen(), Vec::<String>::new());
}

/// Makes the choice of versions that a sync remembered one of long ago.
fn age_the_choice(synced: &Synced) {
    for choice in fs::read_dir(synced.place.path("cache/packages/locks")).unwrap() {
        let path = choice.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let rest = text.split_once('\n').unwrap().1.replace("1.10.0", "1.1.0");
        fs::write(path, format!("# chosen 2020-01-01T00:00:00Z\n{rest}")).unwrap();
    }
    push(&synced.repository, &[PROJECT, PACKAGES, MODEL, ("models/b.sql", "select 1 as id")]);
}

#[test]
fn an_old_choice_of_versions_is_made_anew() {
    let synced = Synced::new(&[PROJECT, PACKAGES, MODEL], "");
    synced.sync();
    age_the_choice(&synced);
    synced.sync();
    assert!(synced.sql().contains("'1.10.0'"), "{}", synced.sql());
}

#[test]
fn an_old_choice_is_better_than_none() {
    let utils = ("packages.yml", "packages:\n  - package: acme/utils\n    version: 1.1.0\n");
    let synced = Synced::new(&[PROJECT, utils, MODEL], "");
    synced.sync();
    push(&synced.repository, &[PROJECT, PACKAGES, MODEL]);
    synced.sync();
    age_the_choice(&synced);
    synced.place.hub.be(Manner::Down);
    synced.sync();
    assert_eq!(synced.codes(), Vec::<String>::new());
    assert!(synced.sql().contains("'1.1.0'"), "{}", synced.sql());
}

#[test]
fn packages_in_the_repository_are_taken_from_there() {
    let vendored = ("dbt_packages/utils/dbt_project.yml", "name: utils\n");
    let macros = ("dbt_packages/utils/macros/m.sql", "{% macro from_utils() %}'vendored'{% endmacro %}");
    let synced = Synced::new(&[PROJECT, PACKAGES, MODEL, vendored, macros], "");
    synced.sync();
    assert!(synced.sql().contains("'vendored'"), "{}", synced.sql());
    assert_eq!(synced.place.hub.seen(), Vec::<String>::new());
}

#[test]
fn a_hub_out_of_reach_is_told_and_tried_again() {
    let synced = Synced::new(&[PROJECT, PACKAGES, MODEL, ("models/b.sql", "select 1 as id")], "");
    synced.place.hub.be(Manner::Down);
    synced.sync();
    let codes = synced.codes();
    assert!(codes.contains(&"DBT-DEPS-NET".to_owned()) && codes.contains(&"DBT-DEPS-NOT-RUN".to_owned()), "{codes:?}");
    assert!(synced.run(&["models", "--json"]).contains("\"b\""), "what needs no package is there");
    synced.place.hub.be(Manner::Serve);
    let fixed = synced.run(&["fix", "DBT-DEPS-NOT-RUN", "--yes"]);
    assert_eq!(synced.codes(), Vec::<String>::new(), "{fixed}");
}

#[test]
fn fetching_can_be_forbidden_and_allowed_by_a_fix() {
    let synced = Synced::new(&[PROJECT, PACKAGES, MODEL], "packages = \"vendored\"\n");
    synced.sync();
    assert!(synced.codes().contains(&"DBT-DEPS-NOT-RUN".to_owned()));
    assert_eq!(synced.place.hub.seen(), Vec::<String>::new());
    synced.run(&["fix", "DBT-DEPS-NOT-RUN", "--yes"]);
    let settings = fs::read_to_string(synced.workspace.join("ebb.toml")).unwrap();
    assert!(settings.contains("packages = \"fetch\""), "{settings}");
    assert_eq!(synced.codes(), Vec::<String>::new());
}

#[test]
fn repositories_and_folders_of_the_repository_are_packages_too() {
    let text = "packages:\n  - git: \"{{ env_var('REPOSITORIES') }}/tools.git\"\n    revision: v1.0.0\n  - git: \"{{ env_var('REPOSITORIES') }}/many.git\"\n    subdirectory: packages/inner\n  - local: own\n";
    let files =
        [PROJECT, ("packages.yml", text), ("own/dbt_project.yml", "name: own\n"), ("models/a.sql", "select 1 as id")];
    let synced = Synced::new(&files, "");
    let settings = fs::read_to_string(synced.workspace.join("ebb.toml")).unwrap();
    let repositories = synced.place.path("repositories");
    let env = format!("{settings}env = {{ REPOSITORIES = \"{}\" }}\n", repositories.display());
    fs::write(synced.workspace.join("ebb.toml"), env).unwrap();
    let events = synced.sync();
    assert!(events.contains("3 packages fetched"), "{events}");
    assert_eq!(synced.codes(), Vec::<String>::new());
}

#[test]
fn a_folder_outside_of_the_repository_is_refused() {
    let text = "packages:\n  - local: ../../secrets\n";
    let synced = Synced::new(&[PROJECT, ("packages.yml", text), ("models/a.sql", "select 1 as id")], "");
    synced.sync();
    assert!(synced.codes().contains(&"DBT-DEPS-REFUSED".to_owned()), "{:?}", synced.codes());
}

#[test]
fn a_variable_that_the_workspace_does_not_give_is_told() {
    let text = "packages:\n  - git: \"https://{{ env_var('DBT_ENV_SECRET_TOKEN') }}@git.example.invalid/x.git\"\n";
    let synced = Synced::new(&[PROJECT, ("packages.yml", text), ("models/a.sql", "select 1 as id")], "");
    synced.sync();
    assert!(synced.codes().contains(&"DBT-ENV-VAR".to_owned()), "{:?}", synced.codes());
}
