//! `docs/problems.md` is what the catalogue says. `INSTA_UPDATE=always cargo test --test
//! problem_reference` writes it anew.

use std::path::Path;

use ebbtide::problem::{Catalogue, reference};

#[test]
fn the_reference_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/problems.md");
    let wanted = reference(&Catalogue::builtin());
    if std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always") {
        std::fs::write(&path, &wanted).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let first = wanted.lines().zip(written.lines()).find(|(wanted, written)| wanted != written);
    assert!(
        wanted == written,
        "docs/problems.md is stale, first at {first:?}; run INSTA_UPDATE=always cargo test --test problem_reference"
    );
}
