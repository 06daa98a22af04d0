//! The real ports to Git and to the providers: the `git` module, with its trees shown as the dbt engine's.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::dbt::{FileEntry, FileTree, ReadError};
use crate::git::{
    self, ApiError, AppRequest, Branches, Facts, FetchProgress, FetchRequest, FetchStage, Fetched, HostKey,
    HostKeyRequest, HttpProviders, InspectRequest, ListPlace, ListedPage, Remote, RemoteError, Repository, TreeError,
    TreeReader,
};
use crate::problem::Code;
use crate::workspace::Secret;

use super::world::{Answer, OnProgress, Providers, Repositories};

/// Repositories over HTTPS, SSH and on this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct GitRepositories;

impl Repositories for GitRepositories {
    fn fetch(
        &self,
        request: FetchRequest,
        progress: OnProgress,
        cancel: CancellationToken,
    ) -> Answer<'_, Result<Fetched, RemoteError>> {
        Box::pin(async move {
            let start = FetchProgress { stage: FetchStage::Connect, bytes: 0, objects: 0, total_objects: None };
            let (sender, mut newest) = watch::channel(start);
            let mut fetch = std::pin::pin!(git::fetch(request, sender, cancel));
            loop {
                tokio::select! {
                    fetched = &mut fetch => return fetched,
                    Ok(()) = newest.changed() => {
                        let now = *newest.borrow_and_update();
                        progress(now);
                    }
                }
            }
        })
    }

    fn branches(&self, request: FetchRequest, cancel: CancellationToken) -> Answer<'_, Result<Branches, RemoteError>> {
        Box::pin(git::branches(request, cancel))
    }

    fn tip(
        &self,
        request: FetchRequest,
        cancel: CancellationToken,
    ) -> Answer<'_, Result<(String, String), RemoteError>> {
        Box::pin(git::tip(request, cancel))
    }

    fn may_push(&self, request: FetchRequest, cancel: CancellationToken) -> Answer<'_, Result<(), RemoteError>> {
        Box::pin(git::may_push(request, cancel))
    }

    fn host_key(&self, request: HostKeyRequest, cancel: CancellationToken) -> Answer<'_, Result<HostKey, RemoteError>> {
        Box::pin(git::host_key(request, cancel))
    }

    fn tree(
        &self,
        remote: &Remote,
        cache: &Path,
        commit: &str,
    ) -> Result<Arc<dyn FileTree + Send + Sync>, RemoteError> {
        let reader = Repository::of(remote, cache)?.reader(commit)?;
        Ok(Arc::new(CommitTree { reader }))
    }
}

impl Providers for HttpProviders {
    fn installation_token(
        &self,
        request: AppRequest,
        now: Timestamp,
        cancel: CancellationToken,
    ) -> Answer<'_, Result<Secret, ApiError>> {
        Box::pin(async move { Ok(Self::installation_token(self, &request, now, &cancel).await?.token) })
    }

    fn forget(&self, app: u64, repository: &str) {
        Self::forget(self, app, repository);
    }

    fn inspect(&self, request: InspectRequest, cancel: CancellationToken) -> Answer<'_, Facts> {
        Box::pin(async move { Self::inspect(self, &request, &cancel).await })
    }

    fn repositories(
        &self,
        request: InspectRequest,
        place: Option<ListPlace>,
        cancel: CancellationToken,
    ) -> Answer<'_, Result<ListedPage, ApiError>> {
        Box::pin(async move { Self::repositories(self, &request, place, &cancel).await })
    }

    fn secured(
        &self,
        url: String,
        authorities: Option<PathBuf>,
        cancel: CancellationToken,
    ) -> Answer<'_, Result<(), ApiError>> {
        Box::pin(async move { Self::secured(self, &url, authorities, &cancel).await })
    }
}

/// A commit's files.
struct CommitTree {
    reader: TreeReader,
}

impl FileTree for CommitTree {
    fn list(&self, folder: &str) -> Result<Vec<FileEntry>, ReadError> {
        let listing = self.reader.list(folder).map_err(|error| told(folder, &error))?;
        // A file outside of the fetched folder has no known size; its path is evidence all the same.
        let entries = listing.files.into_iter().map(|file| FileEntry {
            path: file.path,
            size: file.size.unwrap_or(0),
            stamp: Some(file.stamp),
        });
        Ok(entries.collect())
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.reader.read(path).map_err(|error| told(path, &error))
    }
}

fn told(path: &str, error: &TreeError) -> ReadError {
    let path = path.to_owned();
    match error {
        TreeError::NotFound { .. } => ReadError::NotFound { path },
        TreeError::LfsPointer { .. } => ReadError::Known { code: Code::new("GIT-LFS"), reason: error.to_string() },
        TreeError::TooMany { .. } => {
            ReadError::Known { code: Code::new("GIT-TREE-TOO-LARGE"), reason: error.to_string() }
        }
        other => ReadError::Unreadable { path, reason: other.to_string() },
    }
}
