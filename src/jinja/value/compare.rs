//! Python's equality and order.

use std::cmp::Ordering;
use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::{FromPrimitive, ToPrimitive};

use super::{Key, Value, ViewKind};
use crate::jinja::error::{Error, ErrorKind};

/// Deeper comparisons are an error in Python too (`RecursionError`); here they are "not equal".
const DEPTH: usize = 200;

/// Lists that share their items can hold far more pairs than memory.
const BUDGET: u64 = 1_000_000;

/// What a look into a dict or a set costs, in pairs.
const LOOK_UP: u64 = 4;

impl Value {
    /// Python's `==`. Beyond a million comparisons the answer is no.
    pub fn equals(&self, other: &Self) -> bool {
        let mut budget = BUDGET;
        equal(self, other, 0, &mut budget)
    }

    /// As [`Value::equals`]; `budget` loses one for each pair compared, and at 0 the answer is no.
    pub(in crate::jinja) fn equals_within(&self, other: &Self, budget: &mut u64) -> bool {
        equal(self, other, 0, budget)
    }

    /// Python's `is`, for what has an identity; small immutable values are the same when equal.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::List(a), Self::List(b)) => Rc::ptr_eq(a, b),
            (Self::Dict(a), Self::Dict(b)) => Rc::ptr_eq(a, b),
            (Self::Set(a), Self::Set(b)) => Rc::ptr_eq(a, b),
            (Self::Tuple(a), Self::Tuple(b)) => Rc::ptr_eq(a, b) || a.is_empty() && b.is_empty(),
            (Self::Function(a), Self::Function(b)) => Rc::ptr_eq(a, b),
            (Self::Macro(a), Self::Macro(b)) => Rc::ptr_eq(a, b),
            (Self::Method(a), Self::Method(b)) => Rc::ptr_eq(a, b),
            (Self::OneShot(a), Self::OneShot(b)) => Rc::ptr_eq(a, b),
            (Self::Range(a), Self::Range(b)) => Rc::ptr_eq(a, b),
            (Self::Object(a), Self::Object(b)) => Rc::ptr_eq(a, b),
            (Self::None, Self::None) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            (Self::Str(a), Self::Str(b)) => a == b,
            (Self::Undefined(a), Self::Undefined(b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// The order for `<`, `>`, `<=`, `>=` (`symbol` is for the complaint). `None` is "neither", for
    /// NaN and for sets of which none holds the other.
    pub fn order(&self, other: &Self, symbol: &str) -> Result<Option<Ordering>, Error> {
        order(self, other, symbol, 0)
    }
}

fn equal(left: &Value, right: &Value, depth: usize, budget: &mut u64) -> bool {
    if depth > DEPTH || *budget == 0 {
        return false;
    }
    *budget -= 1;
    *budget = budget.saturating_sub(length_cost(left, right));
    match (left, right) {
        (Value::Str(a), Value::Str(b)) => a == b,
        (Value::None, Value::None) | (Value::Undefined(_), Value::Undefined(_)) => true,
        (Value::List(a), Value::List(b)) => Rc::ptr_eq(a, b) || all_equal(&a.borrow(), &b.borrow(), depth, budget),
        (Value::Tuple(a), Value::Tuple(b)) => all_equal(a, b, depth, budget),
        (Value::Dict(a), Value::Dict(b)) => {
            Rc::ptr_eq(a, b) || {
                let (a, b) = (a.borrow(), b.borrow());
                *budget = budget.saturating_sub(a.len() as u64 * LOOK_UP);
                a.len() == b.len()
                    && a.iter().all(|(key, x)| b.get(key).ok().flatten().is_some_and(|y| same(x, y, depth, budget)))
            }
        }
        (Value::Set(a), Value::Set(b)) => {
            Rc::ptr_eq(a, b) || {
                let (a, b) = (a.borrow(), b.borrow());
                *budget = budget.saturating_sub(a.len() as u64 * LOOK_UP);
                a.len() == b.len() && a.keys().all(|key| b.contains(key))
            }
        }
        (Value::Range(a), Value::Range(b)) => {
            a.len() == b.len() && (a.len() == 0 || a.start == b.start && (a.len() == 1 || a.step == b.step))
        }
        (Value::View(a), Value::View(b)) if a.kind == ViewKind::Keys && b.kind == ViewKind::Keys => {
            let (a, b) = (a.dict.borrow(), b.dict.borrow());
            *budget = budget.saturating_sub(a.len() as u64 * LOOK_UP);
            a.len() == b.len() && a.iter().all(|(key, _)| b.get(key).is_ok_and(|found| found.is_some()))
        }
        (Value::View(a), Value::View(b)) if a.kind != ViewKind::Values && b.kind != ViewKind::Values => {
            let (a, b) = (a.items(), b.items());
            a.len() == b.len() && a.iter().all(|x| b.iter().any(|y| same(x, y, depth, budget)))
        }
        (Value::Object(object), other) | (other, Value::Object(object)) => {
            if left.is_same(right) {
                return true;
            }
            if let Some(("", plain, _)) = object.stand_in() {
                return equal(&plain, other, depth + 1, budget);
            }
            object.equals(other) || matches!(other, Value::Object(other) if other.equals(left))
        }
        _ => match (Number::of(left), Number::of(right)) {
            (Some(a), Some(b)) => a.order(&b) == Some(Ordering::Equal),
            _ => left.is_same(right),
        },
    }
}

/// Python's equality of two items of containers: `is` comes first.
fn same(left: &Value, right: &Value, depth: usize, budget: &mut u64) -> bool {
    *budget = budget.saturating_sub(1 + length_cost(left, right));
    *budget > 0 && (left.is_same(right) || equal(left, right, depth + 1, budget))
}

fn all_equal(left: &[Value], right: &[Value], depth: usize, budget: &mut u64) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(x, y)| same(x, y, depth, budget))
}

