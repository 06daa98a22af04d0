//! The outline of a project: what selections and `state:` look at, and none of its texts. Small enough
//! to be kept, and read again in milliseconds.
//!
//! A text that is only ever compared (SQL, a macro) is kept as its hash, so two outlines differ where
//! the projects do. A node without a text stays without one.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::definitions::MacroDefinition;
use super::node::{Column, Node, NodeKind, Nodes, Project, Test};

type Settings = IndexMap<String, Value>;

/// An outline, ready to be written and read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outline {
    name: String,
    root: String,
    folders: IndexMap<String, String>,
    /// Every configuration once: most nodes of a folder share theirs.
    settings: Vec<Settings>,
    nodes: Vec<NodeOutline>,
    macros: Vec<MacroOutline>,
}

/// Of a node; names are those of [`Node`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct NodeOutline {
    unique_id: String,
    kind: String,
    name: String,
    package: String,
    file: String,
    fqn: Vec<String>,
    /// Indices of the rendered and the unrendered configuration.
    config: usize,
    unrendered: usize,
    enabled: bool,
    /// Hash of the SQL; empty where there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    code: String,
    /// Hash of the description.
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parents: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    macros: Vec<String>,
    /// Columns and the hashes of their descriptions.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    columns: IndexMap<String, String>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    details: Settings,
    /// What few nodes have, by the names of [`Node`]'s fields.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    more: IndexMap<String, Value>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct MacroOutline {
    unique_id: String,
    package: String,
    /// Hash of the text, without the white space around it.
    code: String,
    calls: Vec<String>,
}

