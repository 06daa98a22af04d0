//! The detail of a connection, a project, or a way to begin, as lines.

use jiff::tz::TimeZone;

use super::rows::{Begin, Row};
use crate::engine::{ConnectionView, ProjectView};
use crate::store::SyncRecord;
use crate::tui::commands::Keymap;
use crate::tui::panes::{PaneContext, stages, words};
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::role_line::RoleLine;
use crate::tui::widgets::textview::Document;

/// Cells of the labels.
const LABEL: usize = 13;

/// The lines about a row.
pub(super) fn document(row: Option<&Row>, width: u16, context: &PaneContext<'_>) -> Document {
    let overview = context.overview.value();
    let lines = match row {
        None => Vec::new(),
        Some(Row::Begin(begin)) => begin_lines(begin, usize::from(width), context.keymap),
        Some(Row::Connection { name }) => {
            let found =
                overview.and_then(|overview| overview.connections.iter().find(|connection| connection.name == *name));
            found.map(connection_lines).unwrap_or_default()
        }
        Some(Row::Project { name }) => {
            let found = overview.and_then(|overview| overview.projects.iter().find(|project| project.name == *name));
            found.map(|project| project_lines(project, context)).unwrap_or_default()
        }
    };
    Document::new(lines)
}

fn labelled(label: &str, value: &str) -> RoleLine {
    RoleLine::of(Role::Label, format!("{label:<LABEL$} ")).with(Role::Text, text::clean(value))
}

fn begin_lines(begin: &Begin, width: usize, keymap: &Keymap) -> Vec<RoleLine> {
    let words: [&str; 3] = match begin {
        Begin::Demo => [
            "Two small dbt projects in Git repositories on this machine: one is right, the other has the most common \
             mistake.",
            "No account and no network is needed. Everything is written to a folder of its own.",
            "{open} starts it",
        ],
        Begin::Folder(_) => [
            "Shows the dbt project in this folder, uncommitted edits included. Nothing is written into it.",
            "It is read again when a file in it is saved.",
            "{open} opens it",
        ],
        Begin::Connect => [
            "A dbt project in a Git repository: GitHub, GitLab, Bitbucket, or any Git server.",
            "Its address is written to ebb.toml when you confirm, and its models are synced.",
            "{open} asks for the address",
        ],
    };
    let mut lines = Vec::new();
    if let Begin::Folder(folder) = begin {
        lines.extend([labelled("Folder", &folder.display().to_string()), RoleLine::new()]);
    }
    for paragraph in words {
        lines.extend(text::wrap(&keymap.fill(paragraph), width).iter().map(|line| RoleLine::of(Role::Text, line)));
        lines.push(RoleLine::new());
    }
    lines
}

fn connection_lines(connection: &ConnectionView) -> Vec<RoleLine> {
    vec![
        labelled("Provider", &connection.provider),
        labelled("Signs in by", &connection.auth),
        labelled("Projects", &connection.projects.join(", ")),
    ]
}

fn project_lines(project: &ProjectView, context: &PaneContext<'_>) -> Vec<RoleLine> {
    let mut lines = Vec::new();
    if context.work.of_project(&project.name).is_none() {
        match &project.last_sync {
            Some(record) => last_sync(record, context, &mut lines),
            None => lines.push(RoleLine::of(Role::Dim, context.keymap.fill("never synced: {sync} syncs it"))),
        }
        lines.push(RoleLine::new());
    }
    as_of(project, context, &mut lines);
    if project.open_problems > 0 {
        let words = text::plural(project.open_problems, "open problem", "open problems");
        lines.push(
            RoleLine::of(Role::Failure, format!("{} {words}", context.glyphs.cross))
                .with(Role::Dim, context.keymap.fill(": {troubleshooting} shows what to do")),
        );
    }
    lines.push(RoleLine::new());
    lines.push(labelled(if project.folder { "Folder" } else { "Repository" }, &project.repository));
    if !project.folder {
        lines.push(labelled("Branch", &project.branch));
        lines.push(labelled("Connection", project.connection.as_deref().unwrap_or("none needed")));
    }
    lines.push(labelled("Project file", &project.project_path));
    lines.push(labelled("Schema", &project.schema));
    lines.push(labelled("Adapter", &project.adapter));
    lines
}

fn last_sync(record: &SyncRecord, context: &PaneContext<'_>, lines: &mut Vec<RoleLine>) {
    let state = words::sync_state(record.state, context.glyphs);
    let at = record.finished_at.unwrap_or(record.started_at);
    let ago = format!(
        "  {} {} {} UTC",
        text::ago(at, context.now.wall),
        context.glyphs.separator,
        text::date_time(at, &TimeZone::UTC)
    );
    lines.push(RoleLine::of(state.role, format!("{} {}", state.glyph, state.word)).with(Role::Dim, ago));
    if !record.summary.is_empty() {
        lines.push(RoleLine::of(Role::Text, text::clean(&record.summary)));
    }
    lines.extend(stages::lines(record, context.glyphs));
}

/// What the models on the screen are as of, which need not be the last sync.
fn as_of(project: &ProjectView, context: &PaneContext<'_>, lines: &mut Vec<RoleLine>) {
    let Some(good) = &project.last_good else { return };
    let models = text::plural(project.models, "model", "models");
    let at = good.finished_at.unwrap_or(good.started_at);
    let mut line =
        RoleLine::of(Role::Text, models).with(Role::Dim, format!(" as of {}", text::ago(at, context.now.wall)));
    if project.last_sync.as_ref().is_some_and(|last| last.id != good.id) {
        line.push(Role::Stale, &format!("  {} from an earlier sync", context.glyphs.stale));
    }
    lines.push(line);
    if let Some(commit) = &good.commit {
        let id = commit.id.get(..7).unwrap_or(&commit.id);
        lines.push(
            RoleLine::of(Role::Accent, text::clean(id))
                .with(Role::Text, format!(" {}", text::clean(&commit.subject)))
                .with(
                    Role::Dim,
                    format!("  {}, {}", text::clean(&commit.author), text::ago(commit.at, context.now.wall)),
                ),
        );
    }
}
