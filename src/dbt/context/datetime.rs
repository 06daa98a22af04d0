//! `modules.datetime`: dates, times and spans. Now is when the run started.

use std::cmp::Ordering;

use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::strtime;
use jiff::{SignedDuration, Timestamp};

use crate::jinja::{Args, BinaryOperator, Dict, Error, Interpreter, Object, Value};

/// Python's `datetime`: with or without UTC.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Moment {
    at: DateTime,
    utc: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Day(Date);

/// Python's `timedelta`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Span(SignedDuration);

/// A moment as templates see it.
pub(super) fn from_timestamp(timestamp: Timestamp) -> Value {
    Value::object(Moment { at: timestamp.to_zoned(jiff::tz::TimeZone::UTC).datetime(), utc: true })
}

/// `modules.datetime`.
pub(super) fn module(now: Timestamp) -> Value {
    let pairs = [
        ("datetime", Value::object(MomentClass { now })),
        ("date", Value::object(DayClass { now })),
        ("timedelta", Value::function("timedelta", |_, args| timedelta(args))),
        ("timezone", Value::dict([("utc", Value::object(Utc))].into_iter().collect())),
    ];
    Value::dict(pairs.into_iter().collect::<Dict>())
}

/// `pytz.utc`.
pub(super) struct Utc;

impl Object for Utc {
    fn type_name(&self) -> &str {
        "UTC"
    }

    fn to_str(&self) -> String {
        "UTC".to_owned()
    }
}

struct MomentClass {
    now: Timestamp,
}

struct DayClass {
    now: Timestamp,
}

fn moment(at: DateTime, utc: bool) -> Value {
    Value::object(Moment { at, utc })
}

fn civil(now: Timestamp) -> DateTime {
    now.to_zoned(jiff::tz::TimeZone::UTC).datetime()
}

fn bad_value(error: jiff::Error) -> Error {
    Error::value_error(error.to_string())
}

fn int(value: Option<&Value>, default: i64) -> i64 {
    value.and_then(Value::as_int).unwrap_or(default)
}

/// `{positional or keyword}` of a date or time by its parts.
fn parts(args: &Args, names: &[&str], defaults: &[i64]) -> Vec<i64> {
    let by_name = |name: &str| args.keyword.iter().find(|(key, _)| key.as_ref() == name).map(|(_, value)| value);
    names
        .iter()
        .zip(defaults)
        .enumerate()
        .map(|(index, (name, default))| int(args.positional.get(index).or_else(|| by_name(name)), *default))
        .collect()
}

fn build(parts: &[i64]) -> Result<DateTime, Error> {
    let part = |index: usize| parts.get(index).copied().unwrap_or_default();
    let small = |index: usize| i8::try_from(part(index)).unwrap_or(-1);
    let year = i16::try_from(part(0)).unwrap_or(i16::MAX);
    let nanosecond = i32::try_from(part(6).saturating_mul(1000)).unwrap_or(-1);
    DateTime::new(year, small(1), small(2), small(3), small(4), small(5), nanosecond).map_err(bad_value)
}

const DATE_PARTS: [&str; 7] = ["year", "month", "day", "hour", "minute", "second", "microsecond"];

impl Object for MomentClass {
    fn type_name(&self) -> &str {
        "type"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, _interpreter: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
        Ok(moment(build(&parts(&args, &DATE_PARTS, &[1, 1, 1, 0, 0, 0, 0]))?, false))
    }

    fn call_method(&self, _interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        let text = |index: usize| args.positional.get(index).map(Value::to_str).unwrap_or_default();
        let zoned = args
            .positional
            .first()
            .or_else(|| args.keyword.first().map(|(_, value)| value))
            .is_some_and(|zone| !zone.is_none());
        Some(match name {
            "now" => Ok(moment(civil(self.now), zoned)),
            "today" | "utcnow" => Ok(moment(civil(self.now), false)),
            "strptime" => strptime(&text(0), &text(1)),
            "fromisoformat" => {
                let text = text(0).replacen(' ', "T", 1);
                text.parse().map(|at| moment(at, false)).map_err(bad_value)
            }
            "fromtimestamp" | "utcfromtimestamp" => {
                let seconds = int(args.positional.first(), 0);
                Timestamp::from_second(seconds).map(|at| moment(civil(at), false)).map_err(bad_value)
            }
            "combine" => Ok(Value::None),
            _ => return None,
        })
    }
}

impl Object for DayClass {
    fn type_name(&self) -> &str {
        "type"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, _interpreter: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
        let at = build(&parts(&args, &["year", "month", "day"], &[1, 1, 1]))?;
        Ok(Value::object(Day(at.date())))
    }

    fn call_method(&self, _interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        match name {
            "today" => Some(Ok(Value::object(Day(civil(self.now).date())))),
            "fromisoformat" => {
                let text = args.positional.first().map(Value::to_str).unwrap_or_default();
                Some(text.parse().map(|date| Value::object(Day(date))).map_err(bad_value))
            }
            _ => None,
        }
    }
}

fn strptime(text: &str, format: &str) -> Result<Value, Error> {
    let refuse = |_| {
        Error::value_error(format!(
            "time data {} does not match format {}",
            crate::dbt::python::text_repr(text),
            crate::dbt::python::text_repr(format)
        ))
    };
    let broken = strtime::parse(format, text).map_err(refuse)?;
    let date = broken.to_date().map_err(refuse)?;
    let time = broken.to_time().unwrap_or(Time::midnight());
    Ok(moment(date.to_datetime(time), broken.offset().is_some()))
}

