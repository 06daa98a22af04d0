//! `timedelta`: a span of time.

use std::cmp::Ordering;

use jiff::SignedDuration;

use crate::jinja::{Args, BinaryOperator, Error, Interpreter, Object, Value};

/// Python's `timedelta`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span(pub(super) SignedDuration);

pub(super) fn timedelta(args: Args) -> Result<Value, Error> {
    const NAMES: [&str; 7] = ["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"];
    const SECONDS: [f64; 7] = [86_400.0, 1.0, 1e-6, 1e-3, 60.0, 3600.0, 604_800.0];
    let bound = args.bind("timedelta", NAMES, 0)?;
    let number = |value: &Value| match value {
        Value::Float(number) => *number,
        other => other.as_int().unwrap_or_default() as f64,
    };
    let seconds: f64 = bound.iter().zip(SECONDS).filter_map(|(value, unit)| Some(number(value.as_ref()?) * unit)).sum();
    if seconds.abs() > 86_400.0 * 999_999_999.0 || !seconds.is_finite() {
        return Err(Error::new(crate::jinja::ErrorKind::Overflow, "days out of range for timedelta"));
    }
    Ok(Value::object(Span(SignedDuration::from_micros((seconds * 1e6).round() as i64))))
}

impl Object for Span {
    fn type_name(&self) -> &'static str {
        "timedelta"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        let seconds = self.0.as_secs();
        Some(Value::Int(match name {
            "days" => seconds.div_euclid(86_400),
            "seconds" => seconds.rem_euclid(86_400),
            "microseconds" => i64::from(self.0.subsec_micros()),
            _ => return None,
        }))
    }

    fn call_method(
        &self,
        _interpreter: &mut Interpreter<'_>,
        name: &str,
        _args: &Args,
    ) -> Option<Result<Value, Error>> {
        (name == "total_seconds").then(|| Ok(Value::Float(self.0.as_secs_f64())))
    }

    fn operate(&self, operator: BinaryOperator, other: &Value, reflected: bool) -> Option<Result<Value, Error>> {
        let other = other.downcast::<Self>()?;
        match (operator, reflected) {
            (BinaryOperator::Add, _) => Some(Ok(Value::object(Self(self.0 + other.0)))),
            (BinaryOperator::Subtract, false) => Some(Ok(Value::object(Self(self.0 - other.0)))),
            _ => None,
        }
    }

    fn equals(&self, other: &Value) -> bool {
        other.downcast::<Self>().is_some_and(|other| *other == *self)
    }

    fn compare(&self, other: &Value) -> Option<Ordering> {
        Some(self.0.cmp(&other.downcast::<Self>()?.0))
    }

    fn to_str(&self) -> String {
        let seconds = self.0.as_secs();
        let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let plural = if days.abs() == 1 { "" } else { "s" };
        let days = if days == 0 { String::new() } else { format!("{days} day{plural}, ") };
        format!("{days}{}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60)
    }
}
