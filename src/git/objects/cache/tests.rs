//! The cache alone: what it says it has, what it keeps, what it does with damage.

use git2::{FileMode, ObjectType};
use tempfile::TempDir;

use super::*;

fn opened() -> (TempDir, Cache) {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(&folder.path().join("shop.git")).unwrap();
    (folder, cache)
}

/// A commit of `files` put straight into the cache.
fn commit(cache: &Cache, files: &[(&str, &str)]) -> String {
    let repository = cache.repository().unwrap();
    let base = repository.find_tree(repository.treebuilder(None).unwrap().write().unwrap()).unwrap();
    let mut update = git2::build::TreeUpdateBuilder::new();
    for (path, text) in files {
        update.upsert(*path, repository.blob(text.as_bytes()).unwrap(), FileMode::Blob);
    }
    let tree = repository.find_tree(update.create_updated(&repository, &base).unwrap()).unwrap();
    let signature = git2::Signature::new("Ada", "ada@acme.example", &git2::Time::new(1_767_600_000, 0)).unwrap();
    repository.commit(None, &signature, &signature, "Start", &tree, &[]).unwrap().to_string()
}

fn forget(cache: &Cache, id: &str) {
    std::fs::remove_file(cache.path.join("objects").join(&id[..2]).join(&id[2..])).unwrap();
}

fn blob(text: &str) -> String {
    Oid::hash_object(ObjectType::Blob, text.as_bytes()).unwrap().to_string()
}

fn all_of(folder: &str) -> Wanted<'_> {
    Wanted { folder, expected: None }
}

const FILES: &[(&str, &str)] = &[("dbt/a.sql", "select 1"), ("web/index.html", "<html>")];

#[test]
fn what_is_here_is_not_missing() {
    let (_folder, cache) = opened();
    let id = commit(&cache, FILES);
    assert_eq!(cache.missing(&id, all_of("")).unwrap(), Missing::Nothing);
    assert_eq!(cache.missing(&id, all_of("nowhere")).unwrap(), Missing::Nothing);
}

#[test]
fn files_are_missed_in_the_wanted_folder_only() {
    let (_folder, cache) = opened();
    let id = commit(&cache, FILES);
    forget(&cache, &blob("<html>"));
    assert_eq!(cache.missing(&id, all_of("dbt")).unwrap(), Missing::Nothing);
    assert_eq!(cache.missing(&id, all_of("web")).unwrap(), Missing::Blobs(vec![blob("<html>")]));
    assert_eq!(cache.missing(&id, all_of("/web/")).unwrap(), Missing::Blobs(vec![blob("<html>")]));
}

/// The ids of the trees at `paths` of a commit.
fn trees(cache: &Cache, id: &str, paths: &[&str]) -> Vec<String> {
    let repository = cache.repository().unwrap();
    let root = repository.find_commit(Oid::from_str(id).unwrap()).unwrap().tree().unwrap();
    let tree = |path: &&str| match *path {
        "" => root.id().to_string(),
        path => root.get_path(Path::new(path)).unwrap().id().to_string(),
    };
    paths.iter().map(tree).collect()
}

#[test]
fn trees_are_missed_on_the_way_to_the_folder_and_in_it() {
    let files = &[("a/dbt/m/x.sql", "select 1"), ("a/dbt/dbt_project.yml", "name: x"), ("web/index.html", "<html>")];
    for (forgotten, expected) in [
        ("web", Missing::Nothing),
        ("a/dbt/m", Missing::Trees(Vec::new())),
        ("a/dbt", Missing::Folder(String::new())),
        ("a", Missing::Trees(Vec::new())),
        ("", Missing::Trees(Vec::new())),
    ] {
        let (_folder, cache) = opened();
        let id = commit(&cache, files);
        let tree = trees(&cache, &id, &[forgotten]).remove(0);
        forget(&cache, &tree);
        let expected = match expected {
            Missing::Trees(_) => Missing::Trees(vec![tree]),
            Missing::Folder(_) => Missing::Folder(tree),
            other => other,
        };
        assert_eq!(cache.missing(&id, all_of("a/dbt")).unwrap(), expected, "{forgotten}");
    }
    let (_folder, cache) = opened();
    assert_eq!(cache.missing(&"1".repeat(40), all_of("dbt")).unwrap(), Missing::Commit);
}

#[test]
fn all_names_are_missed_where_the_expected_file_is_not_there() {
    let (_folder, cache) = opened();
    let id = commit(&cache, &[("dbt/a.sql", "select 1"), ("web/page/index.html", "<html>")]);
    let expecting = |file| Wanted { folder: "dbt", expected: Some(file) };
    assert_eq!(cache.missing(&id, expecting("dbt/dbt_project.yml")).unwrap(), Missing::Nothing, "they are here");
    forget(&cache, &trees(&cache, &id, &["web/page"])[0]);
    assert_eq!(cache.missing(&id, expecting("dbt/dbt_project.yml")).unwrap(), Missing::Names);
    assert_eq!(cache.missing(&id, expecting("dbt/a.sql")).unwrap(), Missing::Nothing);
}

#[test]
fn a_folder_is_known_once_a_kept_commit_has_it() {
    let (_folder, cache) = opened();
    let id = commit(&cache, FILES);
    assert!(!cache.knows("dbt").unwrap(), "nothing is kept");
    cache.keep("main", &id).unwrap();
    assert!(cache.knows("dbt").unwrap() && cache.knows("").unwrap() && !cache.knows("nowhere").unwrap());
    forget(&cache, &blob("<html>"));
    assert!(cache.knows("dbt").unwrap() && !cache.knows("web").unwrap() && !cache.knows("").unwrap());
}

