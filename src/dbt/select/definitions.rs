//! `selectors.yml`: named specifications, as texts, as key and value, or put together.

use std::cell::Cell;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::criterion::{Criterion, Indirect, Method, Reach, reach};
use super::spec::{Group, Part, SelectError, Spec, shown};
use super::written;
use crate::dbt::python;

/// The specifications of a project by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selectors {
    named: IndexMap<String, Spec>,
    /// The one that holds when nothing is asked for.
    default: Option<String>,
    /// As `manifest.json` has them.
    written: Map<String, Value>,
}

/// Why `selectors.yml` can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// One sentence in dbt's words.
    pub sentence: String,
    /// Which of its selectors is meant, counted from 0; none where it is the file as a whole.
    pub entry: Option<usize>,
}

impl From<String> for Refused {
    fn from(sentence: String) -> Self {
        Self { sentence, entry: None }
    }
}

/// Definitions within definitions, those that are named included.
pub(super) const DEEPEST: usize = 64;
/// Criteria of one file, each counted as often as it is named. Real files have a few dozen.
pub(super) const MOST_PARTS: usize = 10_000;

impl Selectors {
    /// From the file's content, its templates rendered.
    pub fn from_value(root: &Value) -> Result<Self, Refused> {
        if !python::is_true(root) {
            return Ok(Self::default());
        }
        let Some(list) = root.get("selectors").and_then(Value::as_array) else {
            return Err(malformed().into());
        };
        let mut entries = Vec::with_capacity(list.len());
        let mut selectors = Self::default();
        for (index, entry) in list.iter().enumerate() {
            let refused = |sentence| Refused { sentence, entry: Some(index) };
            let definition = entry.get("definition").filter(|one| one.is_string() || one.is_object());
            let name = entry.get("name").and_then(Value::as_str);
            let (Some(name), Some(definition)) = (name, definition) else {
                return Err(refused(malformed()));
            };
            if entry.get("default").is_some_and(python::is_true) {
                if let Some(first) = &selectors.default {
                    return Err(refused(format!(
                        "Error when parsing the selector file. Found multiple selectors with `default: true`:{first} and {name}"
                    )));
                }
                selectors.default = Some(name.to_owned());
            }
            entries.push((name, definition));
        }
        let left = Cell::new(MOST_PARTS);
        for (index, (name, definition)) in entries.into_iter().enumerate() {
            let part = Definitions { known: &selectors.named, left: &left }.root(definition);
            let part = part.map_err(|sentence| Refused { sentence, entry: Some(index) })?;
            selectors.named.insert(name.to_owned(), Spec(part));
        }
        selectors.written = written::selectors(list);
        Ok(selectors)
    }

    /// The specification called `name`.
    pub fn named(&self, name: &str) -> Result<&Spec, SelectError> {
        self.named.get(name).ok_or_else(|| SelectError::UnknownSelector {
            name: name.to_owned(),
            known: self.named.keys().cloned().collect(),
        })
    }

    /// The definitions by name, as `manifest.json` has them.
    pub fn written(&self) -> &Map<String, Value> {
        &self.written
    }

    /// The specification that holds when nothing is asked for, and its name.
    pub fn default_one(&self) -> Option<(&str, &Spec)> {
        let name = self.default.as_deref()?;
        Some((name, self.named.get(name)?))
    }
}

fn malformed() -> String {
    "the file must have a list `selectors`, each with a name and a definition. Valid root-level selector definitions: union, intersection, string, dictionary. No lists."
        .to_owned()
}

/// Reads definitions that may name those before them.
struct Definitions<'s> {
    known: &'s IndexMap<String, Spec>,
    /// How many parts there may still be.
    left: &'s Cell<usize>,
}

