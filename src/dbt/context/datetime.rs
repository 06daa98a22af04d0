//! `modules.datetime` and `modules.pytz`: dates, times, spans and zones. Now is when the run started;
//! the zones are those that the program carries.

mod clock;
mod day;
mod span;
mod zone;

pub(super) use zone::{timezone, utc};

use std::cmp::Ordering;
use std::rc::Rc;

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::fmt::strtime;
use jiff::tz::Offset;

use clock::{Clock, ClockClass};
use day::{Day, DayClass};
use span::{Span, timedelta};
use zone::{Zone, ZoneObject, offset_text, zone_argument};

use super::{Context, Look, UsesLog};
use crate::jinja::{Args, BinaryOperator, Dict, Error, ErrorKind, Interpreter, Object, Value};

/// Python's `datetime`: naive, or at an offset from UTC.
#[derive(Clone, Debug, PartialEq)]
struct Moment {
    at: DateTime,
    zone: Option<Zone>,
}

/// A moment as templates see it.
pub(super) fn from_timestamp(timestamp: Timestamp) -> Value {
    moment(civil(timestamp), Some(Zone::utc()))
}

/// `modules.datetime`.
pub(super) fn module(context: &Context) -> Value {
    let now = || Now { at: context.shared.target.run_started_at, uses: Rc::clone(&context.uses) };
    let pairs = [
        ("datetime", Value::object(MomentClass { now: now() })),
        ("date", Value::object(DayClass { now: now() })),
        ("time", Value::object(ClockClass)),
        ("timedelta", Value::function("timedelta", |_, args| timedelta(args))),
        ("timezone", Value::dict([("utc", utc())].into_iter().collect())),
    ];
    Value::dict(pairs.into_iter().collect::<Dict>())
}

/// The time at which the run started, for those who ask for it.
struct Now {
    at: Timestamp,
    uses: Rc<UsesLog>,
}

impl Now {
    fn ask(&self) -> DateTime {
        self.uses.add(Look::Now);
        civil(self.at)
    }
}

struct MomentClass {
    now: Now,
}

fn moment(at: DateTime, zone: Option<Zone>) -> Value {
    Value::object(Moment { at, zone })
}

fn civil(now: Timestamp) -> DateTime {
    Offset::UTC.to_datetime(now)
}

fn bad_value(error: jiff::Error) -> Error {
    Error::value_error(error.to_string())
}

/// A day that a span leads to. Python's first year is 1, jiff's lies ten thousand years before.
fn reached(date: Result<DateTime, jiff::Error>) -> Result<DateTime, Error> {
    let date = date.ok().filter(|date| date.year() > 0);
    date.ok_or_else(|| Error::new(ErrorKind::Overflow, "date value out of range"))
}

/// Longest format that `strftime` takes: each directive may ask for hundreds of blanks.
const FORMAT_BYTES: usize = 4096;

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
    let Some(year) = i16::try_from(part(0)).ok().filter(|year| (1..=9999).contains(year)) else {
        return Err(Error::value_error(format!("year {} is out of range", part(0))));
    };
    let nanosecond = i32::try_from(part(6).saturating_mul(1000)).unwrap_or(-1);
    DateTime::new(year, small(1), small(2), small(3), small(4), small(5), nanosecond).map_err(bad_value)
}

const DATE_PARTS: [&str; 7] = ["year", "month", "day", "hour", "minute", "second", "microsecond"];

impl Object for MomentClass {
    fn type_name(&self) -> &'static str {
        "type"
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, _interpreter: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
        let zone = zone_argument(&args, DATE_PARTS.len()).map(|zone| zone.oldest());
        Ok(moment(build(&parts(&args, &DATE_PARTS, &[1, 1, 1, 0, 0, 0, 0]))?, zone))
    }

    fn call_method(&self, interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        if let Err(error) = interpreter.charge_args(args) {
            return Some(Err(error));
        }
        let text = |index: usize| args.positional.get(index).map(Value::to_str).unwrap_or_default();
        Some(match name {
            "now" => match zone_argument(args, 0) {
                Some(zone) => Moment { at: self.now.ask(), zone: Some(Zone::utc()) }.shift(&zone),
                None => Ok(moment(self.now.ask(), None)),
            },
            "today" | "utcnow" => Ok(moment(self.now.ask(), None)),
            "strptime" => strptime(&text(0), &text(1)),
            "fromisoformat" => {
                let text = text(0).replacen(' ', "T", 1);
                text.parse().map(|at| moment(at, None)).map_err(bad_value)
            }
            "fromtimestamp" | "utcfromtimestamp" => {
                let seconds = int(args.positional.first(), 0);
                Timestamp::from_second(seconds).map(|at| moment(civil(at), None)).map_err(bad_value)
            }
            "combine" => combine(args),
            _ => return None,
        })
    }
}

