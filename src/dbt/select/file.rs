//! The file `selectors.yml` beside a `dbt_project.yml`: read, rendered, made into specifications.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use indexmap::IndexMap;
use serde_json::Value;

use super::definitions::{Refused, Selectors};
use crate::dbt::context::{Context, NativeContext, Phase, Shared, Target};
use crate::dbt::macros::Macros;
use crate::dbt::options::LoadOptions;
use crate::dbt::problems::{Problems, codes};
use crate::dbt::read::LARGEST_FILE;
use crate::dbt::render::{NativeRenderer, TemplateError};
use crate::dbt::tree::FileTree;
use crate::dbt::yaml::{Mark, Yaml};
use crate::jinja::{Interpreter, Limits};
use crate::problem::{Problem, Severity};

const NAME: &str = "selectors.yml";

/// The named selections of the project at `root` (its folder from the tree's root); none where there
/// is no such file. What dbt would refuse is a problem of `project`.
pub fn read_selectors(
    tree: &dyn FileTree,
    root: &str,
    project: &str,
    options: &LoadOptions<'_>,
) -> Result<Selectors, Vec<Problem>> {
    let path = if root.is_empty() { NAME.to_owned() } else { format!("{root}/{NAME}") };
    let Ok(bytes) = tree.read(&path) else { return Ok(Selectors::default()) };
    let mut problems = Problems::default();
    if bytes.len() as u64 > LARGEST_FILE {
        problems.file(codes::FILE_TOO_LARGE, &path, "selectors.yml is larger than any project's");
        return Err(problems.finish(project));
    }
    let Ok(text) = String::from_utf8(bytes) else {
        problems.file(codes::ENCODING, &path, "selectors.yml is not UTF-8");
        return Err(problems.finish(project));
    };
    let Some(document) = problems.yaml(&path, &text) else { return Err(problems.finish(project)) };
    let refused = |mut problems: Problems, sentence: &str, at: Mark| {
        problems.at(codes::SELECTOR, &path, &text, at, &format!("Could not read selector file data: {sentence}"));
        let found = problems.finish(project);
        found.into_iter().filter(|problem| problem.severity == Severity::Error).collect()
    };
    let rendered = match rendered(&document.root, options) {
        Ok(rendered) => rendered,
        Err(error) => return Err(refused(problems, &error.message, document.root.at)),
    };
    Selectors::from_value(&rendered).map_err(|found| refused(problems, &found.sentence, place(&document.root, &found)))
}

/// Where a selector's definition stands, or the selector, or the list of them.
fn place(root: &Yaml, refused: &Refused) -> Mark {
    let entries = root.get("selectors");
    let entry = refused.entry.and_then(|index| entries?.as_list()?.get(index));
    let definition = entry.and_then(|entry| entry.get("definition"));
    definition.or(entry).or(entries).unwrap_or(root).at
}

/// The file's values with their templates rendered, as those of `dbt_project.yml` are.
fn rendered(root: &Yaml, options: &LoadOptions<'_>) -> Result<Value, TemplateError> {
    let shared = Arc::new(Shared::new(Target::new(options), IndexMap::new(), Macros::empty(options.adapter)));
    let cancelled = AtomicBool::new(false);
    let mut interpreter = Interpreter::new(Limits::default(), &cancelled);
    let renderer =
        NativeContext::new(Context::of_package(&shared, Phase::Project, "", &Rc::default()), &mut interpreter);
    value(root, &renderer)
}

fn value(yaml: &Yaml, renderer: &dyn NativeRenderer) -> Result<Value, TemplateError> {
    if let Some(map) = yaml.as_map() {
        let entries = map.iter().map(|(key, entry)| Ok((key.clone(), value(&entry.value, renderer)?)));
        return Ok(Value::Object(entries.collect::<Result<_, TemplateError>>()?));
    }
    if let Some(items) = yaml.as_list() {
        return Ok(Value::Array(items.iter().map(|item| value(item, renderer)).collect::<Result<_, _>>()?));
    }
    match yaml.as_text() {
        Some(text) => renderer.render(text),
        None => Ok(yaml.to_json()),
    }
}
