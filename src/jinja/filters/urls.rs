//! `urlencode`.

use crate::jinja::error::Error;
use crate::jinja::interpreter::{Interpreter, Items};
use crate::jinja::value::{Args, Value};

/// A text as part of a URL, or pairs as a query.
pub(super) fn urlencode(interpreter: &mut Interpreter<'_>, value: &Value, _: Args) -> Result<Value, Error> {
    if matches!(value, Value::Str(_)) || Items::of(value).is_err() {
        let text = interpreter.text_of(value)?;
        return interpreter.new_text(quote(&text, false));
    }
    let mut out = String::new();
    for (key, item) in pairs(interpreter, value)? {
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(&quote(&interpreter.text_of(&key)?, true));
        out.push('=');
        out.push_str(&quote(&interpreter.text_of(&item)?, true));
        interpreter.charge_bytes(out.len())?;
    }
    interpreter.new_text(out)
}

fn pairs(interpreter: &mut Interpreter<'_>, value: &Value) -> Result<Vec<(Value, Value)>, Error> {
    if let Value::Dict(dict) = value {
        return Ok(dict.borrow().iter().map(|(key, item)| (key.clone(), item.clone())).collect());
    }
    let unpacked = |interpreter: &mut Interpreter<'_>, pair: &Value| {
        if Items::of(pair).is_err() {
            let kind = pair.type_name();
            return Err(Error::type_error(format!("cannot unpack non-iterable {kind} object")));
        }
        <[Value; 2]>::try_from(interpreter.collect(pair)?).map(|[key, item]| (key, item)).map_err(|items| {
            let length = items.len();
            Error::value_error(if length > 2 {
                "too many values to unpack (expected 2)".to_owned()
            } else {
                format!("not enough values to unpack (expected 2, got {length})")
            })
        })
    };
    interpreter.collect(value)?.iter().map(|pair| unpacked(interpreter, pair)).collect()
}

fn quote(text: &str, in_query: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' | b'-' | b'~' => out.push(char::from(byte)),
            b'/' if !in_query => out.push('/'),
            b' ' if in_query => out.push('+'),
            _ => {
                let digits = [byte >> 4, byte & 15].map(|digit| char::from_digit(u32::from(digit), 16));
                out.push('%');
                out.extend(digits.into_iter().flatten().map(|digit| digit.to_ascii_uppercase()));
            }
        }
    }
    out
}
