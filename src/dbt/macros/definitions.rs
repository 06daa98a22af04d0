//! Every macro as the artifacts tell it: its text, what it calls, and what YAML says of it.

use std::collections::HashSet;

use indexmap::IndexSet;
use serde_json::{Value, json};

use super::{DBT, Macro, MacroIndex, Macros};
use crate::dbt::definitions::MacroDefinition;
use crate::jinja::{Call, Literal, MacroUnit};

/// Names that templates have without any macro.
const BUILT_IN: &[&str] = &[
    "api",
    "builtins",
    "caller",
    "cycler",
    "dbt_metadata_envs",
    "dict",
    "diff_of_two_dicts",
    "doc",
    "env_var",
    "exceptions",
    "execute",
    "fromjson",
    "fromyaml",
    "joiner",
    "lipsum",
    "load_agate_table",
    "load_result",
    "local_md5",
    "log",
    "metric",
    "modules",
    "namespace",
    "print",
    "range",
    "render",
    "return",
    "set",
    "set_strict",
    "sql_now",
    "statement_result",
    "store_raw_result",
    "store_result",
    "submit_python_job",
    "tojson",
    "toyaml",
    "try_or_compiler_error",
    "validation",
    "var",
    "write",
    "zip",
    "zip_strict",
    "ref",
    "source",
    "config",
    "super",
];

impl Macros {
    /// Every macro, those of the projects first. `folders` gives each package's folder in the tree.
    pub(crate) fn definitions(&self, folder: impl Fn(&str) -> String) -> Vec<MacroDefinition> {
        let is_project = |one: &&Macro| self.packages.contains_key(&one.package);
        let projects = self.all.iter().filter(is_project);
        let own = self.all.iter().filter(|one| !is_project(one));
        let mut seen = HashSet::new();
        projects
            .chain(own)
            .filter(|one| seen.insert(one.unique_id.as_str()))
            .map(|one| self.definition(one, &folder(&one.package)))
            .collect()
    }

    fn definition(&self, one: &Macro, folder: &str) -> MacroDefinition {
        let below = one.path.strip_prefix(folder).map(|path| path.trim_start_matches('/'));
        let text = one.unit.as_ref().map(|unit| unit.source().to_owned()).unwrap_or_default();
        MacroDefinition {
            unique_id: one.unique_id.clone(),
            name: one.name.clone(),
            package_name: one.package.clone(),
            original_file_path: below.unwrap_or(&one.path).to_owned(),
            depends_on: self.calls_of(one),
            docs: json!({"show": true, "node_color": null}),
            supported_languages: one.name.starts_with("materialization_").then(|| languages(&text)),
            macro_sql: text,
            ..MacroDefinition::default()
        }
    }

    /// `unique_id`s of what a macro calls, told from its text alone.
    fn calls_of(&self, one: &Macro) -> Vec<String> {
        let called: IndexSet<&String> = self.called_by(one).map(|index| &self.get(index).unique_id).collect();
        called.into_iter().cloned().collect()
    }

    fn called_by<'m>(&'m self, one: &'m Macro) -> impl Iterator<Item = MacroIndex> + 'm {
        let calls = one.unit.as_ref().map(MacroUnit::calls).unwrap_or_default();
        calls.iter().flat_map(|call| self.called(one, call))
    }

    /// Some macros and all that they call, told from the texts alone: what the template of a generic test
    /// finds while dbt learns what it refers to.
    pub(crate) fn reach(&self, starts: impl IntoIterator<Item = MacroIndex>) -> HashSet<MacroIndex> {
        let mut reached = HashSet::new();
        let mut open: Vec<MacroIndex> = starts.into_iter().collect();
        while let Some(index) = open.pop() {
            if reached.insert(index) {
                open.extend(self.called_by(self.get(index)));
            }
        }
        reached
    }

    fn called(&self, one: &Macro, call: &Call) -> Vec<MacroIndex> {
        let find = |package: &str, name: &str| {
            if package == DBT || self.packages.contains_key(package) {
                self.find_in(package, name).or_else(|| self.find(package, name))
            } else {
                self.find(&one.package, name)
            }
        };
        match call.path.split('.').collect::<Vec<_>>().as_slice() {
            ["adapter", "dispatch"] => self.dispatched(one, call),
            [name] if BUILT_IN.contains(name) || *name == one.name => Vec::new(),
            [name] => find(&one.package, name).into_iter().collect(),
            [package, name] if *package != "adapter" => find(package, name).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// What `adapter.dispatch('name', 'namespace')` leads to, and what the plain name means.
    fn dispatched(&self, one: &Macro, call: &Call) -> Vec<MacroIndex> {
        let given = |position: usize, keyword: &str| {
            let named = call.keyword.iter().find(|(name, _)| name == keyword).map(|(_, value)| value);
            named.or_else(|| call.positional.get(position)).and_then(Option::as_ref).and_then(Literal::as_str)
        };
        let Some(name) = given(0, "macro_name") else { return Vec::new() };
        let plain = (name != one.name).then(|| self.find(&one.package, name)).flatten();
        let meant = self.dispatch(&one.package, name, given(1, "macro_namespace")).ok();
        plain.into_iter().chain(meant).collect()
    }
}

/// `supported_languages=['sql', 'python']` of a materialization; SQL where nothing is said.
fn languages(text: &str) -> Vec<String> {
    let opening = text.split("%}").next().unwrap_or_default();
    let listed =
        opening.split_once("supported_languages").and_then(|(_, rest)| rest.split_once('[')?.1.split_once(']'));
    match listed {
        Some((listed, _)) => listed
            .split(',')
            .map(|word| word.trim().trim_matches(['\'', '"']).to_owned())
            .filter(|word| !word.is_empty())
            .collect(),
        None => vec!["sql".to_owned()],
    }
}

/// What YAML says of a macro, put into its definition.
pub(crate) fn describe(definition: &mut MacroDefinition, value: &serde_json::Map<String, Value>, patch_path: String) {
    let object = |key: &str| value.get(key).and_then(Value::as_object).cloned();
    let text = |value: Option<&Value>| value.filter(|value| !value.is_null()).map(crate::dbt::python::text);
    definition.description = text(value.get("description")).unwrap_or_default();
    definition.meta = object("meta").unwrap_or_default().into_iter().collect();
    if let (Some(docs), Value::Object(known)) = (object("docs"), &mut definition.docs) {
        known.extend(docs);
    }
    let arguments = value.get("arguments").and_then(Value::as_array).into_iter().flatten();
    definition.arguments = arguments
        .map(|argument| {
            json!({
                "name": argument.get("name"),
                "type": text(argument.get("type")),
                "description": text(argument.get("description")).unwrap_or_default(),
            })
        })
        .collect();
    definition.patch_path = Some(patch_path);
}
