//! A package's archive (`.tar.gz`) as files. It comes from strangers: no path leads out of it, no link
//! is followed but to a file inside, and what it unpacks to is bounded.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::MultiGzDecoder;
use tar::{Archive, Entry, EntryType};
use thiserror::Error;

/// Bounds on what an archive may unpack to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) files: usize,
    /// All files together, and the archive unpacked, in bytes.
    pub(super) bytes: u64,
}

impl Bounds {
    pub(super) const USUAL: Self = Self { files: 50_000, bytes: 128 << 20 };
}

/// Longest path, in bytes, and deepest, in folders.
const LONGEST_PATH: usize = 1_024;
const DEEPEST: usize = 40;
/// Links followed to one file.
const MOST_LINKS: usize = 8;

/// Why an archive is not taken.
#[derive(Debug, Error, PartialEq, Eq)]
pub(super) enum ArchiveError {
    #[error("it is no .tar.gz archive: {reason}")]
    Damaged { reason: String },
    #[error("it unpacks to more than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("it holds more than {limit} entries")]
    TooMany { limit: usize },
    #[error("{path:?} leads out of the archive")]
    Outside { path: String },
    #[error("it holds no file")]
    Empty,
}

/// Path and bytes of every file, sorted by path. The one folder that holds everything, as in archives
/// that forges make, is taken off.
pub(super) fn unpack(archive: &[u8], bounds: Bounds) -> Result<BTreeMap<String, Vec<u8>>, ArchiveError> {
    let mut unpacking = Unpacking { left: bounds.bytes, bounds, files: BTreeMap::new(), links: BTreeMap::new() };
    // One byte more than allowed tells that there is more.
    let stream = MultiGzDecoder::new(archive).take(bounds.bytes.saturating_add(1));
    let mut archive = Archive::new(stream);
    for (index, entry) in archive.entries().map_err(|error| damaged(&error))?.enumerate() {
        if index >= bounds.files {
            return Err(ArchiveError::TooMany { limit: bounds.files });
        }
        unpacking.entry(entry.map_err(|error| damaged(&error))?)?;
    }
    if archive.into_inner().limit() == 0 {
        return Err(ArchiveError::TooLarge { limit: bounds.bytes });
    }
    unpacking.finish()
}

fn damaged(error: &std::io::Error) -> ArchiveError {
    ArchiveError::Damaged { reason: error.to_string() }
}

struct Unpacking {
    bounds: Bounds,
    /// Bytes that files may still have.
    left: u64,
    files: BTreeMap<String, Vec<u8>>,
    /// Path of a link and the path that it leads to, both from the archive's root.
    links: BTreeMap<String, String>,
}

impl Unpacking {
    fn entry<R: Read>(&mut self, mut entry: Entry<'_, R>) -> Result<(), ArchiveError> {
        let raw = entry.path_bytes().into_owned();
        let path = plain(&raw).ok_or_else(|| outside(&raw))?;
        match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous => {
                let size = entry.size();
                self.left = self.left.checked_sub(size).ok_or(ArchiveError::TooLarge { limit: self.bounds.bytes })?;
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).map_err(|error| damaged(&error))?;
                self.files.insert(path, bytes);
            }
            EntryType::Symlink | EntryType::Link => {
                let target = entry.link_name_bytes().map(std::borrow::Cow::into_owned).unwrap_or_default();
                let from = match entry.header().entry_type() {
                    EntryType::Symlink => path.rsplit_once('/').map_or("", |(folder, _)| folder),
                    _ => "",
                };
                // One that leads out is left out: it is never followed.
                if let Some(target) = joined(from, &target) {
                    self.links.insert(path, target);
                }
            }
            // Folders come with their files; devices and the like are nobody's package.
            _ => {}
        }
        Ok(())
    }

    fn finish(mut self) -> Result<BTreeMap<String, Vec<u8>>, ArchiveError> {
        for (path, first) in &self.links {
            let mut target = first;
            for _ in 0..MOST_LINKS {
                let Some(next) = self.links.get(target) else { break };
                target = next;
            }
            let Some(bytes) = self.files.get(target).cloned() else { continue };
            self.left =
                self.left.checked_sub(bytes.len() as u64).ok_or(ArchiveError::TooLarge { limit: self.bounds.bytes })?;
            self.files.insert(path.clone(), bytes);
        }
        let first = self.files.keys().next().ok_or(ArchiveError::Empty)?;
        let folder = first.split_once('/').map(|(folder, _)| format!("{folder}/"));
        match folder.filter(|folder| self.files.keys().all(|path| path.starts_with(folder.as_str()))) {
            Some(folder) => Ok(self
                .files
                .into_iter()
                .map(|(path, bytes)| (path.split_at(folder.len()).1.to_owned(), bytes))
                .collect()),
            None => Ok(self.files),
        }
    }
}

fn outside(raw: &[u8]) -> ArchiveError {
    ArchiveError::Outside { path: String::from_utf8_lossy(raw).into_owned() }
}

/// A path of plain parts alone; none for one that is absolute, leads up, or is no text.
fn plain(raw: &[u8]) -> Option<String> {
    let path = std::str::from_utf8(raw).ok().filter(|path| !path.starts_with('/') && !path.contains(['\0', '\\']))?;
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let is_bounded = path.len() <= LONGEST_PATH && parts.len() <= DEEPEST;
    (is_bounded && !parts.contains(&"..")).then(|| parts.join("/"))
}

