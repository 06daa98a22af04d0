//! The rows that were read of models: kept for as long as the models are the same, so that a second look costs
//! nothing. A person asks for them; nothing is read by itself, since it may cost.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Models, View, model_id};
use crate::engine::Preview;
use crate::problem::Problem;
use crate::tui::effect::{Effect, Generation, Query};
use crate::tui::panes::PaneContext;
use crate::tui::state::{Fetched, Shown};

/// Most models whose rows are kept.
const MOST: usize = 32;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Previews {
    all: HashMap<Arc<str>, Fetched<Preview>>,
    /// The model whose rows are being read.
    reading: Option<Arc<str>>,
    /// Grows with all that happens to them.
    revision: u64,
    /// The highest generation that was given out: a model that was dropped and asked again gets a new one.
    generation: Generation,
}

impl Previews {
    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

    pub(super) fn is_loading(&self) -> bool {
        self.reading.is_some()
    }

    /// What there is to show of a model.
    pub(super) fn of(&self, id: Option<&str>) -> Shown<'_, Preview> {
        id.and_then(|id| self.all.get(id)).map_or(Shown::NeverLoaded, Fetched::shown)
    }

    fn has(&self, id: &str) -> bool {
        self.all.get(id).is_some_and(|rows| rows.value().is_some())
    }

    /// Notes that a model's rows are asked for; the answer to an earlier asking comes too late.
    fn ask(&mut self, id: &Arc<str>, now: Timestamp) -> Generation {
        self.revision += 1;
        if self.all.len() >= MOST {
            self.all.retain(|kept, _| kept == id);
        }
        if let Some(before) = self.reading.replace(Arc::clone(id)).filter(|before| before != id) {
            self.all.remove(&before);
        }
        let rows = self.all.entry(Arc::clone(id)).or_default();
        // Numbers go up over all models: an answer belongs to one asking.
        self.generation = rows.ask_above(self.generation, now);
        self.generation
    }

    pub(super) fn loaded(&mut self, generation: Generation, preview: Preview, at: Timestamp) {
        let id = model_id(&preview.project, &preview.unique_id);
        self.revision += 1;
        if let Some(rows) = self.all.get_mut(id.as_str())
            && rows.answer(generation, preview, at)
        {
            self.reading = None;
        }
    }

    pub(super) fn failed(&mut self, id: &str, generation: Generation, problem: Box<Problem>) {
        self.revision += 1;
        if let Some(rows) = self.all.get_mut(id)
            && rows.fail(generation, problem)
        {
            self.reading = None;
        }
    }

    /// The models are others now: rows that were read belong to what was before.
    pub(super) fn grow_old(&mut self) {
        self.revision += 1;
        let reading = self.reading.clone();
        self.all.retain(|id, _| Some(id) == reading.as_ref());
    }
}

impl Models {
    /// Shows the rows of the model: those that were read before, else, and at a second press, new ones.
    pub(super) fn preview(&mut self, context: &PaneContext<'_>) -> Option<Vec<Effect>> {
        let model = self.summary()?;
        let query = Query::Preview { project: model.project.to_string(), unique_id: model.unique_id.to_string() };
        let id: Arc<str> = model_id(&model.project, &model.unique_id).into();
        let is_shown = self.chosen.view == View::Preview;
        self.chosen.view = View::Preview;
        if self.previews.has(&id) && !is_shown {
            return Some(Vec::new());
        }
        Some(vec![Effect::Load { query, generation: self.previews.ask(&id, context.now.wall) }])
    }

    /// Stops what is being read.
    pub(super) fn stop_preview(&mut self) -> Option<Vec<Effect>> {
        self.previews.is_loading().then(|| vec![Effect::StopPreview])
    }
}
