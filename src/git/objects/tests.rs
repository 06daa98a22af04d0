//! Reading commits, with trees as odd as they come.

use std::path::Path;

use git2::{FileMode, ObjectType, Oid};
use jiff::Timestamp;
use tempfile::TempDir;

use super::super::author::{NewCommit, create};
use super::*;

/// What to put at a path.
enum Put<'a> {
    File(&'a str),
    Link(&'a str),
    Submodule,
}

fn empty() -> (TempDir, git2::Repository) {
    let folder = tempfile::tempdir().unwrap();
    let repository = git2::Repository::init_bare(folder.path()).unwrap();
    (folder, repository)
}

fn tree(repository: &git2::Repository, entries: &[(&str, Put<'_>)]) -> Oid {
    let base = repository.find_tree(repository.treebuilder(None).unwrap().write().unwrap()).unwrap();
    let mut update = git2::build::TreeUpdateBuilder::new();
    for (path, put) in entries {
        match put {
            Put::File(text) => update.upsert(*path, repository.blob(text.as_bytes()).unwrap(), FileMode::Blob),
            Put::Link(target) => update.upsert(*path, repository.blob(target.as_bytes()).unwrap(), FileMode::Link),
            Put::Submodule => update.upsert(*path, Oid::from_bytes(&[7; 20]).unwrap(), FileMode::Commit),
        };
    }
    update.create_updated(repository, &base).unwrap()
}

fn commit(repository: &git2::Repository, tree: Oid) -> String {
    let signature = git2::Signature::new("Ada", "ada@acme.example", &git2::Time::new(1_767_600_000, 60)).unwrap();
    let tree = repository.find_tree(tree).unwrap();
    repository.commit(Some("refs/heads/main"), &signature, &signature, "Start\n\nBody", &tree, &[]).unwrap().to_string()
}

fn reader(entries: &[(&str, Put<'_>)]) -> (TempDir, TreeReader) {
    let (folder, repository) = empty();
    let id = commit(&repository, tree(&repository, entries));
    let reader = Repository::open(folder.path()).unwrap().reader(&id).unwrap();
    (folder, reader)
}

fn paths(listing: &Listing) -> Vec<&str> {
    listing.files.iter().map(|file| file.path.as_str()).collect()
}

use Put::{File, Link, Submodule};

#[test]
fn files_are_listed_below_a_folder_with_sizes() {
    let (_folder, reader) = reader(&[("a/x.sql", File("select 1")), ("a/b/y.sql", File("")), ("ab.sql", File("s"))]);
    assert_eq!(paths(&reader.list("").unwrap()), ["a/b/y.sql", "a/x.sql", "ab.sql"]);
    let listing = reader.list("a").unwrap();
    assert_eq!(paths(&listing), ["a/b/y.sql", "a/x.sql"]);
    assert_eq!(listing.files[1].size, Some(8));
    assert_eq!(paths(&reader.list("a/b/").unwrap()), ["a/b/y.sql"]);
}

#[test]
fn a_folder_that_is_not_there_has_no_files() {
    let (_folder, reader) = reader(&[("a/x.sql", File("s"))]);
    for folder in ["b", "a/x.sql", "..", "a/../../x"] {
        assert_eq!(reader.list(folder).unwrap(), Listing::default(), "{folder}");
    }
}

#[test]
fn files_are_read_by_path() {
    let (_folder, reader) = reader(&[("a/x.sql", File("select 1"))]);
    assert_eq!(reader.read("a/x.sql").unwrap(), b"select 1");
    assert!(matches!(reader.read("a"), Err(TreeError::NotFound { .. })));
    assert!(matches!(reader.read("a/y.sql"), Err(TreeError::NotFound { .. })));
    assert!(matches!(reader.read("a/x.sql/z"), Err(TreeError::NotFound { .. })));
    assert!(matches!(reader.read("../x"), Err(TreeError::Outside { .. })));
}

#[test]
fn links_inside_the_tree_are_followed() {
    let (_folder, reader) = reader(&[
        ("shared/models/m.sql", File("select 2")),
        ("dbt/models", Link("../shared/models")),
        ("dbt/one.sql", Link("models/m.sql")),
    ]);
    let listing = reader.list("dbt").unwrap();
    assert_eq!(paths(&listing), ["dbt/models/m.sql", "dbt/one.sql"]);
    assert_eq!(listing.left_out, LeftOut::default());
    assert_eq!(reader.read("dbt/models/m.sql").unwrap(), b"select 2");
    assert_eq!(reader.read("dbt/one.sql").unwrap(), b"select 2");
    assert_eq!(paths(&reader.list("dbt/models").unwrap()), ["dbt/models/m.sql"]);
}

#[test]
fn links_that_lead_outside_are_left_out() {
    let (_folder, reader) = reader(&[
        ("absolute", Link("/etc/passwd")),
        ("above", Link("../../etc/passwd")),
        ("nowhere", Link("missing.sql")),
        ("itself", Link("itself")),
        ("x.sql", File("s")),
    ]);
    let listing = reader.list("").unwrap();
    assert_eq!(paths(&listing), ["x.sql"]);
    assert_eq!(listing.left_out.links.count, 4);
    assert!(matches!(reader.read("absolute"), Err(TreeError::Outside { .. })));
    assert!(matches!(reader.read("above"), Err(TreeError::Outside { .. })));
    assert!(matches!(reader.read("itself"), Err(TreeError::Outside { .. })));
}

#[test]
fn a_circle_of_folders_ends() {
    let (_folder, reader) =
        reader(&[("a/b/up", Link("..")), ("a/b/x.sql", File("s")), ("a/root", Link("..")), ("a/here", Link("."))]);
    let listing = reader.list("").unwrap();
    assert_eq!(paths(&listing), ["a/b/x.sql"]);
    assert_eq!(listing.left_out.links.first, ["a/b/up", "a/here", "a/root"]);
}

#[test]
fn many_links_to_many_links_end_at_the_limit() {
    let (folder, repository) = empty();
    let mut entries = vec![("l0/x.sql".to_owned(), File("s"))];
    let targets: Vec<String> = (0..20).map(|level| format!("../l{level}")).collect();
    for (level, target) in targets.iter().enumerate() {
        entries.push((format!("l{}/a", level + 1), Link(target)));
        entries.push((format!("l{}/b", level + 1), Link(target)));
    }
    let entries: Vec<(&str, Put<'_>)> = entries.iter().map(|(path, put)| (path.as_str(), copy(put))).collect();
    let root = tree(&repository, &entries);
    let result = listing::list(&git2::Repository::open(folder.path()).unwrap(), root, "", 5000);
    assert!(matches!(result, Err(TreeError::TooMany { limit: 5000 })));
}

fn copy<'a>(put: &Put<'a>) -> Put<'a> {
    match put {
        File(text) => File(text),
        Link(target) => Link(target),
        Submodule => Submodule,
    }
}

#[test]
fn submodules_are_left_out_and_named() {
    let (_folder, reader) = reader(&[("packages/shared", Submodule), ("x.sql", File("s"))]);
    let listing = reader.list("").unwrap();
    assert_eq!(paths(&listing), ["x.sql"]);
    assert_eq!(listing.left_out.submodules, Paths { count: 1, first: vec!["packages/shared".to_owned()] });
    assert!(matches!(reader.read("packages/shared/m.sql"), Err(TreeError::Submodule { .. })));
}

#[test]
fn a_pointer_of_lfs_is_told() {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n";
    let (_folder, reader) = reader(&[("seed.csv", File(pointer))]);
    assert!(matches!(reader.read("seed.csv"), Err(TreeError::LfsPointer { .. })));
}

#[test]
fn names_that_no_file_system_could_hold_are_left_out() {
    let (folder, repository) = empty();
    let blob = repository.blob(b"select 1").unwrap();
    let mut raw = Vec::new();
    for name in [&b".."[..], b"bad\xff.sql", b"good.sql", b"in/side.sql"] {
        raw.extend_from_slice(b"100644 ");
        raw.extend_from_slice(name);
        raw.push(0);
        raw.extend_from_slice(blob.as_bytes());
    }
    let root = repository.odb().unwrap().write(ObjectType::Tree, &raw).unwrap();
    let handles = Arc::new(Handles::open(folder.path(), None).unwrap());
    let listing = TreeReader::new(handles, root).list("").unwrap();
    assert_eq!(paths(&listing), ["good.sql"]);
    assert_eq!(listing.left_out.names.count, 3);
}

#[test]
fn files_are_found_by_name_nearest_first() {
    let (_folder, reader) = reader(&[
        ("a/b/dbt_project.yml", File("")),
        ("z/dbt_project.yml", File("")),
        ("z/dbt_project.yaml", File("")),
        ("link/dbt_project.yml", Link("../z/dbt_project.yml")),
    ]);
    let found = reader.find("dbt_project.yml").unwrap();
    assert_eq!(found.paths, ["z/dbt_project.yml", "a/b/dbt_project.yml"]);
    assert!(!found.incomplete);
}

#[test]
fn several_threads_read_at_once() {
    let (_folder, reader) = reader(&[("a.sql", File("select 1")), ("b.sql", File("select 2"))]);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..50 {
                    assert_eq!(reader.read("a.sql").unwrap(), b"select 1");
                    assert_eq!(reader.read("b.sql").unwrap(), b"select 2");
                }
            });
        }
    });
}

