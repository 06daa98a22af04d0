//! The tree against its shape: every mistake at once, and the accepted parts as JSON, from which the
//! types are made.

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use super::literal;
use super::mistake::{Kind, Mistake};
use super::shape::Shape;
use super::tree::{Entry, Node, Origin, Value};
use crate::problem::nearest;
use crate::workspace::edit::key as dotted;

/// Most mistakes told of at once.
const MOST: usize = 50;

/// What a check found.
#[derive(Debug, Default)]
pub(super) struct Checked {
    pub(super) mistakes: Vec<Mistake>,
}

impl Checked {
    pub(super) fn add(&mut self, kind: Kind, origin: &Origin, summary: String, expected: String, fix: String) {
        if self.mistakes.len() < MOST {
            self.mistakes.push(Mistake { kind, origin: origin.clone(), summary, expected, fix });
        }
    }

    /// Checks a part and gives what of it can be used. `path` are the keys that lead to it and `key`
    /// says where the last of them stands.
    pub(super) fn check(&mut self, shape: &Shape, node: &Node, path: &[&str], key: &Origin) -> Option<Json> {
        match (shape, &node.value) {
            (Shape::Choice { words, variants, .. }, _) => self.choice(shape, words, variants, node, path),
            (Shape::Text | Shape::Anything, Value::Text(text)) => {
                self.text(text, node, path);
                Some(text.clone().into())
            }
            (Shape::Flag | Shape::Anything, Value::Flag(flag)) => Some((*flag).into()),
            (Shape::Integer { least, most }, Value::Integer(number)) if (least..=most).contains(&number) => {
                Some((*number).into())
            }
            (Shape::Anything, Value::Integer(number)) => Some((*number).into()),
            (Shape::Anything, Value::Float(number)) if number.is_finite() => Some((*number).into()),
            (Shape::List(inner), Value::List(items)) => self.list(inner, items, path),
            (Shape::Anything, Value::List(items)) => self.list(shape, items, path),
            (Shape::Table { keys, required }, Value::Table(entries)) => {
                self.missing(shape, required, entries, path, key);
                Some(self.known(keys, entries, path))
            }
            (Shape::Named(inner), Value::Table(entries)) => Some(self.named(inner, entries, path)),
            (Shape::Anything, Value::Table(entries)) => Some(self.named(shape, entries, path)),
            _ => self.wrong_type(shape, node, path),
        }
    }

    fn wrong_type(&mut self, shape: &Shape, node: &Node, path: &[&str]) -> Option<Json> {
        let name = dotted(path);
        let (is, number) = match &node.value {
            Value::Integer(number) => (number.to_string(), true),
            Value::Float(number) => (number.to_string(), number.is_finite()),
            Value::Flag(flag) => (flag.to_string(), true),
            _ => (node.describe().to_owned(), false),
        };
        let last = path.last().copied().unwrap_or_default();
        let (expected, fix) = match shape {
            Shape::Text if number => (shape.describe(), format!("Put it in quotes: {last} = \"{is}\"")),
            // All else has been accepted.
            Shape::Anything => (
                "a finite number of at most 64 bits".to_owned(),
                "Put it in quotes, or choose another number".to_owned(),
            ),
            _ => (shape.describe(), format!("Make {name} {}", shape.describe())),
        };
        self.add(Kind::Type, &node.origin, format!("{name} must be {expected}, not {is}"), String::new(), fix);
        None
    }

    /// A text of any setting: it may be a secret that somebody pasted.
    fn text(&mut self, text: &str, node: &Node, path: &[&str]) {
        let name = dotted(path);
        if literal::has_url_password(text) {
            self.secret_literal(&node.origin, format!("{name} holds a password inside a URL"), {
                "Take the user and password out of the URL; give the project a Git connection with \
                 auth = { token = { env = \"NAME\" } }"
                    .to_owned()
            });
        } else if literal::looks_secret(text) {
            let fix = match path.split_last() {
                Some((&"env", _)) => "Write the variable's name here, and its value into the environment".to_owned(),
                _ => "Put the secret into an environment variable or a file and refer to it: { env = \"NAME\" }"
                    .to_owned(),
            };
            self.secret_literal(&node.origin, format!("{name} holds what looks like a secret itself"), fix);
        }
    }