impl Definitions<'_> {
    /// Counts parts that lie so deep. A file may name a definition twice in the next, and that twice in
    /// the one after it, and so on.
    fn take(&self, parts: usize, depth: usize) -> Result<(), String> {
        let left = self.left.get().checked_sub(parts).filter(|_| depth <= DEEPEST);
        self.left.set(left.ok_or("selector definitions nest too deep or are too many")?);
        Ok(())
    }

    fn root(&self, definition: &Value) -> Result<Part, String> {
        if let Some(map) = definition.as_object()
            && (map.contains_key("union") || map.contains_key("intersection"))
            && map.len() > 1
        {
            let keys: Vec<&str> = map.keys().map(String::as_str).collect();
            return Err(format!(
                "Only a single 'union' or 'intersection' key is allowed in a root level selector definition; found {}.",
                keys.join(",")
            ));
        }
        self.part(definition, 0)
    }

    fn part(&self, definition: &Value, depth: usize) -> Result<Part, String> {
        self.take(1, depth)?;
        match definition {
            Value::String(text) => one(Criterion::parse(text, Indirect::Eager)),
            Value::Object(map) if map.contains_key("union") => self.set(map, "union", Part::Union, depth),
            Value::Object(map) if map.contains_key("intersection") => {
                self.set(map, "intersection", Part::Intersection, depth)
            }
            Value::Object(map) => self.criterion(map, depth),
            other => {
                Err(format!("Expected to find union, intersection, str or dict, instead found {}", python::repr(other)))
            }
        }
    }

    fn set(&self, map: &Map<String, Value>, key: &str, make: fn(Group) -> Part, depth: usize) -> Result<Part, String> {
        let mut parts = Vec::new();
        let mut excluded: Option<Part> = None;
        let mut has_exclude = false;
        for definition in list(map, key)? {
            let exclude = definition.as_object().filter(|map| map.contains_key("exclude"));
            let Some(exclude) = exclude else {
                parts.push(self.part(definition, depth + 1)?);
                continue;
            };
            if has_exclude && excluded.is_some() {
                return Err(
                    "You cannot provide multiple exclude arguments to the same selector set operator".to_owned()
                );
            }
            has_exclude = true;
            excluded = self.exclusion(exclude, depth)?;
        }
        let included = make(group(parts));
        Ok(match excluded {
            Some(excluded) => Part::Difference(group(vec![included, excluded])),
            None => included,
        })
    }

    fn exclusion(&self, map: &Map<String, Value>, depth: usize) -> Result<Option<Part>, String> {
        let parts = list(map, "exclude")?.iter().map(|part| self.part(part, depth + 1));
        let mut parts = parts.collect::<Result<Vec<_>, _>>()?;
        Ok(match parts.len() {
            0 => None,
            1 => parts.pop(),
            _ => Some(Part::Union(group(parts))),
        })
    }

    fn criterion(&self, map: &Map<String, Value>, depth: usize) -> Result<Part, String> {
        if let (1, Some((key, value))) = (map.len(), map.iter().next()) {
            return one(described(key, value, &Map::new()));
        }
        let (Some(method), Some(value)) = (map.get("method"), map.get("value")) else {
            let keys: Vec<String> = map.keys().map(|key| format!("'{key}'")).collect();
            return Err(format!(
                "Expected either 1 key or else \"method\" and \"value\" keys, but got [{}]",
                keys.join(", ")
            ));
        };
        if method == "selector" {
            let name = shown(value);
            let Some(Spec(known)) = self.known.get(&name) else {
                return Err(format!("Existing selector definition for {name} not found."));
            };
            let (parts, below) = known.extent();
            self.take(parts, depth + below)?;
            return Ok(known.clone());
        }
        let included = one(described(&shown(method), value, map))?;
        let excluded = if map.contains_key("exclude") { self.exclusion(map, depth)? } else { None };
        Ok(match excluded {
            Some(excluded) => Part::Difference(group(vec![included, excluded])),
            None => included,
        })
    }
}

