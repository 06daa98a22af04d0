//! Which nodes one criterion means by itself, before its neighbours are followed.

use std::cell::OnceCell;

use serde_json::Value;

use super::criterion::{Criterion, Method};
use super::graph::{Graph, Set};
use super::paths::{self, Paths};
use super::spec::{SelectError, shown};
use super::{pattern, versions};
use crate::dbt::compare::{State, StateQuestion};
use crate::dbt::node::{Node, NodeKind, Project};

/// Finds nodes among those of a graph.
#[derive(Debug)]
pub(super) struct Finder<'g, 'p> {
    project: &'p Project,
    graph: &'g Graph<'p>,
    state: Option<&'g State>,
    paths: OnceCell<Paths<'p>>,
}

/// Names of kinds that dbt knows, whether or not any node is of them.
const RESOURCE_TYPES: [&str; 15] = [
    "model",
    "analysis",
    "test",
    "snapshot",
    "operation",
    "seed",
    "rpc",
    "sql operation",
    "doc",
    "source",
    "macro",
    "exposure",
    "metric",
    "group",
    "saved_query",
];

impl<'g, 'p> Finder<'g, 'p> {
    pub(super) fn new(project: &'p Project, graph: &'g Graph<'p>, state: Option<&'g State>) -> Self {
        Self { project, graph, state, paths: OnceCell::new() }
    }

    pub(super) fn find(&self, criterion: &Criterion) -> Result<Set, SelectError> {
        let wanted = criterion.text();
        Ok(match criterion.method {
            Method::Fqn => self.those(|node| node.kind != NodeKind::Source && has_name(node, wanted)),
            Method::Tag => self.those(|node| node.tags.iter().any(|tag| pattern::matches(tag, wanted))),
            Method::Group => self.those(|node| is_parsed(node.kind) && group(node) == Some(wanted)),
            Method::Access => self.those(|node| node.kind == NodeKind::Model && node.access.as_deref() == Some(wanted)),
            Method::Source => self.source(wanted)?,
            Method::Path => self.path(wanted)?,
            Method::File => self.those(|node| is_file(node, wanted)),
            Method::Package => self.those(|node| pattern::matches(&node.package_name, wanted)),
            Method::Config => self.config(criterion),
            Method::TestName => self.those(|node| test_name(node).is_some_and(|name| pattern::matches(name, wanted))),
            Method::TestType => self.test_type(wanted)?,
            Method::ResourceType => self.resource_type(wanted)?,
            Method::Exposure => self.named("exposure", "Exposures", wanted)?,
            Method::Metric => self.named("metric", "Metrics", wanted)?,
            Method::SemanticModel => self.named("semantic_model", "Semantic models", wanted)?,
            Method::SavedQuery => self.named("saved_query", "Saved queries", wanted)?,
            Method::Version => self.version(wanted)?,
            Method::State => self.state(wanted)?,
            Method::Result => self.result(wanted)?,
            Method::SourceStatus => {
                return Err(SelectError::NoState("No previous state comparison freshness results in sources.json"));
            }
            Method::Wildcard => {
                return Err(SelectError::Value(
                    "Method name \"wildcard\" is a valid node selection method name, but it is not handled".to_owned(),
                ));
            }
        })
    }

    fn those(&self, holds: impl Fn(&Node) -> bool) -> Set {
        let nodes = self.graph.nodes.iter().enumerate();
        nodes.filter(|(_, node)| holds(node)).map(|(number, _)| number).collect()
    }

    fn those_if(&self, holds: impl Fn(&Node) -> Result<bool, SelectError>) -> Result<Set, SelectError> {
        let mut set = Set::default();
        for (number, node) in self.graph.nodes.iter().enumerate() {
            if holds(node)? {
                set.insert(number);
            }
        }
        Ok(set)
    }

