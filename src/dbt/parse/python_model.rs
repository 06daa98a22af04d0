//! Python models: what they refer to, found by their literal calls. They are never run here.

use regex::Regex;

use super::draft::Draft;
use crate::dbt::context::Failure;
use crate::dbt::problems::codes;

/// Finds `dbt.ref("a")`, `dbt.source("a", "b")` and `dbt.config(materialized="table")`.
pub(super) fn parse(draft: &mut Draft) {
    draft.node.language = "python".to_owned();
    draft.calls.insert("materialized".to_owned(), "table".into());
    let Ok(call) = Regex::new(r#"\bdbt\s*\.\s*(ref|source|config)\s*\(([^()]*)\)"#) else { return };
    let text = without_comments(&draft.node.raw_code);
    for found in call.captures_iter(&text) {
        let (Some(name), Some(args)) = (found.get(1), found.get(2)) else { continue };
        let line = text.get(..name.start()).map_or(1, |before| before.matches('\n').count() as u32 + 1);
        let literals: Option<Vec<Argument>> = arguments(args.as_str()).map(argument).collect();
        let Some(literals) = literals else {
            let message = format!(
                "Error when trying to literal_eval an arg to dbt.ref(), dbt.source(), dbt.config() or dbt.config.get(): {}",
                args.as_str().trim()
            );
            draft.fail_template(&Failure { code: codes::PYTHON_MODEL, message, line, column: 1, stack: Vec::new() });
            continue;
        };
        record(draft, name.as_str(), literals);
    }
}

/// A keyword, if there is one, and the literal.
type Argument = (Option<String>, serde_json::Value);

fn record(draft: &mut Draft, function: &str, args: Vec<Argument>) {
    let plain: Vec<String> =
        args.iter().filter(|(key, _)| key.is_none()).map(|(_, value)| crate::dbt::python::text(value)).collect();
    match (function, plain.as_slice()) {
        ("ref", [name]) => draft.node.refs.push((None, name.clone(), version(&args))),
        ("ref", [package, name]) => draft.node.refs.push((Some(package.clone()), name.clone(), version(&args))),
        ("source", [source, table]) => draft.node.sources.push((source.clone(), table.clone())),
        ("config", _) => draft.calls.extend(args.into_iter().filter_map(|(key, value)| Some((key?, value)))),
        _ => {}
    }
}

fn version(args: &[Argument]) -> Option<String> {
    let found = args.iter().find(|(key, _)| matches!(key.as_deref(), Some("v" | "version")));
    found.map(|(_, value)| crate::dbt::python::text(value))
}

fn arguments(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

fn argument(text: &str) -> Option<Argument> {
    if let Some(value) = literal(text) {
        return Some((None, value));
    }
    let (key, value) = text.split_once('=')?;
    Some((Some(key.trim().to_owned()), literal(value.trim())?))
}

fn literal(text: &str) -> Option<serde_json::Value> {
    match text {
        "True" => return Some(true.into()),
        "False" => return Some(false.into()),
        "None" => return Some(serde_json::Value::Null),
        _ => {}
    }
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return (!inner.contains(quote)).then(|| inner.into());
        }
    }
    text.parse::<i64>().ok().map(serde_json::Value::from)
}

/// Lines keep their number; what follows a `#` goes.
fn without_comments(text: &str) -> String {
    text.lines().map(|line| line.split('#').next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}
