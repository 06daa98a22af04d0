//! Hooks in a configuration: text, a mapping, or text that is JSON; always a list of mappings after.

use serde_json::{Map, Value, json};

/// What `pre-hook:` holds, as the list of `{sql, transaction, index}` that dbt keeps.
pub(super) fn hook_list(value: Value) -> Value {
    let hooks = match value {
        Value::Array(hooks) => hooks,
        Value::Null => Vec::new(),
        one => vec![one],
    };
    Value::Array(hooks.into_iter().map(hook).collect())
}

fn hook(value: Value) -> Value {
    let mut map = match value {
        Value::Object(map) => map,
        Value::String(text) => match serde_json::from_str::<Value>(&text) {
            Ok(Value::Object(map)) => map,
            _ => Map::from_iter([("sql".to_owned(), Value::String(text))]),
        },
        other => return other,
    };
    let take = |map: &mut Map<String, Value>, key: &str, default: Value| map.remove(key).unwrap_or(default);
    json!({
        "sql": take(&mut map, "sql", json!("")),
        "transaction": take(&mut map, "transaction", json!(true)),
        "index": take(&mut map, "index", Value::Null),
    })
}

/// The SQL of every hook of a final configuration, those before the model first.
pub(crate) fn hook_sql(config: &super::Config) -> Vec<String> {
    ["pre-hook", "post-hook"]
        .iter()
        .filter_map(|key| config.get(*key)?.as_array())
        .flatten()
        .filter_map(|hook| hook.get("sql")?.as_str().map(str::to_owned))
        .collect()
}
