//! The values of literals: Python's string escapes and numbers.

use num_bigint::BigInt;

/// A number as written.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::jinja) enum Number {
    Int(i64),
    Big(BigInt),
    Float(f64),
}

/// Longest integer literal, in digits; Python has the same bound.
const DIGITS: usize = 4300;

/// Reads what the lexer took for a number.
pub(in crate::jinja) fn number(text: &str) -> Result<Number, String> {
    let text = text.replace('_', "");
    let radix = match text.as_bytes() {
        [b'0', b'b' | b'B', ..] => 2,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'x' | b'X', ..] => 16,
        _ if text.contains(['.', 'e', 'E']) => {
            return text.parse().map(Number::Float).map_err(|_| format!("invalid number {text}"));
        }
        _ => 10,
    };
    let digits = if radix == 10 { text.as_str() } else { text.get(2..).unwrap_or("") };
    if let Ok(small) = i64::from_str_radix(digits, radix) {
        return Ok(Number::Int(small));
    }
    if digits.len() > DIGITS {
        return Err(format!("Exceeds the limit ({DIGITS} digits) for integer string conversion"));
    }
    BigInt::parse_bytes(digits.as_bytes(), radix).map(Number::Big).ok_or_else(|| format!("invalid number {text}"))
}

/// Reads a quoted string, with Python's escapes; an unknown escape stays as it is.
pub(in crate::jinja) fn string(quoted: &str) -> Result<String, String> {
    let body = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or("");
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(backslash) = rest.find('\\') {
        out.push_str(rest.get(..backslash).unwrap_or(""));
        let escape = rest.get(backslash + 1..).unwrap_or("");
        rest = escape.get(push_escape(escape, &mut out)?..).unwrap_or("");
    }
    out.push_str(rest);
    Ok(out)
}

/// Appends what the escape (after its backslash) stands for; returns the length that it takes.
fn push_escape(escape: &str, out: &mut String) -> Result<usize, String> {
    let Some(first) = escape.chars().next() else {
        return Err("\\ at end of string".to_owned());
    };
    let plain = match first {
        '\n' => return Ok(1),
        '\\' | '\'' | '"' => first,
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        '0'..='7' => {
            let digits = escape.bytes().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
            let code = escape.get(..digits).and_then(|octal| u32::from_str_radix(octal, 8).ok());
            out.extend(code.and_then(char::from_u32));
            return Ok(digits);
        }
        'x' => return push_code(escape, 2, "truncated \\xXX escape", out),
        'u' => return push_code(escape, 4, "truncated \\uXXXX escape", out),
        'U' => return push_code(escape, 8, "truncated \\UXXXXXXXX escape", out),
        'N' => return Err("malformed \\N character escape".to_owned()),
        _ => {
            out.push('\\');
            out.push(first);
            return Ok(first.len_utf8());
        }
    };
    out.push(plain);
    Ok(1)
}

fn push_code(escape: &str, digits: usize, complaint: &str, out: &mut String) -> Result<usize, String> {
    let code = escape
        .get(1..=digits)
        .filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .and_then(|code| u32::from_str_radix(code, 16).ok())
        .ok_or_else(|| complaint.to_owned())?;
    // A lone surrogate has no place in UTF-8; Python keeps it until it is printed.
    out.push(char::from_u32(code).ok_or("illegal Unicode character")?);
    Ok(digits + 1)
}
