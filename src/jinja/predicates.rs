//! Jinja2's tests: what stands after `is`.

use super::ast::CompareOperator as Op;
use super::error::Error;
use super::filters;
use super::interpreter::{Interpreter, Items};
use super::methods::has_case;
use super::value::{Args, BinaryOperator, Key, Number, Value};

/// A test: the value, and the arguments after the test's name.
pub(super) type Predicate = fn(&mut Interpreter<'_>, &Value, Args) -> Result<bool, Error>;

/// The test of a name.
pub(super) fn find(name: &str) -> Option<Predicate> {
    of_text(name).or_else(|| of_kind(name)).or_else(|| with_argument(name))
}

/// Tests for a kind of value.
fn of_kind(name: &str) -> Option<Predicate> {
    Some(match name {
        "boolean" => |_, value, args| args.none("test_boolean").map(|()| matches!(value, Value::Bool(_))),
        "callable" => |_, value, args| args.none("callable").map(|()| is_callable(value)),
        "defined" => |_, value, args| args.none("test_defined").map(|()| !value.is_undefined()),
        "false" => |_, value, args| args.none("test_false").map(|()| matches!(value, Value::Bool(false))),
        "float" => |_, value, args| args.none("test_float").map(|()| matches!(value, Value::Float(_))),
        "integer" => {
            |_, value, args| args.none("test_integer").map(|()| matches!(value, Value::Int(_) | Value::BigInt(_)))
        }
        "iterable" => |_, value, args| args.none("test_iterable").map(|()| Items::of(value).is_ok()),
        "mapping" => |_, value, args| args.none("test_mapping").map(|()| is_mapping(value)),
        "none" => |_, value, args| args.none("test_none").map(|()| value.is_none()),
        "number" => |_, value, args| args.none("test_number").map(|()| Number::of(value).is_some()),
        "sequence" => |_, value, args| args.none("test_sequence").map(|()| is_sequence(value)),
        "string" => |_, value, args| args.none("test_string").map(|()| value.type_name() == "str"),
        "true" => |_, value, args| args.none("test_true").map(|()| matches!(value, Value::Bool(true))),
        "undefined" => |_, value, args| args.none("test_undefined").map(|()| value.is_undefined()),
        _ => return None,
    })
}

/// Tests of a number or of a text.
fn of_text(name: &str) -> Option<Predicate> {
    Some(match name {
        "escaped" => |_, _, args| args.none("test_escaped").map(|()| false),
        "even" => |interpreter, value, args| {
            args.none("test_even")?;
            Ok(remainder(interpreter, value, &Value::Int(2))?.equals(&Value::Int(0)))
        },
        "filter" => |_, value, args| {
            args.none("test_filter")?;
            Key::new(value.clone())?;
            Ok(value.as_str().is_some_and(|name| filters::find(name).is_some()))
        },
        "lower" => |interpreter, value, args| {
            args.none("test_lower")?;
            Ok(has_case(&interpreter.text_of(value)?, char::is_lowercase))
        },
        "odd" => |interpreter, value, args| {
            args.none("test_odd")?;
            Ok(remainder(interpreter, value, &Value::Int(2))?.equals(&Value::Int(1)))
        },
        "test" => |_, value, args| {
            args.none("test_test")?;
            Key::new(value.clone())?;
            Ok(value.as_str().is_some_and(|name| find(name).is_some()))
        },
        "upper" => |interpreter, value, args| {
            args.none("test_upper")?;
            Ok(has_case(&interpreter.text_of(value)?, char::is_uppercase))
        },
        _ => return None,
    })
}

/// Tests against another value.
fn with_argument(name: &str) -> Option<Predicate> {
    Some(match name {
        "divisibleby" => divisible_by,
        "eq" | "equalto" | "==" => |interpreter, value, args| compare(interpreter, value, args, Op::Equal),
        "ge" | ">=" => |interpreter, value, args| compare(interpreter, value, args, Op::GreaterOrEqual),
        "gt" | "greaterthan" | ">" => |interpreter, value, args| compare(interpreter, value, args, Op::Greater),
        "in" => |interpreter, value, args| compare(interpreter, value, args, Op::In),
        "le" | "<=" => |interpreter, value, args| compare(interpreter, value, args, Op::LessOrEqual),
        "lt" | "lessthan" | "<" => |interpreter, value, args| compare(interpreter, value, args, Op::Less),
        "ne" | "!=" => |interpreter, value, args| compare(interpreter, value, args, Op::NotEqual),
        "sameas" => |_, value, args| {
            let [other] = args.bind("test_sameas", ["other"], 1)?;
            Ok(other.is_some_and(|other| value.is_same(&other)))
        },
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

fn compare(interpreter: &mut Interpreter<'_>, value: &Value, args: Args, operator: Op) -> Result<bool, Error> {
    let given = args.positional.len() + 1;
    let Ok(mut others) = args.only_positional("test", 1, 1) else {
        let name = match operator {
            Op::Equal => "eq",
            Op::NotEqual => "ne",
            Op::Less => "lt",
            Op::LessOrEqual => "le",
            Op::Greater => "gt",
            Op::GreaterOrEqual => "ge",
            Op::In | Op::NotIn => "in",
        };
        return Err(Error::type_error(format!("{name} expected 2 arguments, got {given}")));
    };
    interpreter.compare(operator, value, &others.pop().unwrap_or_default())
}

fn remainder(interpreter: &mut Interpreter<'_>, value: &Value, by: &Value) -> Result<Value, Error> {
    interpreter.binary(BinaryOperator::Remainder, value, by)
}

fn divisible_by(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<bool, Error> {
    let [by] = args.bind("test_divisibleby", ["num"], 1)?;
    Ok(remainder(interpreter, value, &by.unwrap_or_default())?.equals(&Value::Int(0)))
}
