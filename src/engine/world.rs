//! The ports: how the engine reaches the world. Each is a trait with a real implementation here or in
//! `repositories`, and an in-memory one in the tests, so that whole flows run without a network.

use std::fmt;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::packages::Downloads;
use crate::dbt::FileTree;
use crate::git::{
    ApiError, AppRequest, Branches, Facts, FetchProgress, FetchRequest, Fetched, HostKey, HostKeyRequest,
    InspectRequest, ListPlace, ListedPage, Remote, RemoteError,
};
use crate::problem::Catalogue;
use crate::store::Store;
use crate::warehouse::{Connection, Source, SourceError};
use crate::workspace::{Environment, Paths, Secret};

/// A future that a port hands out.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Told the newest progress; called from any thread, must not block.
pub type OnProgress = Arc<dyn Fn(FetchProgress) + Send + Sync>;

/// Git repositories, wherever they are.
pub trait Repositories: Send + Sync {
    /// Bring one branch's tip into the cache (or look at a repository of this machine).
    fn fetch(
        &self,
        request: FetchRequest,
        progress: OnProgress,
        cancel: CancellationToken,
    ) -> Answer<'_, Result<Fetched, RemoteError>>;

    /// The branches of a repository. Of the request, branch and folder play no part.
    fn branches(&self, request: FetchRequest, cancel: CancellationToken) -> Answer<'_, Result<Branches, RemoteError>>;

    /// Where a branch stands: its name and its commit's id. Brings nothing.
    fn tip(
        &self,
        request: FetchRequest,
        cancel: CancellationToken,
    ) -> Answer<'_, Result<(String, String), RemoteError>>;

    /// Whether the server would take a push with the request's credential. Pushes nothing.
    fn may_push(&self, request: FetchRequest, cancel: CancellationToken) -> Answer<'_, Result<(), RemoteError>>;

    /// The key that an SSH host shows. It is shown none of ours.
    fn host_key(&self, request: HostKeyRequest, cancel: CancellationToken) -> Answer<'_, Result<HostKey, RemoteError>>;

    /// The tree of a fetched commit. Blocking.
    fn tree(&self, remote: &Remote, cache: &Path, commit: &str)
    -> Result<Arc<dyn FileTree + Send + Sync>, RemoteError>;
}

/// The providers' REST APIs.
pub trait Providers: Send + Sync {
    /// A token of a GitHub App for one repository, which holds for five minutes at least.
    fn installation_token(
        &self,
        request: AppRequest,
        now: Timestamp,
        cancel: CancellationToken,
    ) -> Answer<'_, Result<Secret, ApiError>>;

    /// Throws away what is kept of an App for a repository: the server did not take it.
    fn forget(&self, app: u64, repository: &str);

    /// What the API tells of a credential and a repository.
    fn inspect(&self, request: InspectRequest, cancel: CancellationToken) -> Answer<'_, Facts>;

    /// A page of the repositories that a credential sees: the first one, or the one at `place`.
    fn repositories(
        &self,
        request: InspectRequest,
        place: Option<ListPlace>,
        cancel: CancellationToken,
    ) -> Answer<'_, Result<ListedPage, ApiError>>;

    /// Speaks TLS with the host of an address, without showing it anything.
    fn secured(
        &self,
        url: String,
        authorities: Option<PathBuf>,
        cancel: CancellationToken,
    ) -> Answer<'_, Result<(), ApiError>>;
}

/// Warehouses, wherever they are.
pub trait Warehouses: Send + Sync {
    /// The source behind a connection. Reaches nothing yet; may read files of certificates.
    ///
    /// # Errors
    /// A setting can't be used.
    fn open(&self, connection: Connection) -> Result<Arc<dyn Source>, SourceError>;
}

/// The drivers of this program.
#[derive(Clone, Copy, Debug, Default)]
pub struct Drivers;

impl Warehouses for Drivers {
    fn open(&self, connection: Connection) -> Result<Arc<dyn Source>, SourceError> {
        crate::warehouse::open(connection)
    }
}

/// What time it is.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Everything outside of the engine that it works with.
#[derive(Clone)]
pub struct World {
    pub repositories: Arc<dyn Repositories>,
    pub providers: Arc<dyn Providers>,
    /// The package hub and archives.
    pub downloads: Arc<dyn Downloads>,
    pub warehouses: Arc<dyn Warehouses>,
    pub clock: Arc<dyn Clock>,
    pub store: Arc<Store>,
    pub catalogue: Arc<Catalogue>,
    /// The process's environment as it was at the start: variables, home, working directory.
    pub environment: Environment,
    pub paths: Paths,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").finish_non_exhaustive()
    }
}
