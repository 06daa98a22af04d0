//! Where what a problem is about is written, found again in the text: reading keeps the places of entries, not that of
//! each setting in them. Looks at texts only, and only once there is a problem.

use super::draft::Origin;
use crate::dbt::node::Node;
use crate::dbt::problems::word_width;
use crate::dbt::yaml::Mark;
use crate::problem::Place;

/// Where a node is given the setting `key`: in a call of `config()`, or in the YAML that describes it. Where neither
/// names it: the call, the YAML's entry, or else the first line.
pub(crate) fn place_of_setting(node: &Node, origin: &Origin, key: &str) -> Place {
    let Origin::Text { path, lines, described } = origin else {
        return place_in_yaml(origin, |entry| key_in(entry, key)).unwrap_or_else(|| Place::at(origin.path(), 0, 0));
    };
    let template = &node.raw_code;
    if let Some(at) = setting_in_call(template, key) {
        return in_own_text(path, *lines, template, at);
    }
    let yaml = |find: fn(&str, &str) -> Option<usize>| place_in_yaml(origin, |entry| find(entry, key));
    if let Some(place) = described.as_ref().and_then(|_| yaml(key_in)) {
        return place;
    }
    match calls(template).next() {
        Some(at) => in_own_text(path, *lines, template, at),
        None => yaml(|_, _| Some(0)).unwrap_or_else(|| first_line(node, origin)),
    }
}

/// Where YAML that describes a node quotes the docs block `name`; the entry where that is not found.
pub(crate) fn place_of_doc(origin: &Origin, name: &str) -> Option<Place> {
    let quoted = |entry: &str| {
        words(entry, name).find(|at| entry.get(..*at).is_some_and(|before| before.ends_with(['\'', '"'])))
    };
    place_in_yaml(origin, |entry| quoted(entry).or(Some(0)))
}

/// The first line of a node's own text, or its entry in YAML.
pub(crate) fn first_line(node: &Node, origin: &Origin) -> Place {
    match origin {
        Origin::Text { path, lines, .. } => in_own_text(path, *lines, &node.raw_code, 0),
        Origin::Yaml { file, at } => {
            Place::in_text(&file.path, &file.text, at.line, at.column, word_width(&file.text, *at))
        }
    }
}

/// Where a file of properties has an entry of this name.
pub(crate) fn entry_named(text: &str, name: &str) -> Option<Mark> {
    let is_it = |at: &usize| {
        let value = text.get(at + "name".len()..).and_then(|rest| rest.trim_start().strip_prefix(':'));
        let value = value.and_then(|rest| rest.lines().next()).unwrap_or_default();
        value.split([',', '}', '#']).next().unwrap_or_default().trim().trim_matches(['\'', '"']) == name
    };
    words(text, "name").find(is_it).map(|at| mark(text, at))
}

/// Where a file defines the macro or the test of this name, as dbt calls it.
pub(crate) fn macro_named(text: &str, name: &str) -> Option<Mark> {
    let defined = |keyword: &str, name: &str| {
        let is_defined = |at: &usize| {
            let before = text.get(..*at).unwrap_or_default();
            before.trim_end() != before && before.trim_end().ends_with(keyword)
        };
        words(text, name).find(is_defined)
    };
    let as_test = || name.strip_prefix("test_").and_then(|name| defined("test", name));
    defined("macro", name).or_else(as_test).map(|at| mark(text, at))
}

/// A place in the node's own text, before which so many lines of its file were taken away.
fn in_own_text(path: &str, lines: u32, template: &str, offset: usize) -> Place {
    let text = format!("{}{template}", "\n".repeat(lines as usize));
    let at = mark(&text, offset + lines as usize);
    Place::in_text(path, &text, at.line, at.column, word_width(&text, at))
}

/// A place in the YAML that describes a node, found in its entry.
fn place_in_yaml(origin: &Origin, find: impl Fn(&str) -> Option<usize>) -> Option<Place> {
    let (file, at) = match origin {
        Origin::Yaml { file, at } => (file, *at),
        Origin::Text { described, .. } => described.as_ref().map(|(file, at)| (file, *at))?,
    };
    let (start, entry) = entry(&file.text, at)?;
    let at = mark(&file.text, start + find(entry)?);
    Some(Place::in_text(&file.path, &file.text, at.line, at.column, word_width(&file.text, at)))
}

/// The text of the list's entry that a place is in, and where it begins: after the dash on its line, or on one above it
/// that is as far to the right; up to a line that begins further to the left.
fn entry(text: &str, at: Mark) -> Option<(usize, &str)> {
    let lines: Vec<&str> = text.split_inclusive('\n').take(at.line as usize).collect();
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let content =
        |line: &str| indent(line) + indent(line.trim_start_matches(' ').strip_prefix('-').unwrap_or_default()) + 1;
    let begins = |line: &str| line.trim_start_matches(' ').starts_with("- ");
    let last = *lines.last()?;
    let first = lines.iter().rposition(|line| begins(line) && (content(line) == indent(last) || begins(last)))?;
    let column = content(lines.get(first)?);
    let start = lines.iter().take(first).map(|line| line.len()).sum::<usize>() + column;
    let rest = text.get(start..)?;
    let is_over = |line: &str| {
        let trimmed = line.trim_start();
        !trimmed.is_empty() && !trimmed.starts_with('#') && indent(line) < column
    };
    let mut lines = rest.split_inclusive('\n');
    let mut end = lines.next().map_or(0, str::len);
    end += lines.take_while(|line| !is_over(line)).map(str::len).sum::<usize>();
    Some((start, rest.get(..end)?))
}

