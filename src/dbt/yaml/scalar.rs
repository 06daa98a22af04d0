//! What a plain scalar means: `PyYAML`'s implicit resolver, which is YAML 1.1 with its own twists
//! (`010` is 8, `12:30:45` is 45045, `1e3` is text). Dates are left to the parser crate.

use super::tree::YamlValue;

/// The value of a plain scalar that is no date; text stays text.
pub(super) fn resolve_plain(text: &str) -> YamlValue {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => YamlValue::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => YamlValue::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => YamlValue::Bool(false),
        _ => number(text).unwrap_or_else(|| YamlValue::Text(text.to_owned())),
    }
}

fn number(text: &str) -> Option<YamlValue> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let value = whole(digits).map(YamlValue::Int).or_else(|| float(text, digits).map(YamlValue::Float))?;
    Some(match value {
        YamlValue::Int(number) if negative => YamlValue::Int(-number),
        YamlValue::Float(number) if negative => YamlValue::Float(-number),
        other => other,
    })
}

/// `0b11`, `0x1f`, `017`, `1_000`, `12:30:45`.
fn whole(digits: &str) -> Option<i64> {
    let plain: String = digits.chars().filter(|c| *c != '_').collect();
    let starts_with_digit = digits.as_bytes().first()?.is_ascii_digit();
    if !starts_with_digit {
        return None;
    }
    if let Some(binary) = plain.strip_prefix("0b") {
        return i64::from_str_radix(binary, 2).ok();
    }
    if let Some(hexadecimal) = plain.strip_prefix("0x") {
        return i64::from_str_radix(hexadecimal, 16).ok();
    }
    if plain == "0" {
        return Some(0);
    }
    if let Some(octal) = plain.strip_prefix('0') {
        return octal.bytes().all(|b| matches!(b, b'0'..=b'7')).then(|| i64::from_str_radix(octal, 8).ok())?;
    }
    if plain.contains(':') {
        return sexagesimal(&plain);
    }
    plain.bytes().all(|b| b.is_ascii_digit()).then(|| plain.parse().ok())?
}

fn sexagesimal(plain: &str) -> Option<i64> {
    plain.split(':').enumerate().try_fold(0i64, |total, (index, part)| {
        let value: i64 = part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok())??;
        if index > 0 && (value > 59 || part.len() > 2) {
            return None;
        }
        total.checked_mul(60)?.checked_add(value)
    })
}

/// `685_230.15`, `.5`, `1.5e+3`, `.inf`, `.nan`: a dot is needed, and a sign in the exponent.
fn float(text: &str, digits: &str) -> Option<f64> {
    match digits {
        ".inf" | ".Inf" | ".INF" => return Some(f64::INFINITY),
        _ if matches!(text, ".nan" | ".NaN" | ".NAN") => return Some(f64::NAN),
        _ => {}
    }
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits, None),
    };
    let (before, after) = mantissa.split_once('.')?;
    let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let signed = exponent.is_none_or(|exponent| {
        exponent
            .strip_prefix(['+', '-'])
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
    });
    let leading = if before.is_empty() {
        text == digits && after.as_bytes().first()?.is_ascii_digit()
    } else {
        before.as_bytes().first()?.is_ascii_digit()
    };
    if !signed || !leading || !is_digits(before) || !is_digits(after) {
        return None;
    }
    let plain: String = digits.chars().filter(|c| *c != '_').collect();
    plain.parse().ok()
}
