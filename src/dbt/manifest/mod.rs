//! A loaded project as dbt's `manifest.json`, version 11: what `dbt docs` and other tools read. Written node by
//! node, side by side, so that it takes no second copy of the project; where it goes is the caller's business.

mod maps;
mod nodes;
mod others;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::{Error, Write};
use std::sync::Arc;

use indexmap::IndexMap;
use jiff::Timestamp;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::context::md5_hex;
use super::node::{Node, NodeKind, Project};
use super::options::Adapter;
use super::relation::adapter_type;

const SCHEMA: &str = "https://schemas.getdbt.com/dbt/manifest/v11.json";

/// Nodes that one thread makes in one go.
const NODES: usize = 256;

/// Goes that are made side by side before they are written: what is held in memory.
const BATCH: usize = 16;

/// What a manifest says besides the project.
#[derive(Clone, Debug)]
pub struct ManifestFacts {
    pub dbt_version: String,
    pub generated_at: Timestamp,
    pub invocation_id: String,
    pub adapter: Adapter,
    /// The variables whose names start with `DBT_ENV_CUSTOM_ENV_`, without that.
    pub env: BTreeMap<String, String>,
    /// Where the tree of the project lies: what `root_path` of a seed starts with.
    pub root_path: String,
    /// The definitions of `selectors.yml` by name.
    pub selectors: Map<String, Value>,
}

/// Writes the manifest; fails when `out` does.
pub fn write_manifest(project: &Project, facts: &ManifestFacts, out: &mut dyn Write) -> Result<(), Error> {
    let mut writer = Writer { out, project, facts };
    writer.text("{\"metadata\": ")?;
    writer.value(&metadata(project, facts))?;
    writer.nodes("nodes", |kind| !has_section(kind))?;
    writer.nodes("sources", |kind| kind == NodeKind::Source)?;
    let macros = project.macro_definitions.iter();
    writer.section("macros", macros.map(|one| (one.unique_id.as_str(), others::macro_value(one, facts))))?;
    let docs = project.docs.iter().map(|one| (one.unique_id.as_str(), others::docs_value(one)));
    writer.section("docs", docs.chain([(others::OVERVIEW_ID, others::overview())]))?;
    writer.nodes("exposures", |kind| kind == NodeKind::Exposure)?;
    writer.nodes("metrics", |kind| kind == NodeKind::Metric)?;
    writer.section("groups", project.groups.iter().map(|one| (one.unique_id.as_str(), others::group_value(one))))?;
    writer.section("selectors", facts.selectors.iter())?;
    let value = |node| nodes::value(node, project, facts);
    let values = |(id, nodes): (_, Vec<_>)| (id, nodes.into_iter().map(value).collect::<Vec<_>>());
    writer.section("disabled", disabled(project).into_iter().map(values))?;
    writer.section("parent_map", maps::parents(project))?;
    writer.section("child_map", maps::children(project))?;
    writer.section("group_map", maps::groups(project))?;
    writer.nodes("saved_queries", |kind| kind == NodeKind::SavedQuery)?;
    writer.nodes("semantic_models", |kind| kind == NodeKind::SemanticModel)?;
    writer.text("}\n")
}

/// One node with dbt's keys, in dbt's order. The time of the load and the place of the tree, which belong
/// to a manifest as a whole, are left empty.
pub(crate) fn node_value(node: &Node, project: &Project) -> Value {
    let facts = ManifestFacts {
        dbt_version: String::new(),
        generated_at: Timestamp::default(),
        invocation_id: String::new(),
        adapter: Adapter::Postgres,
        env: BTreeMap::new(),
        root_path: String::new(),
        selectors: Map::new(),
    };
    nodes::value(node, project, &facts)
}

/// Whether nodes of a kind stand in a part of the manifest of their own.
fn has_section(kind: NodeKind) -> bool {
    matches!(
        kind,
        NodeKind::Source | NodeKind::Exposure | NodeKind::Metric | NodeKind::SavedQuery | NodeKind::SemanticModel
    )
}

/// What is enabled; a test or an exposure that was switched off because of what it refers to keeps its
/// place all the same, as in dbt.
fn takes_part(node: &Node) -> bool {
    let may_stay = matches!(node.kind, NodeKind::Test | NodeKind::Exposure);
    node.enabled || (may_stay && !node.problems.is_empty())
}

/// What takes no part, by `unique_id`; an id may be there beside an enabled node of the same.
fn disabled(project: &Project) -> IndexMap<&str, Vec<&Node>> {
    let mut by_id: IndexMap<&str, Vec<&Node>> = IndexMap::new();
    let apart = project.nodes.values().map(Arc::as_ref).filter(|node| !takes_part(node));
    for node in apart.chain(&project.disabled_twins) {
        by_id.entry(&node.unique_id).or_default().push(node);
    }
    by_id
}

fn metadata(project: &Project, facts: &ManifestFacts) -> Value {
    json!({
        "dbt_schema_version": SCHEMA,
        "dbt_version": facts.dbt_version,
        "generated_at": facts.generated_at.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string(),
        "invocation_id": facts.invocation_id,
        "env": facts.env,
        "project_name": project.name,
        "project_id": md5_hex(&project.name),
        "user_id": null,
        "send_anonymous_usage_stats": false,
        "adapter_type": adapter_type(facts.adapter),
    })
}

struct Writer<'a> {
    out: &'a mut dyn Write,
    project: &'a Project,
    facts: &'a ManifestFacts,
}

impl Writer<'_> {
    fn text(&mut self, text: &str) -> Result<(), Error> {
        self.out.write_all(text.as_bytes())
    }

    fn value(&mut self, value: &impl Serialize) -> Result<(), Error> {
        serde_json::to_writer(&mut *self.out, value).map_err(Error::from)
    }

    /// One part of the manifest.
    fn section<K: Serialize, V: Serialize>(
        &mut self,
        name: &str,
        entries: impl Iterator<Item = (K, V)>,
    ) -> Result<(), Error> {
        self.text(&format!(", \"{name}\": {{"))?;
        for (index, (key, value)) in entries.enumerate() {
            self.text(if index == 0 { "" } else { ", " })?;
            self.value(&key)?;
            self.text(": ")?;
            self.value(&value)?;
        }
        self.text("}")
    }

    /// The part with the nodes of some kinds.
    fn nodes(&mut self, name: &str, belongs: fn(NodeKind) -> bool) -> Result<(), Error> {
        let (project, facts) = (self.project, self.facts);
        let here = project.nodes.values().map(Arc::as_ref);
        let here: Vec<&Node> = here.filter(|node| belongs(node.kind) && takes_part(node)).collect();
        self.text(&format!(", \"{name}\": {{"))?;
        for (index, batch) in here.chunks(NODES * BATCH).enumerate() {
            let made: Result<Vec<_>, _> = batch.par_chunks(NODES).map(|nodes| written(nodes, project, facts)).collect();
            for (place, bytes) in made?.iter().enumerate() {
                self.text(if index + place == 0 { "" } else { ", " })?;
                self.out.write_all(bytes)?;
            }
        }
        self.text("}")
    }
}

/// Nodes as they stand in a part of the manifest, commas between them.
fn written(nodes: &[&Node], project: &Project, facts: &ManifestFacts) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        bytes.extend_from_slice(if index == 0 { b"" } else { b", " });
        serde_json::to_writer(&mut bytes, &node.unique_id)?;
        bytes.extend_from_slice(b": ");
        serde_json::to_writer(&mut bytes, &nodes::value(node, project, facts))?;
    }
    Ok(bytes)
}
