//! What a project's `packages.yml` or `dependencies.yml` asks for. One file counts, never both.

use serde_json::Value;

use super::requirement::{Objection, Requirement};
use crate::dbt::problems::{Problems, codes, word_width};
use crate::dbt::python;
use crate::dbt::render::{NativeRenderer, TemplateError};
use crate::dbt::tree::FileTree;
use crate::dbt::yaml::{Mark, Yaml};
use crate::problem::{Place, Problem};

/// The entries of a project, in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    /// The file that says so, from the tree's root; empty where there is none.
    pub(super) path: String,
    pub(super) requirements: Vec<Requirement>,
    /// Templates in it that could not be rendered: those entries stay as they are written.
    pub(super) unrendered: Vec<Problem>,
}

/// Whose file is read.
#[derive(Clone, Copy)]
pub(super) struct Owner<'a> {
    pub(super) tree: &'a dyn FileTree,
    /// The project's folder from the tree's root.
    pub(super) folder: &'a str,
    /// The package that it belongs to; none for the root project.
    pub(super) package: Option<&'a str>,
}

impl Owner<'_> {
    fn path(&self, name: &str) -> String {
        if self.folder.is_empty() { name.to_owned() } else { format!("{}/{name}", self.folder) }
    }

    /// The path as a problem names it.
    fn shown(&self, path: &str) -> String {
        self.package.map_or_else(|| path.to_owned(), |package| format!("{package}: {path}"))
    }
}

/// A file with its YAML.
struct File {
    path: String,
    text: String,
    root: Yaml,
    is_dependencies: bool,
}

/// Reads the entries. What dbt would refuse becomes a problem, and the entry is left out.
pub(super) fn read_asked(owner: Owner<'_>, renderer: &dyn NativeRenderer, problems: &mut Problems) -> Asked {
    let packages = read_file(owner, "packages.yml", problems);
    let dependencies = read_file(owner, "dependencies.yml", problems);
    let has = |file: &Option<File>, key: &str| file.as_ref().is_some_and(|file| file.root.get(key).is_some());
    let objection = if has(&packages, "packages") && has(&dependencies, "packages") {
        Some("The 'packages' key cannot be specified in both packages.yml and dependencies.yml")
    } else if has(&packages, "projects") {
        Some("The 'projects' key cannot be specified in packages.yml")
    } else {
        None
    };
    if let Some(sentence) = objection {
        problems.file(codes::DEPS_MALFORMED, &owner.shown(&owner.path("packages.yml")), sentence);
    }
    let chosen = if has(&packages, "packages") { packages } else { dependencies };
    chosen.map(|file| Reading { owner, file, renderer }.entries(problems)).unwrap_or_default()
}

fn read_file(owner: Owner<'_>, name: &str, problems: &mut Problems) -> Option<File> {
    let path = owner.path(name);
    let text = String::from_utf8(owner.tree.read(&path).ok()?).ok()?;
    let root = problems.yaml(&owner.shown(&path), &text)?.root;
    Some(File { path, text, root, is_dependencies: name == "dependencies.yml" })
}

struct Reading<'a> {
    owner: Owner<'a>,
    file: File,
    renderer: &'a dyn NativeRenderer,
}

impl Reading<'_> {
    fn entries(&self, problems: &mut Problems) -> Asked {
        let mut asked = Asked { path: self.file.path.clone(), ..Asked::default() };
        let Some(section) = self.file.root.get("packages") else { return asked };
        let Some(entries) = section.as_list() else {
            if !section.is_null() {
                let json = section.to_json();
                let sentence = format!("{} is not valid under any of the given schemas", python::repr(&json));
                self.malformed(section.at, &Objection { sentence, cause: None }, problems);
            }
            return asked;
        };
        // The root's dependencies.yml is taken as it is written; packages' are always rendered.
        let is_rendered = !(self.file.is_dependencies && self.owner.package.is_none());
        let wanted_by =
            self.owner.package.unwrap_or(if self.file.is_dependencies { "dependencies.yml" } else { "packages.yml" });
        for entry in entries {
            let unrendered = entry.to_json();
            let rendered = if is_rendered { self.rendered(entry, &mut asked.unrendered) } else { unrendered.clone() };
            match Requirement::read(&rendered, Some(&unrendered), wanted_by) {
                Ok(requirement) => {
                    asked.requirements.push(Requirement { place: Some(self.place(entry.at)), ..requirement });
                }
                Err(objection) => self.malformed(entry.at, &objection, problems),
            }
        }
        asked
    }

    fn place(&self, at: Mark) -> Place {
        let width = word_width(&self.file.text, at);
        Place::in_text(self.owner.shown(&self.file.path), &self.file.text, at.line, at.column, width)
    }

    fn rendered(&self, entry: &Yaml, failed: &mut Vec<Problem>) -> Value {
        let path = self.owner.shown(&self.file.path);
        rendered(entry, self.renderer, &mut |at, error| {
            let mut problems = Problems::default();
            problems.template(&path, &self.file.text, at, error);
            failed.extend(problems.finish(""));
        })
    }

    fn malformed(&self, at: Mark, objection: &Objection, problems: &mut Problems) {
        let sentence = format!(
            "The packages.yml file in this project is malformed. Please double check\nthe contents of this file and fix any errors before retrying.\n\nYou can find more information on the syntax for this file here:\nhttps://docs.getdbt.com/docs/package-management\n\nValidator Error:\n{}",
            objection.sentence
        );
        let path = self.owner.shown(&self.file.path);
        let problem = problems.build_at(codes::DEPS_MALFORMED, &path, &self.file.text, at, &sentence);
        let cause = objection.cause.clone().unwrap_or_default();
        problems.push(problem.with_cause(cause));
    }
}

/// Every text in a value rendered; one that fails is told and stays as it is written.
pub(super) fn rendered(
    value: &Yaml,
    renderer: &dyn NativeRenderer,
    failed: &mut dyn FnMut(Mark, &TemplateError),
) -> Value {
    if let Some(map) = value.as_map() {
        let entries = map.iter().map(|(key, entry)| (key.clone(), rendered(&entry.value, renderer, failed)));
        return Value::Object(entries.collect());
    }
    if let Some(items) = value.as_list() {
        return Value::Array(items.iter().map(|item| rendered(item, renderer, failed)).collect());
    }
    match value.as_text().map(|text| renderer.render(text)) {
        Some(Ok(rendered)) => rendered,
        Some(Err(error)) => {
            failed(value.at, &error);
            value.to_json()
        }
        None => value.to_json(),
    }
}
