//! Sources: nodes that nobody builds.

use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::configure::configure_described;
use super::draft::{Draft, Origin};
use super::freshness::merged_freshness;
use super::generic_test::{TestJob, TestTarget};
use super::properties::{ColumnEntry, SourceEntry, SourceOverride, TestDefinition};
use crate::dbt::config::Config;
use crate::dbt::context::Shared;
use crate::dbt::node::{Node, NodeKind, Quoting};
use crate::dbt::options::Adapter;
use crate::dbt::python::{self, is_true};
use crate::dbt::relation::{QuotePolicy, RelationName, quote};

/// The node of each table; an entry may be described anew by the root project.
pub(crate) fn source_drafts(
    shared: &Shared,
    entries: Vec<SourceEntry>,
    overrides: &[SourceOverride],
) -> Vec<(SourceEntry, Draft)> {
    let with_overrides = |mut entry: SourceEntry| {
        let name = entry.source_text("name");
        let is_meant = |over: &&SourceOverride| {
            over.package == entry.file.package && over.source.get("name").map(python::text) == name
        };
        let overriding: Vec<&SourceOverride> = overrides.iter().filter(is_meant).collect();
        for over in &overriding {
            entry.apply(over);
        }
        let draft = draft(shared, &entry);
        (entry, draft)
    };
    entries.into_iter().map(with_overrides).collect()
}

impl SourceEntry {
    fn source_text(&self, key: &str) -> Option<String> {
        text(&self.source, key)
    }

    fn table_text(&self, key: &str) -> Option<String> {
        text(&self.table, key)
    }

    /// Puts what another project says over it.
    fn apply(&mut self, over: &SourceOverride) {
        let mut source = self.source.as_ref().clone();
        source.extend(over.source.as_ref().clone());
        self.source = Arc::new(source);
        let name = self.table_text("name");
        let Some(table) = over.tables.iter().find(|table| table.table_text("name") == name) else { return };
        self.table.extend(table.table.clone());
        if table.table.contains_key("columns") {
            self.columns.clone_from(&table.columns);
        }
        if table.table.contains_key("tests") {
            self.tests.clone_from(&table.tests);
        }
    }

    fn quoting(&self) -> Quoting {
        Quoting::from_value(self.table.get("quoting")).over(Quoting::from_value(self.source.get("quoting")))
    }

    /// Whether the names of columns are quoted, as far as table or source say.
    fn quote_columns(&self) -> Option<bool> {
        let of = |owner: &Map<String, Value>| owner.get("quoting")?.get("column")?.as_bool();
        of(&self.table).or_else(|| of(&self.source))
    }

    /// Tags of the source, then of the table.
    fn tags(&self) -> Vec<String> {
        let of = |owner: &Map<String, Value>| match owner.get("tags") {
            Some(Value::String(tag)) => vec![tag.clone()],
            Some(Value::Array(tags)) => tags.iter().map(python::text).collect(),
            _ => Vec::new(),
        };
        [of(&self.source), of(&self.table)].concat()
    }

    /// `config:` of the source, the table's over it.
    fn config(&self) -> Config {
        let of = |owner: &Map<String, Value>| owner.get("config").and_then(Value::as_object).cloned();
        of(&self.source).into_iter().chain(of(&self.table)).flatten().collect()
    }
}

fn text(map: &Map<String, Value>, key: &str) -> Option<String> {
    map.get(key).filter(|value| !value.is_null()).map(python::text)
}

fn object(map: &Map<String, Value>, key: &str) -> Map<String, Value> {
    map.get(key).and_then(Value::as_object).cloned().unwrap_or_default()
}

