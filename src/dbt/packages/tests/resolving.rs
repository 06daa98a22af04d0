//! The resolver over sources in memory: who wins, who loses, and what is said of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::problem::Subject;

/// A hub, repositories and folders as a test says.
#[derive(Default)]
struct Fake {
    /// `a/b` -> version -> (requirements, dbt versions).
    hub: BTreeMap<String, Vec<(String, Value, Vec<String>)>>,
    /// Address -> revision -> files.
    git: BTreeMap<(String, String), MemoryTree>,
    local: BTreeMap<String, MemoryTree>,
}

impl Fake {
    fn hub(mut self, name: &str, version: &str, packages: Value, dbt: &[&str]) -> Self {
        let dbt = dbt.iter().map(|dbt| (*dbt).to_owned()).collect();
        self.hub.entry(name.to_owned()).or_default().push((version.to_owned(), packages, dbt));
        self
    }

    fn git(mut self, address: &str, revision: &str, files: &[(&str, &str)]) -> Self {
        self.git.insert((address.to_owned(), revision.to_owned()), MemoryTree::new(files.iter().copied()));
        self
    }

    fn local(mut self, path: &str, files: &[(&str, &str)]) -> Self {
        self.local.insert(path.to_owned(), MemoryTree::new(files.iter().copied()));
        self
    }
}

impl PackageSources for Fake {
    type Error = String;

    fn index(&self) -> Result<Arc<Vec<String>>, String> {
        Ok(Arc::new(self.hub.keys().cloned().collect()))
    }

    fn hub(&self, name: &str) -> Result<Arc<HubPackage>, String> {
        let versions = self.hub[name].iter().map(|(version, packages, dbt)| {
            let packages = packages.as_array().unwrap().clone();
            let project = name.rsplit('/').next().unwrap_or_default().to_owned();
            let tarball = "https://x/t".to_owned();
            let read = HubVersion { name: project, packages, require_dbt_version: dbt.clone(), tarball, sha1: None };
            (version.clone(), read)
        });
        Ok(Arc::new(HubPackage { versions: versions.collect(), moved_to: None }))
    }

    fn git(&self, address: &str, revision: Option<&str>, _: Option<&str>) -> Result<(String, SharedTree), String> {
        let key = (address.to_owned(), revision.unwrap_or("HEAD").to_owned());
        let tree = self.git.get(&key).ok_or_else(|| format!("no {key:?}"))?;
        Ok((format!("{:0<40}", key.1), Arc::new(tree.clone())))
    }

    fn local(&self, path: &str) -> Result<SharedTree, String> {
        Ok(Arc::new(self.local.get(path).ok_or("no folder")?.clone()))
    }
}

fn resolve(fake: &Fake, packages: &str) -> Result<Vec<String>, Problem> {
    resolve_checked(fake, packages, true)
}

fn resolve_checked(fake: &Fake, packages: &str, check: bool) -> Result<Vec<String>, Problem> {
    let wanted = wanted(&[("packages.yml", packages)]).unwrap();
    let cancelled = AtomicBool::new(false);
    let resolved = resolve_packages(&wanted, &options(&cancelled), check, fake);
    let subject = Subject::Project { name: "shop".to_owned() };
    let source = |error: String, _: Option<&Requirement>| {
        Problem::new(crate::problem::Code::new("X"), Subject::Workspace, error)
    };
    match resolved {
        Ok(resolved) => {
            Ok(resolved.iter().map(|found| format!("{}: {}", found.name, found.package.in_words())).collect())
        }
        Err(error) => Err(error.into_problems(subject, source).remove(0)),
    }
}

fn evidence(problem: &Problem, label: &str) -> Vec<String> {
    problem
        .evidence
        .iter()
        .find(|evidence| evidence.label == label)
        .map(|evidence| evidence.lines.clone())
        .unwrap_or_default()
}

fn utils() -> Fake {
    Fake::default()
        .hub("acme/utils", "1.0.0", json!([]), &[">=1.3.0", "<2.0.0"])
        .hub("acme/utils", "1.1.0", json!([]), &[">=1.3.0", "<2.0.0"])
        .hub("acme/utils", "1.2.0-b1", json!([]), &[])
        .hub("acme/utils", "2.0.0", json!([]), &[">=1.8.0"])
}

