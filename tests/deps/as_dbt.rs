//! Every case of `cases.json`: the lock file byte by byte, the folders, or the words of the error.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::place::Place;

fn cases() -> Vec<Value> {
    serde_json::from_str(include_str!("cases.json")).unwrap()
}

fn expected(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/deps/expected/{name}.txt"));
    fs::read_to_string(path).unwrap()
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().map(|text| text.as_str().unwrap()).collect()
}

/// Takes what changes from place to place out of a text.
fn settled(place: &Place, text: &str) -> String {
    let named = place.commits.iter().fold(text.to_owned(), |text, (id, name)| text.replace(id, &format!("<{name}>")));
    named.replace(&place.path("repositories").display().to_string(), "<repositories>")
}

fn plain(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn check(case: &Value) {
    let name = case["name"].as_str().unwrap();
    let files: Vec<(&str, &str)> =
        case["files"].as_object().unwrap().iter().map(|(path, text)| (path.as_str(), text.as_str().unwrap())).collect();
    let place = Place::with(&files);
    let lock = place.read("package-lock.yml");
    if lock.contains("HASH") {
        fs::remove_file(place.project().join("package-lock.yml")).unwrap();
        place.deps(&["--lock"]);
        let made = place.read("package-lock.yml");
        let hash = made.lines().find_map(|line| line.strip_prefix("sha1_hash: ")).unwrap();
        place.write("package-lock.yml", &lock.replace("HASH", hash));
    }
    let output = place.run(&[vec!["deps", "--json"], texts(&case["arguments"])].concat());
    let expected = expected(name);
    if expected.contains("sha1_hash") {
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let mut told = settled(&place, &place.read("package-lock.yml"));
        if place.read("packages.yml").contains("env_var") {
            // The hash is made of where the repositories lie.
            let hash = told.lines().find(|line| line.starts_with("sha1_hash")).unwrap().to_owned();
            told = told.replace(&hash, "sha1_hash: <hash>");
        }
        for folder in ["dbt_packages", "vendor/packages"] {
            for path in place.files(folder).keys().filter(|path| path.ends_with("dbt_project.yml")) {
                let name = path.trim_end_matches("/dbt_project.yml");
                told = format!("{told}installed {folder}/{name}\n");
            }
        }
        assert_eq!(told, expected, "{name}");
    } else {
        assert!(!output.status.success(), "{name} should fail");
        let problem = crate::place::problems(&output).remove(0);
        let words = case["ours"].as_str().unwrap_or(&expected);
        let raw = plain(&settled(&place, problem["raw"].as_str().unwrap()));
        assert!(raw.contains(&plain(words)), "{name}: {raw}");
    }
}

/// Splits the cases over tests that run side by side.
fn share(part: usize) {
    let cases = cases();
    assert!(cases.len() > 38);
    cases.iter().skip(part).step_by(4).for_each(check);
}

#[test]
fn packages_come_as_dbt_brings_them_first_share() {
    share(0);
}

#[test]
fn packages_come_as_dbt_brings_them_second_share() {
    share(1);
}

#[test]
fn packages_come_as_dbt_brings_them_third_share() {
    share(2);
}

#[test]
fn packages_come_as_dbt_brings_them_fourth_share() {
    share(3);
}
