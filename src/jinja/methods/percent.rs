//! `'%s and %d' % values`.

use num_bigint::BigInt;
use num_traits::Signed;

use super::spec::{character, fixed, general, scientific};
use crate::jinja::error::{Error, ErrorKind};
use crate::jinja::interpreter::Interpreter;
use crate::jinja::value::repr::push;
use crate::jinja::value::{Number, Value};

/// What stands between `%` and the code.
#[derive(Debug, Default)]
struct Field {
    left: bool,
    sign: bool,
    blank: bool,
    zero: bool,
    alternate: bool,
    width: usize,
    precision: Option<usize>,
}

/// Where the values come from: a tuple in turn, or one value (for names, a mapping).
struct Source<'v> {
    values: &'v Value,
    next: usize,
}

impl Source<'_> {
    fn next(&mut self) -> Result<Value, Error> {
        let value = match self.values {
            Value::Tuple(items) => items.get(self.next).cloned(),
            single => (self.next == 0).then(|| single.clone()),
        };
        self.next += 1;
        value.ok_or_else(|| Error::type_error("not enough arguments for format string"))
    }

    fn named(&self, name: &str) -> Result<Value, Error> {
        let missing = || Error::new(ErrorKind::Key, Value::str(name).repr());
        match self.values {
            Value::Dict(dict) => dict.borrow().get_str(name).cloned().ok_or_else(missing),
            Value::Object(object) if object.is_mapping() => object.get_item(&Value::str(name)).ok_or_else(missing),
            Value::List(_) => Err(Error::type_error("list indices must be integers or slices, not str")),
            Value::Range(_) => Err(Error::type_error("range indices must be integers or slices, not str")),
            Value::Undefined(undefined) => Err(Error::undefined(undefined.message())),
            _ => Err(Error::type_error("format requires a mapping")),
        }
    }

    /// Everything was used, unless names were.
    fn is_used_up(&self) -> bool {
        match self.values {
            Value::Tuple(items) => self.next >= items.len(),
            Value::Dict(_) | Value::List(_) => true,
            Value::Object(object) if object.is_mapping() => true,
            _ => self.next > 0,
        }
    }
}

/// Python's `format % values`.
pub(in crate::jinja) fn format(
    interpreter: &mut Interpreter<'_>,
    format: &str,
    values: &Value,
) -> Result<Value, Error> {
    let mut source = Source { values, next: 0 };
    let mut out = String::with_capacity(format.len());
    let mut rest = format;
    let mut any_name = false;
    while let Some(percent) = rest.find('%') {
        out.push_str(rest.get(..percent).unwrap_or(""));
        rest = rest.get(percent + 1..).unwrap_or("");
        let mut named = None;
        if let Some(inside) = rest.strip_prefix('(') {
            let end = closing(inside).ok_or_else(|| Error::value_error("incomplete format key"))?;
            named = Some(source.named(inside.get(..end).unwrap_or(""))?);
            any_name = true;
            rest = inside.get(end + 1..).unwrap_or("");
        }
        if let (None, Some(after)) = (&named, rest.strip_prefix('%')) {
            out.push('%');
            rest = after;
            continue;
        }
        let (field, after) = field(rest, &mut source)?;
        let Some(code) = after.chars().next() else { return Err(Error::value_error("incomplete format")) };
        rest = after.get(code.len_utf8()..).unwrap_or("");
        interpreter.charge(8)?;
        interpreter.charge_bytes(field.width.saturating_add(field.precision.unwrap_or(0)))?;
        let value = match named {
            Some(value) => value,
            None => source.next()?,
        };
        if !"diouxXeEfFgGcrsa".contains(code) {
            let index = format.len() - rest.len() - code.len_utf8();
            let message = format!("unsupported format character '{code}' ({:#x}) at index {index}", u32::from(code));
            return Err(Error::value_error(message));
        }
        write(interpreter, &mut out, &field, code, &value)?;
        if out.len() > interpreter.limits().string_bytes {
            break;
        }
    }
    out.push_str(rest);
    if !any_name && !source.is_used_up() {
        return Err(Error::type_error("not all arguments converted during string formatting"));
    }
    interpreter.new_text(out)
}

/// The end of `%(name)`; brackets in a name are in pairs.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 1;
    text.char_indices().find_map(|(index, character)| {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(index)
    })
}

fn field<'f>(text: &'f str, source: &mut Source<'_>) -> Result<(Field, &'f str), Error> {
    let mut field = Field::default();
    let mut rest = text;
    while let Some(flag) = rest.chars().next().filter(|flag| "-+ 0#".contains(*flag)) {
        match flag {
            '-' => field.left = true,
            '+' => field.sign = true,
            ' ' => field.blank = true,
            '0' => field.zero = true,
            _ => field.alternate = true,
        }
        rest = rest.get(1..).unwrap_or("");
    }
    let (width, after) = amount(rest, source)?;
    field.left |= width < 0;
    field.width = usize::try_from(width.unsigned_abs()).unwrap_or(usize::MAX);
    rest = after;
    if let Some(after) = rest.strip_prefix('.') {
        let (precision, after) = amount(after, source)?;
        field.precision = Some(usize::try_from(precision).unwrap_or(0));
        rest = after;
    }
    rest = rest.trim_start_matches(['h', 'l', 'L']);
    Ok((field, rest))
}

