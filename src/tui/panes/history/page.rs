//! What a sync did, as a page: how it ended, its commit, its stages, what it counted, its problems and
//! what it changed.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::page::Page;
use super::super::{stages, words};
use super::rows;
use crate::engine::SyncView;
use crate::problem::Problem;
use crate::store::{SyncCounts, SyncRecord, SyncState};
use crate::tui::glyphs::Glyphs;
use crate::tui::live;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::role_line::RoleLine;
use crate::tui::widgets::sparkline::sparkline;
use crate::tui::widgets::textview::Document;

/// Names listed of each kind of change; the rest is counted.
const MOST_NAMES: usize = 500;

/// Fewest syncs that are compared.
const ENOUGH: usize = 3;

/// What the page is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sources<'a> {
    pub(super) sync: &'a SyncRecord,
    /// None until it is loaded.
    pub(super) view: Option<&'a SyncView>,
    /// Why there is no view, where it could not be had.
    pub(super) failure: Option<&'a Problem>,
    /// Its stages are drawn above the page, as they go.
    pub(super) live: bool,
    /// Milliseconds that its project's syncs took up to this one, oldest first.
    pub(super) recent: &'a [u64],
}

pub(super) fn page(sources: Sources<'_>, width: usize, now: Timestamp, glyphs: &Glyphs) -> Document {
    let sync = sources.view.map_or(sources.sync, |view| &view.record);
    let mut page = Page::new(width);
    head(&mut page, sync, sources.live, now, glyphs);
    commit(&mut page, sync, now);
    if !sources.live && !sync.stages.is_empty() {
        page.heading("stages");
        page.lines(stages::lines(sync, glyphs));
    }
    lately(&mut page, sources.recent, glyphs);
    counts(&mut page, &sync.counts);
    if let Some(view) = sources.view {
        problems(&mut page, view, glyphs);
        changes(&mut page, view, glyphs);
    }
    if let Some(problem) = sources.failure {
        page.heading("the rest could not be read");
        page.prose(Role::Failure, 2, &format!("{} ({})", problem.summary, problem.code));
    }
    page.into_document()
}

fn head(page: &mut Page, sync: &SyncRecord, live: bool, now: Timestamp, glyphs: &Glyphs) {
    let state = words::sync_state(sync.state, glyphs);
    let separator = format!(" {} ", glyphs.separator);
    if !live {
        let mut facts = vec![live::cause_word(sync.cause).to_owned(), text::ago(sync.started_at, now)];
        facts.extend(rows::took(sync).map(|took| format!("took {}", text::duration(took))));
        page.line(
            RoleLine::of(state.role, format!("{} {}", state.glyph, state.word))
                .with(Role::Text, format!(" {}", text::clean(&sync.project)))
                .with(Role::Dim, format!("{separator}{}", facts.join(&separator))),
        );
    }
    if !sync.summary.is_empty() {
        let role = if sync.state == SyncState::Failed { Role::Failure } else { Role::Text };
        page.prose(role, 0, &sync.summary);
    }
    if sync.unchanged {
        page.prose(
            Role::Dim,
            0,
            "The branch and the settings were as at the last good sync, so nothing was loaded again.",
        );
    }
    let began = text::date_time(sync.started_at, &TimeZone::UTC);
    page.line(RoleLine::of(Role::Dim, format!("sync {}{separator}began {began} UTC", sync.id.0)));
}

fn commit(page: &mut Page, sync: &SyncRecord, now: Timestamp) {
    let Some(commit) = &sync.commit else { return };
    page.heading("commit");
    let mut line = RoleLine::of(Role::Accent, format!("  {}", rows::short_commit(&commit.id)));
    if !sync.branch.is_empty() {
        line.push(Role::Text, &format!(" on {}", text::clean(&sync.branch)));
    }
    line.push(Role::Dim, &format!(" by {}, {}", text::clean(&commit.author), text::ago(commit.at, now)));
    page.line(line);
    page.prose(Role::Text, 2, &commit.subject);
}

/// Whether this one took long is seen beside the others.
fn lately(page: &mut Page, recent: &[u64], glyphs: &Glyphs) {
    let mut sorted = recent.to_vec();
    sorted.sort_unstable();
    if let Some(median) = sorted.get(sorted.len() / 2).filter(|_| sorted.len() >= ENOUGH) {
        page.heading(&format!("the last {} good syncs", recent.len()));
        let bars = sparkline(recent, recent.len(), glyphs);
        page.line(
            RoleLine::of(Role::Accent, format!("  {bars}"))
                .with(Role::Dim, format!("  mostly {}", text::duration(*median))),
        );
    }
}

fn counts(page: &mut Page, counts: &SyncCounts) {
    let all = [
        (counts.models, "model", "models"),
        (counts.seeds, "seed", "seeds"),
        (counts.snapshots, "snapshot", "snapshots"),
        (counts.sources, "source", "sources"),
        (counts.tests, "test", "tests"),
    ];
    let mut found: Vec<String> =
        all.iter().filter(|(count, ..)| *count > 0).map(|(count, one, many)| text::plural(*count, one, many)).collect();
    if counts.broken > 0 {
        found.push(format!("{} with problems", text::number(counts.broken)));
    }
    if counts.bytes > 0 {
        found.push(format!("{} received", text::bytes(counts.bytes)));
    }
    if !found.is_empty() {
        page.heading("found");
        page.prose(Role::Text, 2, &found.join(", "));
    }
}

fn problems(page: &mut Page, view: &SyncView, glyphs: &Glyphs) {
    if view.problems.is_empty() {
        return;
    }
    page.heading("problems");
    for record in &view.problems {
        let problem = &record.problem;
        let shown = words::severity(problem.severity, glyphs);
        let mark = RoleLine::of(shown.role, format!("  {} {}  ", shown.glyph, problem.code));
        page.item(&mark, Role::Text, &problem.summary);
    }
}

fn changes(page: &mut Page, view: &SyncView, glyphs: &Glyphs) {
    let lists = [
        ("added", "+", Role::Added, &view.added),
        ("changed", "~", Role::Changed, &view.changed),
        ("removed", "-", Role::Removed, &view.removed),
    ];
    for (title, sign, role, names) in lists.into_iter().filter(|(.., names)| !names.is_empty()) {
        page.heading(&format!("{title} ({})", text::number(names.len() as u64)));
        page.lines(names.iter().take(MOST_NAMES).map(|name| {
            let kind = name.split('.').next().filter(|kind| *kind != "model").unwrap_or_default();
            RoleLine::of(role, format!("  {sign} "))
                .with(Role::Text, text::clean(words::short_id(name)))
                .with(Role::Dim, if kind.is_empty() { String::new() } else { format!("  {}", text::clean(kind)) })
        }));
        if let Some(more) = names.len().checked_sub(MOST_NAMES).filter(|more| *more > 0) {
            page.line(RoleLine::of(Role::Dim, format!("    {} {} more", glyphs.ellipsis, text::number(more as u64))));
        }
    }
}

/// The page as plain text, for a ticket.
pub(super) fn report(sources: Sources<'_>, now: Timestamp) -> String {
    let document = page(sources, 100, now, &Glyphs::ascii());
    let lines: Vec<&str> = document.lines().iter().map(RoleLine::text).collect();
    lines.join("\n") + "\n"
}
