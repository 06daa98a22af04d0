//! The same [`Project`] from a `manifest.json` that dbt wrote, of versions 4 (dbt 1.0) to 12 (dbt 1.8 and
//! later). Each node is turned into ours as it is read, so that a large file is never in memory twice.
//! What another version calls otherwise (`raw_sql`, refs as lists) is told apart by its shape.

mod entry;
mod node;
#[cfg(test)]
mod tests;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use indexmap::IndexMap;
use indexmap::map::Entry as Slot;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use thiserror::Error;

use super::context::md5_hex;
use super::definitions::{GroupDefinition, MacroDefinition};
use super::node::{Node, Nodes, Project};
use super::problems::codes;
use crate::problem::{Problem, Subject};
use entry::Entry;

/// Versions of the format that are read.
const VERSIONS: std::ops::RangeInclusive<u32> = 4..=12;

/// Why a text is no manifest that can be read.
#[derive(Debug, Error)]
pub enum ManifestError {
    #[error("the manifest is no JSON that dbt would write: {0}")]
    Shape(#[from] serde_json::Error),
    #[error("the manifest does not say its version: metadata.dbt_schema_version is {found:?}")]
    NoVersion { found: String },
    #[error("the manifest has version {version}; versions {} to {} are read", VERSIONS.start(), VERSIONS.end())]
    Version { version: u32 },
}

impl ManifestError {
    /// As a problem about a file of a project.
    pub fn to_problem(&self, project: &str, path: &str) -> Problem {
        let subject = Subject::File { project: project.to_owned(), path: path.to_owned() };
        Problem::new(codes::MANIFEST, subject, self.to_string())
    }
}

/// Reads a manifest. `root` is the folder of the project from the tree's root, which the manifest does
/// not know; `""` at the root.
pub fn from_manifest(bytes: &[u8], root: &str) -> Result<Project, ManifestError> {
    let file: File = serde_json::from_slice(bytes)?;
    let version = file.metadata.version()?;
    if !VERSIONS.contains(&version) {
        return Err(ManifestError::Version { version });
    }
    Ok(file.into_project(root))
}

/// What is read of the file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct File {
    metadata: Metadata,
    nodes: Section<Arc<Node>>,
    sources: Section<Arc<Node>>,
    exposures: Section<Arc<Node>>,
    metrics: Section<Arc<Node>>,
    semantic_models: Section<Arc<Node>>,
    saved_queries: Section<Arc<Node>>,
    disabled: Section<Vec<Node>>,
    macros: Section<MacroDefinition>,
    groups: Section<GroupDefinition>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    dbt_schema_version: Option<String>,
    project_name: Option<String>,
    project_id: Option<String>,
    adapter_type: Option<String>,
}

impl Metadata {
    /// The number in `https://schemas.getdbt.com/dbt/manifest/v11.json`.
    fn version(&self) -> Result<u32, ManifestError> {
        let found = self.dbt_schema_version.clone().unwrap_or_default();
        let number = || found.rsplit('/').next()?.strip_prefix('v')?.strip_suffix(".json")?.parse().ok();
        number().ok_or(ManifestError::NoVersion { found: found.clone() })
    }
}

impl File {
    fn into_project(self, root: &str) -> Project {
        let mut nodes = Nodes::from_iter(self.nodes.entries);
        let more = [self.sources, self.exposures, self.metrics, self.semantic_models, self.saved_queries];
        nodes.extend(more.into_iter().flat_map(|section| section.entries));
        let mut disabled_twins = Vec::new();
        for node in self.disabled.entries.into_values().flatten() {
            let node = Node { enabled: false, ..node };
            match nodes.entry(node.unique_id.clone()) {
                Slot::Vacant(slot) => {
                    slot.insert(Arc::new(node));
                }
                Slot::Occupied(_) => disabled_twins.push(node),
            }
        }
        node::attach_tests(&mut nodes);
        let name = self.metadata.project_name.clone().unwrap_or_else(|| named_by_hash(&self.metadata, &nodes));
        let adapter = self.metadata.adapter_type.as_deref().unwrap_or_default();
        let macros: Vec<MacroDefinition> = self.macros.entries.into_values().collect();
        let is_own = |one: &&MacroDefinition| one.package_name != "dbt" && one.package_name != format!("dbt_{adapter}");
        Project {
            name,
            root: root.to_owned(),
            nodes,
            disabled_twins,
            macros: macros.iter().filter(is_own).count(),
            macro_definitions: macros,
            groups: self.groups.entries.into_values().collect(),
            ..Project::default()
        }
    }
}

