//! Relations as dbt renders them, taken apart: `"db"."schema"."name"`. Pure.

use crate::warehouse::RelationName;

/// The parts of a rendered relation; none where it is no plain name, as that of a function or a file.
pub(super) fn parsed(rendered: &str) -> Option<RelationName> {
    let (mut parts, mut rest) = (Vec::new(), rendered.trim());
    loop {
        let (part, after) = part(rest)?;
        parts.push(part);
        match after.strip_prefix('.') {
            Some(next) => rest = next,
            None if after.is_empty() => break,
            None => return None,
        }
    }
    let name = parts.pop()?;
    let (schema, database) = (parts.pop(), parts.pop());
    parts.is_empty().then_some(RelationName { database, schema, name })
}

/// One part, in quotes or without, and what comes after it.
fn part(text: &str) -> Option<(String, &str)> {
    let first = text.chars().next()?;
    if !matches!(first, '"' | '`') {
        let end = text.find('.').unwrap_or(text.len());
        let (part, rest) = text.split_at(end);
        let plain = part.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '$'));
        return (plain && !part.is_empty()).then(|| (part.to_owned(), rest));
    }
    let mut part = String::new();
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character != first {
            part.push(character);
        } else if characters.next_if(|(_, next)| *next == first).is_some() {
            part.push(first);
        } else {
            return Some((part, text.get(at + first.len_utf8()..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(database: Option<&str>, schema: Option<&str>, name: &str) -> RelationName {
        RelationName { database: database.map(str::to_owned), schema: schema.map(str::to_owned), name: name.to_owned() }
    }

    #[test]
    fn parts_are_found_in_and_out_of_quotes() {
        for (rendered, expected) in [
            (r#""db"."analytics"."dim_customers""#, name(Some("db"), Some("analytics"), "dim_customers")),
            ("ANALYTICS.PUBLIC.USERS", name(Some("ANALYTICS"), Some("PUBLIC"), "USERS")),
            ("`acme-project`.`set`.`t`", name(Some("acme-project"), Some("set"), "t")),
            (r#""a.b"."c""d""#, name(None, Some("a.b"), "c\"d")),
            ("t", name(None, None, "t")),
        ] {
            assert_eq!(parsed(rendered), Some(expected), "{rendered}");
        }
    }

    #[test]
    fn what_is_no_name_is_none() {
        for rendered in ["", "a.", ".a", "\"open", "a b", "read_csv('x')", "a.b.c.d", "\"a\"b"] {
            assert_eq!(parsed(rendered), None, "{rendered}");
        }
    }
}
