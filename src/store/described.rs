//! What a project's YAML says of columns and tests, as it is recorded with a model.

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A column as the project describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnRecord {
    pub name: String,
    pub data_type: String,
    pub description: String,
    /// The tests on it, in the order in which they are written.
    pub tests: Vec<TestRecord>,
    /// In words: `not null`, `check (amount > 0)`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub meta: IndexMap<String, Value>,
}

/// A test on a column, or on a model as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredTest")]
pub struct TestRecord {
    /// The generic test's name (`unique`, `dbt_utils.at_least_one`), or the file's name of a singular one.
    pub name: String,
    /// The test's own `unique_id`; empty where it is disabled or could not be read.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unique_id: String,
    /// What it is given besides the model and the column, and the rows that it is restricted to (`where`).
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub arguments: IndexMap<String, Value>,
    /// Set where a failure is no error: `warn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
}

/// A test as it may stand in a store: once only names were kept.
#[derive(Deserialize)]
#[serde(untagged)]
enum StoredTest {
    Name(String),
    Whole {
        name: String,
        #[serde(default)]
        unique_id: String,
        #[serde(default)]
        arguments: IndexMap<String, Value>,
        #[serde(default)]
        severity: Option<String>,
    },
}

impl From<StoredTest> for TestRecord {
    fn from(stored: StoredTest) -> Self {
        match stored {
            StoredTest::Name(name) => Self { name, ..Self::default() },
            StoredTest::Whole { name, unique_id, arguments, severity } => Self { name, unique_id, arguments, severity },
        }
    }
}

/// As people speak of it: `unique`, `accepted_values(values: [placed, shipped])`.
impl fmt::Display for TestRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if !self.arguments.is_empty() {
            let words = self.arguments.iter().map(|(name, value)| format!("{name}: {}", plain(value)));
            write!(f, "({})", words.collect::<Vec<_>>().join(", "))?;
        }
        self.severity.as_ref().map_or(Ok(()), |severity| write!(f, " as {severity}"))
    }
}

/// Names of tests in one line.
pub fn tests_in_words(tests: &[TestRecord]) -> String {
    tests.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// A value without the quotes that nobody needs.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(plain).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| format!("{key}: {}", plain(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Null => "none".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_test_is_told_with_what_it_is_given() {
        let cases = [
            (json!({"name": "unique"}), "unique"),
            (
                json!({"name": "accepted_values", "arguments": {"values": ["placed", 2, null], "quote": false}}),
                "accepted_values(values: [placed, 2, none], quote: false)",
            ),
            (json!({"name": "not_null", "severity": "warn"}), "not_null as warn"),
            (json!({"name": "a", "arguments": {"b": {"c": "d"}}, "severity": "warn"}), "a(b: {c: d}) as warn"),
        ];
        for (stored, told) in cases {
            let test: TestRecord = serde_json::from_value(stored).unwrap();
            assert_eq!(test.to_string(), told);
        }
    }

    #[test]
    fn a_column_of_an_older_store_is_still_read() {
        let older = json!({"name": "id", "data_type": "", "description": "", "tests": ["unique", "not_null"]});
        let column: ColumnRecord = serde_json::from_value(older).unwrap();
        assert_eq!(tests_in_words(&column.tests), "unique, not_null");
    }

    #[test]
    fn what_is_not_there_takes_no_room() {
        let test = TestRecord { name: "unique".to_owned(), ..TestRecord::default() };
        assert_eq!(serde_json::to_value(test).unwrap(), json!({"name": "unique"}));
        let column = serde_json::to_value(ColumnRecord::default()).unwrap();
        assert_eq!(column, json!({"name": "", "data_type": "", "description": "", "tests": []}));
    }
}
