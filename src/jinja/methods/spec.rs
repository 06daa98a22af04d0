//! Python's format specifications: `{:>10}`, `{:05.2f}`, `{:,}`; and the digits of numbers, which `%`
//! formatting needs too.

use num_bigint::BigInt;
use num_traits::Signed;

use crate::jinja::error::{Error, ErrorKind};
use crate::jinja::interpreter::Interpreter;
use crate::jinja::value::{Number, Value, repr};

/// Most digits after the point, and widest field.
const MOST: usize = 60_000;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Spec {
    fill: Option<char>,
    align: Option<char>,
    sign: Option<char>,
    alternate: bool,
    zero: bool,
    width: usize,
    grouping: Option<char>,
    precision: Option<usize>,
    kind: Option<char>,
}

fn parse(spec: &str, kind: &str) -> Result<Spec, Error> {
    let characters: Vec<char> = spec.chars().collect();
    let mut parsed = Spec::default();
    let mut at = 0;
    let peek = |at: usize| characters.get(at).copied();
    let is_align = |character: Option<char>| matches!(character, Some('<' | '>' | '=' | '^'));
    if is_align(peek(1)) {
        (parsed.fill, parsed.align) = (peek(0), peek(1));
        at = 2;
    } else if is_align(peek(0)) {
        parsed.align = peek(0);
        at = 1;
    }
    if matches!(peek(at), Some('+' | '-' | ' ')) {
        parsed.sign = peek(at);
        at += 1;
    }
    if peek(at) == Some('#') {
        parsed.alternate = true;
        at += 1;
    }
    if peek(at) == Some('0') {
        parsed.zero = true;
        at += 1;
    }
    let digits = |at: &mut usize| -> Result<Option<usize>, Error> {
        let mut number: Option<usize> = None;
        while let Some(digit) = peek(*at).and_then(|character| character.to_digit(10)) {
            number = Some(number.unwrap_or(0).saturating_mul(10).saturating_add(digit as usize));
            *at += 1;
        }
        match number {
            Some(number) if number > MOST => Err(Error::limit(format!("a field is wider than {MOST}"))),
            number => Ok(number),
        }
    };
    parsed.width = digits(&mut at)?.unwrap_or(0);
    if matches!(peek(at), Some(',' | '_')) {
        parsed.grouping = peek(at);
        at += 1;
    }
    if peek(at) == Some('.') {
        at += 1;
        parsed.precision = digits(&mut at)?;
        if parsed.precision.is_none() {
            return Err(Error::value_error("Format specifier missing precision"));
        }
    }
    parsed.kind = peek(at);
    if characters.len() > at + usize::from(parsed.kind.is_some()) {
        let message = format!("Invalid format specifier '{spec}' for object of type '{kind}'");
        return Err(Error::value_error(message));
    }
    Ok(parsed)
}

/// Python's `format(value, spec)`.
pub(super) fn format(interpreter: &mut Interpreter<'_>, value: &Value, spec: &str) -> Result<String, Error> {
    if spec.is_empty() {
        return Ok(interpreter.text_of(value)?.as_ref().to_owned());
    }
    if let Value::Object(object) = value
        && let Some(result) = object.format(spec)
    {
        return result;
    }
    if let Value::Str(_) = value {
        let spec = parse(spec, "str")?;
        interpreter.charge_bytes(spec.width)?;
        return format_text(&interpreter.text_of(value)?, &spec);
    }
    let Some(number) = Number::of(value) else {
        let kind = value.type_name();
        return Err(Error::type_error(format!("unsupported format string passed to {kind}.__format__")));
    };
    let spec = parse(spec, value.type_name())?;
    interpreter.charge_bytes(spec.width.saturating_add(spec.precision.unwrap_or(0)))?;
    let (negative, prefix, digits) = match (&number, spec.kind) {
        (Number::Float(float), _) => float_digits(*float, &spec, value)?,
        (_, Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%')) => float_digits(number.to_float()?, &spec, value)?,
        _ => integer_digits(&number.to_big().unwrap_or_default(), &spec, value)?,
    };
    let sign = match (negative, spec.sign) {
        (true, _) => "-",
        (false, Some('+')) => "+",
        (false, Some(' ')) => " ",
        _ => "",
    };
    Ok(lay_out(&format!("{sign}{prefix}"), &digits, &spec))
}

fn unknown_code(code: char, value: &Value) -> Error {
    Error::value_error(format!("Unknown format code '{code}' for object of type '{}'", value.type_name()))
}

fn format_text(text: &str, spec: &Spec) -> Result<String, Error> {
    if let Some(code) = spec.kind.filter(|code| *code != 's') {
        return Err(unknown_code(code, &Value::str("")));
    }
    if spec.sign.is_some() {
        return Err(Error::value_error("Sign not allowed in string format specifier"));
    }
    if let Some(grouping) = spec.grouping {
        return Err(Error::value_error(format!("Cannot specify '{grouping}' with 's'.")));
    }
    if spec.align == Some('=') {
        return Err(Error::value_error("'=' alignment not allowed in string format specifier"));
    }
    let cut: String = text.chars().take(spec.precision.unwrap_or(usize::MAX)).collect();
    let zero = spec.zero.then_some('0');
    Ok(pad(&cut, spec.width, spec.fill.or(zero).unwrap_or(' '), spec.align.unwrap_or('<')))
}

/// `=` pads between the sign and the digits.
fn lay_out(sign: &str, digits: &str, spec: &Spec) -> String {
    let align = spec.align.unwrap_or(if spec.zero { '=' } else { '>' });
    let fill = spec.fill.unwrap_or(if spec.zero { '0' } else { ' ' });
    if align != '=' {
        let digits = group(digits, spec.grouping);
        return pad(&format!("{sign}{digits}"), spec.width, fill, align);
    }
    let mut body = group(digits, spec.grouping);
    if fill == '0' && spec.grouping.is_some() {
        let mut zeros = 0;
        while sign.chars().count() + body.chars().count() < spec.width {
            zeros += 1;
            body = group(&format!("{}{digits}", "0".repeat(zeros)), spec.grouping);
        }
    }
    let missing = spec.width.saturating_sub(sign.chars().count() + body.chars().count());
    format!("{sign}{}{body}", fill.to_string().repeat(missing))
}

fn pad(text: &str, width: usize, fill: char, align: char) -> String {
    let missing = width.saturating_sub(text.chars().count());
    let left = match align {
        '<' => 0,
        '^' => missing / 2,
        _ => missing,
    };
    let fill = fill.to_string();
    format!("{}{text}{}", fill.repeat(left), fill.repeat(missing - left))
}

/// Separates thousands in the digits before the point.
fn group(digits: &str, separator: Option<char>) -> String {
    let Some(separator) = separator else { return digits.to_owned() };
    let end = digits.find(|character: char| !character.is_ascii_digit()).unwrap_or(digits.len());
    let (whole, rest) = digits.split_at(end);
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            out.push(separator);
        }
        out.push(digit);
    }
    out.push_str(rest);
    out
}

