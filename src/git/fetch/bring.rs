//! Downloads until nothing is missing, by the shortest road that the server offers: the trees on the way
//! to the folder one by one and then only the folder; all trees and then the folder's files; everything.

use super::super::error::RemoteError;
use super::super::objects::{Extent, Missing};
use super::super::protocol::{Ask, LeaveOut};
use super::run::{Failure, Fetch};

/// Looks for what is missing and requests for it. As many as the folder's path has parts, and two more,
/// are usual.
const MOST_ROUNDS: usize = 64;
/// Rounds in which trees are asked for alone. Deeper ones come with all that is below them: a bounded
/// number of answers is worth their bytes.
const ONE_BY_ONE: usize = 12;

/// A way to ask for packs, the best first. A server that refuses one is asked by the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Road {
    /// Commit and trees alone, by their ids.
    Walk,
    /// The commit with all its trees, then files by their ids.
    Names,
    /// The commit with all that belongs to it.
    Everything,
}

impl Road {
    fn next(self) -> Option<Self> {
        match self {
            Self::Walk => Some(Self::Names),
            Self::Names => Some(Self::Everything),
            Self::Everything => None,
        }
    }
}

impl Fetch {
    pub(super) async fn bring(&mut self, tip: &str, mut missing: Missing) -> Result<(), RemoteError> {
        let mut road = if self.session.can_filter() { Road::Walk } else { Road::Everything };
        for round in 0..MOST_ROUNDS {
            if missing == Missing::Nothing {
                return Ok(());
            }
            match self.ask(tip, &missing, road, round).await {
                Err(Failure::Wire(error)) if may_take_another_road(&error, &missing) => {
                    road = road.next().ok_or(error)?;
                    self.reconnect().await?;
                }
                done => done?,
            }
            missing = self.missing(tip).await?;
        }
        Err(RemoteError::Broken { raw: "the server's packs lack objects that were asked for".to_owned() })
    }

    /// One request for what is missing.
    async fn ask(&mut self, tip: &str, missing: &Missing, road: Road, round: usize) -> Result<(), Failure> {
        let tip = [tip.to_owned()];
        match (missing, road) {
            (Missing::Nothing, _) => Ok(()),
            (Missing::Commit, Road::Walk) if !self.is_wanted_whole().await? => {
                self.receive(Ask { wants: &tip, haves: &[], shallow: true, leave_out: LeaveOut::All }).await
            }
            (Missing::Commit, Road::Walk | Road::Everything) => {
                self.build_on(&tip, Extent::Everything, LeaveOut::Nothing).await
            }
            (Missing::Blobs(ids), Road::Walk | Road::Names) => self.by_id(ids, LeaveOut::Nothing).await,
            (Missing::Trees(ids), Road::Walk) => {
                self.by_id(ids, if round < ONE_BY_ONE { LeaveOut::All } else { LeaveOut::Blobs }).await
            }
            (Missing::Folder(id), Road::Walk) => {
                let folder = self.request.folder.clone();
                let known = self.in_cache(move |cache| cache.knows(&folder)).await.map_err(Failure::Pack)?;
                let leave_out = if known { LeaveOut::All } else { LeaveOut::Nothing };
                self.by_id(std::slice::from_ref(id), leave_out).await
            }
            (Missing::Names, Road::Walk)
            | (Missing::Commit | Missing::Trees(_) | Missing::Folder(_) | Missing::Names, Road::Names) => {
                self.build_on(&tip, Extent::Names, LeaveOut::Blobs).await
            }
            (_, Road::Everything) => self.alone(&tip, LeaveOut::Nothing).await,
        }
    }

    /// Whether the whole commit is wanted and nothing, or everything, of another one is here: one answer
    /// brings it then.
    async fn is_wanted_whole(&self) -> Result<bool, Failure> {
        if self.request.folder.split('/').any(|part| !part.is_empty() && part != ".") {
            return Ok(false);
        }
        let asked = self.in_cache(|cache| {
            Ok(cache.haves(Extent::Whatever)?.is_empty() || !cache.haves(Extent::Everything)?.is_empty())
        });
        asked.await.map_err(Failure::Pack)
    }

    async fn by_id(&mut self, wants: &[String], leave_out: LeaveOut) -> Result<(), Failure> {
        self.receive(Ask { wants, haves: &[], shallow: false, leave_out }).await
    }

    /// The commit, as a difference to commits that are here.
    async fn build_on(&mut self, tip: &[String], extent: Extent, leave_out: LeaveOut) -> Result<(), Failure> {
        let haves = self.in_cache(move |cache| cache.haves(extent)).await.map_err(Failure::Pack)?;
        match self.receive(Ask { wants: tip, haves: &haves, shallow: true, leave_out }).await {
            // A pack that builds on what we said we have can be bad where one that stands alone is not.
            Err(Failure::Pack(RemoteError::Broken { .. })) if !haves.is_empty() => {
                self.reconnect().await.map_err(Failure::Wire)?;
                self.alone(tip, leave_out).await
            }
            done => done,
        }
    }

    /// The commit, whatever is here.
    async fn alone(&mut self, tip: &[String], leave_out: LeaveOut) -> Result<(), Failure> {
        self.receive(Ask { wants: tip, haves: &[], shallow: true, leave_out }).await
    }
}

/// Not every server knows every filter, or gives objects by their ids. What it says about the credential
/// or the commit itself holds on every road.
fn may_take_another_road(error: &RemoteError, missing: &Missing) -> bool {
    match error {
        RemoteError::Refused { status: Some(401 | 403 | 404 | 410 | 429), .. } => false,
        RemoteError::Refused { raw, .. } => *missing != Missing::Commit || !raw.contains(super::run::NOT_THERE),
        _ => false,
    }
}
