//! Methods of sets.

use std::cell::RefCell;
use std::rc::Rc;

use super::Method;
use crate::jinja::error::{Error, ErrorKind};
use crate::jinja::interpreter::Interpreter;
use crate::jinja::value::{Args, Key, Set, Value};

pub(super) fn find(name: &str) -> Option<(&'static str, Method)> {
    Some(match name {
        "add" => ("add", add),
        "clear" => ("clear", clear),
        "copy" => ("copy", copy),
        "difference" => ("difference", difference),
        "discard" => ("discard", discard),
        "intersection" => ("intersection", intersection),
        "isdisjoint" => ("isdisjoint", isdisjoint),
        "issubset" => ("issubset", issubset),
        "issuperset" => ("issuperset", issuperset),
        "pop" => ("pop", pop),
        "remove" => ("remove", remove),
        "symmetric_difference" => ("symmetric_difference", symmetric_difference),
        "union" => ("union", union),
        "update" => ("update", update),
        _ => return None,
    })
}

fn of(receiver: &Value) -> Result<&Rc<RefCell<Set>>, Error> {
    if let Value::Set(set) = receiver { Ok(set) } else { Err(Error::type_error("a set is needed")) }
}

/// A copy of the set's items, counted.
fn items(interpreter: &mut Interpreter<'_>, receiver: &Value) -> Result<Set, Error> {
    let set = of(receiver)?.borrow();
    interpreter.charge_items(set.len())?;
    Ok(set.clone())
}

/// Python's `set(value)`.
pub(in crate::jinja) fn set_of(interpreter: &mut Interpreter<'_>, value: &Value) -> Result<Set, Error> {
    let items = interpreter.collect(value)?.into_iter();
    items.map(|item| interpreter.charge_read(&item).and_then(|()| Key::new(item))).collect()
}

fn one(args: Args, function: &str) -> Result<Value, Error> {
    Ok(args.only_positional(function, 1, 1)?.pop().unwrap_or_default())
}

fn add(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let key = Key::new(one(args, "set.add")?)?;
    let mut set = of(receiver)?.borrow_mut();
    set.insert(key);
    interpreter.charge_items(if set.len().is_power_of_two() { set.len() } else { 1 })?;
    Ok(Value::None)
}

fn clear(_: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    args.only_positional("set.clear", 0, 0)?;
    of(receiver)?.borrow_mut().clear();
    Ok(Value::None)
}

fn copy(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    args.only_positional("set.copy", 0, 0)?;
    items(interpreter, receiver).map(Value::set)
}

fn discard(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let key = Key::new(one(args, "set.discard")?)?;
    let mut set = of(receiver)?.borrow_mut();
    interpreter.charge_walk(set.len())?;
    set.remove(&key);
    Ok(Value::None)
}

fn remove(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let key = Key::new(one(args, "set.remove")?)?;
    let mut set = of(receiver)?.borrow_mut();
    interpreter.charge_walk(set.len())?;
    if set.remove(&key) { Ok(Value::None) } else { Err(Error::new(ErrorKind::Key, key.value().repr())) }
}

fn pop(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    args.only_positional("set.pop", 0, 0)?;
    interpreter.charge_walk(of(receiver)?.borrow().len() / 8)?;
    let first = of(receiver)?.borrow_mut().pop_first();
    first.map(Key::into_value).ok_or_else(|| Error::new(ErrorKind::Key, "'pop from an empty set'"))
}

fn update(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    for more in args.only_positional("set.update", 0, usize::MAX)? {
        let more = set_of(interpreter, &more)?;
        let mut set = of(receiver)?.borrow_mut();
        let grows = (set.len() + more.len()).checked_ilog2() != set.len().checked_ilog2();
        interpreter.charge_items(if grows { set.len() + more.len() } else { more.len() })?;
        for key in more.keys() {
            set.insert(key.clone());
        }
    }
    Ok(Value::None)
}

fn union(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let result = Value::set(items(interpreter, receiver)?);
    update(interpreter, &result, args)?;
    Ok(result)
}

fn intersection(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let mut result = items(interpreter, receiver)?;
    for other in args.only_positional("set.intersection", 0, usize::MAX)? {
        let other = set_of(interpreter, &other)?;
        result = result.keys().filter(|key| other.contains(key)).cloned().collect();
    }
    Ok(Value::set(result))
}

fn difference(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let mut result = items(interpreter, receiver)?;
    for other in args.only_positional("set.difference", 0, usize::MAX)? {
        let other = set_of(interpreter, &other)?;
        result = result.keys().filter(|key| !other.contains(key)).cloned().collect();
    }
    Ok(Value::set(result))
}

fn symmetric_difference(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let left = items(interpreter, receiver)?;
    let right = one(args, "set.symmetric_difference")?;
    let right = set_of(interpreter, &right)?;
    let only_left = left.keys().filter(|key| !right.contains(key));
    let only_right = right.keys().filter(|key| !left.contains(key));
    Ok(Value::set(only_left.chain(only_right).cloned().collect()))
}

fn isdisjoint(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let other = one(args, "set.isdisjoint")?;
    let other = set_of(interpreter, &other)?;
    Ok(Value::Bool(!of(receiver)?.borrow().keys().any(|key| other.contains(key))))
}

fn issubset(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let other = one(args, "set.issubset")?;
    let other = set_of(interpreter, &other)?;
    Ok(Value::Bool(of(receiver)?.borrow().keys().all(|key| other.contains(key))))
}

fn issuperset(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let other = one(args, "set.issuperset")?;
    let other = set_of(interpreter, &other)?;
    let set = of(receiver)?.borrow();
    Ok(Value::Bool(other.keys().all(|key| set.contains(key))))
}
