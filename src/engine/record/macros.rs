//! A project's macros as the records that the store keeps.

use serde_json::Value;

use crate::dbt::{MacroDefinition, Project};
use crate::store::{ArgumentRecord, MacroRecord};

/// Longest list of parameters that is kept, in bytes.
const LONGEST: usize = 2_000;

/// The records of every macro: the project's own, its packages' and dbt's.
pub(in crate::engine) fn macros(project: &Project) -> Vec<MacroRecord> {
    project.macro_definitions.iter().map(record).collect()
}

fn record(definition: &MacroDefinition) -> MacroRecord {
    MacroRecord {
        unique_id: definition.unique_id.clone(),
        name: definition.name.clone(),
        package: definition.package_name.clone(),
        path: definition.original_file_path.clone(),
        parameters: parameters(&definition.macro_sql).unwrap_or_default(),
        description: definition.description.clone(),
        arguments: definition.arguments.iter().map(argument).collect(),
        code: definition.macro_sql.clone(),
        calls: definition.depends_on.clone(),
    }
}

fn argument(value: &Value) -> ArgumentRecord {
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    ArgumentRecord { name: text("name"), data_type: text("type"), description: text("description") }
}

/// What stands between the parentheses of the block's first tag, in one line. None where there are none.
fn parameters(code: &str) -> Option<String> {
    let tag = code.trim_start().strip_prefix("{%")?;
    let open = tag.find('(')?;
    if tag.find("%}").is_some_and(|end| end < open) {
        return None;
    }
    let (mut depth, mut quote) = (0_usize, None);
    let inside = tag.get(open..)?;
    for (at, letter) in inside.char_indices().take_while(|(at, _)| *at <= LONGEST) {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (None, '\'' | '"') => quote = Some(letter),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            let words = inside.get(1..at).unwrap_or_default();
            return Some(words.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_those_of_the_first_tag() {
        for (code, wanted) in [
            ("{% macro star(from, except=[], prefix='(') -%}x{% endmacro %}", Some("from, except=[], prefix='('")),
            ("{%- macro cents(\n    column,\n    scale = 2\n) %}x{% endmacro %}", Some("column, scale = 2")),
            ("{% macro now() %}x{% endmacro %}", Some("")),
            ("{% test unique(model, column_name) %}x", Some("model, column_name")),
            ("{% materialization table, default %}{{ f(1) }}", None),
            ("{% macro open(a, b", None),
            ("select 1", None),
            ("", None),
        ] {
            assert_eq!(parameters(code).as_deref(), wanted, "{code}");
        }
    }
}
