//! The chosen nodes as `dbt ls` prints them: selectors, names, paths, or JSON.

use serde_json::{Map, Value};

use crate::dbt::manifest::node_value;
use crate::dbt::node::{Node, NodeKind, Project};
use crate::dbt::python;

/// What is printed of each node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// What `--select` would take for it: `shop.marts.orders`, `source:shop.raw.orders`.
    #[default]
    Selector,
    Name,
    Path,
    Json,
}

/// The keys that JSON has when nobody asks for others.
const DEFAULT_KEYS: [&str; 10] = [
    "alias",
    "name",
    "package_name",
    "depends_on",
    "tags",
    "config",
    "resource_type",
    "source_name",
    "original_file_path",
    "unique_id",
];

/// What `--resource-type` takes besides `default` and `all`. All but analyses are listed by default.
pub const RESOURCE_TYPES: [&str; 10] =
    ["model", "snapshot", "seed", "test", "source", "exposure", "metric", "saved_query", "semantic_model", "analysis"];

/// The kinds that `--resource-type` asks for; none asked for means the default.
pub fn resource_types(asked: &[String]) -> Vec<&'static str> {
    let is_default = |kind: &str| kind != "analysis";
    let is_asked = |kind: &str| {
        let by_name = |word: &String| match word.as_str() {
            "all" => true,
            "default" => is_default(kind),
            word => word == kind,
        };
        if asked.is_empty() { is_default(kind) } else { asked.iter().any(by_name) }
    };
    RESOURCE_TYPES.into_iter().filter(|kind| is_asked(kind)).collect()
}

/// One node's line. `keys` are those that JSON is to have; none means dbt's own choice.
pub fn listed(node: &Node, project: &Project, form: Form, keys: &[String]) -> String {
    match form {
        Form::Selector => selector(node),
        Form::Name => name(node),
        Form::Path => node.original_file_path.clone(),
        Form::Json => json(node, project, keys),
    }
}

fn selector(node: &Node) -> String {
    match node.kind {
        NodeKind::Source => {
            format!("source:{}.{}.{}", node.package_name, node.source_name.as_deref().unwrap_or_default(), node.name)
        }
        NodeKind::Model
        | NodeKind::Seed
        | NodeKind::Snapshot
        | NodeKind::Test
        | NodeKind::Analysis
        | NodeKind::Operation => node.fqn.join("."),
        NodeKind::Exposure | NodeKind::Metric | NodeKind::SemanticModel | NodeKind::SavedQuery => {
            format!("{}:{}.{}", node.kind.resource_type(), node.package_name, node.name)
        }
    }
}

fn name(node: &Node) -> String {
    match (&node.source_name, node.version.as_ref().filter(|version| !version.is_null())) {
        (Some(source), _) => format!("{source}.{}", node.name),
        (None, Some(version)) => format!("{}.v{}", node.name, python::text(version)),
        (None, None) => node.name.clone(),
    }
}

/// In the order of a manifest's keys, as Python writes JSON.
fn json(node: &Node, project: &Project, keys: &[String]) -> String {
    let is_wanted =
        |key: &str| if keys.is_empty() { DEFAULT_KEYS.contains(&key) } else { keys.iter().any(|wanted| wanted == key) };
    let Value::Object(all) = node_value(node, project) else { return String::new() };
    let kept: Map<String, Value> = all.into_iter().filter(|(key, _)| is_wanted(key)).collect();
    python::json(&Value::Object(kept), false)
}
