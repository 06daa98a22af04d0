//! What the host's own objects can do in a template.

use std::any::Any;
use std::cmp::Ordering;

use super::{Args, Value};
use crate::jinja::error::Error;
use crate::jinja::interpreter::Interpreter;

/// Python's arithmetic operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Remainder,
    Power,
}

impl BinaryOperator {
    /// As written in a template and in Python's messages.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::FloorDivide => "//",
            Self::Remainder => "%",
            Self::Power => "** or pow()",
        }
    }
}

/// An object of the host. Everything but its type's name has a default: an opaque, truthy thing
/// without attributes that is equal to itself alone.
pub trait Object: Any {
    /// Python's `type(x).__name__`.
    fn type_name(&self) -> &str;

    /// The same with its module, as Jinja2 describes the owner of a missing attribute; Python's built-in
    /// types have none.
    fn type_path(&self) -> &str {
        self.type_name()
    }

    /// `x.name`; `None` when there is no such attribute.
    fn get_attr(&self, _name: &str) -> Option<Value> {
        None
    }

    /// `x[key]`; `None` when there is no such item.
    fn get_item(&self, _key: &Value) -> Option<Value> {
        None
    }

    /// `x(...)`.
    fn call(&self, _interpreter: &mut Interpreter<'_>, _args: Args) -> Result<Value, Error> {
        Err(Error::type_error(format!("'{}' object is not callable", self.type_name())))
    }

    /// What `is callable` says.
    fn is_callable(&self) -> bool {
        false
    }

    /// `x.name(...)`; calls what [`Object::get_attr`] gives, unless the object knows better.
    /// `None` when there is no such method.
    fn call_method(
        &self,
        _interpreter: &mut Interpreter<'_>,
        _name: &str,
        _args: &Args,
    ) -> Option<Result<Value, Error>> {
        None
    }

    /// Sets an attribute: only namespaces can, by `{% set x.name = ... %}`.
    fn set_attr(&self, _name: &str, _value: Value) -> Result<(), Error> {
        Err(Error::new(crate::jinja::ErrorKind::Other, "cannot assign attribute on non-namespace object"))
    }

    /// The items of `for item in x`; `None` when it can't be walked.
    fn iterate(&self) -> Option<Vec<Value>> {
        None
    }

    fn len(&self) -> Option<usize> {
        None
    }

    fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    fn truthy(&self) -> bool {
        !self.is_empty()
    }

    /// `item in x`; by default a walk over the items.
    fn contains(&self, _item: &Value) -> Option<bool> {
        None
    }

    /// What `is mapping` says.
    fn is_mapping(&self) -> bool {
        false
    }

    /// `x == other`, where `other` is not this very object.
    fn equals(&self, _other: &Value) -> bool {
        false
    }

    /// Whether it is equal to itself alone: such an object is found among the keys of a dict by its place.
    fn has_identity(&self) -> bool {
        false
    }

    /// The order of `x < other`.
    fn compare(&self, _other: &Value) -> Option<Ordering> {
        None
    }

    /// `x + other`, or `other + x` when `reflected`; `None` when it is not supported.
    fn operate(&self, _operator: BinaryOperator, _other: &Value, _reflected: bool) -> Option<Result<Value, Error>> {
        None
    }

    /// Python's `str(x)`: what `{{ x }}` prints.
    fn to_str(&self) -> String {
        self.repr()
    }

    /// Python's `repr(x)`.
    fn repr(&self) -> String {
        format!("<{} object>", self.type_name())
    }

    /// For an object that holds values which templates gave it: a plain value to print and compare in
    /// its place, and the text around it in print. Walks over plain values are bounded, calls of
    /// [`Object::repr`] within each other are not.
    fn stand_in(&self) -> Option<(&'static str, Value, &'static str)> {
        None
    }

    /// Python's `format(x, spec)` for a spec that is not empty.
    fn format(&self, _spec: &str) -> Option<Result<String, Error>> {
        None
    }

    /// Gives away the values that it holds, when it is about to be dropped. An object that a template
    /// can nest in itself must do so: dropping it in a deep nest would exhaust the stack.
    fn take_values(&mut self, _values: &mut Vec<Value>) {}

    /// What `tojson` makes of it; `None` is "not JSON serializable".
    fn to_json(&self) -> Option<serde_json::Value> {
        None
    }
}
