//! Which fix is chosen and what applying it means: at once, after a question, or a thing for a person.

use crate::engine::FixPreview;
use crate::problem::{Action, Fix, Grade};
use crate::store::{ProblemId, ProblemRecord, ProblemState};
use crate::tui::effect::{CopiedText, Effect, Generation, Query};
use crate::tui::overlays::Confirm;

/// Why nothing can be applied where there are no fixes.
pub(super) const NONE: &str = "nothing is known that mends this";

/// The fix that is offered first: the one that goes furthest by itself.
pub(super) fn best(fixes: &[Fix]) -> usize {
    let ease = |fix: &Fix| match (fix.grade, &fix.action) {
        (_, Action::Read) => 3,
        (Grade::Safe, _) => 0,
        (Grade::Ask, _) => 1,
        (Grade::Show, _) => 2,
    };
    fixes.iter().enumerate().min_by_key(|(index, fix)| (ease(fix), *index)).map_or(0, |(index, _)| index)
}

/// Whether the fix can be applied now.
///
/// # Errors
/// The reason, without a full stop.
pub(super) fn can_apply(record: &ProblemRecord, index: usize, syncing: bool) -> Result<(), String> {
    let Some(fix) = record.problem.fixes.get(index) else {
        return Err(if record.problem.fixes.is_empty() {
            NONE.to_owned()
        } else {
            format!("there is no fix {}", index + 1)
        });
    };
    match (&record.state, &fix.action) {
        (ProblemState::Mended { .. }, _) => Err("it is mended".to_owned()),
        (ProblemState::Open, Action::Read) => Err("this one is for you to do".to_owned()),
        (
            ProblemState::Open,
            Action::Set { .. } | Action::Sync { .. } | Action::InstallPackages { .. } | Action::TrustHost { .. },
        ) if syncing => Err("its project is syncing now".to_owned()),
        (ProblemState::Open, _) => Ok(()),
    }
}

/// What pressing the key does.
pub(super) fn apply(problem: ProblemId, index: usize, fix: &Fix) -> Vec<Effect> {
    match (&fix.action, fix.grade) {
        (Action::Copy { text }, _) => {
            let (what, file) = ("fix".to_owned(), "ebb-fix.txt".into());
            vec![Effect::CopyText(CopiedText { what, text: text.clone(), file })]
        }
        (Action::Open { file, line }, _) => vec![Effect::OpenEditor { file: file.into(), line: *line }],
        (Action::Read, _) => Vec::new(),
        (
            Action::Set { .. } | Action::Sync { .. } | Action::InstallPackages { .. } | Action::TrustHost { .. },
            Grade::Safe,
        ) => {
            vec![Effect::ApplyFix { problem, fix: index }]
        }
        // Shown first; the answer asks.
        (
            Action::Set { .. } | Action::Sync { .. } | Action::InstallPackages { .. } | Action::TrustHost { .. },
            Grade::Ask | Grade::Show,
        ) => {
            vec![Effect::Load { query: Query::FixPreview { problem, fix: index }, generation: Generation::default() }]
        }
    }
}

/// The question before a fix that asks, with what it would change.
pub(super) fn question(problem: ProblemId, index: usize, fix: &Fix, preview: FixPreview) -> Confirm {
    Confirm {
        title: fix.title.clone(),
        lines: preview.lines,
        verb: "Apply".to_owned(),
        effects: vec![Effect::ApplyFix { problem, fix: index }],
        chosen: false,
    }
}

#[cfg(test)]
mod tests;
