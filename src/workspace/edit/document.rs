//! Changes on the text: parse keeping everything, change what is asked, write back.

use std::path::Path;

use toml_edit::{Decor, DocumentMut, InlineTable, Item, Key, Table, TableLike, Value};

use super::{Change, EditError};
use crate::workspace::load::BYTE_ORDER_MARK;

/// The text with the changes made. `path` is for messages.
pub(super) fn changed(path: &Path, before: &str, changes: &[Change]) -> Result<String, EditError> {
    let mut document: DocumentMut = before.parse().map_err(|error: toml_edit::TomlError| EditError::Unreadable {
        path: path.to_path_buf(),
        raw: error.message().to_owned(),
    })?;
    for change in changes {
        match change {
            Change::Set { key, value } => set(&mut document, key, value)?,
            Change::Remove { key } => remove(&mut document, key)?,
        }
    }
    Ok(with_the_breaks_of(before, document.to_string()))
}

/// The parser knows one kind of line break and no mark at the beginning; a file keeps its own.
fn with_the_breaks_of(before: &str, after: String) -> String {
    let breaks = before.matches('\n').count();
    let after = if breaks > 0 && before.matches("\r\n").count() == breaks {
        after.replace("\r\n", "\n").replace('\n', "\r\n")
    } else {
        after
    };
    if before.starts_with(BYTE_ORDER_MARK) && !after.starts_with(BYTE_ORDER_MARK) {
        format!("{BYTE_ORDER_MARK}{after}")
    } else {
        after
    }
}

fn set(document: &mut DocumentMut, key: &str, value: &str) -> Result<(), EditError> {
    let path = parse_key(key)?;
    let value: Value = value.trim().parse().map_err(|error: toml_edit::TomlError| EditError::Value {
        key: key.to_owned(),
        reason: error.message().to_owned(),
    })?;
    let Some((last, parents)) = path.split_last() else { return Err(not_a_key(key, "it is empty")) };
    // What stands behind the last table stays there: a new table comes after it.
    if parents.first().is_some_and(|first| !document.contains_key(first.get())) {
        let trailing = document.trailing().as_str().unwrap_or_default().to_owned();
        if !trailing.trim().is_empty() {
            document.set_trailing("");
            return set_below(document, key, parents, last, value, Some(format!("{trailing}\n")));
        }
    }
    set_below(document, key, parents, last, value, None)
}

fn set_below(
    document: &mut DocumentMut,
    key: &str,
    parents: &[Key],
    last: &Key,
    value: Value,
    mut before_header: Option<String>,
) -> Result<(), EditError> {
    let mut parent = document.as_item_mut();
    for (depth, step) in parents.iter().enumerate() {
        let table = parent.as_table_like_mut().ok_or_else(|| not_a_key(key, "a part of it is not a table"))?;
        if !table.contains_key(step.get()) {
            let mut new = Table::new();
            // Without keys of its own it needs no header.
            new.set_implicit(true);
            if depth + 1 == parents.len()
                && let Some(comment) = before_header.take()
            {
                new.decor_mut().set_prefix(comment);
            }
            table.insert(step.get(), Item::Table(new));
        }
        parent = table.get_mut(step.get()).ok_or_else(|| not_a_key(key, "it cannot be made"))?;
    }
    match parent {
        Item::Value(Value::InlineTable(table)) => put_inline(table, last.get(), value),
        Item::Table(table) => put(table, last.get(), value),
        _ => return Err(not_a_key(key, "a part of it is not a table")),
    }
    Ok(())
}

fn put(table: &mut Table, key: &str, mut value: Value) {
    if let Some(Item::Value(old)) = table.get_mut(key) {
        *value.decor_mut() = old.decor().clone();
        *old = value;
    } else {
        // A table under its own header gives way to a value in its parent.
        table.remove(key);
        table.insert(key, Item::Value(value));
    }
}

fn put_inline(table: &mut InlineTable, key: &str, mut value: Value) {
    if let Some(old) = table.get_mut(key) {
        *value.decor_mut() = old.decor().clone();
        *old = value;
        return;
    }
    // The blank before the closing brace belongs to what is the last value.
    if let Some((_, last)) = table.iter_mut().last() {
        let suffix = last.decor().suffix().cloned().unwrap_or_default();
        last.decor_mut().set_suffix("");
        *value.decor_mut() = Decor::new(" ", suffix);
    }
    table.insert(key, value);
}

fn remove(document: &mut DocumentMut, key: &str) -> Result<(), EditError> {
    let path = parse_key(key)?;
    let Some((last, parents)) = path.split_last() else { return Err(not_a_key(key, "it is empty")) };
    let mut table: &mut dyn TableLike = document.as_table_mut();
    for parent in parents {
        match table.get_mut(parent.get()).and_then(Item::as_table_like_mut) {
            Some(next) => table = next,
            None => return Ok(()),
        }
    }
    table.remove(last.get());
    Ok(())
}

fn parse_key(key: &str) -> Result<Vec<Key>, EditError> {
    Key::parse(key).map_err(|error| not_a_key(key, error.message()))
}

fn not_a_key(key: &str, reason: impl Into<String>) -> EditError {
    EditError::Key { key: key.to_owned(), reason: reason.into() }
}
