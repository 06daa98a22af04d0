//! Lock files: hashes, scalars, and what is written and read.

use super::*;
use crate::dbt::packages::scalar::scalar;

#[test]
fn the_hash_is_dbts() {
    let cases: Vec<(String, String)> = serde_json::from_str(include_str!("hashes.json")).unwrap();
    assert!(cases.len() > 10);
    for (text, hash) in cases {
        assert_eq!(wanted(&[("packages.yml", &text)]).unwrap().hash, hash, "{text}");
    }
}

#[test]
fn a_text_is_written_as_pyyaml_writes_it() {
    let cases: Vec<(String, String)> = include_str!("scalars.txt")
        .lines()
        .filter_map(|line| line.split_once(" => "))
        .map(|(text, written)| (serde_json::from_str(text).unwrap(), serde_json::from_str(written).unwrap()))
        .collect();
    assert!(cases.len() > 80);
    for (text, written) in cases {
        assert_eq!(scalar(&text, "- git:".len(), 4), written, "{text:?}");
    }
}

fn hub(name: &str, version: &str) -> Resolved {
    let package = Pinned::Hub { name: name.to_owned(), version: version.to_owned(), latest: None };
    Resolved { name: "x".to_owned(), package }
}

#[test]
fn a_lock_file_is_written_with_sorted_keys() {
    let git = Pinned::Git {
        address: "https://hunter22@x/y.git".to_owned(),
        written: "https://{{ env_var('DBT_ENV_SECRET_TOKEN') }}@x/y.git".to_owned(),
        revision: Some("0123456789012345678901234567890123456789".to_owned()),
        subdirectory: Some("sub".to_owned()),
        warn_unpinned: true,
    };
    let local = Pinned::Local { path: "../shared".to_owned() };
    let tarball =
        Pinned::Tarball { address: "https://x/t".to_owned(), written: "https://x/t".to_owned(), name: "t".to_owned() };
    let packages: Vec<Resolved> =
        [git, local, tarball].map(|package| Resolved { name: "x".to_owned(), package }).into();
    let packages = [vec![hub("a/b", "1.0.0")], packages].concat();
    assert_eq!(
        Lock::write(&packages, "abc", &[]),
        "packages:
- package: a/b
  version: 1.0.0
- git: https://{{ env_var('DBT_ENV_SECRET_TOKEN') }}@x/y.git
  revision: 0123456789012345678901234567890123456789
  subdirectory: sub
- local: ../shared
- name: t
  tarball: https://x/t
sha1_hash: abc
"
    );
}

#[test]
fn a_secret_is_written_to_no_lock_file() {
    let wanted = wanted(&[]).unwrap();
    let address = "https://hunter22@x/y.git".to_owned();
    let package =
        Pinned::Git { written: address.clone(), address, revision: None, subdirectory: None, warn_unpinned: true };
    let text = wanted.lock_text(&[Resolved { name: "y".to_owned(), package }]);
    assert!(text.contains("git: https://*****@x/y.git"), "{text}");
}

#[test]
fn a_lock_without_packages_says_so() {
    assert_eq!(Lock::write(&[], "abc", &[]), "packages: []\nsha1_hash: abc\n");
}

#[test]
fn a_lock_is_honoured_while_its_hash_fits() {
    let packages = ("packages.yml", "packages: [{package: a/b, version: 1.0.0}]");
    let hash = wanted(&[packages]).unwrap().hash;
    let lock = |hash: &str| {
        let text = Lock::write(&[hub("a/b", "1.0.0")], hash, &[]);
        wanted(&[packages, ("package-lock.yml", &text)]).unwrap()
    };
    assert_eq!(lock(&hash).fitting_lock().unwrap().packages, [hub("a/b", "1.0.0").package]);
    assert!(lock("0000").fitting_lock().is_none());
}

#[test]
fn a_lock_that_pins_nothing_counts_as_none() {
    let packages = ("packages.yml", "packages: [{package: a/b, version: 1.0.0}]");
    for text in ["packages: [{package: a/b, version: ['>=1.0.0', '<2.0.0']}]", "packages: [7]", "a: b: c", ": ["] {
        let wanted = wanted(&[packages, ("package-lock.yml", text)]).unwrap();
        assert_eq!(wanted.lock, None, "{text}");
    }
}

#[test]
fn a_locks_templates_are_rendered() {
    let text =
        "packages:\n- git: https://{{ env_var('DBT_ENV_SECRET_TOKEN') }}@x/y.git\n  revision: abc\nsha1_hash: x\n";
    let wanted = wanted(&[("package-lock.yml", text)]).unwrap();
    let lock = wanted.lock.unwrap();
    let Pinned::Git { address, written, .. } = &lock.packages[0] else { panic!("{lock:?}") };
    assert_eq!(address, "https://hunter22@x/y.git");
    assert!(written.contains("{{"), "{written}");
}

#[test]
fn sums_are_written_in_small_digits() {
    assert_eq!(sha1_hex(b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
}
