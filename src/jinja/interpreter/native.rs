//! dbt's native rendering, of `dbt_project.yml` and the like: what a single expression gives stays a
//! value; anything else is text.

use std::rc::Rc;

use super::Interpreter;
use crate::jinja::error::{Error, ErrorKind};
use crate::jinja::value::{Object, Value};

/// What `as_text`, `as_native`, `as_bool` and `as_number` wish for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::jinja) enum Wish {
    Text,
    Native,
    Bool,
    Number,
}

/// A text with a wish.
#[derive(Debug)]
pub(in crate::jinja) struct Marked {
    text: Rc<str>,
    wish: Wish,
}

impl Object for Marked {
    fn type_name(&self) -> &'static str {
        "str"
    }

    fn to_str(&self) -> String {
        self.text.as_ref().to_owned()
    }

    fn repr(&self) -> String {
        Value::Str(Rc::clone(&self.text)).repr()
    }

    fn len(&self) -> Option<usize> {
        Value::Str(Rc::clone(&self.text)).len()
    }

    /// A part of the text: `target.type in ['postgres', 'redshift'] | as_bool` asks this of the list's text.
    fn contains(&self, item: &Value) -> Option<bool> {
        item.as_str().map(|item| self.text.contains(item))
    }

    fn equals(&self, other: &Value) -> bool {
        other.as_str() == Some(&self.text) || other.downcast::<Self>().is_some_and(|other| other.text == self.text)
    }
}

impl Interpreter<'_> {
    /// Marks a value in native rendering; elsewhere the filters change nothing.
    pub(in crate::jinja) fn wish(&mut self, value: &Value, wish: Wish) -> Result<Value, Error> {
        if !self.native {
            return Ok(value.clone());
        }
        Ok(Value::object(Marked { text: self.text_of(value)?, wish }))
    }
}

/// dbt's `quoted_native_concat`.
pub(super) fn concat(interpreter: &mut Interpreter<'_>, mut values: Vec<Value>) -> Result<Value, Error> {
    if values.len() > 1 {
        let mut text = String::new();
        for value in &values {
            let part = interpreter.text_of(value)?;
            interpreter.charge_bytes(part.len())?;
            text.push_str(&part);
            // Values that share a text are small until they are joined.
            if text.len() > interpreter.limits.string_bytes {
                break;
            }
        }
        return interpreter.new_text(text);
    }
    let Some(value) = values.pop() else { return Ok(Value::from("")) };
    let Some(marked) = value.downcast::<Marked>() else { return Ok(value) };
    if marked.wish == Wish::Text {
        return Ok(Value::Str(Rc::clone(&marked.text)));
    }
    let literal = Value::parse_literal(&marked.text).unwrap_or_else(|| Value::Str(Rc::clone(&marked.text)));
    let granted = match marked.wish {
        Wish::Bool => matches!(literal, Value::Bool(_)),
        Wish::Number => matches!(literal, Value::Int(_) | Value::BigInt(_) | Value::Float(_)),
        Wish::Text | Wish::Native => true,
    };
    if granted {
        return Ok(literal);
    }
    let kind = if marked.wish == Wish::Bool { "bool" } else { "number" };
    let message = format!("Could not convert value '{}' into type '{kind}'", marked.text);
    Err(Error::new(ErrorKind::Raised, message))
}
