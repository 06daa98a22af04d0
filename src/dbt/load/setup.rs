//! What is read before any node: settings, macros, docs blocks, and which files there are.

use std::sync::Arc;

use super::Load;
use super::macros::YamlPath;
use super::pool::Pool;
use crate::dbt::context::{Shared, Uses};
use crate::dbt::definitions::{DocsDefinition, GroupDefinition, MacroDefinition};
use crate::dbt::docs::DocsBlocks;
use crate::dbt::node::{Nodes, Project};
use crate::dbt::parse::NodePaths;
use crate::dbt::problems::Problems;

/// All of it.
pub(super) struct Setup {
    pub(super) shared: Arc<Shared>,
    pub(super) docs: Arc<DocsBlocks>,
    /// The files that hold nodes, in dbt's order.
    pub(super) node_paths: Vec<NodePaths>,
    /// The YAML files, in dbt's order.
    pub(super) yaml_paths: Vec<YamlPath>,
    /// What the settings' own templates looked at.
    pub(super) uses: Uses,
}

impl Load<'_> {
    pub(super) fn set_up(&self, pool: &Pool, problems: &mut Problems) -> Option<Setup> {
        let (projects, uses) = self.read_projects(problems)?;
        let read = self.read_macros(pool, projects, problems);
        let mut docs = DocsBlocks::default();
        for (project, files) in read.shared.projects.values().zip(&read.files) {
            docs.read(self.tree, project, files, problems);
        }
        let (node_paths, yaml_paths) = read.paths();
        Some(Setup { shared: read.shared, docs: Arc::new(docs), node_paths, yaml_paths, uses })
    }
}

impl Setup {
    /// Every macro, without what YAML says of it.
    pub(super) fn macro_definitions(&self) -> Vec<MacroDefinition> {
        let project = |package: &str| self.shared.project(package);
        self.shared.macros.definitions(|package| project(package).map(|one| one.folder.clone()).unwrap_or_default())
    }

    /// The project that these parts make.
    pub(super) fn project(
        &self,
        nodes: Nodes,
        macro_definitions: Vec<MacroDefinition>,
        docs: Vec<DocsDefinition>,
        groups: Vec<GroupDefinition>,
    ) -> Option<Project> {
        let root = self.shared.root()?;
        let projects = self.shared.projects.values();
        Some(Project {
            name: root.name.clone(),
            version: root.version.clone(),
            root: root.folder.clone(),
            folders: projects.map(|one| (one.name.clone(), one.folder.clone())).collect(),
            nodes,
            disabled_twins: Vec::new(),
            macros: self.shared.macros.project_macros(),
            macro_definitions,
            docs,
            groups,
        })
    }
}
