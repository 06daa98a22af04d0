//! Methods of text that make other text.

use super::{Method, format, integer, translation};
use crate::jinja::error::Error;
use crate::jinja::interpreter::Interpreter;
use crate::jinja::lexer::is_space;
use crate::jinja::value::{Args, Value};

pub(super) fn find(name: &str) -> Option<(&'static str, Method)> {
    Some(match name {
        "capitalize" => ("capitalize", |i, r, a| plain(i, r, a, "str.capitalize", capitalize)),
        "casefold" => {
            ("casefold", |i, r, a| plain(i, r, a, "str.casefold", |text| text.to_lowercase().replace('ß', "ss")))
        }
        "center" => ("center", |i, r, a| pad(i, r, a, Side::Both)),
        "expandtabs" => ("expandtabs", expandtabs),
        "format" => ("format", format::method),
        "format_map" => ("format_map", format::map_method),
        "join" => ("join", join),
        "ljust" => ("ljust", |i, r, a| pad(i, r, a, Side::Right)),
        "lower" => ("lower", |i, r, a| plain(i, r, a, "str.lower", str::to_lowercase)),
        "lstrip" => ("lstrip", |i, r, a| strip_method(i, r, a, "lstrip", (true, false))),
        "removeprefix" => ("removeprefix", |i, r, a| remove(i, r, a, "str.removeprefix", |t, p| t.strip_prefix(p))),
        "removesuffix" => ("removesuffix", |i, r, a| remove(i, r, a, "str.removesuffix", |t, p| t.strip_suffix(p))),
        "replace" => ("replace", replace_method),
        "rjust" => ("rjust", |i, r, a| pad(i, r, a, Side::Left)),
        "rstrip" => ("rstrip", |i, r, a| strip_method(i, r, a, "rstrip", (false, true))),
        "strip" => ("strip", |i, r, a| strip_method(i, r, a, "strip", (true, true))),
        "swapcase" => ("swapcase", |i, r, a| plain(i, r, a, "str.swapcase", swapcase)),
        "title" => ("title", |i, r, a| plain(i, r, a, "str.title", title)),
        "maketrans" => ("maketrans", translation::maketrans),
        "translate" => ("translate", translation::translate),
        "upper" => ("upper", |i, r, a| plain(i, r, a, "str.upper", str::to_uppercase)),
        "zfill" => ("zfill", zfill),
        _ => return None,
    })
}

pub(super) fn of(receiver: &Value) -> &str {
    receiver.as_str().unwrap_or("")
}

fn plain(
    interpreter: &mut Interpreter<'_>,
    receiver: &Value,
    args: Args,
    function: &str,
    change: impl Fn(&str) -> String,
) -> Result<Value, Error> {
    args.only_positional(function, 0, 0)?;
    let text = of(receiver);
    interpreter.charge_bytes(text.len())?;
    interpreter.new_text(change(text))
}

pub(in crate::jinja) fn capitalize(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => titlecase(first) + &characters.as_str().to_lowercase(),
        None => String::new(),
    }
}

/// Unicode's title case: `Ss` for `ß`; letters that are two in one have a form of their own.
fn titlecase(character: char) -> String {
    let own = match character {
        'Ǆ' | 'ǅ' | 'ǆ' => Some('ǅ'),
        'Ǉ' | 'ǈ' | 'ǉ' => Some('ǈ'),
        'Ǌ' | 'ǋ' | 'ǌ' => Some('ǋ'),
        'Ǳ' | 'ǲ' | 'ǳ' => Some('ǲ'),
        'ა'..='ჿ' => Some(character),
        _ => None,
    };
    if let Some(own) = own {
        return own.to_string();
    }
    let mut upper = character.to_uppercase();
    let first = upper.next().unwrap_or(character);
    let rest: String = upper.collect();
    // `ŉ` is a sign and a letter.
    if character == 'ŉ' { format!("{first}{rest}") } else { format!("{first}{}", rest.to_lowercase()) }
}

