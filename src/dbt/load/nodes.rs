//! The nodes themselves: parsed from their files, linked, compiled.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::footprints::Footprints;
use super::pool::Pool;
use super::setup::Setup;
use super::{Counter, Load};
use crate::dbt::compile::{AllRendered, TOTAL_SQL, compile_node, inject_all, refuse_node};
use crate::dbt::context::{Failure, Shared};
use crate::dbt::docs::{missing_doc, render_descriptions};
use crate::dbt::link::{Targets, link};
use crate::dbt::node::{Node, NodeKind, Nodes};
use crate::dbt::options::LoadStage;
use crate::dbt::parse::{
    Draft, GroupEntry, MacroPatch, NodePaths, Origin, first_line, node_problem, parse_file, place_of_doc,
};
use crate::dbt::problems::{Problems, codes};
use crate::dbt::resolve::{Manifest, Resolver};
use crate::dbt::semantic_links;
use crate::jinja::{QuickIndexMap, QuickMap, QuickState};
use crate::problem::Severity;

/// Nodes on their way, in the order of the files.
#[derive(Debug, Default)]
pub(super) struct Drafts {
    pub(super) all: Vec<Draft>,
    pub(super) groups: Vec<GroupEntry>,
    pub(super) macros: Vec<MacroPatch>,
    /// Names of nodes that are not among the drafts, for whoever looks for a near one.
    pub(super) other_names: Vec<String>,
    pub(super) footprints: Footprints,
    /// A project describes the sources of a package anew.
    pub(super) has_overrides: bool,
}

/// Nodes that refer to each other.
#[derive(Debug)]
pub(super) struct Linked {
    pub(super) manifest: Manifest,
    pub(super) origins: Origins,
    /// Ephemeral models that are compiled already.
    pub(super) carried: AllRendered,
}

/// Where each node is written.
pub(super) type Origins = QuickMap<String, Origin>;

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
            let mut result = self.goes_on().map(|()| parse_file(worker, shared, self.tree, path));
            let uses = worker.take_uses();
            if let Some(first) = result.as_mut().and_then(|result| result.as_mut().ok()?.first_mut()) {
                first.uses = uses;
            }
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

    /// Makes the manifest of drafts with an id each: references resolved, descriptions rendered. `others` are nodes
    /// that have all that already.
    pub(super) fn link(
        &self,
        pool: &Pool,
        setup: &Setup,
        drafts: &mut Drafts,
        others: Nodes,
        problems: &mut Problems,
    ) -> Linked {
        let (shared, docs) = (&setup.shared, &setup.docs);
        let is_whole = others.is_empty();
        let mut all = std::mem::take(&mut drafts.all);
        let linkable = || others.values().map(Arc::as_ref).chain(all.iter().map(|draft| &*draft.node));
        let resolver = Resolver::new(shared.root_name(), linkable());
        let enabled: Vec<usize> =
            all.iter().enumerate().filter(|(_, draft)| draft.node.enabled).map(|(index, _)| index).collect();
        let drafted = all.iter().map(|draft| (draft.node.unique_id.as_str(), &*draft.node)).collect();
        let targets = Targets { resolver: &resolver, others: &others, drafts: drafted };
        let linked = pool.map(&enabled, |index| all.get(*index).map(|draft| link(shared, &targets, draft)));
        drop(targets);
        for (index, linked) in enabled.iter().zip(linked) {
            if let (Some(draft), Some(linked)) = (all.get_mut(*index), linked) {
                draft.node.depends_on_nodes = linked.depends_on;
                if linked.switched_off {
                    draft.node.enabled = false;
                    Arc::make_mut(&mut draft.node.config).insert("enabled".to_owned(), false.into());
                }
                linked.problems.into_iter().for_each(|problem| draft.fail(problem));
            }
        }
        pool.change_with(shared, self.options.cancelled, &mut all, |worker, draft| {
            for failure in render_descriptions(worker, shared, docs, &mut draft.node) {
                let problem = node_problem(&draft.node, &draft.origin, &failure);
                let place = missing_doc(&failure.message).and_then(|name| place_of_doc(&draft.origin, name));
                draft.fail(match place {
                    Some(place) => problem.with_place(place),
                    None => problem,
                });
            }
            draft.uses.extend(worker.take_uses());
        });
        let mut origins = Origins::with_capacity_and_hasher(all.len(), QuickState::default());
        let mut nodes = others;
        nodes.reserve(all.len());
        for draft in all {
            problems.extend(draft.problems);
            drafts.footprints.add(draft.origin.path(), draft.uses);
            origins.insert(draft.node.unique_id.clone(), draft.origin);
            nodes.insert(draft.node.unique_id.clone(), draft.node.into_shared());
        }
        let connected = if is_whole { semantic_links::connect(shared.root_name(), &mut nodes) } else { Vec::new() };
        for (id, failure) in connected {
            if let (Some(node), Some(origin)) = (nodes.get_mut(&id), origins.get(&id)) {
                problems.push(node_problem(node, origin, &failure));
                Arc::make_mut(node).problems.push(failure.code);
            }
        }
        Linked { manifest: Manifest { nodes, resolver }, origins, carried: AllRendered::default() }
    }

    /// Compiles the nodes that have an origin.
    pub(super) fn compile(
        &self,
        pool: &Pool,
        shared: &Arc<Shared>,
        Linked { manifest, origins, carried }: &mut Linked,
        footprints: &mut Footprints,
        problems: &mut Problems,
    ) -> Nodes {
        let manifest = Arc::new(std::mem::take(manifest));
        let is_new = |node: &&Arc<Node>| origins.contains_key(&node.unique_id);
        let nodes: Vec<&Arc<Node>> = manifest.nodes.values().filter(is_new).collect();
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
        let mut rendered = AllRendered::with_capacity_and_hasher(compiled.len(), QuickState::default());
        rendered.extend(compiled.into_iter().flatten());
        let mut nodes = Arc::try_unwrap(manifest).map_or_else(|shared| shared.nodes.clone(), |own| own.nodes);
        for (id, compiled) in &mut rendered {
            let Some(node) = nodes.get_mut(id).map(Arc::make_mut) else { continue };
            if let Some(origin) = origins.get(id) {
                footprints.add(origin.path(), std::mem::take(&mut compiled.uses));
            }
            for called in std::mem::take(&mut compiled.macros) {
                if !node.depends_on_macros.contains(&called) {
                    node.depends_on_macros.push(called);
                }
            }
        }
        rendered.extend(std::mem::take(carried));
        let outcomes = inject_all(rendered, |id| nodes.get(id).map(|node| node.name.clone()));
        for (id, outcome) in outcomes.into_iter().filter(|(id, _)| origins.contains_key(id)) {
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
        let mut kept: QuickIndexMap<String, Draft> =
            QuickIndexMap::with_capacity_and_hasher(self.all.len(), QuickState::default());
        let mut twins = Vec::new();
        for draft in std::mem::take(&mut self.all) {
            let id = draft.node.unique_id.clone();
            let Some(first) = kept.get_mut(&id) else {
                kept.insert(id, draft);
                continue;
            };
            match (first.node.enabled, draft.node.enabled) {
                (true, true) => problems.push(duplicate(first, &draft)),
                (false, true) => twins.push(Node::clone(&std::mem::replace(first, draft).node)),
                (_, false) => twins.push(Node::clone(&draft.node)),
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
        .with_place(first_line(b, &second.origin))
        .with_evidence("Files of that name", vec![a.original_file_path.clone(), b.original_file_path.clone()])
}
