//! Methods of ranges.

use super::Method;
use crate::jinja::error::Error;
use crate::jinja::interpreter::Interpreter;
use crate::jinja::value::{Args, Value};

pub(super) fn find(name: &str) -> Option<(&'static str, Method)> {
    Some(match name {
        "count" => ("count", count),
        "index" => ("index", index),
        _ => return None,
    })
}

/// Where an item stands. A number that is no integer may be equal to one.
fn position(interpreter: &mut Interpreter<'_>, receiver: &Value, wanted: &Value) -> Result<Option<usize>, Error> {
    let items = interpreter.collect(receiver)?;
    for (index, item) in items.iter().enumerate() {
        if interpreter.equal(item, wanted)? {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

fn one(args: Args, function: &str) -> Result<Value, Error> {
    Ok(args.only_positional(function, 1, 1)?.pop().unwrap_or_default())
}

fn count(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let wanted = one(args, "range.count")?;
    Ok(Value::Int(i64::from(position(interpreter, receiver, &wanted)?.is_some())))
}

fn index(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let wanted = one(args, "range.index")?;
    match position(interpreter, receiver, &wanted)? {
        Some(index) => Ok(Value::Int(index as i64)),
        None if matches!(wanted, Value::Int(_) | Value::BigInt(_) | Value::Bool(_)) => {
            Err(Error::value_error(format!("{} is not in range", wanted.repr())))
        }
        None => Err(Error::value_error("sequence.index(x): x not in sequence")),
    }
}
