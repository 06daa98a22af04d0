//! `timedelta`: a span of time.

use std::cmp::Ordering;

use jiff::SignedDuration;

use crate::jinja::{Args, BinaryOperator, Error, ErrorKind, Interpreter, Object, Value};

/// Python's `timedelta`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span(pub(super) SignedDuration);

pub(super) fn timedelta(args: Args) -> Result<Value, Error> {
    const NAMES: [&str; 7] = ["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"];
    const MICROSECONDS: [i64; 7] = [86_400_000_000, 1_000_000, 1, 1_000, 60_000_000, 3_600_000_000, 604_800_000_000];
    let bound = args.bind("timedelta", NAMES, 0)?;
    // Whole numbers stay exact: a float has no room for the days of a million years in microseconds.
    let (mut whole, mut broken) = (0_i128, 0.0_f64);
    for (value, unit) in bound.iter().zip(MICROSECONDS) {
        match value {
            Some(Value::Float(number)) => broken += number * unit as f64,
            Some(other) => whole += i128::from(other.as_int().unwrap_or_default()) * i128::from(unit),
            None => {}
        }
    }
    if broken.is_nan() {
        return Err(Error::value_error("cannot convert float NaN to integer"));
    }
    // A float beyond the range of integers becomes its end, which is beyond the range of spans.
    let micros = whole + broken.round_ties_even() as i128;
    let seconds = i64::try_from(micros.div_euclid(1_000_000)).ok();
    let nanos = (micros.rem_euclid(1_000_000) * 1_000) as i32;
    within(seconds.and_then(|seconds| SignedDuration::from_secs(seconds).checked_add(SignedDuration::new(0, nanos))))
}

/// A span that Python can hold.
fn within(span: Option<SignedDuration>) -> Result<Value, Error> {
    const MOST_DAYS: i64 = 999_999_999;
    let span = span.ok_or_else(|| Error::new(ErrorKind::Overflow, "Python int too large to convert to C int"))?;
    let days = Span(span).days();
    if days.abs() > MOST_DAYS {
        let sentence = format!("days={days}; must have magnitude <= {MOST_DAYS}");
        return Err(Error::new(ErrorKind::Overflow, sentence));
    }
    Ok(Value::object(Span(span)))
}

impl Span {
    /// Whole days, counted down: what is before a day's end is in that day.
    pub(super) fn days(&self) -> i64 {
        i64::try_from(self.0.as_nanos().div_euclid(86_400_000_000_000)).unwrap_or(i64::MAX)
    }
}

impl Object for Span {
    fn type_name(&self) -> &'static str {
        "timedelta"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        let seconds = self.0.as_secs();
        Some(Value::Int(match name {
            "days" => self.days(),
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
            (BinaryOperator::Add, _) => Some(within(self.0.checked_add(other.0))),
            (BinaryOperator::Subtract, false) => Some(within(self.0.checked_sub(other.0))),
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
