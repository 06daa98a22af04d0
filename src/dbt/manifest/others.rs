//! Macros, docs blocks and groups with dbt's keys.

use serde_json::{Value, json};

use super::ManifestFacts;
use crate::dbt::definitions::{DocsDefinition, GroupDefinition, MacroDefinition};

pub(super) fn macro_value(one: &MacroDefinition, facts: &ManifestFacts) -> Value {
    json!({
        "name": one.name,
        "resource_type": "macro",
        "package_name": one.package_name,
        "path": one.original_file_path,
        "original_file_path": one.original_file_path,
        "unique_id": one.unique_id,
        "macro_sql": one.macro_sql,
        "depends_on": {"macros": one.depends_on},
        "description": one.description,
        "meta": one.meta,
        "docs": one.docs,
        "patch_path": one.patch_path,
        "arguments": one.arguments,
        "created_at": super::nodes::seconds(facts),
        "supported_languages": one.supported_languages,
    })
}

pub(super) fn docs_value(one: &DocsDefinition) -> Value {
    json!({
        "name": one.name,
        "resource_type": "doc",
        "package_name": one.package_name,
        "path": one.path,
        "original_file_path": one.original_file_path,
        "unique_id": one.unique_id,
        "block_contents": one.block_contents,
    })
}

/// What the documentation site opens with where the project has no page of its own.
pub(super) const OVERVIEW_ID: &str = "doc.dbt.__overview__";

pub(super) fn overview() -> Value {
    docs_value(&DocsDefinition {
        unique_id: OVERVIEW_ID.to_owned(),
        name: "__overview__".to_owned(),
        package_name: "dbt".to_owned(),
        path: "overview.md".to_owned(),
        original_file_path: "docs/overview.md".to_owned(),
        block_contents: "### This project\n\nChoose a model on the left to see its columns, its SQL and what it rests on.\n\nA `docs` block named `__overview__` in the project takes the place of this page.".to_owned(),
    })
}

pub(super) fn group_value(one: &GroupDefinition) -> Value {
    json!({
        "name": one.name,
        "resource_type": "group",
        "package_name": one.package_name,
        "path": one.path,
        "original_file_path": one.original_file_path,
        "unique_id": one.unique_id,
        "owner": one.owner,
    })
}
