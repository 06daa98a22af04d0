//! Exposures: who uses the models outside of dbt.

use std::sync::Arc;

use serde_json::Value;

use super::draft::{Draft, Origin};
use super::properties::ExposureEntry;
use crate::dbt::config::{self, Config, ConfigKind, Layers};
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
    let calls = Config::new();
    let is_package = package != shared.root_name();
    let config = config::merge(&Layers {
        kind: ConfigKind::Exposure,
        adapter: shared.target.adapter,
        fqn: &fqn,
        own: shared.project(&package).and_then(|project| project.tree(ConfigKind::Exposure)),
        patch: Some(&patch),
        calls: &calls,
        root: shared.root().filter(|_| is_package).and_then(|root| root.tree(ConfigKind::Exposure)),
    });
    let texts = |key: &str| match entry.value.get(key) {
        Some(Value::Array(items)) => items.iter().map(crate::dbt::python::text).collect(),
        Some(Value::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    };
    let node = Node {
        unique_id: format!("exposure.{package}.{}", entry.name),
        name: entry.name.clone(),
        package_name: package,
        original_file_path: entry.file.original.clone(),
        path: entry.file.relative.clone(),
        fqn,
        enabled: config.get("enabled") != Some(&Value::Bool(false)),
        tags: texts("tags"),
        description: entry.description.clone(),
        meta: entry.value.get("meta").and_then(Value::as_object).cloned().unwrap_or_default().into_iter().collect(),
        config,
        ..Node::new(NodeKind::Exposure)
    };
    let mut draft = Draft::new(node, Origin::Yaml { file: Arc::clone(&entry.file), at: entry.at });
    draft.observe(shared, |context, _| {
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
