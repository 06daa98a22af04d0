//! Macros, docs blocks and groups, as the loaded project tells them.

use super::Load;
use super::nodes::Drafts;
use super::setup::Setup;
use crate::dbt::context::Worker;
use crate::dbt::definitions::{GroupDefinition, MacroDefinition};
use crate::dbt::docs::render_texts;
use crate::dbt::macros::describe;
use crate::dbt::parse::{GroupEntry, entry_named};
use crate::dbt::problems::{Problems, codes};
use crate::problem::Severity;

/// The groups of all files.
pub(super) fn groups(entries: Vec<GroupEntry>) -> Vec<GroupDefinition> {
    let group = |entry: GroupEntry| GroupDefinition {
        unique_id: format!("group.{}.{}", entry.file.package, entry.name),
        package_name: entry.file.package.clone(),
        path: entry.file.relative.clone(),
        original_file_path: entry.file.original.clone(),
        name: entry.name,
        owner: entry.owner,
    };
    entries.into_iter().map(group).collect()
}

impl Load<'_> {
    /// Adds what YAML says of macros; a description of a macro that is not there is a warning.
    pub(super) fn describe_macros(
        &self,
        setup: &Setup,
        definitions: &mut [MacroDefinition],
        drafts: &mut Drafts,
        problems: &mut Problems,
    ) {
        let (shared, docs) = (&setup.shared, &setup.docs);
        let mut worker = Worker::new(shared, self.options.cancelled);
        for patch in std::mem::take(&mut drafts.macros) {
            let id = format!("macro.{}.{}", patch.file.package, patch.name);
            let Some(definition) = definitions.iter_mut().find(|definition| definition.unique_id == id) else {
                let sentence = format!("Found patch for macro \"{}\" which was not found", patch.name);
                let at = entry_named(&patch.file.text, &patch.name).unwrap_or_default();
                let problem =
                    problems.build_at(codes::PATCH_UNMATCHED, &patch.file.path, &patch.file.text, at, &sentence);
                problems.push(problem.with_severity(Severity::Warning));
                continue;
            };
            describe(definition, &patch.value, format!("{}://{}", patch.file.package, patch.file.original));
            let owner = (patch.file.package.as_str(), id.as_str());
            let text = std::iter::once(&mut definition.description);
            for failure in render_texts(&mut worker, shared, docs, owner, text) {
                let at = entry_named(&patch.file.text, &patch.name).unwrap_or_default();
                problems.at(failure.code, &patch.file.path, &patch.file.text, at, &failure.message);
            }
            drafts.footprints.add(&patch.file.path, worker.take_uses());
        }
    }
}
