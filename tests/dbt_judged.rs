//! The small projects of `tests/dbt/projects.txt` beside what dbt Core 1.7.20 makes of them, node by node and
//! field by field. Its answers are kept in `tests/dbt/judge/answers.jsonl`, written by
//! `python tests/dbt/judge/judge.py >tests/dbt/judge/answers.jsonl`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![expect(clippy::expect_used, clippy::panic, reason = "a test")]

#[path = "dbt/support.rs"]
mod support;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use ebbtide::dbt::{Column, Node, NodeKind};
use serde_json::{Map, Value, json};

const PROJECTS: &str = include_str!("dbt/projects.txt");

/// The facts of one project's nodes, by their ids.
type Facts = BTreeMap<String, Value>;

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Without what says nothing: null and what is empty.
fn kept(value: Value) -> Value {
    let Value::Object(entries) = value else { return value };
    entries.into_iter().filter(|(_, value)| !says_nothing(value)).collect::<Map<_, _>>().into()
}

fn sorted(items: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut items: Vec<String> = items.into_iter().collect();
    items.sort();
    items
}

/// Python's `json.dumps` of a list, in the order that the judge gives.
fn dumped(items: impl IntoIterator<Item = Value>) -> Vec<String> {
    sorted(items.into_iter().map(|item| item.to_string().replace(',', ", ")))
}

fn column(column: &Column) -> Value {
    kept(json!({
        "name": column.name, "description": column.description, "data_type": column.data_type, "meta": column.meta,
        "tags": column.tags, "quote": column.quote,
    }))
}

/// The facts as the judge tells them.
fn facts(node: &Node) -> Value {
    if !node.enabled && node.problems.is_empty() {
        return json!({"enabled": false});
    }
    let is_exposure = node.kind == NodeKind::Exposure;
    let of_code = |value: Value| if is_exposure || node.kind == NodeKind::Source { Value::Null } else { value };
    let language = (node.kind != NodeKind::Seed).then_some(&node.language);
    let test = node.test.as_ref();
    kept(json!({
        "type": node.kind.resource_type(), "package": node.package_name, "file": node.original_file_path,
        "alias": of_code(json!(node.alias)), "database": node.database, "schema": node.schema, "fqn": node.fqn,
        "path": node.path, "description": node.description, "meta": node.meta, "group": node.group,
        "access": node.access, "version": node.version, "latest_version": node.latest_version,
        "patch_path": node.patch_path, "language": of_code(json!(language)), "tags": node.tags,
        "column_name": test.and_then(|test| test.column_name.clone()),
        "attached_node": test.and_then(|test| test.attached_node.clone()), "relation": node.relation_name,
        "nodes": sorted(node.depends_on_nodes.clone()), "macros": sorted(node.depends_on_macros.clone()),
        "refs": dumped(node.refs.iter().map(|(package, name, version)| json!([package, name, version]))),
        "sources": dumped(node.sources.iter().map(|(source, table)| json!([source, table]))),
        "config": kept(json!(node.config)), "columns": node.columns.values().map(column).collect::<Vec<_>>(),
        "raw": of_code(json!(node.raw_code)), "compiled": node.compiled_code, "ctes": node.extra_ctes,
    }))
}

fn ours(case: &support::Case) -> Facts {
    let project = support::load(case.files.clone()).project.expect("a project");
    let mut all: Facts = project.nodes.values().map(|node| (node.unique_id.clone(), facts(node))).collect();
    for twin in &project.disabled_twins {
        let known = all.get_mut(&twin.unique_id).expect("a node of that id");
        known["disabled_twins"] = json!(known["disabled_twins"].as_u64().unwrap_or_default() + 1);
    }
    all
}

/// What differs, a line each.
fn differences(name: &str, judged: &Facts, ours: &Facts) -> Vec<String> {
    let mut lines = Vec::new();
    for id in judged.keys().chain(ours.keys().filter(|id| !judged.contains_key(*id))) {
        let (Some(Value::Object(judged)), Some(Value::Object(ours))) = (judged.get(id), ours.get(id)) else {
            lines.push(format!("{name} {id}: in one of both only (judged: {})", judged.contains_key(id)));
            continue;
        };
        for field in judged.keys().chain(ours.keys().filter(|field| !judged.contains_key(*field))) {
            // What dbt writes below a Python model for the warehouse to run is not made here.
            if judged.get("language") == Some(&json!("python")) && ["compiled", "macros"].contains(&field.as_str()) {
                continue;
            }
            let (judged, ours) = (judged.get(field), ours.get(field));
            if judged != ours {
                let shown = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), Value::to_string);
                lines.push(format!("{name} {id} {field}\n    dbt  {}\n    ours {}", shown(judged), shown(ours)));
            }
        }
    }
    lines
}

/// Whether the judge can tell of it: it has two adapters, and is dbt 1.7.
fn is_for_the_judge(case: &support::Case) -> bool {
    let said = |file: &str, usual: &'static str| case.files.get(file).map_or(usual, String::as_str).trim().to_owned();
    ["postgres", "duckdb"].contains(&said("@adapter", "postgres").as_str())
        && said("@version", "1.7").starts_with("1.7")
}

/// Compares every project that is for the judge with the judge's lines.
#[track_caller]
fn check(answers: &str) {
    let cases = support::cases(PROJECTS);
    let mut left: BTreeMap<_, _> =
        cases.iter().filter(|case| is_for_the_judge(case)).map(|case| (case.name.as_str(), case)).collect();
    assert!(left.len() >= 40, "{} projects for the judge", left.len());
    let mut wrong = Vec::new();
    for line in answers.lines() {
        let mut answer: Value = serde_json::from_str(line).expect("a project's facts");
        let name = answer["project"].as_str().expect("a name").to_owned();
        let judged: Facts = serde_json::from_value(answer["nodes"].take()).expect("facts by id");
        let case = left.remove(name.as_str()).unwrap_or_else(|| panic!("no project {name} for the judge"));
        wrong.extend(differences(&name, &judged, &ours(case)));
    }
    let shown = wrong.iter().take(60).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} facts differ:\n{shown}", wrong.len());
    assert!(left.is_empty(), "not judged: {:?}; see tests/dbt/judge/judge.py", left.keys());
}

#[test]
fn every_project_is_to_us_what_it_is_to_dbt() {
    check(include_str!("dbt/judge/answers.jsonl"));
}

/// `EBB_JUDGE_DBT` names a Python that has dbt Core 1.7.20.
#[test]
fn every_project_is_side_by_side_what_it_is_to_dbt() {
    let python = std::env::var("EBB_JUDGE_DBT").unwrap_or_else(|_| "python3".to_owned());
    let script: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "dbt", "judge", "judge.py"].iter().collect();
    let judged = Command::new(&python).arg(script).env("PYTHONDONTWRITEBYTECODE", "1").stdin(Stdio::null()).output();
    match judged {
        Ok(judged) if judged.status.success() => {
            check(&String::from_utf8(judged.stdout).expect("the judge writes UTF-8"));
        }
        Ok(judged) if judged.status.code() == Some(3) => skipped(&python, &String::from_utf8_lossy(&judged.stderr)),
        Ok(judged) => panic!("the judge failed: {}", String::from_utf8_lossy(&judged.stderr)),
        Err(error) => skipped(&python, &error.to_string()),
    }
}

#[expect(clippy::print_stderr, reason = "what was not tested is to be seen")]
fn skipped(python: &str, why: &str) {
    eprintln!("SKIPPED: nothing was compared with dbt Core side by side ({python}: {})", why.trim());
}
