//! The stages that a sync went through, a line each. Those of a running sync are in [`crate::tui::live`].

use crate::store::{StageRecord, SyncRecord, SyncState};
use crate::tui::glyphs::Glyphs;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::progress;
use crate::tui::widgets::role_line::RoleLine;

/// One line for each stage; the last one of a failed sync is where it failed.
pub(super) fn lines(sync: &SyncRecord, glyphs: &Glyphs) -> Vec<RoleLine> {
    let last = sync.stages.len().saturating_sub(1);
    let failed = |index| sync.state == SyncState::Failed && index == last;
    sync.stages.iter().enumerate().map(|(index, record)| line(record, failed(index), glyphs)).collect()
}

fn line(record: &StageRecord, failed: bool, glyphs: &Glyphs) -> RoleLine {
    let (role, glyph) = if failed { (Role::Failure, glyphs.cross) } else { (Role::Success, glyphs.check) };
    RoleLine::of(role, format!("  {glyph} "))
        .with(Role::Text, format!("{:<9}", progress::stage_name(record.stage)))
        .with(Role::Dim, format!("{:>8}  ", text::duration(record.elapsed_ms)))
        .with(if failed { Role::Failure } else { Role::Text }, text::clean(&record.detail))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::panes::fixtures::sync;

    fn texts(state: SyncState) -> Vec<String> {
        let lines = lines(&sync(1, "shop", state, 1), &Glyphs::ascii());
        lines.iter().map(|line| line.text().to_owned()).collect()
    }

    #[test]
    fn a_good_sync_went_through_all_of_them() {
        let lines = texts(SyncState::Succeeded);
        assert_eq!(lines.len(), 5);
        assert_eq!(lines[1], "  + fetch      340 ms  1.2 MB in 3 requests");
    }

    #[test]
    fn a_failed_sync_shows_where_it_failed() {
        let lines = texts(SyncState::Failed);
        assert!(lines[1].starts_with("  + fetch") && lines[2].starts_with("  x parse"), "{lines:?}");
    }

    #[test]
    fn a_cancelled_sync_did_not_fail() {
        assert!(texts(SyncState::Cancelled).iter().all(|line| line.starts_with("  + ")));
    }
}
