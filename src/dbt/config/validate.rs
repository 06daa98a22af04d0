//! What a final configuration must look like, and what dbt says when it does not.

use serde_json::Value;
use thiserror::Error;

use super::{Config, ConfigKind};

/// A configuration that dbt refuses, in its words.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub(crate) struct ConfigError {
    pub(crate) key: String,
    pub(crate) message: String,
}

impl ConfigError {
    fn new(key: &str, message: String) -> Self {
        Self { key: key.to_owned(), message }
    }
}

#[derive(Clone, Copy)]
enum Shape {
    Boolean,
    OptionalBoolean,
    Text,
    OptionalText,
    TextOrTexts,
    OptionalTextOrTexts,
    Mapping,
    OptionalInteger,
}

const SHAPES: &[(&str, Shape)] = &[
    ("enabled", Shape::Boolean),
    ("alias", Shape::OptionalText),
    ("schema", Shape::OptionalText),
    ("database", Shape::OptionalText),
    ("tags", Shape::TextOrTexts),
    ("meta", Shape::Mapping),
    ("group", Shape::OptionalText),
    ("materialized", Shape::Text),
    ("incremental_strategy", Shape::OptionalText),
    ("persist_docs", Shape::Mapping),
    ("quoting", Shape::Mapping),
    ("column_types", Shape::Mapping),
    ("full_refresh", Shape::OptionalBoolean),
    ("unique_key", Shape::OptionalTextOrTexts),
    ("on_schema_change", Shape::OptionalText),
    ("grants", Shape::Mapping),
    ("docs", Shape::Mapping),
    ("contract", Shape::Mapping),
    ("where", Shape::OptionalText),
    ("limit", Shape::OptionalInteger),
    ("fail_calc", Shape::Text),
    ("warn_if", Shape::Text),
    ("error_if", Shape::Text),
    ("store_failures", Shape::OptionalBoolean),
];

/// Checks a merged configuration and puts in what follows from it.
pub(crate) fn finish(mut config: Config, kind: ConfigKind) -> Result<Config, ConfigError> {
    for (key, shape) in SHAPES {
        if let Some(value) = config.get(*key) {
            check(key, *shape, value)?;
        }
    }
    match kind {
        ConfigKind::Snapshot => check_snapshot(&config)?,
        ConfigKind::Test => finish_test(&mut config),
        _ => {}
    }
    let fixed = match kind {
        ConfigKind::Seed => Some(("seed", "A seed must have a materialized value of 'seed'")),
        ConfigKind::Test => Some(("test", "A test must have a materialized value of 'test'")),
        ConfigKind::Snapshot => Some(("snapshot", "A snapshot must have a materialized value of 'snapshot'")),
        _ => None,
    };
    if let (Some((only, sentence)), Some(value)) = (fixed, config.get("materialized"))
        && value.as_str() != Some(only)
    {
        return Err(ConfigError::new("materialized", format!("at path []: {sentence}")));
    }
    Ok(config)
}

fn check(key: &str, shape: Shape, value: &Value) -> Result<(), ConfigError> {
    let texts = |value: &Value| value.as_array().is_some_and(|list| list.iter().all(Value::is_string));
    let (fits, expected) = match shape {
        Shape::Boolean => (value.is_boolean(), "boolean"),
        Shape::OptionalBoolean => (value.is_boolean() || value.is_null(), ""),
        Shape::Text => (value.is_string(), "string"),
        Shape::OptionalText => (value.is_string() || value.is_null(), ""),
        Shape::TextOrTexts => (value.is_string() || texts(value), ""),
        Shape::OptionalTextOrTexts => (value.is_null() || value.is_string() || texts(value), ""),
        Shape::Mapping => (value.is_object(), "object"),
        Shape::OptionalInteger => (value.is_i64() || value.is_null(), ""),
    };
    if fits {
        return Ok(());
    }
    let found = crate::dbt::python::repr(value);
    let message = if expected.is_empty() {
        format!("at path ['{key}']: {found} is not valid under any of the given schemas")
    } else {
        format!("at path ['{key}']: {found} is not of type '{expected}'")
    };
    Err(ConfigError::new(key, message))
}

fn check_snapshot(config: &Config) -> Result<(), ConfigError> {
    let given = |key: &str| config.get(key).is_some_and(crate::dbt::python::is_true);
    let refuse = |key: &str, sentence: &str| Err(ConfigError::new(key, format!("at path []: {sentence}")));
    if !given("strategy") || !given("unique_key") || !given("target_schema") {
        return refuse(
            "strategy",
            "Snapshots must be configured with a 'strategy', 'unique_key', and 'target_schema'.",
        );
    }
    match config.get("strategy").and_then(Value::as_str) {
        Some("check") if !given("check_cols") => refuse(
            "check_cols",
            "A snapshot configured with the check strategy must specify a check_cols configuration.",
        ),
        Some("timestamp") if !given("updated_at") => refuse(
            "updated_at",
            "A snapshot configured with the timestamp strategy must specify an updated_at configuration.",
        ),
        Some("timestamp") if given("check_cols") => {
            refuse("check_cols", "A 'timestamp' snapshot should not have 'check_cols'")
        }
        _ => Ok(()),
    }
}

/// `store_failures` and `store_failures_as` say the same thing twice; the latter wins.
fn finish_test(config: &mut Config) {
    let stored_as = config.get("store_failures_as").cloned().unwrap_or(Value::Null);
    match stored_as.as_str() {
        None => {
            let stored_as = match config.get("store_failures").and_then(Value::as_bool) {
                Some(true) => Value::from("table"),
                Some(false) => Value::from("ephemeral"),
                None => Value::Null,
            };
            config.insert("store_failures_as".to_owned(), stored_as);
        }
        Some(kind) => {
            config.insert("store_failures".to_owned(), Value::Bool(kind != "ephemeral"));
        }
    }
}
