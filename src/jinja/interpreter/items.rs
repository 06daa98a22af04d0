//! Walking over values.

use std::cell::RefCell;
use std::rc::Rc;

use super::Interpreter;
use crate::jinja::error::{Error, ErrorKind};
use crate::jinja::value::{Dict, List, OneShot, Range, Set, Tuple, Value, ViewKind};

/// A walk that is under way: Python's iterator.
#[derive(Debug)]
pub(in crate::jinja) enum Items {
    Empty,
    /// Live: what the loop's body appends is walked too.
    List(Rc<RefCell<List>>, usize),
    Tuple(Rc<Tuple>, usize),
    Fixed(std::vec::IntoIter<Value>),
    Range(Range, usize),
    OneShot(Rc<OneShot>),
    Text(Rc<str>, usize),
    Set {
        set: Rc<RefCell<Set>>,
        index: usize,
        size: usize,
    },
    Dict {
        dict: Rc<RefCell<Dict>>,
        kind: ViewKind,
        index: usize,
        size: usize,
    },
}

impl Items {
    /// The items of a value; an error when it can't be walked.
    pub(in crate::jinja) fn of(value: &Value) -> Result<Self, Error> {
        let of_dict = |dict: &Rc<RefCell<Dict>>, kind| {
            let size = dict.borrow().len();
            Self::Dict { dict: Rc::clone(dict), kind, index: 0, size }
        };
        Ok(match value {
            Value::Undefined(_) => Self::Empty,
            Value::List(list) => Self::List(Rc::clone(list), 0),
            Value::Tuple(tuple) => Self::Tuple(Rc::clone(tuple), 0),
            Value::Str(text) => Self::Text(Rc::clone(text), 0),
            Value::Dict(dict) => of_dict(dict, ViewKind::Keys),
            Value::View(view) => of_dict(&view.dict, view.kind),
            Value::Set(set) => {
                let size = set.borrow().len();
                Self::Set { set: Rc::clone(set), index: 0, size }
            }
            Value::Range(range) => Self::Range(**range, 0),
            Value::OneShot(items) => Self::OneShot(Rc::clone(items)),
            Value::Object(object) => match object.iterate() {
                Some(items) => Self::Fixed(items.into_iter()),
                None => return Err(not_iterable(value)),
            },
            _ => return Err(not_iterable(value)),
        })
    }

    pub(in crate::jinja) fn next(&mut self) -> Result<Option<Value>, Error> {
        Ok(match self {
            Self::Empty => None,
            Self::List(list, index) => {
                let item = list.borrow().get(*index).cloned();
                *index += 1;
                item
            }
            Self::Tuple(tuple, index) => {
                let item = tuple.get(*index).cloned();
                *index += 1;
                item
            }
            Self::Fixed(items) => items.next(),
            Self::OneShot(items) => items.items.borrow_mut().next(),
            Self::Range(range, index) => {
                let item = (*index < range.len()).then(|| Value::Int(range.at(*index)));
                *index += 1;
                item
            }
            Self::Text(text, offset) => {
                let next = text.get(*offset..).and_then(|rest| rest.chars().next());
                next.map(|character| {
                    *offset += character.len_utf8();
                    Value::str(character.encode_utf8(&mut [0; 4]))
                })
            }
            Self::Set { set, index, size } => {
                let set = set.borrow();
                if set.len() != *size {
                    return Err(Error::new(ErrorKind::Other, "Set changed size during iteration"));
                }
                let item = set.item_at(*index).cloned();
                *index += 1;
                item
            }
            Self::Dict { dict, kind, index, size } => {
                let dict = dict.borrow();
                if dict.len() != *size {
                    return Err(Error::new(ErrorKind::Other, "dictionary changed size during iteration"));
                }
                let item = dict.entry_at(*index).map(|entry| kind.of(entry));
                *index += 1;
                item
            }
        })
    }
}

fn not_iterable(value: &Value) -> Error {
    Error::type_error(format!("'{}' object is not iterable", value.type_name()))
}

impl Interpreter<'_> {
    /// All items of a value, as Python's `list(value)`.
    pub fn collect(&mut self, value: &Value) -> Result<Vec<Value>, Error> {
        if let Some(length) = value.len() {
            self.charge_items(length)?;
        }
        let mut items = Items::of(value)?;
        let mut collected = Vec::with_capacity(value.len().unwrap_or(0));
        while let Some(item) = items.next()? {
            collected.push(item);
        }
        Ok(collected)
    }
}
