//! List and tuple: a `Vec` each, taken apart without recursion when dropped.

use std::ops::{Deref, DerefMut};

use super::Value;
use super::release::release;

/// A Python list's items.
#[derive(Clone, Debug, Default)]
pub struct List(Vec<Value>);

/// A Python tuple's items.
#[derive(Clone, Debug, Default)]
pub struct Tuple(Vec<Value>);

impl From<Vec<Value>> for List {
    fn from(items: Vec<Value>) -> Self {
        Self(items)
    }
}

impl From<Vec<Value>> for Tuple {
    fn from(items: Vec<Value>) -> Self {
        Self(items)
    }
}

impl Deref for List {
    type Target = Vec<Value>;

    fn deref(&self) -> &Vec<Value> {
        &self.0
    }
}

impl DerefMut for List {
    fn deref_mut(&mut self) -> &mut Vec<Value> {
        &mut self.0
    }
}

impl Deref for Tuple {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.0
    }
}

impl Tuple {
    pub(super) fn take_items(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.0)
    }
}

impl Drop for List {
    fn drop(&mut self) {
        release(self.0.drain(..));
    }
}

impl Drop for Tuple {
    fn drop(&mut self) {
        release(self.0.drain(..));
    }
}
