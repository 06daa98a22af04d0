//! Methods of text that ask something about it.

use super::text::of;
use super::{Method, bound, integer};
use crate::jinja::error::Error;
use crate::jinja::interpreter::Interpreter;
use crate::jinja::lexer::is_space;
use crate::jinja::value::repr::is_printable;
use crate::jinja::value::{Args, Value};

pub(super) fn find(name: &str) -> Option<(&'static str, Method)> {
    Some(match name {
        "count" => ("count", count),
        "endswith" => ("endswith", |i, r, a| affix(i, r, a, "endswith", |text, part| text.ends_with(part))),
        "find" => ("find", |i, r, a| search(i, r, a, ("find", false, false))),
        "index" => ("index", |i, r, a| search(i, r, a, ("index", false, true))),
        "isalnum" => ("isalnum", |i, r, a| all(i, r, a, "str.isalnum", char::is_alphanumeric)),
        "isalpha" => ("isalpha", |i, r, a| all(i, r, a, "str.isalpha", char::is_alphabetic)),
        "isascii" => ("isascii", |_, r, a| a.only_positional("str.isascii", 0, 0).map(|_| of(r).is_ascii().into())),
        "isdecimal" => ("isdecimal", |i, r, a| all(i, r, a, "str.isdecimal", |c| c.is_ascii_digit())),
        "isdigit" => ("isdigit", |i, r, a| all(i, r, a, "str.isdigit", |c| c.is_ascii_digit() || "²³¹".contains(c))),
        "isidentifier" => ("isidentifier", isidentifier),
        "islower" => ("islower", |_, r, a| {
            a.only_positional("str.islower", 0, 0).map(|_| has_case(of(r), char::is_lowercase).into())
        }),
        "isnumeric" => ("isnumeric", |i, r, a| all(i, r, a, "str.isnumeric", char::is_numeric)),
        // Nothing is printable too.
        "isprintable" => ("isprintable", |_, r, a| {
            a.only_positional("str.isprintable", 0, 0)?;
            Ok(of(r).chars().all(|c| c == ' ' || is_printable(c)).into())
        }),
        "isspace" => ("isspace", |i, r, a| all(i, r, a, "str.isspace", is_space)),
        "istitle" => {
            ("istitle", |_, r, a| a.only_positional("str.istitle", 0, 0).map(|_| Value::Bool(is_title(of(r)))))
        }
        "isupper" => ("isupper", |_, r, a| {
            a.only_positional("str.isupper", 0, 0).map(|_| has_case(of(r), char::is_uppercase).into())
        }),
        "rfind" => ("rfind", |i, r, a| search(i, r, a, ("rfind", true, false))),
        "rindex" => ("rindex", |i, r, a| search(i, r, a, ("rindex", true, true))),
        "startswith" => ("startswith", |i, r, a| affix(i, r, a, "startswith", |text, part| text.starts_with(part))),
        _ => return None,
    })
}

fn all(
    interpreter: &mut Interpreter<'_>,
    receiver: &Value,
    args: Args,
    name: &str,
    fits: fn(char) -> bool,
) -> Result<Value, Error> {
    args.only_positional(name, 0, 0)?;
    let text = of(receiver);
    interpreter.charge_walk(text.len() / 8)?;
    Ok(Value::Bool(!text.is_empty() && text.chars().all(fits)))
}

/// Whether there are letters with case, and all of them fit.
pub(in crate::jinja) fn has_case(text: &str, fits: fn(char) -> bool) -> bool {
    // Letters of title case are neither.
    let is_title = |character: char| matches!(character, 'ǅ' | 'ǈ' | 'ǋ' | 'ǲ');
    let is_cased = |character: &char| character.is_lowercase() || character.is_uppercase() || is_title(*character);
    let mut cased = text.chars().filter(is_cased).peekable();
    cased.peek().is_some() && cased.all(fits)
}

