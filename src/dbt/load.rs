//! The whole load, step by step; each step's work is elsewhere.

use std::sync::atomic::Ordering;

use rayon::prelude::*;
use serde_json::Value;

use super::config::{self, Layers};
use super::locate::locate;
use super::names::{config_kind, set_relation_name};
use super::node::{Node, NodeKind, Project};
use super::options::{LoadOptions, LoadProgress, LoadStage, Loaded, Progress};
use super::parse::{NodeFile, checksum, skeleton};
use super::problems::Problems;
use super::project::{ProjectFile, read_project};
use super::read::{ProjectFiles, ProjectPath, read_text};
use super::render::{NativeRenderer, TemplateError};
use super::tree::FileTree;
use crate::problem::Problem;

/// Loads the project at `options.project_path`.
///
/// The project comes back with everything that could be loaded; what could not is a problem, and so
/// is what dbt would refuse. No project comes back when there is no readable `dbt_project.yml`, or
/// when `options.cancelled` became true.
pub fn load(tree: &dyn FileTree, options: &LoadOptions<'_>, progress: Progress<'_>) -> Loaded {
    let mut problems = Problems::default();
    let project = load_project(tree, options, progress, &mut problems);
    let name = project.as_ref().map(|project| project.name.clone()).unwrap_or_default();
    Loaded { project, problems: problems.finish(&name) }
}

fn load_project(
    tree: &dyn FileTree,
    options: &LoadOptions<'_>,
    progress: Progress<'_>,
    problems: &mut Problems,
) -> Option<Project> {
    let (path, text) = locate(tree, options, problems)?;
    let file = read_project(&path, &text, &options.dbt_version, &AsWritten, problems)?;
    *problems = std::mem::take(problems).named(&file.name);
    let files = ProjectFiles::list(tree, &file, problems);
    let models = files.search(&file.model_paths, &[".sql"]);
    let total = models.len() as u64;
    progress(LoadProgress { stage: LoadStage::Parse, done: 0, total });
    let parsed: Vec<Result<Node, Box<Problem>>> = models
        .par_iter()
        .filter(|_| !options.cancelled.load(Ordering::Relaxed))
        .map(|model| parse_model(tree, options, &file, model, problems))
        .collect();
    if options.cancelled.load(Ordering::Relaxed) {
        return None;
    }
    progress(LoadProgress { stage: LoadStage::Parse, done: total, total });
    let mut project = Project { name: file.name, version: file.version, root: file.folder, ..Project::default() };
    for result in parsed {
        match result {
            Ok(node) => {
                project.nodes.insert(node.unique_id.clone(), node);
            }
            Err(problem) => problems.push(*problem),
        }
    }
    Some(project)
}

fn parse_model(
    tree: &dyn FileTree,
    options: &LoadOptions<'_>,
    project: &ProjectFile,
    file: &ProjectPath,
    problems: &Problems,
) -> Result<Node, Box<Problem>> {
    let text = read_text(tree, file, || problems.file_subject(&file.path))?;
    let checksum = checksum(&text);
    let name = file.stem().to_owned();
    let mut node =
        skeleton(NodeFile { kind: NodeKind::Model, package: &project.name, file, name, raw_code: text, checksum });
    let layers = Layers {
        kind: config_kind(node.kind),
        adapter: options.adapter,
        fqn: &node.fqn,
        own: project.tree(config_kind(node.kind)),
        patch: None,
        calls: &config::Config::new(),
        root: None,
    };
    let config = config::merge(&layers);
    let text_of = |key: &str| config.get(key).and_then(Value::as_str).map(str::to_owned);
    node.enabled = config.get("enabled") != Some(&Value::Bool(false));
    node.materialized = text_of("materialized").unwrap_or_default();
    node.database = Some(options.database.clone());
    node.schema = options.schema.clone();
    set_relation_name(&mut node, &config, options.adapter, project.quoting);
    node.config = config;
    Ok(node)
}

/// Leaves templates as they are written.
struct AsWritten;

impl NativeRenderer for AsWritten {
    fn render(&self, text: &str) -> Result<Value, TemplateError> {
        Ok(Value::from(text))
    }
}
