//! What a loaded project is made of. Field names are dbt's own, so that a manifest can be written
//! from them.

use std::sync::Arc;

use indexmap::IndexMap;

use super::definitions::{DocsDefinition, GroupDefinition, MacroDefinition};
use super::graph::children;
use crate::jinja::{QuickIndexMap, QuickMap};
use crate::problem::Code;

/// The kinds of nodes that carry a relation or stand in the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NodeKind {
    Model,
    Seed,
    Snapshot,
    Source,
    Test,
    Analysis,
    Exposure,
    Operation,
    Metric,
    SemanticModel,
    SavedQuery,
}

impl NodeKind {
    /// The name of a kind at the start of a `unique_id` and in `resource_type`.
    pub fn resource_type(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Seed => "seed",
            Self::Snapshot => "snapshot",
            Self::Source => "source",
            Self::Test => "test",
            Self::Analysis => "analysis",
            Self::Exposure => "exposure",
            Self::Operation => "operation",
            Self::Metric => "metric",
            Self::SemanticModel => "semantic_model",
            Self::SavedQuery => "saved_query",
        }
    }

    pub const ALL: [Self; 11] = [
        Self::Model,
        Self::Seed,
        Self::Snapshot,
        Self::Source,
        Self::Test,
        Self::Analysis,
        Self::Exposure,
        Self::Operation,
        Self::Metric,
        Self::SemanticModel,
        Self::SavedQuery,
    ];

    /// By the name that [`NodeKind::resource_type`] gives.
    pub fn of_resource_type(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.resource_type() == name)
    }
}

/// Which parts of a relation's name are quoted; nothing means the adapter's default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quoting {
    pub database: Option<bool>,
    pub schema: Option<bool>,
    pub identifier: Option<bool>,
}

impl Quoting {
    pub(crate) fn from_value(value: Option<&serde_json::Value>) -> Self {
        let flag = |key: &str| value?.get(key)?.as_bool();
        Self { database: flag("database"), schema: flag("schema"), identifier: flag("identifier") }
    }

    /// These over `below`.
    #[must_use]
    pub(crate) fn over(self, below: Self) -> Self {
        Self {
            database: self.database.or(below.database),
            schema: self.schema.or(below.schema),
            identifier: self.identifier.or(below.identifier),
        }
    }
}

/// A column as the project's YAML describes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column {
    pub name: String,
    pub data_type: Option<String>,
    pub description: String,
    pub meta: IndexMap<String, serde_json::Value>,
    pub tags: Vec<String>,
    pub quote: Option<bool>,
    /// With dbt's keys, each whole: `type`, `name`, `expression`, ...
    pub constraints: Vec<serde_json::Value>,
    /// Keys that dbt does not know and keeps.
    pub extra: IndexMap<String, serde_json::Value>,
    /// Names of the generic tests on it, e.g. `unique`, `dbt_utils.at_least_one`.
    pub tests: Vec<String>,
}

/// What makes a node a test.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// The generic test's name (`unique`), or nothing for a singular test.
    pub generic: Option<String>,
    /// `unique_id` of the tested node.
    pub attached_node: Option<String>,
    pub column_name: Option<String>,
    pub kwargs: IndexMap<String, serde_json::Value>,
}

