//! `urlencode`.

use crate::jinja::error::Error;
use crate::jinja::interpreter::Interpreter;
use crate::jinja::methods::mapping_pairs;
use crate::jinja::value::{Args, Value};

/// A text as part of a URL, or pairs as a query.
pub(super) fn urlencode(interpreter: &mut Interpreter<'_>, value: &Value, _: Args) -> Result<Value, Error> {
    let is_pairs = matches!(value, Value::Dict(_) | Value::List(_) | Value::Tuple(_) | Value::View(_));
    if !is_pairs {
        let text = interpreter.text_of(value)?;
        return interpreter.new_text(quote(&text, false));
    }
    let mut out = String::new();
    for (key, item) in mapping_pairs(interpreter, value)? {
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(&quote(&interpreter.text_of(key.value())?, true));
        out.push('=');
        out.push_str(&quote(&interpreter.text_of(&item)?, true));
        interpreter.charge_bytes(out.len())?;
    }
    interpreter.new_text(out)
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
