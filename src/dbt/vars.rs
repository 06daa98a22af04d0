//! `--vars`: variables as a line of YAML.

use indexmap::IndexMap;
use serde_json::Value;

use super::{python, yaml};

/// The variables in a text such as `{start: 2024-01-01, full: true}`. An error is one sentence.
pub fn parse_vars(text: &str) -> Result<IndexMap<String, Value>, String> {
    let document = yaml::parse(text).map_err(|error| format!("The --vars argument is no YAML: {}", error.sentence))?;
    match document.root.to_json() {
        Value::Object(vars) => Ok(vars.into_iter().collect()),
        other => {
            let kind = python::type_name(&other);
            Err(format!("The --vars argument must be a YAML dictionary, but was of type '{kind}'"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_mapping_in_yaml_or_json() {
        for text in ["{a: 1, b: [x, true]}", "a: 1\nb: [x, true]", "{\"a\": 1, \"b\": [\"x\", true]}"] {
            let vars = parse_vars(text).unwrap();
            assert_eq!((vars.get("a"), vars.get("b")), (Some(&json!(1)), Some(&json!(["x", true]))), "{text}");
        }
        assert!(parse_vars("{}").unwrap().is_empty());
    }

    #[test]
    fn anything_else_is_refused_in_dbts_words() {
        let table = [("a", "'str'"), ("[a]", "'list'"), ("", "'NoneType'"), ("3", "'int'"), ("{a: ", "no YAML")];
        for (text, words) in table {
            assert!(parse_vars(text).unwrap_err().contains(words), "{text}");
        }
    }
}
