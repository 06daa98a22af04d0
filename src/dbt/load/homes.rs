//! Where nodes are defined, and the order of nodes that follows from it.

use super::setup::Setup;
use crate::dbt::node::{Node, NodeKind};
use crate::jinja::QuickMap;

/// Where a node is defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home {
    /// In a file of its own, by its place among the files that hold nodes.
    File(usize),
    /// In a YAML file, by its place among those.
    Yaml(usize),
    /// In `dbt_project.yml`.
    Settings,
    /// In a file that is not there.
    Gone,
}

/// The files of one package, by their path from its root.
type ByPackage<'a> = QuickMap<&'a str, QuickMap<String, usize>>;

/// All files that define nodes.
#[derive(Debug)]
pub(super) struct Homes<'a> {
    files: ByPackage<'a>,
    yaml: ByPackage<'a>,
}

impl<'a> Homes<'a> {
    pub(super) fn new(setup: &'a Setup) -> Self {
        Self {
            files: by_package(setup.node_paths.iter().map(|one| (one.package.as_str(), one.file.original()))),
            yaml: by_package(setup.yaml_paths.iter().map(|(package, file)| (package.as_str(), file.original()))),
        }
    }

    /// A YAML file's place, by its package and its path there.
    pub(super) fn yaml(&self, package: &str, original: &str) -> Option<usize> {
        self.yaml.get(package)?.get(original).copied()
    }

    pub(super) fn of(&self, node: &Node) -> Home {
        let is_yaml = match node.kind {
            NodeKind::Operation => return Home::Settings,
            NodeKind::Source
            | NodeKind::Exposure
            | NodeKind::Metric
            | NodeKind::SemanticModel
            | NodeKind::SavedQuery => true,
            NodeKind::Test => node.test.as_ref().is_some_and(|test| test.generic.is_some()),
            NodeKind::Model | NodeKind::Seed | NodeKind::Snapshot | NodeKind::Analysis => false,
        };
        let files = if is_yaml { &self.yaml } else { &self.files };
        let found = files.get(node.package_name.as_str()).and_then(|files| files.get(&node.original_file_path));
        match found {
            None => Home::Gone,
            Some(index) if is_yaml => Home::Yaml(*index),
            Some(index) => Home::File(*index),
        }
    }

    /// A node's place in dbt's order: by what is made first, then by file. Nodes of one file keep their order.
    pub(super) fn order(&self, node: &Node) -> (u8, usize) {
        match self.of(node) {
            Home::File(index) => (0, index),
            Home::Settings => (1, 0),
            Home::Yaml(index) => {
                let step = match node.kind {
                    NodeKind::Test if !is_source_test(node) => 2,
                    NodeKind::Test => 3,
                    NodeKind::Source => 4,
                    NodeKind::Exposure => 5,
                    _ => 6,
                };
                (step, index)
            }
            Home::Gone => (7, 0),
        }
    }
}

/// Whether a generic test is about a source: its own argument says so.
fn is_source_test(node: &Node) -> bool {
    let model = node.test.as_ref().and_then(|test| test.kwargs.get("model")).and_then(serde_json::Value::as_str);
    model.is_some_and(|model| model.contains("get_where_subquery(source("))
}

fn by_package<'a>(files: impl Iterator<Item = (&'a str, String)>) -> ByPackage<'a> {
    let mut by_package = ByPackage::default();
    for (index, (package, path)) in files.enumerate() {
        by_package.entry(package).or_default().insert(path, index);
    }
    by_package
}
