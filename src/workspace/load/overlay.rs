//! What stands above the file: variables `EBB_…`, then `--set` flags.
//!
//! The rule for variables: the dotted path in upper case, with `_` for every dot and every character
//! that is no letter or digit. `EBB_SYNC_PARALLEL` is `sync.parallel`; `EBB_PROJECTS_SHOP_BRANCH` is
//! `projects.shop.branch`. Its limits: two names that differ only in case or punctuation can't be told
//! apart (an error says so), a name that the file does not have is taken in lower case and must
//! belong to a table (a new project, not a new entry of `ui.keys`). Flags have no such limits.

use indexmap::IndexMap;
use toml::de::DeValue;

use super::Assignment;
use super::check::Checked;
use super::mistake::Kind;
use super::shape::Shape;
use super::tree::{Entry, Node, Origin, Value};
use crate::problem::nearest;
use crate::workspace::environment::Environment;

/// Variables of ours that are no settings.
const RESERVED: [&str; 5] = ["EBB_WORKSPACE", "EBB_CONFIG_DIR", "EBB_STATE_DIR", "EBB_CACHE_DIR", "EBB_DATA_DIR"];

/// Lays the variables over the tree.
pub(super) fn variables(tree: &mut Node, shape: &Shape, environment: &Environment, checked: &mut Checked) {
    // Paths are looked up in the file's own names: a variable never depends on another one.
    let file = tree.clone();
    for (variable, text) in environment.variables() {
        let Some(rest) = variable.strip_prefix("EBB_") else { continue };
        if text.is_empty() || RESERVED.contains(&variable.as_str()) {
            continue;
        }
        let origin = Origin::Variable(variable.clone());
        let mut paths = Vec::new();
        candidates(shape, Some(&file), rest, &mut Vec::new(), &mut paths);
        // A name of the file is meant before a new one.
        let existing: Vec<_> = paths.iter().filter(|found| !found.new_name).cloned().collect();
        let paths = if existing.is_empty() { paths } else { existing };
        match paths.as_slice() {
            [only] => put(tree, shape, &only.keys, text, &origin),
            [] => unknown(variable, shape, &origin, checked),
            several => {
                let paths: Vec<String> = several.iter().map(|path| path.keys.join(".")).collect();
                checked.add(
                    Kind::Overlay,
                    &origin,
                    format!("it could mean {}", paths.join(" or ")),
                    "A variable's name can't tell names apart that differ in case or punctuation only".to_owned(),
                    "Unset it and use --set, or rename one of them".to_owned(),
                );
            }
        }
    }
}

/// Lays the flags over the tree, in their order.
pub(super) fn flags(tree: &mut Node, shape: &Shape, flags: &[Assignment], checked: &mut Checked) {
    for flag in flags {
        let origin = Origin::Flag(flag.key.clone());
        let keys: Vec<String> = match toml_edit::Key::parse(&flag.key) {
            Ok(keys) => keys.iter().map(|key| key.get().to_owned()).collect(),
            Err(error) => {
                let fix = "Write it as in the file: --set sync.parallel=2".to_owned();
                checked.add(Kind::Overlay, &origin, "it is no key".to_owned(), error.message().to_owned(), fix);
                continue;
            }
        };
        put(tree, shape, &keys, &flag.value, &origin);
    }
}

fn unknown(variable: &str, shape: &Shape, origin: &Origin, checked: &mut Checked) {
    let mut known: Vec<String> = RESERVED.iter().map(|name| (*name).to_owned()).collect();
    plain_variables(shape, "EBB", &mut known);
    let (summary, fix) = match nearest(variable, known.iter().map(String::as_str)) {
        Some(meant) => (format!("no setting has this name; did you mean {meant}?"), format!("Rename it to {meant}")),
        None => ("no setting has this name".to_owned(), format!("Unset {variable}")),
    };
    let rule = "A setting's variable is EBB_ and its path in upper case with _ for dots: EBB_SYNC_PARALLEL";
    checked.add(Kind::Variable, origin, summary, rule.to_owned(), fix);
}

/// Variables of the settings that have no chosen name in their path.
fn plain_variables(shape: &Shape, prefix: &str, found: &mut Vec<String>) {
    match shape {
        Shape::Table { keys, .. } => {
            keys.iter().for_each(|(key, shape)| plain_variables(shape, &format!("{prefix}_{}", upper(key)), found));
        }
        Shape::Named(_) => {}
        _ => found.push(prefix.to_owned()),
    }
}

