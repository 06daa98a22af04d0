//! Python models: what they refer to, found by their literal calls. They are never run here.

use regex::Regex;

use super::draft::Draft;
use crate::dbt::context::Failure;
use crate::dbt::problems::codes;

/// Finds `dbt.ref("a")`, `dbt.source("a", "b")` and `dbt.config(materialized="table")`.
pub(super) fn parse(draft: &mut Draft) {
    "python".clone_into(&mut draft.node.language);
    draft.calls.insert("materialized".to_owned(), "table".into());
    let Ok(call) = Regex::new(r"\bdbt\s*\.\s*(ref|source|config)\s*\(([^()]*)\)") else { return };
    let text = without_comments(&draft.node.raw_code);
    for found in call.captures_iter(&text) {
        let (Some(name), Some(args)) = (found.get(1), found.get(2)) else { continue };
        let line = text.get(..name.start()).map_or(1, |before| before.matches('\n').count() as u32 + 1);
        let Some(literals) = arguments(args.as_str()) else {
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

fn version(args: &[Argument]) -> Option<serde_json::Value> {
    let found = args.iter().find(|(key, _)| matches!(key.as_deref(), Some("v" | "version")));
    found.map(|(_, value)| value.clone())
}

/// `"a", v=2, tags=["x"]` as literals; nothing when one is no literal.
fn arguments(text: &str) -> Option<Vec<Argument>> {
    let mut reader = LiteralReader { rest: text.trim() };
    let mut found = Vec::new();
    while !reader.rest.is_empty() {
        found.push(reader.argument()?);
        if !reader.rest.is_empty() {
            reader.take(",")?;
        }
    }
    Some(found)
}

/// Reads Python's literals from the front of a text.
struct LiteralReader<'t> {
    rest: &'t str,
}

impl LiteralReader<'_> {
    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default().trim_start();
    }

    fn take(&mut self, mark: &str) -> Option<()> {
        self.rest.starts_with(mark).then(|| self.skip(mark.len()))
    }

    fn argument(&mut self) -> Option<Argument> {
        let end = self.rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(self.rest.len());
        let (word, after) = self.rest.split_at(end);
        let is_named = !word.is_empty() && after.trim_start().starts_with('=') && !after.trim_start().starts_with("==");
        let key = is_named.then(|| word.to_owned());
        if is_named {
            self.skip(end);
            self.take("=")?;
        }
        Some((key, self.value(0)?))
    }

    fn value(&mut self, depth: usize) -> Option<serde_json::Value> {
        if depth > 20 {
            return None;
        }
        match self.rest.chars().next()? {
            quote @ ('"' | '\'') => self.text(quote),
            '[' => self.list(depth),
            '{' => self.mapping(depth),
            _ => self.word(),
        }
    }

    fn text(&mut self, quote: char) -> Option<serde_json::Value> {
        let end = self.rest.get(1..)?.find(quote)? + 1;
        let inner = self.rest.get(1..end)?.to_owned();
        self.skip(end + 1);
        Some(inner.into())
    }

    fn list(&mut self, depth: usize) -> Option<serde_json::Value> {
        self.take("[")?;
        let mut items = Vec::new();
        while self.take("]").is_none() {
            items.push(self.value(depth + 1)?);
            self.separator("]")?;
        }
        Some(items.into())
    }

    fn mapping(&mut self, depth: usize) -> Option<serde_json::Value> {
        self.take("{")?;
        let mut map = serde_json::Map::new();
        while self.take("}").is_none() {
            let key = crate::dbt::python::text(&self.value(depth + 1)?);
            self.take(":")?;
            map.insert(key, self.value(depth + 1)?);
            self.separator("}")?;
        }
        Some(map.into())
    }

    /// A comma, unless the end follows.
    fn separator(&mut self, end: &str) -> Option<()> {
        if self.rest.starts_with(end) { Some(()) } else { self.take(",") }
    }

    fn word(&mut self) -> Option<serde_json::Value> {
        let end = self.rest.find([',', ']', '}', ':']).unwrap_or(self.rest.len());
        let word = self.rest.get(..end)?.trim();
        let value = match word {
            "True" => true.into(),
            "False" => false.into(),
            "None" => serde_json::Value::Null,
            _ => word
                .parse::<i64>()
                .map(serde_json::Value::from)
                .or_else(|_| word.parse::<f64>().map(serde_json::Value::from))
                .ok()?,
        };
        self.skip(end);
        Some(value)
    }
}

/// Lines keep their number; what follows a `#` goes.
fn without_comments(text: &str) -> String {
    text.lines().map(|line| line.split('#').next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn literals_of_every_kind_are_read() {
        let text = r#""a", 'b', 1, 2.5, True, None, tags=["x", 'y'], meta={"k": [1, {"z": False}]}"#;
        let found = arguments(text).unwrap();
        let plain: Vec<&serde_json::Value> =
            found.iter().filter(|(key, _)| key.is_none()).map(|(_, value)| value).collect();
        assert_eq!(json!(plain), json!(["a", "b", 1, 2.5, true, null]));
        assert_eq!(found.last(), Some(&(Some("meta".to_owned()), json!({"k": [1, {"z": false}]}))));
    }

    #[test]
    fn what_is_no_literal_is_refused() {
        for text in ["x", "\"a", "[1", "{1}", "f\"x\"", "a=b", "1 2"] {
            assert_eq!(arguments(text), None, "{text}");
        }
    }

    #[test]
    fn comments_go_and_lines_stay() {
        assert_eq!(without_comments("a # b\nc"), "a \nc");
    }
}