    fn source(&self, wanted: &str) -> Result<Set, SelectError> {
        let parts: Vec<&str> = wanted.split('.').collect();
        let (package, source, table) = match parts.as_slice() {
            [source] => ("*", *source, "*"),
            [source, table] => ("*", *source, *table),
            [package, source, table] => (*package, *source, *table),
            _ => {
                return Err(SelectError::Value(format!(
                    "Invalid source selector value \"{wanted}\". Sources must be of the form `${{source_name}}`, `${{source_name}}.${{target_name}}`, or `${{package_name}}.${{source_name}}.${{target_name}}"
                )));
            }
        };
        Ok(self.those(|node| {
            node.kind == NodeKind::Source
                && pattern::matches(&node.package_name, package)
                && pattern::matches(node.source_name.as_deref().unwrap_or_default(), source)
                && pattern::matches(&node.name, table)
        }))
    }

    /// Nodes of one kind by their name, or by their package and name.
    fn named(&self, kind: &str, plural: &str, wanted: &str) -> Result<Set, SelectError> {
        let parts: Vec<&str> = wanted.split('.').collect();
        let (package, name) = match parts.as_slice() {
            [name] => ("*", *name),
            [package, name] => (*package, *name),
            _ => {
                let words = kind.replace('_', " ");
                return Err(SelectError::Value(format!(
                    "Invalid {words} selector value \"{wanted}\". {plural} must be of the form ${{{kind}_name}} or ${{{kind}_package.{kind}_name}}"
                )));
            }
        };
        Ok(self.those(|node| {
            node.kind.resource_type() == kind
                && pattern::matches(&node.package_name, package)
                && pattern::matches(&node.name, name)
        }))
    }

    fn path(&self, wanted: &str) -> Result<Set, SelectError> {
        let found = self.paths.get_or_init(|| Paths::of(self.project)).find(wanted)?;
        Ok(self.those(|node| is_listed(node.kind) && paths::is_in(node, &found)))
    }

    fn config(&self, criterion: &Criterion) -> Set {
        // The one value that dbt compares without regard to case.
        let any_case = criterion.arguments == ["severity"];
        self.those(|node| {
            let is_configurable = is_parsed(node.kind) || node.kind == NodeKind::Source;
            is_configurable
                && setting(node, &criterion.arguments).is_some_and(|value| is_set_to(value, &criterion.value, any_case))
        })
    }

    fn test_type(&self, wanted: &str) -> Result<Set, SelectError> {
        let is_generic = match wanted {
            "generic" | "schema" => true,
            "singular" | "data" => false,
            _ => {
                return Err(SelectError::Value(format!(
                    "Invalid test type selector {wanted}: expected \"generic\" or \"singular\""
                )));
            }
        };
        Ok(self.those(|node| node.kind == NodeKind::Test && test_name(node).is_some() == is_generic))
    }

    fn resource_type(&self, wanted: &str) -> Result<Set, SelectError> {
        if !RESOURCE_TYPES.contains(&wanted) && wanted != "semantic_model" {
            return Err(SelectError::Value(format!("Invalid resource_type selector \"{wanted}\"")));
        }
        Ok(self.those(|node| is_listed(node.kind) && node.kind.resource_type() == wanted))
    }

    fn version(&self, wanted: &str) -> Result<Set, SelectError> {
        self.those_if(|node| Ok(node.kind == NodeKind::Model && versions::matches(node, wanted)?))
    }

    fn state(&self, wanted: &str) -> Result<Set, SelectError> {
        let Some(comparison) = self.state.and_then(|state| state.compare(self.project)) else {
            return Err(SelectError::NoState("Got a state selector method, but no comparison manifest"));
        };
        let Some(question) = StateQuestion::of(wanted) else {
            let known: Vec<String> = StateQuestion::ALL.iter().map(|(word, _)| format!("'{word}'")).collect();
            return Err(SelectError::Value(format!(
                "Got an invalid selector \"{wanted}\", expected one of \"[{}]\"",
                known.join(", ")
            )));
        };
        Ok(self.those(|node| is_listed(node.kind) && comparison.holds(question, node)))
    }

