//! Which node each YAML entry is about: by name and kind, versions too; and the tests that it asks for.

use std::sync::Arc;

use serde_json::Value;

use super::configure::is_enabled;
use super::draft::Draft;
use super::generic_test::{TestJob, TestTarget};
use super::properties::{ColumnEntry, Patch, Section, TestDefinition, Version};
use crate::dbt::context::Shared;
use crate::dbt::node::NodeKind;
use crate::dbt::problems::{Problems, codes};
use crate::dbt::python;
use crate::dbt::relation::quote;
use crate::jinja::QuickMap;
use crate::problem::Severity;

/// A patch that has found its node.
#[derive(Clone, Debug)]
pub(crate) struct Applied {
    pub(crate) patch: Arc<Patch>,
    /// Which of the patch's versions.
    pub(crate) version: Option<usize>,
}

impl Applied {
    /// The constraints of the whole model: the version's own, else the model's.
    pub(super) fn constraints(&self) -> Vec<Value> {
        let of_version =
            self.version.and_then(|index| self.patch.versions.get(index)).map(|version| &version.constraints);
        of_version.filter(|constraints| !constraints.is_empty()).unwrap_or(&self.patch.constraints).clone()
    }
}

/// What became of the patches.
#[derive(Debug, Default)]
pub(crate) struct Patched {
    /// For each draft, in their order.
    pub(crate) applied: Vec<Option<Applied>>,
    pub(crate) tests: Vec<TestJob>,
}

struct Matcher<'a> {
    shared: &'a Shared,
    drafts: &'a mut [Draft],
    /// Name -> drafts that can be patched.
    by_name: QuickMap<String, Vec<usize>>,
    /// Names of nodes besides the drafts.
    other_names: &'a [String],
    problems: &'a mut Problems,
    patched: Patched,
}

/// Matches every patch; versioned models get their ids here.
pub(crate) fn match_patches(
    shared: &Shared,
    drafts: &mut [Draft],
    other_names: &[String],
    patches: Vec<Patch>,
    problems: &mut Problems,
) -> Patched {
    let mut by_name: QuickMap<String, Vec<usize>> = QuickMap::default();
    for (index, draft) in drafts.iter().enumerate() {
        if section_of(draft.node.kind).is_some() {
            by_name.entry(draft.node.name.clone()).or_default().push(index);
        }
    }
    let patched = Patched { applied: vec![None; drafts.len()], tests: Vec::new() };
    let mut matcher = Matcher { shared, drafts, by_name, other_names, problems, patched };
    for patch in patches {
        matcher.place(Arc::new(patch));
    }
    matcher.patched
}

fn section_of(kind: NodeKind) -> Option<Section> {
    match kind {
        NodeKind::Model => Some(Section::Models),
        NodeKind::Seed => Some(Section::Seeds),
        NodeKind::Snapshot => Some(Section::Snapshots),
        NodeKind::Analysis => Some(Section::Analyses),
        NodeKind::Source
        | NodeKind::Test
        | NodeKind::Exposure
        | NodeKind::Operation
        | NodeKind::Metric
        | NodeKind::SemanticModel
        | NodeKind::SavedQuery => None,
    }
}

