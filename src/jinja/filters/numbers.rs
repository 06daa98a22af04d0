//! Filters on numbers.

use num_bigint::BigInt;
use num_traits::{FromPrimitive, Signed};

use crate::jinja::error::{Error, ErrorKind};
use crate::jinja::interpreter::Interpreter;
use crate::jinja::lexer::is_space;
use crate::jinja::value::{Args, Number, Value};

pub(super) fn abs(_: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    args.none("abs")?;
    match Number::of(value) {
        Some(Number::Float(number)) => Ok(Value::Float(number.abs())),
        Some(number) => Ok(number.to_big().map_or(Value::None, |number| Value::big(number.abs()))),
        None => Err(Error::type_error(format!("bad operand type for abs(): '{}'", value.type_name()))),
    }
}

/// The error for a value that is no number.
fn used(value: &Value, message: impl Fn() -> String) -> Error {
    match value {
        Value::Undefined(undefined) => Error::undefined(undefined.message()),
        _ => Error::type_error(message()),
    }
}

/// Longest text that is read as a number; Python's bound.
const DIGITS: usize = 4300;

/// Python's `int(text, base)`.
fn parse_int(text: &str, base: u32) -> Option<BigInt> {
    let text = text.trim_matches(is_space);
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let lower = digits.get(..2).map(str::to_ascii_lowercase);
    let prefix = match lower.as_deref() {
        Some("0b") => Some(2),
        Some("0o") => Some(8),
        Some("0x") => Some(16),
        _ => None,
    };
    let (base, digits) = match (base, prefix) {
        (0, Some(prefix)) => (prefix, digits.get(2..)?),
        (0, None) => (10, digits),
        (base, Some(prefix)) if base == prefix => (base, digits.get(2..)?.trim_start_matches('_')),
        _ => (base, digits),
    };
    let underscores = digits.starts_with('_') || digits.ends_with('_') || digits.contains("__");
    if underscores || digits.len() > DIGITS || !(2..=36).contains(&base) {
        return None;
    }
    let digits = digits.replace('_', "");
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(base)) {
        return None;
    }
    let number = BigInt::parse_bytes(digits.as_bytes(), base)?;
    Some(if negative { -number } else { number })
}

/// Python's `float(text)`.
fn parse_float(text: &str) -> Option<f64> {
    let text = text.trim_matches(is_space);
    if text.starts_with('_') || text.ends_with('_') || text.contains("__") {
        return None;
    }
    let text = text.replace('_', "").to_ascii_lowercase();
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(&text);
    if !(unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        || matches!(unsigned, "inf" | "infinity" | "nan"))
    {
        return None;
    }
    text.parse().ok()
}

fn whole(number: f64) -> Option<Value> {
    if number.is_finite() { BigInt::from_f64(number.trunc()).map(Value::big) } else { None }
}

pub(super) fn int(_: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    let [default, base] = args.bind("do_int", ["default", "base"], 0)?;
    let default = default.unwrap_or(Value::Int(0));
    let base = base.as_ref().and_then(Value::as_int).and_then(|base| u32::try_from(base).ok()).unwrap_or(10);
    if let Value::Undefined(undefined) = value {
        return Err(Error::undefined(undefined.message()));
    }
    Ok(match value {
        Value::Str(text) => match parse_int(text, base) {
            Some(number) => Value::big(number),
            None => parse_float(text).and_then(whole).unwrap_or(default),
        },
        Value::Bool(flag) => Value::Int(i64::from(*flag)),
        Value::Int(_) | Value::BigInt(_) => value.clone(),
        Value::Float(number) if number.is_infinite() => {
            return Err(Error::new(ErrorKind::Overflow, "cannot convert float infinity to integer"));
        }
        Value::Float(number) => whole(*number).unwrap_or(default),
        _ => default,
    })
}

