//! Repositories to serve, made of values.

use std::path::{Path, PathBuf};

use ebbtide::git::author::{NewCommit, commit_to_branch, create};

/// A dbt project in a folder, and much beside it that nobody asked for.
pub const SHOP: &[(&str, &[u8])] = &[
    ("README.md", b"# The shop\n"),
    ("transform/dbt_project.yml", b"name: shop\nversion: '1.0'\n"),
    ("transform/models/orders.sql", b"select 1 as id\n"),
    ("transform/models/customers.sql", b"select 2 as id\n"),
    ("web/index.html", b"<html>not for dbt</html>\n"),
];

fn commit<'a>(message: &'a str, files: &'a [(&'a str, &'a [u8])]) -> NewCommit<'a> {
    let at = "2026-01-05T09:00:00Z".parse().expect("a time");
    NewCommit { message, author: "Ada", email: "ada@acme.example", at, files }
}

/// A bare repository `NAME.git` below `root` with one commit of `files` on `main`.
pub fn with_files(root: &Path, name: &str, files: &[(&str, &[u8])]) -> PathBuf {
    let path = root.join(format!("{name}.git"));
    create(&path, "main", &[commit("Start", files)]).expect("a repository");
    path
}

/// The shop, with filters allowed or not.
pub fn shop(root: &Path, filters: bool) -> PathBuf {
    let path = with_files(root, "shop", SHOP);
    allow_filters(&path, filters);
    path
}

pub fn empty(root: &Path, name: &str) -> PathBuf {
    let path = root.join(format!("{name}.git"));
    create(&path, "main", &[]).expect("a repository");
    path
}

pub fn allow_filters(path: &Path, allowed: bool) {
    let repository = git2::Repository::open(path).expect("a repository");
    repository.config().expect("its settings").set_bool("uploadpack.allowFilter", allowed).expect("a setting");
}

/// Lets pushes in over HTTP, also without a credential.
pub fn allow_pushes(path: &Path) {
    let repository = git2::Repository::open(path).expect("a repository");
    repository.config().expect("its settings").set_bool("http.receivepack", true).expect("a setting");
}

/// A hook of the served repository: a shell script.
pub fn hook(path: &Path, name: &str, script: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let file = path.join("hooks").join(name);
    std::fs::create_dir_all(path.join("hooks")).expect("a folder");
    std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).expect("a script");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).expect("a program");
}

/// A commit on `branch` that holds exactly `files`; gives its id.
pub fn push(path: &Path, branch: &str, files: &[(&str, &[u8])]) -> String {
    commit_to_branch(path, branch, &commit("Change", files)).expect("a commit")
}

/// Points `branch` at a new commit without any parent, as a forced push does; gives its id.
pub fn force_push(path: &Path, branch: &str, files: &[(&str, &[u8])]) -> String {
    let repository = git2::Repository::open(path).expect("a repository");
    repository.find_reference(&format!("refs/heads/{branch}")).expect("the branch").delete().expect("no branch");
    push(path, branch, files)
}

/// Bytes that do not shrink when they are packed; the same every time.
pub fn noise(length: usize) -> Vec<u8> {
    let mut state = 1u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u8
    };
    (0..length).map(|_| next()).collect()
}
