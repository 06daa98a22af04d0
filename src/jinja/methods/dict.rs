//! Methods of dicts.

use std::cell::RefCell;
use std::rc::Rc;

use super::Method;
use crate::jinja::error::{Error, ErrorKind};
use crate::jinja::interpreter::{Interpreter, Items};
use crate::jinja::value::{Args, Dict, DictView, Key, Value, ViewKind};

pub(super) fn find(name: &str) -> Option<(&'static str, Method)> {
    Some(match name {
        "clear" => ("clear", clear),
        "copy" => ("copy", copy),
        "fromkeys" => ("fromkeys", fromkeys),
        "get" => ("get", get),
        "items" => ("items", items),
        "keys" => ("keys", keys),
        "pop" => ("pop", pop),
        "popitem" => ("popitem", popitem),
        "setdefault" => ("setdefault", setdefault),
        "update" => ("update", update),
        "values" => ("values", values),
        _ => return None,
    })
}

fn of(receiver: &Value) -> Result<&Rc<RefCell<Dict>>, Error> {
    receiver.as_dict().ok_or_else(|| Error::type_error("a dict is needed"))
}

fn clear(_: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    args.only_positional("dict.clear", 0, 0)?;
    let emptied = std::mem::take(&mut *of(receiver)?.borrow_mut());
    drop(emptied);
    Ok(Value::None)
}

fn copy(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    args.only_positional("dict.copy", 0, 0)?;
    let dict = of(receiver)?.borrow();
    interpreter.charge_dict(dict.len())?;
    Ok(Value::dict(dict.clone()))
}

/// `dict.fromkeys(items, value)`, of any dict.
fn fromkeys(interpreter: &mut Interpreter<'_>, _: &Value, args: Args) -> Result<Value, Error> {
    let mut args = args.only_positional("fromkeys", 1, 2)?.into_iter();
    let items = interpreter.collect(&args.next().unwrap_or_default())?;
    let value = args.next().unwrap_or_default();
    interpreter.charge_dict(items.len())?;
    let mut dict = Dict::with_capacity(items.len());
    for item in items {
        interpreter.charge_read(&item)?;
        dict.insert(Key::new(item)?, value.clone());
    }
    Ok(Value::dict(dict))
}

fn get(_: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let mut args = args.only_positional("get", 1, 2)?.into_iter();
    let key = args.next().unwrap_or_default();
    let found = of(receiver)?.borrow().get(&key)?.cloned();
    Ok(found.or_else(|| args.next()).unwrap_or_default())
}

fn view(receiver: &Value, args: Args, name: &str, kind: ViewKind) -> Result<Value, Error> {
    args.only_positional(name, 0, 0)?;
    Ok(Value::View(Rc::new(DictView { dict: Rc::clone(of(receiver)?), kind })))
}

fn items(_: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    view(receiver, args, "dict.items", ViewKind::Items)
}

fn keys(_: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    view(receiver, args, "dict.keys", ViewKind::Keys)
}

fn values(_: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    view(receiver, args, "dict.values", ViewKind::Values)
}

fn pop(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let mut args = args.only_positional("pop", 1, 2)?.into_iter();
    let key = args.next().unwrap_or_default();
    let dict = of(receiver)?;
    interpreter.charge_walk(dict.borrow().len())?;
    let found = dict.borrow_mut().remove(&key)?;
    found.or_else(|| args.next()).ok_or_else(|| Error::new(ErrorKind::Key, key.repr()))
}

fn popitem(_: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    args.only_positional("dict.popitem", 0, 0)?;
    let last = of(receiver)?.borrow_mut().pop_last();
    match last {
        Some((key, value)) => Ok(Value::tuple(vec![key.into_value(), value])),
        None => Err(Error::new(ErrorKind::Key, "'popitem(): dictionary is empty'")),
    }
}

fn setdefault(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let mut args = args.only_positional("setdefault", 1, 2)?.into_iter();
    let key = Key::new(args.next().unwrap_or_default())?;
    let dict = of(receiver)?;
    if let Some(found) = dict.borrow().get(key.value())? {
        return Ok(found.clone());
    }
    let value = args.next().unwrap_or_default();
    interpreter.charge(2)?;
    dict.borrow_mut().insert(key, value.clone());
    Ok(value)
}

/// `update(dict)`, `update(pairs)`, `update(key=value)`.
fn update(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let keyword = args.keyword;
    let mut positional = Args::positional(args.positional).only_positional("update", 0, 1)?;
    let more = match positional.pop() {
        Some(more) => pairs(interpreter, &more)?,
        None => Vec::new(),
    };
    interpreter.charge_items(more.len() + keyword.len())?;
    let mut dict = of(receiver)?.borrow_mut();
    for (key, value) in more {
        dict.insert(key, value);
    }
    for (key, value) in keyword {
        dict.insert(key, value);
    }
    interpreter.charge_items(if dict.len().is_power_of_two() { dict.len() } else { 0 })?;
    Ok(Value::None)
}

/// The entries of a mapping, or of pairs.
pub(in crate::jinja) fn pairs(interpreter: &mut Interpreter<'_>, more: &Value) -> Result<Vec<(Key, Value)>, Error> {
    if let Value::Dict(dict) = more {
        let dict = dict.borrow();
        let entry = |(key, value): (&Value, &Value)| {
            interpreter.charge_read(key)?;
            Ok((Key::new(key.clone())?, value.clone()))
        };
        return dict.iter().map(entry).collect();
    }
    if let Value::Object(object) = more
        && object.is_mapping()
    {
        let keys = object.iterate().unwrap_or_default();
        return keys
            .into_iter()
            .map(|key| {
                let value = object.get_item(&key).unwrap_or_default();
                Ok((Key::new(key)?, value))
            })
            .collect();
    }
    if let Value::Undefined(undefined) = more {
        // Python asks for `keys`, which nothing undefined has.
        interpreter.use_undefined(undefined)?;
    }
    let mut entries = Vec::new();
    for (index, pair) in interpreter.collect(more)?.into_iter().enumerate() {
        let Ok(mut items) = Items::of(&pair) else {
            let message = format!("cannot convert dictionary update sequence element #{index} to a sequence");
            return Err(Error::type_error(message));
        };
        let mut values = Vec::new();
        while let Some(item) = items.next()? {
            interpreter.charge(1)?;
            values.push(item);
        }
        let length = values.len();
        let Ok([key, value]) = <[Value; 2]>::try_from(values) else {
            return Err(Error::value_error(format!(
                "dictionary update sequence element #{index} has length {length}; 2 is required"
            )));
        };
        interpreter.charge_read(&key)?;
        entries.push((Key::new(key)?, value));
    }
    Ok(entries)
}
