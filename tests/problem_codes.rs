//! Every code that the program raises has a row in the catalogue: the sources are read for them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ebbtide::problem::{Area, Catalogue, Code};
use regex::Regex;

/// Every Rust file below `folder` that is no test.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok).map(walkdir::DirEntry::into_path);
    let is_source = |path: &PathBuf| {
        let for_tests = ["tests", "tests.rs", "fixtures.rs"];
        let is_test = path.components().any(|part| for_tests.iter().any(|name| part.as_os_str() == *name));
        path.extension().is_some_and(|extension| extension == "rs") && !is_test
    };
    files.filter(is_source).collect()
}

#[test]
fn every_code_in_the_sources_has_a_row() {
    // what looks like a code of some area, and whatever is made into one
    let pattern = Regex::new(r#"(Code::new\()?"([A-Z]{2,}(?:-[A-Z0-9]+)+)""#).unwrap();
    let catalogue = Catalogue::builtin();
    let mut missing: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut seen = 0;
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let shipped = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default();
        for found in pattern.captures_iter(shipped) {
            let code = Code::from_text(&found[2]);
            if found.get(1).is_some() || Area::of(&code).is_some() {
                seen += 1;
                if catalogue.entry(&code).is_none() {
                    missing.insert(code.to_string(), path.clone());
                }
            }
        }
    }
    assert!(missing.is_empty(), "add rows to assets/problems/: {missing:#?}");
    assert!(seen > 10, "the sources were not read");
}
