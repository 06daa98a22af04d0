//! One entry of a manifest, its values taken out one by one. What is missing, null or of another kind
//! is as if it were empty: versions differ, and a manifest may come from anywhere.

use indexmap::IndexMap;
use serde_json::{Map, Value};

/// What is left of an entry.
#[derive(Debug, Default)]
pub(super) struct Entry(Map<String, Value>);

impl Entry {
    pub(super) fn of(value: Value) -> Option<Self> {
        match value {
            Value::Object(map) => Some(Self(map)),
            _ => None,
        }
    }

    pub(super) fn value(&mut self, key: &str) -> Value {
        self.0.swap_remove(key).unwrap_or_default()
    }

    /// A value; none where it is null or missing.
    pub(super) fn given(&mut self, key: &str) -> Option<Value> {
        Some(self.value(key)).filter(|value| !value.is_null())
    }

    pub(super) fn optional(&mut self, key: &str) -> Option<String> {
        match self.value(key) {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn text(&mut self, key: &str) -> String {
        self.optional(key).unwrap_or_default()
    }

    pub(super) fn object(&mut self, key: &str) -> IndexMap<String, Value> {
        self.below(key).0.into_iter().collect()
    }

    pub(super) fn list(&mut self, key: &str) -> Vec<Value> {
        match self.value(key) {
            Value::Array(items) => items,
            _ => Vec::new(),
        }
    }

    pub(super) fn texts(&mut self, key: &str) -> Vec<String> {
        texts(self.list(key))
    }

    /// The mapping below a key.
    pub(super) fn below(&mut self, key: &str) -> Self {
        Self::of(self.value(key)).unwrap_or_default()
    }

    /// Everything that has not been taken out, but for these keys.
    pub(super) fn rest(self, without: &[&str]) -> IndexMap<String, Value> {
        self.0.into_iter().filter(|(key, _)| !without.contains(&key.as_str())).collect()
    }
}

/// The texts of a list.
pub(super) fn texts(items: Vec<Value>) -> Vec<String> {
    let text = |item| if let Value::String(text) = item { Some(text) } else { None };
    items.into_iter().filter_map(text).collect()
}
