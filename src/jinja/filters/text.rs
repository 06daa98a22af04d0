//! Filters on text.

use crate::jinja::error::{Error, ErrorKind};
use crate::jinja::interpreter::Interpreter;
use crate::jinja::methods::{self, percent};
use crate::jinja::value::{Args, Dict, Key, Value};

fn changed(interpreter: &mut Interpreter<'_>, value: &Value, change: impl Fn(&str) -> String) -> Result<Value, Error> {
    let text = interpreter.text_of(value)?;
    interpreter.charge_bytes(text.len())?;
    interpreter.new_text(change(&text))
}

pub(super) fn lower(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    args.none("do_lower")?;
    changed(interpreter, value, str::to_lowercase)
}

pub(super) fn upper(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    args.none("do_upper")?;
    changed(interpreter, value, str::to_uppercase)
}

pub(super) fn capitalize(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    args.none("do_capitalize")?;
    changed(interpreter, value, methods::text::capitalize)
}

/// Words start after white space, a hyphen or an opening bracket.
pub(super) fn title(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    args.none("do_title")?;
    changed(interpreter, value, |text| {
        let mut out = String::with_capacity(text.len());
        let mut starts = true;
        for character in text.chars() {
            if starts {
                out.extend(character.to_uppercase());
            } else {
                out.extend(character.to_lowercase());
            }
            starts = crate::jinja::lexer::is_space(character) || "-({[<".contains(character);
        }
        out
    })
}

pub(super) fn escape(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    args.none("do_escape")?;
    changed(interpreter, value, escaped)
}

/// With what means something in HTML written as entities.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\'' => out.push_str("&#39;"),
            '"' => out.push_str("&#34;"),
            _ => out.push(character),
        }
    }
    out
}

/// Without tags and comments; white space becomes single blanks.
pub(super) fn striptags(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    args.none("do_striptags")?;
    changed(interpreter, value, |text| {
        let mut plain = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(open) = rest.find('<') {
            let tail = rest.get(open..).unwrap_or("");
            let end = if tail.starts_with("<!--") {
                tail.find("-->").map(|at| at + 3)
            } else {
                tail.find('>').map(|at| at + 1)
            };
            let Some(end) = end else { break };
            plain.push_str(rest.get(..open).unwrap_or(""));
            rest = tail.get(end..).unwrap_or("");
        }
        plain.push_str(rest);
        let words: Vec<&str> = plain.split(crate::jinja::lexer::is_space).filter(|word| !word.is_empty()).collect();
        words
            .join(" ")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&#39;", "'")
            .replace("&#34;", "\"")
            .replace("&amp;", "&")
    })
}

pub(super) fn trim(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    let [characters] = args.bind("do_trim", ["chars"], 0)?;
    let text = interpreter.text_of(value)?;
    let trimmed = methods::text::strip(&text, characters.as_ref(), (true, true))
        .ok_or_else(|| Error::type_error("strip arg must be None or str"))?;
    if trimmed.len() == text.len() {
        return Ok(Value::Str(text));
    }
    interpreter.charge_bytes(trimmed.len())?;
    Ok(Value::str(trimmed))
}

pub(super) fn replace(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    let [old, new, count] = args.bind("do_replace", ["old", "new", "count"], 2)?;
    let text = interpreter.text_of(value)?;
    let old = interpreter.text_of(&old.unwrap_or_default())?;
    let new = interpreter.text_of(&new.unwrap_or_default())?;
    let count = count.as_ref().and_then(Value::as_int).unwrap_or(-1);
    methods::text::replace(interpreter, &text, &old, &new, count)
}

pub(super) fn format(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    if !args.positional.is_empty() && !args.keyword.is_empty() {
        let message = "can't handle positional and keyword arguments at the same time";
        return Err(Error::new(ErrorKind::Other, message));
    }
    let text = interpreter.text_of(value)?;
    let values = if args.keyword.is_empty() {
        Value::tuple(args.positional)
    } else {
        Value::dict(args.keyword.into_iter().map(|(key, value)| (Key::from(key), value)).collect::<Dict>())
    };
    percent::format(interpreter, &text, &values)
}

