//! The semantic layer: metrics, semantic models and saved queries. Read, brought into dbt's shape and given
//! their place in the project; what they mean together is the business of `semantic_links`.

use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::configure::configure_described;
use super::draft::{Draft, Origin};
use super::properties::SemanticEntry;
use super::semantic_shapes::{metric_details, saved_query_details, semantic_model_details};
use crate::dbt::config::Config;
use crate::dbt::context::{Shared, Worker};
use crate::dbt::node::{Node, NodeKind};
use crate::dbt::python;
use crate::jinja::{Template, UndefinedPolicy};

/// The nodes of one entry: itself, and for a semantic model the metrics that its measures ask for.
pub(crate) fn semantic_drafts(worker: &mut Worker<'_>, shared: &Arc<Shared>, entry: &SemanticEntry) -> Vec<Draft> {
    let mut draft = draft(shared, entry);
    let mut metrics = Vec::new();
    if entry.kind == NodeKind::SemanticModel {
        refer_to_model(worker, shared, &mut draft);
        let measures = entry.value.get("measures").and_then(Value::as_array).into_iter().flatten();
        let asked = measures.filter(|measure| measure.get("create_metric") == Some(&Value::Bool(true)));
        metrics.extend(asked.filter_map(|measure| created_metric(shared, entry, measure, draft.node.enabled)));
    }
    std::iter::once(draft).chain(metrics).collect()
}

fn draft(shared: &Shared, entry: &SemanticEntry) -> Draft {
    let package = entry.file.package.clone();
    let name = entry.value.get("name").map(python::text).unwrap_or_default();
    let folders = entry.file.relative.rsplit_once('/').map_or("", |(folders, _)| folders);
    let folders = folders.split('/').filter(|folder| !folder.is_empty());
    let fqn = std::iter::once(package.as_str()).chain(folders).chain([name.as_str()]).map(str::to_owned).collect();
    let value = &entry.value;
    let mut node = Node {
        unique_id: format!("{}.{package}.{name}", entry.kind.resource_type()),
        package_name: package,
        original_file_path: entry.file.original.clone(),
        path: entry.file.relative.clone(),
        fqn,
        name,
        description: value.get("description").filter(|text| !text.is_null()).map(python::text).unwrap_or_default(),
        meta: value.get("meta").and_then(Value::as_object).cloned().unwrap_or_default().into_iter().collect(),
        tags: texts(value.get("tags")),
        details: details(entry.kind, value),
        ..Node::new(entry.kind)
    };
    let config = value.get("config").and_then(Value::as_object).cloned().unwrap_or_default();
    let config: Config = config.into_iter().collect();
    configure_described(shared, &mut node, &config);
    Draft::new(node, Origin::Yaml { file: Arc::clone(&entry.file), at: entry.at })
}

fn details(kind: NodeKind, value: &Map<String, Value>) -> IndexMap<String, Value> {
    let details = match kind {
        NodeKind::Metric => metric_details(value),
        NodeKind::SavedQuery => saved_query_details(value),
        _ => semantic_model_details(value),
    };
    match details {
        Value::Object(map) => map.into_iter().collect(),
        _ => IndexMap::new(),
    }
}

fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(items)) => items.iter().map(python::text).collect(),
        _ => Vec::new(),
    }
}

/// `model: ref('orders')`.
fn refer_to_model(worker: &mut Worker<'_>, shared: &Arc<Shared>, draft: &mut Draft) {
    let Some(model) = draft.node.details.get("model").and_then(Value::as_str).map(str::to_owned) else { return };
    let uses = Rc::clone(&worker.uses);
    draft.observe(shared, &uses, |context, _| {
        worker.begin(UndefinedPolicy::Parse);
        let rendered = Template::parse("model", &format!("{{{{ {model} }}}}"))
            .and_then(|template| worker.interpreter.run(&template, &context.scope()));
        rendered.err().map(|error| context.explain(&error)).into_iter().collect()
    });
}

/// The metric of a measure with `create_metric: true`.
fn created_metric(shared: &Shared, entry: &SemanticEntry, measure: &Value, enabled: bool) -> Option<Draft> {
    let name = measure.get("name").map(python::text)?;
    let description = measure.get("description").filter(|text| !text.is_null()).map(python::text);
    let value = json!({
        "name": name, "label": name, "type": "simple",
        "type_params": {"measure": name, "expr": name},
        "description": description.unwrap_or_else(|| format!("Metric created from measure {name}")),
        "config": {"enabled": enabled},
    });
    let Value::Object(value) = value else { return None };
    Some(draft(shared, &SemanticEntry { kind: NodeKind::Metric, file: Arc::clone(&entry.file), at: entry.at, value }))
}
