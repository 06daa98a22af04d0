//! The definitions of `selectors.yml` as dbt writes them into `manifest.json`: texts and short forms spelled out, and
//! those that are named by others in their place.

use serde_json::{Map, Value, json};

use super::criterion::{Method, is_method, leading_digits, trailing_reach};
use super::definitions::{DEEPEST, MOST_PARTS};

/// Every selector by its name, from the rendered file, which has been read as specifications before.
pub(super) fn selectors(list: &[Value]) -> Map<String, Value> {
    let mut written = Writer { known: Map::new(), left: MOST_PARTS };
    for entry in list {
        let (Some(name), Some(definition)) = (entry.get("name").and_then(Value::as_str), entry.get("definition"))
        else {
            continue;
        };
        let definition = written.definition(definition, 0);
        let mut entry = entry.clone();
        if let Some(entry) = entry.as_object_mut() {
            entry.insert("definition".to_owned(), definition);
        }
        written.known.insert(name.to_owned(), entry);
    }
    written.known
}

struct Writer {
    known: Map<String, Value>,
    /// How many parts there may still be: what is named stands written out wherever it is named.
    left: usize,
}

impl Writer {
    fn definition(&mut self, definition: &Value, depth: usize) -> Value {
        let Some(left) = self.left.checked_sub(1).filter(|_| depth <= DEEPEST) else { return Value::Null };
        self.left = left;
        match definition {
            Value::String(text) => spelled_out(text),
            Value::Object(map) => {
                for key in ["union", "intersection"] {
                    if let Some(parts) = map.get(key).and_then(Value::as_array) {
                        let parts: Vec<Value> = parts.iter().map(|part| self.definition(part, depth + 1)).collect();
                        return json!({ key: parts });
                    }
                }
                self.criterion(map, depth)
            }
            other => other.clone(),
        }
    }

    /// A criterion of keys. As in dbt, only the first key's list is looked into.
    fn criterion(&mut self, map: &Map<String, Value>, depth: usize) -> Value {
        let Some((key, value)) = map.iter().next() else { return json!({}) };
        let value = match value {
            Value::Array(parts) => parts.iter().map(|part| self.definition(part, depth + 1)).collect(),
            value => value.clone(),
        };
        if key == "exclude" {
            return json!({ key: value });
        }
        if map.len() == 1 {
            return json!({ "method": key, "value": value });
        }
        if key == "method" && value == "selector" {
            let named = map.get("value").and_then(Value::as_str).and_then(|name| self.known.get(name));
            let definition = named.and_then(|named| named.get("definition")).cloned().unwrap_or_default();
            self.left = self.left.saturating_sub(size(&definition));
            return definition;
        }
        Value::Object(map.clone())
    }
}

/// How many values there are in this one.
fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(map) => map.values().map(size).sum(),
        _ => 0,
    }
}

/// `2+tag:nightly+` as a mapping; what is empty is left out.
fn spelled_out(text: &str) -> Value {
    let mut map = Map::new();
    let rest = match text.strip_prefix('@') {
        Some(rest) => {
            map.insert("childrens_parents".to_owned(), true.into());
            rest
        }
        None => text,
    };
    let rest = match leading_digits(rest) {
        Some((depth, rest)) => {
            map.insert("parents".to_owned(), true.into());
            add(&mut map, "parents_depth", depth);
            rest
        }
        None => rest,
    };
    let (method, rest) = match rest.split_once(':') {
        Some((name, rest)) if is_method(name) => (Some(name), rest),
        _ => (None, rest),
    };
    let (value, children) = trailing_reach(rest);
    add(&mut map, "method", method.unwrap_or_else(|| Method::by_default(value).name()));
    add(&mut map, "value", value);
    if children.is_some() {
        map.insert("children".to_owned(), true.into());
        add(&mut map, "children_depth", rest.rsplit_once('+').map_or("", |(_, depth)| depth));
    }
    Value::Object(map)
}

fn add(map: &mut Map<String, Value>, key: &str, text: &str) {
    if !text.is_empty() {
        map.insert(key.to_owned(), text.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Judged by `SelectorDict.parse_from_selectors_list` of dbt Core 1.7.20.
    #[test]
    fn definitions_are_written_as_dbt_writes_them() {
        let list = json!([
            {"name": "a", "definition": "2+tag:nightly+3"},
            {"name": "b", "description": "two", "default": true, "definition": {"union": [
                {"method": "selector", "value": "a"}, {"tag": "x"}, "@marts/core",
                {"exclude": ["b+", {"method": "fqn", "value": "c", "parents": true}]},
            ]}},
            {"name": "c", "definition": {"method": "config.materialized", "value": "view", "children": true}},
        ]);
        let nightly = json!({"parents": true, "parents_depth": "2", "method": "tag", "value": "nightly", "children": true, "children_depth": "3"});
        let expected = json!({
            "a": {"name": "a", "definition": nightly},
            "b": {"name": "b", "description": "two", "default": true, "definition": {"union": [
                nightly, {"method": "tag", "value": "x"},
                {"childrens_parents": true, "method": "path", "value": "marts/core"},
                {"exclude": [
                    {"method": "fqn", "value": "b", "children": true},
                    {"method": "fqn", "value": "c", "parents": true},
                ]},
            ]}},
            "c": {"name": "c", "definition": {"method": "config.materialized", "value": "view", "children": true}},
        });
        assert_eq!(Value::Object(selectors(list.as_array().unwrap())), expected);
    }

    #[test]
    fn definitions_that_double_for_ever_end() {
        let doubled = |index: usize| {
            let below = json!({"method": "selector", "value": format!("s{}", index.saturating_sub(1))});
            let definition = if index == 0 { json!("a") } else { json!({"union": [below.clone(), below]}) };
            json!({"name": format!("s{index}"), "definition": definition})
        };
        let list: Vec<Value> = (0..12).map(doubled).collect();
        assert_eq!(selectors(&list).len(), 12);
    }
}
