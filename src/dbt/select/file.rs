//! The file `selectors.yml` beside a `dbt_project.yml`: read, rendered, made into specifications.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use indexmap::IndexMap;
use serde_json::Value;

use super::definitions::Selectors;
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
/// is no such file. What dbt would refuse is a problem, its subject a project without a name.
pub fn read_selectors(tree: &dyn FileTree, root: &str, options: &LoadOptions<'_>) -> Result<Selectors, Vec<Problem>> {
    let path = if root.is_empty() { NAME.to_owned() } else { format!("{root}/{NAME}") };
    let Ok(bytes) = tree.read(&path) else { return Ok(Selectors::default()) };
    let mut problems = Problems::default();
    if bytes.len() as u64 > LARGEST_FILE {
        problems.file(codes::FILE_TOO_LARGE, &path, "selectors.yml is larger than any project's");
        return Err(problems.finish(""));
    }
    let Ok(text) = String::from_utf8(bytes) else {
        problems.file(codes::ENCODING, &path, "selectors.yml is not UTF-8");
        return Err(problems.finish(""));
    };
    let Some(document) = problems.yaml(&path, &text) else { return Err(problems.finish("")) };
    let refused = |problems: Problems, sentence: &str| {
        let at = Mark { line: 1, column: 1 };
        let mut problems = problems;
        problems.at(codes::SELECTOR, &path, &text, at, &format!("Could not read selector file data: {sentence}"));
        let found = problems.finish("");
        found.into_iter().filter(|problem| problem.severity == Severity::Error).collect()
    };
    let rendered =
        rendered(&document.root, options).map_err(|error| refused(std::mem::take(&mut problems), &error.message));
    Selectors::from_value(&rendered?).map_err(|sentence| refused(problems, &sentence))
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
