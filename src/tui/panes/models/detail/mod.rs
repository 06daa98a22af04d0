//! The views of one model: overview, SQL, columns, docs, macros, lineage, config, changes. Lines made of values;
//! where a person stands in them is the pane's.

mod columns;
mod docs;
pub(super) mod folder;
mod macros;
pub(super) mod preview;
mod sql;

use std::sync::Arc;

use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::engine::{MacroView, ModelView, Preview};
use crate::store::{ModelRecord, ModelVersion, tests_in_words};
use crate::tui::layout::in_a_row;
use crate::tui::panes::PaneContext;
use crate::tui::state::Shown;
use crate::tui::text;
use crate::tui::theme::{Look, Role};
use crate::tui::widgets::diff;
use crate::tui::widgets::lineage::Lineage;
use crate::tui::widgets::markdown;
use crate::tui::widgets::role_line::RoleLine;
use crate::tui::widgets::textview::TextView;

use super::model_id;
use super::sheet::Sheet;
pub(super) use macros::MacroPart;
pub(super) use sql::Code;

/// What the detail shows of a model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    #[default]
    Overview,
    Sql,
    Columns,
    Docs,
    Macros,
    Lineage,
    Preview,
    Config,
    Changes,
}

impl View {
    const ALL: [Self; 9] = [
        Self::Overview,
        Self::Sql,
        Self::Columns,
        Self::Docs,
        Self::Macros,
        Self::Lineage,
        Self::Preview,
        Self::Config,
        Self::Changes,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Sql => "SQL",
            Self::Columns => "Columns",
            Self::Docs => "Docs",
            Self::Macros => "Macros",
            Self::Lineage => "Lineage",
            Self::Preview => "Preview",
            Self::Config => "Config",
            Self::Changes => "Changes",
        }
    }

    /// The view with this index, else the first.
    pub fn at(index: usize) -> Self {
        Self::ALL.get(index).copied().unwrap_or_default()
    }

    pub fn by_title(title: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.title() == title)
    }

    /// The view so many places to the right, without going round the corner.
    #[must_use]
    pub fn beside(self, places: isize) -> Self {
        let index = Self::ALL.iter().position(|view| *view == self).unwrap_or(0);
        let target = index.saturating_add_signed(places).min(Self::ALL.len() - 1);
        Self::ALL.into_iter().nth(target).unwrap_or(self)
    }

    /// Whether its lines are laid out to the size of the area.
    pub(super) fn is_laid_out(self) -> bool {
        !matches!(self, Self::Config | Self::Changes)
    }

    /// How its lines are shown at first.
    pub(super) fn text_view(self) -> TextView {
        match self {
            Self::Sql => TextView::default().with_numbers(),
            Self::Overview
            | Self::Columns
            | Self::Docs
            | Self::Macros
            | Self::Lineage
            | Self::Preview
            | Self::Config
            | Self::Changes => TextView::default(),
        }
    }
}

/// What lines are made of, to know when they have grown old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    /// Id of the model, or of the folder.
    pub(super) id: Option<Arc<str>>,
    /// Of the list of models, where a folder is shown.
    pub(super) revision: Option<u64>,
    /// Which of the answers that were loaded.
    pub(super) page: u64,
    pub(super) chosen: Chosen,
    pub(super) size: Option<(u16, u16)>,
    /// Of the rows, where they are shown.
    pub(super) rows: Option<u64>,
}

/// What the detail shows, whole.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Page {
    Model(Box<ModelView>),
    Macro(Box<MacroView>),
}

impl Page {
    /// Its id in the pane and in links to it.
    pub(super) fn id(&self) -> Arc<str> {
        match self {
            Self::Model(model) => model_id(&model.project, &model.record.unique_id).into(),
            Self::Macro(one) => model_id(&one.project, &one.record.unique_id).into(),
        }
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Self::Model(model) => &model.record.name,
            Self::Macro(one) => &one.record.name,
        }
    }
}

/// Which views are chosen: those of models and those of macros.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) view: View,
    pub(super) code: Code,
    pub(super) part: MacroPart,
}

/// The lines of a view.
pub(super) fn sheet(
    page: Option<&Page>,
    rows: Shown<'_, Preview>,
    chosen: Chosen,
    area: Rect,
    context: &PaneContext<'_>,
) -> Sheet {
    let width = usize::from(area.width);
    let model = match page {
        None => return Sheet::default(),
        Some(Page::Macro(one)) => return macros::page(one, chosen.part, width, context),
        Some(Page::Model(model)) => model,
    };
    match chosen.view {
        View::Overview => overview(model, area, context).into(),
        View::Sql => sql::lines(model, chosen.code, width, context).into(),
        View::Columns => columns::sheet(&model.record, width, context),
        View::Docs => docs::lines(&model.record, width, context).into(),
        View::Macros => macros::list(&model.macros, width, context),
        View::Lineage => lineage(&model.record, area, context),
        View::Preview => preview::sheet(rows, &model.record, width, context),
        View::Config => config(&model.record).into(),
        View::Changes => changes(&model.versions, context).into(),
    }
}

