//! From the text of a `dbt_project.yml` to the project's settings.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::contract::{self, Objection};
use super::version::unmet_versions;
use crate::dbt::config::ConfigKind;
use crate::dbt::node::Quoting;
use crate::dbt::problems::{Problems, codes};
use crate::dbt::render::{KeyPath, NativeRenderer};
use crate::dbt::yaml::{Mark, Yaml, YamlMap};
use crate::problem::Severity;

/// One project, of the root or of a package.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProjectFile {
    pub(crate) name: String,
    pub(crate) version: Option<String>,
    /// Folder from the tree's root; `""` is the root itself.
    pub(crate) folder: String,
    pub(crate) model_paths: Vec<String>,
    pub(crate) seed_paths: Vec<String>,
    pub(crate) snapshot_paths: Vec<String>,
    pub(crate) analysis_paths: Vec<String>,
    pub(crate) test_paths: Vec<String>,
    pub(crate) macro_paths: Vec<String>,
    pub(crate) docs_paths: Vec<String>,
    pub(crate) packages_install_path: String,
    pub(crate) quoting: Quoting,
    /// `models:`, `seeds:` ... by key.
    pub(crate) trees: IndexMap<&'static str, Value>,
    /// The same as written, templates not rendered.
    pub(crate) unrendered_trees: IndexMap<&'static str, Value>,
    pub(crate) vars: Map<String, Value>,
    pub(crate) on_run_start: Vec<String>,
    pub(crate) on_run_end: Vec<String>,
    /// macro namespace -> packages in which it is looked for.
    pub(crate) dispatch: IndexMap<String, Vec<String>>,
    pub(crate) restrict_access: bool,
}

impl ProjectFile {
    /// The configuration tree for a kind of node.
    pub(crate) fn tree(&self, kind: ConfigKind) -> Option<&Value> {
        self.trees.get(kind.project_key())
    }

    /// The same as written.
    pub(crate) fn unrendered_tree(&self, kind: ConfigKind) -> Option<&Value> {
        self.unrendered_trees.get(kind.project_key())
    }

    /// A path of this project from the tree's root.
    pub(crate) fn path(&self, below: &str) -> String {
        if self.folder.is_empty() { below.to_owned() } else { format!("{}/{below}", self.folder) }
    }

    /// Every path that may hold YAML files about resources, each once.
    pub(crate) fn all_source_paths(&self) -> Vec<String> {
        let lists =
            [&self.model_paths, &self.seed_paths, &self.snapshot_paths, &self.analysis_paths, &self.macro_paths];
        let mut paths: Vec<String> = Vec::new();
        for path in lists.into_iter().flatten() {
            let path = path.trim_end_matches('/').to_owned();
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        paths
    }
}

/// What a project file is read with.
pub(crate) struct Reading<'a> {
    /// Path of the file from the tree's root.
    pub(crate) path: &'a str,
    pub(crate) text: &'a str,
    pub(crate) dbt_version: &'a str,
    pub(crate) renderer: &'a dyn NativeRenderer,
}

/// Reads and renders a project file. Nothing comes back only when it holds no mapping at all; lesser
/// faults become problems and the rest is used.
pub(crate) fn read_project(
    path: &str,
    text: &str,
    dbt_version: &str,
    renderer: &dyn NativeRenderer,
    problems: &mut Problems,
) -> Option<ProjectFile> {
    Reading { path, text, dbt_version, renderer }.read(problems)
}