/// Where a link in the folder `from` leads; none when that is outside.
fn joined(from: &str, target: &[u8]) -> Option<String> {
    let target = std::str::from_utf8(target).ok().filter(|target| !target.starts_with('/'))?;
    let mut parts: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop()?;
        } else {
            parts.push(part);
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    /// One entry of an archive: its path as raw bytes, kind, content or target.
    type Item<'a> = (&'a str, EntryType, &'a str);

    fn archive(items: &[Item<'_>]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (path, kind, text) in items {
            let mut header = tar::Header::new_gnu();
            // Written as raw bytes: the builder would refuse a path that leads out.
            header.as_gnu_mut().unwrap().name[..path.len()].copy_from_slice(path.as_bytes());
            header.set_entry_type(*kind);
            header.set_mode(0o644);
            let is_link = matches!(kind, EntryType::Symlink | EntryType::Link);
            if is_link {
                header.as_gnu_mut().unwrap().linkname[..text.len()].copy_from_slice(text.as_bytes());
            }
            let body = if is_link { "" } else { text };
            header.set_size(body.len() as u64);
            header.set_cksum();
            builder.append(&header, body.as_bytes()).unwrap();
        }
        zipped(&builder.into_inner().unwrap())
    }

    fn zipped(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked(items: &[Item<'_>]) -> Result<Vec<(String, String)>, ArchiveError> {
        let files = unpack(&archive(items), Bounds { files: 20, bytes: 20_000 })?;
        Ok(files.into_iter().map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap())).collect())
    }

    const FILE: EntryType = EntryType::Regular;

    fn pair(path: &str, text: &str) -> (String, String) {
        (path.to_owned(), text.to_owned())
    }

    #[test]
    fn the_folder_around_everything_is_taken_off() {
        let items = [
            ("pax_global_header", EntryType::XGlobalHeader, "52 comment=0123456789012345678901234567890123456789\n"),
            ("utils-1.0/", EntryType::Directory, ""),
            ("utils-1.0/dbt_project.yml", FILE, "name: utils"),
            ("utils-1.0/macros/a.sql", FILE, "x"),
        ];
        assert_eq!(unpacked(&items).unwrap(), [pair("dbt_project.yml", "name: utils"), pair("macros/a.sql", "x")]);
        assert_eq!(unpacked(&[("a", FILE, "1"), ("b/c", FILE, "2")]).unwrap(), [pair("a", "1"), pair("b/c", "2")]);
    }

    #[test]
    fn no_path_leads_out() {
        for path in ["../x", "a/../../x", "/etc/x", "a\\..\\x", "a/.."] {
            let error = unpacked(&[("p/dbt_project.yml", FILE, "x"), (path, FILE, "evil")]).unwrap_err();
            assert_eq!(error, ArchiveError::Outside { path: path.to_owned() });
        }
    }

    #[test]
    fn a_link_is_the_file_that_it_leads_to_inside() {
        let items = [
            ("p/a.md", FILE, "text"),
            ("p/docs/b.md", EntryType::Symlink, "../a.md"),
            ("p/docs/c.md", EntryType::Symlink, "b.md"),
            ("p/d.md", EntryType::Link, "p/a.md"),
            ("p/out", EntryType::Symlink, "../../../etc/passwd"),
            ("p/abs", EntryType::Symlink, "/etc/passwd"),
            ("p/gone", EntryType::Symlink, "nowhere"),
            ("p/circle", EntryType::Symlink, "circle"),
        ];
        let expected =
            [pair("a.md", "text"), pair("d.md", "text"), pair("docs/b.md", "text"), pair("docs/c.md", "text")];
        assert_eq!(unpacked(&items).unwrap(), expected);
    }

    #[test]
    fn devices_and_folders_are_no_files() {
        let items = [("p/null", EntryType::Char, ""), ("p/pipe", EntryType::Fifo, ""), ("p/a", FILE, "1")];
        assert_eq!(unpacked(&items).unwrap(), [pair("a", "1")]);
    }

    #[test]
    fn what_it_unpacks_to_is_bounded() {
        let large = "x".repeat(30_000);
        assert_eq!(unpacked(&[("p/a", FILE, &large)]).unwrap_err(), ArchiveError::TooLarge { limit: 20_000 });
        let names: Vec<String> = (0..30).map(|index| format!("p/{index}")).collect();
        let many: Vec<Item<'_>> = names.iter().map(|name| (name.as_str(), FILE, "")).collect();
        assert_eq!(unpacked(&many).unwrap_err(), ArchiveError::TooMany { limit: 20 });
        let link = "x".repeat(9_000);
        let copies = [("p/a", FILE, link.as_str()), ("p/b", EntryType::Symlink, "a"), ("p/c", EntryType::Symlink, "a")];
        assert_eq!(unpacked(&copies).unwrap_err(), ArchiveError::TooLarge { limit: 20_000 });
    }

    #[test]
    fn a_stream_that_never_ends_is_cut() {
        let bomb = zipped(&vec![0; 5_000_000]);
        assert!(bomb.len() < 50_000);
        let error = unpack(&bomb, Bounds { files: 20, bytes: 20_000 }).unwrap_err();
        assert!(matches!(error, ArchiveError::TooLarge { .. } | ArchiveError::Empty), "{error:?}");
    }

    #[test]
    fn nonsense_is_no_archive() {
        for bytes in [&b"<html>"[..], b"", &zipped(b"not a tar at all, but long enough to be looked at")] {
            let error = unpack(bytes, Bounds::USUAL).unwrap_err();
            assert!(matches!(error, ArchiveError::Damaged { .. } | ArchiveError::Empty), "{error:?}");
        }
        let mut cut = archive(&[("p/a", FILE, "some text that is long enough")]);
        cut.truncate(cut.len() / 2);
        assert!(matches!(unpack(&cut, Bounds::USUAL), Err(ArchiveError::Damaged { .. })));
    }
}
