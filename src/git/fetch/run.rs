//! One fetch from start to end: connect, ask where the branch stands, receive what is missing, look
//! that nothing is missing any more, and only then say so in the cache.

use std::sync::Arc;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::super::error::RemoteError;
use super::super::objects::{Cache, Lock, Missing, Receiver, Repository, Wanted, missing_branch};
use super::super::patience::Patience;
use super::super::protocol::{Ask, Session, Which};
use super::super::remote::Remote;
use super::super::transport::{Connection, Peer, Service};
use super::{Branches, FetchProgress, FetchRequest, FetchStage, Fetched, greeting};

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
        let path = path.clone();
        return blocking(&patience, move || in_place(&path, &request)).await;
    }
    let lock = Arc::new(Lock::take(&request.cache, &patience).await?);
    let cache = open(&request, &lock, &patience).await?;
    if let Some(fetched) = kept(&request, &cache, &lock, &patience).await? {
        return Ok(fetched);
    }
    let session = match without_greeting(&request, &patience)? {
        Some(session) => session,
        None => connect(&request, &patience).await?,
    };
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

/// What a repository on this machine holds.
fn in_place(path: &std::path::Path, request: &FetchRequest) -> Result<Fetched, RemoteError> {
    let repository = Repository::open(path)?;
    let (branch, commit) =
        if request.any_revision { repository.revision(&request.branch)? } else { repository.tip(&request.branch)? };
    let contents = repository.contents(&commit.id, &request.folder)?;
    Ok(Fetched { branch, commit, contents, unmoved: false, bytes_received: 0, requests: 0 })
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

/// Where a branch stands, and nothing more: its name and its commit's id. Of the request, the folder plays no
/// part. Over HTTP one request of some hundred bytes, and one more where the server's greeting is not remembered;
/// over SSH one conversation.
pub async fn tip(request: FetchRequest, cancel: CancellationToken) -> Result<(String, String), RemoteError> {
    let patience = Patience::new(request.limits, cancel);
    if let Remote::Local { path } = request.remote {
        let branch = request.branch;
        let (branch, commit) = blocking(&patience, move || Repository::open(&path)?.tip(&branch)).await?;
        return Ok((branch, commit.id));
    }
    if let Some(mut session) = without_greeting(&request, &patience)? {
        match tip_of(&mut session, &request.branch).await {
            Err(error) if greeting::may_have_misled(&session, &error) => greeting::forget(&request.cache),
            found => return found,
        }
    }
    tip_of(&mut connect(&request, &patience).await?, &request.branch).await
}

/// The full name of a branch and where it stands; an empty name asks for the default one.
async fn tip_of(session: &mut Session, wanted: &str) -> Result<(String, String), RemoteError> {
    if wanted.is_empty() {
        let refs = session.refs(Which::Head).await?;
        if let (Some(name), Some(id)) = (refs.head, refs.head_id) {
            return Ok((name, id));
        }
    } else if git2::Reference::is_valid_name(&format!("refs/heads/{wanted}")) {
        let refs = session.refs(Which::Branch(wanted)).await?;
        if let Some(id) = refs.tip(wanted) {
            return Ok((wanted.to_owned(), id.to_owned()));
        }
    }
    let refs = session.refs(Which::All).await?;
    match refs.default_branch().and_then(|name| Some((name.to_owned(), refs.tip(name)?.to_owned()))) {
        Some(found) if wanted.is_empty() => Ok(found),
        _ => Err(missing_branch(wanted, refs.to_branches())),
    }
}

/// Whether the server would take a push with this credential: it is asked for what it says before one, and
/// nothing is pushed. A refusal is an error. Servers decide on single branches only once they see a push.
pub async fn may_push(request: FetchRequest, cancel: CancellationToken) -> Result<(), RemoteError> {
    let patience = Patience::new(request.limits, cancel);
    if let Remote::Local { path } = request.remote {
        return blocking(&patience, move || Repository::open(&path).map(|_| ())).await;
    }
    let FetchRequest { remote, credential, limits, cache, trust, .. } = &request;
    let peer = Peer { remote, credential, limits, cache, trust, service: Service::ReceivePack };
    match Session::open(Connection::new(peer, patience.clone())?).await {
        // A repository without any branch takes pushes as well.
        Ok(_) | Err(RemoteError::Empty) => Ok(()),
        Err(error) => Err(error),
    }
}

async fn connect(request: &FetchRequest, patience: &Patience) -> Result<Session, RemoteError> {
    Session::open(connection(request, patience)?).await
}

/// A conversation with a server whose greeting is remembered.
fn without_greeting(request: &FetchRequest, patience: &Patience) -> Result<Option<Session>, RemoteError> {
    let Some(greeting) = greeting::recall(&request.cache) else { return Ok(None) };
    Ok(Session::remembered(connection(request, patience)?, &greeting))
}

fn connection(request: &FetchRequest, patience: &Patience) -> Result<Connection, RemoteError> {
    let FetchRequest { remote, credential, limits, cache, trust, .. } = request;
    let peer = Peer { remote, credential, limits, cache, trust, service: Service::UploadPack };
    Connection::new(peer, patience.clone())
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
    let (folder, expected) = (request.folder.clone(), request.expected.clone());
    blocking(patience, move || {
        let wanted = Wanted { folder: &folder, expected: expected.as_deref() };
        let whole = matches!(cache.missing(&branch, wanted), Ok(Missing::Nothing));
        let commit = if whole { cache.keep(&branch, &branch).ok() } else { None };
        let contents = commit.as_ref().and_then(|commit| cache.contents(&commit.id, &folder).ok());
        drop(lock);
        let found = commit.zip(contents).map(|(commit, contents)| Fetched {
            branch,
            commit,
            contents,
            unmoved: true,
            bytes_received: 0,
            requests: 0,
        });
        Ok(found)
    })
    .await
}

/// A whole id, as git writes it.
fn is_commit(revision: &str) -> bool {
    revision.len() == 40 && revision.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

/// Work on the file system, which must not keep other tasks waiting.
pub(in crate::git) async fn blocking<T: Send + 'static>(
    patience: &Patience,
    work: impl FnOnce() -> Result<T, RemoteError> + Send + 'static,
) -> Result<T, RemoteError> {
    match patience.total("reading the repository", tokio::task::spawn_blocking(work)).await? {
        Ok(result) => result,
        Err(error) => Err(RemoteError::Broken { raw: error.to_string() }),
    }
}

/// How a server says that it has no such object.
pub(super) const NOT_THERE: &str = "not our ref";

/// What went over connections that are closed by now.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    bytes: u64,
    requests: u32,
}