/// A day and a time of day as one.
fn combine(args: &Args) -> Result<Value, Error> {
    let part = |index: usize| args.positional.get(index);
    match (part(0).and_then(Value::downcast::<Day>), part(1).and_then(Value::downcast::<Clock>)) {
        (Some(day), Some(clock)) => {
            let zone = zone_argument(args, 2).map(|zone| zone.oldest());
            Ok(moment(day.0.to_datetime(clock.at), zone.or_else(|| clock.zone.clone())))
        }
        _ => Err(Error::type_error("combine() takes a date and a time")),
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
    let zone = broken.offset().map(|offset| Zone { offset, name: String::new() });
    Ok(moment(date.to_datetime(time), zone))
}

fn strftime(at: DateTime, zone: Option<&Zone>, format: &str) -> Result<Value, Error> {
    if format.len() > FORMAT_BYTES {
        return Err(Error::limit(format!("a format of times is longer than {FORMAT_BYTES} bytes")));
    }
    let name = zone.map_or("", |zone| zone.name.as_str());
    let offset = zone.map_or_else(String::new, |zone| offset_text(zone.offset, ""));
    let format = format.replace("%f", "%6f").replace("%Z", name).replace("%z", &offset);
    strtime::format(&format, at).map(Value::from).map_err(bad_value)
}

impl Moment {
    fn text(&self, separator: char) -> String {
        let micros = self.at.subsec_nanosecond() / 1000;
        let fraction = if micros == 0 { String::new() } else { format!(".{micros:06}") };
        let zone = self.zone.as_ref().map_or_else(String::new, |zone| offset_text(zone.offset, ":"));
        let at = self.at;
        format!("{}{separator}{:02}:{:02}:{:02}{fraction}{zone}", at.date(), at.hour(), at.minute(), at.second())
    }

    /// The same moment on the clocks of another zone; a naive one counts as UTC.
    fn shift(&self, zone: &ZoneObject) -> Result<Value, Error> {
        let timestamp = self.timestamp()?;
        let zone = zone.at(timestamp);
        Ok(moment(zone.offset.to_datetime(timestamp), Some(zone)))
    }

    fn timestamp(&self) -> Result<Timestamp, Error> {
        let offset = self.zone.as_ref().map_or(Offset::UTC, |zone| zone.offset);
        offset.to_timestamp(self.at).map_err(bad_value)
    }

    fn replace(&self, args: &Args) -> Result<Value, Error> {
        let now = [
            i64::from(self.at.year()),
            i64::from(self.at.month()),
            i64::from(self.at.day()),
            i64::from(self.at.hour()),
            i64::from(self.at.minute()),
            i64::from(self.at.second()),
            i64::from(self.at.subsec_nanosecond() / 1000),
        ];
        let is_named = args.keyword.iter().any(|(key, _)| key.as_ref() == "tzinfo");
        let zone =
            if is_named { zone_argument(args, DATE_PARTS.len()).map(|zone| zone.oldest()) } else { self.zone.clone() };
        Ok(moment(build(&parts(args, &DATE_PARTS, &now))?, zone))
    }
}

impl Object for Moment {
    fn type_name(&self) -> &'static str {
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

    fn call_method(&self, interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        if let Err(error) = interpreter.charge_args(args) {
            return Some(Err(error));
        }
        let first = args.positional.first().map(Value::to_str);
        Some(match name {
            "strftime" => {
                let text = strftime(self.at, self.zone.as_ref(), &first.unwrap_or_default());
                text.and_then(|text| interpreter.charge_value(&text).map(|()| text))
            }
            "isoformat" => Ok(self.text(first.and_then(|text| text.chars().next()).unwrap_or('T')).into()),
            "date" => Ok(Value::object(Day(self.at.date()))),
            "time" => Ok(Value::object(Clock { at: self.at.time(), zone: None })),
            "timetz" => Ok(Value::object(Clock { at: self.at.time(), zone: self.zone.clone() })),
            "replace" => self.replace(args),
            "astimezone" => match zone_argument(args, 0) {
                Some(zone) => self.shift(&zone),
                None => self.timestamp().map(from_timestamp),
            },
            "weekday" => Ok(Value::Int(i64::from(self.at.weekday().to_monday_zero_offset()))),
            "isoweekday" => Ok(Value::Int(i64::from(self.at.weekday().to_monday_one_offset()))),
            "timestamp" => self.timestamp().map(|at| Value::Float(at.as_microsecond() as f64 / 1e6)),
            _ => return None,
        })
    }

    fn operate(&self, operator: BinaryOperator, other: &Value, reflected: bool) -> Option<Result<Value, Error>> {
        if let Some(span) = other.downcast::<Span>() {
            let span = if operator == BinaryOperator::Subtract { -span.0 } else { span.0 };
            let fits = operator == BinaryOperator::Add || (operator == BinaryOperator::Subtract && !reflected);
            return fits.then(|| Ok(moment(reached(self.at.checked_add(span))?, self.zone.clone())));
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
        Some(strftime(self.at, self.zone.as_ref(), spec).map(|text| text.to_str()))
    }
}
