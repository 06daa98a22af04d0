//! What may stand in a `dbt_project.yml`, and dbt's words for what may not.

use crate::dbt::yaml::{Mark, YamlMap, YamlValue};

const KEYS: &[&str] = &[
    "name",
    "config-version",
    "version",
    "project-root",
    "source-paths",
    "model-paths",
    "macro-paths",
    "data-paths",
    "seed-paths",
    "test-paths",
    "analysis-paths",
    "docs-paths",
    "asset-paths",
    "target-path",
    "snapshot-paths",
    "clean-targets",
    "profile",
    "log-path",
    "modules-path",
    "packages-install-path",
    "quoting",
    "on-run-start",
    "on-run-end",
    "require-dbt-version",
    "dispatch",
    "models",
    "seeds",
    "snapshots",
    "analyses",
    "sources",
    "tests",
    "metrics",
    "semantic-models",
    "saved-queries",
    "exposures",
    "vars",
    "packages",
    "query-comment",
    "restrict-access",
    "dbt-cloud",
    "flags",
];

/// Those that came with dbt 1.8 and later.
const NEWER_KEYS: &[&str] = &["data_tests", "unit_tests", "functions", "function-paths", "project_root", "dbt_cloud"];

const RESERVED_NAMES: &[&str] = &[
    "_sql_results",
    "adapter",
    "api",
    "column",
    "config",
    "context",
    "database",
    "env",
    "env_var",
    "exceptions",
    "execute",
    "flags",
    "fromjson",
    "fromyaml",
    "graph",
    "invocation_id",
    "load_agate_table",
    "load_result",
    "log",
    "model",
    "modules",
    "post_hooks",
    "pre_hooks",
    "ref",
    "render",
    "return",
    "run_started_at",
    "schema",
    "source",
    "sql",
    "sql_now",
    "store_result",
    "store_raw_result",
    "target",
    "this",
    "tojson",
    "toyaml",
    "try_or_compiler_error",
    "var",
    "write",
];

/// A sentence of dbt and the place that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Objection {
    pub(super) at: Mark,
    pub(super) sentence: String,
}

/// Everything that dbt's contract holds against the file; the name is checked apart.
pub(super) fn objections(map: &YamlMap, newer: bool) -> Vec<Objection> {
    let is_known = |key: &str| KEYS.contains(&key) || (newer && NEWER_KEYS.contains(&key));
    let unknown = map.iter().filter(|(key, _)| !is_known(key)).map(|(key, entry)| Objection {
        at: entry.key_at,
        sentence: format!("at path []: Additional properties are not allowed ('{key}' was unexpected)"),
    });
    unknown.chain(wrong_types(map)).collect()
}

fn wrong_types(map: &YamlMap) -> impl Iterator<Item = Objection> + '_ {
    map.iter().filter_map(|(key, entry)| {
        let value = &entry.value.value;
        let expected = match key.as_str() {
            "models" | "seeds" | "snapshots" | "sources" | "tests" | "exposures" | "vars"
                if !matches!(value, YamlValue::Map(_) | YamlValue::Null) =>
            {
                "object"
            }
            "model-paths" | "seed-paths" | "macro-paths" | "test-paths" | "analysis-paths" | "snapshot-paths"
            | "docs-paths"
                if !matches!(value, YamlValue::List(_) | YamlValue::Null) =>
            {
                "array"
            }
            _ => return None,
        };
        let found = crate::dbt::python::repr(&entry.value.to_json());
        Some(Objection {
            at: entry.value.at,
            sentence: format!("at path ['{key}']: {found} is not of type '{expected}'"),
        })
    })
}

/// Why a project may not have this name, in dbt's words.
pub(super) fn name_objection(name: &str) -> Option<String> {
    let well_formed =
        name.chars().enumerate().all(|(index, c)| c == '_' || c.is_alphabetic() || (index > 0 && c.is_alphanumeric()));
    if !well_formed || name.is_empty() {
        return Some(format!(
            "at path ['name']: {} does not match '^[^\\\\d\\\\W]\\\\w*$'",
            crate::dbt::python::text_repr(name)
        ));
    }
    RESERVED_NAMES.contains(&name).then(|| format!("at path []: Invalid project name: {name} is a reserved word"))
}
