//! The whole load, step by step; each step's work is elsewhere. Files and nodes are worked on side by
//! side, each thread with an interpreter of its own; the order of the results is that of the files.

mod again;
mod checks;
mod definitions;
mod footprints;
mod homes;
mod macros;
mod nodes;
mod parts;
mod pool;
mod projects;
mod properties;
mod renew;
mod setup;

pub use again::{Again, Before, Work, load_again};

use std::sync::atomic::{AtomicU64, Ordering};

use super::node::{Nodes, Project};
use super::options::{LoadOptions, LoadProgress, LoadStage, Loaded, Progress};
use super::problems::Problems;
use super::tree::FileTree;
use footprints::Footprints;
use pool::Pool;
use setup::Setup;

/// Loads the project at `options.project_path`.
///
/// The project comes back with everything that could be loaded; what could not is a problem, and so
/// is what dbt would refuse. No project comes back when there is no readable `dbt_project.yml`, or
/// when `options.cancelled` became true.
pub fn load(tree: &dyn FileTree, options: &LoadOptions<'_>, progress: Progress<'_>) -> Loaded {
    let mut problems = Problems::default();
    let whole = Load { tree, options, progress }.run(&Pool::new(), &mut problems);
    let name = whole.as_ref().map(|whole| whole.project.name.clone()).unwrap_or_default();
    Loaded { project: whole.map(|whole| whole.project), problems: problems.finish(&name) }
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

    fn run(&self, pool: &Pool, problems: &mut Problems) -> Option<Whole> {
        let setup = self.set_up(pool, problems)?;
        self.goes_on()?;
        let setup_problems = problems.len();
        let Setup { shared, docs, node_paths, yaml_paths, .. } = &setup;
        let counter = Counter::start(self.progress, LoadStage::Parse, node_paths.len() + yaml_paths.len());
        let mut drafts = self.parse_nodes(pool, shared, node_paths, &counter, problems);
        self.goes_on()?;
        let properties = self.read_yaml(pool, shared, yaml_paths, &counter, problems);
        self.goes_on()?;
        self.describe(pool, shared, &mut drafts, properties, problems);
        self.goes_on()?;
        let groups = definitions::groups(std::mem::take(&mut drafts.groups));
        let mut macro_definitions = setup.macro_definitions();
        self.describe_macros(&setup, &mut macro_definitions, &mut drafts, problems);
        let made = drafts.all.len();
        let disabled_twins = drafts.take_twins(problems);
        let in_parts = drafts.all.len() == made && !drafts.has_overrides;
        let mut linked = self.link(pool, &setup, &mut drafts, Nodes::default(), problems);
        self.goes_on()?;
        let mut nodes = self.compile(pool, shared, &mut linked, &mut drafts.footprints, problems);
        self.goes_on()?;
        checks::check(shared, &mut nodes, &linked.origins, &groups, problems);
        let docs = docs.definitions().to_vec();
        let project = Project { disabled_twins, ..setup.project(nodes, macro_definitions, docs, groups)? };
        Some(Whole { project, setup, setup_problems, footprints: drafts.footprints, in_parts })
    }
}

/// A project with all that it was made from.
struct Whole {
    project: Project,
    setup: Setup,
    /// So many of the problems come from reading settings, macros and docs blocks.
    setup_problems: usize,
    footprints: Footprints,
    /// What one file says does not hinge on what others say of the same thing.
    in_parts: bool,
}
