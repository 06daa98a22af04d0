//! Models that dbt reads without a template engine: only plain `ref`, `source` and `config` calls with literal
//! arguments. The outcome is the same but for one thing: a source that such a model names twice is recorded
//! once. Says only whether a text is of that kind, after the grammar of dbt-extractor 0.5.

/// Whether dbt's static parser takes this text.
pub(super) fn is_static(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let Some(found) = rest.get(at..) else { return false };
        rest = match found.as_bytes().get(1) {
            Some(b'%') => return false,
            Some(b'#') => match found.find("#}") {
                Some(end) => found.get(end + 2..).unwrap_or_default(),
                None => return false,
            },
            Some(b'{') => match expression(found.get(2..).unwrap_or_default()) {
                Some(after) => after,
                None => return false,
            },
            _ => found.get(1..).unwrap_or_default(),
        };
    }
    true
}

/// What follows the expression and its closing braces; nothing when it is more than a static call.
fn expression(text: &str) -> Option<&str> {
    let rest = text.trim_start();
    let name = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let (name, rest) = rest.split_at_checked(name)?;
    let arguments = rest.trim_start().strip_prefix('(')?;
    let after = match name {
        "source" => call_end(arguments, &[], false)?,
        "ref" => call_end(arguments, &["v", "version"], true)?,
        "config" => config_end(arguments)?,
        _ => return None,
    };
    after.trim_start().strip_prefix("}}")
}

/// `'a', 'b'`, where allowed `v=1` too, and the closing bracket.
fn call_end<'t>(arguments: &'t str, keywords: &[&str], may_be_number: bool) -> Option<&'t str> {
    let mut rest = arguments.trim_start();
    while !rest.starts_with(')') {
        let (keyword, value) = keyword(rest);
        rest = match keyword {
            Some(keyword) if keywords.contains(&keyword) => text_end(value).or_else(|| {
                let digits = value.find(|c: char| !c.is_ascii_digit())?;
                (may_be_number && digits > 0).then(|| value.get(digits..)).flatten()
            })?,
            Some(_) => return None,
            None => text_end(rest)?,
        };
        rest = next_item(rest, ')')?;
    }
    rest.strip_prefix(')')
}

/// Keyword arguments of `config`; hooks are left to the template engine.
fn config_end(arguments: &str) -> Option<&str> {
    let mut rest = arguments.trim_start();
    while !rest.starts_with(')') {
        let (keyword, value) = keyword(rest);
        if matches!(keyword?, "pre_hook" | "post_hook") {
            return None;
        }
        rest = next_item(value_end(value, 0)?, ')')?;
    }
    rest.strip_prefix(')')
}

/// `name=`, and what follows it.
fn keyword(text: &str) -> (Option<&str>, &str) {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    match rest.trim_start().strip_prefix('=') {
        Some(value) if !name.is_empty() && !value.starts_with('=') => (Some(name), value.trim_start()),
        _ => (None, text),
    }
}

/// Past a comma, or to the closing bracket.
fn next_item(rest: &str, close: char) -> Option<&str> {
    let rest = rest.trim_start();
    match rest.strip_prefix(',') {
        Some(rest) => Some(rest.trim_start()),
        None => rest.starts_with(close).then_some(rest),
    }
}

/// Levels of lists and mappings in a configuration.
const DEEPEST: usize = 32;

/// A text, a truth value, a list or a mapping of those.
fn value_end(text: &str, depth: usize) -> Option<&str> {
    if depth > DEEPEST {
        return None;
    }
    if let Some(rest) = text.strip_prefix('[') {
        let mut rest = rest.trim_start();
        while !rest.starts_with(']') {
            rest = next_item(value_end(rest, depth + 1)?, ']')?;
        }
        return rest.strip_prefix(']');
    }
    if let Some(rest) = text.strip_prefix('{') {
        let mut rest = rest.trim_start();
        while !rest.starts_with('}') {
            let after = text_end(rest)?.trim_start().strip_prefix(':')?;
            rest = next_item(value_end(after.trim_start(), depth + 1)?, '}')?;
        }
        return rest.strip_prefix('}');
    }
    let truth = text.strip_prefix("True").or_else(|| text.strip_prefix("False"));
    truth.filter(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')).or_else(|| text_end(text))
}

/// Past a quoted text.
fn text_end(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let inner = text.get(1..)?;
    let end = inner.find(quote)?;
    (!inner.get(..end)?.contains('\\')).then(|| inner.get(end + 1..)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers of dbt-extractor 0.5.1.
    #[test]
    fn plain_calls_are_static_and_nothing_else() {
        let accepted = [
            "select 1",
            "{{ source('a','b') }} {{ ref ('x') }}",
            "{# c #}{{ ref('x') }}",
            "{{ ref('a', v=1) }} {{ ref('p', 'a', version='1') }}",
            "{{config(a=\"b\", tags=['x', \"y\"], meta={'k': [True, False]},)}}",
            "{{ config(x=[]) }}",
            "a { b } {c",
        ];
        let refused = [
            "{{ ref('x') }} {{ this }}",
            "{{ config(a=var('x')) }}",
            "{% if true %}1{% endif %}",
            "{{ config(pre_hook='x') }}",
            "{{ config(a=1.5) }}",
            "{{ config(a=none) }}",
            "{{ config(enabled=false) }}",
            "{{ config(a='x' ~ 'y') }}",
            "{{ ref('a')|upper }}",
            "{{- ref('a') -}}",
            "{{ ref(a) }}",
            "{{ ref('a', x=1) }}",
            "{{ macro('a') }}",
            "{{",
            "{#",
        ];
        for text in accepted {
            assert!(is_static(text), "{text}");
        }
        for text in refused {
            assert!(!is_static(text), "{text}");
        }
    }

    #[test]
    fn brackets_without_end_are_refused_in_time() {
        assert!(!is_static(&format!("{{{{ config(x={}", "[".repeat(100_000))));
    }
}
