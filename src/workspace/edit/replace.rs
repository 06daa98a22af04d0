//! The writing itself: a new file beside the old one, made durable, then renamed over it. Whoever
//! reads meanwhile sees the old text or the new one, never a part.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::EditError;
use crate::workspace::load::{Version, read_bytes};
use crate::workspace::paths::Paths;

/// How often, and how far apart, the lock is asked for while another process is writing.
const LOCK_ATTEMPTS: u32 = 100;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// Replaces the file's text. The mode and the owner stay; a symbolic link goes on pointing at the
/// same file.
pub(super) fn replace(path: &Path, expected: &Version, text: &str) -> Result<(), EditError> {
    let unwritable = |error: io::Error| EditError::Unwritable { path: path.to_path_buf(), raw: error.to_string() };
    let real = path.canonicalize().map_err(unwritable)?;
    let old = File::open(&real).map_err(unwritable)?;
    let metadata = old.metadata().map_err(unwritable)?;
    if metadata.permissions().readonly() {
        return Err(unwritable(io::Error::other("the file is read-only")));
    }
    lock(&old).map_err(unwritable)?;
    // Read again under the lock: what the caller saw may be gone by now.
    if Version::of(&read_bytes(&real).map_err(unwritable)?) != *expected {
        return Err(EditError::ChangedUnderneath { path: path.to_path_buf() });
    }
    let mode = metadata.permissions().mode() & 0o7777;
    write_beside(&real, text, |new| {
        let ours = new.metadata()?;
        if (ours.uid(), ours.gid()) != (metadata.uid(), metadata.gid()) {
            std::os::unix::fs::fchown(new, Some(metadata.uid()), Some(metadata.gid()))?;
        }
        new.set_permissions(fs::Permissions::from_mode(mode))
    })
    .and_then(|temporary| rename(&temporary, &real))
    .map_err(unwritable)
}

/// Writes a file that must not be there yet, for us alone.
pub(super) fn create(path: &Path, text: &str) -> Result<(), EditError> {
    let unwritable = |error: io::Error| EditError::Unwritable { path: path.to_path_buf(), raw: error.to_string() };
    let temporary = write_beside(path, text, |_| Ok(())).map_err(unwritable)?;
    // A link fails where a rename would replace: two processes can't both create the file.
    let linked = fs::hard_link(&temporary, path);
    fs::remove_file(&temporary).map_err(unwritable)?;
    match linked {
        Ok(()) => sync_folder(path).map_err(unwritable),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(EditError::Exists { path: path.to_path_buf() })
        }
        Err(error) => Err(unwritable(error)),
    }
}

fn lock(file: &File) -> io::Result<()> {
    for _ in 0..LOCK_ATTEMPTS {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => thread::sleep(LOCK_PAUSE),
            // A file system without locks: the version check alone has to do.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Err(io::Error::other("another process holds the file's lock"))
}

fn write_beside(path: &Path, text: &str, prepare: impl FnOnce(&File) -> io::Result<()>) -> io::Result<PathBuf> {
    let mut name = OsString::from(".");
    name.push(path.file_name().ok_or_else(|| io::Error::other("the path names no file"))?);
    name.push(format!(".{}.new", std::process::id()));
    let temporary = path.with_file_name(name);
    let open = || OpenOptions::new().write(true).create_new(true).mode(Paths::FILE_MODE).open(&temporary);
    let mut file = match open() {
        // Left behind by a process of the same number that was killed.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::remove_file(&temporary)?;
            open()?
        }
        opened => opened?,
    };
    let written = prepare(&file).and_then(|()| file.write_all(text.as_bytes())).and_then(|()| file.sync_all());
    match written {
        Ok(()) => Ok(temporary),
        Err(error) => {
            fs::remove_file(&temporary)?;
            Err(error)
        }
    }
}

fn rename(temporary: &Path, real: &Path) -> io::Result<()> {
    if let Err(error) = fs::rename(temporary, real) {
        fs::remove_file(temporary)?;
        return Err(error);
    }
    sync_folder(real)
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