#[test]
fn equal_folders_have_equal_contents() {
    let (_folder, cache) = opened();
    let contents = |files| cache.contents(&commit(&cache, files), "dbt").unwrap();
    let first = contents(FILES);
    assert_eq!(first, contents(&[("dbt/a.sql", "select 1"), ("web/index.html", "<html>changed")]));
    for other in [&[("dbt/a.sql", "select 2")], &[("dbt/b.sql", "select 1")], &[("dbt/x/a.sql", "select 1")]] {
        assert_ne!(first, contents(other), "{other:?}");
    }
}

#[test]
fn only_kept_commits_are_said_to_be_here() {
    let (_folder, cache) = opened();
    let id = commit(&cache, FILES);
    assert_eq!(cache.haves(Extent::Whatever).unwrap(), Vec::<String>::new());
    cache.keep("main", &id).unwrap();
    cache.keep("same/commit", &id).unwrap();
    assert_eq!(cache.haves(Extent::Everything).unwrap(), std::slice::from_ref(&id));
    forget(&cache, &blob("<html>"));
    assert_eq!(cache.haves(Extent::Everything).unwrap(), Vec::<String>::new());
    assert_eq!(cache.haves(Extent::Whatever).unwrap(), std::slice::from_ref(&id));
    assert_eq!(cache.haves(Extent::Names).unwrap(), std::slice::from_ref(&id));
    forget(&cache, &trees(&cache, &id, &["web"])[0]);
    assert_eq!(cache.haves(Extent::Names).unwrap(), Vec::<String>::new());
    assert_eq!(cache.haves(Extent::Whatever).unwrap(), [id]);
}

#[test]
fn a_bounded_number_of_commits_is_told() {
    let (_folder, cache) = opened();
    for number in 0..MOST_HAVES + 5 {
        let id = commit(&cache, &[("a.sql", &number.to_string())]);
        cache.keep(&format!("branch-{number}"), &id).unwrap();
    }
    assert_eq!(cache.haves(Extent::Whatever).unwrap().len(), MOST_HAVES);
}

#[test]
fn branches_that_are_folders_of_others_are_kept_side_by_side() {
    let (_folder, cache) = opened();
    let id = commit(&cache, FILES);
    for branch in ["a", "a/b", "a%2Fb", "ä/ö"] {
        assert_eq!(cache.keep(branch, &id).unwrap().id, id, "{branch}");
    }
}

#[test]
fn a_cache_that_is_opened_again_is_the_same() {
    let (_folder, cache) = opened();
    let id = commit(&cache, FILES);
    cache.keep("main", &id).unwrap();
    assert_eq!(Cache::open(&cache.path).unwrap().haves(Extent::Everything).unwrap(), [id]);
    assert!(!beside(&cache.path, "damaged").exists());
}

#[test]
fn a_cache_whose_commit_is_gone_is_moved_aside() {
    let (_folder, cache) = opened();
    let id = commit(&cache, FILES);
    cache.keep("main", &id).unwrap();
    forget(&cache, &id);
    assert_eq!(Cache::open(&cache.path).unwrap().haves(Extent::Whatever).unwrap(), Vec::<String>::new());
    assert!(beside(&cache.path, "damaged").join("refs/ebb/main").exists());
}

#[test]
fn only_the_last_damaged_cache_is_kept() {
    let (folder, cache) = opened();
    for _ in 0..3 {
        std::fs::write(cache.path.join(DAMAGED), "").unwrap();
        Cache::open(&cache.path).unwrap();
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

/// One pack a commit, as fetches leave them.
fn pack(cache: &Cache, id: &str) {
    let repository = cache.repository().unwrap();
    let mut builder = repository.packbuilder().unwrap();
    builder.insert_commit(Oid::from_str(id).unwrap()).unwrap();
    builder.write(&cache.path.join("objects/pack"), 0o444).unwrap();
}

fn packs(cache: &Cache) -> usize {
    let entries = std::fs::read_dir(cache.path.join("objects/pack")).unwrap();
    entries.filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|ending| ending == "idx")).count()
}

#[test]
fn many_packs_become_one_while_somebody_reads() {
    let (_folder, cache) = opened();
    let ids: Vec<String> =
        (0..40).map(|number| commit(&cache, &[("a.sql", &format!("select {number}").repeat(50))])).collect();
    for id in &ids {
        pack(&cache, id);
    }
    for entry in std::fs::read_dir(cache.path.join("objects")).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().len() == 2 {
            std::fs::remove_dir_all(path).unwrap();
        }
    }
    assert_eq!(packs(&cache), 40);
    let before = super::super::Repository::open(&cache.path).unwrap();
    let reader = before.reader(&ids[0]).unwrap();
    cache.tidy().unwrap();
    assert_eq!(packs(&cache), 1);
    assert_eq!(reader.list("").unwrap().files[0].size, Some(8 * 50));
    for (number, id) in ids.iter().enumerate() {
        let expected = format!("select {number}").repeat(50).into_bytes();
        assert_eq!(before.reader(id).unwrap().read("a.sql").unwrap(), expected);
    }
    cache.tidy().unwrap();
    assert_eq!(packs(&cache), 1);
}

#[test]
fn a_few_packs_stay() {
    let (_folder, cache) = opened();
    let id = commit(&cache, FILES);
    pack(&cache, &id);
    cache.tidy().unwrap();
    assert_eq!(packs(&cache), 1);
}
