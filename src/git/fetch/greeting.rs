//! The server's greeting, remembered beside what was fetched: a branch that has not moved is one question then.
//! Whatever goes wrong with such a question, the greeting is forgotten and the server is greeted.

use std::path::Path;

use super::super::error::RemoteError;
use super::super::protocol::Session;

/// File inside of a cache.
const NAME: &str = "greeting";
/// More than this is not ours.
const LONGEST: usize = 4096;

pub(super) fn recall(cache: &Path) -> Option<String> {
    std::fs::read_to_string(cache.join(NAME)).ok().filter(|text| text.len() <= LONGEST)
}

/// A greeting that can't be written is asked for the next time.
pub(super) fn remember(cache: &Path, greeting: &str) {
    if recall(cache).is_some_and(|known| known == greeting) {
        return;
    }
    let making = cache.join(format!("{NAME}.{}", std::process::id()));
    if std::fs::write(&making, greeting).and_then(|()| std::fs::rename(&making, cache.join(NAME))).is_err() {
        let _ = std::fs::remove_file(&making);
    }
}

pub(super) fn forget(cache: &Path) {
    let _ = std::fs::remove_file(cache.join(NAME));
}

/// Whether an answer without a greeting may be better with one: not where nobody was there, or the server is busy.
pub(super) fn may_have_misled(session: &Session, error: &RemoteError) -> bool {
    let doubtful = match error {
        RemoteError::Refused { status, .. } => status.is_none_or(|status| status < 429),
        RemoteError::Broken { .. } | RemoteError::Empty | RemoteError::BranchMissing { .. } => true,
        _ => false,
    };
    doubtful && session.is_assumed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_is_remembered_until_it_is_forgotten() {
        let cache = tempfile::tempdir().unwrap();
        assert_eq!(recall(cache.path()), None);
        remember(cache.path(), "version 2\n");
        remember(cache.path(), "version 2\nls-refs\n");
        assert_eq!(recall(cache.path()).as_deref(), Some("version 2\nls-refs\n"));
        assert_eq!(std::fs::read_dir(cache.path()).unwrap().count(), 1);
        forget(cache.path());
        forget(cache.path());
        assert_eq!(recall(cache.path()), None);
        remember(&cache.path().join("missing"), "version 2\n");
    }

    #[test]
    fn what_is_not_ours_is_not_read() {
        let cache = tempfile::tempdir().unwrap();
        std::fs::write(cache.path().join(NAME), "x".repeat(LONGEST + 1)).unwrap();
        assert_eq!(recall(cache.path()), None);
    }
}
