//! Drops values that hold values without recursion: a template can nest lists a million deep in a
//! loop, and the stack would not bear it.

use std::mem;
use std::rc::Rc;

use super::Value;

/// Drops the values. What they alone hold is taken out of them first.
pub(in crate::jinja) fn release(values: impl Iterator<Item = Value>) {
    let mut pending: Vec<Value> = values.filter(holds_values).collect();
    while let Some(value) = pending.pop() {
        take_apart(value, &mut pending);
    }
}

fn holds_values(value: &Value) -> bool {
    matches!(
        value,
        Value::List(_)
            | Value::Tuple(_)
            | Value::Dict(_)
            | Value::Set(_)
            | Value::View(_)
            | Value::OneShot(_)
            | Value::Method(_)
            | Value::Macro(_)
            | Value::Object(_)
    )
}

fn take_apart(value: Value, pending: &mut Vec<Value>) {
    match value {
        Value::List(mut list) => {
            if let Some(list) = Rc::get_mut(&mut list) {
                pending.extend(mem::take(&mut **list.get_mut()).into_iter().filter(holds_values));
            }
        }
        Value::Tuple(mut tuple) => {
            if let Some(tuple) = Rc::get_mut(&mut tuple) {
                pending.extend(tuple.take_items().into_iter().filter(holds_values));
            }
        }
        Value::Dict(mut dict) => {
            if let Some(dict) = Rc::get_mut(&mut dict) {
                pending.extend(dict.get_mut().take_values().filter(holds_values));
            }
        }
        Value::Set(mut set) => {
            if let Some(set) = Rc::get_mut(&mut set) {
                pending.extend(set.get_mut().take_values().filter(holds_values));
            }
        }
        Value::View(view) => {
            if let Some(view) = Rc::into_inner(view) {
                pending.push(Value::Dict(view.dict));
            }
        }
        Value::OneShot(mut items) => {
            if let Some(items) = Rc::get_mut(&mut items) {
                pending.extend(items.items.get_mut().by_ref().filter(holds_values));
            }
        }
        Value::Method(method) => {
            if let Some(method) = Rc::into_inner(method) {
                pending.push(method.receiver);
            }
        }
        Value::Macro(mut called) => {
            if let Some(called) = Rc::get_mut(&mut called) {
                called.take_values(pending);
            }
        }
        Value::Object(mut object) => {
            if let Some(object) = Rc::get_mut(&mut object) {
                object.take_values(pending);
            }
        }
        _ => {}
    }
}