fn swapcase(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_uppercase() {
            out.extend(character.to_lowercase());
        } else {
            out.extend(character.to_uppercase());
        }
    }
    out
}

/// Python's `str.title`: a letter after no letter is upper case.
fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut after_letter = false;
    for character in text.chars() {
        if after_letter {
            out.extend(character.to_lowercase());
        } else {
            out.push_str(&titlecase(character));
        }
        after_letter = character.is_alphabetic();
    }
    out
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Left,
    Right,
    Both,
}

fn pad(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args, side: Side) -> Result<Value, Error> {
    let name = match side {
        Side::Left => "rjust",
        Side::Right => "ljust",
        Side::Both => "center",
    };
    let args = args.only_positional(name, 1, 2)?;
    let width = usize::try_from(integer(args.first())?.unwrap_or(0)).unwrap_or(0);
    let fill = match args.get(1) {
        None => ' ',
        Some(fill) => one_character(fill)?,
    };
    let text = of(receiver);
    let missing = width.saturating_sub(receiver.len().unwrap_or(0));
    interpreter.charge_bytes(text.len().saturating_add(missing.saturating_mul(fill.len_utf8())))?;
    let left = match side {
        Side::Left => missing,
        Side::Right => 0,
        // CPython's rule for an odd number of blanks.
        Side::Both => missing / 2 + (missing & width & 1),
    };
    let padding = |count: usize| std::iter::repeat_n(fill, count);
    Ok(Value::from(padding(left).chain(text.chars()).chain(padding(missing - left)).collect::<String>()))
}

fn one_character(fill: &Value) -> Result<char, Error> {
    let mut characters = fill.as_str().unwrap_or("").chars();
    match (characters.next(), characters.next()) {
        (Some(fill), None) => Ok(fill),
        _ => Err(Error::type_error("The fill character must be exactly one character long")),
    }
}

fn expandtabs(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let [size] = args.bind("expandtabs", ["tabsize"], 0)?;
    let size = usize::try_from(integer(size.as_ref())?.unwrap_or(8)).unwrap_or(0);
    let text = of(receiver);
    interpreter.charge_bytes(text.matches('\t').count().saturating_mul(size).saturating_add(text.len()))?;
    let mut out = String::with_capacity(text.len());
    let mut column = 0;
    for character in text.chars() {
        match character {
            '\t' if size > 0 => {
                let blanks = size - column % size;
                out.extend(std::iter::repeat_n(' ', blanks));
                column += blanks;
            }
            '\t' => {}
            '\n' | '\r' => {
                out.push(character);
                column = 0;
            }
            _ => {
                out.push(character);
                column += 1;
            }
        }
    }
    Ok(Value::from(out))
}

fn join(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let mut args = args.only_positional("str.join", 1, 1)?;
    let items = args.pop().unwrap_or_default();
    let items = interpreter.collect(&items).map_err(|error| {
        if error.message().ends_with("is not iterable") {
            Error::type_error("can only join an iterable")
        } else {
            error
        }
    })?;
    let separator = of(receiver);
    let mut out = String::new();
    for (index, item) in items.iter().enumerate() {
        let Value::Str(item) = item else {
            let kind = item.type_name();
            let message = format!("sequence item {index}: expected str instance, {kind} found");
            return Err(Error::type_error(message));
        };
        if index > 0 {
            out.push_str(separator);
        }
        out.push_str(item);
        if out.len() > interpreter.limits().string_bytes {
            break;
        }
    }
    interpreter.new_text(out)
}

fn strip_method(
    interpreter: &mut Interpreter<'_>,
    receiver: &Value,
    args: Args,
    name: &str,
    sides: (bool, bool),
) -> Result<Value, Error> {
    let args = args.only_positional(name, 0, 1)?;
    let stripped = strip(of(receiver), args.first(), sides)
        .ok_or_else(|| Error::type_error(format!("{name} arg must be None or str")))?;
    if stripped.len() == of(receiver).len() {
        return Ok(receiver.clone());
    }
    interpreter.charge_bytes(stripped.len())?;
    Ok(Value::str(stripped))
}