fn draft(shared: &Shared, entry: &SourceEntry) -> Draft {
    let package = entry.file.package.clone();
    let (source, table) = (entry.source_text("name").unwrap_or_default(), entry.table_text("name").unwrap_or_default());
    let folders = entry.file.relative.split('/').rev().skip(1).collect::<Vec<_>>();
    let fqn: Vec<String> = std::iter::once(package.as_str())
        .chain(folders.into_iter().rev())
        .chain([source.as_str(), table.as_str()])
        .map(str::to_owned)
        .collect();
    let mut tags = entry.tags();
    tags.sort_unstable();
    tags.dedup();
    let database = entry.source_text("database").filter(|name| !name.is_empty());
    let schema = entry.source_text("schema").filter(|name| !name.is_empty());
    let identifier = entry.table_text("identifier").filter(|name| !name.is_empty());
    let mut node = Node {
        unique_id: format!("source.{package}.{source}.{table}"),
        package_name: package,
        original_file_path: entry.file.original.clone(),
        path: entry.file.original.clone(),
        quoting: entry.quoting(),
        fqn,
        database: Some(database.unwrap_or_else(|| shared.target.database.clone())),
        schema: schema.unwrap_or_else(|| source.clone()),
        alias: identifier.unwrap_or_else(|| table.clone()),
        source_name: Some(source),
        name: table,
        tags,
        description: entry.table_text("description").unwrap_or_default(),
        meta: object(&entry.table, "meta").into_iter().collect(),
        columns: entry.columns.iter().map(|(name, entry)| (name.clone(), entry.column.clone())).collect(),
        details: details(entry),
        ..Node::new(NodeKind::Source)
    };
    configure_described(shared, &mut node, &entry.config());
    node.group = None;
    let adapter = shared.target.adapter;
    if adapter == Adapter::DuckDb {
        node.external_location = external_location(&node, entry);
    }
    let policy = QuotePolicy::of(adapter).with(node.quoting);
    let name = RelationName::new(adapter, node.database.as_deref(), Some(&node.schema), Some(&node.alias), policy);
    node.relation_name = Some(node.external_location.clone().unwrap_or_else(|| name.render(adapter)));
    Draft::new(node, Origin::Yaml { file: Arc::clone(&entry.file), at: entry.at })
}

/// What only sources have, with dbt's keys.
fn details(entry: &SourceEntry) -> IndexMap<String, Value> {
    let quoting = entry.quoting();
    let quoting = json!({
        "database": quoting.database, "schema": quoting.schema, "identifier": quoting.identifier,
        "column": entry.quote_columns(),
    });
    let loaded_at = entry.table_text("loaded_at_field").filter(|field| !field.is_empty());
    let loaded_at = loaded_at.or_else(|| entry.source_text("loaded_at_field"));
    let mut external = entry.table.get("external").cloned().unwrap_or_default();
    if let Value::Object(external) = &mut external {
        for key in ["location", "file_format", "row_format", "tbl_properties", "partitions"] {
            external.entry(key).or_insert(Value::Null);
        }
    }
    IndexMap::from([
        ("source_description".to_owned(), entry.source_text("description").unwrap_or_default().into()),
        ("loader".to_owned(), entry.source_text("loader").unwrap_or_default().into()),
        ("quoting".to_owned(), quoting),
        ("loaded_at_field".to_owned(), loaded_at.into()),
        ("freshness".to_owned(), merged_freshness(entry.source.get("freshness"), entry.table.get("freshness"))),
        ("external".to_owned(), external),
        ("source_meta".to_owned(), Value::Object(object(&entry.source, "meta"))),
    ])
}

/// `external_location` of the `meta` of a source: a file, with `{name}` and the like filled in.
fn external_location(node: &Node, entry: &SourceEntry) -> Option<String> {
    let (source_meta, meta) = (object(&entry.source, "meta"), object(&entry.table, "meta"));
    let location = meta.get("external_location").or_else(|| source_meta.get("external_location"));
    let mut location = location.filter(|location| is_true(location))?.as_str()?.to_owned();
    let own = [
        ("name", node.name.as_str()),
        ("identifier", &node.alias),
        ("schema", &node.schema),
        ("database", node.database.as_deref().unwrap_or_default()),
    ];
    for (key, value) in own {
        location = location.replace(&format!("{{{key}}}"), value);
    }
    for (key, value) in source_meta.iter().chain(&meta) {
        location = location.replace(&format!("{{{key}}}"), &python::text(value));
    }
    Some(if location.contains('(') || location.starts_with('\'') { location } else { format!("'{location}'") })
}

/// The tests of a source's table and its columns.
pub(crate) fn source_tests(shared: &Shared, entry: &SourceEntry) -> Vec<TestJob> {
    let target = TestTarget::Source {
        source: entry.source_text("name").unwrap_or_default(),
        table: entry.table_text("name").unwrap_or_default(),
    };
    let (tags, quote_columns) = (entry.tags(), entry.quote_columns());
    let job = |definition: &TestDefinition, column: Option<&ColumnEntry>| TestJob {
        target: target.clone(),
        file: Arc::clone(&entry.file),
        definition: definition.clone(),
        column_name: column.map(|ColumnEntry { column, .. }| {
            let quoted = column.quote.or(quote_columns).unwrap_or_default();
            if quoted { quote(shared.target.adapter, &column.name) } else { column.name.clone() }
        }),
        tags: tags.iter().chain(column.into_iter().flat_map(|entry| &entry.column.tags)).cloned().collect(),
    };
    let of_table = entry.tests.iter().map(|definition| job(definition, None));
    let of_columns =
        entry.columns.values().flat_map(|column| column.tests.iter().map(|definition| job(definition, Some(column))));
    of_table.chain(of_columns).collect()
}
