//! A node's SQL: as it is written, compiled, or both against each other; and why there is none.

use crate::engine::ModelView;
use crate::problem::Problem;
use crate::store::Kind;
use crate::tui::panes::PaneContext;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::diff;
use crate::tui::widgets::highlight;
use crate::tui::widgets::role_line::RoleLine;

/// Bytes up to which SQL is highlighted: more would be felt.
const MOST_HIGHLIGHTED: usize = 512 << 10;
/// Bytes of one text that are shown at all; copying takes all of it.
const MOST_SHOWN: usize = 4 << 20;
/// Unchanged lines around a change: the whole text stands around it.
const CONTEXT: usize = 100_000;

/// Which SQL is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::tui::panes::models) enum Code {
    #[default]
    Raw,
    Compiled,
    /// What compiling made of it.
    Diff,
}

impl Code {
    /// The one that comes after it, round the corner.
    #[must_use]
    pub(in crate::tui::panes::models) fn next(self) -> Self {
        match self {
            Self::Raw => Self::Compiled,
            Self::Compiled => Self::Diff,
            Self::Diff => Self::Raw,
        }
    }

    /// Title of the view that shows it; the usual one is named only where it is chosen.
    pub(super) fn title(self, is_chosen: bool) -> &'static str {
        match self {
            Self::Raw if is_chosen => "SQL raw",
            Self::Raw => "SQL",
            Self::Compiled => "SQL compiled",
            Self::Diff => "SQL diff",
        }
    }

    /// Its name among the things that are remembered.
    pub(in crate::tui::panes::models) fn switch(self) -> Option<&'static str> {
        match self {
            Self::Raw => None,
            Self::Compiled => Some("compiled"),
            Self::Diff => Some("diff"),
        }
    }

    /// By that name.
    pub(in crate::tui::panes::models) fn by_switch(name: &str) -> Option<Self> {
        [Self::Compiled, Self::Diff].into_iter().find(|code| code.switch() == Some(name))
    }
}

pub(super) fn lines(model: &ModelView, code: Code, width: usize, context: &PaneContext<'_>) -> Vec<RoleLine> {
    let record = &model.record;
    match (code, &record.compiled_code) {
        (Code::Raw, _) if record.raw_code.trim().is_empty() => vec![nothing(record.kind)],
        (Code::Raw, _) => shown(&record.raw_code),
        (Code::Compiled, Some(compiled)) => shown(compiled),
        (Code::Diff, Some(compiled)) => difference(&record.raw_code, compiled),
        (Code::Compiled | Code::Diff, None) => why_none(model, width, context),
    }
}

fn nothing(kind: Kind) -> RoleLine {
    let words = match kind {
        Kind::Seed => "a seed is a file of rows: it has no SQL",
        Kind::Source => "a source is there already: it has no SQL",
        Kind::Exposure => "an exposure says who uses models: it has no SQL",
        Kind::Model | Kind::Snapshot | Kind::Analysis | Kind::Test => "its file is empty",
    };
    RoleLine::of(Role::Dim, words)
}

/// Highlighted as far as it is of a size that people write.
fn shown(code: &str) -> Vec<RoleLine> {
    if code.len() <= MOST_HIGHLIGHTED {
        return highlight::sql(code);
    }
    let head = code.get(..code.floor_char_boundary(MOST_SHOWN)).unwrap_or_default();
    let mut lines: Vec<RoleLine> = text::clean_lines(head).map(|line| RoleLine::of(Role::Text, line)).collect();
    if head.len() < code.len() {
        let words = format!("{} more are not shown; copying takes all", text::bytes((code.len() - head.len()) as u64));
        lines.push(RoleLine::of(Role::Warning, words));
    }
    lines
}

fn difference(raw: &str, compiled: &str) -> Vec<RoleLine> {
    let diff = diff::unified(raw.trim_end(), compiled.trim_end(), CONTEXT);
    if diff.is_empty() {
        return vec![RoleLine::of(Role::Dim, "compiling changes nothing: there is no template in it")];
    }
    // The first line says where the change begins; here it always is the beginning.
    diff.lines.into_iter().skip(1).collect()
}

/// What kept it from being compiled, with what can be done.
fn why_none(model: &ModelView, width: usize, context: &PaneContext<'_>) -> Vec<RoleLine> {
    let record = &model.record;
    let mut lines = Vec::new();
    for problem in &model.problems {
        explained(&mut lines, &problem.problem, width, context);
    }
    if let (true, Some((code, words))) = (lines.is_empty(), &record.problem) {
        lines.push(RoleLine::of(Role::Failure, format!("not compiled: {code}")));
        lines.extend(text::wrap(&text::clean(words), width).iter().map(|line| RoleLine::of(Role::Text, line)));
    }
    if lines.is_empty() {
        return vec![match record.kind {
            Kind::Seed | Kind::Source | Kind::Exposure => nothing(record.kind),
            _ if !record.enabled => RoleLine::of(Role::Dim, "it is disabled: dbt compiles nothing of it"),
            _ => RoleLine::of(Role::Dim, context.keymap.fill("it was not compiled; {compiled} shows its source")),
        }];
    }
    lines.push(RoleLine::new());
    let words = context.keymap.fill("{problem} shows the problem whole, {compiled} the source");
    lines.push(RoleLine::of(Role::Dim, words));
    lines
}

/// A problem in place: what, why, and what helps.
fn explained(lines: &mut Vec<RoleLine>, problem: &Problem, width: usize, context: &PaneContext<'_>) {
    if !lines.is_empty() {
        lines.push(RoleLine::new());
    }
    let mut prose = |role: Role, lead: &str, words: &str| {
        let clean = text::clean(words);
        let rows = text::wrap(&clean, width.saturating_sub(text::width(lead)).max(8));
        for (index, row) in rows.iter().enumerate() {
            let lead = if index == 0 { lead.to_owned() } else { " ".repeat(text::width(lead)) };
            lines.push(RoleLine::of(Role::Dim, lead).with(role, row));
        }
    };
    prose(Role::Failure, "not compiled: ", problem.code.as_str());
    prose(Role::Text, "", &problem.summary);
    if !problem.cause.is_empty() {
        prose(Role::Dim, "", &problem.cause);
    }
    if let Some(place) = &problem.place {
        prose(Role::Accent, "at ", &format!("{}:{}", place.file, place.line));
    }
    for fix in &problem.fixes {
        prose(Role::Text, &format!("{} ", context.glyphs.right), &fix.title);
    }
}