#[test]
fn the_highest_version_in_the_range_is_taken() {
    let text = "packages: [{package: acme/utils, version: ['>=1.0.0', <2.0.0]}]";
    assert_eq!(resolve(&utils(), text).unwrap(), ["utils: acme/utils 1.1.0"]);
}

#[test]
fn a_prerelease_is_taken_only_when_asked_for() {
    let text = "packages: [{package: acme/utils, version: '>=1.0.0', install_prerelease: true}]";
    assert_eq!(resolve(&utils(), text).unwrap(), ["utils: acme/utils 1.2.0-b1"]);
    let text = "packages: [{package: acme/utils, version: '>=1.2.0-b1'}]";
    assert_eq!(resolve(&utils(), text).unwrap(), ["utils: acme/utils 1.2.0-b1"]);
}

#[test]
fn a_version_for_another_dbt_is_taken_only_unchecked() {
    let text = "packages: [{package: acme/utils, version: '>=2.0.0'}]";
    assert_eq!(resolve_checked(&utils(), text, false).unwrap(), ["utils: acme/utils 2.0.0"]);
    let problem = resolve(&utils(), text).unwrap_err();
    assert_eq!(problem.code.as_str(), "DBT-DEPS-VERSION");
    assert!(
        problem.raw.contains("Requested range: >=2.0.0\n  Compatible versions: ['1.0.0', '1.1.0']"),
        "{}",
        problem.raw
    );
    assert_eq!(evidence(&problem, "Versions in the hub")[0], "2.0.0 needs dbt >=1.8.0");
    assert_eq!(problem.fixes[0].title, "Ask for 1.1.0 in packages.yml, the newest that may be taken");
}

#[test]
fn what_two_ask_for_is_taken_together() {
    let fake =
        utils().hub("acme/more", "0.1.0", json!([{"package": "acme/utils", "version": [">=1.0.0", "<1.1.0"]}]), &[]);
    let text = "packages: [{package: acme/utils, version: '>=0.1.0'}, {package: acme/more, version: 0.1.0}]";
    assert_eq!(resolve(&fake, text).unwrap(), ["utils: acme/utils 1.0.0", "more: acme/more 0.1.0"]);
}

#[test]
fn a_conflict_says_who_wants_what() {
    let fake = utils().hub("acme/more", "0.1.0", json!([{"package": "acme/utils", "version": "<1.1.0"}]), &[]);
    let text = "packages:\n  - {package: acme/utils, version: 1.1.0}\n  - {package: acme/more, version: 0.1.0}\n";
    let problem = resolve(&fake, text).unwrap_err();
    assert_eq!(problem.code.as_str(), "DBT-DEPS-VERSION");
    assert_eq!(
        problem.raw,
        "Version error for package acme/utils: Could not find a satisfactory version from options: ['=1.1.0', '<1.1.0']"
    );
    let who = evidence(&problem, "Who wants it");
    assert_eq!(who, ["packages.yml wants acme/utils 1.1.0", "acme/more 0.1.0 wants acme/utils <1.1.0"]);
    assert_eq!(problem.place.map(|place| place.line), Some(2));
}

#[test]
fn an_unknown_package_is_told_with_those_of_like_names() {
    let problem = resolve(&utils(), "packages: [{package: acmee/utils, version: 1.0.0}]").unwrap_err();
    assert_eq!(
        (problem.code.as_str(), problem.raw.as_str()),
        ("DBT-DEPS-NOT-IN-HUB", "Package acmee/utils was not found in the package index")
    );
    assert_eq!(evidence(&problem, "Packages of the hub with a name like it"), ["acme/utils"]);
}

#[test]
fn a_text_that_is_no_version_is_told() {
    let problem = resolve(&utils(), "packages: [{package: acme/utils, version: '>=1.0.0,<2.0.0'}]").unwrap_err();
    assert_eq!(problem.raw, "\">=1.0.0,<2.0.0\" is not a valid semantic version.");
}

fn project(name: &str) -> String {
    format!("name: {name}\n")
}

#[test]
fn a_repository_is_pinned_to_its_commit_and_its_own_packages_follow() {
    let packages = "packages: [{package: acme/utils, version: 1.0.0}]";
    let fake = utils().git("https://x/y.git", "v1", &[("dbt_project.yml", &project("y")), ("packages.yml", packages)]);
    let resolved = resolve(&fake, "packages: [{git: https://x/y.git, revision: v1}]").unwrap();
    assert_eq!(resolved, [format!("y: https://x/y.git {:0<40}", "v1"), "utils: acme/utils 1.0.0".to_owned()]);
}

