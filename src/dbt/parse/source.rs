//! Sources: nodes that nobody builds.

use serde_json::{Map, Value};

use super::draft::{Draft, Origin};
use super::generic_test::{TestJob, TestTarget};
use super::properties::{SourceEntry, SourceOverride};
use crate::dbt::config::{self, Config, ConfigKind, Layers};
use crate::dbt::context::Shared;
use crate::dbt::node::{Column, Node, NodeKind, Quoting};
use crate::dbt::options::Adapter;
use crate::dbt::relation::{QuotePolicy, RelationName, quote};

/// The node of each table; an entry may be described anew by the root project.
pub(crate) fn source_drafts(
    shared: &Shared,
    entries: Vec<SourceEntry>,
    overrides: &[SourceOverride],
) -> Vec<(SourceEntry, Draft)> {
    let with_overrides = |mut entry: SourceEntry| {
        let (file, source) = (std::sync::Arc::clone(&entry.file), entry.source.clone());
        for over in overrides.iter().filter(|over| over.package == file.package && over.source == source) {
            apply(&mut entry, &over.value);
        }
        let draft = draft(shared, &entry);
        (entry, draft)
    };
    entries.into_iter().map(with_overrides).collect()
}

fn apply(entry: &mut SourceEntry, over: &Map<String, Value>) {
    let text = |map: &Map<String, Value>, key: &str| map.get(key).and_then(Value::as_str).map(str::to_owned);
    entry.database = text(over, "database").or_else(|| entry.database.take());
    entry.schema = text(over, "schema").or_else(|| entry.schema.take());
    entry.quoting = Quoting::from_value(over.get("quoting")).over(entry.quoting);
    entry.config.extend(over.get("config").and_then(Value::as_object).cloned().unwrap_or_default());
    let tables = over.get("tables").and_then(Value::as_array).into_iter().flatten();
    for table in
        tables.filter_map(Value::as_object).filter(|table| text(table, "name").as_deref() == Some(&entry.table))
    {
        entry.identifier = text(table, "identifier").or_else(|| entry.identifier.take());
        if let Some(description) = text(table, "description") {
            entry.description = description;
        }
    }
}

fn draft(shared: &Shared, entry: &SourceEntry) -> Draft {
    let package = entry.file.package.clone();
    let folders = entry.file.relative.split('/').rev().skip(1).collect::<Vec<_>>();
    let fqn: Vec<String> = std::iter::once(package.as_str())
        .chain(folders.into_iter().rev())
        .chain([entry.source.as_str(), entry.table.as_str()])
        .map(str::to_owned)
        .collect();
    let is_package = package != shared.root_name();
    let calls = Config::new();
    let layers = Layers {
        kind: ConfigKind::Source,
        adapter: shared.target.adapter,
        fqn: &fqn,
        own: shared.project(&package).and_then(|project| project.tree(ConfigKind::Source)),
        patch: Some(&entry.config),
        calls: &calls,
        root: shared.root().filter(|_| is_package).and_then(|root| root.tree(ConfigKind::Source)),
    };
    let config = config::merge(&layers);
    let mut tags = [entry.source_tags.as_slice(), &entry.table_tags].concat();
    tags.sort_unstable();
    tags.dedup();
    let mut node = Node {
        unique_id: format!("source.{package}.{}.{}", entry.source, entry.table),
        name: entry.table.clone(),
        package_name: package,
        original_file_path: entry.file.original.clone(),
        path: entry.file.original.clone(),
        source_name: Some(entry.source.clone()),
        quoting: entry.quoting,
        fqn,
        database: Some(entry.database.clone().unwrap_or_else(|| shared.target.database.clone())),
        schema: entry.schema.clone().unwrap_or_else(|| entry.source.clone()),
        alias: entry.identifier.clone().unwrap_or_else(|| entry.table.clone()),
        enabled: config.get("enabled") != Some(&Value::Bool(false)),
        tags,
        description: entry.description.clone(),
        meta: entry.meta.clone().into_iter().collect(),
        columns: entry.columns.iter().map(|(name, entry)| (name.clone(), entry.column.clone())).collect(),
        config,
        ..Node::new(NodeKind::Source)
    };
    let adapter = shared.target.adapter;
    if adapter == Adapter::DuckDb {
        node.external_location = external_location(&node, entry);
    }
    let policy = QuotePolicy::of(adapter).with(entry.quoting);
    let name = RelationName::new(adapter, node.database.as_deref(), Some(&node.schema), Some(&node.alias), policy);
    node.relation_name = Some(node.external_location.clone().unwrap_or_else(|| name.render(adapter)));
    Draft::new(node, Origin::Yaml { file: std::sync::Arc::clone(&entry.file), at: entry.at })
}

/// `external_location` of the `meta` of a source: a file, with `{name}` and the like filled in.
fn external_location(node: &Node, entry: &SourceEntry) -> Option<String> {
    let meta = |key: &str| entry.meta.get(key).or_else(|| entry.source_meta.get(key));
    let mut location = meta("external_location")?.as_str()?.to_owned();
    let own = [
        ("name", node.name.as_str()),
        ("identifier", &node.alias),
        ("schema", &node.schema),
        ("database", node.database.as_deref().unwrap_or_default()),
    ];
    for (key, value) in own {
        location = location.replace(&format!("{{{key}}}"), value);
    }
    for (key, value) in entry.source_meta.iter().chain(&entry.meta) {
        location = location.replace(&format!("{{{key}}}"), &crate::dbt::python::text(value));
    }
    Some(if location.contains('(') || location.starts_with('\'') { location } else { format!("'{location}'") })
}

/// The tests of a source's table and its columns.
pub(crate) fn source_tests(shared: &Shared, entry: &SourceEntry) -> Vec<TestJob> {
    let target = TestTarget::Source { source: entry.source.clone(), table: entry.table.clone() };
    let tags = [entry.source_tags.as_slice(), &entry.table_tags].concat();
    let job = |definition: &super::properties::TestDefinition, column: Option<&Column>| TestJob {
        target: target.clone(),
        file: std::sync::Arc::clone(&entry.file),
        definition: definition.clone(),
        column_name: column.map(|column| {
            let quoted = column.quote.or(entry.quote_columns).unwrap_or_default();
            if quoted { quote(shared.target.adapter, &column.name) } else { column.name.clone() }
        }),
        tags: tags.iter().chain(column.into_iter().flat_map(|column| &column.tags)).cloned().collect(),
    };
    let of_table = entry.tests.iter().map(|definition| job(definition, None));
    let of_columns = entry
        .columns
        .values()
        .flat_map(|column| column.tests.iter().map(|definition| job(definition, Some(&column.column))));
    of_table.chain(of_columns).collect()
}
