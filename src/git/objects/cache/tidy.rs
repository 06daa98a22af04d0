//! One pack in place of many. Every fetch that brings something leaves a pack; with hundreds of them
//! each read would look through all, and each would hold a file open.

use std::path::{Path, PathBuf};

use git2::{Error, Repository};

use super::INCOMING;

/// Packs that a cache may have.
const MOST_PACKS: usize = 24;

/// Settings of a new cache. Text packs small enough without deltas, and looking for deltas would take
/// a hundred times as long; libgit2 leaves it when no file is below this size, in bytes. (It reads the
/// size under the first name, and would read it under the second had it no slip there.)
pub(super) fn prepare(repository: &Repository) -> Result<(), Error> {
    let mut settings = repository.config()?;
    settings.set_i64("pack.deltaCacheSize", 1)?;
    settings.set_i64("core.bigFileThreshold", 1)
}

/// Writes all objects into one pack and removes the others, where there are too many. A kill in the
/// middle leaves some objects twice, none not at all. Readers that look for an object in a pack that
/// is gone look again.
pub(super) fn tidy(repository: &Repository) -> Result<(), Error> {
    let folder = repository.path().join("objects/pack");
    let old = packs(&folder)?;
    if old.len() <= MOST_PACKS {
        return Ok(());
    }
    let mut builder = repository.packbuilder()?;
    let mut ids = Vec::new();
    repository.odb()?.foreach(|id| {
        ids.push(*id);
        true
    })?;
    for id in ids {
        builder.insert_object(id, None)?;
    }
    let incoming = repository.path().join(INCOMING);
    builder.write(&incoming, 0o444)?;
    let name = builder.name()?.map(str::to_owned).unwrap_or_default();
    super::receive::put_in_place(&incoming, &folder, &name).map_err(|error| Error::from_str(&error.to_string()))?;
    for pack in old.iter().filter(|pack| !pack.ends_with(format!("pack-{name}.pack"))) {
        // The index goes first: a pack without one is not there.
        for file in [pack.with_extension("idx"), pack.clone()] {
            std::fs::remove_file(file).map_err(|error| Error::from_str(&error.to_string()))?;
        }
    }
    Ok(())
}

fn packs(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = std::fs::read_dir(folder).map_err(|error| Error::from_str(&error.to_string()))?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    Ok(paths.filter(|path| path.extension().is_some_and(|ending| ending == "pack")).collect())
}
