//! What may stand where in `ebb.toml`, read off the JSON Schema of the types: one source of truth
//! for reading, checking, completing and documenting.

use indexmap::IndexMap;
use serde_json::{Map, Value};

/// What is expected at one key.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    Text,
    Flag,
    Integer {
        least: i64,
        most: i64,
    },
    List(Box<Shape>),
    /// Known keys, and which of them may not be left out.
    Table {
        keys: IndexMap<String, Shape>,
        required: Vec<String>,
    },
    /// Keys that a person chooses, e.g. the names of projects.
    Named(Box<Shape>),
    /// One of these words, or a table with exactly one of these keys. `secret` marks the references
    /// to secrets: there, a text is a secret that somebody wrote down.
    Choice {
        words: Vec<String>,
        variants: IndexMap<String, Shape>,
        secret: bool,
    },
    Anything,
}

/// Nesting of our types, generously.
const DEEPEST: u32 = 32;

impl Shape {
    /// The shape that a JSON Schema, as `schemars` writes it, describes.
    pub(super) fn of_schema(schema: &Value) -> Self {
        read(schema, schema, DEEPEST)
    }

    /// The shape of a key below this one, if there may be such a key.
    pub(super) fn below(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Table { keys, .. } => keys.get(key),
            Self::Choice { variants, .. } => variants.get(key),
            Self::Named(shape) => Some(shape),
            Self::Anything => Some(&Self::Anything),
            Self::Text | Self::Flag | Self::Integer { .. } | Self::List(_) => None,
        }
    }

    /// Whether a secret may be referred to here or one level further down.
    pub(super) fn leads_to_secret(&self) -> bool {
        match self {
            Self::Choice { secret: true, .. } => true,
            Self::Choice { variants, .. } => {
                variants.values().any(|shape| matches!(shape, Self::Choice { secret: true, .. }))
            }
            _ => false,
        }
    }

    /// What is expected, in words that follow "must be".
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Text => "a text in quotes".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Integer { least, most: i64::MAX } => format!("a whole number from {least}"),
            Self::Integer { least, most } => format!("a whole number from {least} to {most}"),
            Self::List(shape) => format!("a list, [ … ], where each is {}", shape.describe()),
            Self::Table { .. } | Self::Named(_) => "a table".to_owned(),
            Self::Choice { words, variants, .. } => {
                let words = words.iter().map(|word| format!("\"{word}\""));
                let tables = variants.iter().map(|(key, shape)| match shape {
                    Self::Text => format!("{{ {key} = \"…\" }}"),
                    _ => format!("{{ {key} = {{ … }} }}"),
                });
                let all: Vec<String> = words.chain(tables).collect();
                if all.len() == 1 { all.concat() } else { format!("one of {}", all.join(", ")) }
            }
            Self::Anything => "any value".to_owned(),
        }
    }
}

fn read(schema: &Value, root: &Value, depth: u32) -> Shape {
    let Value::Object(schema) = schema else { return Shape::Anything };
    if depth == 0 {
        return Shape::Anything;
    }
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let name = reference.trim_start_matches("#/$defs/");
        let shape = root.get("$defs").and_then(|all| all.get(name)).map(|found| read(found, root, depth - 1));
        return match shape {
            Some(Shape::Choice { words, variants, .. }) => {
                Shape::Choice { words, variants, secret: name == "SecretRef" }
            }
            Some(shape) => shape,
            None => Shape::Anything,
        };
    }
    let list_of = |key: &str| schema.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let alternatives = [list_of("oneOf"), list_of("anyOf")].concat();
    if !alternatives.is_empty() {
        return one_of(&alternatives, root, depth);
    }
    if schema.contains_key("enum") || schema.contains_key("const") {
        let words = [list_of("enum"), schema.get("const").into_iter().cloned().collect()].concat();
        let words = words.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        return Shape::Choice { words, variants: IndexMap::new(), secret: false };
    }
    match type_of(schema) {
        Some("string") => Shape::Text,
        Some("boolean") => Shape::Flag,
        Some("integer") => integer(schema),
        Some("array") => {
            Shape::List(Box::new(schema.get("items").map_or(Shape::Anything, |s| read(s, root, depth - 1))))
        }
        Some("object") => table(schema, root, depth),
        _ => Shape::Anything,
    }
}

/// The type; `["string", "null"]` is an optional one, and leaving a key out is how TOML says null.
fn type_of(schema: &Map<String, Value>) -> Option<&str> {
    match schema.get("type")? {
        Value::Array(types) => types.iter().filter_map(Value::as_str).find(|name| *name != "null"),
        one => one.as_str(),
    }
}

