//! Methods of numbers.

use super::Method;
use crate::jinja::error::Error;
use crate::jinja::interpreter::Interpreter;
use crate::jinja::value::{Args, Number, Value};

pub(super) fn find(value: &Value, name: &str) -> Option<(&'static str, Method)> {
    Some(match (value, name) {
        (Value::Float(_), "is_integer") => ("is_integer", is_integer),
        (Value::Int(_) | Value::BigInt(_) | Value::Bool(_), "bit_length") => ("bit_length", bit_length),
        _ => return None,
    })
}

fn is_integer(_: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    args.only_positional("float.is_integer", 0, 0)?;
    Ok(Value::Bool(receiver.to_float().is_some_and(|number| number.is_finite() && number.fract() == 0.0)))
}

fn bit_length(_: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    args.only_positional("int.bit_length", 0, 0)?;
    let number = Number::of(receiver).and_then(|number| number.to_big()).unwrap_or_default();
    Ok(Value::Int(number.bits() as i64))
}
