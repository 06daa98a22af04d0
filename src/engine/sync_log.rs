//! The log of one sync: what was told of it, by whichever process ran it.

use crate::problem::Problem;
use crate::store::{EventFilter, StoredEvent, SyncId};

use super::events::Event;
use super::handle::Engine;

/// Newest events of the sync's project that are looked through.
const MOST: u32 = 5_000;

impl Engine {
    /// What was told of a sync, oldest first; nothing where it is not kept any more.
    pub async fn sync_log(&self, id: SyncId) -> Result<Vec<Event>, Problem> {
        // What this process told a moment ago may still be on its way.
        self.core.log_written().await;
        self.core
            .in_store(move |store| {
                let Some(record) = store.sync(id)? else { return Ok(Vec::new()) };
                let filter = EventFilter { after: 0, project: Some(record.project), limit: Some(MOST) };
                Ok(of_sync(&store.events(&filter)?, id))
            })
            .await
    }
}

/// The events of the job that ran the sync. A job's number is unique in its process alone.
fn of_sync(stored: &[StoredEvent], id: SyncId) -> Vec<Event> {
    // What a later version told in words of its own is left out.
    let mut events =
        stored.iter().filter_map(|event| Some((&event.process, serde_json::from_str::<Event>(&event.body).ok()?)));
    let Some((process, began)) = events.find(|(_, event)| event.kind.began() == Some(id)) else { return Vec::new() };
    let job = began.kind.job();
    let rest = events.filter(|(other, event)| *other == process && event.kind.job() == job).map(|(_, event)| event);
    std::iter::once(began.clone()).chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(process: &str, body: &str) -> StoredEvent {
        let body = format!(r#"{{"at":"2026-11-23T12:00:00Z",{body}}}"#);
        StoredEvent { seq: 1, process: process.to_owned(), body }
    }

    #[test]
    fn only_the_job_of_that_process_counts() {
        let started = |job: u64, sync: i64| {
            format!(r#""event":"sync_started","job":{job},"project":"shop","sync":{sync},"cause":"manual""#)
        };
        let stage = |job: u64, stage: &str| {
            format!(r#""event":"stage_started","job":{job},"project":"shop","stage":"{stage}""#)
        };
        let log = [
            stored("a", &started(1, 6)),
            stored("b", &started(1, 7)),
            stored("a", &stage(1, "fetch")),
            stored("b", &stage(1, "connect")),
            stored("b", "\"event\":\"told_by_a_later_version\""),
            stored("b", &stage(2, "record")),
            stored("b", &stage(1, "parse")),
        ];
        let told = |id| of_sync(&log, SyncId(id)).iter().map(|event| format!("{:?}", event.kind)).collect::<Vec<_>>();
        let seven = told(7);
        assert_eq!(seven.len(), 3, "{seven:?}");
        assert!(seven[1].contains("Connect") && seven[2].contains("Parse"));
        assert_eq!(told(6).len(), 2);
        assert!(told(8).is_empty());
    }
}
