//! What a YAML file says about resources: read, checked, rendered where dbt renders; not yet matched to
//! anything.

mod columns;
mod entries;
mod newer;
mod shape;

pub(crate) use newer::is_newer;

use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::dbt::config::Config;
use crate::dbt::context::Uses;
use crate::dbt::node::{Column, NodeKind};
use crate::dbt::problems::{Problems, codes};
use crate::dbt::python::text;
use crate::dbt::render::NativeRenderer;
use crate::dbt::yaml::{Mark, Yaml};

/// A YAML file of a project.
#[derive(Debug)]
pub(crate) struct YamlFile {
    /// From the tree's root.
    pub(crate) path: String,
    /// From the project's root.
    pub(crate) original: String,
    /// Below the searched path.
    pub(crate) relative: String,
    pub(crate) package: String,
    pub(crate) text: String,
    /// Read as dbt 1.8 and later read it.
    pub(crate) newer: bool,
}

/// The part of a file that a patch stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Models,
    Seeds,
    Snapshots,
    Analyses,
}

impl Section {
    pub(crate) const ALL: [Self; 4] = [Self::Models, Self::Seeds, Self::Snapshots, Self::Analyses];

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Models => "models",
            Self::Seeds => "seeds",
            Self::Snapshots => "snapshots",
            Self::Analyses => "analyses",
        }
    }
}

/// A generic test as written: a name, or a name with arguments.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TestDefinition {
    pub(crate) value: Value,
    pub(crate) at: Mark,
}

/// A column with its tests.
#[derive(Clone, Debug, Default)]
pub(crate) struct ColumnEntry {
    pub(crate) column: Column,
    pub(crate) tests: Vec<TestDefinition>,
}

/// One version of a versioned model.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) v: Value,
    pub(crate) defined_in: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) constraints: Vec<Value>,
    pub(crate) deprecation_date: Option<Value>,
    pub(crate) config: Config,
    pub(crate) columns: IndexMap<String, ColumnEntry>,
    /// Tests of this version instead of the model's.
    pub(crate) tests: Option<Vec<TestDefinition>>,
}

/// What a file says about one model, seed, snapshot or analysis.
#[derive(Clone, Debug)]
pub(crate) struct Patch {
    pub(crate) section: Section,
    pub(crate) name: String,
    pub(crate) file: Arc<YamlFile>,
    pub(crate) at: Mark,
    pub(crate) description: String,
    pub(crate) columns: IndexMap<String, ColumnEntry>,
    pub(crate) quote_columns: Option<bool>,
    pub(crate) constraints: Vec<Value>,
    pub(crate) deprecation_date: Option<Value>,
    pub(crate) config: Config,
    pub(crate) tests: Vec<TestDefinition>,
    pub(crate) latest_version: Option<Value>,
    pub(crate) versions: Vec<Version>,
}

/// One table of a source, with what its source says.
#[derive(Clone, Debug)]
pub(crate) struct SourceEntry {
    pub(crate) file: Arc<YamlFile>,
    pub(crate) at: Mark,
    /// The source without its tables.
    pub(crate) source: Arc<Map<String, Value>>,
    pub(crate) table: Map<String, Value>,
    pub(crate) columns: IndexMap<String, ColumnEntry>,
    pub(crate) tests: Vec<TestDefinition>,
}

/// A source of a package, described anew by another project.
#[derive(Clone, Debug)]
pub(crate) struct SourceOverride {
    pub(crate) package: String,
    pub(crate) tables: Vec<SourceEntry>,
    /// The source without its tables, and without what says that it overrides.
    pub(crate) source: Arc<Map<String, Value>>,
}

/// An exposure.
#[derive(Clone, Debug)]
pub(crate) struct ExposureEntry {
    pub(crate) file: Arc<YamlFile>,
    pub(crate) at: Mark,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) depends_on: Vec<String>,
    pub(crate) value: Map<String, Value>,
}

/// A metric, a semantic model or a saved query.
#[derive(Clone, Debug)]
pub(crate) struct SemanticEntry {
    pub(crate) kind: NodeKind,
    pub(crate) file: Arc<YamlFile>,
    pub(crate) at: Mark,
    pub(crate) value: Map<String, Value>,
}

/// A group of models, with who answers for it.
#[derive(Clone, Debug)]
pub(crate) struct GroupEntry {
    pub(crate) name: String,
    pub(crate) owner: Value,
    pub(crate) file: Arc<YamlFile>,
}

/// What a file says about a macro.
#[derive(Clone, Debug)]
pub(crate) struct MacroPatch {
    pub(crate) name: String,
    pub(crate) file: Arc<YamlFile>,
    pub(crate) value: Map<String, Value>,
}

