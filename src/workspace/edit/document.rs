//! Changes on the text: parse keeping everything, change what is asked, write back.

use toml_edit::{DocumentMut, Item, Key, Table, TableLike, Value};

use super::{Change, EditError};

/// The text with the changes made.
pub(super) fn changed(before: &str, changes: &[Change]) -> Result<String, EditError> {
    let mut document: DocumentMut = before.parse().map_err(|error: toml_edit::TomlError| EditError::Value {
        value: String::new(),
        reason: error.message().to_owned(),
    })?;
    for change in changes {
        match change {
            Change::Set { key, value } => set(&mut document, key, value)?,
            Change::Remove { key } => remove(&mut document, key)?,
        }
    }
    let after = document.to_string();
    // The parser knows one kind of line break; a file that has the other one keeps it.
    let breaks = before.matches('\n').count();
    Ok(if breaks > 0 && before.matches("\r\n").count() == breaks {
        after.replace("\r\n", "\n").replace('\n', "\r\n")
    } else {
        after
    })
}

fn set(document: &mut DocumentMut, key: &str, value: &str) -> Result<(), EditError> {
    let path = parse_key(key)?;
    let value: Value = value.trim().parse().map_err(|error: toml_edit::TomlError| EditError::Value {
        value: value.to_owned(),
        reason: error.message().to_owned(),
    })?;
    let Some((last, parents)) = path.split_last() else { return Err(not_a_key(key, "it is empty")) };
    let mut table: &mut dyn TableLike = document.as_table_mut();
    for parent in parents {
        if !table.contains_key(parent.get()) {
            let mut new = Table::new();
            // Without keys of its own it needs no header.
            new.set_implicit(true);
            table.insert(parent.get(), Item::Table(new));
        }
        table = table
            .get_mut(parent.get())
            .and_then(Item::as_table_like_mut)
            .ok_or_else(|| not_a_key(key, format!("{} is not a table", parent.get())))?;
    }
    put(table, last.get(), value);
    Ok(())
}

fn put(table: &mut dyn TableLike, key: &str, mut value: Value) {
    match table.get_mut(key) {
        Some(Item::Value(old)) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        // A table under its own header gives way to a value in its parent.
        Some(_) => {
            table.remove(key);
            table.insert(key, Item::Value(value));
        }
        None => {
            table.insert(key, Item::Value(value));
        }
    }
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