/// Whether there are letters with case, each upper case after none and lower case after another.
fn is_title(text: &str) -> bool {
    let mut any = false;
    let mut after_letter = false;
    for character in text.chars() {
        let cased = character.is_uppercase() || character.is_lowercase();
        if cased && character.is_uppercase() == after_letter {
            return false;
        }
        any |= cased;
        after_letter = cased;
    }
    any
}

fn isidentifier(_: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    args.only_positional("str.isidentifier", 0, 0)?;
    let text = of(receiver);
    let first = text.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_');
    Ok(Value::Bool(first && text.chars().all(|character| character.is_alphanumeric() || character == '_')))
}

/// The part of the text between two bounds in characters, and the character index of its start.
fn window(text: &str, start: Option<i64>, stop: Option<i64>) -> Option<(&str, usize)> {
    let length = if text.is_ascii() { text.len() } else { text.chars().count() };
    let beyond = start.is_some_and(|start| start > length as i64);
    let (start, stop) = (bound(start, length, 0), bound(stop, length, length));
    if beyond || start > stop {
        return None;
    }
    let byte = |index: usize| {
        if text.is_ascii() { index } else { text.char_indices().nth(index).map_or(text.len(), |(byte, _)| byte) }
    };
    text.get(byte(start)..byte(stop)).map(|part| (part, start))
}

fn search(
    interpreter: &mut Interpreter<'_>,
    receiver: &Value,
    args: Args,
    (name, from_end, must): (&str, bool, bool),
) -> Result<Value, Error> {
    let args = args.only_positional(name, 1, 3)?;
    let wanted = needle(args.first())?;
    let text = of(receiver);
    interpreter.charge_walk(text.len() / 8)?;
    let found = window(text, integer_or_none(args.get(1))?, integer_or_none(args.get(2))?).and_then(|(part, start)| {
        let byte = if from_end { part.rfind(wanted) } else { part.find(wanted) }?;
        Some(start + part.get(..byte).map_or(0, |before| before.chars().count()))
    });
    match found {
        Some(index) => Ok(Value::Int(index as i64)),
        None if must => Err(Error::value_error("substring not found")),
        None => Ok(Value::Int(-1)),
    }
}

fn integer_or_none(value: Option<&Value>) -> Result<Option<i64>, Error> {
    integer(value.filter(|value| !value.is_none()))
}

fn needle(value: Option<&Value>) -> Result<&str, Error> {
    let value = value.unwrap_or(&Value::None);
    value.as_str().ok_or_else(|| Error::type_error(format!("must be str, not {}", value.type_name())))
}

fn count(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let args = args.only_positional("count", 1, 3)?;
    let wanted = needle(args.first())?;
    let text = of(receiver);
    interpreter.charge_walk(text.len() / 8)?;
    let part = window(text, integer_or_none(args.get(1))?, integer_or_none(args.get(2))?);
    Ok(Value::Int(part.map_or(0, |(part, _)| part.matches(wanted).count()) as i64))
}

/// `startswith` and `endswith`: one text, or any of a tuple.
fn affix(
    _: &mut Interpreter<'_>,
    receiver: &Value,
    args: Args,
    name: &str,
    fits: fn(&str, &str) -> bool,
) -> Result<Value, Error> {
    let args = args.only_positional(name, 1, 3)?;
    let wanted = args.first().unwrap_or(&Value::None);
    let Some((text, _)) = window(of(receiver), integer_or_none(args.get(1))?, integer_or_none(args.get(2))?) else {
        return Ok(Value::Bool(false));
    };
    let wrong = |kind: &str| Error::type_error(format!("{name} first arg must be str or a tuple of str, not {kind}"));
    match wanted {
        Value::Str(part) => Ok(Value::Bool(fits(text, part))),
        Value::Tuple(parts) => {
            for part in parts.iter() {
                let Value::Str(part) = part else {
                    let kind = part.type_name();
                    return Err(Error::type_error(format!("tuple for {name} must only contain str, not {kind}")));
                };
                if fits(text, part) {
                    return Ok(Value::Bool(true));
                }
            }
            Ok(Value::Bool(false))
        }
        other => Err(wrong(other.type_name())),
    }
}