/// Sixteen hex digits: enough to tell the versions of one text apart.
fn hash(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    Sha256::digest(text.as_bytes()).iter().take(8).fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// Configurations by their place in memory, which nodes of a folder share.
#[derive(Default)]
struct Shared {
    settings: Vec<Settings>,
    known: HashMap<*const Settings, usize>,
}

impl Shared {
    fn index(&mut self, settings: &Arc<Settings>) -> usize {
        *self.known.entry(Arc::as_ptr(settings)).or_insert_with(|| {
            self.settings.push(Settings::clone(settings));
            self.settings.len() - 1
        })
    }
}

impl Outline {
    pub fn of(project: &Project) -> Self {
        let mut shared = Shared::default();
        let nodes = project.nodes.values().map(|node| outline(node, &mut shared)).collect();
        let of_macro = |one: &MacroDefinition| MacroOutline {
            unique_id: one.unique_id.clone(),
            package: one.package_name.clone(),
            code: hash(one.macro_sql.trim()),
            calls: one.depends_on.clone(),
        };
        Self {
            name: project.name.clone(),
            root: project.root.clone(),
            folders: project.folders.clone(),
            settings: shared.settings,
            nodes,
            macros: project.macro_definitions.iter().map(of_macro).collect(),
        }
    }

    /// The project without its texts: for [`super::select`] and [`super::State`], and for nothing else.
    pub fn into_project(self) -> Project {
        let settings: Vec<Arc<Settings>> = self.settings.into_iter().map(Arc::new).collect();
        let nodes = self.nodes.into_iter().filter_map(|node| whole(node, &settings));
        let nodes: Nodes = nodes.map(|node| (node.unique_id.clone(), Arc::new(node))).collect();
        let definition = |one: MacroOutline| MacroDefinition {
            unique_id: one.unique_id,
            package_name: one.package,
            macro_sql: one.code,
            depends_on: one.calls,
            ..MacroDefinition::default()
        };
        Project {
            name: self.name,
            root: self.root,
            folders: self.folders,
            nodes,
            macro_definitions: self.macros.into_iter().map(definition).collect(),
            ..Project::default()
        }
    }
}

fn outline(node: &Node, shared: &mut Shared) -> NodeOutline {
    let text = |text: &Option<String>| text.clone().map_or(Value::Null, Value::from);
    let value = |value: &Option<Value>| value.clone().unwrap_or_default();
    let is_source = node.kind == NodeKind::Source;
    let of_source = |text: &str| if is_source { Value::from(text) } else { Value::Null };
    let more = [
        ("source_name", text(&node.source_name)),
        ("patch_path", text(&node.patch_path)),
        ("access", text(&node.access.clone().filter(|access| access != "protected"))),
        ("contract_checksum", text(&node.contract_checksum)),
        ("version", value(&node.version)),
        ("latest_version", value(&node.latest_version)),
        ("deprecation_date", value(&node.deprecation_date)),
        ("generic", node.test.as_ref().map_or(Value::Null, |test| text(&test.generic))),
        ("checksum", if node.kind == NodeKind::Seed { node.checksum.clone().into() } else { Value::Null }),
        ("database", node.database.as_deref().map_or(Value::Null, of_source)),
        ("schema", of_source(&node.schema)),
        ("alias", of_source(&node.alias)),
    ];
    let more = more.into_iter().filter(|(_, value)| !value.is_null());
    NodeOutline {
        unique_id: node.unique_id.clone(),
        kind: node.kind.resource_type().to_owned(),
        name: node.name.clone(),
        package: node.package_name.clone(),
        file: node.original_file_path.clone(),
        fqn: node.fqn.clone(),
        config: shared.index(&node.config),
        unrendered: shared.index(&node.unrendered_config),
        enabled: node.enabled,
        code: if node.raw_code.trim().is_empty() { String::new() } else { hash(&node.raw_code) },
        description: hash(&node.description),
        tags: node.tags.clone(),
        parents: node.depends_on_nodes.clone(),
        macros: node.depends_on_macros.clone(),
        columns: node.columns.values().map(|column| (column.name.clone(), hash(&column.description))).collect(),
        details: node.details.clone(),
        more: more.map(|(key, value)| (key.to_owned(), value)).collect(),
    }
}

/// None for a kind that is not known.
fn whole(outline: NodeOutline, settings: &[Arc<Settings>]) -> Option<Node> {
    let kind = NodeKind::of_resource_type(&outline.kind)?;
    let text = |key: &str| outline.more.get(key).and_then(Value::as_str).map(str::to_owned);
    let value = |key: &str| outline.more.get(key).cloned();
    let test = (kind == NodeKind::Test).then(|| Test {
        generic: text("generic"),
        attached_node: None,
        column_name: None,
        kwargs: IndexMap::new(),
    });
    let access = text("access").or_else(|| (kind == NodeKind::Model).then(|| "protected".to_owned()));
    let column = |(name, description): (&String, &String)| {
        let column = Column { name: name.clone(), description: description.clone(), ..Column::default() };
        (name.clone(), column)
    };
    let config = settings.get(outline.config).cloned().unwrap_or_default();
    let materialized = config.get("materialized").and_then(Value::as_str).unwrap_or_default().to_owned();
    Some(Node {
        source_name: text("source_name"),
        patch_path: text("patch_path"),
        access,
        contract_checksum: text("contract_checksum"),
        version: value("version"),
        latest_version: value("latest_version"),
        deprecation_date: value("deprecation_date"),
        test,
        checksum: text("checksum").unwrap_or_default(),
        database: text("database"),
        schema: text("schema").unwrap_or_default(),
        alias: text("alias").unwrap_or_default(),
        columns: outline.columns.iter().map(column).collect(),
        group: config.get("group").and_then(Value::as_str).map(str::to_owned),
        config,
        unrendered_config: settings.get(outline.unrendered).cloned().unwrap_or_default(),
        materialized,
        unique_id: outline.unique_id,
        name: outline.name,
        package_name: outline.package,
        original_file_path: outline.file,
        fqn: outline.fqn,
        enabled: outline.enabled,
        raw_code: outline.code,
        description: outline.description,
        tags: outline.tags,
        depends_on_nodes: outline.parents,
        depends_on_macros: outline.macros,
        details: outline.details,
        ..Node::new(kind)
    })
}

#[cfg(test)]
mod tests;
