//! Opening: a new file, an older schema, a damaged one, a later one, somebody else's.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::super::migrations::{APPLICATION_ID, MIGRATIONS, NEWEST};
use super::*;

fn place(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("state").join("ebb.sqlite")
}

fn schema(path: &Path) -> Vec<String> {
    let connection = Connection::open(path).unwrap();
    let mut statement =
        connection.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
#[cfg(unix)]
fn a_new_store_is_ours_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = place(&folder);
    let store = Store::open(&path).unwrap();
    good_sync(&store, "shop", &[model("a", "1")]);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    for name in ["ebb.sqlite", "ebb.sqlite-wal", "ebb.sqlite-shm"] {
        assert_eq!(mode(&path.with_file_name(name)), 0o600, "{name}");
    }
    assert_eq!(store.path(), path);
}

#[test]
fn what_was_recorded_is_there_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let sync = good_sync(&Store::open(&place(&folder)).unwrap(), "shop", &[model("a", "1")]);
    let store = Store::open(&place(&folder)).unwrap();
    assert_eq!(store.last_good("shop").unwrap().unwrap().id, sync);
    assert_eq!(store.model("shop", "model.shop.a").unwrap(), Some(model("a", "1")));
}

#[test]
fn every_earlier_schema_comes_to_the_newest() {
    let folder = tempfile::tempdir().unwrap();
    let fresh = folder.path().join("fresh.sqlite");
    drop(Store::open(&fresh).unwrap());
    for version in 0..=MIGRATIONS.len() {
        let path = folder.path().join(format!("v{version}.sqlite"));
        let old = Connection::open(&path).unwrap();
        MIGRATIONS[..version].iter().for_each(|script| old.execute_batch(script).unwrap());
        if version > 0 {
            old.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
            old.pragma_update(None, "user_version", version as i64).unwrap();
        }
        drop(old);
        drop(Store::open(&path).unwrap());
        assert_eq!(schema(&path), schema(&fresh), "from version {version}");
        let connection = Connection::open(&path).unwrap();
        let reached: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(reached, NEWEST);
    }
}

/// Opens the file, expects a problem of this code that names it, and the file as it was.
fn refused(path: &Path, code: &str) -> Problem {
    let before = std::fs::read(path).ok();
    let problem = Store::open(path).unwrap_err().to_problem();
    assert_eq!(problem.code.as_str(), code, "{problem:?}");
    assert!(problem.summary.contains(&path.display().to_string()), "{}", problem.summary);
    assert!(!problem.cause.is_empty() && problem.fixes.len() == 1);
    assert_eq!(std::fs::read(path).ok(), before, "the file was touched");
    problem
}

#[test]
fn a_file_that_is_no_database_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ebb.sqlite");
    std::fs::write(&path, "These are my notes, and there are many of them.\n".repeat(100)).unwrap();
    let problem = refused(&path, "STORE-DAMAGED");
    assert!(problem.raw.contains("not a database"), "{}", problem.raw);
}

#[test]
fn a_store_that_was_overwritten_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ebb.sqlite");
    let models: Vec<_> = (0..200).map(|number| model(&format!("m{number}"), &"select 1\n".repeat(50))).collect();
    good_sync(&Store::open(&path).unwrap(), "shop", &models);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4096..].fill(0xA5);
    std::fs::write(&path, &bytes).unwrap();
    refused(&path, "STORE-DAMAGED");
}

#[test]
fn a_store_of_a_later_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ebb.sqlite");
    drop(Store::open(&path).unwrap());
    let connection = Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", NEWEST + 1).unwrap();
    drop(connection);
    let problem = refused(&path, "STORE-NEWER");
    assert!(problem.summary.contains(&format!("version {}", NEWEST + 1)), "{}", problem.summary);
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ebb.sqlite");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE bookmarks (url TEXT)").unwrap();
    refused(&path, "STORE-UNREADABLE");
}

