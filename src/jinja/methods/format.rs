//! `'{} {name:>10}'.format(...)`.

use super::{spec, text};
use crate::jinja::error::{Error, ErrorKind};
use crate::jinja::interpreter::Interpreter;
use crate::jinja::value::{Args, Value, repr};

/// Deepest fields within format specifications; Python's bound.
const DEPTH: usize = 2;

pub(super) fn method(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let mut formatter = Formatter { interpreter, args: &args, mapping: None, next: 0, manual: false };
    let formatted = formatter.expand(text::of(receiver), DEPTH)?;
    interpreter.new_text(formatted)
}

pub(super) fn map_method(interpreter: &mut Interpreter<'_>, receiver: &Value, args: Args) -> Result<Value, Error> {
    let mapping = args.only_positional("str.format_map", 1, 1)?.pop();
    let args = Args::default();
    let mut formatter = Formatter { interpreter, args: &args, mapping, next: 0, manual: false };
    let formatted = formatter.expand(text::of(receiver), DEPTH)?;
    interpreter.new_text(formatted)
}

struct Formatter<'i, 'c, 'a> {
    interpreter: &'i mut Interpreter<'c>,
    args: &'a Args,
    mapping: Option<Value>,
    /// The next automatic number.
    next: usize,
    /// Whether numbers were given by hand.
    manual: bool,
}

impl Formatter<'_, '_, '_> {
    fn expand(&mut self, format: &str, depth: usize) -> Result<String, Error> {
        let mut out = String::with_capacity(format.len());
        let mut rest = format;
        while let Some(brace) = rest.find(['{', '}']) {
            out.push_str(rest.get(..brace).unwrap_or(""));
            let tail = rest.get(brace..).unwrap_or("");
            if tail.starts_with("{{") || tail.starts_with("}}") {
                out.push_str(tail.get(..1).unwrap_or(""));
                rest = tail.get(2..).unwrap_or("");
                continue;
            }
            if tail.starts_with('}') {
                return Err(Error::value_error("Single '}' encountered in format string"));
            }
            let inside = tail.get(1..).unwrap_or("");
            let Some(end) = field_end(inside) else {
                return Err(Error::value_error(if inside.is_empty() {
                    "Single '{' encountered in format string"
                } else {
                    "expected '}' before end of string"
                }));
            };
            let field = self.field(inside.get(..end).unwrap_or(""), depth)?;
            out.push_str(&field);
            if out.len() > self.interpreter.limits().string_bytes {
                break;
            }
            rest = inside.get(end + 1..).unwrap_or("");
        }
        out.push_str(rest);
        Ok(out)
    }

    fn field(&mut self, field: &str, depth: usize) -> Result<String, Error> {
        self.interpreter.charge(8)?;
        if depth == 0 {
            return Err(Error::value_error("Max string recursion exceeded"));
        }
        let name_end = name_length(field);
        let (name, rest) = field.split_at(name_end);
        let (conversion, rest) = match rest.strip_prefix('!') {
            Some(rest) => {
                (rest.chars().next(), rest.get(rest.chars().next().map_or(0, char::len_utf8)..).unwrap_or(""))
            }
            None => (None, rest),
        };
        let spec = match rest.strip_prefix(':') {
            Some(spec) => spec,
            None if rest.is_empty() => "",
            None => return Err(Error::value_error("expected ':' after conversion specifier")),
        };
        let value = self.value(name)?;
        let spec = if spec.contains(['{', '}']) { self.expand(spec, depth - 1)? } else { spec.to_owned() };
        let value = match conversion {
            None => value,
            Some('s') => Value::Str(self.interpreter.text_of(&value)?),
            Some('r' | 'a') => Value::Str(self.interpreter.repr_of(&value)?),
            Some(other) => {
                return Err(Error::value_error(format!("Unknown conversion specifier {other}")));
            }
        };
        spec::format(self.interpreter, &value, &spec)
    }

    /// The value of `0`, `name`, `name.attribute` or `name[key]`.
    fn value(&mut self, path: &str) -> Result<Value, Error> {
        let first_end = path.find(['.', '[']).unwrap_or(path.len());
        let (first, mut rest) = path.split_at(first_end);
        let mut value = self.first(first)?;
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('.') {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                let (name, after) = after.split_at(end);
                value = self.interpreter.get_attr(&value, name)?;
                rest = after;
            } else {
                let inside = rest.get(1..).unwrap_or("");
                let end = inside.find(']').ok_or_else(|| Error::value_error("Missing ']' in format string"))?;
                let key = inside.get(..end).unwrap_or("");
                let key = key.parse().map_or_else(|_| Value::str(key), Value::Int);
                value = self.interpreter.get_item(&value, &key)?;
                rest = inside.get(end + 1..).unwrap_or("");
            }
        }
        Ok(value)
    }

    fn first(&mut self, name: &str) -> Result<Value, Error> {
        let index = if name.is_empty() {
            if self.manual {
                return Err(Error::value_error(
                    "cannot switch from manual field specification to automatic field numbering",
                ));
            }
            self.next += 1;
            self.next - 1
        } else if let Ok(index) = name.parse::<usize>() {
            if self.next > 0 {
                return Err(Error::value_error(
                    "cannot switch from manual field specification to automatic field numbering",
                ));
            }
            self.manual = true;
            index
        } else {
            return self.named(name);
        };
        self.args.positional.get(index).cloned().ok_or_else(|| Error::new(ErrorKind::Index, "tuple index out of range"))
    }

    fn named(&mut self, name: &str) -> Result<Value, Error> {
        let found = match &self.mapping {
            Some(Value::Dict(dict)) => dict.borrow().get_str(name).cloned(),
            Some(Value::Object(object)) => object.get_item(&Value::str(name)),
            Some(_) => None,
            None => self.args.keyword.iter().find(|(key, _)| key.as_ref() == name).map(|(_, value)| value.clone()),
        };
        found.ok_or_else(|| Error::new(ErrorKind::Key, repr::of_str(name)))
    }
}

/// The offset of the brace that closes a field.
fn field_end(text: &str) -> Option<usize> {
    let mut depth = 1;
    text.char_indices().find_map(|(index, character)| {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(index)
    })
}

/// The length of a field's name: up to `!` or `:` that is not between brackets.
fn name_length(field: &str) -> usize {
    let mut in_brackets = false;
    let end = field.char_indices().find(|(_, character)| {
        match character {
            '[' => in_brackets = true,
            ']' => in_brackets = false,
            '!' | ':' if !in_brackets => return true,
            _ => {}
        }
        false
    });
    end.map_or(field.len(), |(index, _)| index)
}
