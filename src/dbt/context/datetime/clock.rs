//! `time`: a time of day without a day.

use std::cmp::Ordering;

use jiff::civil::{Date, Time};

use super::zone::{Zone, zone_argument};
use super::{DATE_PARTS, bad_value, build, offset_text, parts, strftime};
use crate::jinja::{Args, Error, Interpreter, Object, Value};

/// `hour` and what is smaller.
const PARTS: &[&str] = DATE_PARTS.split_at(3).1;

/// The day that a time of day is on for `strftime`, as in Python.
const DAY: Date = Date::constant(1900, 1, 1);

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Clock {
    pub(super) at: Time,
    pub(super) zone: Option<Zone>,
}

pub(super) struct ClockClass;

fn clock(args: &Args, now: &[i64], zone: Option<Zone>) -> Result<Value, Error> {
    let day = [i64::from(DAY.year()), i64::from(DAY.month()), i64::from(DAY.day())];
    let at = build(&[&day[..], &parts(args, PARTS, now)].concat())?.time();
    let zone = zone_argument(args, PARTS.len()).map(|zone| zone.oldest()).or(zone);
    Ok(Value::object(Clock { at, zone }))
}

impl Object for ClockClass {
    fn type_name(&self) -> &'static str {
        "type"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, _interpreter: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
        clock(&args, &[0, 0, 0, 0], None)
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        let at = match name {
            "min" => Time::MIN,
            "max" => Time::constant(23, 59, 59, 999_999_000),
            _ => return None,
        };
        Some(Value::object(Clock { at, zone: None }))
    }

    fn call_method(&self, _interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        (name == "fromisoformat").then(|| {
            let text = args.positional.first().map(Value::to_str).unwrap_or_default();
            text.parse().map(|at| Value::object(Clock { at, zone: None })).map_err(bad_value)
        })
    }
}

impl Clock {
    fn parts(&self) -> [i64; 4] {
        let micros = i64::from(self.at.subsec_nanosecond() / 1000);
        [i64::from(self.at.hour()), i64::from(self.at.minute()), i64::from(self.at.second()), micros]
    }
}

impl Object for Clock {
    fn type_name(&self) -> &'static str {
        "time"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        let index = PARTS.iter().position(|part| *part == name)?;
        self.parts().get(index).copied().map(Value::Int)
    }

    fn call_method(&self, _interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        Some(match name {
            "strftime" => {
                let format = args.positional.first().map(Value::to_str).unwrap_or_default();
                strftime(DAY.to_datetime(self.at), self.zone.as_ref(), &format)
            }
            "isoformat" => Ok(self.to_str().into()),
            "replace" => clock(args, &self.parts(), self.zone.clone()),
            _ => return None,
        })
    }

    fn equals(&self, other: &Value) -> bool {
        other.downcast::<Self>().is_some_and(|other| *other == *self)
    }

    fn compare(&self, other: &Value) -> Option<Ordering> {
        Some(self.at.cmp(&other.downcast::<Self>()?.at))
    }

    fn to_str(&self) -> String {
        let [hour, minute, second, micros] = self.parts();
        let fraction = if micros == 0 { String::new() } else { format!(".{micros:06}") };
        let zone = self.zone.as_ref().map_or_else(String::new, |zone| offset_text(zone.offset, ":"));
        format!("{hour:02}:{minute:02}:{second:02}{fraction}{zone}")
    }

    fn repr(&self) -> String {
        let [hour, minute, second, micros] = self.parts();
        let smaller = match (second, micros) {
            (0, 0) => String::new(),
            (_, 0) => format!(", {second}"),
            _ => format!(", {second}, {micros}"),
        };
        format!("datetime.time({hour}, {minute}{smaller})")
    }
}