/// Where an entry has a key.
fn key_in(entry: &str, key: &str) -> Option<usize> {
    let is_key = |at: &usize| {
        let line = entry.get(..*at).and_then(|before| before.rsplit('\n').next()).unwrap_or_default();
        let rest = entry.get(at + key.len()..).unwrap_or_default();
        rest.trim_start_matches(['\'', '"']).trim_start_matches(' ').starts_with(':') && !line.contains('#')
    };
    words(entry, key).find(is_key)
}

/// Where a call of `config()` names a setting.
fn setting_in_call(template: &str, key: &str) -> Option<usize> {
    calls(template).find_map(|call| {
        let text = template.get(call..)?;
        let end = ["}}", "%}"].iter().filter_map(|end| text.find(end)).min().unwrap_or(text.len());
        let is_set = |at: &usize| {
            let rest = text.get(at + key.len()..end).unwrap_or_default();
            let rest = rest.trim_start_matches(['\'', '"']).trim_start();
            rest.starts_with(':') || rest.starts_with('=') && !rest.starts_with("==")
        };
        words(text.get(..end)?, key).find(is_set).map(|at| call + at)
    })
}

/// Where `config(` is called.
fn calls(template: &str) -> impl Iterator<Item = usize> {
    let is_called =
        |at: &usize| template.get(at + "config".len()..).is_some_and(|rest| rest.trim_start().starts_with('('));
    words(template, "config").filter(is_called)
}

/// Offsets of a name where it is not a part of another.
fn words<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = usize> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(is_name) && !after.is_some_and(is_name)
    })
}

/// Line and column of an offset.
fn mark(text: &str, offset: usize) -> Mark {
    let before = text.get(..offset).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    Mark { line: before.matches('\n').count() as u32 + 1, column: line.chars().count() as u32 + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, found: Option<usize>) -> Option<(u32, u32)> {
        found.map(|at| mark(text, at)).map(|at| (at.line, at.column))
    }

    #[test]
    fn a_setting_is_found_in_the_call_that_names_it() {
        for (template, expected) in [
            ("{{ config(enabled='x') }}", Some((1, 11))),
            ("-- enabled=\n{{ config(\n  materialized='view',\n  enabled = 'x') }}", Some((4, 3))),
            ("{{ config(meta={'enabled': 1}) }}", Some((1, 18))),
            ("{{ config(alias=enabled) }} enabled=1", None),
            ("{{ my_config(enabled=1) }}", None),
            ("{{ config(is_enabled=1) }}{{ config(enabled=2) }}", Some((1, 37))),
            ("{{ config(alias='ä') }}{{ config(ü=1, enabled=2) }}", Some((1, 39))),
            ("{{ config(enabled", None),
        ] {
            assert_eq!(shown(template, setting_in_call(template, "enabled")), expected, "{template}");
        }
    }

    #[test]
    fn an_entry_ends_where_the_next_begins() {
        let text = "models:\n  - name: a\n    # group: no\n\n    config:\n      group: x\n  - description: y\n    name: b\n    group: y\n- {name: c, group: z}\nsources:\n- name: d\ngroup: e\n";
        let of = |line| {
            let (start, entry) = entry(text, Mark { line, column: 1 })?;
            shown(text, key_in(entry, "group").map(|at| start + at))
        };
        assert_eq!(of(2), Some((6, 7)));
        assert_eq!(of(7), Some((9, 5)));
        assert_eq!(of(8), Some((9, 5)), "the name need not come first");
        assert_eq!(of(10), Some((10, 13)));
        assert_eq!(of(12), None);
        assert_eq!(entry(text, Mark { line: 1, column: 1 }), None);
        assert_eq!(entry("", Mark::default()), None);
    }

    #[test]
    fn a_key_is_found_quoted_or_in_braces() {
        for (entry, expected) in [
            ("{name: a, access: secret}", Some((1, 11))),
            ("name: a\n    \"access\" : x", Some((2, 6))),
            ("name: access", None),
            ("name: a\n    access_rights: x", None),
        ] {
            assert_eq!(shown(entry, key_in(entry, "access")), expected, "{entry}");
        }
    }

    #[test]
    fn an_entry_is_found_by_its_name() {
        let text = "macros:\n  - name: cents_to\n  - {name: 'cents', description: x}\n  - name: euros # name: cents\n";
        for (name, expected) in
            [("cents_to", Some((2, 5))), ("cents", Some((3, 6))), ("euros", Some((4, 5))), ("x", None)]
        {
            assert_eq!(entry_named(text, name).map(|at| (at.line, at.column)), expected, "{name}");
        }
    }

    #[test]
    fn a_macro_is_found_where_it_is_defined() {
        let text = "{# macro m #}{{ m() }}\n{%- macro\n  m(x) -%}{% endmacro %}\n{% test even(model) %}{% endtest %}";
        let found = |name| macro_named(text, name).map(|at| (at.line, at.column));
        assert_eq!(found("test_even"), Some((4, 9)));
        assert_eq!(found("even"), None);
        assert_eq!(macro_named("{% macro m() %}", "m").map(|at| (at.line, at.column)), Some((1, 10)));
    }

    #[test]
    fn columns_are_counted_in_characters() {
        let text = "ä: 1\n  b: ü\n";
        for (offset, place) in [(0, (1, 1)), (2, (1, 2)), (8, (2, 3)), (11, (2, 6))] {
            assert_eq!(shown(text, Some(offset)), Some(place));
        }
    }
}