#[test]
fn a_damaged_object_of_the_cache_is_told_and_noted() {
    let (folder, repository) = empty();
    let id = commit(&repository, tree(&repository, &[("x.sql", File("select 1"))]));
    let blob = git2::Oid::hash_object(ObjectType::Blob, b"select 1").unwrap().to_string();
    let object = folder.path().join("objects").join(&blob[..2]).join(&blob[2..]);
    std::fs::remove_file(&object).unwrap();
    std::fs::write(&object, b"rubbish").unwrap();
    let remote = Remote::Http { url: "https://git.example/shop".to_owned() };
    let reader = Repository::of(&remote, folder.path()).unwrap().reader(&id).unwrap();
    assert!(matches!(reader.read("x.sql"), Err(TreeError::Damaged { .. })));
    assert!(folder.path().join(handles::DAMAGED).exists());
}

#[test]
fn a_blob_that_was_not_fetched_is_told() {
    let (folder, repository) = empty();
    let id = commit(&repository, tree(&repository, &[("x.sql", File("select 1"))]));
    let blob = git2::Oid::hash_object(ObjectType::Blob, b"select 1").unwrap().to_string();
    std::fs::remove_file(folder.path().join("objects").join(&blob[..2]).join(&blob[2..])).unwrap();
    let reader = Repository::open(folder.path()).unwrap().reader(&id).unwrap();
    assert_eq!(reader.list("").unwrap().files[0].size, None);
    assert!(matches!(reader.read("x.sql"), Err(TreeError::NotFetched { .. })));
}