#[test]
fn one_repository_has_one_revision_however_it_is_spelled() {
    let fake = Fake::default().git("https://x/y.git", "v1", &[("dbt_project.yml", &project("y"))]).git(
        "https://x/y",
        "v2",
        &[("dbt_project.yml", &project("y"))],
    );
    let problem = resolve(&fake, "packages: [{git: https://x/y.git, revision: v1}, {git: https://x/y, revision: v2}]")
        .unwrap_err();
    assert_eq!(problem.code.as_str(), "DBT-DEPS-MULTI-VERSION");
    assert_eq!(
        problem.raw,
        "git dependencies should contain exactly one version. https://x/y.git contains: {'v1', 'v2'}"
    );
    let same = "packages: [{git: https://x/y.git, revision: v1}, {git: https://x/y, revision: v1}]";
    assert_eq!(resolve(&fake, same).unwrap().len(), 1);
}

#[test]
fn two_projects_of_one_name_are_refused() {
    let fake = utils()
        .local("../a", &[("dbt_project.yml", &project("utils"))])
        .local("../b", &[("dbt_project.yml", &project("shop"))]);
    let two = resolve(&fake, "packages: [{package: acme/utils, version: 1.0.0}, {local: ../a}]").unwrap_err();
    assert!(two.raw.starts_with("Found duplicate project \"utils\"."), "{}", two.raw);
    assert_eq!(evidence(&two, "Packages of that name"), ["acme/utils 1.0.0", "local ../a"]);
    let root = resolve(&fake, "packages: [{local: ../b}]").unwrap_err();
    assert!(
        root.raw.starts_with("Found a dependency with the same name as the root project \"shop\"."),
        "{}",
        root.raw
    );
}

#[test]
fn a_package_without_a_project_points_at_the_folder_that_has_one() {
    let fake = Fake::default().git("https://x/y.git", "HEAD", &[("packages/y/dbt_project.yml", &project("y"))]);
    let problem = resolve(&fake, "packages: [{git: https://x/y.git}]").unwrap_err();
    assert_eq!(problem.code.as_str(), "DBT-PACKAGE-NO-PROJECT");
    assert_eq!(problem.fixes[0].title, "Add subdirectory: packages/y to the entry");
}

#[test]
fn a_name_that_is_no_folder_is_refused() {
    for name in ["../../etc", ".git", "a/b"] {
        let fake = Fake::default().local("x", &[("dbt_project.yml", &format!("name: '{name}'"))]);
        assert!(resolve(&fake, "packages: [{local: x}]").is_err(), "{name}");
    }
    let tarball = "packages: [{tarball: https://x/t, name: ../../x}]";
    assert_eq!(resolve(&Fake::default(), tarball).unwrap_err().code.as_str(), "DBT-DEPS-MALFORMED");
}

#[test]
fn packages_that_ask_for_each_other_come_to_an_end() {
    let asks = |other: &str| format!("packages: [{{local: {other}}}]");
    let fake = Fake::default()
        .local("a", &[("dbt_project.yml", &project("a")), ("packages.yml", &asks("b"))])
        .local("b", &[("dbt_project.yml", &project("b")), ("packages.yml", &asks("a"))]);
    assert_eq!(resolve(&fake, "packages: [{local: a}]").unwrap_err().code.as_str(), "DBT-DEPS-CIRCLE");
}

#[test]
fn a_package_with_a_broken_file_is_told_in_its_own_name() {
    let fake =
        Fake::default().local("a", &[("dbt_project.yml", &project("a")), ("packages.yml", "packages: [{gti: x}]")]);
    let problem = resolve(&fake, "packages: [{local: a}]").unwrap_err();
    assert_eq!(problem.place.unwrap().file, "local a: packages.yml");
}

#[test]
fn a_source_that_fails_is_told_with_who_wanted_it() {
    let problem = resolve(&Fake::default(), "packages: [{git: https://x/y.git, revision: v1}]").unwrap_err();
    assert_eq!(evidence(&problem, "Who wants it"), ["packages.yml wants https://x/y.git v1"]);
}
