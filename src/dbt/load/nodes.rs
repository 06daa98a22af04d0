//! The nodes themselves: parsed from their files, linked, compiled.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use indexmap::IndexMap;

use super::pool::Pool;
use super::{Counter, Load};
use crate::dbt::compile::{TOTAL_SQL, compile_node, inject_all, refuse_node};
use crate::dbt::context::{Failure, Shared};
use crate::dbt::docs::{DocsBlocks, render_descriptions};
use crate::dbt::link::{Targets, link};
use crate::dbt::node::{Node, NodeKind};
use crate::dbt::options::LoadStage;
use crate::dbt::parse::{Draft, GroupEntry, MacroPatch, NodePaths, Origin, node_problem, parse_file};
use crate::dbt::problems::{Problems, codes};
use crate::dbt::resolve::{Manifest, Resolver};
use crate::dbt::semantic_links;
use crate::problem::Severity;

/// Nodes on their way, in the order of the files.
#[derive(Debug, Default)]
pub(super) struct Drafts {
    pub(super) all: Vec<Draft>,
    pub(super) groups: Vec<GroupEntry>,
    pub(super) macros: Vec<MacroPatch>,
}

/// Where each node is written.
pub(super) type Origins = HashMap<String, Origin>;

impl Load<'_> {
    pub(super) fn parse_nodes(
        &self,
        pool: &Pool,
        shared: &Arc<Shared>,
        paths: &[NodePaths],
        counter: &Counter<'_>,
        problems: &mut Problems,
    ) -> Drafts {
        let parsed = pool.map_with(shared, self.options.cancelled, paths, |worker, path| {
            let result = self.goes_on().map(|()| parse_file(worker, shared, self.tree, path));
            counter.step();
            result
        });
        let mut drafts = Drafts::default();
        for result in parsed.into_iter().flatten() {
            match result {
                Ok(found) => drafts.all.extend(found),
                Err(problem) => problems.push(*problem),
            }
        }
        drafts
    }

    /// Makes the manifest of drafts with an id each: references resolved, descriptions rendered.
    pub(super) fn link(
        &self,
        pool: &Pool,
        shared: &Arc<Shared>,
        mut drafts: Vec<Draft>,
        docs: &Arc<DocsBlocks>,
        problems: &mut Problems,
    ) -> (Manifest, Origins) {
        let resolver = Resolver::new(shared.root_name(), drafts.iter().map(|draft| draft.node.as_ref()));
        let enabled: Vec<usize> =
            drafts.iter().enumerate().filter(|(_, draft)| draft.node.enabled).map(|(index, _)| index).collect();
        let nodes = drafts.iter().map(|draft| (draft.node.unique_id.as_str(), draft.node.as_ref())).collect();
        let targets = Targets { resolver: &resolver, nodes };
        let linked = pool.map(&enabled, |index| drafts.get(*index).map(|draft| link(shared, &targets, draft)));
        drop(targets);
        for (index, linked) in enabled.iter().zip(linked) {
            if let (Some(draft), Some(linked)) = (drafts.get_mut(*index), linked) {
                draft.node.depends_on_nodes = linked.depends_on;
                if linked.switched_off {
                    draft.node.enabled = false;
                    Arc::make_mut(&mut draft.node.config).insert("enabled".to_owned(), false.into());
                }
                linked.problems.into_iter().for_each(|problem| draft.fail(problem));
            }
        }
        pool.change_with(shared, self.options.cancelled, &mut drafts, |worker, draft| {
            for failure in render_descriptions(worker, shared, docs, &mut draft.node) {
                draft.fail_template(&failure);
            }
        });
        let mut origins = Origins::with_capacity(drafts.len());
        let mut nodes = IndexMap::with_capacity(drafts.len());
        for draft in drafts {
            problems.extend(draft.problems);
            origins.insert(draft.node.unique_id.clone(), draft.origin);
            nodes.insert(draft.node.unique_id.clone(), Arc::from(draft.node));
        }
        for (id, failure) in semantic_links::connect(shared.root_name(), &mut nodes) {
            if let (Some(node), Some(origin)) = (nodes.get_mut(&id), origins.get(&id)) {
                problems.push(node_problem(node, origin, &failure));
                Arc::make_mut(node).problems.push(failure.code);
            }
        }
        (Manifest { nodes, resolver }, origins)
    }

    /// Compiles every node that dbt compiles.
    pub(super) fn compile(
        &self,
        pool: &Pool,
        shared: &Arc<Shared>,
        manifest: Manifest,
        origins: &Origins,
        problems: &mut Problems,
    ) -> IndexMap<String, Arc<Node>> {
        let manifest = Arc::new(manifest);
        let nodes: Vec<&Arc<Node>> = manifest.nodes.values().collect();
        let counter = Counter::start(self.progress, LoadStage::Compile, nodes.len());
        let written = AtomicUsize::new(0);
        let compiled = pool.map_with(shared, self.options.cancelled, &nodes, |worker, node| {
            let is_within = written.load(Ordering::Relaxed) < TOTAL_SQL;
            let result = self.goes_on().and_then(|()| {
                if is_within { compile_node(worker, shared, &manifest, node) } else { refuse_node(node) }
            });
            if let Some(compiled) = result.as_ref().and_then(|node| node.outcome.as_ref().ok()) {
                written.fetch_add(compiled.sql.len(), Ordering::Relaxed);
            }
            counter.step();
            result.map(|result| (node.unique_id.clone(), result))
        });
        let mut rendered: IndexMap<_, _> = compiled.into_iter().flatten().collect();
        let names = manifest.nodes.values().map(|node| (node.unique_id.clone(), node.name.clone())).collect();
        let mut nodes = Arc::try_unwrap(manifest).map_or_else(|shared| shared.nodes.clone(), |own| own.nodes);
        for (id, compiled) in &mut rendered {
            let Some(node) = nodes.get_mut(id).map(Arc::make_mut) else { continue };
            for called in std::mem::take(&mut compiled.macros) {
                if !node.depends_on_macros.contains(&called) {
                    node.depends_on_macros.push(called);
                }
            }
        }
        let outcomes = inject_all(rendered, &names);
        for (id, outcome) in outcomes {
            let Some(node) = nodes.get_mut(&id).map(Arc::make_mut) else { continue };
            node.extra_ctes = outcome.ephemeral;
            node.compiled_code = outcome.sql;
            node.own_code = outcome.own;
            if let Some(failure) = outcome.failure {
                tell(node, origins, &failure, problems);
            }
        }
        nodes
    }
}

