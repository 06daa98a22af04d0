//! What a generic test is called: a name from its type, its target and its arguments, cut with a hash
//! when it is long; and the hash that makes its id unique.

use serde_json::{Map, Value};

use crate::dbt::context::md5_hex;
use crate::dbt::python;

/// The name for files and aliases, and the whole name.
pub(super) fn synthesize(test_type: &str, target: &str, args: &Map<String, Value>) -> (String, String) {
    let mut keys: Vec<&String> = args.keys().filter(|key| *key != "model").collect();
    keys.sort_unstable();
    let mut flat: Vec<String> = Vec::new();
    for value in keys.into_iter().filter_map(|key| args.get(key)) {
        match value {
            Value::Object(map) => flat.extend(map.values().map(python::text)),
            Value::Array(items) => flat.extend(items.iter().map(python::text)),
            other => flat.push(python::text(other)),
        }
    }
    let clean: Vec<String> = flat.iter().map(|text| clean(text)).collect();
    let identifier = format!("{test_type}_{target}");
    let full = format!("{identifier}_{}", clean.join("__"));
    if full.chars().count() < 64 {
        return (full.clone(), full);
    }
    let start: String = identifier.chars().take(30).collect();
    (format!("{start}_{}", md5_hex(&full)), full)
}

/// Runs of anything but ASCII letters, digits and `_` become one `_`.
fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_run = false;
    for c in text.chars() {
        let fits = c.is_ascii_alphanumeric() || c == '_';
        if fits {
            out.push(c);
        } else if !in_run {
            out.push('_');
        }
        in_run = !fits;
    }
    out
}

/// The ten characters that end a generic test's id.
pub(super) fn id_hash(name: &str, namespace: Option<&str>, test: &str, kwargs: &Map<String, Value>) -> String {
    let mut hashed = format!("{name}{{'kwargs': ");
    write_map(&mut hashed, kwargs);
    let (test, namespace) = (python::text_repr(test), python::text_repr(namespace.unwrap_or("None")));
    let hash = md5_hex(&format!("{hashed}, 'name': {test}, 'namespace': {namespace}}}"));
    hash.get(hash.len() - 10..).unwrap_or_default().to_owned()
}

/// A value as Python prints it, keys sorted, every leaf a text.
fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Object(map) => write_map(out, map),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                write_value(out, item);
            }
            out.push(']');
        }
        leaf => out.push_str(&python::text_repr(&python::text(leaf))),
    }
}

fn write_map(out: &mut String, map: &Map<String, Value>) {
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_by_key(|(key, _)| key.as_str());
    out.push('{');
    for (index, (key, value)) in entries.into_iter().enumerate() {
        out.push_str(if index == 0 { "" } else { ", " });
        out.push_str(&python::text_repr(key));
        out.push_str(": ");
        write_value(out, value);
    }
    out.push('}');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn a_name_has_the_arguments_in_order() {
        let args = map(json!({"model": "x", "values": ["a b", 1], "column_name": "status", "quote": false}));
        let (short, full) = synthesize("accepted_values", "orders", &args);
        assert_eq!(full, "accepted_values_orders_status__False__a_b__1");
        assert_eq!(short, full);
    }

    #[test]
    fn a_long_name_is_cut_with_a_hash() {
        let args = map(
            json!({"column_name": "a_column_with_a_rather_long_name", "to": "ref('another_model')", "field": "id"}),
        );
        let (short, full) = synthesize("relationships", "a_model", &args);
        assert_eq!(full, "relationships_a_model_a_column_with_a_rather_long_name__id__ref_another_model_");
        assert_eq!(short, format!("relationships_a_model_{}", md5_hex(&full)));
    }

    #[test]
    fn what_is_hashed_is_sorted_and_text_all_the_way_down() {
        let table = [
            (json!({"b": 1, "a": [true, null, "it's"]}), r#"{'a': ['True', 'None', "it's"], 'b': '1'}"#),
            (json!({}), "{}"),
            (json!({"z": {"y": 1.5, "x": []}}), "{'z': {'x': [], 'y': '1.5'}}"),
        ];
        for (value, expected) in table {
            let mut out = String::new();
            write_value(&mut out, &value);
            assert_eq!(out, expected);
        }
    }

    #[test]
    fn ids_end_as_dbts_do() {
        // From a manifest of dbt Core 1.7 for its own starter project.
        let kwargs = map(json!({"column_name": "id", "model": "{{ get_where_subquery(ref('my_first_dbt_model')) }}"}));
        assert_eq!(id_hash("unique_my_first_dbt_model_id", None, "unique", &kwargs), "16e066b321");
        assert_eq!(id_hash("not_null_my_first_dbt_model_id", None, "not_null", &kwargs), "5fb22c2710");
    }
}
