//! What `ref('x')` and `source('a', 'b')` in a node mean: which node of which package.

use serde_json::Value;

use super::node::{Node, NodeKind, Nodes};
use super::python::text;
use crate::jinja::{QuickIndexMap, QuickMap};

/// A reference as written: package, name, version.
pub(crate) type RefArgs = (Option<String>, String, Option<Value>);

/// What a reference leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A `unique_id`.
    Found(String),
    Disabled,
    Missing,
    /// In several packages, by `unique_id`.
    Ambiguous(Vec<String>),
}

/// Every node by `unique_id`, with what leads to it.
#[derive(Debug, Default)]
pub(crate) struct Manifest {
    pub(crate) nodes: Nodes,
    pub(crate) resolver: Resolver,
}

/// Package -> `unique_id`, for one name.
type ByPackage = QuickIndexMap<String, String>;

/// Everything that can be referred to, by name.
#[derive(Debug, Default)]
pub(crate) struct Resolver {
    root: String,
    refable: QuickMap<String, ByPackage>,
    disabled_refable: QuickMap<String, ByPackage>,
    sources: QuickMap<(String, String), ByPackage>,
    disabled_sources: QuickMap<(String, String), ByPackage>,
}

impl Resolver {
    pub(crate) fn new<'n>(root: &str, nodes: impl IntoIterator<Item = &'n Node>) -> Self {
        let mut resolver = Self { root: root.to_owned(), ..Self::default() };
        for node in nodes {
            resolver.add(node);
        }
        resolver
    }

    fn add(&mut self, node: &Node) {
        let place = || (node.package_name.clone(), node.unique_id.clone());
        match node.kind {
            NodeKind::Model | NodeKind::Seed | NodeKind::Snapshot => {
                let refable = if node.enabled { &mut self.refable } else { &mut self.disabled_refable };
                if let Some(version) = node.version.as_ref().map(text) {
                    refable.entry(format!("{}.v{version}", node.name)).or_default().extend([place()]);
                }
                if node.version.as_ref().map(text) == node.latest_version.as_ref().map(text) {
                    refable.entry(node.name.clone()).or_default().extend([place()]);
                }
            }
            NodeKind::Source => {
                let sources = if node.enabled { &mut self.sources } else { &mut self.disabled_sources };
                let source = node.source_name.clone().unwrap_or_default();
                sources.entry((source, node.name.clone())).or_default().extend([place()]);
            }
            NodeKind::Test
            | NodeKind::Analysis
            | NodeKind::Exposure
            | NodeKind::Operation
            | NodeKind::Metric
            | NodeKind::SemanticModel
            | NodeKind::SavedQuery => {}
        }
    }

    /// What a `ref` in a node of `from_package` means.
    pub(crate) fn resolve_ref(&self, (package, name, version): &RefArgs, from_package: &str) -> Target {
        let key = version.as_ref().map_or_else(|| name.clone(), |version| format!("{name}.v{}", text(version)));
        self.search(self.refable.get(&key), self.disabled_refable.get(&key), package.as_deref(), from_package)
    }

    /// What a `source` in a node of `from_package` means.
    pub(crate) fn resolve_source(&self, source: &str, table: &str, from_package: &str) -> Target {
        let key = (source.to_owned(), table.to_owned());
        match self.search(self.sources.get(&key), self.disabled_sources.get(&key), None, from_package) {
            // dbt takes the first source of a name where it would refuse two models.
            Target::Ambiguous(ids) => ids.into_iter().next().map_or(Target::Missing, Target::Found),
            other => other,
        }
    }

    /// The named package alone; else the root, the node's own package, and any.
    fn search(
        &self,
        enabled: Option<&ByPackage>,
        disabled: Option<&ByPackage>,
        package: Option<&str>,
        from_package: &str,
    ) -> Target {
        let places: &[Option<&str>] = match package {
            Some(package) => &[Some(package)],
            None => &[Some(self.root.as_str()), Some(from_package), None],
        };
        for place in places {
            match (place, enabled) {
                (Some(place), Some(enabled)) => {
                    if let Some(id) = enabled.get(*place) {
                        return Target::Found(id.clone());
                    }
                }
                (None, Some(enabled)) => match enabled.values().collect::<Vec<_>>().as_slice() {
                    [] => {}
                    [only] => return Target::Found((*only).clone()),
                    _ => return Target::Ambiguous(enabled.values().cloned().collect()),
                },
                (_, None) => {}
            }
        }
        let is_disabled = disabled
            .is_some_and(|disabled| places.iter().any(|place| place.is_none_or(|place| disabled.contains_key(place))));
        if is_disabled { Target::Disabled } else { Target::Missing }
    }

    /// Names that a wrong `ref` could have meant.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.refable.keys().map(String::as_str)
    }

    /// `source.table` names that a wrong `source` could have meant.
    pub(crate) fn source_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.sources.keys().map(|(source, table)| format!("{source}.{table}")).collect();
        names.sort_unstable();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(kind: NodeKind, id: &str, enabled: bool, version: Option<&str>) -> Node {
        let parts: Vec<&str> = id.split('.').collect();
        let name = if kind == NodeKind::Source { parts[3] } else { parts[2] };
        Node {
            unique_id: id.to_owned(),
            name: name.to_owned(),
            package_name: parts[1].to_owned(),
            source_name: (kind == NodeKind::Source).then(|| parts[2].to_owned()),
            version: version.map(Value::from),
            latest_version: version.map(|_| Value::from(2)),
            enabled,
            ..Node::new(kind)
        }
    }

    fn resolver() -> Resolver {
        let nodes = vec![
            node(NodeKind::Model, "model.root.a", true, None),
            node(NodeKind::Model, "model.pkg.a", true, None),
            node(NodeKind::Model, "model.pkg.own", true, None),
            node(NodeKind::Seed, "seed.one.twice", true, None),
            node(NodeKind::Seed, "seed.two.twice", true, None),
            node(NodeKind::Model, "model.root.off", false, None),
            node(NodeKind::Model, "model.root.m.v1", true, Some("1")),
            node(NodeKind::Model, "model.root.m.v2", true, Some("2")),
            node(NodeKind::Source, "source.root.raw.t", true, None),
            node(NodeKind::Source, "source.pkg.raw.t", true, None),
            node(NodeKind::Source, "source.root.raw.off", false, None),
        ];
        Resolver::new("root", &nodes)
    }

    fn found(id: &str) -> Target {
        Target::Found(id.to_owned())
    }

    #[test]
    fn the_root_wins_then_the_own_package_then_the_only_one() {
        let table = [
            (None, "a", None, "pkg", found("model.root.a")),
            (Some("pkg"), "a", None, "root", found("model.pkg.a")),
            (None, "own", None, "root", found("model.pkg.own")),
            (Some("root"), "own", None, "root", Target::Missing),
            (None, "twice", None, "two", found("seed.two.twice")),
            (None, "twice", None, "root", Target::Ambiguous(vec!["seed.one.twice".into(), "seed.two.twice".into()])),
            (None, "off", None, "root", Target::Disabled),
            (None, "nowhere", None, "root", Target::Missing),
            (None, "m", None, "root", found("model.root.m.v2")),
            (None, "m", Some("1"), "root", found("model.root.m.v1")),
            (None, "m", Some("3"), "root", Target::Missing),
        ];
        for (package, name, version, from, expected) in table {
            let args = (package.map(str::to_owned), name.to_owned(), version.map(Value::from));
            assert_eq!(resolver().resolve_ref(&args, from), expected, "{args:?} from {from}");
        }
    }

    #[test]
    fn sources_are_found_by_both_names() {
        let resolver = resolver();
        assert_eq!(resolver.resolve_source("raw", "t", "pkg"), found("source.root.raw.t"));
        assert_eq!(resolver.resolve_source("raw", "off", "root"), Target::Disabled);
        assert_eq!(resolver.resolve_source("raw", "x", "root"), Target::Missing);
        assert_eq!(resolver.source_names(), ["raw.t"]);
    }
}