/// A failure while compiling; a failure of the same kind while parsing has told it already.
fn tell(node: &mut Node, origins: &Origins, failure: &Failure, problems: &mut Problems) {
    if node.problems.contains(&failure.code) {
        return;
    }
    let Some(origin) = origins.get(&node.unique_id) else { return };
    let problem = node_problem(node, origin, failure);
    let severity = if failure.code == codes::NEEDS_WAREHOUSE { Severity::Warning } else { Severity::Error };
    node.problems.push(failure.code.clone());
    problems.push(problem.with_severity(severity));
}

impl Drafts {
    /// Leaves one draft an id: the first that is enabled, else the first. The disabled ones beside it come back;
    /// what is enabled twice is a problem.
    pub(super) fn take_twins(&mut self, problems: &mut Problems) -> Vec<Node> {
        let mut kept: IndexMap<String, Draft> = IndexMap::with_capacity(self.all.len());
        let mut twins = Vec::new();
        for draft in std::mem::take(&mut self.all) {
            let id = draft.node.unique_id.clone();
            let Some(first) = kept.get_mut(&id) else {
                kept.insert(id, draft);
                continue;
            };
            match (first.node.enabled, draft.node.enabled) {
                (true, true) => problems.push(duplicate(first, &draft)),
                (false, true) => twins.push(*std::mem::replace(first, draft).node),
                (_, false) => twins.push(*draft.node),
            }
        }
        self.all = kept.into_values().collect();
        twins
    }
}

fn duplicate(first: &Draft, second: &Draft) -> crate::problem::Problem {
    let (a, b) = (&first.node, &second.node);
    let kind = match a.kind {
        NodeKind::Model => "models",
        NodeKind::Seed => "seeds",
        NodeKind::Snapshot => "snapshots",
        NodeKind::Source => "sources",
        NodeKind::Test => "tests",
        NodeKind::Analysis => "analyses",
        NodeKind::Exposure => "exposures",
        NodeKind::Operation => "operations",
        NodeKind::Metric => "metrics",
        NodeKind::SemanticModel => "semantic models",
        NodeKind::SavedQuery => "saved queries",
    };
    let call = match a.kind {
        NodeKind::Source => format!("source(\"{}\", \"{}\")", a.source_name.as_deref().unwrap_or_default(), a.name),
        _ => format!("ref(\"{}\")", a.name),
    };
    let message = format!(
        "dbt found two {kind} with the name \"{}\".\n\nSince these resources have the same name, dbt will be unable to find the correct resource\nwhen looking for {call}.\n\nTo fix this, change the name of one of these resources:\n- {} ({})\n- {} ({})",
        a.name, a.unique_id, a.original_file_path, b.unique_id, b.original_file_path
    );
    let failure = Failure { code: codes::DUP_NAME, message, line: 0, column: 0, stack: Vec::new() };
    node_problem(b, &second.origin, &failure)
        .with_evidence("Files of that name", vec![a.original_file_path.clone(), b.original_file_path.clone()])
}
