//! Methods of text that take it apart.

use super::text::{of, text_argument};
use super::{Method, integer};
use crate::jinja::error::Error;
use crate::jinja::interpreter::Interpreter;
use crate::jinja::lexer::is_space;
use crate::jinja::value::{Args, Value};

pub(super) fn find(name: &str) -> Option<(&'static str, Method)> {
    Some(match name {
        "partition" => ("partition", |i, r, a| partition(i, r, a, false)),
        "rpartition" => ("rpartition", |i, r, a| partition(i, r, a, true)),
        "rsplit" => ("rsplit", |i, r, a| split(i, r, a, true)),
        "split" => ("split", |i, r, a| split(i, r, a, false)),
        "splitlines" => ("splitlines", splitlines),
        _ => return None,
    })
}

fn split(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args, from_end: bool) -> Result<Value, Error> {
    let [separator, most] = args.bind(if from_end { "rsplit" } else { "split" }, ["sep", "maxsplit"], 0)?;
    let most = usize::try_from(integer(most.as_ref())?.unwrap_or(-1)).unwrap_or(usize::MAX);
    let text = of(receiver);
    interpreter.charge_bytes(text.len())?;
    let parts: Vec<&str> = match &separator {
        None | Some(Value::None) if from_end => rsplit_space(text, most),
        None | Some(Value::None) => split_space(text, most),
        Some(Value::Str(separator)) if separator.is_empty() => return Err(Error::value_error("empty separator")),
        Some(Value::Str(separator)) if from_end => {
            let mut parts: Vec<&str> = text.rsplitn(most.saturating_add(1), separator.as_ref()).collect();
            parts.reverse();
            parts
        }
        Some(Value::Str(separator)) => text.splitn(most.saturating_add(1), separator.as_ref()).collect(),
        Some(other) => return Err(Error::type_error(format!("must be str or None, not {}", other.type_name()))),
    };
    interpreter.charge_items(parts.len())?;
    Ok(Value::list(parts.into_iter().map(Value::str).collect()))
}

fn split_space(text: &str, most: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
    while !rest.is_empty() {
        if parts.len() == most {
            parts.push(rest);
            break;
        }
        let end = rest.find(is_space).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        parts.push(part);
        rest = after.trim_start_matches(is_space);
    }
    parts
}

fn rsplit_space(text: &str, most: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text.trim_end_matches(is_space);
    while !rest.is_empty() {
        if parts.len() == most {
            parts.push(rest);
            break;
        }
        let space = rest.char_indices().rev().find(|(_, character)| is_space(*character));
        let start = space.map_or(0, |(index, character)| index + character.len_utf8());
        let (before, part) = rest.split_at(start);
        parts.push(part);
        rest = before.trim_end_matches(is_space);
    }
    parts.reverse();
    parts
}

fn partition(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args, from_end: bool) -> Result<Value, Error> {
    let args = args.only_positional(if from_end { "str.rpartition" } else { "str.partition" }, 1, 1)?;
    let separator = text_argument(args.first(), "partition")?;
    if separator.is_empty() {
        return Err(Error::value_error("empty separator"));
    }
    let text = of(receiver);
    interpreter.charge_bytes(text.len())?;
    let found = if from_end { text.rsplit_once(separator) } else { text.split_once(separator) };
    let parts = match found {
        Some((before, after)) => [before, separator, after],
        None if from_end => ["", "", text],
        None => [text, "", ""],
    };
    Ok(Value::tuple(parts.into_iter().map(Value::str).collect()))
}

fn splitlines(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let [keep] = args.bind("splitlines", ["keepends"], 0)?;
    let keep = integer(keep.as_ref())?.unwrap_or(0) != 0;
    let text = of(receiver);
    interpreter.charge_bytes(text.len())?;
    let lines: Vec<Value> = lines(text, keep).into_iter().map(Value::str).collect();
    interpreter.charge_items(lines.len())?;
    Ok(Value::list(lines))
}

/// The lines by Python's idea of line ends.
pub(in crate::jinja) fn lines(text: &str, keep: bool) -> Vec<&str> {
    let ends = |character: char| {
        matches!(character, '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}')
    };
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let Some(end) = rest.find(ends) else {
            lines.push(rest);
            break;
        };
        let tail = rest.get(end..).unwrap_or("");
        let length = if tail.starts_with("\r\n") { 2 } else { tail.chars().next().map_or(1, char::len_utf8) };
        lines.push(rest.get(..if keep { end + length } else { end }).unwrap_or(""));
        rest = rest.get(end + length..).unwrap_or("");
    }
    lines
}