fn one_commit(at: &Path) -> String {
    let author = NewCommit {
        message: "Add the shop\n\nWith a body.",
        author: "Ada Lovelace",
        email: "ada@acme.example",
        at: "2026-01-05T09:00:00Z".parse().unwrap(),
        files: &[("dbt_project.yml", b"name: shop")],
    };
    create(at, "trunk", &[author]).unwrap()
}

#[test]
fn a_tip_is_found_by_name_and_by_head() {
    let folder = tempfile::tempdir().unwrap();
    let id = one_commit(folder.path());
    let repository = Repository::open(folder.path()).unwrap();
    let (branch, commit) = repository.tip("").unwrap();
    assert_eq!((branch.as_str(), commit.id.as_str()), ("trunk", id.as_str()));
    assert_eq!((commit.author.as_str(), commit.subject.as_str()), ("Ada Lovelace", "Add the shop"));
    assert_eq!(commit.at, "2026-01-05T09:00:00Z".parse::<Timestamp>().unwrap());
    assert_eq!(repository.tip("trunk").unwrap().1, commit);
}

#[test]
fn a_missing_branch_comes_with_those_that_exist() {
    let folder = tempfile::tempdir().unwrap();
    one_commit(folder.path());
    let error = Repository::open(folder.path()).unwrap().tip("main").unwrap_err();
    let RemoteError::BranchMissing { branch, branches, default } = error else { panic!("{error}") };
    assert_eq!((branch.as_str(), branches, default.as_deref()), ("main", vec!["trunk".to_owned()], Some("trunk")));
}

#[test]
fn a_repository_without_commits_is_empty() {
    let (folder, _repository) = empty();
    assert!(matches!(Repository::open(folder.path()).unwrap().tip("main"), Err(RemoteError::Empty)));
}

#[test]
fn a_folder_that_is_no_repository_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().to_owned(), folder.path().join("missing")] {
        assert!(matches!(Repository::open(&path), Err(RemoteError::NotARepository { .. })), "{path:?}");
    }
}

#[test]
fn a_folder_inside_of_a_repository_is_not_taken_for_it() {
    let folder = tempfile::tempdir().unwrap();
    git2::Repository::init(folder.path()).unwrap();
    std::fs::create_dir(folder.path().join("inner")).unwrap();
    assert!(Repository::open(folder.path()).is_ok());
    assert!(matches!(Repository::open(&folder.path().join("inner")), Err(RemoteError::NotARepository { .. })));
}

#[test]
fn an_unknown_commit_is_told() {
    let folder = tempfile::tempdir().unwrap();
    one_commit(folder.path());
    let repository = Repository::open(folder.path()).unwrap();
    for id in ["", "main", "0123456789012345678901234567890123456789"] {
        assert!(matches!(repository.reader(id), Err(RemoteError::Cache { .. })), "{id}");
    }
}

#[test]
fn many_links_in_a_large_folder_end() {
    let (folder, repository) = empty();
    let target = repository.blob(b"00001").unwrap();
    let mut raw = Vec::new();
    for number in 0..40_000 {
        raw.extend_from_slice(format!("120000 {number:05}\0").as_bytes());
        raw.extend_from_slice(target.as_bytes());
    }
    let root = repository.odb().unwrap().write(ObjectType::Tree, &raw).unwrap();
    let handles = Arc::new(Handles::open(folder.path(), None).unwrap());
    assert!(matches!(TreeReader::new(handles, root).list(""), Err(TreeError::TooMany { .. })));
}

#[test]
fn a_listed_file_and_an_unlisted_one_read_the_same() {
    let (_folder, reader) = reader(&[("a/x.sql", File("select 1")), ("b/y.sql", Link("../a/x.sql"))]);
    let before = (reader.read("a/x.sql").unwrap(), reader.read("b/y.sql").unwrap());
    reader.list("").unwrap();
    assert_eq!((reader.read("a/x.sql").unwrap(), reader.read("b/y.sql").unwrap()), before);
}