#[derive(Clone, Debug)]
struct Candidate {
    keys: Vec<String>,
    /// Whether the file lacks one of the chosen names in it.
    new_name: bool,
}

/// Every path whose variable is called `rest`.
fn candidates(shape: &Shape, node: Option<&Node>, rest: &str, path: &mut Vec<String>, found: &mut Vec<Candidate>) {
    match shape {
        Shape::Table { keys, .. } | Shape::Choice { variants: keys, .. } => {
            for (key, shape) in keys {
                follow(shape, node, rest, key, path, found);
            }
        }
        Shape::Named(inner) => {
            let names = node.and_then(Node::table).into_iter().flatten().map(|(name, _)| name.as_str());
            for name in names {
                follow(inner, node, rest, name, path, found);
            }
            if let Shape::Table { keys, .. } = inner.as_ref() {
                new_names(inner, keys, rest, path, found);
            }
        }
        Shape::Text | Shape::Flag | Shape::Integer { .. } | Shape::List(_) | Shape::Anything => {}
    }
}

fn follow(
    shape: &Shape,
    node: Option<&Node>,
    rest: &str,
    key: &str,
    path: &mut Vec<String>,
    found: &mut Vec<Candidate>,
) {
    let Some(rest) = rest.strip_prefix(upper(key).as_str()) else { return };
    path.push(key.to_owned());
    if rest.is_empty() {
        found.push(Candidate { keys: path.clone(), new_name: false });
    } else if let Some(rest) = rest.strip_prefix('_') {
        let node = node.and_then(|node| node.get(key)).map(|entry| &entry.node);
        candidates(shape, node, rest, path, found);
    }
    path.pop();
}

fn new_names(inner: &Shape, keys: &IndexMap<String, Shape>, rest: &str, path: &[String], found: &mut Vec<Candidate>) {
    for (at, _) in rest.match_indices('_').filter(|(at, _)| *at > 0) {
        let (name, below) = rest.split_at(at);
        let below = below.trim_start_matches('_');
        if !keys.keys().any(|key| below == upper(key) || below.starts_with(&format!("{}_", upper(key)))) {
            continue;
        }
        let mut path = path.to_vec();
        path.push(name.to_lowercase());
        let mut below_it = Vec::new();
        candidates(inner, None, below, &mut path, &mut below_it);
        found.extend(below_it.into_iter().map(|candidate| Candidate { new_name: true, ..candidate }));
    }
}

fn upper(key: &str) -> String {
    key.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

/// Sets one value, making tables on the way.
fn put(tree: &mut Node, shape: &Shape, keys: &[String], text: &str, origin: &Origin) {
    let Some((key, rest)) = keys.split_first() else {
        *tree = value_of(shape, text, origin);
        return;
    };
    if !matches!(tree.value, Value::Table(_)) {
        *tree = Node { origin: origin.clone(), value: Value::Table(IndexMap::new()) };
    }
    let Value::Table(entries) = &mut tree.value else { return };
    if matches!(shape, Shape::Choice { .. }) {
        // One of several ways: the new one takes the place of the old one.
        entries.retain(|name, _| name == key);
    }
    let below = shape.below(key).unwrap_or(&Shape::Anything);
    let entry = entries.entry(key.clone()).or_insert_with(|| Entry {
        key: origin.clone(),
        node: Node { origin: origin.clone(), value: Value::Table(IndexMap::new()) },
    });
    put(&mut entry.node, below, rest, text, origin);
}

/// A value as a person types it outside of the file: TOML, or the bare text where a text is meant.
fn value_of(shape: &Shape, text: &str, origin: &Origin) -> Node {
    let bare = || Node { origin: origin.clone(), value: Value::Text(text.to_owned()) };
    let toml = || DeValue::parse(text.trim()).ok().map(|value| Node::of_value(&value, origin));
    let quoted = text.trim().starts_with(['"', '\'']);
    match shape {
        Shape::Text if !quoted => bare(),
        Shape::Choice { words, .. } if words.iter().any(|word| word == text) => bare(),
        _ => toml().unwrap_or_else(bare),
    }
}
