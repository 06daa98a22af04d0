//! From a path to the object that stands there, through symbolic links that stay inside the tree.

use git2::{ObjectType, Odb, OdbLookupFlags, Oid, Repository, TreeEntry};

/// Links followed on the way to one path.
const MOST_LINKS: usize = 16;
/// Longest target of a link, in bytes, and deepest path, in folders.
const LONGEST_TARGET: usize = 4096;
pub(super) const DEEPEST: usize = 128;
/// Entries of folders gone through on behalf of one caller. Each step of a path reads a folder whole, so
/// that many links in a large folder would cost their product.
const MOST_EFFORT: usize = 5_000_000;

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File { executable: bool },
    Link,
    Folder,
    Submodule,
}

impl Kind {
    pub(super) fn of(entry: &TreeEntry<'_>) -> Option<Self> {
        match (entry.filemode_raw() & 0o170_000, entry.kind()) {
            (0o120_000, _) => Some(Self::Link),
            (0o100_000, _) => Some(Self::File { executable: entry.filemode_raw() & 0o111 != 0 }),
            (0o040_000, _) | (_, Some(ObjectType::Tree)) => Some(Self::Folder),
            (0o160_000, _) => Some(Self::Submodule),
            _ => None,
        }
    }
}

/// Where a path led.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    File {
        id: Oid,
        executable: bool,
    },
    /// A folder by its object and its own path from the root, links resolved.
    Folder {
        id: Oid,
        path: Vec<String>,
    },
}

/// An object that is not in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absent {
    Tree(Oid),
    Blob(Oid),
}

/// What looking has cost one caller so far, whatever it looked at.
#[derive(Debug, Default)]
pub(super) struct Effort {
    spent: usize,
    refreshed: bool,
}

impl Effort {
    /// Looks through the packs on disk anew at the first object that is not found: another process may
    /// have tidied them. Doing so for each of the many that were not fetched would take minutes.
    pub(super) fn is_present(&mut self, objects: &Odb<'_>, id: Oid) -> Result<bool, git2::Error> {
        if objects.exists_ext(id, OdbLookupFlags::NO_REFRESH) {
            return Ok(true);
        }
        if std::mem::replace(&mut self.refreshed, true) {
            return Ok(false);
        }
        objects.refresh()?;
        Ok(objects.exists_ext(id, OdbLookupFlags::NO_REFRESH))
    }
}

/// Why a path led nowhere.
#[derive(Debug)]
pub(super) enum Lost {
    Missing,
    /// Absolute, above the root, or in a circle.
    Outside,
    Submodule,
    /// An object on the way is not in the cache: it lies outside of the fetched folder.
    Absent(Absent),
    /// The caller's effort is spent.
    TooMuch,
    Failed(git2::Error),
}

impl From<git2::Error> for Lost {
    fn from(error: git2::Error) -> Self {
        Self::Failed(error)
    }
}

/// Follows `path` from the tree `root`. `from` is the folder that a relative path starts in; `effort`
/// counts what the same caller's paths have cost.
pub(super) fn resolve(
    repository: &Repository,
    root: Oid,
    from: &[String],
    path: &str,
    effort: &mut Effort,
) -> Result<Place, Lost> {
    let objects = repository.odb()?;
    let mut links = 0;
    let mut entered: Vec<(String, Oid)> = Vec::new();
    let mut ahead: Vec<String> = parts(path);
    ahead.extend(from.iter().rev().cloned());
    while let Some(part) = ahead.pop() {
        if part == ".." {
            entered.pop().ok_or(Lost::Outside)?;
            continue;
        }
        let id = entered.last().map_or(root, |(_, id)| *id);
        if !effort.is_present(&objects, id)? {
            return Err(Lost::Absent(Absent::Tree(id)));
        }
        let folder = repository.find_tree(id)?;
        effort.spent += folder.len();
        if effort.spent > MOST_EFFORT {
            return Err(Lost::TooMuch);
        }
        let entry = folder.get_name(&part).ok_or(Lost::Missing)?;
        match Kind::of(&entry) {
            Some(Kind::Folder) if entered.len() < DEEPEST => entered.push((part, entry.id())),
            Some(Kind::File { executable }) if ahead.is_empty() => {
                return Ok(Place::File { id: entry.id(), executable });
            }
            Some(Kind::Link) => {
                links += 1;
                let target = target(&objects, entry.id(), effort)?;
                if links > MOST_LINKS || target.starts_with('/') {
                    return Err(Lost::Outside);
                }
                ahead.extend(parts(&target));
            }
            Some(Kind::Submodule) => return Err(Lost::Submodule),
            Some(Kind::Folder | Kind::File { .. }) | None => return Err(Lost::Missing),
        }
    }
    let id = entered.last().map_or(root, |(_, id)| *id);
    Ok(Place::Folder { id, path: entered.into_iter().map(|(name, _)| name).collect() })
}

/// A path's parts, the last one first, as a stack wants them.
fn parts(path: &str) -> Vec<String> {
    path.split('/').filter(|part| !part.is_empty() && *part != ".").rev().map(str::to_owned).collect()
}

fn target(objects: &Odb<'_>, id: Oid, effort: &mut Effort) -> Result<String, Lost> {
    if !effort.is_present(objects, id)? {
        return Err(Lost::Absent(Absent::Blob(id)));
    }
    if objects.read_header(id)?.0 > LONGEST_TARGET {
        return Err(Lost::Outside);
    }
    let object = objects.read(id)?;
    std::str::from_utf8(object.data()).map(str::to_owned).map_err(|_| Lost::Missing)
}
