//! Counts what a template costs, and stops it.

use std::cmp::Ordering;
use std::sync::atomic;

use super::Interpreter;
use crate::jinja::error::{Error, ErrorKind};
use crate::jinja::value::{Args, Value};

/// Steps between two looks at the flag.
const LOOK: u64 = 4096;

/// The address of something on the stack: good for distances only.
#[inline(never)]
fn stack_position() -> usize {
    let here = 0_u8;
    (&raw const here).addr()
}

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

    /// Notes where the stack is, at the start of an outermost render.
    pub(super) fn mark_stack(&mut self) {
        self.stack_start = stack_position();
    }

    /// Before anything that may nest: a macro 100 deep in an expression 200 high is more than a thread's
    /// stack bears, though either alone is fine.
    pub(super) fn check_stack(&self) -> Result<(), Error> {
        if self.stack_start.abs_diff(stack_position()) > self.limits.stack_bytes {
            return Err(Error::limit("macros and expressions are nested too deeply"));
        }
        Ok(())
    }

    #[cold]
    fn look(&mut self) -> Result<(), Error> {
        if self.cancelled.load(atomic::Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Cancelled, "cancelled"));
        }
        if self.steps > self.limits.steps {
            return Err(Error::limit(format!("the template takes more than {} steps", self.limits.steps)));
        }
        self.next_look = (self.steps + LOOK).min(self.limits.steps + 1);
        Ok(())
    }

    /// Counts the making of a text of so many bytes, before it is made.
    pub fn charge_bytes(&mut self, bytes: usize) -> Result<(), Error> {
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

    /// Counts the making of a dict of so many entries: it takes several times what a list does.
    pub(in crate::jinja) fn charge_dict(&mut self, entries: usize) -> Result<(), Error> {
        self.charge(10 + entries as u64 * 4)
    }

    /// Counts a walk over so many items that makes nothing.
    pub(in crate::jinja) fn charge_walk(&mut self, items: usize) -> Result<(), Error> {
        if items >= 16 { self.charge(items as u64 / 8) } else { Ok(()) }
    }

    /// Counts the reading of one value as a filter, a test, a method or a key does it: a text whole, an integer's
    /// digits. Items are counted where they are walked.
    #[inline]
    pub(in crate::jinja) fn charge_read(&mut self, value: &Value) -> Result<(), Error> {
        match value {
            Value::Str(text) if text.len() >= 64 => self.charge(text.len() as u64 / 16),
            Value::BigInt(number) => self.charge(number.bits() / 32),
            Value::Tuple(items) => self.charge(items.len() as u64 / 8),
            _ => Ok(()),
        }
    }

    /// The same for what a filter, a test or a method works on, and its arguments.
    #[inline]
    pub(in crate::jinja) fn charge_reads(&mut self, value: &Value, args: &Args) -> Result<(), Error> {
        self.charge_read(value)?;
        args.positional.iter().try_for_each(|argument| self.charge_read(argument))
    }

    /// Counts a walk over a value and all that it holds, as a function of the host makes one that turns it into JSON
    /// or text. Lists that share their items, or hold themselves, are far larger to walk than to keep.
    pub fn charge_value(&mut self, value: &Value) -> Result<(), Error> {
        let weight = self.weight_of(value);
        self.charge(weight)
    }

    /// Counts a copy of a value and all that it holds, which costs less than to turn it into something else.
    pub fn charge_copy(&mut self, value: &Value) -> Result<(), Error> {
        let weight = self.weight_of(value);
        self.charge(weight / 8)
    }

    /// What a walk over a value costs, as far as there are steps for it.
    fn weight_of(&self, value: &Value) -> u64 {
        let most = self.limits.steps.saturating_sub(self.steps).saturating_add(1);
        let mut left = most;
        value.weigh(0, &mut left);
        most - left
    }

    /// The same for all arguments of a function of the host.
    pub fn charge_args(&mut self, args: &Args) -> Result<(), Error> {
        args.positional.iter().try_for_each(|value| self.charge_value(value))?;
        args.keyword.iter().try_for_each(|(_, value)| self.charge_value(value))
    }

    /// Counts, before a value is written as text, what its length alone does not tell.
    pub(in crate::jinja) fn charge_digits(&mut self, value: &Value) -> Result<(), Error> {
        match value {
            Value::List(_) | Value::Tuple(_) | Value::Set(_) | Value::Dict(_) | Value::View(_) | Value::BigInt(_) => {
                let most = self.limits.steps.saturating_sub(self.steps).saturating_add(1).saturating_mul(8);
                let mut left = most;
                value.weigh_digits(0, &mut left);
                self.charge((most - left) / 8)
            }
            _ => Ok(()),
        }
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
        self.charge_digits(value)?;
        let mut text = String::new();
        value.write_within(&mut text, self.limits.string_bytes);
        self.charge_bytes(text.len())?;
        Ok(text.into())
    }

    /// Python's `repr(value)`, within the limits.
    pub(in crate::jinja) fn repr_of(&mut self, value: &Value) -> Result<std::rc::Rc<str>, Error> {
        self.charge_digits(value)?;
        let text = value.repr_within(self.limits.string_bytes);
        self.charge_bytes(text.len())?;
        Ok(text.into())
    }

    /// Python's order, within the limits; `symbol` is for the complaint.
    pub(in crate::jinja) fn order(
        &mut self,
        left: &Value,
        right: &Value,
        symbol: &str,
    ) -> Result<Option<Ordering>, Error> {
        match (left, right) {
            (Value::Str(a), Value::Str(b)) => self.charge(a.len().min(b.len()) as u64 / 64)?,
            (Value::BigInt(_), _) | (_, Value::BigInt(_)) => {
                self.charge_read(left)?;
                self.charge_read(right)?;
            }
            (Value::List(_) | Value::Tuple(_) | Value::Set(_), _) => {
                self.charge_copy(left)?;
                self.charge_copy(right)?;
            }
            _ => {}
        }
        left.order(right, symbol)
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