    fn secret_literal(&mut self, origin: &Origin, summary: String, fix: String) {
        let why = "Secrets never stand in ebb.toml, because it is shared, versioned and shown on screens. \
                   It says only where they are: { env = \"NAME\" }, { file = \"PATH\" }, { command = \"…\" } \
                   or { keyring = \"NAME\" }";
        self.add(Kind::SecretLiteral, origin, summary, why.to_owned(), fix);
    }

    fn list(&mut self, shape: &Shape, items: &[Node], path: &[&str]) -> Option<Json> {
        let before = self.mistakes.len();
        let items: Vec<Json> = items.iter().filter_map(|item| self.check(shape, item, path, &item.origin)).collect();
        (self.mistakes.len() == before).then_some(Json::Array(items))
    }

    fn known(&mut self, keys: &IndexMap<String, Shape>, entries: &IndexMap<String, Entry>, path: &[&str]) -> Json {
        let mut accepted = Map::new();
        for (name, entry) in entries {
            let path = [path, &[name.as_str()]].concat();
            match keys.get(name) {
                Some(shape) => {
                    if let Some(value) = self.check(shape, &entry.node, &path, &entry.key) {
                        accepted.insert(name.clone(), value);
                    }
                }
                None => self.unknown(name, entry, &path, keys),
            }
        }
        Json::Object(accepted)
    }

    fn unknown(&mut self, name: &str, entry: &Entry, path: &[&str], keys: &IndexMap<String, Shape>) {
        let known: Vec<&str> = keys.keys().map(String::as_str).collect();
        let meant = nearest(name, known.iter().copied());
        let full = dotted(path);
        let (summary, fix) = match meant {
            Some(meant) => {
                (format!("{full} is not a setting; did you mean {meant}?"), format!("Rename {name} to {meant}"))
            }
            None => (format!("{full} is not a setting"), format!("Remove {name}")),
        };
        let expected = format!("Known here: {}", known.join(", "));
        self.add(Kind::UnknownKey, &entry.key, summary, expected, fix);
        // Unknown or not: a secret may not stand in the file.
        if let Value::Text(text) = &entry.node.value {
            if literal::names_secret(name) && !text.is_empty() {
                self.secret_literal(
                    &entry.node.origin,
                    format!("{full} holds a secret itself"),
                    format!("Remove {name} from the file"),
                );
            } else {
                self.text(text, &entry.node, path);
            }
        }
    }

    fn named(&mut self, shape: &Shape, entries: &IndexMap<String, Entry>, path: &[&str]) -> Json {
        let mut accepted = Map::new();
        for (name, entry) in entries {
            let path = [path, &[name.as_str()]].concat();
            if name.is_empty() || name.chars().any(char::is_control) {
                self.add(
                    Kind::Type,
                    &entry.key,
                    format!("{} has no name that can be shown", dotted(&path)),
                    "A name is a word or more, without control characters".to_owned(),
                    "Give it another name".to_owned(),
                );
            }
            if let Some(value) = self.check(shape, &entry.node, &path, &entry.key) {
                accepted.insert(name.clone(), value);
            }
        }
        Json::Object(accepted)
    }

    fn missing(
        &mut self,
        shape: &Shape,
        required: &[String],
        entries: &IndexMap<String, Entry>,
        path: &[&str],
        key: &Origin,
    ) {
        for name in required.iter().filter(|name| !entries.contains_key(*name)) {
            let expected = shape.below(name).map(Shape::describe).unwrap_or_default();
            self.add(
                Kind::MissingKey,
                key,
                format!("{} lacks {name}", dotted(path)),
                format!("{name} must be {expected}"),
                format!("Add {name} to {}", dotted(path)),
            );
        }
    }