pub(super) fn float(_: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    let [default] = args.bind("do_float", ["default"], 0)?;
    let default = default.unwrap_or(Value::Float(0.0));
    match value {
        Value::Undefined(undefined) => Err(Error::undefined(undefined.message())),
        Value::Str(text) => Ok(parse_float(text).map_or(default, Value::Float)),
        _ => match Number::of(value) {
            Some(number) => number.to_float().map(Value::Float),
            None => Ok(default),
        },
    }
}

pub(super) fn round(interpreter: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    let [precision, method] = args.bind("do_round", ["precision", "method"], 0)?;
    let precision = precision.as_ref().and_then(Value::as_int).unwrap_or(0).clamp(-400, 400);
    let method = method.as_ref().map_or("common", |method| method.as_str().unwrap_or(""));
    let number = Number::of(value).ok_or_else(|| {
        let kind = value.type_name();
        match method {
            "common" => Error::type_error(format!("type {kind} doesn't define __round__ method")),
            _ => used(value, || format!("must be real number, not {kind}")),
        }
    });
    match method {
        "common" => match number? {
            Number::Float(number) => Ok(Value::Float(round_float(number, precision))),
            whole => round_whole(interpreter, &whole.to_big().unwrap_or_default(), precision),
        },
        method @ ("ceil" | "floor") => {
            let scale = 10_f64.powi(precision as i32);
            let scaled = number?.to_float()? * scale;
            // Python's are integers, which have no negative zero.
            let whole = if method == "ceil" { scaled.ceil() } else { scaled.floor() } + 0.0;
            Ok(Value::Float(whole / scale))
        }
        _ => Err(Error::new(ErrorKind::Other, "method must be common, ceil or floor")),
    }
}

/// Half to even on the exact decimal value, as Python's `round`.
fn round_float(number: f64, precision: i64) -> f64 {
    if !number.is_finite() {
        return number;
    }
    let Ok(precision) = usize::try_from(precision) else {
        let scale = 10_f64.powi(-precision as i32);
        return (number / scale).round_ties_even() * scale;
    };
    format!("{number:.precision$}").parse().unwrap_or(number)
}

fn round_whole(interpreter: &mut Interpreter<'_>, number: &BigInt, precision: i64) -> Result<Value, Error> {
    if precision >= 0 {
        return Ok(Value::big(number.clone()));
    }
    interpreter.charge(16)?;
    let scale = BigInt::from(10).pow(precision.unsigned_abs() as u32);
    let remainder = ((number % &scale) + &scale) % &scale;
    let floor = number - &remainder;
    let twice: BigInt = remainder * 2;
    let odd = (&floor / &scale) % 2 != BigInt::default();
    let up = twice > scale || twice == scale && odd;
    Ok(Value::big(if up { floor + scale } else { floor }))
}

pub(super) fn filesizeformat(_: &mut Interpreter<'_>, value: &Value, args: Args) -> Result<Value, Error> {
    let [binary] = args.bind("do_filesizeformat", ["binary"], 0)?;
    let binary = binary.is_some_and(|binary| binary.truthy());
    let bytes = match value {
        Value::Str(text) => parse_float(text),
        _ => value.to_float(),
    };
    let bytes = bytes.ok_or_else(|| {
        let kind = value.type_name();
        match value {
            Value::Str(_) => Error::value_error(format!("could not convert string to float: {}", value.repr())),
            _ => used(value, || format!("float() argument must be a string or a real number, not '{kind}'")),
        }
    })?;
    let base: f64 = if binary { 1024.0 } else { 1000.0 };
    if bytes < base {
        let plural = if value.equals(&Value::Int(1)) { "" } else { "s" };
        return Ok(Value::from(format!("{:.0} Byte{plural}", bytes.trunc())));
    }
    let units = ["k", "M", "G", "T", "P", "E", "Z", "Y"];
    let mut unit = base;
    let mut name = "k";
    for next in units {
        name = next;
        unit *= base;
        if bytes < unit {
            break;
        }
    }
    let amount = base * bytes / unit;
    let name = if binary { format!("{}iB", if name == "k" { "K" } else { name }) } else { format!("{name}B") };
    Ok(Value::from(format!("{amount:.1} {name}")))
}