/// Everything in one file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Properties {
    pub(crate) patches: Vec<Patch>,
    pub(crate) sources: Vec<SourceEntry>,
    pub(crate) overrides: Vec<SourceOverride>,
    pub(crate) exposures: Vec<ExposureEntry>,
    pub(crate) groups: Vec<GroupEntry>,
    pub(crate) semantic: Vec<SemanticEntry>,
    pub(crate) macros: Vec<MacroPatch>,
    /// The file, from the tree's root, and what its templates looked at.
    pub(crate) path: String,
    pub(crate) uses: Uses,
}

impl Patch {
    /// The names of the files that it may be about: its own, and those of its versions.
    pub(crate) fn file_names(&self) -> impl Iterator<Item = String> {
        let of_version = |version: &Version| {
            version.defined_in.clone().unwrap_or_else(|| format!("{}_v{}", self.name, text(&version.v)))
        };
        std::iter::once(self.name.clone()).chain(self.versions.iter().map(of_version))
    }
}

impl Properties {
    /// Only what is said of the nodes of some names, without the tests that it asks for.
    pub(crate) fn patches_alone(&self, is_wanted: impl Fn(&str) -> bool) -> Self {
        let mut patches: Vec<Patch> = self.patches.iter().filter(|patch| is_wanted(&patch.name)).cloned().collect();
        for patch in &mut patches {
            patch.tests.clear();
            patch.columns.values_mut().for_each(|entry| entry.tests.clear());
        }
        Self { patches, path: self.path.clone(), ..Self::default() }
    }
}

/// Reads a file's resources. What is wrong with one is a problem; the others are read.
pub(crate) fn read_properties(
    file: &Arc<YamlFile>,
    renderer: &dyn NativeRenderer,
    problems: &mut Problems,
) -> Properties {
    let Some(document) = problems.yaml(&file.path, &file.text) else { return Properties::default() };
    if document.root.is_null() {
        return Properties::default();
    }
    let mut reader = Reader { file, renderer, problems, found: Properties::default() };
    match document.root.as_map() {
        None => reader.refuse(
            document.root.at,
            format!("Contents of file '{}' are not valid. Dictionary expected.", file.original),
        ),
        Some(_) => reader.read(&document.root),
    }
    reader.found
}

/// The key of a file that holds the semantic layer's entries of a kind.
fn semantic_key(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Metric => "metrics",
        NodeKind::SemanticModel => "semantic_models",
        _ => "saved_queries",
    }
}

struct Reader<'a> {
    file: &'a Arc<YamlFile>,
    renderer: &'a dyn NativeRenderer,
    problems: &'a mut Problems,
    found: Properties,
}

impl Reader<'_> {
    fn refuse(&mut self, at: Mark, sentence: impl AsRef<str>) {
        self.problems.at(codes::PROPERTIES_INVALID, &self.file.path, &self.file.text, at, sentence.as_ref());
    }

    fn read(&mut self, root: &Yaml) {
        for section in Section::ALL {
            for entry in self.entries(root, section.key()) {
                self.patch(section, entry);
            }
        }
        for entry in self.entries(root, "sources") {
            self.source(entry);
        }
        for entry in self.entries(root, "exposures") {
            self.exposure(entry);
        }
        for entry in self.entries(root, "groups") {
            self.group(entry);
        }
        for kind in [NodeKind::Metric, NodeKind::SemanticModel, NodeKind::SavedQuery] {
            for entry in self.entries(root, semantic_key(kind)) {
                self.semantic(kind, entry);
            }
        }
        for entry in self.entries(root, "macros") {
            self.macro_patch(entry);
        }
    }

    /// The entries of a section that have the shape dbt asks for.
    fn entries<'y>(&mut self, root: &'y Yaml, key: &str) -> Vec<&'y Yaml> {
        let Some(section) = root.get(key) else { return Vec::new() };
        let invalid = format!("The schema file at {} is invalid because", self.file.original);
        let Some(entries) = section.as_list() else {
            self.refuse(section.at, format!("{invalid} the value of '{key}' is not a list"));
            return Vec::new();
        };
        let mut fit = Vec::with_capacity(entries.len());
        for entry in entries {
            if entry.as_map().is_none() {
                self.refuse(entry.at, format!("{invalid} a list element for '{key}' is not a dictionary"));
            } else if entry.get("name").is_none() {
                self.refuse(entry.at, format!("{invalid} a list element for '{key}' does not have a name attribute."));
            } else {
                fit.push(entry);
            }
        }
        fit
    }
}
