//! What dbt after 1.7 writes differently in YAML, brought into the older shape. Only for a project whose dbt is
//! said to be newer: to 1.7 itself these keys mean nothing.

use serde_json::{Map, Value};

/// Whether a version of dbt knows the newer spellings: 1.8 and later.
pub(crate) fn is_newer(dbt_version: &str) -> bool {
    let mut parts = dbt_version.trim_start_matches('v').split('.').map(|part| part.parse::<u32>().unwrap_or_default());
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default()) >= (1, 8)
}

/// A test whose arguments stand under `arguments:` (1.10), with them beside its configuration.
pub(super) fn flattened_test(test: Value) -> Value {
    let Value::Object(mut test) = test else { return test };
    let flatten = |entry: &mut Map<String, Value>| {
        if let Some(Value::Object(arguments)) = entry.get("arguments").cloned() {
            entry.shift_remove("arguments");
            entry.extend(arguments);
        }
    };
    if test.contains_key("test_name") {
        flatten(&mut test);
    } else if let Some(Value::Object(entry)) = test.values_mut().next() {
        flatten(entry);
    }
    Value::Object(test)
}

/// Keys that moved under `config:` (1.9, 1.10), back at the top; what stands there already holds.
pub(super) fn lifted(entry: &mut Map<String, Value>, keys: &[&str]) {
    let Some(Value::Object(config)) = entry.get("config").cloned() else { return };
    for key in keys {
        if let Some(value) = config.get(*key) {
            entry.entry((*key).to_owned()).or_insert_with(|| value.clone());
        }
    }
    if let Some(Value::Object(config)) = entry.get_mut("config") {
        config.retain(|key, _| !keys.contains(&key.as_str()));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn newer_begins_with_one_eight() {
        for (version, expected) in
            [("1.7.20", false), ("1.8.0", true), ("1.10.1", true), ("2.0.0", true), ("0.21", false), ("x", false)]
        {
            assert_eq!(is_newer(version), expected, "{version}");
        }
    }

    #[test]
    fn arguments_stand_where_they_stood() {
        let table = [
            (json!("unique"), json!("unique")),
            (
                json!({"accepted_values": {"arguments": {"values": [1]}, "config": {"severity": "warn"}}}),
                json!({"accepted_values": {"config": {"severity": "warn"}, "values": [1]}}),
            ),
            (json!({"test_name": "x", "arguments": {"a": 1}}), json!({"test_name": "x", "a": 1})),
            (json!({"x": {"a": 1}}), json!({"x": {"a": 1}})),
        ];
        for (written, expected) in table {
            assert_eq!(flattened_test(written), expected);
        }
    }

    #[test]
    fn keys_come_up_out_of_the_configuration() {
        let mut entry = json!({"meta": {"own": 1}, "config": {"meta": {}, "tags": ["x"], "enabled": true}})
            .as_object()
            .cloned()
            .unwrap_or_default();
        lifted(&mut entry, &["meta", "tags"]);
        assert_eq!(Value::Object(entry), json!({"meta": {"own": 1}, "config": {"enabled": true}, "tags": ["x"]}));
    }
}
