//! One entry of each section.

use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::super::contract::constraints;
use super::columns::{columns, speaks_of_tests, tests, texts};
use super::newer::lifted;
use super::{
    ColumnEntry, ExposureEntry, GroupEntry, MacroPatch, Patch, Reader, Section, SemanticEntry, SourceEntry,
    SourceOverride, Version, semantic_key,
};
use crate::dbt::config::Config;
use crate::dbt::node::NodeKind;
use crate::dbt::yaml::{Mark, Yaml};

/// Properties that dbt moves into the configuration.
const MOVED: &[&str] = &["meta", "docs", "group", "contract", "access"];

/// What newer projects say of sources under `config:`.
const MOVED_OF_SOURCES: &[&str] = &["meta", "tags", "freshness", "loaded_at_field"];

impl Reader<'_> {
    pub(super) fn patch(&mut self, section: Section, entry: &Yaml) {
        if !self.check_shape(section.key(), entry) {
            return;
        }
        let rendered = self.render(section.key(), entry);
        let Some(config) = self.config(entry, &rendered) else { return };
        let all = columns(entry, &rendered, self.file.newer);
        let versions = versions(entry, &rendered, &all, self.file.newer);
        self.found.patches.push(Patch {
            section,
            name: text(&rendered, "name").unwrap_or_default(),
            file: Arc::clone(self.file),
            at: name_mark(entry),
            description: text(&rendered, "description").unwrap_or_default(),
            columns: all,
            quote_columns: rendered.get("quote_columns").and_then(Value::as_bool),
            constraints: constraints(rendered.get("constraints"), true),
            deprecation_date: given(&rendered, "deprecation_date"),
            config,
            tests: tests(entry, self.file.newer),
            latest_version: given(&rendered, "latest_version"),
            versions,
        });
    }

    /// `config:` with the properties that belong to it.
    fn config(&mut self, entry: &Yaml, rendered: &Map<String, Value>) -> Option<Config> {
        let mut config: Config =
            rendered.get("config").and_then(Value::as_object).cloned().unwrap_or_default().into_iter().collect();
        for key in MOVED {
            let Some(value) = rendered.get(*key) else { continue };
            if config.contains_key(*key) {
                let sentence = format!(
                    "In {}: found {key} dictionary in 'config' dictionary and as top-level key.\nRemove the top-level key and define it under 'config' dictionary only.",
                    self.file.original
                );
                self.refuse(entry.at, sentence);
                return None;
            }
            config.insert((*key).to_owned(), value.clone());
        }
        Some(config)
    }

    pub(super) fn source(&mut self, entry: &Yaml) {
        if !self.check_shape("sources", entry) {
            return;
        }
        let mut rendered = self.render("sources", entry);
        for (alias, key) in
            [("project", "database"), ("dataset", "schema"), ("dbname", "database"), ("catalog", "database")]
        {
            if let Some(value) = rendered.remove(alias) {
                rendered.entry(key).or_insert(value);
            }
        }
        let overridden = rendered.shift_remove("overrides").map(|package| crate::dbt::python::text(&package));
        let written = entry.get("tables").and_then(Yaml::as_list).unwrap_or_default();
        let tables = match rendered.shift_remove("tables") {
            Some(Value::Array(tables)) => tables,
            _ => Vec::new(),
        };
        if self.file.newer {
            lifted(&mut rendered, MOVED_OF_SOURCES);
        }
        let source = Arc::new(rendered);
        let mut entries = Vec::with_capacity(tables.len());
        for (written, table) in written.iter().zip(tables) {
            let Value::Object(mut table) = table else { continue };
            if self.file.newer {
                lifted(&mut table, MOVED_OF_SOURCES);
            }
            if self.check_shape("sources", written) {
                entries.push(SourceEntry {
                    file: Arc::clone(self.file),
                    at: name_mark(written),
                    columns: columns(written, &table, self.file.newer),
                    tests: tests(written, self.file.newer),
                    source: Arc::clone(&source),
                    table,
                });
            }
        }
        match overridden {
            Some(package) => self.found.overrides.push(SourceOverride { package, tables: entries, source }),
            None => self.found.sources.extend(entries),
        }
    }

    pub(super) fn group(&mut self, entry: &Yaml) {
        let value = self.render("groups", entry);
        let name = text(&value, "name").unwrap_or_default();
        let mut owner = value.get("owner").cloned().unwrap_or_default();
        if let Value::Object(owner) = &mut owner {
            for key in ["email", "name"] {
                owner.entry(key).or_insert(Value::Null);
            }
        }
        self.found.groups.push(GroupEntry { name, owner, file: Arc::clone(self.file) });
    }

    /// A metric, semantic model or saved query. Filters stay as they are: another program renders them.
    pub(super) fn semantic(&mut self, kind: NodeKind, entry: &Yaml) {
        if !self.check_shape(semantic_key(kind), entry) {
            return;
        }
        if entry.get("calculation_method").is_some() {
            let sentence = format!(
                "{}: metrics of dbt before 1.6, with a 'calculation_method', are not read any more",
                self.file.original
            );
            self.refuse(entry.at, sentence);
            return;
        }
        let value = self.render(semantic_key(kind), entry);
        self.found.semantic.push(SemanticEntry { kind, file: Arc::clone(self.file), at: name_mark(entry), value });
    }

    pub(super) fn macro_patch(&mut self, entry: &Yaml) {
        let value = self.render("macros", entry);
        let name = text(&value, "name").unwrap_or_default();
        self.found.macros.push(MacroPatch { name, file: Arc::clone(self.file), value });
    }

    pub(super) fn exposure(&mut self, entry: &Yaml) {
        let mut rendered = self.render("exposures", entry);
        if self.file.newer {
            lifted(&mut rendered, &["meta", "tags"]);
        }
        for key in ["owner", "type"] {
            if !rendered.contains_key(key) {
                let sentence = format!(
                    "Invalid exposures config given in {} @ exposures: {} - at path []: '{key}' is a required property",
                    self.file.original,
                    crate::dbt::python::repr(&entry.to_json())
                );
                self.refuse(entry.at, sentence);
                return;
            }
        }
        if rendered.get("depends_on").is_some_and(|value| !value.is_array()) {
            self.warn(entry, "depends_on of an exposure is not a list");
        }
        self.found.exposures.push(ExposureEntry {
            file: Arc::clone(self.file),
            at: name_mark(entry),
            name: text(&rendered, "name").unwrap_or_default(),
            description: text(&rendered, "description").unwrap_or_default(),
            depends_on: texts(rendered.get("depends_on")),
            value: rendered,
        });
    }
}

