//! One commit, made of changed files, put on a branch of a remote repository. Nothing is forced: a branch
//! that has moved on is left as it is, and the caller is told.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use git2::Oid;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::error::RemoteError;
use super::fetch::{Commit, FetchLimits, blocking};
use super::objects::{Cache, Composed, Draft, Lock, compose};
use super::patience::Patience;
use super::protocol::{Session, Update};
use super::remote::{Credential, Remote};
use super::transport::{Connection, Peer, Service};
use super::trust::Trust;

/// What becomes of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileChange {
    /// It has these bytes afterwards. The path is from the repository's root, with `/`.
    Write { path: String, bytes: Vec<u8>, executable: bool },
    /// It is gone afterwards; it must be there before.
    Remove { path: String },
}

/// What to push.
#[derive(Clone, Debug)]
pub struct PushRequest {
    pub remote: Remote,
    pub credential: Credential,
    /// Branch without `refs/heads/`; made where it is not there.
    pub branch: String,
    /// The commit to build on, as a fetch into the same cache brought it, with the folders of the changed
    /// files. An existing branch must stand there. `None` begins a history, on a branch that does not exist.
    pub base: Option<String>,
    pub changes: Vec<FileChange>,
    pub message: String,
    pub author: String,
    pub email: String,
    pub at: Timestamp,
    /// Where this repository's objects are kept; created when missing.
    pub cache: PathBuf,
    pub trust: Trust,
    pub limits: FetchLimits,
}

/// What a push brought about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// The branch's tip now.
    pub commit: Commit,
    /// True when the files were as they should be, and nothing was pushed.
    pub unchanged: bool,
    pub requests: u32,
}

impl PushRequest {
    fn draft(&self) -> Draft<'_> {
        Draft {
            base: self.base.as_deref(),
            changes: &self.changes,
            message: &self.message,
            author: &self.author,
            email: &self.email,
            at: self.at,
        }
    }
}

/// Makes the commit and puts it on the branch. A refusal of the server is [`RemoteError::Refused`] with
/// its words. After a cancel or a failure in the middle of the transfer the branch has moved whole or not
/// at all, and only a look at it tells.
pub async fn push(request: PushRequest, cancel: CancellationToken) -> Result<Pushed, RemoteError> {
    let patience = Patience::new(request.limits, cancel);
    if !git2::Reference::is_valid_name(&format!("refs/heads/{}", request.branch)) {
        let raw = format!("fatal: '{}' is not a valid branch name", request.branch);
        return Err(RemoteError::Refused { status: None, raw });
    }
    if let Remote::Local { path } = &request.remote {
        let path = path.clone();
        return blocking(&patience, move || in_place(&path, &request)).await;
    }
    let lock = Arc::new(Lock::take(&request.cache, &patience).await?);
    let request = Arc::new(request);
    let (cache, composed) = {
        let (request, lock) = (Arc::clone(&request), Arc::clone(&lock));
        blocking(&patience, move || {
            let cache = Cache::open(&request.cache)?;
            let composed = cache.compose(&request.draft());
            drop(lock);
            Ok((cache, composed?))
        })
        .await?
    };
    let Composed { commit, pack } = composed;
    let Some(pack) = pack else { return Ok(Pushed { commit, unchanged: true, requests: 0 }) };
    let requests = send(&request, &commit, &pack, &patience).await?;
    let id = commit.id.clone();
    // The push is done whether or not our own cache takes note of it: the next fetch will.
    let _noted = blocking(&patience, move || {
        let kept = cache.keep(&request.branch, &id);
        drop(lock);
        kept
    })
    .await;
    Ok(Pushed { commit, unchanged: false, requests })
}

/// Hands the pack over; gives the number of requests.
async fn send(request: &PushRequest, commit: &Commit, pack: &[u8], patience: &Patience) -> Result<u32, RemoteError> {
    let PushRequest { remote, credential, limits, cache, trust, branch, .. } = request;
    let peer = Peer { remote, credential, limits, cache, trust, service: Service::ReceivePack };
    let mut session = Session::open(Connection::new(peer, patience.clone())?).await?;
    let tip = session.greeted().and_then(|refs| refs.tip(branch)).map(str::to_owned);
    let address = remote.display();
    let update = Update { branch, from: tip.as_deref(), to: &commit.id, address: &address };
    check(update, request)?;
    session.push(update, pack).await?;
    Ok(session.requests())
}

/// Refuses to move a branch that stands elsewhere than the commit builds on.
fn check(update: Update<'_>, request: &PushRequest) -> Result<(), RemoteError> {
    if update.from.is_some() && update.from != request.base.as_deref() {
        return Err(update.refused("", "rejected", "fetch first"));
    }
    Ok(())
}

/// The same on a repository of this machine.
fn in_place(path: &Path, request: &PushRequest) -> Result<Pushed, RemoteError> {
    let unusable =
        |error: git2::Error| RemoteError::NotARepository { path: path.to_owned(), raw: error.message().to_owned() };
    let repository = git2::Repository::open(path).map_err(unusable)?;
    let reference = format!("refs/heads/{}", request.branch);
    let tip = repository.refname_to_id(&reference).ok().map(|id| id.to_string());
    let address = request.remote.display();
    let composed = compose(&repository, &request.draft())?;
    let update = Update { branch: &request.branch, from: tip.as_deref(), to: &composed.commit.id, address: &address };
    check(update, request)?;
    if composed.pack.is_none() {
        return Ok(Pushed { commit: composed.commit, unchanged: true, requests: 0 });
    }
    let checked_out = repository.head().is_ok_and(|head| head.name().ok() == Some(reference.as_str()));
    if checked_out && !repository.is_bare() {
        return Err(update.refused("", "remote rejected", "branch is currently checked out"));
    }
    let id = Oid::from_str(&composed.commit.id).map_err(unusable)?;
    let from = tip.as_deref().map_or(Ok(Oid::ZERO_SHA1), Oid::from_str).map_err(unusable)?;
    let moved = repository.reference_matching(&reference, id, tip.is_some(), from, "push");
    moved.map_err(|error| update.refused("", "remote rejected", error.message()))?;
    Ok(Pushed { commit: composed.commit, unchanged: false, requests: 0 })
}