fn strftime(at: DateTime, utc: bool, format: &str) -> Result<Value, Error> {
    let zone = if utc { "UTC" } else { "" };
    let offset = if utc { "+0000" } else { "" };
    let format = format.replace("%f", "%6f").replace("%Z", zone).replace("%z", offset);
    strtime::format(&format, at).map(Value::from).map_err(bad_value)
}

fn timedelta(args: Args) -> Result<Value, Error> {
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

impl Moment {
    fn text(self, separator: char) -> String {
        let micros = self.at.subsec_nanosecond() / 1000;
        let fraction = if micros == 0 { String::new() } else { format!(".{micros:06}") };
        let zone = if self.utc { "+00:00" } else { "" };
        format!(
            "{}{separator}{:02}:{:02}:{:02}{fraction}{zone}",
            self.at.date(),
            self.at.hour(),
            self.at.minute(),
            self.at.second()
        )
    }

    fn replace(self, args: &Args) -> Result<Value, Error> {
        let now = [
            i64::from(self.at.year()),
            i64::from(self.at.month()),
            i64::from(self.at.day()),
            i64::from(self.at.hour()),
            i64::from(self.at.minute()),
            i64::from(self.at.second()),
            i64::from(self.at.subsec_nanosecond() / 1000),
        ];
        let zone = args.keyword.iter().find(|(key, _)| key.as_ref() == "tzinfo").map(|(_, value)| !value.is_none());
        Ok(moment(build(&parts(args, &DATE_PARTS, &now))?, zone.unwrap_or(self.utc)))
    }
}

impl Object for Moment {
    fn type_name(&self) -> &str {
        "datetime"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        Some(Value::Int(match name {
            "year" => i64::from(self.at.year()),
            "month" => i64::from(self.at.month()),
            "day" => i64::from(self.at.day()),
            "hour" => i64::from(self.at.hour()),
            "minute" => i64::from(self.at.minute()),
            "second" => i64::from(self.at.second()),
            "microsecond" => i64::from(self.at.subsec_nanosecond() / 1000),
            _ => return None,
        }))
    }

    fn call_method(&self, _interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        let first = args.positional.first().map(Value::to_str);
        Some(match name {
            "strftime" => strftime(self.at, self.utc, &first.unwrap_or_default()),
            "isoformat" => Ok(self.text(first.and_then(|text| text.chars().next()).unwrap_or('T')).into()),
            "date" => Ok(Value::object(Day(self.at.date()))),
            "replace" => self.replace(args),
            "astimezone" => Ok(moment(self.at, true)),
            "weekday" => Ok(Value::Int(i64::from(self.at.weekday().to_monday_zero_offset()))),
            "isoweekday" => Ok(Value::Int(i64::from(self.at.weekday().to_monday_one_offset()))),
            "timestamp" => {
                let zoned = self.at.to_zoned(jiff::tz::TimeZone::UTC).map_err(bad_value);
                zoned.map(|zoned| Value::Float(zoned.timestamp().as_microsecond() as f64 / 1e6))
            }
            _ => return None,
        })
    }

    fn operate(&self, operator: BinaryOperator, other: &Value, reflected: bool) -> Option<Result<Value, Error>> {
        if let Some(span) = other.downcast::<Span>() {
            let span = if operator == BinaryOperator::Subtract { -span.0 } else { span.0 };
            let fits = operator == BinaryOperator::Add || (operator == BinaryOperator::Subtract && !reflected);
            return fits.then(|| self.at.checked_add(span).map(|at| moment(at, self.utc)).map_err(bad_value));
        }
        let other = other.downcast::<Self>()?;
        (operator == BinaryOperator::Subtract && !reflected)
            .then(|| Ok(Value::object(Span(self.at.duration_since(other.at)))))
    }

    fn equals(&self, other: &Value) -> bool {
        other.downcast::<Self>().is_some_and(|other| *other == *self)
    }

    fn compare(&self, other: &Value) -> Option<Ordering> {
        Some(self.at.cmp(&other.downcast::<Self>()?.at))
    }

    fn to_str(&self) -> String {
        self.text(' ')
    }

    fn repr(&self) -> String {
        format!(
            "datetime.datetime({}, {}, {}, {}, {})",
            self.at.year(),
            self.at.month(),
            self.at.day(),
            self.at.hour(),
            self.at.minute()
        )
    }

    fn format(&self, spec: &str) -> Option<Result<String, Error>> {
        Some(strftime(self.at, self.utc, spec).map(|text| text.to_str()))
    }
}

impl Object for Day {
    fn type_name(&self) -> &str {
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

    fn call_method(&self, _interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        Some(match name {
            "strftime" => {
                strftime(self.0.at(0, 0, 0, 0), false, &args.positional.first().map(Value::to_str).unwrap_or_default())
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
            let span = if operator == BinaryOperator::Subtract { -span.0 } else { span.0 };
            let fits = operator == BinaryOperator::Add || (operator == BinaryOperator::Subtract && !reflected);
            return fits.then(|| self.0.checked_add(span).map(|date| Value::object(Self(date))).map_err(bad_value));
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

impl Object for Span {
    fn type_name(&self) -> &str {
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
