//! Python's operators.

use num_bigint::{BigInt, Sign};
use num_traits::{Signed, ToPrimitive, Zero};

use super::{Interpreter, Items};
use crate::jinja::ast::CompareOperator;
use crate::jinja::error::{Error, ErrorKind};
use crate::jinja::methods::{percent, set_of};
use crate::jinja::value::{BinaryOperator, Key, Number, Value, ViewKind};

/// Largest integer that an operation may make, in bits. Python's own is memory; no template needs more.
///
/// It is what 4300 decimal digits take: Python reads and writes no longer ones either.
const INTEGER_BITS: u64 = 14_284;

impl Interpreter<'_> {
    pub(in crate::jinja) fn binary(
        &mut self,
        operator: BinaryOperator,
        left: &Value,
        right: &Value,
    ) -> Result<Value, Error> {
        use BinaryOperator as Op;
        if let (Value::Int(a), Value::Int(b)) = (left, right) {
            let quick = match operator {
                Op::Add => a.checked_add(*b),
                Op::Subtract => a.checked_sub(*b),
                Op::Multiply => a.checked_mul(*b),
                _ => None,
            };
            if let Some(result) = quick {
                return Ok(Value::Int(result));
            }
        }
        if let (Op::Remainder, Value::Str(format)) = (operator, left) {
            return percent::format(self, format, right);
        }
        if let (Some(a), Some(b)) = (Number::of(left), Number::of(right)) {
            return self.arithmetic(operator, &a, &b);
        }
        if let Value::Undefined(undefined) = left {
            return Err(Error::undefined(undefined.message()));
        }
        if let Some(result) = operated(operator, left, right) {
            return result;
        }
        if let Value::Undefined(undefined) = right {
            return Err(Error::undefined(undefined.message()));
        }
        match operator {
            Op::Add => self.join(left, right),
            Op::Multiply => self.repeat(left, right),
            Op::Subtract => match (left, right) {
                (Value::Set(a), Value::Set(b)) => {
                    let (a, b) = (a.borrow(), b.borrow());
                    self.charge_items(a.len())?;
                    Ok(Value::set(a.keys().filter(|key| !b.contains(key)).cloned().collect()))
                }
                // The keys and the items of a dict are sets as far as operators go.
                (Value::View(view), other) if view.kind != ViewKind::Values => {
                    let (a, b) = (set_of(self, left)?, set_of(self, other)?);
                    Ok(Value::set(a.keys().filter(|key| !b.contains(key)).cloned().collect()))
                }
                _ => Err(unsupported(operator, left, right)),
            },
            _ => Err(unsupported(operator, left, right)),
        }
    }

    /// `+` of sequences.
    fn join(&mut self, left: &Value, right: &Value) -> Result<Value, Error> {
        match (left, right) {
            (Value::Str(a), Value::Str(b)) => {
                self.charge_bytes(a.len() + b.len())?;
                let mut text = String::with_capacity(a.len() + b.len());
                text.push_str(a);
                text.push_str(b);
                Ok(Value::from(text))
            }
            (Value::List(a), Value::List(b)) => {
                let (a, b) = (a.borrow(), b.borrow());
                self.charge_items(a.len() + b.len())?;
                Ok(Value::list(a.iter().chain(b.iter()).cloned().collect()))
            }
            (Value::Tuple(a), Value::Tuple(b)) => {
                self.charge_items(a.len() + b.len())?;
                Ok(Value::tuple(a.iter().chain(b.iter()).cloned().collect()))
            }
            (Value::Str(_) | Value::List(_) | Value::Tuple(_), _) => {
                let (kind, other) = (left.type_name(), right.type_name());
                Err(Error::type_error(format!("can only concatenate {kind} (not \"{other}\") to {kind}")))
            }
            _ => Err(unsupported(BinaryOperator::Add, left, right)),
        }
    }

    /// `*` of a sequence and a count.
    fn repeat(&mut self, left: &Value, right: &Value) -> Result<Value, Error> {
        let is_sequence = |value: &Value| matches!(value, Value::Str(_) | Value::List(_) | Value::Tuple(_));
        let (sequence, times) = match (is_sequence(left), is_sequence(right)) {
            (true, _) => (left, right),
            (false, true) => (right, left),
            (false, false) => return Err(unsupported(BinaryOperator::Multiply, left, right)),
        };
        if let Value::BigInt(_) = times {
            return Err(Error::new(ErrorKind::Overflow, "cannot fit 'int' into an index-sized integer"));
        }
        let Some(count) = times.as_int() else {
            let kind = times.type_name();
            return Err(Error::type_error(format!("can't multiply sequence by non-int of type '{kind}'")));
        };
        let count = usize::try_from(count).unwrap_or(0);
        let repeated = |items: &[Value]| -> Vec<Value> {
            // Nothing, however often, is nothing: a walk over a count that costs nothing would never end.
            let count = if items.is_empty() { 0 } else { count };
            std::iter::repeat_n(items, count).flat_map(|items| items.iter().cloned()).collect()
        };
        match sequence {
            Value::Str(text) => {
                self.charge_bytes(text.len().saturating_mul(count))?;
                Ok(Value::from(text.repeat(count)))
            }
            Value::List(items) => {
                self.charge_items(items.borrow().len().saturating_mul(count))?;
                let items = repeated(&items.borrow());
                Ok(Value::list(items))
            }
            Value::Tuple(items) => {
                self.charge_items(items.len().saturating_mul(count))?;
                Ok(Value::tuple(repeated(items)))
            }
            _ => Err(unsupported(BinaryOperator::Multiply, left, right)),
        }
    }

    fn arithmetic(&mut self, operator: BinaryOperator, left: &Number, right: &Number) -> Result<Value, Error> {
        use BinaryOperator as Op;
        let is_float = matches!(left, Number::Float(_)) || matches!(right, Number::Float(_));
        if is_float || operator == Op::Divide {
            return float_operation(operator, left.to_float()?, right.to_float()?, is_float).map(Value::Float);
        }
        let (Some(a), Some(b)) = (left.to_big(), right.to_big()) else {
            return Ok(Value::Float(f64::NAN));
        };
        self.charge((a.bits() + b.bits()) / 32)?;
        let number = match operator {
            Op::Add => a + b,
            Op::Subtract => a - b,
            Op::Multiply => {
                self.check_bits((a.bits() + b.bits()).saturating_sub(1))?;
                a * b
            }
            Op::FloorDivide if b.is_zero() => return Err(by_zero("integer division or modulo by zero")),
            Op::Remainder if b.is_zero() => return Err(by_zero("integer modulo by zero")),
            Op::FloorDivide | Op::Remainder => {
                self.charge(a.bits() * b.bits() / (1 << 18))?;
                let (quotient, remainder) = floor_divide(&a, &b);
                if operator == Op::Remainder { remainder } else { quotient }
            }
            Op::Divide | Op::Power => return self.power(&a, &b),
        };
        if number.bits() > INTEGER_BITS {
            return Err(too_many_bits());
        }
        Ok(Value::big(number))
    }

    fn power(&mut self, base: &BigInt, exponent: &BigInt) -> Result<Value, Error> {
        if exponent.is_negative() {
            let (base, exponent) = (base.to_f64().unwrap_or(f64::NAN), exponent.to_f64().unwrap_or(f64::NAN));
            return float_operation(BinaryOperator::Power, base, exponent, true).map(Value::Float);
        }
        let small = base.abs() <= BigInt::from(1);
        let times = exponent.to_u64().unwrap_or(u64::MAX);
        if !small {
            // At least so many; twice as many at most.
            self.check_bits((base.bits() - 1).saturating_mul(times))?;
        }
        let times = if small { 2 - times % 2 } else { times };
        let times = if exponent.is_zero() { 0 } else { times };
        let number = base.pow(u32::try_from(times).unwrap_or(u32::MAX));
        if number.bits() > INTEGER_BITS {
            return Err(too_many_bits());
        }
        Ok(Value::big(number))
    }

    /// Before an integer of so many bits is made.
    fn check_bits(&mut self, bits: u64) -> Result<(), Error> {
        if bits > INTEGER_BITS {
            return Err(too_many_bits());
        }
        // Multiplication is slower than linear.
        self.charge(bits * bits / (1 << 20))
    }

    pub(super) fn negate(&mut self, operand: &Value) -> Result<Value, Error> {
        self.charge_read(operand)?;
        match Number::of(operand) {
            Some(Number::Float(number)) => Ok(Value::Float(-number)),
            Some(Number::Int(number)) if number != i64::MIN => Ok(Value::Int(-number)),
            Some(number) => Ok(number.to_big().map_or(Value::None, |number| Value::big(-number))),
            None => Err(bad_operand('-', operand)),
        }
    }

    pub(super) fn plus(&mut self, operand: Value) -> Result<Value, Error> {
        match operand {
            Value::Bool(flag) => Ok(Value::Int(i64::from(flag))),
            Value::Int(_) | Value::BigInt(_) | Value::Float(_) => Ok(operand),
            _ => Err(bad_operand('+', &operand)),
        }
    }

    pub(in crate::jinja) fn compare(
        &mut self,
        operator: CompareOperator,
        left: &Value,
        right: &Value,
    ) -> Result<bool, Error> {
        use CompareOperator as Op;
        match operator {
            Op::Equal => self.equal(left, right),
            Op::NotEqual => self.equal(left, right).map(|equal| !equal),
            Op::In => self.contains(right, left),
            Op::NotIn => self.contains(right, left).map(|found| !found),
            Op::Less => Ok(self.order(left, right, "<")?.is_some_and(std::cmp::Ordering::is_lt)),
            Op::LessOrEqual => Ok(self.order(left, right, "<=")?.is_some_and(std::cmp::Ordering::is_le)),
            Op::Greater => Ok(self.order(left, right, ">")?.is_some_and(std::cmp::Ordering::is_gt)),
            Op::GreaterOrEqual => Ok(self.order(left, right, ">=")?.is_some_and(std::cmp::Ordering::is_ge)),
        }
    }

    /// Python's `item in container`.
    pub(in crate::jinja) fn contains(&mut self, container: &Value, item: &Value) -> Result<bool, Error> {
        match container {
            Value::Str(text) => {
                let Value::Str(part) = item else {
                    let kind = item.type_name();
                    let message = format!("'in <string>' requires string as left operand, not {kind}");
                    return Err(Error::type_error(message));
                };
                self.charge_walk(text.len() / 8)?;
                return Ok(text.contains(part.as_ref()));
            }
            Value::Dict(dict) => {
                self.charge_read(item)?;
                return dict.borrow().get(item).map(|found| found.is_some());
            }
            Value::Set(set) => {
                self.charge_read(item)?;
                return Ok(set.borrow().contains(&Key::new(item.clone())?));
            }
            Value::View(view) if view.kind == ViewKind::Keys => {
                self.charge_read(item)?;
                return view.dict.borrow().get(item).map(|found| found.is_some());
            }
            Value::Range(range) => {
                if let Some(number) = item.as_int() {
                    return Ok(range.contains(number));
                }
            }
            Value::Object(object) => {
                if let Some(answer) = object.contains(item) {
                    return Ok(answer);
                }
            }
            _ => {}
        }
        let Ok(mut items) = Items::of(container) else {
            let kind = container.type_name();
            return Err(Error::type_error(format!("argument of type '{kind}' is not iterable")));
        };
        while let Some(candidate) = items.next()? {
            self.charge(1)?;
            if let (Value::Str(a), Value::Str(b)) = (&candidate, item)
                && a.len() == b.len()
            {
                self.charge(a.len() as u64 / 64)?;
            }
            if candidate.is_same(item) || self.equal(&candidate, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What the host's objects make of an operator.
fn operated(operator: BinaryOperator, left: &Value, right: &Value) -> Option<Result<Value, Error>> {
    let forward = if let Value::Object(object) = left { object.operate(operator, right, false) } else { None };
    forward.or_else(|| if let Value::Object(object) = right { object.operate(operator, left, true) } else { None })
}

fn unsupported(operator: BinaryOperator, left: &Value, right: &Value) -> Error {
    Error::type_error(format!(
        "unsupported operand type(s) for {}: '{}' and '{}'",
        operator.symbol(),
        left.type_name(),
        right.type_name()
    ))
}

fn bad_operand(sign: char, operand: &Value) -> Error {
    match operand {
        Value::Undefined(undefined) => Error::undefined(undefined.message()),
        _ => Error::type_error(format!("bad operand type for unary {sign}: '{}'", operand.type_name())),
    }
}

fn too_many_bits() -> Error {
    Error::limit(format!("an integer has more than {INTEGER_BITS} bits"))
}

fn by_zero(message: &str) -> Error {
    Error::new(ErrorKind::ZeroDivision, message)
}

/// Quotient and remainder, rounded towards minus infinity.
fn floor_divide(a: &BigInt, b: &BigInt) -> (BigInt, BigInt) {
    let (quotient, remainder) = (a / b, a % b);
    if remainder.sign() != Sign::NoSign && remainder.sign() != b.sign() {
        (quotient - 1, remainder + b)
    } else {
        (quotient, remainder)
    }
}

fn float_operation(operator: BinaryOperator, a: f64, b: f64, is_float: bool) -> Result<f64, Error> {
    use BinaryOperator as Op;
    Ok(match operator {
        Op::Add => a + b,
        Op::Subtract => a - b,
        Op::Multiply => a * b,
        Op::Divide if b == 0.0 => {
            return Err(by_zero(if is_float { "float division by zero" } else { "division by zero" }));
        }
        Op::Divide => a / b,
        Op::FloorDivide if b == 0.0 => return Err(by_zero("float floor division by zero")),
        Op::FloorDivide => {
            let whole = ((a - float_remainder(a, b)) / b).round();
            if whole == 0.0 { 0.0_f64.copysign(a / b) } else { whole }
        }
        Op::Remainder if b == 0.0 => return Err(by_zero("float modulo")),
        Op::Remainder => float_remainder(a, b),
        Op::Power if a == 0.0 && b < 0.0 => {
            return Err(by_zero("0.0 cannot be raised to a negative power"));
        }
        Op::Power if a < 0.0 && b.fract() != 0.0 && b.is_finite() => {
            return Err(Error::value_error("a complex number is no value of a template"));
        }
        Op::Power => {
            let result = a.powf(b);
            if result.is_infinite() && a.is_finite() && b.is_finite() {
                return Err(Error::new(ErrorKind::Overflow, "(34, 'Numerical result out of range')"));
            }
            result
        }
    })
}

/// The remainder has the divisor's sign.
fn float_remainder(a: f64, b: f64) -> f64 {
    let remainder = a % b;
    if remainder == 0.0 {
        return 0.0_f64.copysign(b);
    }
    if (remainder < 0.0) == (b < 0.0) { remainder } else { remainder + b }
}
