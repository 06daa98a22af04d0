//! The files that hold nodes: models, seeds, snapshots, analyses, singular tests, and the hooks of
//! `dbt_project.yml`. Each is read and rendered once, to learn what it refers to.

use crate::dbt::config::hook_sql;
use crate::dbt::context::{Failure, Shared, Worker};
use crate::dbt::node::{Node, NodeKind};
use crate::dbt::problems::{Problems, codes};
use crate::dbt::project::ProjectFile;
use crate::dbt::read::{ProjectFiles, ProjectPath, read_text};
use crate::dbt::tree::FileTree;
use crate::jinja::{BlockKind, Template, UndefinedPolicy, scan_blocks};
use crate::problem::{Place, Problem, Subject};
use std::rc::Rc;
use std::sync::Arc;

use super::draft::{Draft, Origin};
use super::python_model;
use super::skeleton::{NodeFile, checksum, skeleton};
use super::static_text::is_static;

/// A larger seed has its path for a checksum, as in dbt.
const LARGEST_HASHED_SEED: u64 = 1 << 20;

/// One file to be parsed, and what for.
#[derive(Clone, Debug)]
pub(crate) struct NodePaths {
    pub(crate) kind: NodeKind,
    pub(crate) package: String,
    pub(crate) file: ProjectPath,
}

impl NodePaths {
    /// Every file of a project that holds nodes, in dbt's order of kinds.
    pub(crate) fn of(project: &ProjectFile, files: &ProjectFiles) -> Vec<Self> {
        let search = |kind: NodeKind, paths: &[String], extensions: &[&str]| {
            let found = files.search(paths, extensions);
            found.into_iter().map(move |file| Self { kind, package: project.name.clone(), file })
        };
        let is_generic = |found: &Self| found.file.relative.starts_with("generic/");
        search(NodeKind::Model, &project.model_paths, &[".sql", ".py"])
            .chain(search(NodeKind::Snapshot, &project.snapshot_paths, &[".sql"]))
            .chain(search(NodeKind::Analysis, &project.analysis_paths, &[".sql"]))
            .chain(search(NodeKind::Test, &project.test_paths, &[".sql"]).filter(|found| !is_generic(found)))
            .chain(search(NodeKind::Seed, &project.seed_paths, &[".csv"]))
            .collect()
    }
}

/// The nodes of one file; a file that can't be read is a problem instead.
pub(crate) fn parse_file(
    worker: &mut Worker<'_>,
    shared: &Arc<Shared>,
    tree: &dyn FileTree,
    source: &NodePaths,
) -> Result<Vec<Draft>, Box<Problem>> {
    let file = &source.file;
    let subject = || Subject::File { project: String::new(), path: file.path.clone() };
    let is_large_seed = source.kind == NodeKind::Seed && file.size > LARGEST_HASHED_SEED;
    let read = if is_large_seed { Ok((String::new(), 0)) } else { read_text(tree, file, subject) };
    let (text, lines) = match read {
        Ok(read) => read,
        // A seed's rows are no business of ours; only its name is.
        Err(_) if source.kind == NodeKind::Seed => (String::new(), 0),
        Err(problem) => return Err(problem),
    };
    let checksum = if is_large_seed { file.original() } else { checksum(&text) };
    let draft = |name: String, raw_code: String, lines: u32| {
        let node = skeleton(NodeFile {
            kind: source.kind,
            package: &source.package,
            file,
            name,
            raw_code,
            checksum: checksum.clone(),
        });
        Draft::new(node, Origin::Text { path: file.path.clone(), lines, described: None })
    };
    let mut drafts = match source.kind {
        NodeKind::Seed => vec![draft(file.stem().to_owned(), String::new(), 0)],
        NodeKind::Snapshot => snapshot_drafts(&text, lines, file, draft)?,
        _ => vec![draft(file.stem().to_owned(), text, lines)],
    };
    for draft in &mut drafts {
        set_default_names(&mut draft.node, shared);
        if file.ends_with(".py") {
            python_model::parse(draft);
        } else if source.kind != NodeKind::Seed {
            learn(worker, shared, draft);
        }
    }
    Ok(drafts)
}

