//! The macros that a model uses, and a macro of its own: its definition, and who else uses it.

use crate::engine::{MacroSummary, MacroView};
use crate::store::MacroRecord;
use crate::tui::panes::PaneContext;
use crate::tui::panes::models::sheet::Sheet;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::highlight;
use crate::tui::widgets::markdown;
use crate::tui::widgets::role_line::RoleLine;

use super::short;

/// Users that are listed of one macro.
const MOST: usize = 2_000;

/// What is shown of a macro.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::tui::panes::models) enum MacroPart {
    #[default]
    Definition,
    Uses,
}

impl MacroPart {
    pub(in crate::tui::panes::models) const ALL: [Self; 2] = [Self::Definition, Self::Uses];

    pub(in crate::tui::panes::models) fn title(self) -> &'static str {
        match self {
            Self::Definition => "Definition",
            Self::Uses => "Used by",
        }
    }
}

/// Each macro with its parameters, where it is defined below it.
pub(super) fn list(macros: &[MacroSummary], width: usize, context: &PaneContext<'_>) -> Sheet {
    let mut sheet = Sheet::default();
    if macros.is_empty() {
        sheet.push(RoleLine::of(Role::Dim, "it uses no macro besides ref, source and config"));
        return sheet;
    }
    let ellipsis = context.glyphs.ellipsis;
    for one in macros {
        let name = text::clean(&format!("{}.{}", one.package, one.name)).into_owned();
        sheet.link(0..name.len(), &one.unique_id);
        let parameters = text::clean(&format!("({})", one.parameters)).into_owned();
        let line = RoleLine::of(Role::JinjaName, &name).with(Role::Dim, &parameters);
        sheet.push(line.truncated(width, ellipsis));
        let path = text::clean(&one.path).into_owned();
        let path = text::shorten_path(&path, width.saturating_sub(2), ellipsis);
        sheet.push(RoleLine::of(Role::Dim, format!("  {path}")));
    }
    sheet
}

/// A macro: a part of it.
pub(super) fn page(view: &MacroView, part: MacroPart, width: usize, context: &PaneContext<'_>) -> Sheet {
    match part {
        MacroPart::Definition => definition(&view.record, width, context),
        MacroPart::Uses => uses(view),
    }
}

fn definition(record: &MacroRecord, width: usize, context: &PaneContext<'_>) -> Sheet {
    let mut sheet = Sheet::default();
    let place = format!("{} {} {}", record.package, context.glyphs.separator, record.path);
    sheet.push(RoleLine::of(Role::Accent, text::clean(&place)));
    if !record.description.trim().is_empty() {
        sheet.push(RoleLine::new());
        sheet.extend(markdown::lines(&record.description, width, context.glyphs));
    }
    if !record.arguments.is_empty() {
        sheet.push(RoleLine::new());
    }
    for argument in &record.arguments {
        let mut line = RoleLine::of(Role::Label, text::clean(&argument.name));
        if !argument.data_type.is_empty() {
            line.push(Role::Dim, &format!(" {}", text::clean(&argument.data_type)));
        }
        sheet.push(line);
        let described = markdown::lines(&argument.description, width.saturating_sub(2).max(1), context.glyphs);
        sheet.extend(described.iter().map(|line| RoleLine::of(Role::Text, "  ").with_line(line)));
    }
    sheet.push(RoleLine::new());
    sheet.extend(highlight::sql(record.code.trim_matches('\n')));
    sheet
}

fn uses(view: &MacroView) -> Sheet {
    let mut sheet = Sheet::default();
    let parts: [(&str, &[String]); 3] =
        [("Used by", &view.used_by), ("Called by", &view.called_by), ("Calls", &view.record.calls)];
    for (title, ids) in parts {
        if !sheet.lines.is_empty() {
            sheet.push(RoleLine::new());
        }
        let count = text::number(ids.len() as u64);
        sheet.push(RoleLine::of(Role::Title, format!("{title} ({count})")));
        for id in ids.iter().take(MOST) {
            linked(&mut sheet, id);
        }
        if let Some(more) = ids.len().checked_sub(MOST).filter(|more| *more > 0) {
            sheet.push(RoleLine::of(Role::Dim, format!("  and {} more", text::number(more as u64))));
        }
    }
    sheet
}

/// `  model stg_orders`, which leads there.
pub(super) fn linked(sheet: &mut Sheet, id: &str) {
    let kind = id.split('.').next().unwrap_or_default();
    let name = text::clean(short(id)).into_owned();
    let lead = format!("  {} ", text::pad(&text::clean(kind), 8, ""));
    sheet.link(lead.len()..lead.len() + name.len(), id);
    sheet.push(RoleLine::of(Role::Dim, lead).with(Role::Text, name));
}
