//! Archives that were downloaded before: each file named by the SHA-256 of its bytes, which is checked
//! at every use, and beside them which package is which file. Shared by all processes; a file is renamed
//! into its place whole.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::workspace::make_private_folder;

/// The shelf of a cache folder. It may be removed at any time.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    folder: PathBuf,
}

/// What stands on the shelf under one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    /// The project's name, as it was told when the archive was fetched.
    pub(super) name: String,
    pub(super) archive: Vec<u8>,
}

impl Shelf {
    pub(super) fn new(cache: &Path) -> Self {
        Self { folder: cache.join("packages") }
    }

    /// What was kept under `key`; nothing when it was not, or is damaged.
    pub(super) fn find(&self, key: &str) -> Option<Kept> {
        let note = fs::read_to_string(self.note(key)).ok()?;
        let (sum, name) = note.trim_end().split_once(' ')?;
        if sum.len() != 64 || !sum.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let archive = fs::read(self.archive(sum)).ok()?;
        (hexadecimal(&archive) == sum).then(|| Kept { name: name.to_owned(), archive })
    }

    /// Keeps an archive under `key`, in place of what was there.
    pub(super) fn keep(&self, key: &str, kept: &Kept) -> io::Result<()> {
        let sum = hexadecimal(&kept.archive);
        write_whole(&self.archive(&sum), &kept.archive)?;
        let name = kept.name.replace(['\n', '\r'], " ");
        write_whole(&self.note(key), format!("{sum} {name}\n").as_bytes())
    }

    /// The text that was remembered under `key`.
    pub(super) fn recall(&self, key: &str) -> Option<String> {
        fs::read_to_string(self.memory(key)).ok()
    }

    /// Remembers a text under `key`.
    pub(super) fn remember(&self, key: &str, text: &str) -> io::Result<()> {
        write_whole(&self.memory(key), text.as_bytes())
    }

    fn archive(&self, sum: &str) -> PathBuf {
        self.folder.join("archives").join(format!("{sum}.tar.gz"))
    }

    fn note(&self, key: &str) -> PathBuf {
        self.folder.join("names").join(hexadecimal(key.as_bytes()))
    }

    fn memory(&self, key: &str) -> PathBuf {
        self.folder.join("locks").join(format!("{}.yml", hexadecimal(key.as_bytes())))
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// Writes a file that is there whole or not at all, whoever else writes it at the same time.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    make_private_folder(folder)?;
    let mut file = tempfile_in(folder)?;
    let written = file.1.write_all(bytes).and_then(|()| file.1.sync_all()).and_then(|()| fs::rename(&file.0, path));
    if written.is_err() {
        // The failure is what counts; a leftover is swept away with the cache.
        let _removed = fs::remove_file(&file.0);
    }
    written
}

/// A new file of a name that nobody has.
fn tempfile_in(folder: &Path) -> io::Result<(PathBuf, fs::File)> {
    for number in 0..1_000 {
        let path = folder.join(format!(".new-{}-{number}", std::process::id()));
        match fs::OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> Kept {
        Kept { name: "utils".to_owned(), archive: text.as_bytes().to_vec() }
    }

    #[test]
    fn what_was_kept_is_found_again() {
        let place = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(place.path());
        assert_eq!(shelf.find("a"), None);
        shelf.keep("a", &kept("one")).unwrap();
        shelf.keep("b", &kept("one")).unwrap();
        assert_eq!((shelf.find("a"), shelf.find("b")), (Some(kept("one")), Some(kept("one"))));
        let archives = fs::read_dir(place.path().join("packages/archives")).unwrap();
        assert_eq!(archives.count(), 1, "the same bytes are kept once");
        shelf.keep("a", &kept("two")).unwrap();
        assert_eq!(shelf.find("a"), Some(kept("two")));
    }

    #[test]
    fn a_damaged_archive_counts_as_none() {
        let place = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(place.path());
        shelf.keep("a", &kept("one")).unwrap();
        for archive in fs::read_dir(place.path().join("packages/archives")).unwrap() {
            fs::write(archive.unwrap().path(), "two").unwrap();
        }
        assert_eq!(shelf.find("a"), None);
    }

    #[test]
    fn a_damaged_note_counts_as_none() {
        let place = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(place.path());
        shelf.keep("a", &kept("one")).unwrap();
        for text in ["", "../../etc/passwd x", "zz utils"] {
            fs::write(shelf.note("a"), text).unwrap();
            assert_eq!(shelf.find("a"), None, "{text}");
        }
    }

    #[test]
    fn a_text_is_remembered_by_its_key() {
        let place = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(place.path());
        assert_eq!(shelf.recall("a/../b"), None);
        shelf.remember("a/../b", "text").unwrap();
        assert_eq!((shelf.recall("a/../b").as_deref(), shelf.recall("b")), (Some("text"), None));
    }
}