impl Reading<'_> {
    fn read(&self, problems: &mut Problems) -> Option<ProjectFile> {
        let document = problems.yaml(self.path, self.text)?;
        let Some(map) = document.root.as_map() else {
            problems.at(
                codes::PROJECT_NOT_DICT,
                self.path,
                self.text,
                Mark { line: 1, column: 1 },
                "dbt_project.yml does not parse to a dictionary",
            );
            return None;
        };
        let newer = crate::dbt::parse::is_newer(self.dbt_version);
        let folder = self.path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let name = self.name(map, &folder, problems);
        for Objection { at, sentence } in contract::objections(map, newer) {
            problems.at(codes::PROJECT_INVALID, self.path, self.text, at, &sentence);
        }
        let mut rendered = self.render(map, problems);
        // The newer word for the same tree.
        if let Some(tree) = rendered.shift_remove("data_tests").filter(|_| newer) {
            rendered.entry("tests").or_insert(tree);
        }
        let mut project = assemble(name, folder, &rendered);
        for key in TREES {
            if let Some(tree @ Value::Object(_)) = map.get(*key).map(|entry| entry.value.to_json()) {
                project.unrendered_trees.insert(key, tree);
            }
        }
        self.check_version(map, &project.name, &rendered, problems);
        Some(project)
    }

    fn name(&self, map: &YamlMap, folder: &str, problems: &mut Problems) -> String {
        let entry = map.get("name");
        if let Some(name) = entry.and_then(|entry| entry.value.as_text()) {
            if let Some(sentence) = contract::name_objection(name) {
                let at = entry.map_or(Mark::default(), |entry| entry.value.at);
                problems.at(codes::PROJECT_INVALID, self.path, self.text, at, &sentence);
            }
            return name.to_owned();
        }
        let at = entry.map_or(Mark { line: 1, column: 1 }, |entry| entry.key_at);
        problems.at(codes::PROJECT_NO_NAME, self.path, self.text, at, "Required \"name\" field not present in project");
        let last = folder.rsplit('/').next().unwrap_or_default();
        let name: String = last.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
        if name.is_empty() { "project".to_owned() } else { name }
    }

    fn render(&self, map: &YamlMap, problems: &mut Problems) -> Map<String, Value> {
        let mut rendered = Map::new();
        for (key, entry) in map {
            let mut keypath = vec![key.clone()];
            rendered.insert(key.clone(), self.render_value(&entry.value, &mut keypath, problems));
        }
        rendered
    }

    fn render_value(&self, value: &Yaml, keypath: &mut KeyPath, problems: &mut Problems) -> Value {
        if let Some(map) = value.as_map() {
            let mut out = Map::new();
            for (key, entry) in map {
                keypath.push(key.clone());
                out.insert(key.clone(), self.render_value(&entry.value, keypath, problems));
                keypath.pop();
            }
            return Value::Object(out);
        }
        if let Some(items) = value.as_list() {
            return Value::Array(items.iter().map(|item| self.render_value(item, keypath, problems)).collect());
        }
        match value.as_text() {
            Some(text) if is_rendered(keypath) => self.renderer.render(text).unwrap_or_else(|error| {
                problems.template(self.path, self.text, value.at, &error);
                value.to_json()
            }),
            _ => value.to_json(),
        }
    }

    fn check_version(&self, map: &YamlMap, name: &str, rendered: &Map<String, Value>, problems: &mut Problems) {
        let required = texts(rendered.get("require-dbt-version"));
        let required: Vec<String> =
            required.iter().flat_map(|text| text.split(',')).map(|text| text.trim().to_owned()).collect();
        if unmet_versions(self.dbt_version, &required).is_empty() {
            return;
        }
        let quoted: Vec<String> = required.iter().map(|text| format!("'{text}'")).collect();
        let sentence = format!("This version of dbt is not supported with the '{name}' package.");
        let raw = format!(
            "{sentence}\n  Installed version of dbt: ={}\n  Required version of dbt for '{name}': [{}]\nCheck for a different version of the '{name}' package, or run dbt again with --no-version-check",
            self.dbt_version,
            quoted.join(", ")
        );
        let at = map.get("require-dbt-version").map_or(Mark::default(), |entry| entry.key_at);
        let problem = problems.build_at(codes::VERSION_REQUIRE, self.path, self.text, at, &sentence);
        problems.push(problem.with_raw(raw).with_severity(Severity::Error));
    }
}

/// The keys that hold configuration of nodes.
const TREES: &[&str] =
    &["models", "seeds", "snapshots", "tests", "sources", "exposures", "metrics", "semantic-models", "saved-queries"];

/// Hooks, vars and the query comment are rendered when they are used, not now.
fn is_rendered(keypath: &KeyPath) -> bool {
    match keypath.first().map(String::as_str) {
        Some("on-run-start" | "on-run-end" | "query-comment" | "vars") => false,
        Some("seeds" | "models" | "snapshots" | "tests") => !keypath.iter().any(|key| {
            matches!(key.trim_start_matches(['+', ' ']), "pre-hook" | "post-hook" | "pre_hook" | "post_hook")
        }),
        _ => true,
    }
}

fn assemble(name: String, folder: String, rendered: &Map<String, Value>) -> ProjectFile {
    let paths = |keys: &[&str], default: &str| {
        let given = keys.iter().find_map(|key| rendered.get(*key).filter(|value| !value.is_null()));
        given.map_or_else(|| vec![default.to_owned()], |value| texts(Some(value)))
    };
    let mut project = ProjectFile {
        name,
        folder,
        version: rendered.get("version").filter(|value| !value.is_null()).map(crate::dbt::python::text),
        model_paths: paths(&["model-paths", "source-paths"], "models"),
        seed_paths: paths(&["seed-paths", "data-paths"], "seeds"),
        snapshot_paths: paths(&["snapshot-paths"], "snapshots"),
        analysis_paths: paths(&["analysis-paths"], "analyses"),
        test_paths: paths(&["test-paths"], "tests"),
        macro_paths: paths(&["macro-paths"], "macros"),
        docs_paths: texts(rendered.get("docs-paths")),
        packages_install_path: paths(&["packages-install-path", "modules-path"], "dbt_packages").concat(),
        quoting: Quoting::from_value(rendered.get("quoting")),
        trees: IndexMap::new(),
        unrendered_trees: IndexMap::new(),
        vars: rendered.get("vars").and_then(Value::as_object).cloned().unwrap_or_default(),
        on_run_start: texts(rendered.get("on-run-start")),
        on_run_end: texts(rendered.get("on-run-end")),
        dispatch: dispatch(rendered.get("dispatch")),
        restrict_access: rendered.get("restrict-access").and_then(Value::as_bool).unwrap_or_default(),
    };
    if project.docs_paths.is_empty() {
        project.docs_paths = project.all_source_paths();
    }
    for key in TREES {
        if let Some(tree @ Value::Object(_)) = rendered.get(*key) {
            project.trees.insert(key, tree.clone());
        }
    }
    project
}

fn dispatch(value: Option<&Value>) -> IndexMap<String, Vec<String>> {
    let entries = value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let entry = |entry: &Value| {
        let namespace = entry.get("macro_namespace")?.as_str()?.to_owned();
        Some((namespace, texts(entry.get("search_order"))))
    };
    entries.iter().filter_map(entry).collect()
}

/// A text or a list of texts; anything else is nothing.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(items)) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}
