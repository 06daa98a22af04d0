//! Columns and tests of an entry.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::super::contract::constraints;
use super::newer::{flattened_test, lifted};
use super::{ColumnEntry, TestDefinition};
use crate::dbt::node::Column;
use crate::dbt::yaml::Yaml;

/// The tests of an entry, with their places.
pub(super) fn tests(entry: &Yaml, newer: bool) -> Vec<TestDefinition> {
    let items = |key: &str| entry.get(key).and_then(Yaml::as_list).unwrap_or_default();
    let newly_named = if newer { items("data_tests") } else { &[] };
    let definition = |item: &Yaml| {
        let value = item.to_json();
        TestDefinition { value: if newer { flattened_test(value) } else { value }, at: item.at }
    };
    items("tests").iter().chain(newly_named).map(definition).collect()
}

/// Whether an entry says anything of tests.
pub(super) fn speaks_of_tests(entry: &Yaml, newer: bool) -> bool {
    entry.get("tests").is_some() || (newer && entry.get("data_tests").is_some())
}

/// The columns of an entry; `rendered` is the same entry as plain data.
pub(super) fn columns(entry: &Yaml, rendered: &Map<String, Value>, newer: bool) -> IndexMap<String, ColumnEntry> {
    let written = entry.get("columns").and_then(Yaml::as_list).unwrap_or_default();
    let rendered = rendered.get("columns").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut columns = IndexMap::new();
    for (written, rendered) in written.iter().zip(rendered) {
        if let Some(column) = column(written, rendered, newer) {
            let name = column.column.name.clone();
            // The last of a name describes it, but the tests of each are run.
            let mut tests = columns.get_mut(&name).map(|earlier: &mut ColumnEntry| std::mem::take(&mut earlier.tests));
            let tests = tests.iter_mut().flat_map(std::mem::take).chain(column.tests).collect();
            columns.insert(name, ColumnEntry { tests, ..column });
        }
    }
    columns
}

fn column(written: &Yaml, rendered: &Value, newer: bool) -> Option<ColumnEntry> {
    let mut lifted_entry = rendered.as_object().cloned().unwrap_or_default();
    if newer {
        lifted(&mut lifted_entry, &["meta", "tags"]);
    }
    let rendered = &lifted_entry;
    let text = |key: &str| rendered.get(key).filter(|value| !value.is_null()).map(crate::dbt::python::text);
    let tests = tests(written, newer);
    let column = Column {
        name: text("name")?,
        data_type: text("data_type"),
        description: text("description").unwrap_or_default(),
        meta: rendered.get("meta").and_then(Value::as_object).cloned().unwrap_or_default().into_iter().collect(),
        tags: texts(rendered.get("tags")),
        quote: rendered.get("quote").and_then(Value::as_bool),
        constraints: constraints(rendered.get("constraints"), false),
        extra: extra(rendered, newer),
        tests: tests.iter().filter_map(test_name).collect(),
    };
    Some(ColumnEntry { column, tests })
}

/// Keys of a column that mean something to dbt.
const KNOWN: &[&str] = &["name", "description", "meta", "data_type", "constraints", "docs", "tests", "quote", "tags"];

fn extra(rendered: &Map<String, Value>, newer: bool) -> IndexMap<String, Value> {
    let is_known = |key: &str| KNOWN.contains(&key) || (newer && matches!(key, "data_tests" | "config"));
    let all = rendered.iter().filter(|(key, _)| !is_known(key));
    all.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// `unique`, or the key of `{accepted_values: {...}}`.
fn test_name(test: &TestDefinition) -> Option<String> {
    match &test.value {
        Value::String(name) => Some(name.clone()),
        Value::Object(map) => {
            let named = map.get("test_name").and_then(Value::as_str).map(str::to_owned);
            named.or_else(|| map.keys().next().cloned())
        }
        _ => None,
    }
}

/// A text or a list of texts.
pub(super) fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(items)) => items.iter().map(crate::dbt::python::text).collect(),
        _ => Vec::new(),
    }
}
