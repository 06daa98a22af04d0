//! Several processes on one store. A second `Store` on the same file is as good as a second process:
//! it has its own connections and its own lock files.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::*;
use crate::problem::{Action, Grade};

/// Long enough for any machine; a test that passes never waits for it.
const PATIENCE: Duration = Duration::from_secs(90);
/// Longer than a wake-up takes; a test that passes waits for it once.
const QUIET: Duration = Duration::from_millis(300);

fn open(folder: &tempfile::TempDir) -> Store {
    Store::open(&folder.path().join("ebb.sqlite")).unwrap()
}

/// Tells what is seen a burst after each hint.
fn watched(store: &Arc<Store>) -> (Arc<Watch>, Receiver<()>) {
    let ((hint, hinted), (tell, told)) = (channel(), channel());
    let watch = Arc::new(store.watch(move || hint.send(()).unwrap_or_default()).unwrap());
    let (looking, store) = (Arc::downgrade(&watch), Arc::clone(store));
    std::thread::spawn(move || {
        while hinted.recv().is_ok() {
            std::thread::sleep(Watch::BURST);
            while hinted.try_recv().is_ok() {}
            if looking.upgrade().is_some_and(|watch| watch.look(&store)) {
                tell.send(()).unwrap_or_default();
            }
        }
    });
    (watch, told)
}

#[test]
fn two_write_at_once_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for project in ["shop", "bank", "farm"] {
            let store = open(&folder);
            scope.spawn(move || {
                for round in 0..10 {
                    good_sync(&store, project, &[model("a", &round.to_string()), model("b", "1")]);
                    store.append_events(&[format!("\"{project} {round}\"")]).unwrap();
                }
            });
        }
    });
    let store = open(&folder);
    assert_eq!(store.syncs(&SyncFilter::default()).unwrap().len(), 30);
    assert_eq!(store.events(&EventFilter::default()).unwrap().len(), 30);
    for project in ["shop", "bank", "farm"] {
        assert_eq!(store.versions(project, "model.shop.a", 100).unwrap().len(), 10);
    }
}

#[test]
fn a_running_sync_is_seen_by_others_with_its_progress() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (open(&folder), open(&folder));
    let id = begin(&theirs, "shop");
    theirs.set_progress(id, r#"{"done":3}"#).unwrap();
    let running = ours.running().unwrap();
    assert_eq!((running.len(), running[0].own, running[0].progress.as_deref()), (1, false, Some(r#"{"done":3}"#)));
    assert_eq!(running[0].record.id, id);
    theirs.finish_sync(finish(id, SyncState::Succeeded)).unwrap();
    assert_eq!(ours.running().unwrap(), []);
}

#[test]
fn the_sync_of_a_dead_process_is_interrupted_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let dying = open(&folder);
    let good = good_sync(&dying, "shop", &[model("a", "1")]);
    let id = begin(&dying, "shop");
    dying.record_stage(id, &StageRecord { stage: Stage::Fetch, elapsed_ms: 2_000, detail: String::new() }).unwrap();
    dying.set_progress(id, "{}").unwrap();
    drop(dying);
    let store = open(&folder);
    let record = store.sync(id).unwrap().unwrap();
    assert_eq!((record.state, record.finished_at), (SyncState::Interrupted, Some(at(3))));
    assert!(!record.summary.is_empty());
    assert_eq!(store.last_good("shop").unwrap().unwrap().id, good);
    assert_eq!(store.models("shop").unwrap().len(), 1);
}

#[test]
fn an_interrupted_sync_is_a_problem_until_the_next_one_comes_to_its_repository() {
    let folder = tempfile::tempdir().unwrap();
    for times in 1..3 {
        let dying = open(&folder);
        begin(&dying, "shop");
        drop(dying);
        let store = open(&folder);
        let open = store.problems(&ProblemFilter { open_only: true, ..ProblemFilter::default() }).unwrap();
        let [record] = open.as_slice() else { panic!("{open:?}") };
        assert_eq!((record.problem.code.as_str(), record.occurrences), ("SYNC-INTERRUPTED", times));
        assert!(!record.problem.cause.is_empty(), "the catalogue describes it");
        let action = Action::Sync { project: "shop".to_owned() };
        assert!(record.problem.fixes.iter().any(|fix| fix.grade == Grade::Safe && fix.action == action));
    }
    let store = open(&folder);
    let unchanged =
        |examined| SyncFinish { examined, unchanged: true, ..finish(begin(&store, "shop"), SyncState::Succeeded) };
    store.finish_sync(unchanged(Examined::Nothing)).unwrap();
    assert_eq!(store.open_problems().unwrap(), [("shop".to_owned(), 1)], "it has seen nothing");
    store.finish_sync(unchanged(Examined::Connection)).unwrap();
    assert_eq!(store.open_problems().unwrap(), []);
}

#[test]
fn the_living_see_it_without_a_start() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (open(&folder), open(&folder));
    let (mine, id) = (begin(&ours, "bank"), begin(&theirs, "shop"));
    drop(theirs);
    let running: Vec<_> = ours.running().unwrap().iter().map(|sync| sync.record.id).collect();
    assert_eq!(running, [mine]);
    assert_eq!(ours.sync(id).unwrap().unwrap().state, SyncState::Interrupted);
}

#[test]
fn a_start_leaves_the_syncs_of_the_living() {
    let folder = tempfile::tempdir().unwrap();
    let living = open(&folder);
    let id = begin(&living, "shop");
    assert_eq!(open(&folder).sync(id).unwrap().unwrap().state, SyncState::Running);
    assert_eq!(living.close_interrupted().unwrap(), 0);
}

#[test]
fn lock_files_do_not_pile_up() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder);
    // What a killed process leaves: its file, without the lock.
    std::fs::write(folder.path().join("processes/77-1700000000000000-0.lock"), "").unwrap();
    drop(open(&folder));
    let files = || std::fs::read_dir(folder.path().join("processes")).unwrap().count();
    assert_eq!(files(), 1);
    drop(store);
    assert_eq!(files(), 0);
}

