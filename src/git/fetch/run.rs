//! One fetch from start to end: connect, ask where the branch stands, receive what is missing, look
//! that nothing is missing any more, and only then say so in the cache.

use std::sync::Arc;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::super::error::RemoteError;
use super::super::objects::{Cache, Lock, Missing, Receiver, Repository, missing_branch};
use super::super::patience::Patience;
use super::super::protocol::{Ask, Session, Which};
use super::super::remote::Remote;
use super::super::transport::Connection;
use super::{Branches, FetchProgress, FetchRequest, FetchStage, Fetched};

/// Looks for what is missing and requests for it. Two are usual; more only where links lead to links
/// outside of the folder.
const MOST_ROUNDS: usize = 6;

/// Brings the tip of one branch and the files of one folder into the cache. A repository on this
/// machine is only looked at: nothing is copied and the cache stays untouched.
///
/// Ends with [`RemoteError::Cancelled`] soon after `cancel`, whatever the other side does. Must be
/// called inside of a tokio runtime.
pub async fn fetch(
    request: FetchRequest,
    progress: watch::Sender<FetchProgress>,
    cancel: CancellationToken,
) -> Result<Fetched, RemoteError> {
    let patience = Patience::new(request.limits, cancel);
    progress.send_replace(FetchProgress::START);
    if let Remote::Local { path } = &request.remote {
        let (path, branch, any) = (path.clone(), request.branch.clone(), request.any_revision);
        let find = move || {
            let repository = Repository::open(&path)?;
            if any { repository.revision(&branch) } else { repository.tip(&branch) }
        };
        let (branch, commit) = blocking(&patience, find).await?;
        return Ok(Fetched { branch, commit, unmoved: false, bytes_received: 0, requests: 0 });
    }
    let lock = Arc::new(Lock::take(&request.cache, &patience).await?);
    let cache = open(&request, &lock, &patience).await?;
    if let Some(fetched) = kept(&request, &cache, &lock, &patience).await? {
        return Ok(fetched);
    }
    let session = connect(&request, &patience).await?;
    let before = Counts::default();
    let mut fetch = Fetch { request, progress, patience, lock, cache, session, before };
    match fetch.run().await {
        // What the cache holds cannot be read after all: once more, with a new one.
        Err(RemoteError::Cache { .. }) => {
            fetch.in_cache(Cache::move_aside).await?;
            fetch.cache = open(&fetch.request, &fetch.lock, &fetch.patience).await?;
            fetch.reconnect().await?;
            fetch.run().await
        }
        result => result,
    }
}

/// The branches of a repository and which of them is the default one. Of the request, branch and
/// folder play no part.
pub async fn branches(request: FetchRequest, cancel: CancellationToken) -> Result<Branches, RemoteError> {
    let patience = Patience::new(request.limits, cancel);
    if let Remote::Local { path } = request.remote {
        return blocking(&patience, move || Repository::open(&path)?.branches()).await;
    }
    Ok(connect(&request, &patience).await?.refs(Which::All).await?.to_branches())
}

async fn connect(request: &FetchRequest, patience: &Patience) -> Result<Session, RemoteError> {
    Session::open(Connection::new(request, patience.clone())?).await
}

/// Opens the cache. The lock goes along: it outlives a cancelled wait for the work.
async fn open(request: &FetchRequest, lock: &Arc<Lock>, patience: &Patience) -> Result<Arc<Cache>, RemoteError> {
    let (path, lock) = (request.cache.clone(), Arc::clone(lock));
    blocking(patience, move || {
        let opened = Cache::open(&path);
        drop(lock);
        opened.map(Arc::new)
    })
    .await
}

/// A commit that was asked for by its id and is in the cache whole.
async fn kept(
    request: &FetchRequest,
    cache: &Arc<Cache>,
    lock: &Arc<Lock>,
    patience: &Patience,
) -> Result<Option<Fetched>, RemoteError> {
    if !(request.any_revision && is_commit(&request.branch)) {
        return Ok(None);
    }
    let (cache, lock, branch) = (Arc::clone(cache), Arc::clone(lock), request.branch.clone());
    let folder = request.folder.clone();
    blocking(patience, move || {
        let whole = matches!(cache.missing(&branch, &folder), Ok(Missing::Nothing));
        let commit = if whole { cache.keep(&branch, &branch).ok() } else { None };
        drop(lock);
        Ok(commit.map(|commit| Fetched { branch, commit, unmoved: true, bytes_received: 0, requests: 0 }))
    })
    .await
}