fn integer_digits(number: &BigInt, spec: &Spec, value: &Value) -> Result<(bool, &'static str, String), Error> {
    if spec.precision.is_some() {
        return Err(Error::value_error("Precision not allowed in integer format specifier"));
    }
    let magnitude = number.abs();
    let (prefix, digits) = match spec.kind {
        None | Some('d' | 'n') => ("", magnitude.to_string()),
        Some('b') => ("0b", magnitude.to_str_radix(2)),
        Some('o') => ("0o", magnitude.to_str_radix(8)),
        Some('x') => ("0x", magnitude.to_str_radix(16)),
        Some('X') => ("0X", magnitude.to_str_radix(16).to_uppercase()),
        Some('c') => ("", character(number)?.to_string()),
        Some(code) => return Err(unknown_code(code, value)),
    };
    Ok((number.is_negative(), if spec.alternate { prefix } else { "" }, digits))
}

/// `%c` and `{:c}`.
pub(super) fn character(number: &BigInt) -> Result<char, Error> {
    let code = u32::try_from(number).ok().and_then(char::from_u32);
    code.ok_or_else(|| Error::new(ErrorKind::Overflow, "%c arg not in range(0x110000)"))
}

fn float_digits(number: f64, spec: &Spec, value: &Value) -> Result<(bool, &'static str, String), Error> {
    let negative = number.is_sign_negative() && !number.is_nan();
    let magnitude = number.abs();
    let precision = spec.precision.unwrap_or(6);
    let digits = match spec.kind {
        None => match spec.precision {
            None => repr::of_float(magnitude),
            Some(precision) => {
                let text = general(magnitude, precision.max(1), false, 1);
                if text.contains(['.', 'e', 'n']) { text } else { text + ".0" }
            }
        },
        Some('f' | 'F') => fixed(magnitude, precision),
        Some('e') => scientific(magnitude, precision),
        Some('E') => scientific(magnitude, precision).to_uppercase(),
        Some('g' | 'n') => general(magnitude, precision, spec.alternate, 0),
        Some('G') => general(magnitude, precision, spec.alternate, 0).to_uppercase(),
        Some('%') => fixed(magnitude * 100.0, precision) + "%",
        Some(code) => return Err(unknown_code(code, value)),
    };
    Ok((negative, "", digits))
}

fn not_finite(magnitude: f64) -> Option<String> {
    if magnitude.is_nan() {
        return Some("nan".to_owned());
    }
    magnitude.is_infinite().then(|| "inf".to_owned())
}

/// `%f`
pub(super) fn fixed(magnitude: f64, precision: usize) -> String {
    not_finite(magnitude).unwrap_or_else(|| format!("{magnitude:.*}", precision.min(MOST)))
}

/// `%e`
pub(super) fn scientific(magnitude: f64, precision: usize) -> String {
    if let Some(text) = not_finite(magnitude) {
        return text;
    }
    let text = format!("{magnitude:.*e}", precision.min(MOST));
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
    format!("{mantissa}e{sign}{exponent:0>2}")
}

/// `%g`; `shift` makes the switch to exponents come earlier, as without a type code.
pub(super) fn general(magnitude: f64, precision: usize, alternate: bool, shift: i32) -> String {
    if let Some(text) = not_finite(magnitude) {
        return text;
    }
    let precision = precision.clamp(1, MOST);
    let text = scientific(magnitude, precision - 1);
    let exponent: i32 = text.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0);
    let strip = |text: &str| {
        if alternate || !text.contains('.') {
            return text.to_owned();
        }
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    if (-4..precision as i32 - shift).contains(&exponent) || magnitude == 0.0 {
        return strip(&fixed(magnitude, usize::try_from(precision as i32 - 1 - exponent).unwrap_or(0)));
    }
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "+00"));
    format!("{}e{exponent}", strip(mantissa))
}
