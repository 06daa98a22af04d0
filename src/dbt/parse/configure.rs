//! The last word on a node: its configuration from all layers, and the names that follow from it.

use std::rc::Rc;
use std::sync::Arc;

use serde_json::Value;

use super::contract::{checksum, is_enforced};
use super::draft::{Draft, Origin};
use super::files::learn_hooks;
use super::patch::Applied;
use crate::dbt::config::{self, Config, ConfigKind, Layers, finish, hook_sql, merge_over};
use crate::dbt::context::{NodeView, Shared, Worker};
use crate::dbt::macros::GenerateName;
use crate::dbt::names::{config_kind, set_relation_name};
use crate::dbt::node::{Node, NodeKind};
use crate::dbt::project::ProjectFile;

/// Configures a node, with what YAML says about it.
pub(crate) fn configure(worker: &mut Worker<'_>, shared: &Arc<Shared>, draft: &mut Draft, applied: Option<&Applied>) {
    if let (Origin::Text { described, .. }, Some(applied)) = (&mut draft.origin, applied) {
        *described = Some((Arc::clone(&applied.patch.file), applied.patch.at));
    }
    let patch = applied.map(patch_config).filter(|config| !config.is_empty());
    let of_trees = |tree| layers(shared, &draft.node, patch.as_ref(), &draft.calls, tree);
    let (rendered, written) = (of_trees(ProjectFile::tree), of_trees(ProjectFile::unrendered_tree));
    let place = worker.places.find(&draft.node.package_name, &rendered, &written);
    let silent = patch.is_none() && draft.calls.is_empty();
    let (config, unrendered) = if let Some(whole) = place.whole.filter(|_| silent) {
        (whole.config, whole.unrendered)
    } else {
        let unrendered = config::unrendered(&written);
        let merged = merge_over(Config::clone(&place.base), &rendered);
        (finished(merged, draft), Arc::new(unrendered))
    };
    draft.node.unrendered_config = unrendered;
    if let Some(applied) = applied {
        describe(&mut draft.node, applied);
        tags_before_yaml(shared, draft, patch.as_ref());
    }
    take_over(draft, &config);
    draft.node.config = config;
    if let Some(applied) = applied.filter(|_| draft.node.kind == NodeKind::Model && is_enforced(&draft.node)) {
        draft.node.constraints = applied.constraints();
        draft.node.contract_checksum = Some(checksum(&draft.node));
    }
    name(worker, shared, draft);
    if draft.node.kind != NodeKind::Test && !hook_sql(&draft.node.config).is_empty() {
        learn_hooks(worker, shared, draft);
    }
}

/// Whether a node takes part before YAML has said anything about it.
pub(super) fn is_enabled(shared: &Shared, draft: &Draft) -> bool {
    config::merge(&layers(shared, &draft.node, None, &draft.calls, ProjectFile::tree)).get("enabled")
        != Some(&Value::Bool(false))
}

/// The configuration as dbt takes it; one that dbt refuses is a problem of the node, and stays as it is.
fn finished(config: Config, draft: &mut Draft) -> Arc<Config> {
    let finished = finish(config.clone(), config_kind(draft.node.kind));
    Arc::new(finished.unwrap_or_else(|error| {
        draft.fail_setting(&error.key, error.to_string());
        config
    }))
}

/// All that says how a node is configured.
pub(super) fn layers<'a>(
    shared: &'a Shared,
    node: &'a Node,
    patch: Option<&'a Config>,
    calls: &'a Config,
    tree: fn(&ProjectFile, ConfigKind) -> Option<&Value>,
) -> Layers<'a> {
    let kind = config_kind(node.kind);
    let is_package = node.package_name != shared.root_name();
    Layers {
        kind,
        adapter: shared.target.adapter,
        fqn: &node.fqn,
        own: shared.project(&node.package_name).and_then(|project| tree(project, kind)),
        patch,
        calls,
        root: shared.root().filter(|_| is_package).and_then(|root| tree(root, kind)),
    }
}

/// Configures a node of which only YAML speaks, by the trees and its own `config:`.
pub(super) fn configure_described(shared: &Shared, node: &mut Node, patch: &Config) {
    let calls = Config::new();
    let config = config::merge(&layers(shared, node, Some(patch), &calls, ProjectFile::tree));
    let written = config::unrendered(&layers(shared, node, Some(patch), &calls, ProjectFile::unrendered_tree));
    node.enabled = config.get("enabled") != Some(&Value::Bool(false));
    node.group = config.get("group").and_then(Value::as_str).map(str::to_owned);
    node.config = Arc::new(config);
    node.unrendered_config = Arc::new(written);
}

fn patch_config(applied: &Applied) -> Config {
    let mut config = applied.patch.config.clone();
    let version = applied.version.and_then(|index| applied.patch.versions.get(index));
    for (key, value) in version.map(|version| version.config.clone()).unwrap_or_default() {
        let merged = match (config.shift_remove(&key), value) {
            (Some(old), new) => deep_merge(old, new),
            (None, new) => new,
        };
        config.insert(key, merged);
    }
    config
}

