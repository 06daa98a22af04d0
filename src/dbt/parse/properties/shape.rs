//! What an entry must look like, and dbt's sentence when it does not; and its rendering.

use serde_json::{Map, Value};

use super::Reader;
use crate::dbt::problems::codes;
use crate::dbt::python;
use crate::dbt::yaml::{Yaml, YamlValue};

/// What a key must hold.
#[derive(Clone, Copy)]
enum Shape {
    List,
    Mapping,
    Text,
    NamedList,
}

const SHAPES: &[(&str, Shape)] = &[
    ("columns", Shape::NamedList),
    ("tests", Shape::List),
    ("config", Shape::Mapping),
    ("meta", Shape::Mapping),
    ("docs", Shape::Mapping),
    ("description", Shape::Text),
    ("name", Shape::Text),
    ("tables", Shape::NamedList),
    ("versions", Shape::List),
    ("quoting", Shape::Mapping),
];

impl Reader<'_> {
    /// Whether an entry has the shape of its section; says so if not.
    pub(super) fn check_shape(&mut self, section: &str, entry: &Yaml) -> bool {
        for (key, shape) in SHAPES {
            let Some(value) = entry.get(key) else { continue };
            if let Some((path, found, complaint)) = complaint(key, *shape, value) {
                let sentence = format!(
                    "Invalid {section} config given in {} @ {section}: {} - at path {path}: {} {complaint}",
                    self.file.original,
                    python::repr(&entry.to_json()),
                    python::repr(&found.to_json()),
                );
                self.refuse(found.at, sentence);
                return false;
            }
        }
        true
    }

    /// The entry as plain data, its texts rendered where dbt renders them.
    pub(super) fn render(&mut self, section: &str, entry: &Yaml) -> Map<String, Value> {
        let mut keypath = Vec::new();
        match self.render_value(section, entry, &mut keypath) {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }

    fn render_value(&mut self, section: &str, value: &Yaml, keypath: &mut Vec<Step>) -> Value {
        match &value.value {
            YamlValue::Map(map) => {
                let mut out = Map::new();
                for (key, entry) in map {
                    keypath.push(Step::Key(key.clone()));
                    let rendered = self.render_value(section, &entry.value, keypath);
                    keypath.pop();
                    out.insert(key.clone(), rendered);
                }
                Value::Object(out)
            }
            YamlValue::List(items) => {
                let mut out = Vec::with_capacity(items.len());
                for item in items {
                    keypath.push(Step::Index);
                    out.push(self.render_value(section, item, keypath));
                    keypath.pop();
                }
                Value::Array(out)
            }
            YamlValue::Text(text) if is_rendered(section, keypath, self.file.newer) => match self.renderer.render(text)
            {
                Ok(rendered) => rendered,
                Err(error) => {
                    self.problems.at(error.code, &self.file.path, &self.file.text, value.at, &error.message);
                    Value::from(text.as_str())
                }
            },
            _ => value.to_json(),
        }
    }

    /// A warning about an entry.
    pub(super) fn warn(&mut self, entry: &Yaml, sentence: &str) {
        let problem =
            self.problems.build_at(codes::PROPERTIES_INVALID, &self.file.path, &self.file.text, entry.at, sentence);
        self.problems.push(problem.with_severity(crate::problem::Severity::Warning));
    }
}

fn complaint<'y>(key: &str, shape: Shape, value: &'y Yaml) -> Option<(String, &'y Yaml, String)> {
    let wrong = |expected: &str| Some((format!("['{key}']"), value, format!("is not of type '{expected}'")));
    match (shape, &value.value) {
        (Shape::List | Shape::NamedList, YamlValue::List(items)) => {
            let nameless = |item: &&Yaml| {
                item.get("name").is_none() && item.get("include").is_none() && item.get("exclude").is_none()
            };
            let bad = items.iter().enumerate().find(|(_, item)| matches!(shape, Shape::NamedList) && nameless(item));
            bad.map(|(index, item)| (format!("['{key}'][{index}]"), item, "has no 'name'".to_owned()))
        }
        (Shape::List | Shape::NamedList, _) => wrong("array"),
        (Shape::Mapping, YamlValue::Map(_)) | (Shape::Text, YamlValue::Text(_)) => None,
        (Shape::Mapping, _) => wrong("object"),
        (Shape::Text, _) => wrong("string"),
    }
}

/// One step of the way from an entry to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index,
}

/// Descriptions are rendered with the docs, tests when they are built; all else now.
fn is_rendered(section: &str, keypath: &[Step], newer: bool) -> bool {
    let path = match section {
        "sources" => match keypath.first() {
            Some(Step::Key(key)) if key == "description" => return false,
            Some(Step::Key(key)) if key == "tables" => keypath.get(2..).unwrap_or_default(),
            _ => return true,
        },
        "macros" if matches!(keypath.first(), Some(Step::Key(key)) if key == "arguments") => {
            keypath.get(1..).unwrap_or_default()
        }
        // Filters of the semantic layer are templates of another program.
        "metrics" if keypath.iter().any(|step| matches!(step, Step::Key(key) if key == "filter")) => return false,
        "saved_queries" if matches!(keypath, [Step::Key(params), Step::Key(key), ..] if params == "query_params" && key == "where") =>
        {
            return false;
        }
        _ => keypath,
    };
    let is_late = |step: Option<&Step>| matches!(step, Some(Step::Key(key)) if key == "tests" || key == "description" || (newer && key == "data_tests"));
    let listed = ["columns", "dimensions", "measures", "entities"];
    let in_columns =
        matches!(path.first(), Some(Step::Key(key)) if listed.contains(&key.as_str())) && is_late(path.get(2));
    !(is_late(path.first())
        || (path.len() == 2 && is_late(path.get(1)))
        || in_columns
        || (path.len() == 5 && is_late(path.get(4))))
}