/// A whole id, as git writes it.
fn is_commit(revision: &str) -> bool {
    revision.len() == 40 && revision.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

/// Work on the file system, which must not keep other tasks waiting.
async fn blocking<T: Send + 'static>(
    patience: &Patience,
    work: impl FnOnce() -> Result<T, RemoteError> + Send + 'static,
) -> Result<T, RemoteError> {
    match patience.total("reading the repository", tokio::task::spawn_blocking(work)).await? {
        Ok(result) => result,
        Err(error) => Err(RemoteError::Broken { raw: error.to_string() }),
    }
}

/// What went over connections that are closed by now.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    bytes: u64,
    requests: u32,
}

/// Why a pack did not come in.
enum Failure {
    /// The other side, or the way to it.
    Wire(RemoteError),
    /// The pack itself, or our disk.
    Pack(RemoteError),
}

/// One fetch under way.
struct Fetch {
    request: FetchRequest,
    progress: watch::Sender<FetchProgress>,
    patience: Patience,
    lock: Arc<Lock>,
    cache: Arc<Cache>,
    session: Session,
    before: Counts,
}

impl Fetch {
    async fn run(&mut self) -> Result<Fetched, RemoteError> {
        let (branch, tip) = self.tip().await?;
        let missing = self.missing(&tip).await?;
        let unmoved = missing == Missing::Nothing;
        if !unmoved {
            self.bring(&tip, missing).await?;
        }
        let name = branch.clone();
        let commit = self.in_cache(move |cache| cache.keep(&name, &tip)).await?;
        if !unmoved {
            // The fetch is done whether or not its cache could be tidied.
            let _ = self.in_cache(Cache::tidy).await;
        }
        let bytes_received = self.before.bytes + self.session.received();
        let requests = self.before.requests + self.session.requests();
        Ok(Fetched { branch, commit, unmoved, bytes_received, requests })
    }

    /// The branch's full name and where it stands.
    async fn tip(&mut self) -> Result<(String, String), RemoteError> {
        let wanted = self.request.branch.clone();
        if self.request.any_revision && !wanted.is_empty() {
            return self.revision(wanted).await;
        }
        if wanted.is_empty() {
            let refs = self.session.refs(Which::Head).await?;
            if let (Some(name), Some(id)) = (refs.head, refs.head_id) {
                return Ok((name, id));
            }
        } else if git2::Reference::is_valid_name(&format!("refs/heads/{wanted}")) {
            let refs = self.session.refs(Which::Branch(&wanted)).await?;
            if let Some(id) = refs.tip(&wanted) {
                return Ok((wanted, id.to_owned()));
            }
        }
        let refs = self.session.refs(Which::All).await?;
        match refs.default_branch().and_then(|name| Some((name.to_owned(), refs.tip(name)?.to_owned()))) {
            Some(found) if wanted.is_empty() => Ok(found),
            _ => Err(missing_branch(&wanted, refs.to_branches())),
        }
    }

    /// A commit by its id, a tag, or a branch, in this order, and where it stands.
    async fn revision(&mut self, wanted: String) -> Result<(String, String), RemoteError> {
        if is_commit(&wanted) {
            return Ok((wanted.clone(), wanted));
        }
        if git2::Reference::is_valid_name(&format!("refs/tags/{wanted}")) {
            let refs = self.session.refs(Which::Revision(&wanted)).await?;
            if let Some(id) = refs.tag(&wanted).or_else(|| refs.tip(&wanted)) {
                return Ok((wanted, id.to_owned()));
            }
        }
        let refs = self.session.refs(Which::All).await?;
        let tags = self.session.refs(Which::Tags).await?;
        let mut known = refs.to_branches();
        known.names.extend(tags.tags.into_iter().map(|(name, _)| name));
        Err(missing_branch(&wanted, known))
    }

