//! What a project defines besides its nodes: macros, docs blocks, groups. Field names are dbt's own.

use indexmap::IndexMap;
use serde_json::Value;

/// One macro, test or materialization, of the project, its packages or dbt itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MacroDefinition {
    pub unique_id: String,
    pub name: String,
    pub package_name: String,
    /// Path from the package's root.
    pub original_file_path: String,
    /// The text of its block.
    pub macro_sql: String,
    /// `unique_id`s of the macros that it calls by name, and of those that a literal `adapter.dispatch`
    /// in it leads to.
    pub depends_on: Vec<String>,
    pub description: String,
    pub meta: IndexMap<String, Value>,
    /// `{show, node_color}`
    pub docs: Value,
    /// `package://path` of the YAML file that describes it.
    pub patch_path: Option<String>,
    /// `{name, type, description}` each.
    pub arguments: Vec<Value>,
    /// Of a materialization.
    pub supported_languages: Option<Vec<String>>,
}

/// A `{% docs %}` block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocsDefinition {
    pub unique_id: String,
    pub name: String,
    pub package_name: String,
    /// Path below the searched folder.
    pub path: String,
    /// Path from the package's root.
    pub original_file_path: String,
    pub block_contents: String,
}

/// A group of models.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupDefinition {
    pub unique_id: String,
    pub name: String,
    pub package_name: String,
    pub path: String,
    pub original_file_path: String,
    /// `{email, name, ...}`
    pub owner: Value,
}