    fn choice(
        &mut self,
        shape: &Shape,
        words: &[String],
        variants: &IndexMap<String, Shape>,
        node: &Node,
        path: &[&str],
    ) -> Option<Json> {
        match &node.value {
            Value::Text(text) if words.contains(text) => Some(text.clone().into()),
            Value::Text(text) => {
                self.no_such_word(shape, words, text, node, path);
                None
            }
            Value::Table(entries) if !variants.is_empty() => {
                let mut accepted = Map::new();
                for (name, entry) in entries {
                    let path = [path, &[name.as_str()]].concat();
                    match variants.get(name) {
                        Some(inner) => {
                            let value = self.check(inner, &entry.node, &path, &entry.key);
                            accepted.extend(value.map(|value| (name.clone(), value)));
                        }
                        None => self.no_such_variant(shape, name, variants, entry, &path),
                    }
                }
                if entries.len() != 1 {
                    let name = dotted(path);
                    let summary = format!("{name} must have exactly one key and has {}", entries.len());
                    let expected = format!("It must be {}", shape.describe());
                    self.add(Kind::Type, &node.origin, summary, expected, format!("Leave one key in {name}"));
                }
                (accepted.len() == 1 && entries.len() == 1).then_some(Json::Object(accepted))
            }
            _ => self.wrong_type(shape, node, path),
        }
    }

    fn no_such_word(&mut self, shape: &Shape, words: &[String], text: &str, node: &Node, path: &[&str]) {
        let name = dotted(path);
        let meant = nearest(text, words.iter().map(String::as_str));
        // Where a secret is meant, an unknown word may be the secret: it is not repeated.
        if literal::looks_secret(text) || (shape.leads_to_secret() && meant.is_none()) {
            let last = path.last().copied().unwrap_or_default();
            let example = if matches!(shape, Shape::Choice { secret: true, .. }) {
                format!("{last} = {{ env = \"NAME\" }}")
            } else {
                format!("{last} = {{ token = {{ env = \"NAME\" }} }}")
            };
            let fix = format!("Write {example} and put the secret into that environment variable");
            let summary = if meant.is_none() && !words.is_empty() && !literal::looks_secret(text) {
                format!("{name} can't be this text, which may be a secret itself")
            } else {
                format!("{name} holds a secret itself")
            };
            self.secret_literal(&node.origin, summary, fix);
            return;
        }
        let text: String = text.chars().filter(|character| !character.is_control()).take(40).collect();
        let (summary, fix) = match meant {
            Some(meant) => {
                (format!("{name} can't be \"{text}\"; did you mean \"{meant}\"?"), format!("Set {name} to \"{meant}\""))
            }
            None => (format!("{name} can't be \"{text}\""), format!("Make {name} {}", shape.describe())),
        };
        self.add(Kind::Type, &node.origin, summary, format!("It must be {}", shape.describe()), fix);
    }

    fn no_such_variant(
        &mut self,
        shape: &Shape,
        name: &str,
        variants: &IndexMap<String, Shape>,
        entry: &Entry,
        path: &[&str],
    ) {
        let meant = nearest(name, variants.keys().map(String::as_str));
        let full = dotted(path);
        let parent = dotted(path.split_last().map_or(path, |(_, parents)| parents));
        let (summary, fix) = match meant {
            Some(meant) => {
                (format!("{full} is not a setting; did you mean {meant}?"), format!("Rename {name} to {meant}"))
            }
            None => (format!("{full} is not a setting"), format!("Make {parent} {}", shape.describe())),
        };
        self.add(Kind::Type, &entry.key, summary, format!("{parent} must be {}", shape.describe()), fix);
        if let Value::Text(text) = &entry.node.value {
            if shape.leads_to_secret() && meant.is_none() {
                self.secret_literal(
                    &entry.node.origin,
                    format!("{full} may hold a secret itself"),
                    format!("Remove {name}"),
                );
            } else {
                self.text(text, &entry.node, path);
            }
        }
    }
}
