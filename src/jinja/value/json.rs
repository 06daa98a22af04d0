//! Between JSON and Python's values. The order of objects is kept.

use num_bigint::BigInt;

use super::{Dict, Value};
use crate::jinja::error::Error;

impl Value {
    /// Python's `json.loads`.
    pub fn from_json(json: &serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::None,
            serde_json::Value::Bool(flag) => Self::Bool(*flag),
            serde_json::Value::Number(number) => from_number(number),
            serde_json::Value::String(text) => Self::str(text),
            serde_json::Value::Array(items) => Self::list(items.iter().map(Self::from_json).collect()),
            serde_json::Value::Object(entries) => {
                Self::dict(entries.iter().map(|(key, value)| (key.as_str(), Self::from_json(value))).collect::<Dict>())
            }
        }
    }

    /// Python's `json.dumps`, as far as a JSON value can hold it.
    pub fn to_json(&self) -> Result<serde_json::Value, Error> {
        to_json(self, 0, &mut ITEMS.clone())
    }
}

fn from_number(number: &serde_json::Number) -> Value {
    if let Some(whole) = number.as_i64() {
        return Value::Int(whole);
    }
    if let Some(whole) = number.as_u64() {
        return Value::big(BigInt::from(whole));
    }
    Value::Float(number.as_f64().unwrap_or(f64::NAN))
}

/// Deeper nesting than Python's `json` bears.
const DEPTH: usize = 200;

/// Lists that share their items can hold far more in print than in memory.
const ITEMS: usize = 2_000_000;

fn to_json(value: &Value, depth: usize, items_left: &mut usize) -> Result<serde_json::Value, Error> {
    if depth > DEPTH {
        return Err(Error::value_error("Circular reference detected"));
    }
    if *items_left == 0 {
        return Err(Error::limit(format!("a value turned into JSON may hold {ITEMS} items")));
    }
    *items_left -= 1;
    let mut each =
        |items: &[Value]| items.iter().map(|item| to_json(item, depth + 1, items_left)).collect::<Result<_, _>>();
    let array = match value {
        Value::None => return Ok(serde_json::Value::Null),
        Value::Bool(flag) => return Ok((*flag).into()),
        Value::Int(number) => return Ok((*number).into()),
        Value::BigInt(number) => {
            return Ok(u64::try_from(number.as_ref())
                .map_or_else(|_| value.to_float().unwrap_or(f64::NAN).into(), serde_json::Value::from));
        }
        Value::Float(number) => return Ok((*number).into()),
        Value::Str(text) => return Ok(text.as_ref().into()),
        Value::List(items) => each(&items.borrow())?,
        Value::Tuple(items) => each(items)?,
        Value::Dict(dict) => {
            let mut entries = serde_json::Map::with_capacity(dict.borrow().len());
            for (key, item) in dict.borrow().iter() {
                entries.insert(json_key(key)?, to_json(item, depth + 1, items_left)?);
            }
            return Ok(serde_json::Value::Object(entries));
        }
        Value::Object(object) => return object.to_json().ok_or_else(|| not_serializable(value)),
        _ => return Err(not_serializable(value)),
    };
    Ok(serde_json::Value::Array(array))
}

fn not_serializable(value: &Value) -> Error {
    Error::type_error(format!("Object of type {} is not JSON serializable", value.type_name()))
}

/// The text that `json.dumps` makes of a dict's key.
pub(in crate::jinja) fn json_key(key: &Value) -> Result<String, Error> {
    Ok(match key {
        Value::Str(text) => text.as_ref().to_owned(),
        Value::None => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Int(_) | Value::BigInt(_) | Value::Float(_) => key.to_str(),
        _ => {
            return Err(Error::type_error(format!(
                "keys must be str, int, float, bool or None, not {}",
                key.type_name()
            )));
        }
    })
}
