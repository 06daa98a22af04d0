//! Python's `str()`, `repr()`, truth and type names.

use std::fmt::Write as _;
use std::rc::Rc;

use super::{Dict, Value, ViewKind};

/// Deeper nesting is printed as `...`, as Python prints a list that holds itself.
const DEPTH: usize = 100;

impl Value {
    /// Python's `type(x).__name__`.
    pub fn type_name(&self) -> &str {
        match self {
            Self::Undefined(_) => "Undefined",
            Self::None => "NoneType",
            Self::Bool(_) => "bool",
            Self::Int(_) | Self::BigInt(_) => "int",
            Self::Float(_) => "float",
            Self::Str(_) => "str",
            Self::List(_) => "list",
            Self::Tuple(_) => "tuple",
            Self::Dict(_) => "dict",
            Self::Set(_) => "set",
            Self::Range(_) => "range",
            Self::View(view) => match view.kind {
                ViewKind::Keys => "dict_keys",
                ViewKind::Values => "dict_values",
                ViewKind::Items => "dict_items",
            },
            Self::OneShot(items) => items.type_name,
            Self::Function(_) => "function",
            Self::Method(_) => "builtin_function_or_method",
            Self::Macro(_) => "Macro",
            Self::Object(object) => object.type_name(),
        }
    }

    /// Python's `bool(x)`.
    pub fn truthy(&self) -> bool {
        match self {
            Self::Undefined(_) | Self::None => false,
            Self::Bool(flag) => *flag,
            Self::Int(number) => *number != 0,
            Self::Float(number) => *number != 0.0,
            Self::Str(text) => !text.is_empty(),
            Self::List(items) => !items.borrow().is_empty(),
            Self::Tuple(items) => !items.is_empty(),
            Self::Dict(dict) => !dict.borrow().is_empty(),
            Self::Set(set) => !set.borrow().is_empty(),
            Self::Range(range) => range.len() > 0,
            Self::View(view) => !view.dict.borrow().is_empty(),
            Self::BigInt(_) | Self::OneShot(_) | Self::Function(_) | Self::Method(_) | Self::Macro(_) => true,
            Self::Object(object) => object.truthy(),
        }
    }

    /// Python's `len(x)`, for what has one.
    pub fn len(&self) -> Option<usize> {
        match self {
            Self::Undefined(_) => Some(0),
            Self::Str(text) => Some(if text.is_ascii() { text.len() } else { text.chars().count() }),
            Self::List(items) => Some(items.borrow().len()),
            Self::Tuple(items) => Some(items.len()),
            Self::Dict(dict) => Some(dict.borrow().len()),
            Self::Set(set) => Some(set.borrow().len()),
            Self::Range(range) => Some(range.len()),
            Self::View(view) => Some(view.dict.borrow().len()),
            Self::Object(object) => object.len(),
            _ => None,
        }
    }

    /// Whether it has a length, and that is nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// Python's `str(x)`: what `{{ x }}` prints.
    pub fn to_str(&self) -> String {
        let mut text = String::new();
        self.write_str(&mut text);
        text
    }

    /// As [`Value::to_str`], shared when it is text already.
    pub fn to_shared_str(&self) -> Rc<str> {
        if let Self::Str(text) = self { Rc::clone(text) } else { self.to_str().into() }
    }

    /// Appends what `str(x)` gives.
    pub fn write_str(&self, out: &mut String) {
        self.write_within(out, LENGTH);
    }

    /// Appends what `str(x)` gives; stops soon after `out` is longer than `limit` bytes. (Lists that
    /// share their items can be far longer in print than in memory.)
    pub(in crate::jinja) fn write_within(&self, out: &mut String, limit: usize) {
        match self {
            Self::Undefined(_) => {}
            Self::Str(text) => out.push_str(text),
            Self::Object(object) if object.stand_in().is_none() => out.push_str(&object.to_str()),
            _ => Printer::new(out, limit).write(self, 0),
        }
    }

    /// Python's `repr(x)`.
    pub fn repr(&self) -> String {
        self.repr_within(LENGTH)
    }

    /// As [`Value::repr`]; stops soon after the text is longer than `limit` bytes.
    pub(in crate::jinja) fn repr_within(&self, limit: usize) -> String {
        let mut text = String::new();
        Printer::new(&mut text, limit).write(self, 0);
        text
    }
}

/// Longest text of a value where no limit is given, in bytes.
const LENGTH: usize = 64 << 20;

struct Printer<'o> {
    out: &'o mut String,
    limit: usize,
    /// The lists and dicts that are being written: one within itself is `[...]`.
    open: Vec<*const ()>,
}

impl<'o> Printer<'o> {
    fn new(out: &'o mut String, limit: usize) -> Self {
        Self { out, limit, open: Vec::new() }
    }

    fn write(&mut self, value: &Value, depth: usize) {
        if self.out.len() > self.limit {
            return;
        }
        let itself: Option<(*const (), &str)> = match value {
            Value::List(items) => Some((Rc::as_ptr(items).cast(), "[...]")),
            Value::Dict(dict) => Some((Rc::as_ptr(dict).cast(), "{...}")),
            Value::Object(object) => Some((Rc::as_ptr(object).cast(), "...")),
            _ => None,
        };
        match itself {
            Some((address, again)) if self.open.contains(&address) => match value {
                Value::Object(object) => self.again(object.stand_in()),
                _ => self.out.push_str(again),
            },
            Some((address, _)) => {
                self.open.push(address);
                self.write_once(value, depth);
                self.open.pop();
            }
            None => self.write_once(value, depth),
        }
    }

