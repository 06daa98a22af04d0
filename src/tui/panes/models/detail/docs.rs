//! What is written about a node, rendered: its own description, who owns it, and each column's.

use crate::store::{Kind, ModelRecord, plain};
use crate::tui::panes::PaneContext;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::markdown;
use crate::tui::widgets::role_line::RoleLine;

use super::labelled;

/// Widest line of prose: longer ones are hard to read.
const WIDEST: usize = 96;

pub(super) fn lines(record: &ModelRecord, width: usize, context: &PaneContext<'_>) -> Vec<RoleLine> {
    let width = width.min(WIDEST);
    let mut lines = markdown::lines(&record.description, width, context.glyphs);
    let is_described = !lines.is_empty();
    if !is_described {
        let words = format!("this {} is not described in the project's YAML", record.kind.word());
        lines.push(RoleLine::of(Role::Dim, words));
    }
    if let Some(of_source) = record.details.get("source_description").and_then(|words| words.as_str()) {
        lines.push(RoleLine::new());
        lines.push(RoleLine::of(Role::Label, "The source as a whole"));
        lines.extend(markdown::lines(of_source, width, context.glyphs));
    }
    let details = record.details.iter().filter(|(key, _)| key.as_str() != "source_description");
    let details: Vec<RoleLine> = details.map(|(key, value)| detail(key, value)).collect();
    if !details.is_empty() {
        lines.push(RoleLine::new());
        lines.extend(details);
    }
    for column in record.columns.iter().filter(|column| !column.description.trim().is_empty()) {
        lines.push(RoleLine::new());
        let kind = if column.data_type.is_empty() { String::new() } else { format!(" {}", column.data_type) };
        lines.push(RoleLine::of(Role::Label, text::clean(&column.name)).with(Role::Dim, text::clean(&kind)));
        let described = markdown::lines(&column.description, width.saturating_sub(2).max(1), context.glyphs);
        lines.extend(described.iter().map(|line| RoleLine::of(Role::Text, "  ").with_line(line)));
    }
    if !is_described && record.kind == Kind::Exposure {
        lines.push(RoleLine::of(Role::Dim, "an exposure says who uses models outside of dbt: see Lineage"));
    }
    lines
}

/// `owner        Ann, ann@example.org`.
fn detail(key: &str, value: &serde_json::Value) -> RoleLine {
    let words = match value {
        serde_json::Value::Object(map) if key == "owner" => {
            map.values().filter(|value| !value.is_null()).map(plain).collect::<Vec<_>>().join(", ")
        }
        value => plain(value),
    };
    labelled(&text::clean(&key.replace('_', " ")), &words)
}
