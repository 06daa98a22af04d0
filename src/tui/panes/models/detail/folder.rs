//! What a project or a folder holds: how many of what, what is broken in it, what has changed.

use std::collections::BTreeMap;

use crate::store::{Kind, ModelSummary};
use crate::tui::panes::PaneContext;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::role_line::RoleLine;

use super::labelled;

/// Names that are listed of what is broken, and of what has changed.
const MOST_NAMES: usize = 20;

/// The lines for the folder with this id of the tree: `shop/marts/core`.
pub(in crate::tui::panes::models) fn lines(
    id: &str,
    models: &[ModelSummary],
    context: &PaneContext<'_>,
) -> Vec<RoleLine> {
    let inside: Vec<&ModelSummary> = models.iter().filter(|model| is_inside(id, model)).collect();
    let mut kinds: BTreeMap<Kind, u64> = BTreeMap::new();
    let mut materialized: BTreeMap<&str, u64> = BTreeMap::new();
    for model in &inside {
        *kinds.entry(model.kind).or_default() += 1;
        if model.kind == Kind::Model {
            *materialized.entry(&model.materialized).or_default() += 1;
        }
    }
    let mut lines = vec![RoleLine::of(
        Role::Accent,
        text::clean(&id.trim_end_matches('/').replace('/', &format!(" {} ", context.glyphs.fold_closed))),
    )];
    lines.push(RoleLine::new());
    lines.extend(kinds.iter().map(|(kind, count)| {
        let total = text::number(*count);
        if *kind != Kind::Model || materialized.len() < 2 {
            return labelled(&plural(*kind), &total);
        }
        let parts = materialized.iter().map(|(name, count)| format!("{} {name}", text::number(*count)));
        labelled(&plural(*kind), &format!("{total}: {}", parts.collect::<Vec<_>>().join(", ")))
    }));
    let broken: Vec<&ModelSummary> = inside.iter().filter(|model| model.broken).copied().collect();
    let changed: Vec<&ModelSummary> = inside.iter().filter(|model| model.change.is_some()).copied().collect();
    names(&mut lines, "Broken", (context.glyphs.cross, Role::Failure), &broken);
    names(&mut lines, "Changed by the last sync that changed anything", ("~", Role::Changed), &changed);
    lines.push(RoleLine::new());
    let words = context.keymap.fill("{open} folds and unfolds it, {down} goes on to its models");
    lines.push(RoleLine::of(Role::Dim, words));
    lines
}

/// Whether a model is in the folder or below it.
fn is_inside(id: &str, model: &ModelSummary) -> bool {
    let Some(below) = id.strip_prefix(&*model.project) else { return false };
    let folder = below.trim_matches('/');
    let rest = model.folder.strip_prefix(folder);
    (below.is_empty() || below.starts_with('/'))
        && rest.is_some_and(|rest| folder.is_empty() || rest.is_empty() || rest.starts_with('/'))
}

fn plural(kind: Kind) -> String {
    let word = kind.word();
    let mut plural = if word == "analysis" { "analyses".to_owned() } else { format!("{word}s") };
    if let Some(first) = plural.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    plural
}

fn names(lines: &mut Vec<RoleLine>, title: &str, (mark, role): (&str, Role), models: &[&ModelSummary]) {
    if models.is_empty() {
        return;
    }
    lines.push(RoleLine::new());
    lines.push(RoleLine::of(Role::Label, format!("{title} ({})", text::number(models.len() as u64))));
    let name =
        |model: &&ModelSummary| RoleLine::of(role, format!("{mark} ")).with(Role::Text, text::clean(&model.name));
    lines.extend(models.iter().take(MOST_NAMES).map(name));
    if let Some(more) = models.len().checked_sub(MOST_NAMES).filter(|more| *more > 0) {
        lines.push(RoleLine::of(Role::Dim, format!("  and {} more", text::number(more as u64))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::panes::model_fixtures::summary;

    #[test]
    fn a_folder_holds_what_is_below_it_and_nothing_that_only_begins_alike() {
        let model = summary("shop", "dim_customers", "marts/core", "table");
        let cases = [
            ("shop", true),
            ("shop/marts", true),
            ("shop/marts/core", true),
            ("shop/mar", false),
            ("shop/marts/core/deep", false),
            ("sho", false),
            ("shop2", false),
            ("", false),
        ];
        for (folder, wanted) in cases {
            assert_eq!(is_inside(folder, &model), wanted, "{folder}");
        }
    }
}
