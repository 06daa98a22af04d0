//! Where a sync's files come from: a fetched commit, or a folder of this machine.

use std::sync::Arc;

use crate::dbt::FileTree;
use crate::git::{Commit, Contents, Credential, FetchProgress, FetchRequest, FetchStage, RemoteError};
use crate::store::{CommitRecord, Stage};

use super::super::diagnosis;
use super::super::reach::Reach;
use super::super::stages::bytes_in_words;
use super::super::world::OnProgress;
use super::Run;
use super::ending::Ending;

/// Where the tree came from.
pub(super) struct Source {
    pub(super) tree: Arc<dyn FileTree + Send + Sync>,
    pub(super) commit: Option<Read>,
    pub(super) bytes: u64,
    /// What the repository was fetched with; its packages may be on the same host.
    pub(super) credential: Credential,
}

/// A commit that a project is read from.
pub(super) struct Read {
    pub(super) record: CommitRecord,
    /// What the project's folder comes to.
    pub(super) contents: Contents,
    /// Stands for the whole repository.
    pub(super) root: String,
    /// The commit's tree, which knows whether more than the folder was read.
    pub(super) tree: Arc<Reach>,
}

impl Source {
    pub(super) fn record(&self) -> Option<CommitRecord> {
        self.commit.as_ref().map(|read| read.record.clone())
    }
}

impl Run<'_> {
    /// The tree to load: a fetched commit, or a folder of this machine.
    pub(super) async fn source(&self) -> Result<Source, Box<Ending>> {
        if let Some(folder) = &self.target.folder {
            let opened = self.target.open(folder);
            let tree = opened.map_err(|error| Ending::failed(diagnosis::folder(&self.target, &error)))?;
            return Ok(Source { tree: Arc::new(tree), commit: None, bytes: 0, credential: Credential::Anonymous });
        }
        self.stages.enter(Stage::Connect, String::new);
        let cancel = self.job.cancel.clone();
        let request = match self.target.fetch_request(&self.core.world, &cancel).await {
            Ok(request) => request,
            Err(_) if cancel.is_cancelled() => return Err(Ending::cancelled().into()),
            Err(problem) => return Err(Ending::failed(problem).into()),
        };
        let fetched = self.core.world.repositories.fetch(request.clone(), self.fetch_progress(), cancel).await;
        let fetched = match fetched {
            Ok(fetched) => fetched,
            Err(_) if self.job.cancel.is_cancelled() => return Err(Ending::cancelled().into()),
            Err(error) => return Err(self.remote_failed(&request, &error)),
        };
        self.stages.enter(Stage::Fetch, || self.target.repository.clone());
        let short: String = fetched.commit.id.chars().take(7).collect();
        let how = match (fetched.unmoved, fetched.requests) {
            (_, 0) => "read in place".to_owned(),
            (true, _) => "nothing new".to_owned(),
            (false, requests) => format!("{} in {requests} requests", bytes_in_words(fetched.bytes_received)),
        };
        self.stages.end(|| format!("{short} on {}, {how}", fetched.branch));
        let Commit { id, author, subject, at, tree: root } = fetched.commit;
        let commit = CommitRecord { id: id.clone(), author, subject, at };
        let (sync, branch, read) = (self.sync, fetched.branch, commit.clone());
        // For those who look on; a store that cannot take it down now fails the sync at its end.
        let _written = self.core.in_store(move |store| store.set_commit(sync, &branch, &read)).await;
        let repositories = Arc::clone(&self.core.world.repositories);
        let (remote, cache) = (request.remote.clone(), request.cache.clone());
        let tree = self.core.blocking(move || repositories.tree(&remote, &cache, &id)).await.map_err(Ending::failed)?;
        let tree = match tree {
            Ok(tree) => Arc::new(Reach::new(tree, self.target.folder_name())),
            Err(error) => return Err(self.remote_failed(&request, &error)),
        };
        let read = Read { record: commit, contents: fetched.contents, root, tree: Arc::clone(&tree) };
        Ok(Source { tree, commit: Some(read), bytes: fetched.bytes_received, credential: request.credential })
    }

    fn remote_failed(&self, request: &FetchRequest, error: &RemoteError) -> Box<Ending> {
        if matches!(error, RemoteError::Refused { status: Some(401), .. }) {
            self.target.forget_token(&self.core.world, &request.remote);
        }
        Ending::failed(diagnosis::remote(self.core, &self.target, request, error)).into()
    }

    fn fetch_progress(&self) -> OnProgress {
        let (stages, repository) = (Arc::clone(&self.stages), self.target.repository.clone());
        Arc::new(move |progress: FetchProgress| {
            let stage = if progress.stage == FetchStage::Connect { Stage::Connect } else { Stage::Fetch };
            stages.enter(stage, || repository.clone());
            stages.progress(stage, progress.objects, progress.total_objects, progress.bytes);
        })
    }
}
