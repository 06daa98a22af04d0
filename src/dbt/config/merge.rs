//! How one layer goes over another: each key appends, updates or replaces.

use serde_json::{Map, Value};

use super::Config;
use crate::dbt::options::Adapter;

enum Merge {
    /// Lists grow.
    Append,
    /// Mappings take over keys, one deep.
    Update,
    /// `grants`: `+select` grows, `select` replaces.
    DictKeyAppend,
    Replace,
}

fn merge_of(key: &str) -> Merge {
    match key {
        "tags" | "pre-hook" | "post-hook" | "packages" => Merge::Append,
        "meta" | "quoting" | "column_types" | "docs" | "contract" => Merge::Update,
        "grants" => Merge::DictKeyAppend,
        _ => Merge::Replace,
    }
}

/// Gives keys their own names: `pre_hook`, and the adapter's words for database and schema.
pub(crate) fn normalize_layer(layer: Config, adapter: Adapter) -> Config {
    let name = |key: String| match key.as_str() {
        "pre_hook" => "pre-hook".to_owned(),
        "post_hook" => "post-hook".to_owned(),
        _ => key,
    };
    normalize_names(layer, adapter).into_iter().map(|(key, value)| (name(key), value)).collect()
}

/// The adapter's words for database and schema.
pub(super) fn normalize_names(layer: Config, adapter: Adapter) -> Config {
    let name = |key: String| match (key.as_str(), adapter) {
        ("project", Adapter::BigQuery)
        | ("catalog", Adapter::Databricks)
        | ("dbname", Adapter::Postgres | Adapter::Redshift) => "database".to_owned(),
        ("dataset", Adapter::BigQuery) => "schema".to_owned(),
        _ => key,
    };
    layer.into_iter().map(|(key, value)| (name(key), value)).collect()
}

/// Puts `layer` over `config`.
pub(crate) fn apply_layer(config: &mut Config, layer: Config) {
    for (key, value) in layer {
        let value = if key == "pre-hook" || key == "post-hook" { super::hooks::hook_list(value) } else { value };
        let Some(old) = config.get(&key) else {
            config.insert(key, value);
            continue;
        };
        let merged = match merge_of(&key) {
            Merge::Append => Value::Array([as_list(old.clone()), as_list(value)].concat()),
            Merge::Update => match (old, value) {
                (Value::Object(old), Value::Object(new)) => Value::Object(old.clone().into_iter().chain(new).collect()),
                (_, new) => new,
            },
            Merge::DictKeyAppend => match (old, value) {
                (Value::Object(old), Value::Object(new)) => Value::Object(append_by_key(old, new)),
                (_, new) => new,
            },
            Merge::Replace => value,
        };
        config.insert(key, merged);
    }
}

fn append_by_key(old: &Map<String, Value>, new: Map<String, Value>) -> Map<String, Value> {
    let mut merged: Map<String, Value> =
        old.iter().map(|(key, value)| (key.clone(), Value::Array(as_list(value.clone())))).collect();
    for (key, value) in new {
        let name = key.trim_start_matches('+').to_owned();
        match merged.get_mut(&name) {
            Some(Value::Array(list)) if key.starts_with('+') => list.extend(as_list(value)),
            _ => {
                merged.insert(name, Value::Array(as_list(value)));
            }
        }
    }
    merged
}

fn as_list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(list) => list,
        other => vec![other],
    }
}

/// A `config()` call that can't be joined with an earlier one.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected dict, got {0}")]
pub(crate) struct CallConflict(pub(crate) String);

/// Adds one `config()` call to those before it in the same file.
pub(crate) fn add_call(calls: &mut Config, call: Config) -> Result<(), CallConflict> {
    for (key, value) in call {
        let merge = match key.as_str() {
            // A call's own merging does not know `packages`.
            "packages" => Merge::Replace,
            "pre_hook" | "post_hook" => Merge::Append,
            other => merge_of(other),
        };
        match merge {
            Merge::Append => {
                let mut list = calls.get(&key).cloned().map(as_list).unwrap_or_default();
                list.extend(as_list(value));
                calls.insert(key, Value::Array(list));
            }
            Merge::Update => {
                let Value::Object(new) = value else { return Err(CallConflict(value.to_string())) };
                match calls.get_mut(&key) {
                    Some(Value::Object(old)) => old.extend(new),
                    _ => {
                        calls.insert(key, Value::Object(new));
                    }
                }
            }
            Merge::DictKeyAppend => {
                let Value::Object(new) = value else { return Err(CallConflict(value.to_string())) };
                let grants = calls.entry(key).or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(old) = grants {
                    for (name, value) in new {
                        match old.get_mut(&name) {
                            Some(Value::Array(list)) if name.starts_with('+') => list.extend(as_list(value)),
                            _ => {
                                old.insert(name, Value::Array(as_list(value)));
                            }
                        }
                    }
                }
            }
            Merge::Replace => {
                calls.insert(key, value);
            }
        }
    }
    Ok(())
}
