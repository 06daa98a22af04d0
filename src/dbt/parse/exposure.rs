//! Exposures: who uses the models outside of dbt.

use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::configure::configure_described;
use super::draft::{Draft, Origin};
use super::properties::ExposureEntry;
use crate::dbt::config::Config;
use crate::dbt::context::{Shared, Worker};
use crate::dbt::node::{Node, NodeKind};
use crate::jinja::{Template, UndefinedPolicy};

/// The node of an exposure, with what it depends on.
pub(crate) fn exposure_draft(worker: &mut Worker<'_>, shared: &Arc<Shared>, entry: &ExposureEntry) -> Draft {
    let package = entry.file.package.clone();
    let folders: Vec<&str> = entry.file.relative.split('/').collect();
    let folders = folders.split_last().map(|(_, folders)| folders.to_vec()).unwrap_or_default();
    let fqn: Vec<String> =
        std::iter::once(package.as_str()).chain(folders).chain([entry.name.as_str()]).map(str::to_owned).collect();
    let patch: Config =
        entry.value.get("config").and_then(Value::as_object).cloned().unwrap_or_default().into_iter().collect();
    let texts = |key: &str| match entry.value.get(key) {
        Some(Value::Array(items)) => items.iter().map(crate::dbt::python::text).collect(),
        Some(Value::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    };
    let mut node = Node {
        unique_id: format!("exposure.{package}.{}", entry.name),
        name: entry.name.clone(),
        package_name: package,
        original_file_path: entry.file.original.clone(),
        path: entry.file.relative.clone(),
        fqn,
        tags: texts("tags"),
        description: entry.description.clone(),
        meta: entry.value.get("meta").and_then(Value::as_object).cloned().unwrap_or_default().into_iter().collect(),
        details: details(&entry.value),
        ..Node::new(NodeKind::Exposure)
    };
    configure_described(shared, &mut node, &patch);
    let mut draft = Draft::new(node, Origin::Yaml { file: Arc::clone(&entry.file), at: entry.at });
    let uses = Rc::clone(&worker.uses);
    draft.observe(shared, &uses, |context, _| {
        let failures = entry.depends_on.iter().filter_map(|dependency| {
            worker.begin(UndefinedPolicy::Parse);
            let rendered = Template::parse("depends_on", &format!("{{{{ {dependency} }}}}"))
                .and_then(|template| worker.interpreter.run(&template, &context.scope()));
            rendered.err().map(|error| context.explain(&error))
        });
        failures.collect()
    });
    // An exposure calls no macros, as far as dbt tells.
    draft.node.depends_on_macros.clear();
    draft
}

/// What only exposures have; a missing one is null, as in dbt.
fn details(value: &Map<String, Value>) -> IndexMap<String, Value> {
    let detail = |key: &str| (key.to_owned(), value.get(key).cloned().unwrap_or_default());
    let mut details: IndexMap<String, Value> = ["type", "owner", "label", "maturity", "url"].map(detail).into();
    if let Some(Value::Object(owner)) = details.get_mut("owner") {
        for key in ["email", "name"] {
            owner.entry(key).or_insert(Value::Null);
        }
    }
    details
}
