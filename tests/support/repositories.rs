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

/// Adds to the shop what is no file that can be read: a submodule, a link out of the repository, a name
/// that is not UTF-8, and a file that Git LFS keeps.
pub fn odd_shop(place: &Path, repository: &Path) {
    use std::os::unix::ffi::OsStrExt as _;
    super::git(place, &["clone", "-q", repository.to_str().expect("a path"), "odd"]);
    let work = place.join("odd");
    let models = work.join("transform/models");
    std::os::unix::fs::symlink("/etc/passwd", models.join("secret.sql")).expect("a link");
    std::fs::write(models.join(std::ffi::OsStr::from_bytes(b"caf\xe9.sql")), "select 1").expect("a file");
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";
    std::fs::write(models.join("large.sql"), pointer).expect("a file");
    super::git(&work, &["add", "-A"]);
    let id = super::git(&work, &["rev-parse", "HEAD"]);
    let entry = format!("160000,{id},transform/dbt_packages/shared");
    super::git(&work, &["update-index", "--add", "--cacheinfo", &entry]);
    super::git(&work, &["commit", "-qm", "Odd things"]);
    super::git(&work, &["push", "-q", "origin", "HEAD:main"]);
}

/// A branch whose folder has more files than anybody reads.
pub fn crowd(path: &Path, files: usize) {
    let repository = git2::Repository::open(path).expect("a repository");
    let text = repository.blob(b"select 1\n").expect("a blob");
    let mut raw = Vec::new();
    let project = repository.blob(b"name: shop\nversion: '1.0'\n").expect("a blob");
    raw.extend_from_slice(b"100644 dbt_project.yml\0");
    raw.extend_from_slice(project.as_bytes());
    for number in 0..files {
        raw.extend_from_slice(format!("100644 m{number:06}.sql\0").as_bytes());
        raw.extend_from_slice(text.as_bytes());
    }
    let odb = repository.odb().expect("objects");
    let folder = odb.write(git2::ObjectType::Tree, &raw).expect("a tree");
    let mut root = repository.treebuilder(None).expect("a tree");
    root.insert("transform", folder, 0o040_000).expect("an entry");
    let root = repository.find_tree(root.write().expect("a tree")).expect("a tree");
    let signature = git2::Signature::now("Ada", "ada@acme.example").expect("a signature");
    let tip = repository.refname_to_id("refs/heads/main").expect("a branch");
    let tip = repository.find_commit(tip).expect("a commit");
    repository.commit(Some("refs/heads/main"), &signature, &signature, "Crowd", &root, &[&tip]).expect("a commit");
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

/// A pack of one object that says it has so many bytes, and does not.
pub fn boasting_pack(megabytes: u64) -> Vec<u8> {
    let mut pack = b"PACK\0\0\0\x02\0\0\0\x01".to_vec();
    let mut size = megabytes << 20;
    pack.push(0xb0 | size as u8 & 0x0f);
    size >>= 4;
    while size > 0x7f {
        pack.push(size as u8 & 0x7f | 0x80);
        size >>= 7;
    }
    pack.push(size as u8);
    pack.extend([0x78, 0x9c, 0x03, 0, 0, 0, 0, 1]);
    pack.extend([0; 20]);
    pack
}
