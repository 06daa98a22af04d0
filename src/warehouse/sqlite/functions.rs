//! Functions that dbt's macros call and SQLite does not have.

use md5::{Digest, Md5};
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result};

/// Makes them known to one connection.
pub(super) fn register(database: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    database.create_scalar_function("md5", 1, flags, |context| Ok(md5(context)))?;
    database.create_scalar_function("split_part", 3, flags, |context| split_part(context))
}

/// A value as SQLite casts it to text; none for null.
fn text(context: &Context<'_>, index: usize) -> Option<String> {
    match context.get_raw(index) {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
    }
}

/// 32 hexadecimal digits in lower case, as everywhere else.
fn md5(context: &Context<'_>) -> Option<String> {
    let digest = Md5::digest(text(context, 0)?.as_bytes());
    Some(digest.iter().fold(String::with_capacity(32), |digits, byte| digits + &format!("{byte:02x}")))
}

/// The part with a number, counted from 1, or from the end where it is below zero; empty where there is none.
fn split_part(context: &Context<'_>) -> Result<Option<String>> {
    let (Some(whole), Some(between)) = (text(context, 0), text(context, 1)) else { return Ok(None) };
    let number: i64 = context.get(2)?;
    let parts: Vec<&str> =
        if between.is_empty() { vec![whole.as_str()] } else { whole.split(between.as_str()).collect() };
    let index = if number > 0 { number - 1 } else { number + parts.len() as i64 };
    let part = usize::try_from(index).ok().filter(|_| number != 0).and_then(|index| parts.get(index));
    Ok(Some((*part.unwrap_or(&"")).to_owned()))
}
