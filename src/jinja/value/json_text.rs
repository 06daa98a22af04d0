//! Python's `json.dumps`, byte for byte: `, ` and `: ` between, ASCII only.

use super::json::json_key;
use super::{Value, repr};
use crate::jinja::error::Error;

/// How `json.dumps` is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JsonStyle {
    pub sort_keys: bool,
    /// Blanks for each level; nothing is all on one line.
    pub indent: Option<usize>,
}

/// Deeper nesting than Python's `json` bears.
const DEPTH: usize = 200;

impl Value {
    /// Python's `json.dumps(value, ...)`. Fails for what JSON has no form for, and when the text is
    /// longer than `limit` bytes.
    pub fn json_text(&self, style: JsonStyle, limit: usize) -> Result<String, Error> {
        let mut writer = Writer { out: String::new(), style, limit };
        writer.write(self, 0)?;
        Ok(writer.out)
    }
}

struct Writer {
    out: String,
    style: JsonStyle,
    limit: usize,
}

impl Writer {
    fn write(&mut self, value: &Value, depth: usize) -> Result<(), Error> {
        if depth > DEPTH {
            return Err(Error::value_error("Circular reference detected"));
        }
        if self.out.len() > self.limit {
            return Err(Error::limit(format!("the JSON text is longer than {} bytes", self.limit)));
        }
        match value {
            Value::None => self.out.push_str("null"),
            Value::Bool(flag) => self.out.push_str(if *flag { "true" } else { "false" }),
            Value::Int(_) | Value::BigInt(_) => value.write_within(&mut self.out, self.limit),
            Value::Float(number) => self.out.push_str(&match number {
                _ if number.is_nan() => "NaN".to_owned(),
                _ if number.is_infinite() => if *number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned(),
                _ => repr::of_float(*number),
            }),
            Value::Str(text) => write_text(text, &mut self.out),
            Value::List(items) => self.array(&items.borrow(), depth)?,
            Value::Tuple(items) => self.array(items, depth)?,
            Value::Dict(dict) => {
                let mut entries = Vec::new();
                for (key, item) in dict.borrow().iter() {
                    entries.push((key.clone(), item.clone()));
                }
                self.object(entries, depth)?;
            }
            Value::Object(object) => {
                let json = object.to_json().ok_or_else(|| not_serializable(value))?;
                self.write(&Value::from_json(&json), depth + 1)?;
            }
            _ => return Err(not_serializable(value)),
        }
        Ok(())
    }

    fn line(&mut self, depth: usize) {
        if let Some(indent) = self.style.indent {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n(' ', indent.min(100) * depth));
        }
    }

    fn separator(&mut self, index: usize, depth: usize) {
        if index > 0 {
            self.out.push_str(if self.style.indent.is_some() { "," } else { ", " });
        }
        self.line(depth);
    }

    fn array(&mut self, items: &[Value], depth: usize) -> Result<(), Error> {
        self.out.push('[');
        for (index, item) in items.iter().enumerate() {
            self.separator(index, depth + 1);
            self.write(item, depth + 1)?;
        }
        if !items.is_empty() {
            self.line(depth);
        }
        self.out.push(']');
        Ok(())
    }

    fn object(&mut self, mut entries: Vec<(Value, Value)>, depth: usize) -> Result<(), Error> {
        if self.style.sort_keys {
            for pair in entries.windows(2) {
                if let [(earlier, _), (later, _)] = pair {
                    later.order(earlier, "<")?;
                }
            }
            entries.sort_by(|(a, _), (b, _)| a.order(b, "<").ok().flatten().unwrap_or(std::cmp::Ordering::Equal));
        }
        self.out.push('{');
        for (index, (key, item)) in entries.iter().enumerate() {
            self.separator(index, depth + 1);
            write_text(&json_key(key)?, &mut self.out);
            self.out.push_str(": ");
            self.write(item, depth + 1)?;
        }
        if !entries.is_empty() {
            self.line(depth);
        }
        self.out.push('}');
        Ok(())
    }
}

fn not_serializable(value: &Value) -> Error {
    Error::type_error(format!("Object of type {} is not JSON serializable", value.type_name()))
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            ' '..='~' => out.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    repr::push(out, format_args!("\\u{unit:04x}"));
                }
            }
        }
    }
    out.push('"');
}