pub(super) fn indent(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    let [width, first, blank] = args.bind("do_indent", ["width", "first", "blank"], 0)?;
    let indention = match width {
        Some(Value::Str(text)) => text.as_ref().to_owned(),
        Some(Value::None) => {
            return Err(Error::type_error("can't multiply sequence by non-int of type 'NoneType'"));
        }
        Some(width) => {
            let width = methods::integer(Some(&width))?.unwrap_or(0);
            let width = usize::try_from(width).unwrap_or(0);
            interpreter.charge_bytes(width)?;
            " ".repeat(width)
        }
        None => "    ".to_owned(),
    };
    let (first, blank) = (first.is_some_and(|first| first.truthy()), blank.is_some_and(|blank| blank.truthy()));
    let Value::Str(text) = value else { return Err(no_text_to_indent(value)) };
    // The added line end makes a last empty line count.
    let text = format!("{text}\n");
    let lines = methods::lines(&text, false);
    interpreter.charge_bytes(text.len().saturating_add(lines.len().saturating_mul(indention.len())))?;
    let mut out = String::new();
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        if if index == 0 { first } else { blank || !line.is_empty() } {
            out.push_str(&indention);
        }
        out.push_str(line);
    }
    Ok(Value::from(out))
}

/// What Python's `value += "\n"` and `splitlines` say.
fn no_text_to_indent(value: &Value) -> Error {
    let kind = value.type_name();
    match value {
        Value::Undefined(undefined) => Error::undefined(undefined.message()),
        Value::List(_) => no_attribute(value, "splitlines"),
        Value::Tuple(_) => Error::type_error("can only concatenate tuple (not \"str\") to tuple"),
        _ => Error::type_error(format!("unsupported operand type(s) for +=: '{kind}' and 'str'")),
    }
}

/// Python's complaint about a missing attribute.
pub(super) fn no_attribute(value: &Value, name: &str) -> Error {
    match value {
        Value::Undefined(undefined) => Error::undefined(undefined.message()),
        _ => Error::new(ErrorKind::Attribute, format!("'{}' object has no attribute '{name}'", value.type_name())),
    }
}

pub(super) fn center(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    let [width] = args.bind("do_center", ["width"], 0)?;
    let text = Value::Str(interpreter.text_of(value)?);
    interpreter.call_method(&text, "center", Args::positional(vec![width.unwrap_or(Value::Int(80))]))
}

pub(super) fn truncate(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    let [length, kill_words, end, leeway] = args.bind("do_truncate", ["length", "killwords", "end", "leeway"], 0)?;
    let number = |value: Option<Value>, otherwise: usize| {
        let value = value.as_ref().and_then(Value::as_int);
        value.map_or(otherwise, |value| usize::try_from(value).unwrap_or(0))
    };
    let (length, leeway) = (number(length, 255), number(leeway, 5));
    let end = interpreter.text_of(&end.unwrap_or_else(|| Value::from("...")))?;
    let end_length = end.chars().count();
    if length < end_length {
        return Err(Error::new(ErrorKind::Other, format!("expected length >= {end_length}, got {length}")));
    }
    if super::sequences::length_of(value)? <= length.saturating_add(leeway) {
        return Ok(value.clone());
    }
    let Value::Str(text) = value else { return Err(no_attribute(value, "rsplit")) };
    let cut: String = text.chars().take(length - end_length).collect();
    let cut = if kill_words.is_some_and(|kill| kill.truthy()) {
        cut.as_str()
    } else {
        cut.rsplit_once(' ').map_or(cut.as_str(), |(before, _)| before)
    };
    interpreter.new_text(format!("{cut}{end}"))
}

pub(super) fn wordcount(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    args.none("do_wordcount")?;
    let text = interpreter.text_of(value)?;
    interpreter.charge_walk(text.len() / 8)?;
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let words = text.split(|character| !is_word(character)).filter(|word| !word.is_empty()).count();
    Ok(Value::Int(words as i64))
}
