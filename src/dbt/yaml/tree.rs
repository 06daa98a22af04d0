//! The tree that a YAML text becomes: plain values, each with the place where it starts.

use serde_json::Value;

use crate::jinja::QuickIndexMap;

/// A place in the text; lines and columns start at 1, columns count characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// A value and where it starts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Yaml {
    pub(crate) value: YamlValue,
    pub(crate) at: Mark,
}

/// What dbt can meet in a YAML file. Keys that are no text are kept as their text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum YamlValue {
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    /// A date or time, in the form in which Python prints it.
    Date(String),
    List(Vec<Yaml>),
    Map(YamlMap),
}

pub(crate) type YamlMap = QuickIndexMap<String, Entry>;

/// A key's place and its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key_at: Mark,
    pub(crate) value: Yaml,
}

/// A key that stands twice in one mapping; the later one holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DuplicateKey {
    pub(crate) key: String,
    pub(crate) first: Mark,
    pub(crate) second: Mark,
}

/// One YAML text, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Document {
    pub(crate) root: Yaml,
    pub(crate) duplicates: Vec<DuplicateKey>,
}

impl Yaml {
    pub(crate) fn as_map(&self) -> Option<&YamlMap> {
        match &self.value {
            YamlValue::Map(map) => Some(map),
            _ => None,
        }
    }

    pub(crate) fn as_list(&self) -> Option<&[Yaml]> {
        match &self.value {
            YamlValue::List(items) => Some(items),
            _ => None,
        }
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.value {
            YamlValue::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        self.value == YamlValue::Null
    }

    /// The value of a key, where this is a mapping that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Yaml> {
        self.as_map()?.get(key).map(|entry| &entry.value)
    }

    /// The same without places; dates become the text that Python prints for them.
    pub(crate) fn to_json(&self) -> Value {
        match &self.value {
            YamlValue::Null => Value::Null,
            YamlValue::Bool(flag) => Value::Bool(*flag),
            YamlValue::Int(number) => Value::from(*number),
            YamlValue::Float(number) => {
                serde_json::Number::from_f64(*number).map_or_else(|| Value::from(number.to_string()), Value::Number)
            }
            YamlValue::Text(text) | YamlValue::Date(text) => Value::from(text.as_str()),
            YamlValue::List(items) => Value::Array(items.iter().map(Yaml::to_json).collect()),
            YamlValue::Map(map) => {
                Value::Object(map.iter().map(|(key, entry)| (key.clone(), entry.value.to_json())).collect())
            }
        }
    }
}
