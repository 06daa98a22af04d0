//! Changes arrive by themselves: every so often each project's branch is looked at, and synced where it has
//! moved. A look brings nothing and leaves no trace; what is wrong with a repository is told by syncs.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::git::RemoteError;
use crate::store::{Cause, SyncState};

use super::events::{Event, EventKind};
use super::handle::{Core, Engine};

/// Looks at every project in its own interval, for as long as the engine is in use. Costs nothing in
/// between, and nothing at all where no project has an interval.
pub(super) async fn run(core: Weak<Core>) {
    let Some(mut events) = core.upgrade().map(|core| core.jobs.subscribe().0) else { return };
    let mut due: BTreeMap<String, Instant> = BTreeMap::new();
    loop {
        let Some(strong) = core.upgrade() else { return };
        let (workspace, now) = (strong.workspace(), Instant::now());
        let projects = workspace.settings.projects.iter();
        let intervals = projects.filter_map(|(name, project)| Some((name.clone(), project.interval()?)));
        let mut next = BTreeMap::new();
        for (name, interval) in intervals {
            let mut at = due.get(&name).copied().unwrap_or(now + interval).min(now + interval);
            if at <= now {
                tokio::spawn(look(Arc::clone(&strong), name.clone()));
                at = now + interval;
            }
            next.insert(name, at);
        }
        due = next;
        let first = due.values().min().copied();
        // While it waits, it does not keep the engine alive.
        drop(strong);
        let goes_on = match first {
            Some(first) => tokio::select! {
                () = sleep_until(first) => true,
                goes_on = settings_changed(&mut events) => goes_on,
            },
            None => settings_changed(&mut events).await,
        };
        if !goes_on {
            return;
        }
    }
}

/// Waits until the settings were read again; false where the engine has ended.
async fn settings_changed(events: &mut Receiver<Event>) -> bool {
    loop {
        match events.recv().await {
            Ok(event) if event.kind == EventKind::WorkspaceChanged => return true,
            Ok(_) => {}
            // What was missed may have been it.
            Err(RecvError::Lagged(_)) => return true,
            Err(RecvError::Closed) => return false,
        }
    }
}

/// Syncs the project where its branch stands elsewhere than at the last sync.
pub(super) async fn look(core: Arc<Core>, project: String) {
    if core.jobs.running().iter().any(|job| *job.project == *project) {
        return;
    }
    if has_moved(&core, &project).await {
        Engine { core }.sync(&project, Cause::Schedule, None);
    }
}

/// Whether the branch has moved, as far as can be told. Where it cannot be looked at, a sync would only
/// repeat a known problem, unless the last one went well.
async fn has_moved(core: &Arc<Core>, project: &str) -> bool {
    let name = project.to_owned();
    let Ok(Some(last)) = core.in_store(move |store| store.last_sync(&name)).await else { return false };
    let failed_before = last.state == SyncState::Failed;
    let cancel = CancellationToken::new();
    let Ok(target) = core.target(project) else { return false };
    let Ok(request) = target.fetch_request(&core.world, &cancel).await else { return !failed_before };
    let remote = request.remote.clone();
    match core.world.repositories.tip(request, cancel).await {
        Ok((_, tip)) => last.commit.is_none_or(|commit| commit.id != tip),
        Err(RemoteError::Refused { status: Some(401), .. }) => {
            target.forget_token(&core.world, &remote);
            !failed_before
        }
        // A network that comes and goes is no news.
        Err(RemoteError::Unreachable { .. } | RemoteError::TimedOut { .. }) => false,
        Err(_) => !failed_before,
    }
}