/// Mappings are joined all the way down, a list stands before the one below it; anything else is replaced.
fn deep_merge(old: Value, new: Value) -> Value {
    match (old, new) {
        (Value::Object(mut old), Value::Object(new)) => {
            for (key, value) in new {
                let merged = match old.remove(&key) {
                    Some(below) => deep_merge(below, value),
                    None => value,
                };
                old.insert(key, merged);
            }
            Value::Object(old)
        }
        (Value::Array(old), Value::Array(new)) => new.into_iter().chain(old).collect(),
        (_, new) => new,
    }
}

/// dbt configures a node before YAML has spoken and again after it, and keeps the tags of both times: those
/// of YAML come last.
fn tags_before_yaml(shared: &Shared, draft: &mut Draft, patch: Option<&Config>) {
    let is_package = draft.node.package_name != shared.root_name();
    let order_matters = draft.calls.contains_key("tags") || is_package;
    if order_matters && patch.is_some_and(|patch| patch.contains_key("tags")) {
        let config = config::merge(&layers(shared, &draft.node, None, &draft.calls, ProjectFile::tree));
        add_tags(&mut draft.node, &config);
    }
}

fn add_tags(node: &mut Node, config: &Config) {
    let tags = match config.get("tags") {
        Some(Value::Array(tags)) => tags.iter().map(crate::dbt::python::text).collect(),
        Some(Value::String(tag)) => vec![tag.clone()],
        _ => Vec::new(),
    };
    for tag in tags {
        if !node.tags.contains(&tag) {
            node.tags.push(tag);
        }
    }
}

/// Takes over description and columns.
fn describe(node: &mut Node, applied: &Applied) {
    let patch = &applied.patch;
    let version = applied.version.and_then(|index| patch.versions.get(index));
    node.description =
        version.and_then(|version| version.description.clone()).unwrap_or_else(|| patch.description.clone());
    let columns = version.map_or(&patch.columns, |version| &version.columns);
    node.columns = columns.iter().map(|(name, entry)| (name.clone(), entry.column.clone())).collect();
    let deprecated = version.map_or(&patch.deprecation_date, |version| &version.deprecation_date);
    node.deprecation_date.clone_from(deprecated);
    node.patch_path = Some(format!("{}://{}", patch.file.package, patch.file.original));
}

/// Copies to the node what dbt keeps in both places.
fn take_over(draft: &mut Draft, config: &Config) {
    let node = &mut draft.node;
    let text = |key: &str| config.get(key).and_then(Value::as_str).map(str::to_owned);
    node.enabled = config.get("enabled") != Some(&Value::Bool(false));
    node.materialized = text("materialized").unwrap_or_default();
    add_tags(node, config);
    if let Some(Value::Object(meta)) = config.get("meta").filter(|meta| crate::dbt::python::is_true(meta)) {
        node.meta = meta.clone().into_iter().collect();
    }
    node.group = text("group").or_else(|| node.group.take());
    if node.kind == NodeKind::Model {
        node.access = text("access");
        if !matches!(node.access.as_deref(), Some("private" | "protected" | "public")) {
            let found = node.access.clone().unwrap_or_default();
            let message = format!("Node {} has an invalid value ({found}) for the access field", node.unique_id);
            draft.fail_setting("access", message);
        }
    }
}

/// Database, schema and alias by the macros, then the relation's name.
fn name(worker: &mut Worker<'_>, shared: &Arc<Shared>, draft: &mut Draft) {
    let custom = |key: &str| draft.node.config.get(key).filter(|value| !value.is_null()).map(crate::dbt::python::text);
    let wishes = [
        (GenerateName::Database, custom("database")),
        (GenerateName::Schema, custom("schema")),
        (GenerateName::Alias, custom("alias")),
    ];
    let view = Rc::new(NodeView::new(draft.node.lend()));
    let names = wishes.map(|(which, wish)| (which, worker.generate_name(which, &draft.node.package_name, wish, &view)));
    drop(view);
    for (which, name) in names {
        match name {
            Ok(name) => set_name(&mut draft.node, which, name),
            Err(failure) => draft.fail_template(&failure),
        }
    }
    if draft.node.kind == NodeKind::Snapshot {
        let target = |key: &str| {
            draft.node.config.get(key).and_then(Value::as_str).filter(|name| !name.is_empty()).map(str::to_owned)
        };
        let (database, schema) = (target("target_database"), target("target_schema"));
        draft.node.database = database.or_else(|| draft.node.database.take());
        if let Some(schema) = schema {
            draft.node.schema = schema;
        }
    }
    if draft.node.kind == NodeKind::Operation {
        return;
    }
    let quoting = shared.root().map(|root| root.quoting).unwrap_or_default();
    let config = Arc::clone(&draft.node.config);
    set_relation_name(&mut draft.node, &config, shared.target.adapter, quoting);
}

fn set_name(node: &mut Node, which: GenerateName, name: Option<String>) {
    match which {
        GenerateName::Database => node.database = name,
        GenerateName::Schema => node.schema = name.unwrap_or_default(),
        GenerateName::Alias => node.alias = name.unwrap_or_default(),
    }
}
