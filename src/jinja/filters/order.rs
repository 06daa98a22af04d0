//! `sort`, `dictsort`, `min` and `max`.

use std::cmp::Ordering;
use std::rc::Rc;

use super::attributes::Getter;
use crate::jinja::error::{Error, ErrorKind};
use crate::jinja::interpreter::{Interpreter, Items};
use crate::jinja::value::{Args, Undefined, Value};

/// Sorts items by their keys, stably, as Python's `sorted`; complains as Python does when two keys
/// have no order.
pub(in crate::jinja) fn sort_by_keys(
    interpreter: &mut Interpreter<'_>,
    mut keyed: Vec<(Value, Value)>,
    reverse: bool,
) -> Result<Vec<Value>, Error> {
    let count = keyed.len() as u64;
    interpreter.charge(count * u64::from(count.max(2).ilog2()))?;
    // What is long is compared again and again.
    for (key, _) in &keyed {
        match key {
            Value::Str(text) if text.len() >= 64 => {
                interpreter.charge(text.len() as u64 / 64 * u64::from(count.max(2).ilog2()))?;
            }
            Value::List(_) | Value::Tuple(_) | Value::Set(_) | Value::BigInt(_) => {
                for _ in 0..count.max(2).ilog2() {
                    interpreter.charge_copy(key)?;
                }
            }
            _ => {}
        }
    }
    if reverse {
        // Reversed before and after, equal items keep their order.
        keyed.reverse();
    }
    let mut complaint = None;
    // Python looks at neighbours first, the later one on the left.
    for pair in keyed.windows(2) {
        if let [(earlier, _), (later, _)] = pair {
            later.order(earlier, "<")?;
        }
    }
    keyed.sort_by(|(left, _), (right, _)| match left.order(right, "<") {
        Ok(order) => order.unwrap_or(Ordering::Equal),
        Err(error) => {
            complaint.get_or_insert(error);
            Ordering::Equal
        }
    });
    if let Some(error) = complaint {
        return Err(error);
    }
    if reverse {
        keyed.reverse();
    }
    Ok(keyed.into_iter().map(|(_, item)| item).collect())
}

/// Each item with its key.
pub(super) fn keyed(
    interpreter: &mut Interpreter<'_>,
    value: &Value,
    getter: &Getter,
) -> Result<Vec<(Value, Value)>, Error> {
    let items = interpreter.collect(value)?;
    items.into_iter().map(|item| Ok((getter.get(interpreter, &item)?, item))).collect()
}

pub(super) fn sort(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    let [reverse, case_sensitive, attribute] = args.bind("do_sort", ["reverse", "case_sensitive", "attribute"], 0)?;
    let getter = Getter::several(attribute.as_ref()).case_sensitive(case_sensitive.as_ref());
    let keyed = keyed(interpreter, value, &getter)?;
    let reverse = reverse.is_some_and(|reverse| reverse.truthy());
    sort_by_keys(interpreter, keyed, reverse).map(Value::list)
}

pub(super) fn dictsort(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    let [case_sensitive, by, reverse] = args.bind("do_dictsort", ["case_sensitive", "by", "reverse"], 0)?;
    let by = match by.as_ref().and_then(Value::as_str) {
        None if by.is_none() => 0,
        Some("key") => 0,
        Some("value") => 1,
        _ => return Err(Error::new(ErrorKind::Other, "You can only sort by either \"key\" or \"value\"")),
    };
    if !(value.as_dict().is_some() || matches!(value, Value::Object(object) if object.is_mapping())) {
        return Err(super::text::no_attribute(value, "items"));
    }
    let items = super::sequences::entries(interpreter, value)?;
    let getter = Getter::new(Some(&Value::Int(by)), None).case_sensitive(case_sensitive.as_ref());
    let keyed = keyed(interpreter, &Value::list(items), &getter)?;
    sort_by_keys(interpreter, keyed, reverse.is_some_and(|reverse| reverse.truthy())).map(Value::list)
}

/// `max` and `min`.
pub(super) fn extreme(
    interpreter: &mut Interpreter<'_>,
    value: &Value,
    args: Args,
    greatest: bool,
) -> Result<Value, Error> {
    let [case_sensitive, attribute] =
        args.bind(if greatest { "do_max" } else { "do_min" }, ["case_sensitive", "attribute"], 0)?;
    let getter = Getter::new(attribute.as_ref(), None).case_sensitive(case_sensitive.as_ref());
    let mut items = Items::of(value)?;
    let Some(mut best) = items.next()? else {
        let sentence = "No aggregated item, sequence was empty.".into();
        return Ok(Value::Undefined(Rc::new(Undefined::Sentence(sentence))));
    };
    let mut best_key = getter.get(interpreter, &best)?;
    while let Some(item) = items.next()? {
        interpreter.charge(1)?;
        let key = getter.get(interpreter, &item)?;
        let order = interpreter.order(&key, &best_key, if greatest { ">" } else { "<" })?;
        if order == Some(if greatest { Ordering::Greater } else { Ordering::Less }) {
            (best, best_key) = (item, key);
        }
    }
    Ok(best)
}
