//! The rows of the Connections list: connections with their projects below, or the ways to begin.

use std::borrow::Cow;
use std::path::PathBuf;

use ratatui::text::{Line, Span};

use crate::engine::{Overview, ProjectView};
use crate::tui::effect::Effect;
use crate::tui::panes::PaneContext;
use crate::tui::panes::words::{self, Shown};
use crate::tui::state::Surroundings;
use crate::tui::text;
use crate::tui::theme::{Look, Role};
use crate::tui::widgets::filter::Candidates;
use crate::tui::widgets::list::Rows;

/// A way to begin without any configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Begin {
    Demo,
    Folder(PathBuf),
    Connect,
}

impl Begin {
    pub(super) fn effects(&self) -> Vec<Effect> {
        match self {
            Self::Demo => vec![Effect::StartDemo],
            Self::Folder(folder) => vec![Effect::OpenFolder(folder.clone())],
            // A form comes first: see `Connections::means`.
            Self::Connect => Vec::new(),
        }
    }
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Row {
    Connection { name: String },
    Project { name: String },
    Begin(Begin),
}

impl Row {
    pub(super) fn id(&self) -> String {
        match self {
            Self::Project { name } => name.clone(),
            Self::Connection { name } => format!("git:{name}"),
            Self::Begin(Begin::Demo) => "begin:demo".to_owned(),
            Self::Begin(Begin::Folder(_)) => "begin:folder".to_owned(),
            Self::Begin(Begin::Connect) => "begin:connect".to_owned(),
        }
    }

    pub(super) fn title(&self) -> String {
        match self {
            Self::Connection { name } | Self::Project { name } => text::clean(name).into_owned(),
            Self::Begin(Begin::Demo) => "Try the demo".to_owned(),
            Self::Begin(Begin::Folder(_)) => "Open this folder".to_owned(),
            Self::Begin(Begin::Connect) => "Connect a repository".to_owned(),
        }
    }
}

impl Candidates for [Row] {
    fn len(&self) -> usize {
        self.len()
    }

    fn text(&self, index: usize) -> Cow<'_, str> {
        self.get(index).map_or(Cow::Borrowed(""), |row| Cow::Owned(row.title()))
    }
}

/// The rows that a filter has left.
pub(super) struct Hits<'a> {
    pub(super) rows: &'a [Row],
    pub(super) hits: &'a [u32],
}

impl<'a> Hits<'a> {
    pub(super) fn row(&self, index: usize) -> Option<&'a Row> {
        self.rows.get(*self.hits.get(index)? as usize)
    }
}

impl Rows for Hits<'_> {
    type Id = String;

    fn len(&self) -> usize {
        self.hits.len()
    }

    fn id(&self, index: usize) -> Option<String> {
        self.row(index).map(Row::id)
    }
}

/// Every connection with its projects, then the projects that need none.
pub(super) fn rows(overview: &Overview, surroundings: &Surroundings) -> Vec<Row> {
    if overview.projects.is_empty() && overview.connections.is_empty() && overview.file.is_none() {
        let folder = surroundings.folder.clone().map(Begin::Folder);
        return [Some(Begin::Demo), folder, Some(Begin::Connect)].into_iter().flatten().map(Row::Begin).collect();
    }
    let project = |project: &ProjectView| Row::Project { name: project.name.clone() };
    let mut rows = Vec::new();
    for connection in &overview.connections {
        rows.push(Row::Connection { name: connection.name.clone() });
        let own = overview.projects.iter().filter(|project| project.connection.as_ref() == Some(&connection.name));
        rows.extend(own.map(project));
    }
    let known = |name: &String| overview.connections.iter().any(|connection| connection.name == *name);
    let others = overview.projects.iter().filter(|project| !project.connection.as_ref().is_some_and(known));
    rows.extend(others.map(project));
    rows
}

/// A row as a line of at most `width` cells.
pub(super) fn line(row: Option<&Row>, context: &PaneContext<'_>, look: Look<'_>, width: u16) -> Line<'static> {
    let Some((row, overview)) = row.zip(context.overview.value()) else { return Line::default() };
    let room = usize::from(width);
    match row {
        Row::Begin(_) => Line::from(row.title()),
        Row::Connection { name } => {
            let provider = overview.connections.iter().find(|connection| connection.name == *name);
            let provider = provider.map_or("", |connection| connection.provider.as_str());
            let words = format!("{} {} {}", text::clean(name), look.glyphs.separator, text::clean(provider));
            Line::from(Span::styled(
                text::truncate(&words, room, look.glyphs.ellipsis).into_owned(),
                look.style(Role::Label),
            ))
        }
        Row::Project { name } => {
            let project = overview.projects.iter().find(|project| project.name == *name);
            project.map_or_else(Line::default, |project| project_line(project, context, look, room))
        }
    }
}

/// Fewest cells of a project's name, and most where there is room for the rest.
const NAME: usize = 12;
const MOST_NAME: usize = 24;

/// `  ✓ shop            ok     3 min ago   1 204 models`; the right parts give way first.
fn project_line(project: &ProjectView, context: &PaneContext<'_>, look: Look<'_>, room: usize) -> Line<'static> {
    let indent = if project.connection.is_some() { "  " } else { "" };
    let (mark, word, role, when) = match (context.work.of_project(&project.name), &project.last_sync) {
        (Some(running), _) => {
            let word = if running.cancelling { "cancelling" } else { "syncing" };
            (look.glyphs.running, word, Role::Running, String::new())
        }
        (None, None) => (look.glyphs.pending, "never synced", Role::Dim, String::new()),
        (None, Some(record)) => {
            let Shown { glyph: mark, word, role } = words::sync_state(record.state, look.glyphs);
            let at = record.finished_at.unwrap_or(record.started_at);
            (mark, word, role, text::ago(at, context.now.wall))
        }
    };
    let models = text::plural(project.models, "model", "models");
    let mut tail = vec![(word.to_owned(), 12, role), (when, 10, Role::Dim), (models, 14, Role::Dim)];
    // Projects with and without a connection have their columns at the same places.
    let mut left = room.saturating_sub(2 + 2);
    // What does not leave the name its room is left out, the last first.
    let taken = |tail: &[(String, usize, Role)]| tail.iter().map(|(_, cells, _)| cells + 1).sum::<usize>();
    while !tail.is_empty() && taken(&tail) + NAME > left {
        tail.pop();
    }
    let name_room = left.saturating_sub(taken(&tail)).min(MOST_NAME.max(left / 3));
    let mut spans = vec![
        Span::raw(indent),
        Span::styled(format!("{mark} "), look.style(role)),
        Span::raw(
            text::pad(&text::clean(&project.name), name_room + 2 - indent.len(), look.glyphs.ellipsis).into_owned(),
        ),
    ];
    left = left.saturating_sub(name_room);
    for (words, cells, role) in tail {
        if left <= cells {
            break;
        }
        left -= cells + 1;
        spans.push(Span::styled(format!(" {}", text::pad(&words, cells, look.glyphs.ellipsis)), look.style(role)));
    }
    Line::from(spans)
}
