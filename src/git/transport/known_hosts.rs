//! The host keys that we trust besides the user's own: those that the big providers publish, and those
//! that a person accepted for `ebb`. Nothing is ever trusted by having been met.

use std::io;
use std::path::{Path, PathBuf};

/// What the providers publish.
const PUBLISHED: &str = include_str!("../../../assets/known_hosts");
/// File beside the caches that we write the published keys to, for `ssh` to read.
const PUBLISHED_NAME: &str = "known_hosts.published";

/// The value of ssh's `GlobalKnownHostsFile` for a fetch into `cache`: the system's files, the
/// published keys, those that a person accepted. The user's own files are ssh's default and stay in force.
pub(super) fn files(cache: &Path, accepted: Option<&Path>) -> io::Result<String> {
    let published = cache.with_file_name(PUBLISHED_NAME);
    write_published(&published)?;
    let system = ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"].map(PathBuf::from);
    let all = system.iter().map(PathBuf::as_path).chain([published.as_path()]).chain(accepted);
    let quoted: Vec<String> = all.map(quoted).collect();
    Ok(quoted.join(" "))
}

/// What is known of a key from those that providers publish. `line` is one of a `known_hosts` file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Published {
    /// This host publishes the very key.
    By(String),
    /// Its host publishes another key of that kind.
    Otherwise,
    /// Nothing is known that its host publishes.
    Unknown,
}

pub(in crate::git) fn published(line: &str) -> Published {
    let parts = |line: &'static str| {
        let mut parts = line.split(' ');
        Some((parts.next()?, parts.next()?, parts.next()?))
    };
    let mut words = line.split(' ');
    let (Some(host), Some(kind), Some(key)) = (words.next(), words.next(), words.next()) else {
        return Published::Unknown;
    };
    let all = || PUBLISHED.lines().filter_map(parts).filter(|(_, its, _)| *its == kind);
    let own = all().find(|(its, _, _)| *its == host);
    match own.or_else(|| all().find(|(_, _, its)| *its == key)) {
        Some((its, _, published)) if published == key => Published::By(its.to_owned()),
        Some(_) => Published::Otherwise,
        None => Published::Unknown,
    }
}

fn write_published(path: &Path) -> io::Result<()> {
    if std::fs::read(path).is_ok_and(|there| there == PUBLISHED.as_bytes()) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    // Renamed into place: another fetch may be reading it.
    let making = path.with_extension(format!("published.{}", std::process::id()));
    std::fs::write(&making, PUBLISHED)?;
    std::fs::rename(making, path)
}

fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_keys_are_written_once_and_mended() {
        let folder = tempfile::tempdir().unwrap();
        let cache = folder.path().join("caches/shop");
        let value = files(&cache, Some(Path::new("/data/known_hosts"))).unwrap();
        let written = folder.path().join("caches").join(PUBLISHED_NAME);
        assert_eq!(std::fs::read_to_string(&written).unwrap(), PUBLISHED);
        assert!(value.contains(written.to_str().unwrap()) && value.ends_with("\"/data/known_hosts\""), "{value}");
        std::fs::write(&written, "github.com ssh-ed25519 forged").unwrap();
        files(&cache, None).unwrap();
        assert_eq!(std::fs::read_to_string(&written).unwrap(), PUBLISHED);
        assert_eq!(std::fs::read_dir(folder.path().join("caches")).unwrap().count(), 1);
    }

    #[test]
    fn a_key_is_compared_with_those_that_are_published() {
        let line = PUBLISHED.lines().find(|line| line.starts_with("github.com ssh-ed25519")).unwrap();
        let key = line.rsplit(' ').next().unwrap();
        for (line, expected) in [
            (line.to_owned(), Published::By("github.com".to_owned())),
            // Under an address of its own.
            (format!("140.82.121.4 ssh-ed25519 {key}"), Published::By("github.com".to_owned())),
            ("github.com ssh-ed25519 AAAA".to_owned(), Published::Otherwise),
            ("git.example ssh-ed25519 AAAA".to_owned(), Published::Unknown),
            (String::new(), Published::Unknown),
        ] {
            assert_eq!(published(&line), expected, "{line}");
        }
    }

    #[test]
    fn paths_with_spaces_and_quotes_stay_one_path() {
        assert_eq!(quoted(Path::new("/a b/\"c\"")), "\"/a b/\\\"c\\\"\"");
    }

    #[test]
    fn every_big_provider_has_a_key() {
        for host in ["github.com", "gitlab.com", "bitbucket.org", "[ssh.github.com]:443"] {
            let mut lines = PUBLISHED.lines();
            assert!(lines.any(|line| line.starts_with(&format!("{host} ssh-ed25519 AAAA"))), "{host}");
        }
    }
}
