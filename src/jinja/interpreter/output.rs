//! Where a template prints to.

use crate::jinja::error::Error;
use crate::jinja::value::Value;

#[derive(Debug)]
enum Kind {
    Text,
    /// What is printed is not kept, and values are not turned into text.
    Discard,
    /// Each printed value stays a value, for native rendering.
    Values(Vec<Value>),
}

#[derive(Debug)]
pub(super) struct Output {
    kind: Kind,
    /// What was printed; of values, the neighbouring constants since the last one, which Jinja2 prints as one.
    text: String,
    limit: usize,
    /// Bytes of the constants among the values.
    constants: usize,
    /// Whether the last thing printed was text of the template.
    after_constant: bool,
}

impl Output {
    pub(super) fn text(limit: usize) -> Self {
        Self { kind: Kind::Text, text: String::new(), limit, constants: 0, after_constant: false }
    }

    pub(super) fn discard() -> Self {
        Self { kind: Kind::Discard, text: String::new(), limit: 0, constants: 0, after_constant: false }
    }

    pub(super) fn values(limit: usize) -> Self {
        Self { kind: Kind::Values(Vec::new()), text: String::new(), limit, constants: 0, after_constant: false }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    pub(super) fn into_values(self) -> Vec<Value> {
        let Kind::Values(mut values) = self.kind else { return Vec::new() };
        if self.after_constant {
            values.push(Value::from(self.text));
        }
        values
    }

    pub(super) fn push_text(&mut self, text: &str) -> Result<(), Error> {
        match &mut self.kind {
            Kind::Text => {
                if self.text.len() + text.len() > self.limit {
                    return Err(too_long(self.limit));
                }
                self.text.push_str(text);
            }
            Kind::Discard => {}
            Kind::Values(_) => {
                self.constants += text.len();
                if self.constants > self.limit {
                    return Err(too_long(self.limit));
                }
                self.text.push_str(text);
            }
        }
        self.after_constant = true;
        Ok(())
    }

    /// Whether printed values stay values.
    pub(super) fn keeps_values(&self) -> bool {
        matches!(self.kind, Kind::Values(_))
    }

    /// Prints a value; returns the bytes that it took.
    pub(super) fn push(&mut self, value: Value) -> Result<usize, Error> {
        let after_constant = std::mem::take(&mut self.after_constant);
        match &mut self.kind {
            Kind::Text => {
                let before = self.text.len();
                value.write_within(&mut self.text, self.limit);
                if self.text.len() > self.limit {
                    return Err(too_long(self.limit));
                }
                Ok(self.text.len() - before)
            }
            Kind::Discard => Ok(0),
            Kind::Values(values) => {
                if after_constant {
                    values.push(Value::from(std::mem::take(&mut self.text)));
                }
                values.push(value);
                Ok(0)
            }
        }
    }
}

fn too_long(limit: usize) -> Error {
    Error::limit(format!("the output is longer than {limit} bytes"))
}