    fn result(&self, wanted: &str) -> Result<Set, SelectError> {
        let Some(results) = self.state.and_then(State::results) else {
            return Err(SelectError::NoState("No comparison run_results"));
        };
        Ok(self.those(|node| results.get(&node.unique_id).is_some_and(|status| status == wanted)))
    }
}

/// What dbt keeps in its manifest's `nodes`.
pub(super) fn is_parsed(kind: NodeKind) -> bool {
    matches!(
        kind,
        NodeKind::Model
            | NodeKind::Seed
            | NodeKind::Snapshot
            | NodeKind::Test
            | NodeKind::Analysis
            | NodeKind::Operation
    )
}

/// What dbt's methods look at when they look at everything: saved queries are left out.
fn is_listed(kind: NodeKind) -> bool {
    kind != NodeKind::SavedQuery
}

fn group(node: &Node) -> Option<&str> {
    node.config.get("group")?.as_str()
}

/// The generic test's name without its package.
fn test_name(node: &Node) -> Option<&str> {
    let name = node.test.as_ref()?.generic.as_deref()?;
    Some(name.rsplit('.').next().unwrap_or(name))
}

fn is_file(node: &Node, wanted: &str) -> bool {
    let name = node.original_file_path.rsplit('/').next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| if stem.is_empty() { name } else { stem });
    pattern::matches(name, wanted) || pattern::matches(stem, wanted)
}

/// Whether a node is meant by its qualified name, with or without its package.
fn has_name(node: &Node, wanted: &str) -> bool {
    let is_versioned = node.kind == NodeKind::Model && node.version.as_ref().is_some_and(|version| !version.is_null());
    is_named(&node.fqn, wanted, is_versioned) || is_named(node.fqn.get(1..).unwrap_or_default(), wanted, is_versioned)
}

fn is_named(fqn: &[String], wanted: &str, is_versioned: bool) -> bool {
    let parts: Vec<&str> = wanted.split('.').collect();
    match fqn {
        // A version is written `name.v2` or `name_v2`.
        [.., name, version] if is_versioned => {
            let last = parts.get(parts.len().saturating_sub(2)..).unwrap_or_default().join("_");
            if name == wanted || format!("{name}_{version}") == last {
                return true;
            }
        }
        [.., name] if !is_versioned && name == wanted => return true,
        _ => {}
    }
    let flat: Vec<&str> = fqn.iter().flat_map(|segment| segment.split('.')).collect();
    if flat.len() < parts.len() {
        return false;
    }
    for (index, part) in parts.iter().enumerate() {
        if part.contains(['*', '?', '[', ']']) {
            let rest = flat.get(index..).unwrap_or_default().join(".");
            return pattern::matches(&rest, &parts.get(index..).unwrap_or_default().join("."));
        }
        if flat.get(index) != Some(part) {
            return false;
        }
    }
    true
}

/// A value of the configuration, with dots for its levels. dbt knows hooks by an attribute's name.
fn setting<'n>(node: &'n Node, keys: &[String]) -> Option<&'n Value> {
    let (first, rest) = keys.split_first()?;
    let first = match first.as_str() {
        "pre_hook" => "pre-hook",
        "post_hook" => "post-hook",
        other => other,
    };
    let top = node.config.get(first)?;
    rest.iter().try_fold(top, |value, key| value.get(key.as_str()))
}

/// Whether a value is the wanted one, or a list that holds it.
fn is_set_to(value: &Value, wanted: &Value, any_case: bool) -> bool {
    let word = shown(wanted).to_uppercase();
    let is_one = |value: &Value| match value {
        Value::Bool(flag) => {
            value == wanted || word == if *flag { "TRUE" } else { "FALSE" } || wanted.as_f64() == Some(f64::from(*flag))
        }
        Value::String(text) if any_case => text.to_uppercase() == word,
        Value::Number(number) => wanted.is_number() && number.as_f64() == wanted.as_f64(),
        _ => value == wanted,
    };
    match value {
        Value::Array(items) => items.iter().any(is_one) || value == wanted,
        _ => is_one(value),
    }
}