impl Matcher<'_> {
    /// The drafts of a name that a patch of `package` is about: enabled ones of its own package, else enabled
    /// ones of any package, else disabled ones of its own.
    fn find(&self, name: &str, package: &str) -> Vec<usize> {
        let all = self.by_name.get(name).cloned().unwrap_or_default();
        if all.len() < 2 {
            return all;
        }
        let (enabled, disabled): (Vec<usize>, Vec<usize>) =
            all.into_iter().partition(|index| self.draft(*index).is_some_and(|draft| is_enabled(self.shared, draft)));
        let own = |among: &[usize]| -> Vec<usize> {
            let is_own = |index: &usize| self.draft(*index).is_some_and(|draft| draft.node.package_name == package);
            among.iter().copied().filter(is_own).collect()
        };
        [own(&enabled), enabled, own(&disabled)].into_iter().find(|found| !found.is_empty()).unwrap_or_default()
    }

    fn draft(&self, index: usize) -> Option<&Draft> {
        self.drafts.get(index)
    }

    fn place(&mut self, patch: Arc<Patch>) {
        if !patch.versions.is_empty() {
            for index in 0..patch.versions.len() {
                self.place_version(&patch, index);
            }
            return;
        }
        let found = self.find(&patch.name, &patch.file.package);
        let fitting: Vec<usize> = found
            .iter()
            .copied()
            .filter(|index| self.draft(*index).is_some_and(|draft| section_of(draft.node.kind) == Some(patch.section)))
            .collect();
        if fitting.is_empty() {
            self.unmatched(&patch, &patch.name, found.first().copied());
        }
        for index in &fitting {
            self.apply(*index, &patch, None);
        }
        self.collect_tests(&patch, None, fitting.first().copied());
    }

    fn apply(&mut self, index: usize, patch: &Arc<Patch>, version: Option<usize>) {
        let existing = self.patched.applied.get(index).cloned().flatten();
        if let Some(existing) = existing {
            let sentence = format!(
                "dbt found two schema.yml entries for the same resource named {}. Resources and their associated columns may only be described a single time. To fix this, remove the resource entry for {} in one of these files:\n - {}\n{}",
                patch.name, patch.name, patch.file.original, existing.patch.file.original
            );
            let problem =
                self.problems.build_at(codes::DUP_PATCH, &patch.file.path, &patch.file.text, patch.at, &sentence);
            self.problems.push(problem.with_evidence(
                "Described at",
                vec![
                    format!("{}:{}", existing.patch.file.path, existing.patch.at.line),
                    format!("{}:{}", patch.file.path, patch.at.line),
                ],
            ));
            return;
        }
        if let Some(slot) = self.patched.applied.get_mut(index) {
            *slot = Some(Applied { patch: Arc::clone(patch), version });
        }
    }

    fn unmatched(&mut self, patch: &Patch, name: &str, elsewhere: Option<usize>) {
        let key = patch.section.key();
        let (code, sentence) = match elsewhere.and_then(|index| self.draft(index)) {
            Some(draft) => {
                let kind = draft.node.kind.resource_type();
                let right = section_of(draft.node.kind).map_or("models", Section::key);
                (
                    codes::PATCH_UNMATCHED,
                    format!(
                        "'{name}' is a {kind} node, but it is specified in the {key} section of {}. To fix this error, place the `{name}` specification under the {right} key instead.",
                        patch.file.original
                    ),
                )
            }
            None => (
                codes::PATCH_UNMATCHED,
                format!(
                    "Did not find matching node for patch with name '{name}' in the '{key}' section of file '{}'",
                    patch.file.original
                ),
            ),
        };
        let problem = self
            .problems
            .build_at(code, &patch.file.path, &patch.file.text, patch.at, &sentence)
            .with_severity(Severity::Warning);
        let mut names: Vec<&str> = self.by_name.keys().chain(self.other_names).map(String::as_str).collect();
        names.sort_unstable();
        let problem = match crate::problem::nearest(name, names) {
            Some(near) if near != name => problem.with_cause(format!("The nearest name in the project is {near}")),
            _ => problem,
        };
        self.problems.push(problem);
    }

    fn place_version(&mut self, patch: &Arc<Patch>, version_index: usize) {
        let Some(version) = patch.versions.get(version_index) else { return };
        let latest = latest_version(patch);
        let v = python::text(&version.v);
        let file_name = version.defined_in.clone().unwrap_or_else(|| format!("{}_v{v}", patch.name));
        let is_model = |matcher: &Self, index: &usize| {
            matcher.draft(*index).is_some_and(|draft| draft.node.kind == NodeKind::Model)
        };
        let mut found = self.find(&file_name, &patch.file.package);
        found.retain(|index| is_model(self, index));
        if found.is_empty() && v == python::text(&latest) {
            found = self.find(&patch.name, &patch.file.package);
            found.retain(|index| is_model(self, index));
        }
        let Some(index) = found.first().copied() else {
            self.unmatched(patch, &file_name, None);
            return;
        };
        if let Some(draft) = self.drafts.get_mut(index) {
            let node = &mut draft.node;
            node.unique_id = format!("model.{}.{}.v{v}", node.package_name, patch.name);
            node.name.clone_from(&patch.name);
            if let Some(last) = node.fqn.last_mut() {
                last.clone_from(&patch.name);
            }
            node.fqn.push(format!("v{v}"));
            node.version = Some(version.v.clone());
            node.latest_version = Some(latest);
        }
        self.apply(index, patch, Some(version_index));
        self.collect_tests(patch, Some(version), Some(index));
    }

    /// The tests of a patch, its columns' first.
    fn collect_tests(&mut self, patch: &Arc<Patch>, version: Option<&Version>, index: Option<usize>) {
        if patch.section == Section::Analyses {
            return;
        }
        let target = TestTarget::Node {
            name: patch.name.clone(),
            version: version.map(|version| version.v.clone()),
            unique_id: index.and_then(|index| self.draft(index)).map(|draft| draft.node.unique_id.clone()),
        };
        let job = |definition: &TestDefinition, column: Option<&ColumnEntry>| TestJob {
            target: target.clone(),
            file: Arc::clone(&patch.file),
            definition: definition.clone(),
            column_name: column.map(|entry| {
                let quoted = entry.column.quote.or(patch.quote_columns).unwrap_or_default();
                if quoted { quote(self.shared.target.adapter, &entry.column.name) } else { entry.column.name.clone() }
            }),
            tags: column.map(|entry| entry.column.tags.clone()).unwrap_or_default(),
        };
        let columns = version.map_or(&patch.columns, |version| &version.columns);
        let tests = version.and_then(|version| version.tests.as_ref()).unwrap_or(&patch.tests);
        let of_columns =
            columns.values().flat_map(|entry| entry.tests.iter().map(|definition| job(definition, Some(entry))));
        let of_node = tests.iter().map(|definition| job(definition, None));
        let jobs: Vec<TestJob> = of_columns.chain(of_node).collect();
        self.patched.tests.extend(jobs);
    }
}

/// The version that `ref('m')` means: as said, else the highest.
fn latest_version(patch: &Patch) -> Value {
    if let Some(latest) = &patch.latest_version {
        return latest.clone();
    }
    let number = |value: &Value| python::text(value).parse::<f64>().ok();
    let highest = patch.versions.iter().map(|version| &version.v).max_by(|a, b| match (number(a), number(b)) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        _ => python::text(a).cmp(&python::text(b)),
    });
    highest.cloned().unwrap_or_default()
}