/// Older manifests have only the MD5 of the project's name.
fn named_by_hash(metadata: &Metadata, nodes: &Nodes) -> String {
    let id = metadata.project_id.as_deref().unwrap_or_default();
    let mut packages: Vec<&str> = nodes.values().map(|node| node.package_name.as_str()).collect();
    packages.sort_unstable();
    packages.dedup();
    packages.into_iter().find(|package| md5_hex(package) == id).unwrap_or_default().to_owned()
}

/// One part of the file: entries by their `unique_id`, each converted as soon as it is read.
#[derive(Debug)]
struct Section<T> {
    entries: IndexMap<String, T>,
}

impl<T> Default for Section<T> {
    fn default() -> Self {
        Self { entries: IndexMap::new() }
    }
}

/// Made of one entry; nothing for one of a kind that we have not.
trait FromEntry: Sized {
    fn from_entry(unique_id: &str, value: Value) -> Option<Self>;
}

impl FromEntry for Arc<Node> {
    fn from_entry(unique_id: &str, value: Value) -> Option<Self> {
        node::node(unique_id, Entry::of(value)?).map(Self::new)
    }
}

/// Disabled nodes of one id; before version 4 of the format a single one.
impl FromEntry for Vec<Node> {
    fn from_entry(unique_id: &str, value: Value) -> Option<Self> {
        let all = match value {
            Value::Array(all) => all,
            one => vec![one],
        };
        Some(all.into_iter().filter_map(|one| node::node(unique_id, Entry::of(one)?)).collect())
    }
}

impl FromEntry for MacroDefinition {
    fn from_entry(unique_id: &str, value: Value) -> Option<Self> {
        let mut entry = Entry::of(value)?;
        Some(Self {
            unique_id: unique_id.to_owned(),
            name: entry.text("name"),
            package_name: entry.text("package_name"),
            original_file_path: entry.text("original_file_path"),
            macro_sql: entry.text("macro_sql"),
            depends_on: entry.below("depends_on").texts("macros"),
            description: entry.text("description"),
            meta: entry.object("meta"),
            docs: entry.value("docs"),
            patch_path: entry.optional("patch_path"),
            arguments: entry.list("arguments"),
            supported_languages: match entry.value("supported_languages") {
                Value::Array(languages) => Some(entry::texts(languages)),
                _ => None,
            },
        })
    }
}

impl FromEntry for GroupDefinition {
    fn from_entry(unique_id: &str, value: Value) -> Option<Self> {
        let mut entry = Entry::of(value)?;
        Some(Self {
            unique_id: unique_id.to_owned(),
            name: entry.text("name"),
            package_name: entry.text("package_name"),
            path: entry.text("path"),
            original_file_path: entry.text("original_file_path"),
            owner: entry.value("owner"),
        })
    }
}

impl<'de, T: FromEntry> Deserialize<'de> for Section<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SectionVisitor(PhantomData))
    }
}

struct SectionVisitor<T>(PhantomData<T>);

impl<'de, T: FromEntry> Visitor<'de> for SectionVisitor<T> {
    type Value = Section<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a mapping of unique ids")
    }

    fn visit_unit<E>(self) -> Result<Section<T>, E> {
        Ok(Section::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Section<T>, A::Error> {
        let mut section = Section::default();
        while let Some((unique_id, value)) = map.next_entry::<String, Value>()? {
            if let Some(entry) = T::from_entry(&unique_id, value) {
                section.entries.insert(unique_id, entry);
            }
        }
        Ok(section)
    }
}
