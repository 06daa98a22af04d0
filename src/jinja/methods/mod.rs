//! The methods of Python's built-in types.

mod dict;
pub(super) mod format;
mod list;
mod number;
pub(super) mod percent;
mod range;
mod set;
mod spec;
pub(super) mod text;
mod text_search;
mod text_split;
mod translation;

pub(super) use dict::pairs as mapping_pairs;
pub(super) use set::set_of;
pub(super) use text_search::has_case;
pub(super) use text_split::lines;

use super::error::Error;
use super::interpreter::Interpreter;
use super::value::{Args, Value};

/// A method of a built-in type.
pub(super) type Method = fn(&mut Interpreter<'_>, &Value, Args) -> Result<Value, Error>;

/// The method of a value's type, and its name as a constant.
pub(super) fn find(value: &Value, name: &str) -> Option<(&'static str, Method)> {
    match value {
        Value::Str(_) => text::find(name).or_else(|| text_search::find(name)).or_else(|| text_split::find(name)),
        Value::List(_) => list::find(name),
        Value::Tuple(_) => list::find_for_tuple(name),
        Value::Dict(_) => dict::find(name),
        Value::Set(_) => set::find(name),
        Value::Range(_) => range::find(name),
        Value::Float(_) | Value::Int(_) | Value::BigInt(_) | Value::Bool(_) => number::find(value, name),
        _ => None,
    }
}

/// An optional argument that is to be an integer.
pub(super) fn integer(value: Option<&Value>) -> Result<Option<i64>, Error> {
    match value {
        None => Ok(None),
        Some(value) => value.as_int().map(Some).ok_or_else(|| {
            Error::type_error(format!("'{}' object cannot be interpreted as an integer", value.type_name()))
        }),
    }
}

/// A bound of a search or a slice, which may count from the end: an index in `0..=length`.
fn bound(value: Option<i64>, length: usize, otherwise: usize) -> usize {
    let Some(index) = value else { return otherwise };
    let index = if index < 0 { index.saturating_add(length as i64).max(0) } else { index };
    usize::try_from(index).unwrap_or(usize::MAX).min(length)
}
