//! Counts what a template costs, and stops it.

use std::sync::atomic::Ordering;

use super::Interpreter;
use crate::jinja::error::{Error, ErrorKind};
use crate::jinja::value::Value;

/// Steps between two looks at the flag.
const LOOK: u64 = 4096;

impl Interpreter<'_> {
    /// One step.
    pub(super) fn step(&mut self) -> Result<(), Error> {
        self.steps += 1;
        if self.steps >= self.next_look { self.look() } else { Ok(()) }
    }

    /// Counts work that a function of the host does on a template's behalf.
    pub fn charge(&mut self, steps: u64) -> Result<(), Error> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps >= self.next_look { self.look() } else { Ok(()) }
    }

    #[cold]
    fn look(&mut self) -> Result<(), Error> {
        if self.cancelled.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Cancelled, "cancelled"));
        }
        if self.steps > self.limits.steps {
            return Err(Error::limit(format!("the template takes more than {} steps", self.limits.steps)));
        }
        self.next_look = (self.steps + LOOK).min(self.limits.steps + 1);
        Ok(())
    }

    /// Counts the making of a text of so many bytes, before it is made.
    pub(in crate::jinja) fn charge_bytes(&mut self, bytes: usize) -> Result<(), Error> {
        if bytes > self.limits.string_bytes {
            return Err(Error::limit(format!("a text is longer than {} bytes", self.limits.string_bytes)));
        }
        if bytes >= 64 { self.charge(bytes as u64 / 8) } else { Ok(()) }
    }

    /// Counts the making of a list of so many items, before it is made.
    pub(in crate::jinja) fn charge_items(&mut self, items: usize) -> Result<(), Error> {
        let most = self.limits.string_bytes / 16;
        if items > most {
            return Err(Error::limit(format!("a list has more than {most} items")));
        }
        self.charge(items as u64 * 2)
    }

    /// Counts a walk over so many items that makes nothing.
    pub(in crate::jinja) fn charge_walk(&mut self, items: usize) -> Result<(), Error> {
        if items >= 16 { self.charge(items as u64 / 8) } else { Ok(()) }
    }

    /// A new text, counted.
    pub(in crate::jinja) fn new_text(&mut self, text: String) -> Result<Value, Error> {
        self.charge_bytes(text.len())?;
        Ok(Value::from(text))
    }

    /// Python's `str(value)`, within the limits.
    pub(in crate::jinja) fn text_of(&mut self, value: &Value) -> Result<std::rc::Rc<str>, Error> {
        if let Value::Str(text) = value {
            return Ok(std::rc::Rc::clone(text));
        }
        let mut text = String::new();
        value.write_within(&mut text, self.limits.string_bytes);
        self.charge_bytes(text.len())?;
        Ok(text.into())
    }

    /// Python's `repr(value)`, within the limits.
    pub(in crate::jinja) fn repr_of(&mut self, value: &Value) -> Result<std::rc::Rc<str>, Error> {
        let text = value.repr_within(self.limits.string_bytes);
        self.charge_bytes(text.len())?;
        Ok(text.into())
    }

    /// Python's `==`, within the limits.
    pub(in crate::jinja) fn equal(&mut self, left: &Value, right: &Value) -> Result<bool, Error> {
        const MOST: u64 = 1_000_000;
        let mut budget = MOST;
        let answer = left.equals_within(right, &mut budget);
        if budget == 0 {
            return Err(Error::limit(format!("a comparison takes more than {MOST} steps")));
        }
        self.charge((MOST - budget) / 4)?;
        Ok(answer)
    }
}
