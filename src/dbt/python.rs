//! How Python prints and judges plain values: dbt's hashes and messages hang on it.

use serde_json::Value;

/// `repr()`: `{'a': [1, 'it', None, True]}`.
pub(crate) fn repr(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number_text(number),
        Value::String(text) => text_repr(text),
        Value::Array(items) => format!("[{}]", items.iter().map(repr).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let entries: Vec<String> =
                map.iter().map(|(key, value)| format!("{}: {}", text_repr(key), repr(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// `str()`: as `repr()`, but a text is itself.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => repr(other),
    }
}

/// `type(value).__name__`
pub(crate) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

/// Whether `if value:` holds.
pub(crate) fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

fn number_text(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(value) if number.is_f64() => float_text(value),
        _ => number.to_string(),
    }
}

/// `repr()` of a float: shortest digits that read back, `1e+16` and `1e-05` with an exponent.
pub(crate) fn float_text(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    if value.is_nan() {
        return "nan".to_owned();
    }
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e16).contains(&size) {
        let text = format!("{value:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |rest| ('-', rest));
        return format!("{digits}e{sign}{exponent:0>2}");
    }
    let text = value.to_string();
    if text.contains('.') { text } else { format!("{text}.0") }
}

/// `repr()` of a text: single quotes unless it has some and no double ones.
pub(crate) fn text_repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if (c as u32) < 0x20 || c as u32 == 0x7f => write_escape(&mut out, "x", c as u32, 2),
            '\u{80}'..='\u{a0}' | '\u{ad}' => write_escape(&mut out, "x", c as u32, 2),
            '\u{2028}' | '\u{2029}' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{3000}' | '\u{2000}'..='\u{200a}' => {
                write_escape(&mut out, "u", c as u32, 4);
            }
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// `\x1f` or `\u2028`.
fn write_escape(out: &mut String, kind: &str, code: u32, width: usize) {
    out.push('\\');
    out.push_str(kind);
    let digits = format!("{code:x}");
    out.extend(std::iter::repeat_n('0', width.saturating_sub(digits.len())));
    out.push_str(&digits);
}

/// `json.dumps()`: a blank after `,` and `:`, everything beyond ASCII escaped.
pub(crate) fn json(value: &Value, sorted: bool) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number_text(number),
        Value::String(text) => json_text(text),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(|item| json(item, sorted)).collect::<Vec<_>>().join(", "))
        }
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            if sorted {
                entries.sort_by_key(|(key, _)| key.as_str());
            }
            let entries =
                entries.into_iter().map(|(key, value)| format!("{}: {}", json_text(key), json(value, sorted)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

fn json_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    for c in serde_json::Value::from(text).to_string().chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            let mut units = [0u16; 2];
            for unit in c.encode_utf16(&mut units) {
                write_escape(&mut out, "u", u32::from(*unit), 4);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_print_as_python_prints_them() {
        let table = [
            (json!(null), "None"),
            (json!({"a": [1, 2.0, "it's", true]}), r#"{'a': [1, 2.0, "it's", True]}"#),
            (json!("both ' and \""), r#"'both \' and "'"#),
            (json!("line\nbreak\\"), r"'line\nbreak\\'"),
            (json!(1e16), "1e+16"),
            (json!(0.00001), "1e-05"),
            (json!(1.5e-7), "1.5e-07"),
            (json!(0.1), "0.1"),
            (json!("é"), "'é'"),
            (json!("\u{a0}"), r"'\xa0'"),
        ];
        for (value, expected) in table {
            assert_eq!(repr(&value), expected);
        }
    }

    #[test]
    fn a_text_prints_itself_and_the_rest_as_repr() {
        assert_eq!(text(&json!("it's")), "it's");
        assert_eq!(text(&json!(["it"])), "['it']");
    }

    #[test]
    fn json_is_spaced_and_ascii() {
        assert_eq!(json(&json!({"b": [1, "é\n"], "a": 1.0}), false), r#"{"b": [1, "\u00e9\n"], "a": 1.0}"#);
        assert_eq!(json(&json!({"b": 1, "a": "𝄞"}), true), r#"{"a": "\ud834\udd1e", "b": 1}"#);
    }

    #[test]
    fn empty_things_are_false() {
        for value in [json!(null), json!(0), json!(0.0), json!(""), json!([]), json!({}), json!(false)] {
            assert!(!is_true(&value), "{value}");
        }
        assert!(is_true(&json!([0])));
    }
}