    /// Downloads until nothing is missing: first the commit with its trees, or with everything where
    /// the server cannot leave files out; then the files of the folder.
    async fn bring(&mut self, tip: &str, mut missing: Missing) -> Result<(), RemoteError> {
        if missing == Missing::Trees {
            self.bring_commit(tip).await?;
            missing = self.missing(tip).await?;
        }
        for _ in 0..MOST_ROUNDS {
            match missing {
                Missing::Nothing => return Ok(()),
                Missing::Blobs(wants) if self.session.can_want_any() => {
                    let ask = Ask { wants: &wants, haves: &[], shallow: false, without_blobs: false };
                    match self.receive(ask).await {
                        // Not every server gives objects by their ids.
                        Err(Failure::Wire(RemoteError::Refused { .. })) => self.bring_everything(tip).await?,
                        done => done?,
                    }
                }
                Missing::Blobs(_) | Missing::Trees => self.bring_everything(tip).await?,
            }
            missing = self.missing(tip).await?;
        }
        Err(RemoteError::Broken { raw: "the server's packs lack objects that were asked for".to_owned() })
    }

    async fn bring_commit(&mut self, tip: &str) -> Result<(), RemoteError> {
        let complete = self.in_cache(|cache| cache.haves(true)).await?;
        let partial = self.in_cache(|cache| cache.haves(false)).await?;
        // With everything wanted, leaving files out pays only where some of them are here already.
        let all_at_once = self.request.folder.is_empty() && (partial.is_empty() || !complete.is_empty());
        let without_blobs = self.session.can_filter() && !all_at_once;
        let haves = if without_blobs { partial } else { complete };
        let wants = [tip.to_owned()];
        match self.receive(Ask { wants: &wants, haves: &haves, shallow: true, without_blobs }).await {
            // A pack that builds on what we said we have can be bad where one that stands alone is not.
            Err(Failure::Pack(RemoteError::Broken { .. })) if !haves.is_empty() => self.bring_everything(tip).await,
            done => Ok(done?),
        }
    }

    /// The commit with all its files, whatever is here.
    async fn bring_everything(&mut self, tip: &str) -> Result<(), RemoteError> {
        self.reconnect().await?;
        let wants = [tip.to_owned()];
        Ok(self.receive(Ask { wants: &wants, haves: &[], shallow: true, without_blobs: false }).await?)
    }

    async fn receive(&mut self, ask: Ask<'_>) -> Result<(), Failure> {
        self.progress.send_modify(|progress| progress.stage = FetchStage::Receive);
        let mut pack = self.session.pack(&ask).await.map_err(Failure::Wire)?;
        let (path, limit) = (&self.request.cache, self.request.limits.pack_bytes);
        let mut receiver = Receiver::start(path, Arc::clone(&self.lock), limit, self.progress.clone());
        while let Some(bytes) = pack.next().await.map_err(Failure::Wire)? {
            let received = self.before.bytes + pack.received();
            self.progress.send_modify(|progress| progress.bytes = received);
            receiver.push(bytes, &self.patience).await.map_err(Failure::Pack)?;
        }
        receiver.finish(&self.patience).await.map_err(Failure::Pack)
    }

    /// A new conversation, after one that was broken off.
    async fn reconnect(&mut self) -> Result<(), RemoteError> {
        self.before.bytes += self.session.received();
        self.before.requests += self.session.requests();
        self.session = connect(&self.request, &self.patience).await?;
        Ok(())
    }

    async fn missing(&self, tip: &str) -> Result<Missing, RemoteError> {
        let (tip, folder) = (tip.to_owned(), self.request.folder.clone());
        self.in_cache(move |cache| cache.missing(&tip, &folder)).await
    }

    /// Work on the cache. The lock goes along: it outlives a cancelled wait for the work.
    async fn in_cache<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Cache) -> Result<T, RemoteError> + Send + 'static,
    ) -> Result<T, RemoteError> {
        let (cache, lock) = (Arc::clone(&self.cache), Arc::clone(&self.lock));
        blocking(&self.patience, move || {
            let result = work(&cache);
            drop(lock);
            result
        })
        .await
    }
}

impl From<Failure> for RemoteError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Wire(error) | Failure::Pack(error) => error,
        }
    }
}