    /// An object within itself.
    fn again(&mut self, stand_in: Option<(&str, Value, &str)>) {
        let (before, after) = stand_in.map_or(("", ""), |(before, _, after)| (before, after));
        push(self.out, format_args!("{before}{{...}}{after}"));
    }

    fn write_once(&mut self, value: &Value, depth: usize) {
        let out = &mut *self.out;
        match value {
            Value::Undefined(_) => out.push_str("Undefined"),
            Value::None => out.push_str("None"),
            Value::Bool(flag) => out.push_str(if *flag { "True" } else { "False" }),
            Value::Int(number) => push(out, format_args!("{number}")),
            Value::BigInt(number) => push(out, format_args!("{number}")),
            Value::Float(number) => out.push_str(&of_float(*number)),
            Value::Str(text) => write_str_repr(text, out),
            Value::List(items) => self.items(items.borrow().iter(), ("[", "]"), depth),
            Value::Tuple(items) if items.len() == 1 => self.items(items.iter(), ("(", ",)"), depth),
            Value::Tuple(items) => self.items(items.iter(), ("(", ")"), depth),
            Value::Set(set) if set.borrow().is_empty() => out.push_str("set()"),
            Value::Set(set) => self.items(set.borrow().iter(), ("{", "}"), depth),
            Value::Dict(dict) => self.dict(&dict.borrow(), depth),
            Value::Range(range) if range.step == 1 => push(out, format_args!("range({}, {})", range.start, range.stop)),
            Value::Range(range) => push(out, format_args!("range({}, {}, {})", range.start, range.stop, range.step)),
            Value::View(view) => {
                push(out, format_args!("{}(", value.type_name()));
                self.items(view.items().iter(), ("[", "]"), depth);
                self.out.push(')');
            }
            Value::OneShot(items) => push(out, format_args!("<{} object>", items.type_name)),
            Value::Function(function) => push(out, format_args!("<function {}>", function.name)),
            Value::Method(method) => {
                push(out, format_args!("<built-in method {} of {} object>", method.name, method.receiver.type_name()));
            }
            Value::Macro(called) => push(out, format_args!("<Macro {}>", called.repr_name())),
            Value::Object(object) => match object.stand_in() {
                Some((before, value, after)) => {
                    out.push_str(before);
                    if depth >= DEPTH {
                        out.push_str("...");
                    } else {
                        self.write(&value, depth + 1);
                    }
                    self.out.push_str(after);
                }
                None => out.push_str(&object.repr()),
            },
        }
    }

    fn items<'v>(&mut self, items: impl Iterator<Item = &'v Value>, (open, close): (&str, &str), depth: usize) {
        self.out.push_str(open);
        if depth >= DEPTH {
            self.out.push_str("...");
        } else {
            for (index, item) in items.enumerate() {
                if index > 0 {
                    self.out.push_str(", ");
                }
                if self.out.len() > self.limit {
                    break;
                }
                self.write(item, depth + 1);
            }
        }
        self.out.push_str(close);
    }

    fn dict(&mut self, dict: &Dict, depth: usize) {
        if depth >= DEPTH {
            return self.out.push_str("{...}");
        }
        self.out.push('{');
        for (index, (key, item)) in dict.iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            if self.out.len() > self.limit {
                break;
            }
            self.write(key, depth + 1);
            self.out.push_str(": ");
            self.write(item, depth + 1);
        }
        self.out.push('}');
    }
}

/// Writing to a `String` can't fail.
pub(in crate::jinja) fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _infallible = out.write_fmt(text);
}

/// `repr` of text: single quotes, unless only double ones save an escape.
pub(in crate::jinja) fn of_str(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_str_repr(text, &mut out);
    out
}

fn write_str_repr(text: &str, out: &mut String) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            _ if character == quote => {
                out.push('\\');
                out.push(character);
            }
            ' '..='~' => out.push(character),
            _ if is_printable(character) => out.push(character),
            _ => escape(character, out),
        }
    }
    out.push(quote);
}

/// `\x07`, `\u200b` or `\U000e0001`.
pub(in crate::jinja) fn escape(character: char, out: &mut String) {
    let code = u32::from(character);
    match code {
        0..=0xff => push(out, format_args!("\\x{code:02x}")),
        0x100..=0xffff => push(out, format_args!("\\u{code:04x}")),
        _ => push(out, format_args!("\\U{code:08x}")),
    }
}

/// Python's `str.isprintable`, in all but rare unassigned code points.
pub(in crate::jinja) fn is_printable(character: char) -> bool {
    let hidden = character.is_control()
        || character.is_whitespace()
        || matches!(u32::from(character),
            0xad | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f | 0x180e | 0x200b..=0x200f | 0x202a..=0x202e
            | 0x2060..=0x206f | 0xe000..=0xf8ff | 0xfeff | 0xfff0..=0xfffb | 0xe0000..=0x10_ffff);
    !hidden
}

/// Python's `repr` of a float: the shortest digits that read back the same.
pub(in crate::jinja) fn of_float(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{number:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = format!("{number}");
        return if plain.contains('.') { plain } else { plain + ".0" };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}
