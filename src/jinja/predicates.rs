//! Jinja2's tests: what stands after `is`.

use super::ast::CompareOperator;
use super::error::Error;
use super::interpreter::{Interpreter, Items};
use super::methods::has_case;
use super::value::{Args, BinaryOperator, Value};
use super::{filters, predicates};

/// A test: the value, and the arguments after the test's name.
pub(super) type Predicate = fn(&mut Interpreter<'_>, &Value, Args) -> Result<bool, Error>;

/// The test of a name.
pub(super) fn find(name: &str) -> Option<Predicate> {
    Some(match name {
        "boolean" => |_, value, _| Ok(matches!(value, Value::Bool(_))),
        "callable" => |_, value, _| Ok(is_callable(value)),
        "defined" => |_, value, _| Ok(!value.is_undefined()),
        "divisibleby" => divisible_by,
        "eq" | "equalto" | "==" => |interpreter, value, args| compare(interpreter, value, args, CompareOperator::Equal),
        "escaped" => |_, _, _| Ok(false),
        "even" => |interpreter, value, _| Ok(remainder(interpreter, value, &Value::Int(2))?.equals(&Value::Int(0))),
        "false" => |_, value, _| Ok(matches!(value, Value::Bool(false))),
        "filter" => |_, value, _| Ok(value.as_str().is_some_and(|name| filters::find(name).is_some())),
        "float" => |_, value, _| Ok(matches!(value, Value::Float(_))),
        "ge" | ">=" => |interpreter, value, args| compare(interpreter, value, args, CompareOperator::GreaterOrEqual),
        "gt" | "greaterthan" | ">" => {
            |interpreter, value, args| compare(interpreter, value, args, CompareOperator::Greater)
        }
        "in" => |interpreter, value, args| compare(interpreter, value, args, CompareOperator::In),
        "integer" => |_, value, _| Ok(matches!(value, Value::Int(_) | Value::BigInt(_))),
        "iterable" => |_, value, _| Ok(Items::of(value).is_ok()),
        "le" | "<=" => |interpreter, value, args| compare(interpreter, value, args, CompareOperator::LessOrEqual),
        "lower" => |interpreter, value, _| Ok(has_case(&interpreter.text_of(value)?, char::is_lowercase)),
        "lt" | "lessthan" | "<" => |interpreter, value, args| compare(interpreter, value, args, CompareOperator::Less),
        "mapping" => |_, value, _| Ok(is_mapping(value)),
        "ne" | "!=" => |interpreter, value, args| compare(interpreter, value, args, CompareOperator::NotEqual),
        "none" => |_, value, _| Ok(value.is_none()),
        "number" => {
            |_, value, _| Ok(matches!(value, Value::Bool(_) | Value::Int(_) | Value::BigInt(_) | Value::Float(_)))
        }
        "odd" => |interpreter, value, _| Ok(remainder(interpreter, value, &Value::Int(2))?.equals(&Value::Int(1))),
        "sameas" => |_, value, args| {
            let [other] = args.bind("test_sameas", ["other"], 1)?;
            Ok(other.is_some_and(|other| value.is_same(&other)))
        },
        "sequence" => |_, value, _| Ok(is_sequence(value)),
        "string" => |_, value, _| Ok(value.type_name() == "str"),
        "test" => |_, value, _| Ok(value.as_str().is_some_and(|name| predicates::find(name).is_some())),
        "true" => |_, value, _| Ok(matches!(value, Value::Bool(true))),
        "undefined" => |_, value, _| Ok(value.is_undefined()),
        "upper" => |interpreter, value, _| Ok(has_case(&interpreter.text_of(value)?, char::is_uppercase)),
        _ => return None,
    })
}

/// Something undefined can be called: what it says then is another matter.
fn is_callable(value: &Value) -> bool {
    match value {
        Value::Undefined(_) | Value::Function(_) | Value::Method(_) | Value::Macro(_) => true,
        Value::Object(object) => object.is_callable(),
        _ => false,
    }
}

fn is_mapping(value: &Value) -> bool {
    match value {
        Value::Dict(_) => true,
        Value::Object(object) => object.is_mapping(),
        _ => false,
    }
}

/// What has a length and items.
fn is_sequence(value: &Value) -> bool {
    match value {
        Value::Str(_) | Value::List(_) | Value::Tuple(_) | Value::Dict(_) | Value::Range(_) | Value::Undefined(_) => {
            true
        }
        Value::Object(object) => object.len().is_some(),
        _ => false,
    }
}

fn compare(
    interpreter: &mut Interpreter<'_>,
    value: &Value,
    args: Args,
    operator: CompareOperator,
) -> Result<bool, Error> {
    let [other] = args.bind("test", ["other"], 1)?;
    interpreter.compare(operator, value, &other.unwrap_or_default())
}

fn remainder(interpreter: &mut Interpreter<'_>, value: &Value, by: &Value) -> Result<Value, Error> {
    interpreter.binary(BinaryOperator::Remainder, value, by)
}

fn divisible_by(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<bool, Error> {
    let [by] = args.bind("test_divisibleby", ["num"], 1)?;
    Ok(remainder(interpreter, value, &by.unwrap_or_default())?.equals(&Value::Int(0)))
}
