//! Python's `ast.literal_eval`.

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::{Dict, Key, Set, Value};
use crate::jinja::lexer::{Number, is_space, number, string};

/// Deepest nesting.
const DEPTH: usize = 100;

impl Value {
    /// What `ast.literal_eval` gives; nothing for what is no Python literal.
    pub fn parse_literal(text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text.trim_start_matches([' ', '\t']) };
        let value = reader.expression(0)?;
        reader.skip_space();
        reader.rest.is_empty().then_some(value)
    }
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches(is_space);
    }

    fn take(&mut self, expected: char) -> bool {
        self.skip_space();
        match self.rest.strip_prefix(expected) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// A value, or a tuple without brackets at the top level.
    fn expression(&mut self, depth: usize) -> Option<Value> {
        let first = self.value(depth)?;
        if !self.take(',') {
            return Some(first);
        }
        let mut items = vec![first];
        loop {
            self.skip_space();
            if self.rest.is_empty() || self.rest.starts_with(')') {
                return Some(Value::tuple(items));
            }
            items.push(self.value(depth)?);
            if !self.take(',') {
                return Some(Value::tuple(items));
            }
        }
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > DEPTH {
            return None;
        }
        self.skip_space();
        match self.rest.chars().next()? {
            '\'' | '"' => self.strings(),
            '0'..='9' | '.' => self.number(),
            '-' => {
                self.take('-');
                match self.value(depth + 1)? {
                    Value::Int(number) => Some(Value::big(-BigInt::from(number))),
                    Value::BigInt(number) => Some(Value::big(-number.as_ref())),
                    Value::Float(number) => Some(Value::Float(-number)),
                    _ => None,
                }
            }
            '+' => {
                self.take('+');
                self.value(depth + 1)
                    .filter(|value| matches!(value, Value::Int(_) | Value::BigInt(_) | Value::Float(_)))
            }
            '[' => self.items('[', ']', depth).map(Value::list),
            '{' => self.braces(depth),
            '(' => {
                self.take('(');
                if self.take(')') {
                    return Some(Value::tuple(Vec::new()));
                }
                let value = self.expression(depth + 1)?;
                self.take(')').then_some(value)
            }
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Option<Value> {
        let length = self.rest.find(|character: char| !character.is_alphanumeric() && character != '_');
        let (word, rest) = self.rest.split_at(length.unwrap_or(self.rest.len()));
        let value = match word {
            "None" => Value::None,
            "True" => Value::Bool(true),
            "False" => Value::Bool(false),
            "set" => {
                self.rest = rest;
                return (self.take('(') && self.take(')')).then(|| Value::set(Set::default()));
            }
            _ => return None,
        };
        self.rest = rest;
        Some(value)
    }

    fn items(&mut self, open: char, close: char, depth: usize) -> Option<Vec<Value>> {
        let mut items = Vec::new();
        self.take(open);
        while !self.take(close) {
            items.push(self.value(depth + 1)?);
            if !self.take(',') {
                return self.take(close).then_some(items);
            }
        }
        Some(items)
    }

    /// A dict or a set.
    fn braces(&mut self, depth: usize) -> Option<Value> {
        self.take('{');
        if self.take('}') {
            return Some(Value::dict(Dict::new()));
        }
        let first = self.value(depth + 1)?;
        if !self.take(':') {
            let mut set = Set::default();
            set.insert(Key::new(first).ok()?);
            while self.take(',') && !self.rest.trim_start_matches(is_space).starts_with('}') {
                set.insert(Key::new(self.value(depth + 1)?).ok()?);
            }
            return self.take('}').then(|| Value::set(set));
        }
        let mut dict = Dict::new();
        dict.insert(Key::new(first).ok()?, self.value(depth + 1)?);
        while self.take(',') && !self.rest.trim_start_matches(is_space).starts_with('}') {
            let key = Key::new(self.value(depth + 1)?).ok()?;
            if !self.take(':') {
                return None;
            }
            dict.insert(key, self.value(depth + 1)?);
        }
        self.take('}').then(|| Value::dict(dict))
    }

    /// Adjacent strings are one.
    fn strings(&mut self) -> Option<Value> {
        let mut text = String::new();
        while let Some(quote) = self.rest.chars().next().filter(|first| matches!(first, '\'' | '"')) {
            let mut escaped = false;
            let end = self.rest.char_indices().skip(1).find(|(_, character)| {
                let closes = *character == quote && !escaped;
                escaped = *character == '\\' && !escaped;
                closes
            });
            let (end, _) = end?;
            let quoted = self.rest.get(..=end)?;
            if quoted.contains('\n') {
                return None;
            }
            text.push_str(&string(quoted).ok()?);
            self.rest = self.rest.get(end + 1..)?;
            self.skip_space();
        }
        Some(Value::from(text))
    }

    fn number(&mut self) -> Option<Value> {
        let mut length = 0;
        let bytes = self.rest.as_bytes();
        let hexadecimal = matches!(bytes, [b'0', b'x' | b'X', ..]);
        while let Some(byte) = bytes.get(length) {
            let signed = matches!(byte, b'+' | b'-')
                && !hexadecimal
                && matches!(length.checked_sub(1).and_then(|before| bytes.get(before)), Some(b'e' | b'E'));
            if !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_') || signed) {
                break;
            }
            length += 1;
        }
        let (digits, rest) = self.rest.split_at(length);
        let decimal = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
        // `007` is no Python number, though `000` is.
        if decimal
            && digits.len() > 1
            && digits.starts_with('0')
            && digits.bytes().any(|byte| !matches!(byte, b'0' | b'_'))
        {
            return None;
        }
        let value = match number(digits).ok()? {
            Number::Int(number) => Value::Int(number),
            Number::Big(number) => number.to_i64().map_or_else(|| Value::big(number), Value::Int),
            Number::Float(number) => Value::Float(number),
        };
        self.rest = rest;
        Some(value)
    }
}
