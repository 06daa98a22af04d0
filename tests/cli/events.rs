//! The event log: what one process tells, another one prints.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::place::{Place, demo};

/// An event as the process itself told it: without what the log adds.
fn told(mut event: Value) -> Value {
    for key in ["seq", "process"] {
        event.as_object_mut().unwrap().remove(key);
    }
    event
}

/// `ebb events --follow` in a process of its own, and its lines. The first says that it listens.
fn follower(place: &Place, arguments: &[&str]) -> (Child, impl Iterator<Item = String>) {
    let mut all = vec!["events", "--follow"];
    all.extend(arguments);
    let mut child = place.command(&all).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    (child, lines)
}

#[test]
fn a_sync_of_one_process_is_read_by_another() {
    let place = demo();
    let synced = place.run(&["sync", "shop", "--json"]).lines();
    let events = place.run(&["events", "--json", "--limit", &synced.len().to_string()]).json();
    assert_eq!(events.iter().cloned().map(told).collect::<Vec<_>>(), synced);
    let numbers: Vec<i64> = events.iter().map(|event| event["seq"].as_i64().unwrap()).collect();
    assert!(numbers.is_sorted() && events.iter().all(|event| event["process"] == events[0]["process"]));
    let words = place.run(&["events", "--project", "shop"]).exits(0).out;
    assert!(words.contains("began (initial)") && words.contains("shop") && !words.contains("support"), "{words}");
}

#[test]
fn the_events_of_a_fix_and_of_failed_syncs_are_there() {
    let place = demo();
    place.run(&["fix", "1", "--yes"]).exits(0);
    let words = place.run(&["events", "--project", "support"]).exits(0).out;
    for part in ["failed: ", "fix of problem 1 applied", "began (fix)", "succeeded: "] {
        assert!(words.contains(part), "{part}: {words}");
    }
}

#[test]
fn nothing_told_is_no_failure() {
    let place = Place::new();
    place.write("ebb.toml", "[projects.shop]\nrepository = \"nowhere.git\"\n");
    assert_eq!(place.run(&["events", "--json"]).json(), Vec::<Value>::new());
    assert!(place.run(&["events"]).exits(0).error.contains("ebb sync"));
    assert!(place.run(&["events", "--project", "shp"]).exits(2).error.contains("did you mean shop?"));
}

#[test]
fn a_follower_sees_the_syncs_of_others_live_until_it_is_interrupted() {
    let place = demo();
    let (mut child, mut lines) = follower(&place, &["--json", "--limit", "1"]);
    let past: Value = serde_json::from_str(&lines.next().unwrap()).unwrap();
    assert_eq!(past["event"], "sync_finished");
    let synced = place.run(&["sync", "shop", "--json"]).lines();
    let followed: Vec<Value> =
        lines.by_ref().take(synced.len()).map(|line| told(serde_json::from_str(&line).unwrap())).collect();
    assert_eq!(followed, synced);
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(lines.next(), None, "each event once");
}

#[test]
fn a_follower_of_one_project_sees_no_other() {
    let place = demo();
    let (mut child, mut lines) = follower(&place, &["--project", "shop", "--limit", "1"]);
    assert!(lines.next().unwrap().contains("shop"));
    place.run(&["sync", "support"]).exits(1);
    place.run(&["sync", "shop"]).exits(0);
    let seen = lines.next().unwrap();
    assert!(seen.contains("shop") && seen.contains("began (manual)"), "{seen}");
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(143));
}
