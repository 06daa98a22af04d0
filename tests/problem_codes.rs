//! Every code that the program raises has a row in the catalogue: the sources are read for them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ebbtide::problem::{Area, Catalogue, Code};
use regex::Regex;

/// Every Rust file below `folder` that is no test.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok).map(walkdir::DirEntry::into_path);
    let is_source = |path: &PathBuf| {
        let is_test = path.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs");
        path.extension().is_some_and(|extension| extension == "rs") && !is_test
    };
    files.filter(is_source).collect()
}

#[test]
fn every_code_in_the_sources_has_a_row() {
    let pattern = Regex::new(r#""([A-Z]{2,}(?:-[A-Z0-9]+)+)""#).unwrap();
    let catalogue = Catalogue::builtin();
    let mut missing: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut seen = 0;
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let shipped = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default();
        for code in pattern.captures_iter(shipped).map(|found| Code::from_text(&found[1])) {
            if Area::of(&code).is_some() {
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
