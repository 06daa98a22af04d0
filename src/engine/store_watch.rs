//! Hears what other processes write to the store, and tells it to whoever listens to the engine.

use std::sync::{Arc, Weak};

use tokio::sync::mpsc;

use crate::store::{Store, Watch};

use super::events::EventKind;
use super::handle::Core;

/// The watch, and where its hints come in.
pub(super) fn start(store: &Store) -> (Option<Watch>, mpsc::Receiver<()>) {
    // One waiting hint is as good as many.
    let (hint, hints) = mpsc::channel(1);
    let watch = store.watch(move || {
        let _full = hint.try_send(());
    });
    // Without it everything works; another process's work is seen at the next refresh.
    (watch.ok(), hints)
}

/// Looks a burst after each hint, until the engine and with it the watch is gone.
pub(super) async fn follow(core: Weak<Core>, mut hints: mpsc::Receiver<()>) {
    while hints.recv().await.is_some() {
        tokio::time::sleep(Watch::BURST).await;
        // Emptied before looking: what comes later is another hint.
        while hints.try_recv().is_ok() {}
        let Some(core) = core.upgrade() else { return };
        let looking = Arc::clone(&core);
        let seen = core.blocking(move || looking.others_wrote());
        if seen.await.is_ok_and(|changed| changed) {
            core.tell(EventKind::StoreChanged);
        }
    }
}
