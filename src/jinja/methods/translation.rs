//! `str.maketrans` and `str.translate`.

use super::text::{of, one_character_of};
use crate::jinja::error::Error;
use crate::jinja::interpreter::Interpreter;
use crate::jinja::value::{Args, Dict, Key, Value};

/// A table for `translate`: of a dict whose keys may be characters, or of two texts letter by letter and a third
/// of what is left out.
pub(super) fn maketrans(interpreter: &mut Interpreter<'_>, _: &Value, args: Args) -> Result<Value, Error> {
    let args = args.only_positional("maketrans", 1, 3)?;
    let code = |character: char| Key::new(Value::Int(i64::from(u32::from(character))));
    let mut table = Dict::new();
    let (from, to, without) = match args.as_slice() {
        [Value::Dict(dict)] => {
            interpreter.charge_dict(dict.borrow().len())?;
            for (key, value) in dict.borrow().iter() {
                let key = match key {
                    Value::Str(text) => code(single(text)?)?,
                    Value::Int(_) | Value::Bool(_) => Key::new(key.clone())?,
                    _ => return Err(Error::type_error("keys in translate table must be strings or integers")),
                };
                table.insert(key, value.clone());
            }
            return Ok(Value::dict(table));
        }
        [_] => {
            return Err(Error::type_error("if you give only one argument to maketrans it must be a dict"));
        }
        [Value::Str(from), Value::Str(to)] => (from, to, None),
        [Value::Str(from), Value::Str(to), Value::Str(without)] => (from, to, Some(without)),
        [from, to, ..] if from.as_str().is_some() && to.as_str().is_none() => {
            return Err(wrong_kind(2, to));
        }
        [from, ..] if from.as_str().is_none() => {
            return Err(Error::type_error("first maketrans argument must be a string if there is a second argument"));
        }
        [.., last] => return Err(wrong_kind(3, last)),
        [] => return Ok(Value::dict(table)),
    };
    let (before, after) = (from.chars().count(), to.chars().count());
    if before != after {
        return Err(Error::value_error("the first two maketrans arguments must have equal length"));
    }
    interpreter.charge_dict(before + without.map_or(0, |without| without.len()))?;
    for (from, to) in from.chars().zip(to.chars()) {
        table.insert(code(from)?, Value::Int(i64::from(u32::from(to))));
    }
    for character in without.iter().flat_map(|without| without.chars()) {
        table.insert(code(character)?, Value::None);
    }
    Ok(Value::dict(table))
}

fn wrong_kind(place: usize, value: &Value) -> Error {
    Error::type_error(format!("maketrans() argument {place} must be str, not {}", value.type_name()))
}

fn single(text: &str) -> Result<char, Error> {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(character), None) => Ok(character),
        _ => Err(Error::value_error("string keys in translate table must be of length 1")),
    }
}

/// Each character by a table from its number: a text, the number of another, or nothing to drop it.
pub(super) fn translate(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let table = args.only_positional("str.translate", 1, 1)?.pop().unwrap_or_default();
    let mut out = String::new();
    for character in of(receiver).chars() {
        interpreter.charge(1)?;
        let number = Value::Int(i64::from(u32::from(character)));
        let entry = match &table {
            Value::Dict(dict) => dict.borrow().get(&number)?.cloned(),
            Value::List(_) | Value::Tuple(_) | Value::Str(_) | Value::Range(_) => {
                Some(interpreter.get_item(&table, &number)?).filter(|entry| !entry.is_undefined())
            }
            _ => return Err(Error::type_error(format!("'{}' object is not subscriptable", table.type_name()))),
        };
        match entry {
            None => out.push(character),
            Some(Value::None) => {}
            Some(Value::Str(text)) => out.push_str(&text),
            Some(Value::Int(code)) => out.push(one_character_of(code)?),
            Some(_) => return Err(Error::type_error("character mapping must return integer, None or str")),
        }
        if out.len() > interpreter.limits().string_bytes {
            break;
        }
    }
    interpreter.new_text(out)
}