#[test]
fn a_lease_is_held_by_one() {
    let folder = tempfile::tempdir().unwrap();
    for (ours, theirs) in [(open(&folder), Some(open(&folder))), (Store::in_memory().unwrap(), None)] {
        let theirs = theirs.as_ref().unwrap_or(&ours);
        let lease = ours.lease("shop").unwrap().unwrap();
        assert!(theirs.lease("shop").unwrap().is_none());
        assert!(ours.lease("shop").unwrap().is_none());
        assert!(theirs.lease("bank").unwrap().is_some(), "another key is free");
        drop(lease);
        assert!(theirs.lease("shop").unwrap().is_some());
    }
}

#[test]
fn keys_with_any_characters_are_leases_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder);
    let keys = ["../../etc/passwd", "shop", "Shop", "shop/", "", "店", "a\0b", &"x".repeat(500)];
    let leases: Vec<Lease> = keys.iter().map(|key| store.lease(key).unwrap().unwrap()).collect();
    assert_eq!(leases.len(), keys.len());
    assert!(keys.iter().all(|key| store.lease(key).unwrap().is_none()));
    assert_eq!(std::fs::read_dir(folder.path().join("leases")).unwrap().count(), keys.len());
}

#[test]
fn events_are_followed_by_number() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (open(&folder), open(&folder));
    assert_eq!(ours.last_event().unwrap(), 0);
    ours.append_events(&["1".into()]).unwrap();
    theirs.append_events(&["2".into(), "3".into()]).unwrap();
    let bodies = |after, limit| -> Vec<String> {
        let events = ours.events(&EventFilter { after, limit, project: None }).unwrap();
        events.into_iter().map(|event| event.body).collect()
    };
    let all = ours.events(&EventFilter::default()).unwrap();
    assert!(all[0].process != all[1].process && all[1].process == all[2].process);
    assert_eq!(bodies(0, None), ["1", "2", "3"]);
    assert_eq!(bodies(0, Some(2)), ["2", "3"], "the newest");
    assert_eq!(bodies(all[0].seq, Some(1)), ["3"]);
    assert_eq!(bodies(all[2].seq, None), [""; 0]);
    ours.append_events(&[]).unwrap();
    assert_eq!(ours.last_event().unwrap(), all[2].seq, "nothing recorded, nothing newer");
}

#[test]
fn events_are_found_by_project() {
    let store = Store::in_memory().unwrap();
    let event = |project: &str| format!(r#"{{"project":"{project}"}}"#);
    store.append_events(&[event("shop"), event("bank"), r#"{"project":null}"#.into(), event("shop")]).unwrap();
    let of = |project: &str, limit| {
        store.events(&EventFilter { after: 0, project: Some(project.to_owned()), limit }).unwrap().len()
    };
    assert_eq!((of("shop", None), of("shop", Some(1)), of("bank", None), of("farm", None)), (2, 1, 1, 0));
}

#[test]
fn the_version_changes_by_others_only() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (open(&folder), open(&folder));
    let before = ours.data_version().unwrap();
    good_sync(&ours, "shop", &[model("a", "1")]);
    assert_eq!(ours.data_version().unwrap(), before);
    begin(&theirs, "bank");
    assert_ne!(ours.data_version().unwrap(), before);
}

#[test]
fn a_watch_wakes_for_others() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (Arc::new(open(&folder)), open(&folder));
    let (_watch, told) = watched(&ours);
    let id = begin(&theirs, "shop");
    told.recv_timeout(PATIENCE).unwrap();
    assert_eq!(ours.running().unwrap()[0].record.id, id);
}

#[test]
fn a_watch_sleeps_while_we_write_and_while_nobody_does() {
    let folder = tempfile::tempdir().unwrap();
    let ours = Arc::new(open(&folder));
    let (_watch, told) = watched(&ours);
    for round in 0..5 {
        good_sync(&ours, "shop", &[model("a", &round.to_string())]);
    }
    assert!(told.recv_timeout(QUIET).is_err());
}

#[test]
fn a_watch_tells_of_a_death() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (Arc::new(open(&folder)), open(&folder));
    let id = begin(&theirs, "shop");
    let (_watch, told) = watched(&ours);
    drop(theirs);
    told.recv_timeout(PATIENCE).unwrap();
    assert_eq!(ours.running().unwrap(), []);
    assert_eq!(ours.sync(id).unwrap().unwrap().state, SyncState::Interrupted);
}

#[test]
fn a_watch_that_is_dropped_is_silent() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (Arc::new(open(&folder)), open(&folder));
    let (watch, told) = watched(&ours);
    drop(watch);
    begin(&theirs, "shop");
    // The callback is gone with its sender: the channel closes instead of staying quiet.
    assert_eq!(told.recv_timeout(PATIENCE), Err(std::sync::mpsc::RecvTimeoutError::Disconnected));
}
