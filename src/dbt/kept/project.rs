//! A project's parts as bytes, each field by field.

use super::bytes::{Damaged, Keep, Reader, Writer, keep_struct};
use crate::dbt::context::Uses;
use crate::dbt::definitions::{DocsDefinition, GroupDefinition, MacroDefinition};
use crate::dbt::node::{Column, Node, NodeKind, Quoting, Test};
use crate::problem::Code;

keep_struct!(Quoting { database, schema, identifier });
keep_struct!(Column { name, data_type, description, meta, tags, quote, constraints, extra, tests });
keep_struct!(Test { generic, attached_node, column_name, kwargs });
keep_struct!(Uses { marks, env });
keep_struct!(DocsDefinition { unique_id, name, package_name, path, original_file_path, block_contents });
keep_struct!(GroupDefinition { unique_id, name, package_name, path, original_file_path, owner });
keep_struct!(MacroDefinition {
    unique_id,
    name,
    package_name,
    original_file_path,
    macro_sql,
    depends_on,
    description,
    meta,
    docs,
    patch_path,
    arguments,
    supported_languages,
});
keep_struct!(Node {
    unique_id,
    kind,
    name,
    package_name,
    original_file_path,
    path,
    source_name,
    quoting,
    external_location,
    fqn,
    database,
    schema,
    alias,
    relation_name,
    enabled,
    materialized,
    tags,
    description,
    meta,
    config,
    unrendered_config,
    columns,
    raw_code,
    compiled_code,
    own_code,
    checksum,
    refs,
    sources,
    metrics,
    depends_on_nodes,
    depends_on_macros,
    patch_path,
    test,
    version,
    latest_version,
    group,
    access,
    constraints,
    contract_checksum,
    deprecation_date,
    details,
    language,
    extra_ctes,
    problems,
});

/// Their places are part of the format.
const KINDS: [NodeKind; 11] = [
    NodeKind::Model,
    NodeKind::Seed,
    NodeKind::Snapshot,
    NodeKind::Source,
    NodeKind::Test,
    NodeKind::Analysis,
    NodeKind::Exposure,
    NodeKind::Operation,
    NodeKind::Metric,
    NodeKind::SemanticModel,
    NodeKind::SavedQuery,
];

impl Keep for NodeKind {
    fn write(&self, to: &mut Writer<'_>) {
        KINDS.iter().position(|kind| kind == self).unwrap_or(KINDS.len()).write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Damaged> {
        KINDS.get(usize::read(from)?).copied().ok_or(Damaged)
    }
}

impl Keep for Code {
    fn write(&self, to: &mut Writer<'_>) {
        self.as_str().to_owned().write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Damaged> {
        String::read(from).map(Self::from_text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_node_has_its_place() {
        for kind in KINDS {
            let mut writer = Writer::default();
            kind.write(&mut writer);
            assert_eq!(NodeKind::read(&mut Reader::new(&writer.bytes, &[])), Ok(kind));
        }
        assert_eq!(NodeKind::read(&mut Reader::new(&[11], &[])), Err(Damaged));
    }

    #[test]
    fn a_node_comes_back_as_it_was() {
        let node = Node {
            unique_id: "model.shop.orders".to_owned(),
            version: Some(2.into()),
            refs: vec![(None, "raw_orders".to_owned(), Some("1".into()))],
            problems: vec![Code::new("DBT-COMPILE")],
            ..Node::new(NodeKind::Model)
        };
        let mut writer = Writer::default();
        node.write(&mut writer);
        assert_eq!(Node::read(&mut Reader::new(&writer.bytes, &[])), Ok(node));
    }
}
