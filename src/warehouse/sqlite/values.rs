//! SQLite keeps a type with each value and a word with each column. The value's own type holds; the column's word
//! says what a text or a number stands for, where the value fits.

use rusqlite::types::ValueRef;

use super::super::decimal::Decimal;
use super::super::moment::{Date, Moment, TimeOfDay};
use super::super::value::{Kind, Value};

/// What a column's declared type means; after SQLite's own rules of affinity, with dbt's words before them.
pub(super) fn declared_kind(declared: &str) -> Kind {
    let word = declared.to_ascii_lowercase();
    let has = |part: &str| word.contains(part);
    if word.is_empty() {
        Kind::Other
    } else if has("bool") {
        Kind::Bool
    } else if has("json") {
        Kind::Json
    } else if has("timestamp") || has("datetime") {
        Kind::Timestamp
    } else if word == "date" {
        Kind::Date
    } else if word.starts_with("time") {
        Kind::Time
    } else if has("int") {
        Kind::Integer
    } else if has("char") || has("clob") || has("text") || has("string") {
        Kind::Text
    } else if has("blob") || has("binary") {
        Kind::Binary
    } else if has("real") || has("floa") || has("doub") {
        Kind::Float
    } else if has("dec") || has("num") {
        Kind::Decimal
    } else {
        Kind::Other
    }
}

/// The kind of a column without a declared type: that of a value in it.
pub(super) fn stored_kind(value: ValueRef<'_>) -> Kind {
    match value {
        ValueRef::Integer(_) => Kind::Integer,
        ValueRef::Real(_) => Kind::Float,
        ValueRef::Text(_) => Kind::Text,
        ValueRef::Blob(_) => Kind::Binary,
        ValueRef::Null => Kind::Other,
    }
}

/// A cell of a column of this kind.
pub(super) fn value(cell: ValueRef<'_>, kind: Kind) -> Value {
    match cell {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => match (kind, number) {
            (Kind::Bool, 0 | 1) => Value::Bool(number == 1),
            (Kind::Decimal, _) => Value::Decimal(Decimal::small(number, 0)),
            (Kind::Float, _) => Value::Float(number as f64),
            _ => Value::Integer(number),
        },
        // A column of decimals holds floats where they have a fraction: the shortest number that is meant.
        ValueRef::Real(number) if kind == Kind::Decimal => {
            number.to_string().parse().map_or(Value::Float(number), Value::Decimal)
        }
        ValueRef::Real(number) => Value::Float(number),
        ValueRef::Blob(bytes) => Value::Binary(bytes.into()),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => of_text(text, kind),
            // SQLite does not look at what it is given as text.
            Err(_) => Value::Binary(bytes.into()),
        },
    }
}

fn of_text(text: &str, kind: Kind) -> Value {
    let meant = match kind {
        Kind::Date => Date::parse(text).map(Value::Date),
        Kind::Time => TimeOfDay::parse(text).map(Value::Time),
        Kind::Timestamp => match text.strip_suffix('Z') {
            Some(utc) => Moment::parse(utc).map(|moment| Value::Instant(moment, None)),
            None => Moment::parse(text).map(Value::Timestamp),
        },
        Kind::Decimal => text.parse().ok().map(Value::Decimal),
        Kind::Json => Some(Value::Json(text.into())),
        _ => None,
    };
    meant.unwrap_or_else(|| Value::text(text))
}