/// The titles of the views of a page, and which of them is chosen.
fn titles(page: Option<&Page>, chosen: Chosen) -> (Vec<&'static str>, usize) {
    if let Some(Page::Macro(_)) = page {
        let part = MacroPart::ALL.iter().position(|part| *part == chosen.part);
        return (MacroPart::ALL.map(MacroPart::title).to_vec(), part.unwrap_or(0));
    }
    let title = |view: View| if view == View::Sql { chosen.code.title(view == chosen.view) } else { view.title() };
    let view = View::ALL.iter().position(|view| *view == chosen.view);
    (View::ALL.map(title).to_vec(), view.unwrap_or(0))
}

/// The views' titles that fit into a row, each with its cells.
fn placed(titles: &[&'static str], area: Rect) -> Vec<(&'static str, Rect)> {
    let inner = Rect { x: area.x + area.width.min(1), width: area.width.saturating_sub(1), ..area };
    let widths = || titles.iter().map(|title| title.len() as u16);
    let loose = in_a_row(inner, widths(), 2);
    // Closer together where one of them would be left out; the mark still fits in between.
    let places = if loose.len() < titles.len() { in_a_row(inner, widths(), 1) } else { loose };
    titles.iter().copied().zip(places).collect()
}

/// Where the titles of the views are.
pub(super) fn view_places(page: Option<&Page>, chosen: Chosen, area: Rect) -> Vec<Rect> {
    placed(&titles(page, chosen).0, area).into_iter().map(|(_, place)| place).collect()
}

/// The row of views, with the chosen one marked.
pub(super) fn draw_views(page: Option<&Page>, chosen: Chosen, look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    let (titles, chosen) = titles(page, chosen);
    for (index, (title, place)) in placed(&titles, area).into_iter().enumerate() {
        let role = if index == chosen { Role::Title } else { Role::Dim };
        buffer.set_line(place.x, place.y, &Line::from(Span::styled(title, look.style(role))), place.width);
        if index == chosen {
            buffer.set_stringn(place.x - 1, place.y, look.glyphs.marker, 1, look.style(Role::BorderFocused));
        }
    }
}

fn labelled(label: &str, value: &str) -> RoleLine {
    RoleLine::of(Role::Label, format!("{label:<13} ")).with(Role::Text, text::clean(value))
}

/// The last part of a `unique_id`: a person's name for the node.
fn short(unique_id: &str) -> &str {
    unique_id.splitn(3, '.').nth(2).unwrap_or(unique_id)
}

fn overview(model: &ModelView, area: Rect, context: &PaneContext<'_>) -> Vec<RoleLine> {
    let record = &model.record;
    let glyphs = context.glyphs;
    let width = usize::from(area.width);
    let relation = record.relation.as_deref().unwrap_or("no relation of its own");
    let mut lines = vec![RoleLine::of(Role::Accent, text::clean(relation)).with(
        Role::Dim,
        format!(
            " {} {} {} {}",
            glyphs.separator,
            text::clean(&record.materialized),
            glyphs.separator,
            record.kind.word()
        ),
    )];
    if !record.enabled {
        lines.push(RoleLine::of(Role::Warning, "disabled: it is listed, and nothing may refer to it"));
    }
    for problem in &model.problems {
        lines.push(
            RoleLine::of(Role::Failure, format!("{} {}", glyphs.cross, problem.problem.code))
                .with(Role::Text, format!(" {}", text::clean(&problem.problem.summary)))
                .with(Role::Dim, "  ! shows the fix"),
        );
    }
    if !record.description.trim().is_empty() {
        lines.push(RoleLine::new());
        lines.extend(beginning(markdown::lines(&record.description, width, glyphs), glyphs.ellipsis));
    }
    lines.push(RoleLine::new());
    lines.extend(drawn_lineage(record, width, 9, context));
    lines.push(RoleLine::new());
    lines.push(labelled("Project", &model.project));
    lines.push(labelled("Path", &record.path));
    if !record.tags.is_empty() {
        lines.push(labelled("Tags", &record.tags.join(", ")));
    }
    let tested = record.columns.iter().filter(|column| !column.tests.is_empty()).count();
    lines.push(labelled(
        "Columns",
        &format!("{} described, {} tested", text::number(record.columns.len() as u64), text::number(tested as u64)),
    ));
    if !record.tests.is_empty() {
        lines.push(labelled("Tests", &tests_in_words(&record.tests)));
    }
    if let Some(sync) = &model.as_of {
        let at = sync.finished_at.unwrap_or(sync.started_at);
        let commit = sync
            .commit
            .as_ref()
            .map(|commit| format!(", {}", commit.id.get(..7).unwrap_or(&commit.id)))
            .unwrap_or_default();
        lines.push(labelled(
            "As of",
            &format!("{}{commit} ({} UTC)", text::ago(at, context.now.wall), text::date_time(at, &TimeZone::UTC)),
        ));
    }
    lines
}

/// Lines of a description that the overview shows.
const BEGINNING: usize = 8;

/// The first lines, and where the others are.
fn beginning(mut lines: Vec<RoleLine>, ellipsis: &str) -> Vec<RoleLine> {
    if lines.len() > BEGINNING {
        lines.truncate(BEGINNING - 1);
        lines.push(RoleLine::of(Role::Dim, format!("{ellipsis} the whole stands in Docs")));
    }
    lines
}

fn drawn_lineage(record: &ModelRecord, width: usize, height: usize, context: &PaneContext<'_>) -> Vec<RoleLine> {
    let names = |ids: &[String]| ids.iter().map(|id| text::clean(short(id)).into_owned()).collect::<Vec<_>>();
    let (parents, children) = (names(&record.parents), names(&record.children));
    let parents: Vec<&str> = parents.iter().map(String::as_str).collect();
    let children: Vec<&str> = children.iter().map(String::as_str).collect();
    let model = text::clean(&record.name);
    Lineage { parents: &parents, model: &model, children: &children }.lines(width, height, context.glyphs)
}

fn lineage(record: &ModelRecord, area: Rect, context: &PaneContext<'_>) -> Sheet {
    let mut sheet = Sheet::from(drawn_lineage(record, usize::from(area.width), usize::from(area.height), context));
    for (title, ids) in [("Parents", &record.parents), ("Children", &record.children)] {
        sheet.push(RoleLine::new());
        sheet.push(RoleLine::of(Role::Title, format!("{title} ({})", text::number(ids.len() as u64))));
        for id in ids {
            macros::linked(&mut sheet, id);
        }
    }
    sheet
}

fn config(record: &ModelRecord) -> Vec<RoleLine> {
    let widest = record.config.keys().map(|key| text::width(key)).max().unwrap_or(0).min(28);
    record
        .config
        .iter()
        .map(|(key, value)| {
            let (role, value) = match value {
                serde_json::Value::String(words) => (Role::SqlString, words.clone()),
                serde_json::Value::Number(number) => (Role::SqlNumber, number.to_string()),
                serde_json::Value::Null => (Role::Dim, "none".to_owned()),
                other => (Role::Text, other.to_string()),
            };
            RoleLine::of(Role::Label, format!("{} ", text::pad(&text::clean(key), widest, "")))
                .with(role, text::clean(&value))
        })
        .collect()
}

/// Each change since the first version that is kept: newest first, as a diff of the source.
fn changes(versions: &[ModelVersion], context: &PaneContext<'_>) -> Vec<RoleLine> {
    if versions.len() < 2 {
        let since = versions
            .first()
            .map(|version| format!(" since {}", text::ago(version.at, context.now.wall)))
            .unwrap_or_default();
        return vec![RoleLine::of(Role::Dim, format!("no change{since}"))];
    }
    let mut lines = Vec::new();
    for (new, old) in versions.iter().zip(versions.iter().skip(1)) {
        if !lines.is_empty() {
            lines.push(RoleLine::new());
        }
        lines.push(version_line(new, context));
        let code = diff::unified(&old.record.raw_code, &new.record.raw_code, 3);
        let settings = diff::unified(&settings_text(&old.record), &settings_text(&new.record), 0);
        if code.is_empty() && settings.is_empty() {
            lines.push(RoleLine::of(Role::Dim, "  only what surrounds it changed: lineage, tests or macros"));
        }
        lines.extend(code.lines);
        lines.extend(settings.lines);
    }
    lines
}

fn version_line(version: &ModelVersion, context: &PaneContext<'_>) -> RoleLine {
    let when = format!("{} {}", text::ago(version.at, context.now.wall), context.glyphs.separator);
    match &version.commit {
        Some(commit) => RoleLine::of(Role::Accent, text::clean(commit.id.get(..7).unwrap_or(&commit.id)))
            .with(Role::Text, format!(" {}", text::clean(&commit.subject)))
            .with(Role::Dim, format!("  {when} {}", text::clean(&commit.author))),
        None => RoleLine::of(Role::Dim, format!("{when} sync {}", version.sync.0)),
    }
}

/// What else may change, one thing a line.
fn settings_text(record: &ModelRecord) -> String {
    let mut lines: Vec<String> = record.config.iter().map(|(key, value)| format!("config {key}: {value}")).collect();
    lines.push(format!("description: {}", record.description.replace('\n', " ")));
    lines.extend(record.columns.iter().map(|column| {
        format!(
            "column {} {} {} {}",
            column.name,
            column.data_type,
            tests_in_words(&column.tests),
            column.description.replace('\n', " ")
        )
    }));
    lines.join("\n")
}
