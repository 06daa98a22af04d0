//! Ranges and dict views, and the numbers behind `Value`.

use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::{DictView, Number, Range, Value, ViewKind};

impl Range {
    /// Number of items.
    pub(in crate::jinja) fn len(&self) -> usize {
        let (start, stop, step) = (i128::from(self.start), i128::from(self.stop), i128::from(self.step));
        let count = if step > 0 { (stop - start + step - 1) / step } else { (start - stop - step - 1) / -step };
        usize::try_from(count.max(0)).unwrap_or(usize::MAX)
    }

    /// The item at an index below [`Range::len`].
    pub(in crate::jinja) fn at(&self, index: usize) -> i64 {
        self.start.wrapping_add(self.step.wrapping_mul(index as i64))
    }

    /// The items from one index to before another, every `step`th: a range again, as in Python.
    pub(in crate::jinja) fn sliced(&self, first: i64, end: i64, step: i64) -> Self {
        let at = |index: i64| self.start.saturating_add(self.step.saturating_mul(index));
        Self { start: at(first), stop: at(end), step: self.step.saturating_mul(step) }
    }

    pub(in crate::jinja) fn contains(&self, item: i64) -> bool {
        let inside =
            if self.step > 0 { self.start <= item && item < self.stop } else { self.stop < item && item <= self.start };
        inside && (i128::from(item) - i128::from(self.start)) % i128::from(self.step) == 0
    }
}

impl DictView {
    /// The items as they are now.
    pub(in crate::jinja) fn items(&self) -> Vec<Value> {
        self.dict.borrow().iter().map(|entry| self.kind.of(entry)).collect()
    }
}

impl ViewKind {
    pub(in crate::jinja) fn of(self, (key, value): (&Value, &Value)) -> Value {
        match self {
            Self::Keys => key.clone(),
            Self::Values => value.clone(),
            Self::Items => Value::tuple(vec![key.clone(), value.clone()]),
        }
    }
}

impl Value {
    /// An integer of any size.
    pub(in crate::jinja) fn big(number: BigInt) -> Self {
        number.to_i64().map_or_else(|| Self::BigInt(Rc::new(number)), Self::Int)
    }

    /// The number as a float; nothing for what is no number or too large.
    pub(in crate::jinja) fn to_float(&self) -> Option<f64> {
        Number::of(self).and_then(|number| number.to_float().ok())
    }
}