fn one_of(alternatives: &[Value], root: &Value, depth: u32) -> Shape {
    let alternatives: Vec<Shape> = alternatives
        .iter()
        .filter(|alternative| alternative.get("type").and_then(Value::as_str) != Some("null"))
        .map(|alternative| read(alternative, root, depth - 1))
        .collect();
    if let [only] = alternatives.as_slice() {
        return only.clone();
    }
    let (mut words, mut variants) = (Vec::new(), IndexMap::new());
    for alternative in alternatives {
        match alternative {
            Shape::Choice { words: more, variants: further, .. } => {
                words.extend(more);
                variants.extend(further);
            }
            Shape::Table { keys, .. } => variants.extend(keys),
            _ => return Shape::Anything,
        }
    }
    Shape::Choice { words, variants, secret: false }
}

fn integer(schema: &Map<String, Value>) -> Shape {
    let bound = |key: &str| schema.get(key).and_then(Value::as_i64);
    let most = match schema.get("format").and_then(Value::as_str) {
        Some("uint32") => i64::from(u32::MAX),
        _ => i64::MAX,
    };
    Shape::Integer { least: bound("minimum").unwrap_or(i64::MIN), most: bound("maximum").unwrap_or(most) }
}

fn table(schema: &Map<String, Value>, root: &Value, depth: u32) -> Shape {
    if let Some(Value::Object(properties)) = schema.get("properties") {
        let keys = properties.iter().map(|(key, schema)| (key.clone(), read(schema, root, depth - 1))).collect();
        let required = schema.get("required").and_then(Value::as_array);
        let required = required.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        return Shape::Table { keys, required };
    }
    match schema.get("additionalProperties") {
        Some(entries @ Value::Object(_)) => Shape::Named(Box::new(read(entries, root, depth - 1))),
        _ => Shape::Named(Box::new(Shape::Anything)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::schema;

    fn at(path: &[&str]) -> Shape {
        let mut shape = Shape::of_schema(&schema());
        for key in path {
            shape = shape.below(key).unwrap_or_else(|| panic!("{path:?} has no {key}")).clone();
        }
        shape
    }

    #[test]
    fn each_kind_of_setting_is_understood() {
        assert_eq!(at(&["name"]), Shape::Text);
        assert_eq!(at(&["projects", "any name", "repository"]), Shape::Text);
        assert!(matches!(at(&["sync", "parallel"]), Shape::Integer { least: 1, .. }));
        assert!(matches!(at(&["ui", "theme"]), Shape::Choice { words, .. } if words.contains(&"auto".to_owned())));
        assert!(matches!(at(&["git", "a", "auth", "token"]), Shape::Choice { secret: true, .. }));
        assert_eq!(at(&["git", "a", "auth", "token", "env"]), Shape::Text);
    }

    #[test]
    fn only_dbt_variables_may_be_anything() {
        fn walk(shape: &Shape, path: String, found: &mut Vec<String>) {
            match shape {
                Shape::Table { keys, .. } | Shape::Choice { variants: keys, .. } => {
                    keys.iter().for_each(|(key, shape)| walk(shape, format!("{path}.{key}"), found));
                }
                Shape::Named(shape) => walk(shape, format!("{path}.*"), found),
                Shape::List(shape) => walk(shape, format!("{path}[]"), found),
                Shape::Anything => found.push(path),
                Shape::Text | Shape::Flag | Shape::Integer { .. } => {}
            }
        }
        let mut found = Vec::new();
        walk(&Shape::of_schema(&schema()), String::new(), &mut found);
        assert_eq!(found, [".projects.*.vars.*"]);
    }

    #[test]
    fn a_schema_that_is_not_understood_allows_anything() {
        let odd = serde_json::json!({ "$ref": "#/$defs/Loop", "$defs": { "Loop": { "$ref": "#/$defs/Loop" } } });
        assert_eq!(Shape::of_schema(&odd), Shape::Anything);
        assert_eq!(Shape::of_schema(&Value::Bool(true)), Shape::Anything);
    }

    #[test]
    fn expectations_read_well() {
        assert_eq!(at(&["git", "a", "provider"]).describe(), r#"one of "github", "gitlab", "bitbucket", "git""#);
        assert_eq!(at(&["git", "a", "auth", "token"]).describe().split(',').count(), 4);
    }
}
