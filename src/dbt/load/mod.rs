//! The whole load, step by step; each step's work is elsewhere. Files and nodes are worked on side by
//! side, each thread with an interpreter of its own; the order of the results is that of the files.

mod checks;
mod definitions;
mod macros;
mod nodes;
mod pool;
mod projects;
mod properties;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::docs::DocsBlocks;
use super::node::Project;
use super::options::{LoadOptions, LoadProgress, LoadStage, Loaded, Progress};
use super::problems::Problems;
use super::tree::FileTree;
use pool::Pool;

/// Loads the project at `options.project_path`.
///
/// The project comes back with everything that could be loaded; what could not is a problem, and so
/// is what dbt would refuse. No project comes back when there is no readable `dbt_project.yml`, or
/// when `options.cancelled` became true.
pub fn load(tree: &dyn FileTree, options: &LoadOptions<'_>, progress: Progress<'_>) -> Loaded {
    let mut problems = Problems::default();
    let project = Load { tree, options, progress }.run(&mut problems);
    let name = project.as_ref().map(|project| project.name.clone()).unwrap_or_default();
    Loaded { project, problems: problems.finish(&name) }
}

struct Load<'a> {
    tree: &'a dyn FileTree,
    options: &'a LoadOptions<'a>,
    progress: Progress<'a>,
}

/// Counts what is done and tells it.
struct Counter<'a> {
    progress: Progress<'a>,
    stage: LoadStage,
    total: u64,
    done: AtomicU64,
}

impl<'a> Counter<'a> {
    fn start(progress: Progress<'a>, stage: LoadStage, total: usize) -> Self {
        let total = total as u64;
        progress(LoadProgress { stage, done: 0, total });
        Self { progress, stage, total, done: AtomicU64::new(0) }
    }

    fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        (self.progress)(LoadProgress { stage: self.stage, done, total: self.total });
    }
}

impl Load<'_> {
    /// Nothing once the load is no longer wanted.
    fn goes_on(&self) -> Option<()> {
        (!self.options.cancelled.load(Ordering::Relaxed)).then_some(())
    }

    fn run(&self, problems: &mut Problems) -> Option<Project> {
        let projects = self.read_projects(problems)?;
        let pool = Pool::new();
        let read = self.read_macros(&pool, projects, problems);
        self.goes_on()?;
        let (node_paths, yaml_paths) = read.paths();
        let counter = Counter::start(self.progress, LoadStage::Parse, node_paths.len() + yaml_paths.len());
        let mut drafts = self.parse_nodes(&pool, &read.shared, &node_paths, &counter, problems);
        self.goes_on()?;
        let properties = self.read_yaml(&pool, &read.shared, &yaml_paths, &counter, problems);
        self.goes_on()?;
        let mut docs = DocsBlocks::default();
        for (project, files) in read.shared.projects.values().zip(&read.files) {
            docs.read(self.tree, project, files, problems);
        }
        self.describe(&pool, &read.shared, &mut drafts, properties, problems);
        self.goes_on()?;
        let groups = definitions::groups(std::mem::take(&mut drafts.groups));
        let docs = Arc::new(docs);
        let macro_definitions = self.macro_definitions(&read.shared, &docs, &drafts.macros, problems);
        let disabled_twins = drafts.take_twins(problems);
        let (manifest, origins) = self.link(&pool, &read.shared, drafts.all, &docs, problems);
        self.goes_on()?;
        let mut nodes = self.compile(&pool, &read.shared, manifest, &origins, problems);
        self.goes_on()?;
        checks::check(&read.shared, &mut nodes, &origins, &groups, problems);
        let root = read.shared.root()?;
        Some(Project {
            name: root.name.clone(),
            version: root.version.clone(),
            root: root.folder.clone(),
            folders: read.shared.projects.values().map(|one| (one.name.clone(), one.folder.clone())).collect(),
            children: super::graph::children(&nodes),
            nodes,
            disabled_twins,
            macros: read.shared.macros.project_macros(),
            macro_definitions,
            docs: docs.definitions().to_vec(),
            groups,
        })
    }
}
