//! `date`: a day without a time.

use std::cmp::Ordering;

use jiff::SignedDuration;
use jiff::civil::Date;

use super::span::Span;
use super::{Now, bad_value, build, parts, reached, strftime};
use crate::jinja::{Args, BinaryOperator, Error, Interpreter, Object, Value};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Day(pub(super) Date);

pub(super) struct DayClass {
    pub(super) now: Now,
}

impl Object for DayClass {
    fn type_name(&self) -> &'static str {
        "type"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, _interpreter: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
        let at = build(&parts(&args, &["year", "month", "day"], &[1, 1, 1]))?;
        Ok(Value::object(Day(at.date())))
    }

    fn call_method(&self, interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        if let Err(error) = interpreter.charge_args(args) {
            return Some(Err(error));
        }
        match name {
            "today" => Some(Ok(Value::object(Day(self.now.ask().date())))),
            "fromisoformat" => {
                let text = args.positional.first().map(Value::to_str).unwrap_or_default();
                Some(text.parse().map(|date| Value::object(Day(date))).map_err(bad_value))
            }
            _ => None,
        }
    }
}

impl Object for Day {
    fn type_name(&self) -> &'static str {
        "date"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        Some(Value::Int(match name {
            "year" => i64::from(self.0.year()),
            "month" => i64::from(self.0.month()),
            "day" => i64::from(self.0.day()),
            _ => return None,
        }))
    }

    fn call_method(&self, interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        if let Err(error) = interpreter.charge_args(args) {
            return Some(Err(error));
        }
        Some(match name {
            "strftime" => {
                let format = args.positional.first().map(Value::to_str).unwrap_or_default();
                let text = strftime(self.0.at(0, 0, 0, 0), None, &format);
                text.and_then(|text| interpreter.charge_value(&text).map(|()| text))
            }
            "isoformat" => Ok(self.to_str().into()),
            "weekday" => Ok(Value::Int(i64::from(self.0.weekday().to_monday_zero_offset()))),
            "isoweekday" => Ok(Value::Int(i64::from(self.0.weekday().to_monday_one_offset()))),
            "replace" => {
                let now = [i64::from(self.0.year()), i64::from(self.0.month()), i64::from(self.0.day())];
                build(&parts(args, &["year", "month", "day"], &now)).map(|at| Value::object(Self(at.date())))
            }
            _ => return None,
        })
    }

    fn operate(&self, operator: BinaryOperator, other: &Value, reflected: bool) -> Option<Result<Value, Error>> {
        if let Some(span) = other.downcast::<Span>() {
            // Of a span only the days count, and they are counted down: -1 hour is in the day before.
            let days = SignedDuration::from_hours(24 * span.days());
            let days = if operator == BinaryOperator::Subtract { -days } else { days };
            let fits = operator == BinaryOperator::Add || (operator == BinaryOperator::Subtract && !reflected);
            return fits.then(|| Ok(Value::object(Self(reached(self.0.at(0, 0, 0, 0).checked_add(days))?.date()))));
        }
        let other = other.downcast::<Self>()?;
        (operator == BinaryOperator::Subtract && !reflected)
            .then(|| Ok(Value::object(Span(self.0.duration_since(other.0)))))
    }

    fn equals(&self, other: &Value) -> bool {
        other.downcast::<Self>().is_some_and(|other| *other == *self)
    }

    fn compare(&self, other: &Value) -> Option<Ordering> {
        Some(self.0.cmp(&other.downcast::<Self>()?.0))
    }

    fn to_str(&self) -> String {
        self.0.to_string()
    }

    fn repr(&self) -> String {
        format!("datetime.date({}, {}, {})", self.0.year(), self.0.month(), self.0.day())
    }
}
