//! Filters on sequences as a whole.

use std::rc::Rc;

use super::attributes::Getter;
use crate::jinja::error::Error;
use crate::jinja::interpreter::{Interpreter, Items};
use crate::jinja::methods::mapping_pairs;
use crate::jinja::value::{Args, BinaryOperator, Undefined, Value};

fn absent(sentence: &str) -> Value {
    Value::Undefined(Rc::new(Undefined::Sentence(sentence.into())))
}

/// Python's `len(value)`.
pub(super) fn length_of(value: &Value) -> Result<usize, Error> {
    value.len().ok_or_else(|| Error::type_error(format!("object of type '{}' has no len()", value.type_name())))
}

pub(super) fn length(_: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    args.none("len")?;
    length_of(value).map(|length| Value::Int(length as i64))
}

pub(super) fn default(_: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    let [default, falsy] = args.bind("do_default", ["default_value", "boolean"], 0)?;
    if value.is_undefined() || falsy.is_some_and(|falsy| falsy.truthy()) && !value.truthy() {
        return Ok(default.unwrap_or_else(|| Value::from("")));
    }
    Ok(value.clone())
}

pub(super) fn first(_: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    args.none("sync_do_first")?;
    Ok(Items::of(value)?.next()?.unwrap_or_else(|| absent("No first item, sequence was empty.")))
}

pub(super) fn last(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    args.none("do_last")?;
    let last = match value {
        Value::List(items) => items.borrow().last().cloned(),
        Value::Tuple(items) => items.last().cloned(),
        Value::Str(text) => text.chars().next_back().map(|last| Value::from(last.to_string())),
        Value::OneShot(items) => {
            return Err(Error::type_error(format!("'{}' object is not reversible", items.type_name)));
        }
        _ if Items::of(value).is_err() => {
            return Err(Error::type_error(format!("'{}' object is not reversible", value.type_name())));
        }
        _ => interpreter.collect(value)?.pop(),
    };
    Ok(last.unwrap_or_else(|| absent("No last item, sequence was empty.")))
}

/// An item by the number of steps taken so far: not predictable to the eye, but the same each time.
pub(super) fn random(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    args.none("do_random")?;
    if value.len().is_none() {
        return Err(Error::type_error(format!("object of type '{}' has no len()", value.type_name())));
    }
    let items = interpreter.collect(value)?;
    let number =
        interpreter.steps().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407) >> 33;
    let index = number.checked_rem(items.len() as u64).unwrap_or(0);
    Ok(items.get(index as usize).cloned().unwrap_or_else(|| absent("No random item, sequence was empty.")))
}

pub(super) fn list(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    args.none("sync_do_list")?;
    interpreter.collect(value).map(Value::list)
}

/// The pairs of a mapping; of something undefined, none.
pub(super) fn entries(interpreter: &mut Interpreter<'_>, value: &Value) -> Result<Vec<Value>, Error> {
    let is_mapping = match value {
        Value::Undefined(_) => return Ok(Vec::new()),
        Value::Dict(_) => true,
        Value::Object(object) => object.is_mapping(),
        _ => false,
    };
    if !is_mapping {
        return Err(Error::type_error("Can only get item pairs from a mapping."));
    }
    let pairs = mapping_pairs(interpreter, value)?;
    interpreter.charge_items(pairs.len())?;
    Ok(pairs.into_iter().map(|(key, value)| Value::tuple(vec![key.into_value(), value])).collect())
}

pub(super) fn items(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    args.none("do_items")?;
    Ok(Value::one_shot("generator", entries(interpreter, value)?))
}

pub(super) fn join(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    let [separator, attribute] = args.bind("sync_do_join", ["d", "attribute"], 0)?;
    let separator = interpreter.text_of(&separator.unwrap_or_else(|| Value::from("")))?;
    let getter = Getter::new(attribute.as_ref(), None);
    let limit = interpreter.limits().string_bytes;
    let mut out = String::new();
    let mut items = Items::of(value)?;
    let mut first = true;
    while let Some(item) = items.next()? {
        interpreter.charge(1)?;
        if !std::mem::replace(&mut first, false) {
            out.push_str(&separator);
        }
        let item = getter.get(interpreter, &item)?;
        interpreter.charge_digits(&item)?;
        item.write_within(&mut out, limit);
        if out.len() > limit {
            break;
        }
    }
    interpreter.new_text(out)
}

pub(super) fn reverse(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    args.none("do_reverse")?;
    if let Value::Str(text) = value {
        return interpreter.new_text(text.chars().rev().collect());
    }
    if Items::of(value).is_err() {
        return Err(Error::new(crate::jinja::ErrorKind::Other, "argument must be iterable"));
    }
    let mut items = interpreter.collect(value)?;
    items.reverse();
    Ok(Value::one_shot("list_reverseiterator", items))
}

pub(super) fn sum(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    let [attribute, start] = args.bind("sync_do_sum", ["attribute", "start"], 0)?;
    let getter = Getter::new(attribute.as_ref(), None);
    let mut total = start.unwrap_or(Value::Int(0));
    if total.as_str().is_some() {
        return Err(Error::type_error("sum() can't sum strings [use ''.join(seq) instead]"));
    }
    let mut items = Items::of(value)?;
    while let Some(item) = items.next()? {
        interpreter.charge(1)?;
        let item = getter.get(interpreter, &item)?;
        total = interpreter.binary(BinaryOperator::Add, &total, &item)?;
    }
    Ok(total)
}
