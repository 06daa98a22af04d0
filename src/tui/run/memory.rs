//! The file that keeps where a person was. Losing it costs a scroll; so no failure here is told.

use std::fs;
use std::path::{Path, PathBuf};

use crate::tui::state::Saved;
use crate::workspace::{Environment, Location, Paths, make_private_folder};

/// Largest file that is read, in bytes: ours is a few hundred.
const LARGEST: u64 = 1_000_000;

/// One file a workspace, in its state folder.
pub(super) fn file(environment: &Environment, location: &Location) -> PathBuf {
    Paths::of(environment).state_of(location).join("screen.json")
}

pub(super) fn read(file: &Path) -> Saved {
    let small = fs::metadata(file).is_ok_and(|metadata| metadata.len() <= LARGEST);
    let text = if small { fs::read_to_string(file).unwrap_or_default() } else { String::new() };
    Saved::from_text(&text)
}

/// Replaces the file in one step, so that two screens of a workspace never mix.
pub(super) fn write(file: &Path, saved: &Saved) {
    let Some(folder) = file.parent() else { return };
    let beside = folder.join(format!(".screen.{}", std::process::id()));
    let written = make_private_folder(folder)
        .and_then(|()| fs::write(&beside, saved.to_text()))
        .and_then(|()| fs::rename(&beside, file));
    if written.is_err() {
        let _not_there = fs::remove_file(&beside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::state::Tab;

    #[test]
    fn what_is_written_is_read_and_nothing_stays_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("state/screen.json");
        let saved = Saved { tab: Some(Tab::History), ..Saved::default() };
        write(&file, &saved);
        assert_eq!(read(&file), saved);
        assert_eq!(fs::read_dir(folder.path().join("state")).unwrap().count(), 1);
    }

    #[test]
    fn a_missing_or_huge_file_is_a_first_day() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("screen.json");
        assert_eq!(read(&file), Saved::default());
        fs::write(&file, " ".repeat(1_000_001)).unwrap();
        assert_eq!(read(&file), Saved::default());
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_no_trouble() {
        write(Path::new("/proc/nowhere/screen.json"), &Saved::default());
    }
}