/// What the length of two texts or integers adds to a comparison, in pairs.
fn length_cost(left: &Value, right: &Value) -> u64 {
    match (left, right) {
        (Value::Str(a), Value::Str(b)) if a.len() == b.len() => a.len() as u64 / 64,
        (Value::BigInt(a), Value::BigInt(_)) => a.bits() / 512,
        _ => 0,
    }
}

fn order(left: &Value, right: &Value, symbol: &str, depth: usize) -> Result<Option<Ordering>, Error> {
    if depth > DEPTH {
        return Err(Error::new(ErrorKind::Other, "maximum recursion depth exceeded in comparison"));
    }
    let items = |a: &[Value], b: &[Value]| {
        for (x, y) in a.iter().zip(b) {
            if !(x.is_same(y) || equal(x, y, depth + 1, &mut BUDGET.clone())) {
                return order(x, y, symbol, depth + 1);
            }
        }
        Ok(Some(a.len().cmp(&b.len())))
    };
    match (left, right) {
        (Value::Str(a), Value::Str(b)) => Ok(Some(a.cmp(b))),
        (Value::List(a), Value::List(b)) => items(&a.borrow(), &b.borrow()),
        (Value::Tuple(a), Value::Tuple(b)) => items(a, b),
        (Value::Set(a), Value::Set(b)) => {
            let (a, b) = (a.borrow(), b.borrow());
            let within = |x: &super::Set, y: &super::Set| x.keys().all(|key: &Key| y.contains(key));
            Ok(match (within(&a, &b), within(&b, &a)) {
                (true, true) => Some(Ordering::Equal),
                (true, false) => Some(Ordering::Less),
                (false, true) => Some(Ordering::Greater),
                (false, false) => None,
            })
        }
        (Value::Undefined(undefined), _) | (_, Value::Undefined(undefined)) => {
            Err(Error::undefined(undefined.message()))
        }
        _ => {
            if let (Some(a), Some(b)) = (Number::of(left), Number::of(right)) {
                return Ok(a.order(&b));
            }
            object_order(left, right).map(Some).ok_or_else(|| {
                Error::type_error(format!(
                    "'{symbol}' not supported between instances of '{}' and '{}'",
                    left.type_name(),
                    right.type_name()
                ))
            })
        }
    }
}

fn object_order(left: &Value, right: &Value) -> Option<Ordering> {
    let forward = if let Value::Object(object) = left { object.compare(right) } else { None };
    forward.or_else(|| {
        let Value::Object(object) = right else { return None };
        object.compare(left).map(Ordering::reverse)
    })
}

/// A number on its way through a comparison or an operation.
#[derive(Clone, Debug)]
pub(in crate::jinja) enum Number {
    Int(i64),
    Big(Rc<BigInt>),
    Float(f64),
}

impl Number {
    pub(in crate::jinja) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(flag) => Some(Self::Int(i64::from(*flag))),
            Value::Int(number) => Some(Self::Int(*number)),
            Value::BigInt(number) => Some(Self::Big(Rc::clone(number))),
            Value::Float(number) => Some(Self::Float(*number)),
            _ => None,
        }
    }

    pub(in crate::jinja) fn to_big(&self) -> Option<BigInt> {
        match self {
            Self::Int(number) => Some(BigInt::from(*number)),
            Self::Big(number) => Some(number.as_ref().clone()),
            Self::Float(number) => BigInt::from_f64(*number),
        }
    }

    /// Fails when an integer is beyond a float's range.
    pub(in crate::jinja) fn to_float(&self) -> Result<f64, Error> {
        match self {
            Self::Int(number) => Ok(*number as f64),
            Self::Float(number) => Ok(*number),
            Self::Big(number) => match number.to_f64() {
                Some(float) if float.is_finite() => Ok(float),
                _ => Err(Error::new(ErrorKind::Overflow, "int too large to convert to float")),
            },
        }
    }

    fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(b)),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(b),
            (Self::Float(a), whole) => whole.order_with_float(*a).map(Ordering::reverse),
            (whole, Self::Float(b)) => whole.order_with_float(*b),
            (a, b) => Some(a.to_big()?.cmp(&b.to_big()?)),
        }
    }

    /// Exact: `2**53 + 1` is greater than `float(2**53)`.
    fn order_with_float(&self, float: f64) -> Option<Ordering> {
        if float.is_nan() {
            return None;
        }
        if float.is_infinite() {
            return Some(if float > 0.0 { Ordering::Less } else { Ordering::Greater });
        }
        let whole = self.to_big()?;
        let floor = BigInt::from_f64(float.floor())?;
        Some(whole.cmp(&floor).then(if float.fract() == 0.0 { Ordering::Equal } else { Ordering::Less }))
    }
}
