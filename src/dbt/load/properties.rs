//! What the YAML files say, and the nodes that come from it: tests, sources, exposures.

use std::sync::Arc;

use super::macros::YamlPath;
use super::nodes::Drafts;
use super::pool::Pool;
use super::{Counter, Load};
use crate::dbt::context::{Context, NativeContext, Phase, Shared, Worker};
use crate::dbt::node::NodeKind;
use crate::dbt::parse::{
    Draft, Properties, TestJob, YamlFile, configure, exposure_draft, hook_drafts, is_newer, match_patches,
    node_problem, parse_test, read_properties, semantic_drafts, source_drafts, source_tests,
};
use crate::dbt::problems::Problems;
use crate::dbt::read::read_text;
use crate::jinja::QuickMap;
use crate::problem::{Problem, Subject};

impl Load<'_> {
    /// Reads every YAML file.
    pub(super) fn read_yaml(
        &self,
        pool: &Pool,
        shared: &Arc<Shared>,
        paths: &[YamlPath],
        counter: &Counter<'_>,
        problems: &mut Problems,
    ) -> Vec<Properties> {
        let read = pool.map_with(shared, self.options.cancelled, paths, |worker, path| {
            let result = self.goes_on().map(|()| self.read_yaml_file(worker, shared, path));
            counter.step();
            result
        });
        let mut all = Vec::with_capacity(read.len());
        for (properties, found) in read.into_iter().flatten() {
            problems.extend(found);
            all.push(properties);
        }
        all
    }

    fn read_yaml_file(
        &self,
        worker: &mut Worker<'_>,
        shared: &Arc<Shared>,
        (package, file): &YamlPath,
    ) -> (Properties, Vec<Problem>) {
        let subject = || Subject::File { project: String::new(), path: file.path.clone() };
        let mut problems = Problems::default();
        let (text, lines) = match read_text(self.tree, file, subject) {
            Ok(read) => read,
            Err(problem) => return (Properties::default(), vec![*problem]),
        };
        let yaml = Arc::new(YamlFile {
            path: file.path.clone(),
            original: file.original(),
            relative: file.relative.clone(),
            package: package.clone(),
            // Lines as an editor counts them.
            text: format!("{}{text}", "\n".repeat(lines as usize)),
            newer: is_newer(&self.options.dbt_version),
        });
        let context = Context::of_package(shared, Phase::Yaml, package, &worker.uses);
        let renderer = NativeContext::new(context, &mut worker.interpreter);
        let mut properties = read_properties(&yaml, &renderer, &mut problems);
        drop(renderer);
        properties.path.clone_from(&file.path);
        properties.uses = worker.take_uses();
        (properties, problems.finish(""))
    }

    /// Brings YAML and nodes together: every draft is configured, tests, sources and exposures join them.
    pub(super) fn describe(
        &self,
        pool: &Pool,
        shared: &Arc<Shared>,
        drafts: &mut Drafts,
        properties: Vec<Properties>,
        problems: &mut Problems,
    ) {
        let (mut patches, mut sources, mut overrides, mut exposures) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut semantic = Vec::new();
        for found in properties {
            patches.extend(found.patches);
            sources.extend(found.sources);
            let has_overrides = !found.overrides.is_empty();
            overrides.extend(found.overrides);
            exposures.extend(found.exposures);
            semantic.extend(found.semantic);
            drafts.groups.extend(found.groups);
            drafts.macros.extend(found.macros);
            drafts.footprints.add(&found.path, found.uses);
            drafts.has_overrides |= has_overrides;
        }
        let patched = match_patches(shared, &mut drafts.all, &drafts.other_names, patches, problems);
        let mut pairs: Vec<_> = std::mem::take(&mut drafts.all).into_iter().zip(patched.applied).collect();
        pool.change_with(shared, self.options.cancelled, &mut pairs, |worker, (draft, applied)| {
            configure(worker, shared, draft, applied.as_ref());
            draft.uses.extend(worker.take_uses());
        });
        drafts.all = pairs.into_iter().map(|(draft, _)| draft).collect();
        self.add_hooks(shared, drafts, problems);
        let sources = source_drafts(shared, sources, &overrides);
        let mut jobs: Vec<TestJob> = patched.tests;
        jobs.extend(sources.iter().flat_map(|(entry, _)| source_tests(shared, entry)));
        self.add_tests(pool, shared, drafts, &jobs, problems);
        drafts.all.extend(sources.into_iter().map(|(_, draft)| draft));
        let exposures = pool.map_with(shared, self.options.cancelled, &exposures, |worker, entry| {
            let mut draft = exposure_draft(worker, shared, entry);
            draft.uses = worker.take_uses();
            draft
        });
        drafts.all.extend(exposures);
        let semantic = pool.map_with(shared, self.options.cancelled, &semantic, |worker, entry| {
            let mut made = semantic_drafts(worker, shared, entry);
            let uses = worker.take_uses();
            if let Some(first) = made.first_mut() {
                first.uses = uses;
            }
            made
        });
        drafts.all.extend(semantic.into_iter().flatten());
    }

    fn add_hooks(&self, shared: &Arc<Shared>, drafts: &mut Drafts, problems: &mut Problems) {
        let mut worker = Worker::new(shared, self.options.cancelled);
        for project in shared.projects.values() {
            for mut hook in hook_drafts(&mut worker, shared, project, problems) {
                configure(&mut worker, shared, &mut hook, None);
                hook.uses = worker.take_uses();
                drafts.all.push(hook);
            }
        }
    }

    fn add_tests(
        &self,
        pool: &Pool,
        shared: &Arc<Shared>,
        drafts: &mut Drafts,
        jobs: &[TestJob],
        problems: &mut Problems,
    ) {
        let built = pool.map_with(shared, self.options.cancelled, jobs, |worker, job| {
            self.goes_on()?;
            let built = parse_test(worker, shared, job).map(|mut draft| {
                configure(worker, shared, &mut draft, None);
                draft
            });
            Some((built, worker.take_uses()))
        });
        let group = |draft: &Draft| Some((draft.node.unique_id.clone(), draft.node.group.clone()?));
        let groups: QuickMap<String, String> = drafts.all.iter().filter_map(group).collect();
        for (result, job) in built.into_iter().zip(jobs) {
            match result {
                Some((Ok(mut draft), uses)) => {
                    draft.uses = uses;
                    let attached = draft.node.test.as_ref().and_then(|test| test.attached_node.as_ref());
                    let group = attached.and_then(|id| groups.get(id)).cloned();
                    draft.node.group = group;
                    drafts.all.push(draft);
                }
                Some((Err(failure), uses)) => {
                    drafts.footprints.add(&job.file.path, uses);
                    let origin = crate::dbt::parse::Origin::Yaml { file: Arc::clone(&job.file), at: job.definition.at };
                    let mut problem = node_problem(
                        &Draft::new(crate::dbt::node::Node::new(NodeKind::Test), origin.clone()).node,
                        &origin,
                        &failure,
                    );
                    problem.subject = Subject::File { project: String::new(), path: job.file.path.clone() };
                    problem.raw = failure.message;
                    problems.push(problem);
                }
                None => {}
            }
        }
    }
}
