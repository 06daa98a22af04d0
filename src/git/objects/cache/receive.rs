//! A pack on its way into the cache: indexed as it comes, on a thread of its own, in bounded memory;
//! moved among the cache's packs only when it is whole.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use git2::Indexer;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::super::super::error::RemoteError;
use super::super::super::fetch::{FetchProgress, FetchStage};
use super::super::super::patience::Patience;
use super::inflation::Inflation;
use super::lock::Lock;
use super::{INCOMING, failed, unusable};

/// Pieces of at most 64 KiB that may wait for the indexer.
const WAITING: usize = 32;
/// Objects accepted in one pack; the indexer keeps about a hundred bytes for each.
const MOST_OBJECTS: u32 = 5_000_000;
/// Objects between two words about progress.
const PROGRESS_EVERY: usize = 256;

/// A pack being received. Dropped before [`Receiver::finish`], it leaves nothing behind.
#[derive(Debug)]
pub(in crate::git) struct Receiver {
    pieces: mpsc::Sender<Piece>,
    indexing: JoinHandle<Result<(), RemoteError>>,
    abandoned: Arc<AtomicBool>,
    left: u64,
    limit: u64,
}

#[derive(Debug)]
enum Piece {
    Bytes(Vec<u8>),
    /// Nothing more comes: the pack must be whole.
    End,
}

impl Receiver {
    /// Starts the indexer. It keeps the cache's lock for as long as it runs, cancelled or not.
    pub(in crate::git) fn start(
        cache: &Path,
        lock: Arc<Lock>,
        limit: u64,
        progress: watch::Sender<FetchProgress>,
    ) -> Self {
        let (pieces, waiting) = mpsc::channel(WAITING);
        let abandoned = Arc::new(AtomicBool::new(false));
        let work = Work { cache: cache.to_owned(), abandoned: Arc::clone(&abandoned), progress, _lock: lock };
        let indexing = tokio::task::spawn_blocking(move || work.index(waiting));
        Self { pieces, indexing, abandoned, left: limit, limit }
    }

    /// Hands bytes of the pack to the indexer, waiting while it is busy.
    pub(in crate::git) async fn push(&mut self, bytes: Vec<u8>, patience: &Patience) -> Result<(), RemoteError> {
        let limit = self.limit;
        self.left = self.left.checked_sub(bytes.len() as u64).ok_or(RemoteError::TooLarge { limit })?;
        self.hand_over(Piece::Bytes(bytes), patience).await
    }

    /// Waits until the pack is checked and in its place.
    pub(in crate::git) async fn finish(mut self, patience: &Patience) -> Result<(), RemoteError> {
        self.hand_over(Piece::End, patience).await?;
        self.verdict(patience).await
    }

    async fn hand_over(&mut self, piece: Piece, patience: &Patience) -> Result<(), RemoteError> {
        if patience.total("indexing", self.pieces.send(piece)).await?.is_ok() {
            return Ok(());
        }
        // The indexer has stopped listening: it knows why.
        self.verdict(patience).await?;
        Err(RemoteError::Broken { raw: "bytes after the end of the pack".to_owned() })
    }

    async fn verdict(&mut self, patience: &Patience) -> Result<(), RemoteError> {
        match patience.total("indexing", &mut self.indexing).await? {
            Ok(verdict) => verdict,
            Err(error) => Err(RemoteError::Broken { raw: error.to_string() }),
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.abandoned.store(true, Ordering::Relaxed);
    }
}

/// The indexer's thread.
struct Work {
    cache: PathBuf,
    abandoned: Arc<AtomicBool>,
    progress: watch::Sender<FetchProgress>,
    _lock: Arc<Lock>,
}

impl Work {
    fn index(self, mut waiting: mpsc::Receiver<Piece>) -> Result<(), RemoteError> {
        let incoming = self.cache.join(INCOMING);
        let repository = git2::Repository::open_bare(&self.cache).map_err(|error| unusable(&self.cache, &error))?;
        // Bases of a thin pack are taken from the objects that are here already.
        let objects = repository.odb().map_err(|error| unusable(&self.cache, &error))?;
        let mut indexer =
            Indexer::new(Some(&objects), &incoming, 0o444, false).map_err(|error| unusable(&self.cache, &error))?;
        let (abandoned, progress) = (Arc::clone(&self.abandoned), self.progress.clone());
        let mut told = 0;
        indexer.progress(move |state| {
            let done = state.indexed_objects();
            if done.abs_diff(told) >= PROGRESS_EVERY || done == state.total_objects() {
                told = done;
                tell(&progress, done as u64, state.total_objects() as u64, state.received_objects() as u64);
            }
            !abandoned.load(Ordering::Relaxed)
        });
        let (mut header, mut inflation) = (Header::default(), Inflation::new());
        loop {
            match waiting.blocking_recv() {
                Some(Piece::Bytes(bytes)) => {
                    header.check(&bytes)?;
                    inflation.see(&bytes).map_err(|bomb| RemoteError::Inflates { bytes: bomb.bytes })?;
                    indexer.write_all(&bytes).map_err(|error| self.broken(error.to_string()))?;
                }
                Some(Piece::End) => break,
                None => return Err(RemoteError::Cancelled),
            }
        }
        let name = indexer.commit().map_err(|error| self.broken(error.message().to_owned()))?;
        put_in_place(&incoming, &self.cache.join("objects/pack"), &name).map_err(|error| failed(&self.cache, &error))
    }