/// Without the characters (or white space) at its ends; nothing when `characters` is no text.
pub(in crate::jinja) fn strip<'t>(
    text: &'t str,
    characters: Option<&Value>,
    (start, end): (bool, bool),
) -> Option<&'t str> {
    let set: Option<Vec<char>> = match characters {
        None | Some(Value::None) => None,
        Some(Value::Str(characters)) => Some(characters.chars().collect()),
        Some(_) => return None,
    };
    let strips = |character: char| set.as_ref().map_or_else(|| is_space(character), |set| set.contains(&character));
    let text = if start { text.trim_start_matches(strips) } else { text };
    Some(if end { text.trim_end_matches(strips) } else { text })
}

fn remove(
    interpreter: &mut Interpreter<'_>,
    receiver: &Value,
    args: Args,
    name: &str,
    cut: for<'t> fn(&'t str, &str) -> Option<&'t str>,
) -> Result<Value, Error> {
    let args = args.only_positional(name, 1, 1)?;
    let text = of(receiver);
    let part = text_argument(args.first(), name)?;
    let Some(rest) = cut(text, part) else { return Ok(receiver.clone()) };
    interpreter.charge_bytes(rest.len())?;
    Ok(Value::str(rest))
}

/// An argument that is to be text.
pub(super) fn text_argument<'a>(value: Option<&'a Value>, function: &str) -> Result<&'a str, Error> {
    let value = value.unwrap_or(&Value::None);
    value
        .as_str()
        .ok_or_else(|| Error::type_error(format!("{function}() argument must be str, not {}", value.type_name())))
}

fn replace_method(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let args = args.only_positional("replace", 2, 3)?;
    let argument = |index: usize| {
        let value = args.get(index).unwrap_or(&Value::None);
        value.as_str().ok_or_else(|| {
            let kind = value.type_name();
            Error::type_error(format!("replace() argument {} must be str, not {kind}", index + 1))
        })
    };
    let count = integer(args.get(2))?.unwrap_or(-1);
    replace(interpreter, of(receiver), argument(0)?, argument(1)?, count)
}

/// At most `count` times; -1 is all.
pub(in crate::jinja) fn replace(
    interpreter: &mut Interpreter<'_>,
    text: &str,
    old: &str,
    new: &str,
    count: i64,
) -> Result<Value, Error> {
    let most = usize::try_from(count).unwrap_or(usize::MAX);
    let found = text.matches(old).take(most).count();
    interpreter.charge_bytes(
        (text.len() - (found * old.len()).min(text.len())).saturating_add(found.saturating_mul(new.len())),
    )?;
    if found == 0 {
        interpreter.charge_walk(text.len() / 8)?;
        return Ok(Value::str(text));
    }
    Ok(Value::from(text.replacen(old, new, most)))
}

pub(super) fn one_character_of(code: i64) -> Result<char, Error> {
    let character = u32::try_from(code).ok().and_then(char::from_u32);
    character.ok_or_else(|| Error::value_error("character mapping must be in range(0x110000)"))
}

fn zfill(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let args = args.only_positional("str.zfill", 1, 1)?;
    let width = usize::try_from(integer(args.first())?.unwrap_or(0)).unwrap_or(0);
    let text = of(receiver);
    let missing = width.saturating_sub(receiver.len().unwrap_or(0));
    interpreter.charge_bytes(text.len().saturating_add(missing))?;
    let sign = usize::from(text.starts_with(['+', '-']));
    let (sign, digits) = text.split_at(sign);
    Ok(Value::from(format!("{sign}{}{digits}", "0".repeat(missing))))
}