/// Why a pack did not come in.
pub(super) enum Failure {
    /// The other side, or the way to it.
    Wire(RemoteError),
    /// The pack itself, or our disk.
    Pack(RemoteError),
}

/// One fetch under way.
pub(super) struct Fetch {
    pub(super) request: FetchRequest,
    progress: watch::Sender<FetchProgress>,
    patience: Patience,
    lock: Arc<Lock>,
    cache: Arc<Cache>,
    pub(super) session: Session,
    before: Counts,
}

impl Fetch {
    async fn run(&mut self) -> Result<Fetched, RemoteError> {
        let (mut branch, mut tip) = match self.tip().await {
            Err(error) if greeting::may_have_misled(&self.session, &error) => {
                greeting::forget(&self.request.cache);
                self.reconnect().await?;
                self.tip().await?
            }
            found => found?,
        };
        let mut missing = self.missing(&tip).await?;
        let unmoved = missing == Missing::Nothing;
        if !unmoved && self.session.is_assumed() {
            self.reconnect().await?;
        }
        if !unmoved && let Err(error) = self.bring(&tip, missing).await {
            // The branch may have been moved since it was asked for, and the commit thrown away.
            if !error.raw().contains(NOT_THERE) {
                return Err(error);
            }
            self.reconnect().await?;
            (branch, tip) = self.tip().await?;
            missing = self.missing(&tip).await?;
            self.bring(&tip, missing).await?;
        }
        let (name, folder) = (branch.clone(), self.request.folder.clone());
        let kept = self.in_cache(move |cache| Ok((cache.keep(&name, &tip)?, cache.contents(&tip, &folder)?)));
        let (commit, contents) = kept.await?;
        if !unmoved {
            // The fetch is done whether or not its cache could be tidied.
            let _ = self.in_cache(Cache::tidy).await;
        }
        if let Some(greeting) = self.session.to_remember() {
            greeting::remember(&self.request.cache, &greeting);
        }
        let bytes_received = self.before.bytes + self.session.received();
        let requests = self.before.requests + self.session.requests();
        Ok(Fetched { branch, commit, contents, unmoved, bytes_received, requests })
    }

    /// The branch's full name and where it stands.
    async fn tip(&mut self) -> Result<(String, String), RemoteError> {
        let wanted = self.request.branch.clone();
        if self.request.any_revision && !wanted.is_empty() {
            return self.revision(wanted).await;
        }
        tip_of(&mut self.session, &wanted).await
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

    pub(super) async fn receive(&mut self, ask: Ask<'_>) -> Result<(), Failure> {
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
    pub(super) async fn reconnect(&mut self) -> Result<(), RemoteError> {
        self.before.bytes += self.session.received();
        self.before.requests += self.session.requests();
        self.session = connect(&self.request, &self.patience).await?;
        Ok(())
    }

    pub(super) async fn missing(&self, tip: &str) -> Result<Missing, RemoteError> {
        let (tip, folder, expected) = (tip.to_owned(), self.request.folder.clone(), self.request.expected.clone());
        self.in_cache(move |cache| cache.missing(&tip, Wanted { folder: &folder, expected: expected.as_deref() })).await
    }

    /// Work on the cache. The lock goes along: it outlives a cancelled wait for the work.
    pub(super) async fn in_cache<T: Send + 'static>(
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
