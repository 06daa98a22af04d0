//! The JSON Schema of `ebb.toml`, made from the types: what editors complete from.

use super::settings::Settings;

/// The schema, as JSON.
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Settings);
    schema.insert("title".to_owned(), "ebb.toml".into());
    schema.to_value()
}