#[test]
fn a_place_that_cannot_hold_a_store_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    refused(&folder.path().join("file").join("ebb.sqlite"), "STORE-UNREADABLE");
    std::fs::create_dir(folder.path().join("ebb.sqlite")).unwrap();
    refused(&folder.path().join("ebb.sqlite"), "STORE-UNREADABLE");
}

#[test]
fn each_failure_of_the_database_has_its_code() {
    use rusqlite::ffi;
    let table = [
        (ffi::SQLITE_CORRUPT, "STORE-DAMAGED"),
        (ffi::SQLITE_NOTADB, "STORE-DAMAGED"),
        (ffi::SQLITE_BUSY, "STORE-BUSY"),
        (ffi::SQLITE_LOCKED, "STORE-BUSY"),
        (ffi::SQLITE_FULL, "STORE-DISK"),
        (ffi::SQLITE_IOERR, "STORE-DISK"),
        (ffi::SQLITE_READONLY, "STORE-UNREADABLE"),
        (ffi::SQLITE_CANTOPEN, "STORE-UNREADABLE"),
        (ffi::SQLITE_PERM, "STORE-UNREADABLE"),
    ];
    for (number, code) in table {
        let error = rusqlite::Error::SqliteFailure(ffi::Error::new(number), None);
        let problem = StoreError::from_sqlite(Path::new("/s/ebb.sqlite"), &error).to_problem();
        assert_eq!(problem.code.as_str(), code, "{number}");
    }
}

#[test]
fn a_command_to_copy_survives_a_strange_path() {
    let error = StoreError::from_io(Path::new("/s/it's here/ebb.sqlite"), &std::io::ErrorKind::StorageFull.into());
    let problem = error.to_problem();
    assert_eq!(problem.code.as_str(), "STORE-DISK");
    let expected = crate::problem::Action::Copy { text: r"df -h '/s/it'\''s here'".to_owned() };
    assert_eq!(problem.fixes[0].action, expected);
}

#[test]
fn many_can_open_a_new_store_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = place(&folder);
    let stores: Vec<Store> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| Store::open(&path).unwrap())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    good_sync(&stores[0], "shop", &[model("a", "1")]);
    assert!(stores.iter().all(|store| store.models("shop").unwrap().len() == 1));
}

#[test]
fn a_write_that_breaks_off_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = place(&folder);
    let store = Store::open(&path).unwrap();
    let good = good_sync(&store, "shop", &[model("a", "1")]);
    // Another process dies in the middle of its transaction: its connection goes without a commit.
    let dying = Connection::open(&path).unwrap();
    dying.execute_batch("BEGIN IMMEDIATE; UPDATE models SET until_sync = 99; DELETE FROM sync_problems").unwrap();
    drop(dying);
    assert_eq!(store.models("shop").unwrap().len(), 1);
    drop(store);
    let store = Store::open(&path).unwrap();
    assert_eq!(store.last_good("shop").unwrap().unwrap().id, good);
    assert_eq!(store.models("shop").unwrap().len(), 1);
}

#[test]
fn an_error_in_the_middle_of_a_finish_takes_all_of_it_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&place(&folder)).unwrap();
    good_sync(&store, "shop", &[model("a", "1")]);
    let other = Connection::open(store.path()).unwrap();
    other
        .execute_batch("CREATE TRIGGER full BEFORE INSERT ON problems BEGIN SELECT RAISE(ABORT, 'full'); END")
        .unwrap();
    let id = begin(&store, "shop");
    let models = Some(vec![model("b", "1")]);
    let problems = vec![problem("DBT-REF", "b")];
    let end = SyncFinish { models, problems, examined: Examined::All, ..finish(id, SyncState::Partial) };
    store.finish_sync(end.clone()).unwrap_err();
    assert_eq!(store.models("shop").unwrap()[0].name.as_ref(), "a");
    assert_eq!(store.sync(id).unwrap().unwrap().state, SyncState::Running);
    other.execute_batch("DROP TRIGGER full").unwrap();
    assert_eq!(store.finish_sync(end).unwrap().added, 1);
}