fn snapshot_drafts(
    text: &str,
    lines: u32,
    file: &ProjectPath,
    draft: impl Fn(String, String, u32) -> Draft,
) -> Result<Vec<Draft>, Box<Problem>> {
    let blocks = scan_blocks(text, &[BlockKind::Snapshot]).map_err(|error| {
        let subject = Subject::File { project: String::new(), path: file.path.clone() };
        let place = Place::in_text(&file.path, text, error.line(), error.column(), 1);
        Box::new(Problem::new(codes::JINJA_SYNTAX, subject, error.message()).with_place(place))
    })?;
    let named = blocks.into_iter().filter_map(|block| {
        let start = block.span.line.saturating_sub(1)
            + block.full.split(&block.contents).next().map_or(0, |opening| opening.matches('\n').count() as u32);
        Some(draft(block.name?, block.contents, lines + start))
    });
    Ok(named.collect())
}

/// The names that hold until the configuration is known.
fn set_default_names(node: &mut Node, shared: &Shared) {
    node.database = Some(shared.target.database.clone());
    node.schema.clone_from(&shared.target.schema);
}

/// Renders a node's text to learn its references, configuration and macros. The text is not kept.
pub(super) fn learn(worker: &mut Worker<'_>, shared: &Arc<Shared>, draft: &mut Draft) {
    let uses = Rc::clone(&worker.uses);
    draft.calls = draft.observe(shared, &uses, |context, node| {
        worker.begin(UndefinedPolicy::Parse);
        let parsed = worker.template(node);
        let result = parsed.and_then(|template| worker.interpreter.run(&template, &context.scope()));
        result.err().map(|error| context.explain(&error)).into_iter().collect()
    });
    if draft.node.kind == NodeKind::Model && is_static(&draft.node.raw_code) && !shared.overrides_builtins(&draft.node)
    {
        let once: indexmap::IndexSet<_> = std::mem::take(&mut draft.node.sources).into_iter().collect();
        draft.node.sources = once.into_iter().collect();
    }
}

/// Renders a node's hooks for what they refer to.
pub(super) fn learn_hooks(worker: &mut Worker<'_>, shared: &Arc<Shared>, draft: &mut Draft) {
    let uses = Rc::clone(&worker.uses);
    draft.observe(shared, &uses, |context, node| {
        let hooks = hook_sql(&node.config).into_iter();
        let failures = hooks.filter_map(|hook| {
            worker.begin(UndefinedPolicy::Parse);
            let parsed = Template::parse(&node.original_file_path, &hook);
            let error = parsed.and_then(|template| worker.interpreter.run(&template, &context.scope())).err()?;
            Some(Failure { line: 0, column: 0, ..context.explain(&error) })
        });
        failures.collect()
    });
}

/// `on-run-start` and `on-run-end` of a project.
pub(crate) fn hook_drafts(
    worker: &mut Worker<'_>,
    shared: &Arc<Shared>,
    project: &ProjectFile,
    problems: &mut Problems,
) -> Vec<Draft> {
    let hooks = [("on-run-start", &project.on_run_start), ("on-run-end", &project.on_run_end)];
    let mut drafts = Vec::new();
    for (key, texts) in hooks {
        for (index, text) in texts.iter().enumerate() {
            let name = format!("{}-{key}-{index}", project.name);
            let file = ProjectPath {
                path: project.path("dbt_project.yml"),
                searched: ".".to_owned(),
                relative: format!("hooks/{name}.sql"),
                size: 0,
            };
            let node = Node {
                original_file_path: "./dbt_project.yml".to_owned(),
                tags: vec![key.to_owned()],
                ..skeleton(NodeFile {
                    kind: NodeKind::Operation,
                    package: &project.name,
                    file: &file,
                    name,
                    raw_code: text.clone(),
                    checksum: checksum(text),
                })
            };
            let mut draft = Draft::new(node, Origin::Text { path: file.path, lines: 0, described: None });
            set_default_names(&mut draft.node, shared);
            learn(worker, shared, &mut draft);
            problems.extend(std::mem::take(&mut draft.problems));
            drafts.push(draft);
        }
    }
    drafts
}
