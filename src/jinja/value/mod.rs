//! Python's values as templates see them: shared mutable lists and dicts, exact integers, and
//! objects that the host brings. A value belongs to one thread.

mod args;
mod compare;
mod dict;
mod json;
mod json_text;
mod literal;
mod object;
mod release;
pub(super) mod repr;
mod sequence;
mod view;
mod weight;

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use num_bigint::BigInt;

use super::error::Error;
use super::interpreter::{Interpreter, Macro};
use super::methods;

pub(super) use compare::Number;
pub(super) use release::release;

pub use args::Args;
pub use dict::{Dict, Key, Set};
pub use json_text::JsonStyle;
pub use object::{BinaryOperator, Object};
pub use sequence::{List, Tuple};

/// Why a value is not there; Jinja2's message is made from it when the value is used.
#[derive(Clone, Debug)]
pub enum Undefined {
    /// No such name: `'x' is undefined`.
    Name(Rc<str>),
    /// `'dict object' has no attribute 'x'`; the owner is described as Jinja2 does (`dict object`).
    Attribute { owner: Rc<str>, name: Rc<str> },
    /// `list object has no element 5`; the key is its `repr`.
    Element { owner: Rc<str>, key: Rc<str> },
    /// A whole sentence.
    Sentence(Rc<str>),
}

impl Undefined {
    /// Jinja2's sentence.
    pub fn message(&self) -> String {
        match self {
            Self::Name(name) => format!("{} is undefined", repr::of_str(name)),
            Self::Attribute { owner, name } => {
                format!("{} has no attribute {}", repr::of_str(owner), repr::of_str(name))
            }
            Self::Element { owner, key } => format!("{owner} has no element {key}"),
            Self::Sentence(sentence) => sentence.as_ref().to_owned(),
        }
    }
}

type NativeFunction = dyn Fn(&mut Interpreter<'_>, Args) -> Result<Value, Error>;

/// A function of the host.
pub struct Function {
    pub(super) name: Rc<str>,
    pub(super) call: Box<NativeFunction>,
}

impl fmt::Debug for Function {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<function {}>", self.name)
    }
}

/// A method of a built-in type, taken but not called: `{% set add = list.append %}`.
#[derive(Debug)]
pub struct BoundMethod {
    pub(super) receiver: Value,
    pub(super) name: &'static str,
    pub(super) call: methods::Method,
}

/// Items that can be walked once, as Python's generators, `zip` and `map`.
#[derive(Debug)]
pub struct OneShot {
    pub(super) type_name: &'static str,
    pub(super) items: RefCell<std::vec::IntoIter<Value>>,
}

impl Drop for OneShot {
    fn drop(&mut self) {
        release(self.items.get_mut().by_ref());
    }
}

/// Python's `range`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub(super) start: i64,
    pub(super) stop: i64,
    pub(super) step: i64,
}

/// Which side of a dict a view shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewKind {
    Keys,
    Values,
    Items,
}

/// `dict.keys()`, `dict.values()`, `dict.items()`: live views.
#[derive(Clone, Debug)]
pub struct DictView {
    pub(super) dict: Rc<RefCell<Dict>>,
    pub(super) kind: ViewKind,
}

/// A Python value.
#[derive(Clone, Default)]
pub enum Value {
    Undefined(Rc<Undefined>),
    #[default]
    None,
    Bool(bool),
    Int(i64),
    /// An integer that does not fit in an `i64`; smaller ones are always `Int`.
    BigInt(Rc<BigInt>),
    Float(f64),
    Str(Rc<str>),
    List(Rc<RefCell<List>>),
    Tuple(Rc<Tuple>),
    Dict(Rc<RefCell<Dict>>),
    Set(Rc<RefCell<Set>>),
    Range(Rc<Range>),
    View(Rc<DictView>),
    OneShot(Rc<OneShot>),
    Function(Rc<Function>),
    Method(Rc<BoundMethod>),
    Macro(Rc<Macro>),
    Object(Rc<dyn Object>),
}

impl Value {
    /// An undefined name.
    pub fn undefined(name: &str) -> Self {
        Self::Undefined(Rc::new(Undefined::Name(name.into())))
    }

    pub fn str(text: &str) -> Self {
        Self::Str(text.into())
    }

    pub fn list(items: Vec<Self>) -> Self {
        Self::List(Rc::new(RefCell::new(items.into())))
    }

    pub fn tuple(items: Vec<Self>) -> Self {
        Self::Tuple(Rc::new(items.into()))
    }

    pub fn dict(dict: Dict) -> Self {
        Self::Dict(Rc::new(RefCell::new(dict)))
    }

    pub fn set(set: Set) -> Self {
        Self::Set(Rc::new(RefCell::new(set)))
    }

    pub fn object(object: impl Object) -> Self {
        Self::Object(Rc::new(object))
    }

    /// A function of the host. The name is for messages and `repr`.
    pub fn function(name: &str, call: impl Fn(&mut Interpreter<'_>, Args) -> Result<Self, Error> + 'static) -> Self {
        Self::Function(Rc::new(Function { name: name.into(), call: Box::new(call) }))
    }

    pub(super) fn one_shot(type_name: &'static str, items: Vec<Self>) -> Self {
        Self::OneShot(Rc::new(OneShot { type_name, items: RefCell::new(items.into_iter()) }))
    }

    pub fn is_undefined(&self) -> bool {
        matches!(self, Self::Undefined(_))
    }

    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    pub fn as_str(&self) -> Option<&str> {
        if let Self::Str(text) = self { Some(text) } else { None }
    }

    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(*value) } else { None }
    }

    /// An integer; `True` is 1, as in Python.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Bool(value) => Some(i64::from(*value)),
            _ => None,
        }
    }

    pub fn as_list(&self) -> Option<&Rc<RefCell<List>>> {
        if let Self::List(items) = self { Some(items) } else { None }
    }

    pub fn as_dict(&self) -> Option<&Rc<RefCell<Dict>>> {
        if let Self::Dict(dict) = self { Some(dict) } else { None }
    }

    /// The host's object, if it is one of type `T`.
    pub fn downcast<T: Object>(&self) -> Option<Rc<T>> {
        let Self::Object(object) = self else { return None };
        let object: Rc<dyn Any> = Rc::clone(object) as Rc<dyn Any>;
        object.downcast().ok()
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.repr())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Str(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Str(text.into())
    }
}

impl From<Rc<str>> for Value {
    fn from(text: Rc<str>) -> Self {
        Self::Str(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Self::list(items)
    }
}

impl From<Dict> for Value {
    fn from(dict: Dict) -> Self {
        Self::dict(dict)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::None, Into::into)
    }
}
