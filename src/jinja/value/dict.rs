//! Dict and set: insertion ordered, keyed by Python's equality and hash (`1 == 1.0 == True`).

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use indexmap::Equivalent;
use num_bigint::BigInt;
use num_traits::{FromPrimitive, ToPrimitive};

use super::Value;
use super::release::release;
use crate::jinja::error::Error;
use crate::jinja::quick::{QuickIndexMap, QuickIndexSet};

/// A value that can be hashed.
#[derive(Clone, Debug)]
pub struct Key(Value);

impl Key {
    /// Fails for lists, dicts and sets: `unhashable type: 'list'`.
    pub fn new(value: Value) -> Result<Self, Error> {
        check_hashable(&value, 0, &mut TUPLE_ITEMS.clone())?;
        Ok(Self(value))
    }

    pub fn value(&self) -> &Value {
        &self.0
    }

    pub fn into_value(self) -> Value {
        self.0
    }
}

/// Bounds of a tuple that is a key: nesting, and items of all levels.
const TUPLE_DEPTH: usize = 50;
const TUPLE_ITEMS: usize = 10_000;

fn check_hashable(value: &Value, depth: usize, items_left: &mut usize) -> Result<(), Error> {
    match value {
        Value::List(_) | Value::Dict(_) | Value::Set(_) => {
            Err(Error::type_error(format!("unhashable type: '{}'", value.type_name())))
        }
        Value::Tuple(items) => {
            if depth >= TUPLE_DEPTH || *items_left < items.len() {
                return Err(Error::limit(format!(
                    "a tuple used as a key may hold {TUPLE_ITEMS} items, nested {TUPLE_DEPTH} deep"
                )));
            }
            *items_left -= items.len();
            items.iter().try_for_each(|item| check_hashable(item, depth + 1, items_left))
        }
        _ => Ok(()),
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self(Value::Str(text.into()))
    }
}

impl From<Rc<str>> for Key {
    fn from(text: Rc<str>) -> Self {
        Self(Value::Str(text))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.0.equals(&other.0)
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash_value(&self.0, state);
    }
}

fn hash_value<H: Hasher>(value: &Value, state: &mut H) {
    match value {
        Value::Str(text) => text.as_ref().hash(state),
        Value::None => state.write_u8(1),
        Value::Bool(flag) => state.write_i64(i64::from(*flag)),
        Value::Int(number) => state.write_i64(*number),
        Value::BigInt(number) => number.hash(state),
        Value::Float(number) => hash_float(*number, state),
        Value::Tuple(items) => {
            state.write_u8(2);
            items.iter().for_each(|item| hash_value(item, state));
        }
        // An empty range is any other one.
        Value::Range(range) => (range.len(), if range.len() == 0 { 0 } else { range.start }).hash(state),
        Value::Function(function) => Rc::as_ptr(function).hash(state),
        Value::Method(method) => Rc::as_ptr(method).hash(state),
        Value::Macro(called) => Rc::as_ptr(called).hash(state),
        Value::OneShot(items) => Rc::as_ptr(items).hash(state),
        Value::Object(object) if object.has_identity() => Rc::as_ptr(object).cast::<()>().hash(state),
        // Equal ones of these are rare: one bucket is right, if slow.
        _ => state.write_u8(3),
    }
}

fn hash_float<H: Hasher>(number: f64, state: &mut H) {
    if number.fract() != 0.0 || !number.is_finite() {
        return state.write_u64(number.to_bits());
    }
    match number.to_i64() {
        Some(whole) => state.write_i64(whole),
        None => BigInt::from_f64(number).hash(state),
    }
}

impl Equivalent<Key> for str {
    fn equivalent(&self, key: &Key) -> bool {
        key.0.as_str() == Some(self)
    }
}

/// A Python dict.
#[derive(Clone, Debug, Default)]
pub struct Dict(QuickIndexMap<Key, Value>);

impl Dict {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn with_capacity(capacity: usize) -> Self {
        let mut entries = QuickIndexMap::default();
        entries.reserve(capacity);
        Self(entries)
    }

    /// By a text key, without making a value of it.
    pub fn get_str(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// By any key; unhashable keys are an error, as in Python.
    pub fn get(&self, key: &Value) -> Result<Option<&Value>, Error> {
        if let Value::Str(text) = key {
            return Ok(self.0.get(text.as_ref()));
        }
        Ok(self.0.get(&Key::new(key.clone())?))
    }

    /// Sets a key; a key that was there keeps its place.
    pub fn insert(&mut self, key: impl Into<Key>, value: impl Into<Value>) -> Option<Value> {
        self.0.insert(key.into(), value.into())
    }

    pub fn remove(&mut self, key: &Value) -> Result<Option<Value>, Error> {
        Ok(self.0.shift_remove(&Key::new(key.clone())?))
    }

    pub fn pop_last(&mut self) -> Option<(Key, Value)> {
        self.0.pop()
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Value, &Value)> + DoubleEndedIterator {
        self.0.iter().map(|(key, value)| (key.value(), value))
    }

    /// The entry at a place of the order.
    pub fn entry_at(&self, index: usize) -> Option<(&Value, &Value)> {
        self.0.get_index(index).map(|(key, value)| (key.value(), value))
    }
}

impl Dict {
    /// Keys and values, out of the dict.
    pub(in crate::jinja) fn take_values(&mut self) -> impl Iterator<Item = Value> + use<> {
        std::mem::take(&mut self.0).into_iter().flat_map(|(key, value)| [key.into_value(), value])
    }
}

impl Set {
    /// The items, out of the set.
    pub(in crate::jinja) fn take_values(&mut self) -> impl Iterator<Item = Value> + use<> {
        std::mem::take(&mut self.0).into_iter().map(Key::into_value)
    }
}

impl Drop for Dict {
    fn drop(&mut self) {
        release(self.take_values());
    }
}

impl Drop for Set {
    fn drop(&mut self) {
        release(self.take_values());
    }
}

impl<K: Into<Key>, V: Into<Value>> FromIterator<(K, V)> for Dict {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        Self(entries.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

/// A Python set; it keeps the order of insertion, where Python's order is arbitrary.
#[derive(Clone, Debug, Default)]
pub struct Set(QuickIndexSet<Key>);

impl Set {
    /// Returns whether the item is new.
    pub fn insert(&mut self, key: Key) -> bool {
        self.0.insert(key)
    }

    pub fn contains(&self, key: &Key) -> bool {
        self.0.contains(key)
    }

    pub fn remove(&mut self, key: &Key) -> bool {
        self.0.shift_remove(key)
    }

    pub fn pop_first(&mut self) -> Option<Key> {
        self.0.shift_remove_index(0)
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.0.iter().map(Key::value)
    }

    pub fn keys(&self) -> impl ExactSizeIterator<Item = &Key> {
        self.0.iter()
    }

    /// The item at a place of the order.
    pub fn item_at(&self, index: usize) -> Option<&Value> {
        self.0.get_index(index).map(Key::value)
    }
}

impl FromIterator<Key> for Set {
    fn from_iter<I: IntoIterator<Item = Key>>(keys: I) -> Self {
        Self(keys.into_iter().collect())
    }
}