    fn broken(&self, raw: String) -> RemoteError {
        if self.abandoned.load(Ordering::Relaxed) {
            return RemoteError::Cancelled;
        }
        match unusable(&self.cache, &git2::Error::from_str(&raw)) {
            full @ RemoteError::DiskFull { .. } => full,
            _ => RemoteError::Broken { raw },
        }
    }
}

/// The pack first and its index last: without its index a pack is not there.
pub(super) fn put_in_place(incoming: &Path, packs: &Path, name: &str) -> std::io::Result<()> {
    for ending in ["pack", "idx"] {
        let file = format!("pack-{name}.{ending}");
        let from = incoming.join(&file);
        std::fs::File::open(&from)?.sync_all()?;
        std::fs::rename(from, packs.join(file))?;
    }
    Ok(())
}

fn tell(progress: &watch::Sender<FetchProgress>, done: u64, total: u64, received: u64) {
    progress.send_modify(|state| {
        state.stage = if received >= total { FetchStage::Index } else { FetchStage::Receive };
        state.objects = done;
        state.total_objects = Some(total);
    });
}

/// The first twelve bytes of a pack, looked at before the indexer reserves memory for what they say.
#[derive(Debug, Default)]
struct Header {
    seen: Vec<u8>,
}

impl Header {
    fn check(&mut self, bytes: &[u8]) -> Result<(), RemoteError> {
        let wanted = 12 - self.seen.len();
        if wanted == 0 {
            return Ok(());
        }
        self.seen.extend(bytes.iter().take(wanted));
        let Ok([b'P', b'A', b'C', b'K', _, _, _, _, count @ ..]) = <[u8; 12]>::try_from(self.seen.as_slice()) else {
            return match self.seen.len() {
                12 => Err(RemoteError::Broken { raw: "what was sent is not a pack".to_owned() }),
                _ => Ok(()),
            };
        };
        let count = u32::from_be_bytes(count);
        if count > MOST_OBJECTS {
            let raw = format!("the pack claims {count} objects; at most {MOST_OBJECTS} are accepted");
            return Err(RemoteError::Broken { raw });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a pack that begins so is let through, cut into pieces of every length.
    fn passes(start: &[u8]) -> bool {
        let verdicts: Vec<bool> = (1..=start.len())
            .map(|piece| {
                let mut header = Header::default();
                start.chunks(piece).try_for_each(|bytes| header.check(bytes)).is_ok()
            })
            .collect();
        assert!(verdicts.iter().all(|verdict| *verdict == verdicts[0]), "{verdicts:?}");
        verdicts[0]
    }

    #[test]
    fn a_pack_says_so_in_its_first_bytes() {
        assert!(passes(b"PACK\0\0\0\x02\0\0\0\x07 and so on"));
        assert!(!passes(b"<html><body>no pack"));
        assert!(passes(b"PACK"), "more may come");
    }

    #[test]
    fn a_claim_of_too_many_objects_reserves_no_memory() {
        assert!(passes(b"PACK\0\0\0\x02\0\x4c\x4b\x40"));
        assert!(!passes(b"PACK\0\0\0\x02\0\x4c\x4b\x41"));
        assert!(!passes(b"PACK\0\0\0\x02\xff\xff\xff\xff"));
    }
}
