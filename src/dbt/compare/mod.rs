//! `state:`: what differs between a project and an earlier one, as dbt Core 1.7 decides it
//! (`StateSelectorMethod` of `graph/selector_methods.py`, `same_contents` of `contracts/graph/nodes.py`).
//! Pure; the earlier one comes from a manifest.

mod contents;
mod contract;
mod macros;

use std::collections::HashMap;

use serde_json::Value;

use super::node::{Node, NodeKind, Project};
use macros::ChangedMacros;

/// What a project is compared with.
#[derive(Debug, Default)]
pub struct State {
    project: Option<Project>,
    /// Status by `unique_id`.
    results: Option<HashMap<String, String>>,
}

impl State {
    /// With the project of an earlier `manifest.json`.
    pub fn of_project(project: Project) -> Self {
        Self { project: Some(project), results: None }
    }

    /// The same with what an earlier run came to: a `run_results.json`.
    #[must_use]
    pub fn with_results(mut self, run_results: &Value) -> Self {
        let result = |result: &Value| {
            let text = |key: &str| result.get(key).and_then(Value::as_str).map(str::to_owned);
            Some((text("unique_id")?, text("status")?))
        };
        let results = run_results.get("results").and_then(Value::as_array);
        self.results = results.map(|results| results.iter().filter_map(result).collect());
        self
    }

    /// The earlier status of each node; none where no earlier run is known.
    pub fn results(&self) -> Option<&HashMap<String, String>> {
        self.results.as_ref()
    }

    /// How `now` compares; none without an earlier project.
    pub fn compare<'s>(&'s self, now: &'s Project) -> Option<Comparison<'s>> {
        let before = self.project.as_ref()?;
        Some(Comparison { before, macros: ChangedMacros::between(before, now) })
    }
}

/// What `state:` can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateQuestion {
    New,
    Old,
    Modified,
    Unmodified,
    Body,
    Configs,
    PersistedDescriptions,
    Relation,
    Macros,
    Contract,
}

impl StateQuestion {
    /// Each by dbt's word for it, in dbt's order.
    pub const ALL: [(&'static str, Self); 10] = [
        ("new", Self::New),
        ("old", Self::Old),
        ("modified", Self::Modified),
        ("unmodified", Self::Unmodified),
        ("modified.body", Self::Body),
        ("modified.configs", Self::Configs),
        ("modified.persisted_descriptions", Self::PersistedDescriptions),
        ("modified.relation", Self::Relation),
        ("modified.macros", Self::Macros),
        ("modified.contract", Self::Contract),
    ];

    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, question)| *question)
    }
}

/// A project beside the one before it.
#[derive(Debug)]
pub struct Comparison<'s> {
    before: &'s Project,
    macros: ChangedMacros<'s>,
}

impl Comparison<'_> {
    /// Whether the answer for a node of the project now is yes.
    ///
    /// Sources, exposures and metrics that were not there before are new and not modified; semantic
    /// models always count as new: so does dbt take them.
    pub fn holds(&self, question: StateQuestion, now: &Node) -> bool {
        let before = self.before.nodes.get(&now.unique_id).map(std::sync::Arc::as_ref);
        let before = before.filter(|node| node.enabled && can_be_old(node.kind));
        let differs = |same: Option<bool>| same.is_some_and(|same| !same);
        match (question, before) {
            (StateQuestion::New, before) => before.is_none(),
            (StateQuestion::Old, before) => before.is_some(),
            (StateQuestion::Modified, before) => self.is_modified(now, before),
            (StateQuestion::Unmodified, before) => !self.is_modified(now, before),
            (StateQuestion::Macros, _) => self.macros.are_used_by(now),
            (part, None) => has_part(part, now.kind),
            (StateQuestion::Body, Some(before)) => differs(contents::same_body(now, before)),
            (StateQuestion::Configs, Some(before)) => !contents::same_config(now, before),
            (StateQuestion::PersistedDescriptions, Some(before)) => {
                differs(contents::same_persisted_descriptions(now, before))
            }
            (StateQuestion::Relation, Some(before)) => differs(contents::same_relation(now, before)),
            (StateQuestion::Contract, Some(before)) => differs(contract::same(now, before)),
        }
    }

    fn is_modified(&self, now: &Node, before: Option<&Node>) -> bool {
        !contents::same(now, before) || self.macros.are_used_by(now)
    }

    /// What the change of an enforced contract breaks, in dbt's words; nothing where nothing breaks.
    /// dbt warns of it, and refuses to go on for a model with versions.
    pub fn broken_contract(&self, now: &Node) -> Vec<String> {
        let before = self.before.nodes.get(&now.unique_id).filter(|node| node.enabled);
        before.map(|before| contract::broken(now, before)).unwrap_or_default()
    }
}

/// What dbt looks up in the earlier manifest.
fn can_be_old(kind: NodeKind) -> bool {
    !matches!(kind, NodeKind::SemanticModel | NodeKind::SavedQuery)
}

/// Whether nodes of a kind have the part at all that is asked about.
fn has_part(part: StateQuestion, kind: NodeKind) -> bool {
    let has_sql = contents::has_sql(kind);
    match part {
        StateQuestion::Body | StateQuestion::PersistedDescriptions | StateQuestion::Contract => has_sql,
        StateQuestion::Relation => has_sql || kind == NodeKind::Source,
        _ => true,
    }
}