/// A criterion from its keys.
fn described(method: &str, value: &Value, map: &Map<String, Value>) -> Result<Criterion, SelectError> {
    let mut parts = method.split('.');
    let method = Method::of(parts.next().unwrap_or_default())?;
    let is_set = |key: &str| map.get(key).is_some_and(python::is_true);
    let steps = |key: &str| match map.get(key).filter(|steps| python::is_true(steps)) {
        Some(steps) => reach(&shown(steps)),
        None => Reach::All,
    };
    let indirect = match map.get("indirect_selection").filter(|mode| python::is_true(mode)) {
        Some(mode) => Indirect::of(&shown(mode))
            .ok_or_else(|| SelectError::Value(format!("'{}' is not a valid IndirectSelection", shown(mode))))?,
        None => Indirect::Eager,
    };
    let criterion = Criterion {
        method,
        arguments: parts.map(str::to_owned).collect(),
        value: value.clone(),
        childrens_parents: is_set("childrens_parents"),
        parents: is_set("parents").then(|| steps("parents_depth")),
        children: is_set("children").then(|| steps("children_depth")),
        indirect,
    };
    criterion.checked(&python::repr(&Value::Object(map.clone())))
}

fn one(criterion: Result<Criterion, SelectError>) -> Result<Part, String> {
    criterion.map(Part::One).map_err(|error| error.to_string())
}

fn group(parts: Vec<Part>) -> Group {
    Group { parts, indirect: Indirect::Eager, expected: None }
}

fn list<'m>(map: &'m Map<String, Value>, key: &str) -> Result<&'m [Value], String> {
    let Some(values) = map.get(key).and_then(Value::as_array) else {
        return Err(format!("Invalid value for key \"{key}\". Expected a list."));
    };
    let wrong = values.iter().find(|value| !value.is_string() && !value.is_object());
    match wrong {
        Some(wrong) => Err(format!(
            "Invalid value type <class '{}'> in key \"{key}\", expected dict or str (value: {}).",
            python::type_name(wrong),
            python::repr(wrong)
        )),
        None => Ok(values),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(definitions: Vec<Value>) -> Result<Selectors, Refused> {
        let named =
            |(index, definition): (usize, Value)| json!({"name": format!("s{index}"), "definition": definition});
        let selectors: Vec<Value> = definitions.into_iter().enumerate().map(named).collect();
        Selectors::from_value(&json!({ "selectors": selectors }))
    }

    #[test]
    fn definitions_that_double_for_ever_are_refused() {
        let doubled = |index: usize| {
            let below = json!({"method": "selector", "value": format!("s{}", index.saturating_sub(1))});
            if index == 0 { json!("a") } else { json!({"union": [below.clone(), below]}) }
        };
        assert!(read((0..8).map(doubled).collect()).is_ok());
        assert!(read((0..60).map(doubled).collect()).is_err_and(|refused| refused.sentence.contains("too many")));
    }

    #[test]
    fn definitions_that_nest_for_ever_are_refused() {
        let chained = |index: usize| {
            let below = json!({"method": "selector", "value": format!("s{}", index.saturating_sub(1))});
            if index == 0 { json!("a") } else { json!({"union": [below]}) }
        };
        assert!(read((0..30).map(chained).collect()).is_ok());
        assert!(read((0..300).map(chained).collect()).is_err());
        let nested = (0..300).fold(json!("a"), |inner, _| json!({"union": [inner]}));
        assert!(read(vec![nested]).is_err());
    }

    #[test]
    fn the_selector_that_is_wrong_is_named() {
        let found = read(vec![json!("a"), json!("foo:b")]).unwrap_err();
        assert_eq!((found.entry, found.sentence.as_str()), (Some(1), "'foo' is not a valid method name"));
        assert_eq!(Selectors::from_value(&json!({"selectors": 1})).unwrap_err().entry, None);
    }

    #[test]
    fn an_empty_file_has_no_selectors() {
        for root in [json!(null), json!({}), json!([])] {
            assert_eq!(Selectors::from_value(&root), Ok(Selectors::default()), "{root}");
        }
    }
}