/// Digits, or `*` for the next value.
fn amount<'f>(text: &'f str, source: &mut Source<'_>) -> Result<(i64, &'f str), Error> {
    const MOST: i64 = 60_000;
    let (amount, rest) = if let Some(rest) = text.strip_prefix('*') {
        let value = source.next()?;
        (value.as_int().ok_or_else(|| Error::type_error("* wants int"))?, rest)
    } else {
        let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
        let (digits, rest) = text.split_at(end);
        (if digits.is_empty() { 0 } else { digits.parse().unwrap_or(i64::MAX) }, rest)
    };
    if amount.unsigned_abs() > MOST.unsigned_abs() {
        return Err(Error::limit(format!("a field is wider than {MOST}")));
    }
    Ok((amount, rest))
}

/// What is no ASCII in a `repr`, as Python's `ascii()` writes it.
fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match u32::from(character) {
            0..=0x7f => out.push(character),
            code @ 0x80..=0xff => push(&mut out, format_args!("\\x{code:02x}")),
            code @ 0x100..=0xffff => push(&mut out, format_args!("\\u{code:04x}")),
            code => push(&mut out, format_args!("\\U{code:08x}")),
        }
    }
    out
}

fn write(
    interpreter: &mut Interpreter<'_>,
    out: &mut String,
    field: &Field,
    code: char,
    value: &Value,
) -> Result<(), Error> {
    let (sign, body) = match code {
        's' | 'r' | 'a' => {
            let text = if code == 's' { interpreter.text_of(value)? } else { interpreter.repr_of(value)? };
            let text = if code == 'a' { ascii(&text).into() } else { text };
            let text: String = text.chars().take(field.precision.unwrap_or(usize::MAX)).collect();
            out.push_str(&padded(field, "", &text, false));
            return Ok(());
        }
        'c' => {
            let text = match value {
                Value::Str(text) if text.chars().count() == 1 => text.as_ref().to_owned(),
                _ => match value.as_int() {
                    Some(code) => character(&BigInt::from(code))?.to_string(),
                    None => return Err(Error::type_error("%c requires int or char")),
                },
            };
            out.push_str(&padded(field, "", &text, false));
            return Ok(());
        }
        _ => numeric(field, code, value)?,
    };
    out.push_str(&padded(field, &sign, &body, field.zero && !field.left));
    Ok(())
}

/// Sign (with a prefix like `0x`) and digits.
fn numeric(field: &Field, code: char, value: &Value) -> Result<(String, String), Error> {
    if let (Value::Undefined(undefined), 'd' | 'i' | 'u' | 'e' | 'f' | 'g') = (value, code.to_ascii_lowercase()) {
        return Err(Error::undefined(undefined.message()));
    }
    let number = Number::of(value).ok_or_else(|| {
        let kind = value.type_name();
        Error::type_error(if matches!(code, 'd' | 'i' | 'u') {
            format!("%{code} format: a real number is required, not {kind}")
        } else if matches!(code, 'o' | 'x' | 'X') {
            format!("%{code} format: an integer is required, not {kind}")
        } else {
            format!("must be real number, not {kind}")
        })
    })?;
    let (negative, prefix, body) = match code {
        'd' | 'i' | 'u' | 'o' | 'x' | 'X' => {
            if matches!(code, 'o' | 'x' | 'X') && matches!(number, Number::Float(_)) {
                return Err(Error::type_error(format!("%{code} format: an integer is required, not float")));
            }
            let whole = number.to_big().ok_or_else(|| Error::value_error("cannot convert float NaN to integer"))?;
            let magnitude = whole.abs();
            let (prefix, digits) = match code {
                'o' => ("0o", magnitude.to_str_radix(8)),
                'x' => ("0x", magnitude.to_str_radix(16)),
                'X' => ("0X", magnitude.to_str_radix(16).to_uppercase()),
                _ => ("", magnitude.to_string()),
            };
            let digits = format!("{digits:0>width$}", width = field.precision.unwrap_or(0));
            (whole.is_negative(), if field.alternate { prefix } else { "" }, digits)
        }
        _ => {
            let float = number.to_float()?;
            let precision = field.precision.unwrap_or(6);
            let digits = match code.to_ascii_lowercase() {
                'f' => fixed(float.abs(), precision),
                'e' => scientific(float.abs(), precision),
                _ => general(float.abs(), precision, field.alternate, 0),
            };
            let digits = if code.is_ascii_uppercase() { digits.to_uppercase() } else { digits };
            (float.is_sign_negative() && !float.is_nan(), "", digits)
        }
    };
    let sign = if negative {
        "-"
    } else if field.sign {
        "+"
    } else if field.blank {
        " "
    } else {
        ""
    };
    Ok((format!("{sign}{prefix}"), body))
}

fn padded(field: &Field, sign: &str, body: &str, zeros: bool) -> String {
    let missing = field.width.saturating_sub(sign.chars().count() + body.chars().count());
    if zeros {
        format!("{sign}{}{body}", "0".repeat(missing))
    } else if field.left {
        format!("{sign}{body}{}", " ".repeat(missing))
    } else {
        format!("{}{sign}{body}", " ".repeat(missing))
    }
}
