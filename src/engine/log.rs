//! The event log: what the jobs of this process did, written to the store for the other processes.
//!
//! Told from any thread without waiting; one task writes what has gathered. It serves those who look
//! on: what could not be written is missing there and nowhere else.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use crate::store::Store;

use super::events::Event;

/// Events that may wait to be written: a sync has a dozen. One more is left out.
const WAITING: usize = 1024;

#[derive(Debug)]
enum Entry {
    Event(Box<Event>),
    /// Everything before it is written.
    Mark(oneshot::Sender<()>),
}

/// Writes events, in the order in which they are told.
#[derive(Debug)]
pub(super) struct EventLog {
    entries: mpsc::Sender<Entry>,
}

impl EventLog {
    /// Must be called inside of the tokio runtime. Writes until it is dropped.
    pub(super) fn start(store: Arc<Store>) -> Self {
        let (entries, waiting) = mpsc::channel(WAITING);
        tokio::spawn(write(store, waiting));
        Self { entries }
    }

    /// Takes an event down, if it is one that others want to know of. Never waits.
    pub(super) fn append(&self, event: &Event) {
        if event.kind.is_of_a_job() {
            // A store that falls this far behind is told less.
            let _taken = self.entries.try_send(Entry::Event(Box::new(event.clone())));
        }
    }

    /// Returns when everything told so far is written, or could not be.
    pub(super) async fn written(&self) {
        let (mark, reached) = oneshot::channel();
        if self.entries.send(Entry::Mark(mark)).await.is_ok() {
            // Without an answer the writer has ended, and nothing more will be written.
            let _reached = reached.await;
        }
    }
}

async fn write(store: Arc<Store>, mut waiting: mpsc::Receiver<Entry>) {
    let mut gathered = Vec::new();
    while waiting.recv_many(&mut gathered, WAITING).await > 0 {
        let (mut events, mut marks) = (Vec::new(), Vec::new());
        for entry in gathered.drain(..) {
            match entry {
                Entry::Event(event) => events.push(event),
                Entry::Mark(mark) => marks.push(mark),
            }
        }
        let store = Arc::clone(&store);
        // A full disk ends no sync, and the syncs themselves say what is wrong with it.
        let _written = tokio::task::spawn_blocking(move || append(&store, &events)).await;
        for mark in marks {
            // Whoever waited may have lost patience.
            let _told = mark.send(());
        }
    }
}

fn append(store: &Store, events: &[Box<Event>]) {
    let lines: Vec<String> = events.iter().filter_map(|event| serde_json::to_string(event).ok()).collect();
    let _written = store.append_events(&lines);
}