/// One node of the project.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub unique_id: String,
    pub kind: NodeKind,
    pub name: String,
    pub package_name: String,
    /// Path from the package's root: `models/core/dim_customers.sql`.
    pub original_file_path: String,
    /// Path below the model path: `core/dim_customers.sql`.
    pub path: String,
    /// For a source: the source's name, and how its relations are quoted.
    pub source_name: Option<String>,
    pub quoting: Quoting,
    /// For a source of DuckDB that is a file: what stands in SQL instead of a relation's name.
    pub external_location: Option<String>,
    pub fqn: Vec<String>,
    pub database: Option<String>,
    pub schema: String,
    pub alias: String,
    pub relation_name: Option<String>,
    pub enabled: bool,
    pub materialized: String,
    pub tags: Vec<String>,
    pub description: String,
    pub meta: IndexMap<String, serde_json::Value>,
    /// The final configuration in dbt's order. Most nodes of a folder share one.
    pub config: Arc<IndexMap<String, serde_json::Value>>,
    /// The configuration as it was written, templates in YAML not rendered: what two states are compared by.
    pub unrendered_config: Arc<IndexMap<String, serde_json::Value>>,
    pub columns: IndexMap<String, Column>,
    pub raw_code: String,
    pub compiled_code: Option<String>,
    /// Its own SQL, for a node with ephemeral models in front of it: without them. There even if one of
    /// them failed and nothing is compiled.
    pub own_code: Option<String>,
    /// Hex SHA-256 of the stripped text.
    pub checksum: String,
    /// `(package, name, version)` as written.
    pub refs: Vec<(Option<String>, String, Option<serde_json::Value>)>,
    /// `(source, table)` as written.
    pub sources: Vec<(String, String)>,
    /// Names of the metrics that it refers to, each perhaps with its package in front.
    pub metrics: Vec<Vec<String>>,
    pub depends_on_nodes: Vec<String>,
    pub depends_on_macros: Vec<String>,
    /// `package://path` of the YAML file that describes it.
    pub patch_path: Option<String>,
    pub test: Option<Test>,
    /// The version of a versioned model, and the version that an unversioned `ref` means.
    pub version: Option<serde_json::Value>,
    pub latest_version: Option<serde_json::Value>,
    pub group: Option<String>,
    /// `private`, `protected` or `public`; models only.
    pub access: Option<String>,
    /// Constraints on a model as a whole, with dbt's keys.
    pub constraints: Vec<serde_json::Value>,
    /// Hex SHA-256 of the columns and constraints of an enforced contract.
    pub contract_checksum: Option<String>,
    pub deprecation_date: Option<serde_json::Value>,
    /// What only nodes of its kind have, with dbt's keys: `loader` and `freshness` of a source, `owner` of
    /// an exposure, `type_params` of a metric.
    pub details: IndexMap<String, serde_json::Value>,
    /// `sql`, or `python` for a model that is a Python file.
    pub language: String,
    /// `unique_id`s of the ephemeral models whose SQL stands in the compiled SQL.
    pub extra_ctes: Vec<String>,
    /// Codes of this node's own problems of any severity; their texts are in [`super::Loaded::problems`].
    pub problems: Vec<Code>,
}

impl Node {
    /// A node of a kind with nothing said about it.
    pub(crate) fn new(kind: NodeKind) -> Self {
        Self {
            unique_id: String::new(),
            kind,
            name: String::new(),
            package_name: String::new(),
            original_file_path: String::new(),
            path: String::new(),
            source_name: None,
            quoting: Quoting::default(),
            external_location: None,
            fqn: Vec::new(),
            database: None,
            schema: String::new(),
            alias: String::new(),
            relation_name: None,
            enabled: true,
            materialized: String::new(),
            tags: Vec::new(),
            description: String::new(),
            meta: IndexMap::new(),
            config: Arc::default(),
            unrendered_config: Arc::default(),
            columns: IndexMap::new(),
            raw_code: String::new(),
            compiled_code: None,
            own_code: None,
            checksum: String::new(),
            refs: Vec::new(),
            sources: Vec::new(),
            metrics: Vec::new(),
            depends_on_nodes: Vec::new(),
            depends_on_macros: Vec::new(),
            patch_path: None,
            test: None,
            version: None,
            latest_version: None,
            group: None,
            access: None,
            constraints: Vec::new(),
            contract_checksum: None,
            deprecation_date: None,
            details: IndexMap::new(),
            language: "sql".to_owned(),
            extra_ctes: Vec::new(),
            problems: Vec::new(),
        }
    }
}

/// Nodes by `unique_id`, in dbt's order.
pub type Nodes = QuickIndexMap<String, Arc<Node>>;

/// `unique_id` -> `unique_id`s of direct children.
pub type Children<'p> = QuickMap<&'p str, Vec<&'p str>>;

/// A loaded project.
#[derive(Clone, Debug, Default)]
pub struct Project {
    pub name: String,
    pub version: Option<String>,
    /// Folder of `dbt_project.yml` from the tree's root; `""` at the root.
    pub root: String,
    /// Folder of every project from the tree's root, by name, the root project first.
    pub folders: IndexMap<String, String>,
    /// Every node, enabled or not, by `unique_id`, in dbt's order of parsing. Shared, so that a list of them
    /// is made without a copy of any.
    pub nodes: Nodes,
    /// Disabled nodes whose `unique_id` another of `nodes` has, which is enabled or came first.
    pub disabled_twins: Vec<Node>,
    /// Number of macros of the project and its packages, dbt's own not counted.
    pub macros: usize,
    /// Those and dbt's own, the project's first.
    pub macro_definitions: Vec<MacroDefinition>,
    pub docs: Vec<DocsDefinition>,
    pub groups: Vec<GroupDefinition>,
}

impl Project {
    /// Every enabled node's direct children, in the nodes' order.
    pub fn children(&self) -> Children<'_> {
        children(&self.nodes)
    }
}