fn versions(
    entry: &Yaml,
    rendered: &Map<String, Value>,
    base: &IndexMap<String, ColumnEntry>,
    newer: bool,
) -> Vec<Version> {
    let written = entry.get("versions").and_then(Yaml::as_list).unwrap_or_default();
    let rendered = rendered.get("versions").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let version = |(written, rendered): (&Yaml, &Value)| {
        let map = rendered.as_object()?;
        Some(Version {
            v: map.get("v")?.clone(),
            defined_in: text(map, "defined_in"),
            description: text(map, "description"),
            constraints: constraints(map.get("constraints"), true),
            deprecation_date: given(map, "deprecation_date"),
            config: version_config(map),
            columns: version_columns(written, map, base, newer),
            tests: speaks_of_tests(written, newer).then(|| tests(written, newer)),
        })
    };
    written.iter().zip(rendered).filter_map(version).collect()
}

fn version_config(version: &Map<String, Value>) -> Config {
    let mut config: Config =
        version.get("config").and_then(Value::as_object).cloned().unwrap_or_default().into_iter().collect();
    for key in ["access", "docs"] {
        if let Some(value) = version.get(key) {
            config.entry(key.to_owned()).or_insert_with(|| value.clone());
        }
    }
    config
}

/// The model's columns by `include` and `exclude`, and the version's own.
fn version_columns(
    written: &Yaml,
    version: &Map<String, Value>,
    base: &IndexMap<String, ColumnEntry>,
    newer: bool,
) -> IndexMap<String, ColumnEntry> {
    let own = columns(written, version, newer);
    let rules = version.get("columns").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let rule = rules.iter().find(|rule| rule.get("include").is_some() || rule.get("exclude").is_some());
    let included = rule.and_then(|rule| rule.get("include"));
    let excluded = texts(rule.and_then(|rule| rule.get("exclude")));
    let all = included.is_none_or(|value| matches!(value.as_str(), Some("all" | "*")));
    let included = texts(included);
    let takes = |name: &String| (all || included.contains(name)) && !excluded.contains(name) && !own.contains_key(name);
    let mut found: IndexMap<String, ColumnEntry> =
        base.iter().filter(|(name, _)| takes(name)).map(|(name, column)| (name.clone(), column.clone())).collect();
    found.extend(own);
    found
}

fn given(map: &Map<String, Value>, key: &str) -> Option<Value> {
    map.get(key).filter(|value| !value.is_null()).cloned()
}

fn text(map: &Map<String, Value>, key: &str) -> Option<String> {
    map.get(key).filter(|value| !value.is_null()).map(crate::dbt::python::text)
}

fn name_mark(entry: &Yaml) -> Mark {
    entry.get("name").map_or(entry.at, |name| name.at)
}
