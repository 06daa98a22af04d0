//! Methods of lists and tuples.

use super::{Method, bound, integer};
use crate::jinja::error::{Error, ErrorKind};
use crate::jinja::filters::sort_by_keys;
use crate::jinja::interpreter::Interpreter;
use crate::jinja::value::{Args, List, Value};

pub(super) fn find(name: &str) -> Option<(&'static str, Method)> {
    Some(match name {
        "append" => ("append", append),
        "clear" => ("clear", clear),
        "copy" => ("copy", copy),
        "count" => ("count", count),
        "extend" => ("extend", extend),
        "index" => ("index", index),
        "insert" => ("insert", insert),
        "pop" => ("pop", pop),
        "remove" => ("remove", remove),
        "reverse" => ("reverse", reverse),
        "sort" => ("sort", sort),
        _ => return None,
    })
}

pub(super) fn find_for_tuple(name: &str) -> Option<(&'static str, Method)> {
    Some(match name {
        "count" => ("count", count),
        "index" => ("index", index),
        _ => return None,
    })
}

/// The list itself, free to be changed.
fn of(receiver: &Value) -> Result<std::cell::RefMut<'_, List>, Error> {
    let Value::List(list) = receiver else { return Err(Error::type_error("a list is needed")) };
    list.try_borrow_mut().map_err(|_| Error::value_error("list modified during a walk over it"))
}

/// A copy of the items of a list or tuple.
fn items(interpreter: &mut Interpreter<'_>, receiver: &Value) -> Result<Vec<Value>, Error> {
    interpreter.collect(receiver)
}

fn one(args: Args, function: &str) -> Result<Value, Error> {
    Ok(args.only_positional(function, 1, 1)?.pop().unwrap_or_default())
}

fn append(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let item = one(args, "list.append")?;
    let mut list = of(receiver)?;
    list.push(item);
    // Growing is free on the whole; the bound on the list's size is what counts.
    if list.len().is_power_of_two() {
        interpreter.charge_items(list.len())?;
    }
    Ok(Value::None)
}

fn clear(_: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    args.only_positional("list.clear", 0, 0)?;
    let items = std::mem::take(&mut **of(receiver)?);
    drop(Value::list(items));
    Ok(Value::None)
}

fn copy(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    args.only_positional("list.copy", 0, 0)?;
    items(interpreter, receiver).map(Value::list)
}

fn count(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let wanted = one(args, "count")?;
    let mut found = 0;
    for item in items(interpreter, receiver)? {
        found += i64::from(interpreter.equal(&item, &wanted)?);
    }
    Ok(Value::Int(found))
}

fn extend(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let more = one(args, "list.extend")?;
    let more = interpreter.collect(&more)?;
    let mut list = of(receiver)?;
    let grows = (list.len() + more.len()).checked_ilog2() != list.len().checked_ilog2();
    // As with append, growing is free on the whole.
    interpreter.charge_items(if grows { list.len() + more.len() } else { more.len() })?;
    list.extend(more);
    Ok(Value::None)
}

fn index(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let args = args.only_positional("index", 1, 3)?;
    let wanted = args.first().cloned().unwrap_or_default();
    let items = items(interpreter, receiver)?;
    let start = bound(integer(args.get(1))?, items.len(), 0);
    let stop = bound(integer(args.get(2))?, items.len(), items.len());
    for (index, item) in items.iter().enumerate().take(stop).skip(start) {
        if interpreter.equal(item, &wanted)? {
            return Ok(Value::Int(index as i64));
        }
    }
    Err(Error::value_error(match receiver {
        Value::Tuple(_) => "tuple.index(x): x not in tuple".to_owned(),
        _ => format!("{} is not in list", wanted.repr()),
    }))
}

fn insert(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let mut args = args.only_positional("insert", 2, 2)?;
    let item = args.pop().unwrap_or_default();
    let place = integer(args.first())?;
    let mut list = of(receiver)?;
    interpreter.charge_walk(list.len())?;
    let place = bound(place, list.len(), 0);
    list.insert(place, item);
    interpreter.charge(1)?;
    Ok(Value::None)
}

fn pop(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let args = args.only_positional("pop", 0, 1)?;
    let place = integer(args.first())?.unwrap_or(-1);
    let mut list = of(receiver)?;
    if list.is_empty() {
        return Err(Error::new(ErrorKind::Index, "pop from empty list"));
    }
    interpreter.charge_walk(list.len() / 8)?;
    let place = if place < 0 { place + list.len() as i64 } else { place };
    let place = usize::try_from(place).ok().filter(|place| *place < list.len());
    match place {
        Some(place) => Ok(list.remove(place)),
        None => Err(Error::new(ErrorKind::Index, "pop index out of range")),
    }
}

fn remove(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let wanted = one(args, "list.remove")?;
    for (index, item) in items(interpreter, receiver)?.iter().enumerate() {
        if interpreter.equal(item, &wanted)? {
            of(receiver)?.remove(index);
            return Ok(Value::None);
        }
    }
    Err(Error::value_error("list.remove(x): x not in list"))
}

fn reverse(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    args.only_positional("list.reverse", 0, 0)?;
    let mut list = of(receiver)?;
    interpreter.charge_walk(list.len())?;
    list.reverse();
    Ok(Value::None)
}

fn sort(interpreter: &mut Interpreter<'_>, receiver: &Value, mut args: Args) -> Result<Value, Error> {
    let key = args.take_keyword("key").filter(|key| !key.is_none());
    let reverse = args.take_keyword("reverse").is_some_and(|reverse| reverse.truthy());
    args.only_positional("sort", 0, 0)?;
    let mut keyed = Vec::new();
    for item in items(interpreter, receiver)? {
        let by = match &key {
            Some(key) => interpreter.call(key, Args::positional(vec![item.clone()]))?,
            None => item.clone(),
        };
        keyed.push((by, item));
    }
    let sorted = sort_by_keys(interpreter, keyed, reverse)?;
    **of(receiver)? = sorted;
    Ok(Value::None)
}
