//! States in words, each with its glyph and role: never by colour alone.

use ratatui::text::{Line, Span};

use crate::problem::{Grade, Severity, Subject};
use crate::store::SyncState;
use crate::tui::glyphs::Glyphs;
use crate::tui::state::Shown as Fetched;
use crate::tui::text;
use crate::tui::theme::{Look, Role};

/// A state as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) role: Role,
    pub(super) glyph: &'static str,
    pub(super) word: &'static str,
}

pub(super) fn sync_state(state: SyncState, glyphs: &Glyphs) -> Shown {
    let (role, glyph, word) = match state {
        SyncState::Running => (Role::Running, glyphs.running, "running"),
        SyncState::Succeeded => (Role::Success, glyphs.check, "ok"),
        SyncState::Partial => (Role::Warning, glyphs.warning, "partial"),
        SyncState::Failed => (Role::Failure, glyphs.cross, "failed"),
        SyncState::Cancelled => (Role::Dim, glyphs.cancelled, "cancelled"),
        SyncState::Interrupted => (Role::Warning, glyphs.cancelled, "cut short"),
    };
    Shown { role, glyph, word }
}

pub(super) fn severity(severity: Severity, glyphs: &Glyphs) -> Shown {
    let (role, glyph, word) = match severity {
        Severity::Error => (Role::Failure, glyphs.cross, "error"),
        Severity::Warning => (Role::Warning, glyphs.warning, "warning"),
        Severity::Notice => (Role::Accent, glyphs.notice, "notice"),
    };
    Shown { role, glyph, word }
}

pub(super) fn mended(glyphs: &Glyphs) -> Shown {
    Shown { role: Role::Success, glyph: glyphs.check, word: "mended" }
}

/// For a list's title: the rows are old because newer ones could not be read.
pub(super) fn not_refreshed<T>(value: Fetched<'_, T>, look: Look<'_>) -> Line<'static> {
    match value {
        Fetched::Value(_, Some(problem)) => {
            let words = format!("{} not refreshed: {}", look.glyphs.stale, problem.code);
            Line::from(Span::styled(text::clean(&words).into_owned(), look.style(Role::Stale)))
        }
        Fetched::Value(_, None) | Fetched::NeverLoaded | Fetched::LoadingSince(_) | Fetched::Failed(_) => {
            Line::default()
        }
    }
}

/// What pressing a fix's key will do.
pub(super) fn grade(grade: Grade) -> (Role, &'static str) {
    match grade {
        Grade::Safe => (Role::Success, "safe"),
        Grade::Ask => (Role::Warning, "asks"),
        Grade::Show => (Role::Dim, "for you"),
    }
}

/// What a problem is about, in a few words.
pub(super) fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Workspace => "workspace".to_owned(),
        Subject::Store => "store".to_owned(),
        Subject::Connection { name } => format!("connection {name}"),
        Subject::Source { name } => format!("source {name}"),
        Subject::Project { name } => name.clone(),
        Subject::Model { project, model } => format!("{project} {}", short_id(model)),
        Subject::File { project, path } => format!("{project} {path}"),
    }
}

/// The name at the end of a dbt `unique_id`; a source's with its schema.
pub(super) fn short_id(unique_id: &str) -> &str {
    let mut parts = unique_id.splitn(3, '.');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(_), Some(_), Some(name)) => name,
        _ => unique_id,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const STATES: [SyncState; 6] = [
        SyncState::Running,
        SyncState::Succeeded,
        SyncState::Partial,
        SyncState::Failed,
        SyncState::Cancelled,
        SyncState::Interrupted,
    ];

    #[test]
    fn every_state_has_a_word_of_its_own() {
        let words: HashSet<&str> = STATES.iter().map(|state| sync_state(*state, &Glyphs::ascii()).word).collect();
        assert_eq!(words.len(), STATES.len());
    }

    #[test]
    fn good_and_bad_differ_without_colour() {
        for glyphs in [Glyphs::unicode(), Glyphs::ascii()] {
            let good = sync_state(SyncState::Succeeded, &glyphs).glyph;
            assert_ne!(good, sync_state(SyncState::Failed, &glyphs).glyph);
            assert_ne!(good, severity(Severity::Error, &glyphs).glyph);
        }
    }

    #[test]
    fn subjects_are_named_shortly() {
        let model = Subject::Model { project: "shop".to_owned(), model: "model.shop.dim_customers".to_owned() };
        assert_eq!(subject(&model), "shop dim_customers");
        assert_eq!(subject(&Subject::Connection { name: "acme".to_owned() }), "connection acme");
        assert_eq!(short_id("source.shop.raw.orders"), "raw.orders");
        assert_eq!(short_id("odd"), "odd");
    }
}
