//! A node's configuration: what the layers are, in which order they count, how each key is merged,
//! and what the outcome must look like. Knows values, not files.

mod defaults;
mod hooks;
mod merge;
mod places;
mod validate;

#[cfg(test)]
mod tests;

pub(crate) use defaults::{ConfigKind, defaults};
pub(crate) use hooks::hook_sql;
pub(crate) use merge::{add_call, apply_layer, normalize_layer};
pub(crate) use places::Places;
pub(crate) use validate::finish;

use indexmap::IndexMap;
use serde_json::Value;

use crate::dbt::options::Adapter;

/// Key -> value, in the order in which the keys were first met.
pub(crate) type Config = IndexMap<String, Value>;

/// The configuration trees of one `dbt_project.yml` for one kind of node (`models:`, `seeds:`, ...).
pub(crate) type ConfigTree = Value;

/// Everything that says how one node is configured, from low to high.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layers<'a> {
    pub(crate) kind: ConfigKind,
    pub(crate) adapter: Adapter,
    pub(crate) fqn: &'a [String],
    /// The tree in the node's own project.
    pub(crate) own: Option<&'a ConfigTree>,
    /// `config:` of the YAML file that describes the node.
    pub(crate) patch: Option<&'a Config>,
    /// What `config()` was called with.
    pub(crate) calls: &'a Config,
    /// The tree in the root project, for a node of a package.
    pub(crate) root: Option<&'a ConfigTree>,
}

/// The configuration before it is checked, defaults first.
pub(crate) fn merge(layers: &Layers<'_>) -> Config {
    merge_over(of_place(layers), layers)
}

/// The part that follows from where a node is: the defaults, and the tree of its own project.
pub(crate) fn of_place(layers: &Layers<'_>) -> Config {
    let mut config = defaults(layers.kind);
    for level in tree_levels(layers.own, layers.fqn) {
        apply_layer(&mut config, normalize_layer(level, layers.adapter));
    }
    config
}

/// How many names of `fqn` a tree has a mapping for: nodes that agree in those have the same levels.
pub(crate) fn tree_depth(tree: Option<&ConfigTree>, fqn: &[String]) -> usize {
    let mut level = tree;
    let below = fqn.iter().take_while(|name| {
        level = level.and_then(|tree| tree.get(name.as_str())).filter(|below| below.is_object());
        level.is_some()
    });
    below.count()
}

/// The other layers over that part.
pub(crate) fn merge_over(mut config: Config, layers: &Layers<'_>) -> Config {
    if let Some(patch) = layers.patch {
        apply_layer(&mut config, normalize_layer(patch.clone(), layers.adapter));
    }
    apply_layer(&mut config, normalize_layer(layers.calls.clone(), layers.adapter));
    for level in tree_levels(layers.root, layers.fqn) {
        apply_layer(&mut config, normalize_layer(level, layers.adapter));
    }
    config
}

/// The configuration as it was written: the layers of `merge` with trees that are not rendered, each key
/// as the highest layer has it.
pub(crate) fn unrendered(layers: &Layers<'_>) -> Config {
    let patch = layers.patch.cloned().unwrap_or_default();
    let all = tree_levels(layers.own, layers.fqn)
        .into_iter()
        .chain([patch, layers.calls.clone()])
        .chain(tree_levels(layers.root, layers.fqn));
    all.flat_map(|layer| merge::normalize_names(layer, layers.adapter)).collect()
}

/// The layers of a configuration tree that hold for `fqn`: the top, then one for every name of the
/// fqn that the tree has a mapping for. A key without `+` whose value is a mapping is a folder.
pub(crate) fn tree_levels(tree: Option<&ConfigTree>, fqn: &[String]) -> Vec<Config> {
    let mut levels = Vec::new();
    let Some(mut level) = tree.and_then(Value::as_object) else { return levels };
    levels.push(level_config(level));
    for name in fqn {
        let Some(below) = level.get(name).and_then(Value::as_object) else { break };
        levels.push(level_config(below));
        level = below;
    }
    levels
}

fn level_config(level: &serde_json::Map<String, Value>) -> Config {
    let mut config = Config::new();
    for (key, value) in level {
        if let Some(key) = key.strip_prefix('+') {
            config.insert(key.trim().to_owned(), value.clone());
        } else if !value.is_object() {
            config.insert(key.clone(), value.clone());
        }
    }
    config
}
