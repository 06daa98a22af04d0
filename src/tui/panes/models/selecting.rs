//! dbt's selection syntax in the filter: which words of it are one, what was asked, and what it means.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::model_id;
use crate::engine::{Selection, is_selection};
use crate::problem::Problem;
use crate::tui::effect::{Effect, Generation, Query};
use crate::tui::state::{Fetched, Shown};

/// Fields of the filter that narrow a selection down instead of being part of it.
const BESIDE: [&str; 5] = ["project", "folder", "kind", "as", "is"];
/// A method of dbt's that is a field of the filter as well: by itself it is the field.
const ALSO_FIELDS: [&str; 1] = ["tag"];

/// The selection that the filter holds, if it holds one.
#[derive(Debug, Default)]
pub(super) struct Selecting {
    /// What was asked, and as of which list of models.
    asked: Option<(String, u64)>,
    answer: Fetched<Selection>,
    /// Grows with every answer.
    pub(super) revision: u64,
}

/// The words of a filter that are a selection, without the fields beside it; none where it is none.
pub(super) fn selection_in(filter: &str) -> Option<String> {
    let is_beside = |word: &&str| {
        let bare = word.strip_prefix('!').unwrap_or(word);
        bare.split_once(':').is_some_and(|(name, _)| BESIDE.contains(&name))
    };
    let words: Vec<&str> = filter.split_whitespace().filter(|word| !is_beside(word)).collect();
    let words = words.join(" ");
    // A comma at the end waits for what comes next.
    let words = words.trim_end_matches(',');
    is_selection(words, &ALSO_FIELDS).then(|| words.to_owned())
}

impl Selecting {
    /// Asks what the words mean, unless that is known or being asked.
    pub(super) fn ask(&mut self, words: &str, models: u64, now: Timestamp) -> Option<Effect> {
        if self.asked.as_ref().is_some_and(|(asked, revision)| asked == words && *revision == models) {
            return None;
        }
        self.asked = Some((words.to_owned(), models));
        let generation = self.answer.ask(now);
        Some(Effect::Load { query: Query::Selection(words.to_owned()), generation })
    }

    /// The filter holds no selection any more.
    pub(super) fn forget(&mut self) {
        if self.asked.take().is_some() {
            self.answer.clear();
            self.revision += 1;
        }
    }

    pub(super) fn answered(&mut self, generation: Generation, selection: Selection, at: Timestamp) {
        if self.answer.answer(generation, selection, at) {
            self.revision += 1;
        }
    }

    pub(super) fn failed(&mut self, generation: Generation, problem: Box<Problem>) -> bool {
        self.answer.fail(generation, problem)
    }

    /// Indices of the models that are meant, ascending; none until that is known.
    pub(super) fn hits(&self, by_id: &HashMap<Arc<str>, u32>) -> Option<Vec<u32>> {
        let selection = self.answer.value()?;
        let ids = selection.ids.iter().map(|(project, unique_id)| model_id(project, unique_id));
        let mut hits: Vec<u32> = ids.filter_map(|id| by_id.get(id.as_str()).copied()).collect();
        hits.sort_unstable();
        Some(hits)
    }

    /// What is wrong with the selection, in words; none where it means something, or that is not known yet.
    pub(super) fn trouble(&self) -> Option<String> {
        self.asked.as_ref()?;
        match self.answer.shown() {
            Shown::Value(selection, None) => selection.refused.clone().or_else(|| selection.remarks.first().cloned()),
            Shown::Value(_, Some(problem)) | Shown::Failed(problem) => Some(problem.summary.clone()),
            Shown::NeverLoaded | Shown::LoadingSince(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_beside_a_selection() {
        for (filter, wanted) in [
            ("+orders", Some("+orders")),
            ("+orders is:broken", Some("+orders")),
            ("!kind:seed path:models", Some("path:models")),
            ("tag:nightly,", None),
            ("tag:nightly,+a,", Some("tag:nightly,+a")),
            ("is:broken", None),
            ("orders", None),
            ("", None),
        ] {
            assert_eq!(selection_in(filter).as_deref(), wanted, "{filter}");
        }
    }
}
