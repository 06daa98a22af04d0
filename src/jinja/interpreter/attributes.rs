//! Attributes, items and slices, by the rules of Jinja2's sandbox: `x.y` tries the attribute, then the
//! item; `x['y']` the item, then the attribute; what is not there is undefined.

use std::rc::Rc;

use super::Interpreter;
use crate::jinja::error::Error;
use crate::jinja::methods;
use crate::jinja::value::{BoundMethod, Undefined, Value};

impl Interpreter<'_> {
    /// `owner.name`
    pub fn get_attr(&mut self, owner: &Value, name: &str) -> Result<Value, Error> {
        if let Value::Undefined(undefined) = owner {
            return self.use_undefined(undefined);
        }
        if let Some(found) = attribute(owner, name) {
            return Ok(found);
        }
        let item = match owner {
            Value::Dict(dict) => dict.borrow().get_str(name).cloned(),
            Value::Object(object) => object.get_item(&Value::str(name)),
            _ => None,
        };
        Ok(item.unwrap_or_else(|| missing_attribute(owner, name)))
    }

    /// `owner[key]`
    pub fn get_item(&mut self, owner: &Value, key: &Value) -> Result<Value, Error> {
        if let Value::Undefined(undefined) = owner {
            return self.use_undefined(undefined);
        }
        let item = match owner {
            Value::Str(_) => {
                self.charge_read(owner)?;
                key.as_int().and_then(|index| item_at(owner, index))
            }
            Value::Dict(dict) => {
                self.charge_read(key)?;
                dict.borrow().get(key).ok().flatten().cloned()
            }
            Value::Object(object) => object.get_item(key),
            _ => key.as_int().and_then(|index| item_at(owner, index)),
        };
        if let Some(item) = item {
            return Ok(item);
        }
        let Value::Str(name) = key else {
            let key = repr_of(key);
            return Ok(Value::Undefined(Rc::new(Undefined::Element { owner: describe(owner).into(), key })));
        };
        Ok(attribute(owner, name).unwrap_or_else(|| missing_attribute(owner, name)))
    }

    /// `owner[start:stop:step]`
    pub(super) fn slice(&mut self, owner: &Value, bounds: &[Value; 3]) -> Result<Value, Error> {
        if let Value::Undefined(undefined) = owner {
            return self.use_undefined(undefined);
        }
        if !matches!(owner, Value::List(_) | Value::Tuple(_) | Value::Str(_) | Value::Range(_)) {
            return Err(Error::type_error(match owner {
                Value::Dict(_) => "unhashable type: 'slice'".to_owned(),
                _ => format!("'{}' object is not subscriptable", owner.type_name()),
            }));
        }
        if !bounds.iter().all(|bound| bound.is_none() || bound.as_int().is_some()) {
            return Err(Error::type_error("slice indices must be integers or None or have an __index__ method"));
        }
        let [start, stop, step] = bounds.each_ref().map(Value::as_int);
        let step = step.unwrap_or(1);
        if step == 0 {
            return Err(Error::value_error("slice step cannot be zero"));
        }
        self.charge_read(owner)?;
        let length = owner.len().unwrap_or(0);
        let indices = Indices::new(length, start, stop, step);
        if let Value::Range(range) = owner {
            return Ok(Value::Range(Rc::new(range.sliced(indices.next, indices.stop, step))));
        }
        self.charge_items(indices.left())?;
        if let Value::Str(text) = owner {
            return Ok(slice_text(text, length, &indices));
        }
        let items = indices.filter_map(|index| item_at(owner, index as i64)).collect();
        Ok(if let Value::Tuple(_) = owner { Value::tuple(items) } else { Value::list(items) })
    }
}

/// What Python's `getattr` finds.
fn attribute(owner: &Value, name: &str) -> Option<Value> {
    match owner {
        Value::Object(object) => object.get_attr(name),
        Value::Macro(called) => called.attribute(name),
        Value::Range(range) if matches!(name, "start" | "stop" | "step") => Some(Value::Int(match name {
            "start" => range.start,
            "stop" => range.stop,
            _ => range.step,
        })),
        _ => methods::find(owner, name)
            .map(|(name, call)| Value::Method(Rc::new(BoundMethod { receiver: owner.clone(), name, call }))),
    }
}

fn missing_attribute(owner: &Value, name: &str) -> Value {
    Value::Undefined(Rc::new(Undefined::Attribute { owner: describe(owner).into(), name: name.into() }))
}

/// Jinja2's `object_type_repr`.
fn describe(owner: &Value) -> String {
    match owner {
        Value::None => "None".to_owned(),
        Value::Object(object) => format!("{} object", object.type_path()),
        _ => format!("{} object", owner.type_name()),
    }
}

/// `repr` for a message: short.
fn repr_of(value: &Value) -> Rc<str> {
    let mut text = String::new();
    match value {
        Value::Str(_) => text = value.repr(),
        _ => value.write_within(&mut text, 200),
    }
    text.into()
}

/// The item at an index, which may count from the end.
fn item_at(owner: &Value, index: i64) -> Option<Value> {
    let at = |length: usize| {
        let index = if index < 0 { index + length as i64 } else { index };
        usize::try_from(index).ok().filter(|index| *index < length)
    };
    match owner {
        Value::List(items) => {
            let items = items.borrow();
            at(items.len()).and_then(|index| items.get(index).cloned())
        }
        Value::Tuple(items) => at(items.len()).and_then(|index| items.get(index).cloned()),
        Value::Range(range) => at(range.len()).map(|index| Value::Int(range.at(index))),
        Value::Str(text) if text.is_ascii() => {
            let index = at(text.len())?;
            text.get(index..=index).map(Value::str)
        }
        Value::Str(text) => {
            let character = text.chars().nth(at(text.chars().count())?)?;
            Some(Value::str(character.encode_utf8(&mut [0; 4])))
        }
        _ => None,
    }
}

fn slice_text(text: &str, length: usize, indices: &Indices) -> Value {
    if text.is_ascii() && indices.step == 1 {
        let start = indices.next.max(0) as usize;
        return Value::str(text.get(start..start + indices.left()).unwrap_or(""));
    }
    let mut characters = Vec::with_capacity(length);
    characters.extend(text.chars());
    let sliced: String = indices.clone().filter_map(|index| characters.get(index)).collect();
    Value::from(sliced)
}

/// The indices of a slice, as Python's `slice.indices`.
#[derive(Clone, Debug)]
struct Indices {
    next: i64,
    stop: i64,
    step: i64,
}

impl Indices {
    fn new(length: usize, start: Option<i64>, stop: Option<i64>, step: i64) -> Self {
        let length = length as i64;
        let (lowest, highest) = if step > 0 { (0, length) } else { (-1, length - 1) };
        let clamp = |bound: i64| {
            let bound = if bound < 0 { bound.saturating_add(length) } else { bound };
            bound.clamp(lowest, highest)
        };
        let (first, last) = if step > 0 { (lowest, highest) } else { (highest, lowest) };
        Self { next: start.map_or(first, clamp), stop: stop.map_or(last, clamp), step }
    }

    /// How many are to come.
    fn left(&self) -> usize {
        let distance = if self.step > 0 { self.stop - self.next } else { self.next - self.stop };
        let step = self.step.unsigned_abs();
        u64::try_from(distance).map_or(0, |distance| distance.div_ceil(step)) as usize
    }
}

impl Iterator for Indices {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let inside = if self.step > 0 { self.next < self.stop } else { self.next > self.stop };
        if !inside {
            return None;
        }
        let index = self.next;
        self.next = self.next.saturating_add(self.step);
        usize::try_from(index).ok()
    }
}
